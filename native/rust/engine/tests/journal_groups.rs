//! Records share a link of the chain with others of their group: none of them is less safe for it.

mod support;

use holdfast_core::journal_group::{
    GROUP_BYTES, GroupReader, GroupWriter, OPEN_TRAILER_BYTES, ends_group, holds_checksum,
    holds_group,
};
use holdfast_core::journal_record::{
    Chain, HEADER_BYTES, PAYLOAD_BYTES_MAX, RecordKind, TRAILER_BYTES,
};
use holdfast_core::stripped_records::StrippedRecords;
use holdfast_core::{Code, Error, Timestamp};
use holdfast_engine::journal_packing::{pack, unpack};
use holdfast_engine::journal_segment::{SEGMENT_HEADER_BYTES, segment_header};
use holdfast_engine::{JournalOptions, JournalReader, JournalWriter, SyncPolicy};
use proptest::prelude::*;
use std::fs;
use support::*;

/// Records in groups of so many; the last group may have less.
#[derive(Debug, Default)]
struct Groups {
    bytes: Vec<u8>,
    /// Where each record begins and ends, and the first record of its group.
    places: Vec<(usize, usize, u64)>,
    chain: Chain,
}

fn payload(sequence: u64, length: usize) -> Vec<u8> {
    (0..length).map(|at| (sequence as usize * 31 + at) as u8).collect()
}

fn groups(lengths: &[usize], size: usize) -> Groups {
    let mut writer = GroupWriter::behind(Chain::default(), None);
    // The journal's own way, in which a record has its checksum before it is known whether it is the last of its group.
    let (mut at_once, mut kept_bytes) = (GroupWriter::behind(Chain::default(), None), Vec::new());
    let mut kept = StrippedRecords::of_groups();
    let mut groups = Groups::default();
    let (mut first, mut starts) = (0, Vec::new());
    for (sequence, length) in (0_u64..).zip(lengths) {
        let mut record = StrippedRecords::default();
        let content = payload(sequence, *length);
        record
            .push(RecordKind::Bar, sequence, Timestamp(sequence as i64), content.as_slice())
            .unwrap();
        let before = groups.bytes.len();
        writer.append(&mut groups.bytes, record.first());
        let (kind, ts) = (RecordKind::Bar, Timestamp(sequence as i64));
        kept.push(kind, sequence, ts, content.as_slice()).unwrap();
        kept.records().for_each(|record| at_once.append_kept(&mut kept_bytes, record));
        kept.clear();
        assert_eq!(kept_bytes.len() - at_once.provisional_bytes(), groups.bytes.len());
        assert_eq!(at_once.next_sequence(), writer.next_sequence());
        if starts.len() as u64 == first {
            starts.push((before, first));
        } else {
            starts.push((before + OPEN_TRAILER_BYTES, first));
        }
        if (sequence + 1).is_multiple_of(size as u64) {
            writer.seal(&mut groups.bytes);
            at_once.seal(&mut kept_bytes);
            assert_eq!(at_once.provisional_bytes(), 0);
        }
        if writer.sealed().next_sequence == sequence + 1 {
            first = sequence + 1;
        }
    }
    writer.seal(&mut groups.bytes);
    at_once.seal(&mut kept_bytes);
    assert_eq!((&kept_bytes, at_once.sealed()), (&groups.bytes, writer.sealed()));
    groups.chain = *writer.sealed();
    let ends = starts.iter().skip(1).map(|start| start.0).chain([groups.bytes.len()]);
    groups.places =
        starts.iter().zip(ends).map(|((start, first), end)| (*start, end, *first)).collect();
    groups
}

/// Reads to the end or to an error; every record that is given out must be the one that was written.
fn read(bytes: &[u8], lengths: &[usize]) -> (GroupReader, Option<Error>) {
    let (mut reader, mut offset) = (GroupReader::default(), 0);
    loop {
        match reader.advance(&bytes[offset..]) {
            Ok(Some(record)) => {
                let sequence = record.sequence;
                assert_eq!(record.payload, payload(sequence, lengths[sequence as usize]));
                assert_eq!(record.ts, Timestamp(sequence as i64));
                offset += record.bytes;
            }
            Ok(None) => return (reader, None),
            Err(error) => return (reader, Some(error)),
        }
    }
}

