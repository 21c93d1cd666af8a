//! Reading ahead shows the visitor what reading in one thread does: the same records, and the same end.

mod support;

use holdfast_core::{Code, Error, Result};
use holdfast_engine::{JournalOptions, JournalReader, JournalSummary, SyncPolicy};
use std::path::Path;
use support::*;

/// Several blocks and several segments.
const RECORDS: i64 = 12_000;

type Seen = Vec<(u64, i64, Vec<u8>, Option<[u8; 32]>, usize)>;

fn several(name: &str) -> Folder {
    let folder = Folder::new(name);
    let options =
        JournalOptions { segment_bytes_max: 400_000, ..JournalOptions::new(SyncPolicy::Os) };
    written(&folder.0, options, RECORDS);
    folder
}

fn seen(folder: &Path, ahead: bool) -> (Seen, Result<JournalSummary>) {
    let mut seen = Vec::new();
    let reader = JournalReader::open(folder).unwrap();
    let visitor = |record: &holdfast_core::journal_record::Record<'_>| {
        let payload = record.payload.to_vec();
        seen.push((record.sequence, record.ts.0, payload, record.head.copied(), record.bytes));
        Ok(())
    };
    let summary = if ahead { reader.visit_ahead(visitor) } else { reader.visit(visitor) };
    (seen, summary)
}

#[test]
fn every_record_comes_once_in_order_with_the_same_summary() {
    let folder = several("ahead-whole");
    let (records, summary) = seen(&folder.0, true);
    assert_eq!(records.len() as i64, RECORDS);
    assert!(summary.as_ref().unwrap().segments > 2);
    assert_eq!((records, summary), seen(&folder.0, false));
}

#[test]
fn what_stands_before_a_bad_record_is_visited_before_its_error_is_told() {
    let folder = several("ahead-bad");
    let path = folder.segment(2);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let (records, summary) = seen(&folder.0, true);
    assert_eq!(summary.as_ref().unwrap_err().code(), Code::JournalCorrupt);
    assert!(records.len() > 4_000, "{} records", records.len());
    assert_eq!((records, summary), seen(&folder.0, false));
}

#[test]
fn a_visitor_that_fails_ends_the_reading_with_its_own_error() {
    let folder = several("ahead-fails");
    let mut visited = 0;
    let ended = JournalReader::open(&folder.0).unwrap().visit_ahead(|_| {
        visited += 1;
        if visited == 3 { Err(Error::new(Code::JournalDiverged, "enough")) } else { Ok(()) }
    });
    assert_eq!(ended.unwrap_err().code(), Code::JournalDiverged);
    assert_eq!(visited, 3);
}
