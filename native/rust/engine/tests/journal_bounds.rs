//! The journal at its bounds: when it syncs and rotates, what retention takes, what a cursor reads, and whose the lock is.

mod support;

use holdfast_core::journal_record::{Chain, PAYLOAD_BYTES_MAX, RecordKind};
use holdfast_core::wire::{Layout, append_encoded};
use holdfast_core::{Code, Timestamp};
use holdfast_engine::journal_anchor::{
    Anchor, AnchorCallback, AnchorsCompared, verify_with_anchors,
};
use holdfast_engine::journal_policy::{Anchoring, Retention};
use holdfast_engine::journal_resume::JournalResumed;
use holdfast_engine::journal_retention::compact;
use holdfast_engine::record_json::record_json;
use holdfast_engine::{
    JournalCursor, JournalOptions, JournalReader, JournalWriter, Sink, SyncPolicy,
};
use std::fs;
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex};
use support::*;

/// Header of a segment, and a record of `note` with 40 bytes.
const HEADER: u64 = 64;
const RECORD: u64 = 100;
const ALL: Retention = Retention { segments_max: None, bytes_max: None, behind_snapshots: false };

fn small(policy: SyncPolicy) -> JournalOptions {
    JournalOptions { segment_bytes_max: 1_000, ..JournalOptions::new(policy) }
}

/// 25 records in segments of ten.
fn three_segments(name: &str) -> Folder {
    let folder = Folder::new(name);
    written(&folder.0, small(SyncPolicy::Os), 25);
    folder
}

fn length(folder: &Folder, index: u32) -> u64 {
    fs::metadata(folder.segment(index)).unwrap().len()
}

#[test]
fn a_flush_reaches_the_disk_unless_that_is_left_to_the_operating_system() {
    let cases = [
        (SyncPolicy::Os, 0),
        (SyncPolicy::Batch { age_ms_max: 60_000 }, 1),
        (SyncPolicy::Always, 1),
    ];
    for (policy, syncs) in cases {
        let folder = Folder::new("flush");
        let mut writer = JournalWriter::create_with(&folder.0, small(policy)).unwrap();
        assert_eq!(writer.reaches_the_disk(), syncs > 0);
        note(&mut writer, 1, 40);
        assert_eq!(length(&folder, 1), HEADER, "nothing is written before it has to be");
        writer.flush().unwrap();
        assert_eq!((length(&folder, 1), writer.syncs()), (HEADER + RECORD, syncs), "{policy:?}");
        writer.flush().unwrap();
        writer.close().unwrap();
        assert_eq!(writer.syncs(), syncs, "what is on the disk is not forced there again");
        assert_eq!(writer.flush().unwrap_err().code(), Code::JournalStopped);
    }
}

#[test]
fn a_sealed_segment_is_synced_unless_that_is_left_to_the_operating_system() {
    for (policy, syncs) in [(SyncPolicy::Os, 0), (SyncPolicy::Batch { age_ms_max: 60_000 }, 1)] {
        let folder = Folder::new("sealed-sync");
        let mut writer = JournalWriter::create_with(&folder.0, small(policy)).unwrap();
        for at in 0..10 {
            note(&mut writer, at, 40);
            writer.commit().unwrap();
        }
        assert_eq!((writer.segment_index(), writer.syncs()), (2, syncs));
        writer.close().unwrap();
    }
}

#[test]
fn a_segment_is_sealed_when_it_is_longer_than_its_bound_and_not_when_it_is_as_long() {
    let folder = Folder::new("rotates");
    let most = (HEADER + 3 * RECORD) as usize;
    let mut writer = JournalWriter::create_with_segments(&folder.0, SyncPolicy::Os, most).unwrap();
    for (records, index) in [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2)] {
        note(&mut writer, records, 40);
        writer.commit().unwrap();
        assert_eq!(writer.segment_index(), index, "after {records}");
    }
}

#[test]
fn a_long_group_is_written_before_its_commit() {
    let folder = Folder::new("group");
    let mut writer = JournalWriter::create(&folder.0, SyncPolicy::Os).unwrap();
    for at in 0..300 {
        note(&mut writer, at, 1_000);
    }
    assert!(length(&folder, 1) > 200_000);
    writer.close().unwrap();
}

#[test]
fn each_head_is_handed_out_once() {
    let folder = Folder::new("heads");
    let kept = Arc::new(Mutex::new(Vec::new()));
    let store = AnchorCallback({
        let kept = Arc::clone(&kept);
        move |anchor: &Anchor| {
            kept.lock().unwrap().push(anchor.next_sequence);
            Ok(())
        }
    });
    let every_records = NonZeroU64::new(2).unwrap();
    let anchor = Some(Anchoring { store: Box::new(store), every_records });
    let options = JournalOptions { anchor, ..small(SyncPolicy::Os) };
    let mut writer = JournalWriter::create_with(&folder.0, options).unwrap();
    for at in 0..4 {
        note(&mut writer, at, 40);
        writer.commit().unwrap();
    }
    writer.close().unwrap();
    assert_eq!(*kept.lock().unwrap(), [2, 4]);
}

#[test]
fn a_head_at_the_very_beginning_of_what_is_left_is_given_up_and_no_contradiction() {
    let folder = Folder::new("given-up");
    written(&folder.0, small(SyncPolicy::Os), 20);
    compact(&folder.0, false, Retention { segments_max: Some(0), ..ALL }, None).unwrap();
    let reader = JournalReader::open(&folder.0).unwrap();
    let (read, compared) =
        verify_with_anchors(&reader, &[Anchor { next_sequence: 20, head: "00".into() }]).unwrap();
    assert_eq!((read.first_sequence, read.records), (20, 0));
    assert_eq!(compared, AnchorsCompared { matched: 0, given_up: 1 });
}