fn lengths() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![4 => 0_usize..90, 1 => 1_000_usize..9_000], 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn sec_07_groups_read_back_and_only_their_last_record_has_a_hash(
        lengths in lengths(), size in 1_usize..12,
    ) {
        let written = groups(&lengths, size);
        let (reader, error) = read(&written.bytes, &lengths);
        prop_assert_eq!((error, *reader.chain()), (None, written.chain));
        let last = |place: usize| written.places.get(place + 1).is_none_or(|next| next.2 == place as u64 + 1);
        for (place, (start, end, _)) in written.places.iter().enumerate() {
            let trailer = if last(place) { TRAILER_BYTES } else { OPEN_TRAILER_BYTES };
            prop_assert_eq!(end - start, HEADER_BYTES + lengths[place] + trailer);
            prop_assert_eq!(ends_group(&written.bytes[*start..*end]), last(place));
            prop_assert!(holds_checksum(&written.bytes[*start..]));
        }
    }

    /// A changed byte is found in its record, and whatever stands before it is given out.
    #[test]
    fn sec_07_every_changed_byte_is_found_in_its_record(
        lengths in lengths(), size in 1_usize..12, at in any::<prop::sample::Index>(), bits in 1_u8..=255,
    ) {
        let mut written = groups(&lengths, size);
        let at = at.index(written.bytes.len());
        written.bytes[at] ^= bits;
        let damaged = written.places.iter().position(|place| place.1 > at).unwrap() as u64;
        let (reader, error) = read(&written.bytes, &lengths);
        prop_assert_eq!(reader.chain().next_sequence, damaged);
        let error = error.unwrap();
        prop_assert!(matches!(error.code(), Code::JournalCorrupt | Code::JournalTruncated), "{}", error);
        prop_assert!(error.context().contains(&("sequence", damaged.to_string())));
    }

    /// One who makes the checksum right as well is found by the hash of the group, of which nothing is given out.
    #[test]
    fn sec_07_a_forged_record_is_found_with_its_group(
        lengths in lengths(), size in 1_usize..12, at in any::<prop::sample::Index>(), bits in 1_u8..=255,
    ) {
        let mut written = groups(&lengths, size);
        let place = at.index(written.places.len());
        let (start, end, first) = written.places[place];
        // A byte of the time, which every record has.
        written.bytes[start + 16] ^= bits;
        let checksum = crc32fast::hash(&written.bytes[start..end - 4]);
        written.bytes[end - 4..end].copy_from_slice(&checksum.to_le_bytes());
        let (reader, error) = read(&written.bytes, &lengths);
        prop_assert_eq!(reader.chain().next_sequence, first);
        let error = error.unwrap();
        prop_assert_eq!(error.code(), Code::JournalCorrupt);
        prop_assert!(error.to_string().contains("does not continue the chain"), "{}", error);
    }

    /// A cut leaves what stands whole before it, and a reader goes on when the rest has come.
    #[test]
    fn sec_07_a_cut_group_is_read_to_its_last_whole_record_and_then_to_its_end(
        lengths in lengths(), size in 1_usize..12, at in any::<prop::sample::Index>(),
    ) {
        let written = groups(&lengths, size);
        let cut = at.index(written.bytes.len() + 1);
        let whole = written.places.iter().take_while(|place| place.1 <= cut).count();
        let (mut reader, error) = read(&written.bytes[..cut], &lengths);
        prop_assert_eq!(reader.chain().next_sequence, whole as u64);
        let is_boundary = written.places.get(whole).is_none_or(|place| place.0 == cut && place.2 == whole as u64);
        prop_assert_eq!(error.map(|error| error.code()), (!is_boundary).then_some(Code::JournalTruncated));
        let mut offset = written.places.get(whole).map_or(written.bytes.len(), |place| place.0);
        while let Some(record) = reader.advance(&written.bytes[offset..]).unwrap() {
            offset += record.bytes;
        }
        prop_assert_eq!((*reader.chain(), reader.is_open()), (written.chain, false));
    }

    #[test]
    fn a_packed_segment_of_groups_comes_out_as_it_was(lengths in lengths(), size in 1_usize..12) {
        let mut segment = segment_header(1, &Chain::default()).to_vec();
        segment.extend_from_slice(&groups(&lengths, size).bytes);
        prop_assert_eq!(unpack(1, &pack(1, &segment).unwrap()).unwrap(), segment);
    }

    /// Whatever a power failure leaves of one write of many records: the whole ones stay, and the journal verifies and goes on.
    #[test]
    fn sec_07_a_torn_group_loses_no_whole_record(
        lengths in prop::collection::vec(0_usize..300, 2..40), cut_frac in 0.0_f64..1.0,
    ) {
        let folder = Folder::new("torn-group");
        let options = || JournalOptions::new(SyncPolicy::Os);
        let mut writer = JournalWriter::create_with(&folder.0, options()).unwrap();
        note(&mut writer, 0, 10);
        writer.commit().unwrap();
        let before = SEGMENT_HEADER_BYTES + HEADER_BYTES + 10 + TRAILER_BYTES;
        lengths.iter().for_each(|length| note(&mut writer, 1, *length));
        writer.close().unwrap();
        let mut bytes = fs::read(folder.segment(1)).unwrap();
        bytes.truncate(before + ((bytes.len() - before) as f64 * cut_frac) as usize);
        fs::write(folder.segment(1), &bytes).unwrap();
        let (mut whole, mut end) = (0, before);
        for length in &lengths {
            // The last of the group is cut in any case.
            let next = end + HEADER_BYTES + length + OPEN_TRAILER_BYTES;
            if next > bytes.len() || whole + 1 == lengths.len() { break; }
            (whole, end) = (whole + 1, next);
        }
        let (mut writer, resumed) = JournalWriter::resume(&folder.0, options()).unwrap();
        prop_assert_eq!(resumed.cut_bytes as usize, bytes.len() - end);
        note(&mut writer, 99, 40);
        writer.close().unwrap();
        prop_assert_eq!(summary(&folder.0).records, 1 + whole as u64 + 2);
    }
}

