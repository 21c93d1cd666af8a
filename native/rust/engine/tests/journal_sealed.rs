//! Sealed segments: packed without a byte that is not proven, given up from the oldest on; heads are kept outside.

mod support;

use holdfast_core::Code;
use holdfast_engine::journal_anchor::{
    Anchor, AnchorCallback, AnchorFile, AnchorsCompared, verify_with_anchors,
};
use holdfast_engine::journal_policy::{Anchoring, Retention};
use holdfast_engine::journal_retention::compact;
use holdfast_engine::{JournalCursor, JournalOptions, JournalReader, JournalWriter, SyncPolicy};
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex};
use support::*;

fn small() -> JournalOptions {
    JournalOptions { segment_bytes_max: 1_000, ..JournalOptions::new(SyncPolicy::Os) }
}

const ALL: Retention = Retention { segments_max: None, bytes_max: None, behind_snapshots: false };

#[test]
fn compacting_packs_all_but_the_last_segment_and_changes_no_record() {
    let folder = Folder::new("compact");
    written(&folder.0, small(), 95);
    let before = summary(&folder.0);
    let done = compact(&folder.0, true, ALL, None).unwrap();
    assert_eq!(done.packed, before.segments - 1);
    assert!(done.bytes_after * 2 < done.bytes_before, "{done:?}");
    assert_eq!(summary(&folder.0), before);
    assert_eq!(compact(&folder.0, true, ALL, None).unwrap().packed, 0);
    let last = folder.segment(before.segments);
    assert!(last.exists() && !folder.segment(1).exists());
    let (mut writer, _) = JournalWriter::resume(&folder.0, small()).unwrap();
    note(&mut writer, 200, 10);
    writer.close().unwrap();
    assert_eq!(summary(&folder.0).records, before.records + 2);
}

#[test]
fn a_writer_packs_what_it_seals() {
    let folder = Folder::new("packs");
    written(&folder.0, JournalOptions { packs_sealed: true, ..small() }, 60);
    let read = summary(&folder.0);
    assert_eq!(read.records, 60);
    for index in 1..read.segments {
        assert!(!folder.segment(index).exists(), "segment {index}");
    }
}

#[test]
fn sec_07_a_byte_changed_in_a_packed_segment_is_found_with_its_file() {
    let folder = Folder::new("packed-forged");
    written(&folder.0, small(), 40);
    compact(&folder.0, true, ALL, None).unwrap();
    let path = folder.0.join("000002.packed");
    let packed = std::fs::read(&path).unwrap();
    for at in 0..packed.len() {
        let mut forged = packed.clone();
        forged[at] ^= 1;
        std::fs::write(&path, forged).unwrap();
        let error = JournalReader::open(&folder.0).unwrap().visit(|_| Ok(())).unwrap_err();
        assert_eq!(error.code(), Code::JournalCorrupt, "byte {at}");
        assert!(error.context().contains(&("file", "000002.packed".into())));
    }
}

#[test]
fn a_segment_left_in_both_forms_is_read_once() {
    let folder = Folder::new("both");
    written(&folder.0, small(), 40);
    let plain = std::fs::read(folder.segment(1)).unwrap();
    compact(&folder.0, true, ALL, None).unwrap();
    let before = summary(&folder.0);
    std::fs::write(folder.segment(1), plain).unwrap();
    std::fs::write(folder.0.join("000002.unfinished"), "torn").unwrap();
    assert_eq!(summary(&folder.0), before);
    assert_eq!(compact(&folder.0, true, ALL, None).unwrap().packed, 1);
}

#[test]
fn retention_gives_up_the_oldest_and_never_the_one_being_written() {
    let folder = Folder::new("retention");
    let retention = Retention { segments_max: Some(2), ..ALL };
    written(&folder.0, JournalOptions { retention, ..small() }, 95);
    let read = summary(&folder.0);
    assert_eq!(read.segments, 3, "two sealed ones and the last");
    assert!(read.first_sequence > 0);
    assert_eq!(read.first_sequence + read.records, 95, "it says that it begins late");

    let none = Retention { bytes_max: Some(0), ..ALL };
    assert_eq!(compact(&folder.0, false, none, None).unwrap().removed, 2);
    let read = summary(&folder.0);
    assert_eq!((read.segments, read.first_sequence + read.records), (1, 95));
    let (mut writer, _) = JournalWriter::resume(&folder.0, small()).unwrap();
    note(&mut writer, 1, 1);
    writer.close().unwrap();
    let error = JournalWriter::create(&folder.0, SyncPolicy::Os).unwrap_err();
    assert_eq!(error.code(), Code::JournalIo, "a journal that begins late is one all the same");
}

#[test]
fn a_segment_missing_in_the_middle_is_no_retention() {
    let folder = Folder::new("gap");
    written(&folder.0, small(), 95);
    std::fs::remove_file(folder.segment(3)).unwrap();
    let error = JournalReader::open(&folder.0).unwrap().visit(|_| Ok(())).unwrap_err();
    assert_eq!(error.code(), Code::JournalCorrupt);
    assert!(error.to_string().contains("a segment is missing"));
}