#[test]
fn retention_by_bytes_keeps_what_just_fits_and_packs_nothing_unasked() {
    let sealed = HEADER + 10 * RECORD;
    for (bytes, removed) in [(3 * sealed, 0), (3 * sealed - 1, 1), (sealed, 2), (sealed - 1, 3)] {
        let folder = Folder::new("by-bytes");
        written(&folder.0, small(SyncPolicy::Os), 35);
        let retention = Retention { bytes_max: Some(bytes), ..ALL };
        let done = compact(&folder.0, false, retention, None).unwrap();
        assert_eq!((done.removed, done.packed), (removed, 0), "{bytes}");
        assert_eq!(done.bytes_after, HEADER + 5 * RECORD + u64::from(3 - removed) * sealed);
        assert!(folder.segment(4).exists() && !folder.0.join("000003.packed").exists());
    }
}

#[test]
fn what_holds_no_journal_is_not_compacted() {
    let folder = Folder::new("compact-nothing");
    fs::create_dir_all(&folder.0).unwrap();
    let refused = compact(&folder.0, true, ALL, None).unwrap_err();
    assert_eq!(refused.code(), Code::JournalNotFound);
}

#[test]
fn a_cursor_stands_in_the_segment_of_a_record_and_counts_what_it_reads() {
    let folder = three_segments("near");
    for (sequence, first) in [(0, 0), (9, 0), (10, 10), (11, 10), (19, 10), (20, 20), (99, 20)] {
        let near = JournalCursor::open_near(&folder.0, sequence).unwrap();
        assert_eq!(near.first_sequence(), first, "near {sequence}");
    }
    compact(&folder.0, false, Retention { segments_max: Some(1), ..ALL }, None).unwrap();
    assert_eq!(JournalCursor::open_near(&folder.0, 3).unwrap().first_sequence(), 10);

    let mut cursor = JournalCursor::open(&folder.0).unwrap();
    assert_eq!(cursor.bytes_read(), 0);
    while cursor.advance().unwrap().is_some() {}
    let all = 2 * HEADER + 15 * RECORD;
    assert_eq!(cursor.bytes_read(), all);
    let (mut writer, _) = JournalWriter::resume(&folder.0, small(SyncPolicy::Os)).unwrap();
    let before = length(&folder, 3);
    note(&mut writer, 99, 40);
    writer.close().unwrap();
    cursor.refresh().unwrap();
    let grown = length(&folder, 3) - (HEADER + 5 * RECORD);
    assert!(before < length(&folder, 3));
    assert_eq!(cursor.bytes_read(), all + grown);
    cursor.refresh().unwrap();
    assert_eq!(cursor.bytes_read(), all + grown, "nothing was added");
}

#[test]
fn a_segment_that_cannot_be_read_is_named_as_it_stands() {
    let folder = three_segments("unreadable");
    fs::remove_file(folder.segment(3)).unwrap();
    fs::create_dir(folder.segment(3)).unwrap();
    let error = JournalReader::open(&folder.0).unwrap().visit(|_| Ok(())).unwrap_err();
    assert_eq!(error.code(), Code::JournalIo);
    assert!(error.to_string().contains("000003.journal"), "{error}");
}

#[test]
fn a_writer_leaves_the_lock_of_another_alone() {
    let folder = Folder::new("lock-of-another");
    let mut writer = JournalWriter::create(&folder.0, SyncPolicy::Os).unwrap();
    let lock = folder.0.join("journal.lock");
    fs::remove_file(&lock).unwrap();
    fs::write(&lock, "another").unwrap();
    writer.close().unwrap();
    assert_eq!(fs::read_to_string(&lock).unwrap(), "another");
}

#[test]
fn what_was_cut_reads_back_from_its_record() {
    let cases = [(0, Some(7), json_of(0, None)), (5, Some(7), json_of(5, Some(7)))];
    for (cut_bytes, first_lost_sequence, expected) in cases {
        let resumed = JournalResumed { cut_bytes, first_lost_sequence };
        let mut bytes = Vec::new();
        let mut chain = Chain::default();
        chain.append(&mut bytes, RecordKind::JournalResumed, Timestamp(1), &resumed).unwrap();
        let record = Chain::default().verify(&bytes).unwrap().unwrap();
        assert_eq!(record_json(&record).unwrap()["content"], expected);
    }
    let longest = JournalResumed { cut_bytes: u64::MAX, first_lost_sequence: Some(u64::MAX) };
    let mut bytes = Vec::new();
    let length = append_encoded(&mut bytes, Layout::Compact, &longest);
    assert_eq!((length, bytes.len()), (18, 18), "two numbers of the longest form");
    let mut reader = holdfast_core::wire::Reader::new(&bytes);
    assert_eq!(JournalResumed::decode(&mut reader), Ok(longest));
}

fn json_of(cut_bytes: u64, first_lost: Option<u64>) -> serde_json::Value {
    serde_json::json!({ "cut_bytes": cut_bytes, "first_lost_sequence": first_lost })
}

#[test]
fn the_longest_payload_is_written_packed_and_read() {
    let folder = Folder::new("longest");
    let mut writer = JournalWriter::create(&folder.0, SyncPolicy::Os).unwrap();
    let longest = vec![7_u8; PAYLOAD_BYTES_MAX];
    writer.record(RecordKind::Failure, Timestamp(1), longest.as_slice()).unwrap();
    writer.close().unwrap();
    let bytes = fs::read(folder.segment(1)).unwrap();
    let packed = holdfast_engine::journal_packing::pack(1, &bytes).unwrap();
    assert_eq!(holdfast_engine::journal_packing::unpack(1, &packed).unwrap(), bytes);
}