#[test]
fn a_group_ends_by_itself_when_it_is_long() {
    let written = groups(&[900; 60], 1_000);
    let firsts: Vec<u64> = written.places.iter().map(|place| place.2).collect();
    let per_group = GROUP_BYTES.div_ceil(HEADER_BYTES + 900 + OPEN_TRAILER_BYTES) as u64;
    assert_eq!(firsts[per_group as usize], per_group);
    assert!(firsts[..per_group as usize].iter().all(|first| *first == 0));
}

#[test]
fn a_group_is_waited_for_until_it_is_whole_and_no_longer_than_its_bound() {
    let written = groups(&[10, 20, 30], 3);
    for length in 0..written.bytes.len() {
        assert_eq!(holds_group(&written.bytes[..length]), Ok(false), "{length}");
    }
    assert_eq!(holds_group(&written.bytes), Ok(true));
    let mut endless = Vec::new();
    let open = &written.bytes[..written.places[0].1];
    while endless.len() < PAYLOAD_BYTES_MAX + 2 * GROUP_BYTES {
        endless.extend_from_slice(open);
    }
    assert_eq!(holds_group(&endless).unwrap_err().code(), Code::JournalCorrupt);
}

#[test]
fn records_of_a_group_cannot_change_places() {
    let written = groups(&[8, 8, 8, 8], 4);
    let mut forged = written.bytes.clone();
    let [one, two] = [written.places[0], written.places[1]];
    forged[one.0..one.1].copy_from_slice(&written.bytes[two.0..two.1]);
    forged[two.0..two.1].copy_from_slice(&written.bytes[one.0..one.1]);
    let (reader, error) = read(&forged, &[8; 4]);
    assert_eq!(reader.chain().next_sequence, 0);
    assert_eq!(error.unwrap().code(), Code::JournalCorrupt);
}

/// A journal of the format before, in which every record has a hash.
fn ungrouped(name: &str) -> Folder {
    let folder = Folder::new(name);
    fs::create_dir_all(&folder.0).unwrap();
    let mut bytes = segment_header(1, &Chain::default()).to_vec();
    bytes[..8].copy_from_slice(b"HFJRNL01");
    let checksum = crc32fast::hash(&bytes[..60]);
    bytes[60..64].copy_from_slice(&checksum.to_le_bytes());
    let mut chain = Chain::default();
    for at in 0..5_i64 {
        let payload = [at as u8; 40];
        chain
            .append(&mut bytes, RecordKind::Failure, Timestamp(at * MS), payload.as_slice())
            .unwrap();
    }
    fs::write(folder.segment(1), &bytes).unwrap();
    folder
}

#[test]
fn a_journal_of_the_format_before_is_read_and_goes_on_in_a_segment_of_this_one() {
    let folder = ungrouped("format-before");
    assert_eq!(summary(&folder.0).records, 5);
    let before = fs::read(folder.segment(1)).unwrap();
    fs::write(folder.segment(1), [before.as_slice(), &[7; 30]].concat()).unwrap();

    let options = JournalOptions::new(SyncPolicy::Os);
    let (mut writer, resumed) = JournalWriter::resume(&folder.0, options).unwrap();
    assert_eq!((writer.segment_index(), resumed.cut_bytes), (2, 30));
    (0..3).for_each(|at| note(&mut writer, 10 + at, 40));
    writer.close().unwrap();
    assert_eq!(fs::read(folder.segment(1)).unwrap(), before);
    assert!(fs::read(folder.segment(2)).unwrap().starts_with(b"HFJRNL02"));
    assert_eq!((summary(&folder.0).records, summary(&folder.0).segments), (9, 2));
}

#[test]
fn a_group_that_never_ends_is_told_of_at_the_end_of_the_journal() {
    let folder = Folder::new("no-end");
    let mut writer = JournalWriter::create(&folder.0, SyncPolicy::Os).unwrap();
    (0..4).for_each(|at| note(&mut writer, at, 40));
    writer.close().unwrap();
    let bytes = fs::read(folder.segment(1)).unwrap();
    let open = HEADER_BYTES + 40 + OPEN_TRAILER_BYTES;
    fs::write(folder.segment(1), &bytes[..SEGMENT_HEADER_BYTES + 2 * open]).unwrap();
    let mut read = 0;
    let error = JournalReader::open(&folder.0)
        .unwrap()
        .visit(|_| {
            read += 1;
            Ok(())
        })
        .unwrap_err();
    assert_eq!((error.code(), read), (Code::JournalTruncated, 2));
    assert!(error.to_string().contains("in the midst of a group"), "{error}");
}
