//! Opening a journal again: a torn tail is cut and said, any other damage is refused.

mod support;

use holdfast_core::Code;
use holdfast_core::journal_record::RecordKind;
use holdfast_engine::journal_resume::JournalResumed;
use holdfast_engine::record_json::record_json;
use holdfast_engine::{JournalOptions, JournalReader, JournalWriter, SyncPolicy};
use proptest::prelude::*;
use support::*;

const RECORDS: i64 = 8;
/// Header of a segment, and a record of `note` with 40 bytes.
const HEADER: usize = 64;
const RECORD: usize = 24 + 40 + 36;

fn options() -> JournalOptions {
    JournalOptions::new(SyncPolicy::Os)
}

fn one_segment(name: &str) -> (Folder, Vec<u8>) {
    let folder = Folder::new(name);
    written(&folder.0, options(), RECORDS);
    let bytes = std::fs::read(folder.segment(1)).unwrap();
    assert_eq!(bytes.len(), HEADER + RECORDS as usize * RECORD);
    (folder, bytes)
}

/// Opens the journal again, adds a record, and returns what was cut, once everything verifies.
fn resume(folder: &Folder) -> holdfast_core::Result<JournalResumed> {
    let (mut writer, resumed) = JournalWriter::resume(&folder.0, options())?;
    note(&mut writer, 99, 40);
    writer.close()?;
    let mut found = Vec::new();
    JournalReader::open(&folder.0)?.visit(|record| {
        if record.kind == RecordKind::JournalResumed {
            found.push((record.sequence, record_json(record)?["content"].clone()));
        }
        Ok(())
    })?;
    if let Some((sequence, content)) = found.last() {
        assert_eq!(content["cut_bytes"], resumed.cut_bytes);
        assert!(resumed.first_lost_sequence.is_none_or(|lost| lost == *sequence));
    }
    Ok(resumed)
}

#[test]
fn an_intact_journal_goes_on_where_it_ended() {
    let (folder, _) = one_segment("intact");
    let whole = JournalResumed { cut_bytes: 0, first_lost_sequence: None };
    assert_eq!(resume(&folder), Ok(whole));
    assert_eq!(resume(&folder), Ok(whole));
    assert_eq!(summary(&folder.0).records, RECORDS as u64 + 4);
}

#[test]
fn sec_07_a_tail_cut_anywhere_is_cut_to_the_last_whole_record_and_said() {
    let (folder, bytes) = one_segment("torn");
    for length in HEADER + 1..bytes.len() {
        std::fs::write(folder.segment(1), &bytes[..length]).unwrap();
        let (whole, rest) = ((length - HEADER) / RECORD, (length - HEADER) % RECORD);
        let resumed = resume(&folder).unwrap();
        let lost = (rest > 0).then_some(whole as u64);
        assert_eq!((resumed.cut_bytes, resumed.first_lost_sequence), (rest as u64, lost));
        // The first record of an empty journal is its configuration, not that it was opened again.
        let added = if whole == 0 { 1 } else { 2 };
        assert_eq!(summary(&folder.0).records, whole as u64 + added);
    }
}