#[test]
fn an_open_journal_is_not_compacted() {
    let folder = Folder::new("compact-locked");
    let _writer = JournalWriter::create_with(&folder.0, small()).unwrap();
    assert_eq!(compact(&folder.0, true, ALL, None).unwrap_err().code(), Code::JournalLocked);
}

fn every(
    records: u64,
    store: Box<dyn holdfast_engine::journal_anchor::AnchorStore>,
) -> JournalOptions {
    let every_records = NonZeroU64::new(records).unwrap();
    JournalOptions { anchor: Some(Anchoring { store, every_records }), ..small() }
}

#[test]
fn sec_07_heads_kept_outside_prove_that_a_journal_was_not_written_anew() {
    let folder = Folder::new("anchor");
    let file = folder.0.with_extension("anchors");
    let _ = std::fs::remove_file(&file);
    written(&folder.0, every(10, Box::new(AnchorFile::new(&file))), 95);
    let anchors = AnchorFile::read(&file).unwrap();
    let counts: Vec<u64> = anchors.iter().map(|anchor| anchor.next_sequence).collect();
    assert_eq!(counts, [10, 20, 30, 40, 50, 60, 70, 80, 90, 95]);
    let reader = JournalReader::open(&folder.0).unwrap();
    let (_, compared) = verify_with_anchors(&reader, &anchors).unwrap();
    assert_eq!(compared, AnchorsCompared { matched: 10, given_up: 0 });

    // One who forges the whole journal can make a chain that verifies, but not this one.
    std::fs::remove_dir_all(&folder.0).unwrap();
    let mut forger = JournalWriter::create_with(&folder.0, small()).unwrap();
    for at in 0..95 {
        note(&mut forger, at, if at == 34 { 41 } else { 40 });
        forger.commit().unwrap();
    }
    forger.close().unwrap();
    let error = verify_with_anchors(&reader, &anchors).unwrap_err();
    assert_eq!(error.code(), Code::JournalAnchorMismatch);
    assert!(error.to_string().contains("after 40 records"), "{error}");
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn a_journal_restored_from_an_older_copy_ends_before_its_anchor() {
    let folder = Folder::new("rollback");
    written(&folder.0, small(), 30);
    let anchors = [Anchor { next_sequence: 31, head: "00".into() }];
    let reader = JournalReader::open(&folder.0).unwrap();
    let error = verify_with_anchors(&reader, &anchors).unwrap_err();
    assert_eq!(error.code(), Code::JournalAnchorMismatch);
    assert!(error.to_string().contains("ends before it"));
    let given_up = Retention { segments_max: Some(0), ..ALL };
    compact(&folder.0, false, given_up, None).unwrap();
    let early = [Anchor { next_sequence: 2, head: "00".into() }];
    let (_, compared) = verify_with_anchors(&reader, &early).unwrap();
    assert_eq!(compared, AnchorsCompared { matched: 0, given_up: 1 });
}

#[test]
fn heads_are_handed_to_a_function_and_its_failure_stops_the_journal() {
    let folder = Folder::new("callback");
    let kept = Arc::new(Mutex::new(Vec::new()));
    let store = AnchorCallback({
        let kept = Arc::clone(&kept);
        move |anchor: &Anchor| {
            if anchor.next_sequence > 4 {
                return Err(holdfast_core::Error::new(Code::JournalIo, "anchor is out of reach"));
            }
            kept.lock().unwrap().push(anchor.next_sequence);
            Ok(())
        }
    });
    let mut writer = JournalWriter::create_with(&folder.0, every(2, Box::new(store))).unwrap();
    for at in 0..5 {
        note(&mut writer, at, 10);
        writer.commit().unwrap();
    }
    note(&mut writer, 5, 10);
    assert_eq!(writer.commit().unwrap_err().code(), Code::JournalIo);
    assert_eq!(writer.commit().unwrap_err().code(), Code::JournalStopped);
    assert_eq!(*kept.lock().unwrap(), [2, 4]);
}

#[test]
fn a_cursor_follows_a_journal_while_it_grows_and_its_segments_change() {
    let folder = Folder::new("follow");
    let mut writer =
        JournalWriter::create_with(&folder.0, JournalOptions { packs_sealed: true, ..small() })
            .unwrap();
    let mut cursor = JournalCursor::open(&folder.0).unwrap();
    let mut seen = 0;
    for at in 0..80 {
        note(&mut writer, at, 40);
        writer.commit().unwrap();
        cursor.refresh().unwrap();
        while let Some(record) = cursor.advance().unwrap() {
            assert_eq!(record.sequence, seen);
            seen += 1;
        }
        assert_eq!(seen, at as u64 + 1);
    }
    let mut near = JournalCursor::open_near(&folder.0, 70).unwrap();
    let first = near.advance().unwrap().unwrap().sequence;
    assert!(first > 0 && first <= 70, "{first}");
}
