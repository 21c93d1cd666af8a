//! Damage that was made to look whole: every bound between parts of a journal is checked for itself.

mod support;

use holdfast_core::Code;
use holdfast_engine::journal_packing::{pack, unpack};
use holdfast_engine::journal_policy::Retention;
use holdfast_engine::journal_retention::compact;
use holdfast_engine::{JournalOptions, JournalWriter, SyncPolicy};
use std::fs;
use support::*;

const HEADER: usize = 64;
const RECORD: usize = 100;
/// Where a packed segment has the head of its chain, the length of its content and its header's checksum.
const HEAD_AT: usize = 8 + HEADER;
const LENGTH_AT: usize = HEAD_AT + 32;
const CHECKSUM_AT: usize = LENGTH_AT + 4;

fn options() -> JournalOptions {
    JournalOptions { segment_bytes_max: 1_000, ..JournalOptions::new(SyncPolicy::Os) }
}

fn journal(name: &str, records: i64) -> Folder {
    let folder = Folder::new(name);
    written(&folder.0, options(), records);
    folder
}

/// A packed segment with a changed header whose checksums are right.
fn forged(change: impl Fn(&mut Vec<u8>)) -> holdfast_core::Result<Vec<u8>> {
    let folder = journal("forged-packed", 5);
    let mut packed = pack(1, &fs::read(folder.segment(1)).unwrap()).unwrap();
    change(&mut packed);
    let header = crc32fast::hash(&packed[..CHECKSUM_AT]).to_le_bytes();
    packed[CHECKSUM_AT..CHECKSUM_AT + 4].copy_from_slice(&header);
    let end = packed.len() - 4;
    let all = crc32fast::hash(&packed[..end]).to_le_bytes();
    packed[end..].copy_from_slice(&all);
    unpack(1, &packed)
}

fn with_length(packed: &mut [u8], length: u32) {
    packed[LENGTH_AT..CHECKSUM_AT].copy_from_slice(&length.to_le_bytes());
}

#[test]
fn sec_07_a_packed_segment_is_held_to_its_length_and_its_head() {
    assert!(forged(|_| ()).is_ok());
    let refused = |change: &dyn Fn(&mut Vec<u8>)| {
        let error = forged(change).unwrap_err();
        assert_eq!(error.code(), Code::JournalCorrupt);
        error.to_string()
    };
    let head = refused(&|packed| packed[HEAD_AT] ^= 1);
    assert!(head.contains("does not give the chain's head"), "{head}");
    for length in [(1 << 30) + 1, u32::MAX] {
        let long = refused(&|packed| with_length(packed, length));
        assert!(long.contains("claims to be too long"), "{long}");
    }
    let content = 5 * (24 + 40);
    let longer = refused(&|packed| with_length(packed, content + 1));
    assert!(longer.contains("another length than it says"), "{longer}");
}

/// Opens the journal, which must refuse and leave every file as it is.
fn refused(folder: &Folder) -> holdfast_core::Error {
    let files = || {
        let mut files: Vec<_> = fs::read_dir(&folder.0)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (fs::read(&path).unwrap(), path))
            .collect();
        files.sort();
        files
    };
    let before = files();
    let error = JournalWriter::resume(&folder.0, options()).unwrap_err();
    assert_eq!(files(), before);
    error
}

#[test]
fn sec_07_a_torn_header_is_begun_again_only_behind_a_whole_journal() {
    for torn in [vec![], vec![0; 64]] {
        let folder = journal("torn-behind-damage", 15);
        let mut second = fs::read(folder.segment(2)).unwrap();
        second[HEADER + 4 * RECORD + 30] ^= 1;
        fs::write(folder.segment(2), &second).unwrap();
        fs::write(folder.segment(3), &torn).unwrap();
        assert_eq!(refused(&folder).code(), Code::JournalCorrupt);
    }
    // A header that is neither cut nor empty was written, and something changed it.
    for length in [64, 65] {
        let folder = journal("other-header", 15);
        fs::write(folder.segment(3), vec![0x41; length]).unwrap();
        assert_eq!(refused(&folder).code(), Code::JournalCorrupt);
    }
}

#[test]
fn a_later_format_is_no_damage_and_is_not_called_so() {
    let folder = journal("later-last", 5);
    let mut bytes = fs::read(folder.segment(1)).unwrap();
    bytes[6..8].copy_from_slice(b"03");
    let checksum = crc32fast::hash(&bytes[..60]);
    bytes[60..64].copy_from_slice(&checksum.to_le_bytes());
    fs::write(folder.segment(1), &bytes).unwrap();
    let error = refused(&folder);
    assert_eq!(error.code(), Code::JournalVersion);
    assert!(error.context().iter().all(|(key, _)| *key != "remedy"), "{error:?}");
}

#[test]
fn a_journal_that_ends_packed_goes_on_in_a_new_segment_and_is_never_cut() {
    let all = Retention { segments_max: None, bytes_max: None, behind_snapshots: false };
    let folder = journal("ends-packed", 25);
    compact(&folder.0, true, all, None).unwrap();
    fs::remove_file(folder.segment(3)).unwrap();
    let (mut writer, resumed) = JournalWriter::resume(&folder.0, options()).unwrap();
    assert_eq!((writer.segment_index(), resumed.cut_bytes), (3, 0));
    note(&mut writer, 99, 40);
    writer.close().unwrap();
    assert_eq!(summary(&folder.0).records, 22);

    fs::remove_file(folder.segment(3)).unwrap();
    fs::write(folder.0.join("000002.packed"), b"torn").unwrap();
    assert_eq!(refused(&folder).code(), Code::JournalCorrupt);
}

#[test]
fn sec_07_only_a_record_that_may_follow_makes_a_tail_more_than_torn() {
    let long = journal("long", 30);
    let record = |index: u32, at: usize| {
        let bytes = fs::read(long.segment(index)).unwrap();
        bytes[HEADER + at * RECORD..HEADER + (at + 1) * RECORD].to_vec()
    };
    // What stood on the disk before: a record from earlier on, and one of so far ahead that it cannot follow.
    for (name, stale, is_torn) in [
        ("earlier", record(1, 1), true),
        ("ahead", record(3, 5), true),
        ("next", record(1, 6), false),
    ] {
        let folder = journal("stale", 5);
        let mut bytes = fs::read(folder.segment(1)).unwrap();
        let whole = bytes.len();
        bytes.extend_from_slice(&[0x41; 10]);
        bytes.extend_from_slice(&stale);
        fs::write(folder.segment(1), &bytes).unwrap();
        if is_torn {
            let (_, resumed) = JournalWriter::resume(&folder.0, options()).unwrap();
            assert_eq!(resumed.cut_bytes as usize, bytes.len() - whole, "{name}");
        } else {
            assert_eq!(refused(&folder).code(), Code::JournalCorrupt, "{name}");
        }
    }
}