#[test]
fn a_tail_of_zeros_or_garbage_behind_the_last_whole_record_is_cut() {
    let (folder, bytes) = one_segment("garbage");
    let garbage: Vec<u8> =
        (0..777_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for tail in [vec![0; 4_096], garbage, vec![0xff; 100]] {
        std::fs::write(folder.segment(1), [bytes.as_slice(), &tail].concat()).unwrap();
        let resumed = resume(&folder).unwrap();
        assert_eq!(resumed.cut_bytes, tail.len() as u64);
        assert_eq!(resumed.first_lost_sequence, Some(RECORDS as u64));
    }
}

#[test]
fn a_segment_whose_header_never_reached_the_disk_is_begun_again() {
    for torn in [Vec::new(), vec![0; 64], vec![0; 5_000], b"HFJRNL01".to_vec()] {
        let (folder, _) = one_segment("header");
        std::fs::write(folder.segment(2), &torn).unwrap();
        let resumed = resume(&folder).unwrap();
        assert_eq!(resumed.cut_bytes, torn.len() as u64);
        let read = summary(&folder.0);
        assert_eq!((read.segments, read.records), (2, RECORDS as u64 + 2));
    }
}

#[test]
fn damage_before_a_whole_record_is_refused_and_nothing_is_cut() {
    let (folder, bytes) = one_segment("middle");
    for at in (HEADER..HEADER + (RECORDS as usize - 1) * RECORD).step_by(13) {
        let mut forged = bytes.clone();
        forged[at] ^= 0x20;
        std::fs::write(folder.segment(1), &forged).unwrap();
        let error = resume(&folder).unwrap_err();
        assert!(
            matches!(error.code(), Code::JournalCorrupt | Code::JournalTruncated),
            "byte {at}: {error}"
        );
        assert!(error.context().iter().any(|(key, _)| *key == "remedy"));
        assert_eq!(std::fs::read(folder.segment(1)).unwrap(), forged);
    }
}

#[test]
fn a_forged_last_record_is_no_torn_tail() {
    let (folder, mut bytes) = one_segment("forged");
    let start = bytes.len() - RECORD;
    bytes[start + 30] ^= 1;
    let checksum = crc32fast::hash(&bytes[start..bytes.len() - 4]);
    let end = bytes.len() - 4;
    bytes[end..].copy_from_slice(&checksum.to_le_bytes());
    std::fs::write(folder.segment(1), &bytes).unwrap();
    assert_eq!(resume(&folder).unwrap_err().code(), Code::JournalCorrupt);
}

#[test]
fn damage_in_an_earlier_segment_is_refused() {
    let folder = Folder::new("earlier");
    written(&folder.0, JournalOptions { segment_bytes_max: 300, ..options() }, 9);
    assert!(summary(&folder.0).segments > 2);
    let first = std::fs::read(folder.segment(1)).unwrap();
    std::fs::write(folder.segment(1), &first[..first.len() - 1]).unwrap();
    assert_eq!(resume(&folder).unwrap_err().code(), Code::JournalTruncated);
    std::fs::write(folder.segment(1), &first).unwrap();
    let header = std::fs::read(folder.segment(2)).unwrap();
    std::fs::write(folder.segment(2), [&[0; 64], &header[64..]].concat()).unwrap();
    assert_eq!(resume(&folder).unwrap_err().code(), Code::JournalCorrupt);
}

#[test]
fn a_journal_of_a_later_format_is_refused_with_both_formats_named() {
    let (folder, mut bytes) = one_segment("later");
    bytes[6..8].copy_from_slice(b"03");
    let checksum = crc32fast::hash(&bytes[..60]);
    bytes[60..64].copy_from_slice(&checksum.to_le_bytes());
    std::fs::write(folder.segment(1), &bytes).unwrap();
    let error = resume(&folder).unwrap_err();
    assert_eq!(error.code(), Code::JournalVersion);
    assert!(error.context().contains(&("found", "03".into())));
    assert!(error.context().contains(&("supported", "02".into())));
    assert_eq!(std::fs::read(folder.segment(1)).unwrap(), bytes);
}

#[test]
fn what_is_no_journal_cannot_be_resumed() {
    let folder = Folder::new("nothing");
    assert_eq!(resume(&folder).unwrap_err().code(), Code::JournalNotFound);
    assert!(!folder.0.exists(), "asking leaves nothing behind");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Whatever was committed before the last write stays, wherever that write was torn and with whatever the disk holds
    /// behind it; the journal verifies and goes on.
    #[test]
    fn sec_07_a_torn_write_loses_nothing_that_was_committed_before_it(
        lengths in prop::collection::vec(0_usize..300, 1..12),
        segment_bytes_max in 200_usize..2_000,
        cut_frac in 0.0_f64..1.0,
        tail in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let folder = Folder::new("property");
        let journal = JournalOptions { segment_bytes_max, ..options() };
        let mut writer = JournalWriter::create_with(&folder.0, journal).unwrap();
        for (at, length) in lengths.iter().enumerate() {
            note(&mut writer, at as i64, *length);
            writer.commit().unwrap();
        }
        let committed = summary(&folder.0);
        let path = folder.segment(committed.segments);
        let before = std::fs::metadata(&path).unwrap().len() as usize;
        note(&mut writer, 50, 64);
        writer.commit().unwrap();
        drop(writer);
        let whole = std::fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        // A commit that sealed the segment made another, which a power failure may have lost.
        let _ = std::fs::remove_file(folder.segment(committed.segments + 1));
        bytes.truncate(before + ((bytes.len() - before) as f64 * cut_frac) as usize);
        bytes.extend_from_slice(&tail);
        // What is behind the cut may be what stood there: then nothing was torn.
        prop_assume!(bytes != whole);
        std::fs::write(&path, &bytes).unwrap();

        let resumed = resume(&folder).unwrap();
        prop_assert_eq!(resumed.cut_bytes as usize, bytes.len() - before);
        prop_assert_eq!(summary(&folder.0).records, committed.records + 2);
    }
}
