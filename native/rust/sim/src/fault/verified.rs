//! Records whose bytes were verified before: read again without computing their hashes once more.

use holdfast_core::Timestamp;
use holdfast_core::journal_group::{OPEN_RECORD_VERSION, OPEN_TRAILER_BYTES};
use holdfast_core::journal_record::{HEADER_BYTES, Record, RecordKind, TRAILER_BYTES};

/// Returns the record at the start of the bytes, which are intact; `None` at their end.
pub(super) fn first(bytes: &[u8]) -> Option<Record<'_>> {
    let (header, rest) = bytes.split_first_chunk::<HEADER_BYTES>()?;
    let (length, rest_of_header) = header.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let is_open = rest_of_header.get(1) == Some(&OPEN_RECORD_VERSION);
    let trailer_bytes = if is_open { OPEN_TRAILER_BYTES } else { TRAILER_BYTES };
    let (payload, trailer) = rest.split_at_checked(length)?;
    let (sequence, ts) = rest_of_header.get(4..)?.split_first_chunk::<8>()?;
    Some(Record {
        sequence: u64::from_le_bytes(*sequence),
        kind: RecordKind::from_number(*rest_of_header.first()?).ok()?,
        ts: Timestamp(i64::from_le_bytes(*ts.first_chunk::<8>()?)),
        payload,
        head: trailer.get(..trailer_bytes)?.first_chunk::<32>(),
        bytes: HEADER_BYTES + length + trailer_bytes,
        is_of_old: false,
    })
}

/// A whole group of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group {
    /// Sequence behind its last record.
    pub end: u64,
    /// The hash that stands with it.
    pub head: [u8; 32],
    pub bytes: usize,
}

/// Returns the group at the start of the bytes, of which nothing is verified here; `None` when they end before it does.
pub(super) fn group(bytes: &[u8], first_sequence: u64) -> Option<Group> {
    let (mut offset, mut end) = (0, first_sequence);
    loop {
        let rest = bytes.get(offset..)?;
        let header = rest.first_chunk::<HEADER_BYTES>()?;
        let length = u32::from_le_bytes(*header.first_chunk::<4>()?) as usize;
        let content = HEADER_BYTES.checked_add(length)?;
        end += 1;
        if header.get(5) != Some(&OPEN_RECORD_VERSION) {
            let trailer = rest.get(content..)?.first_chunk::<TRAILER_BYTES>()?;
            let bytes = offset + content + TRAILER_BYTES;
            return Some(Group { end, head: *trailer.first_chunk::<32>()?, bytes });
        }
        offset += content + OPEN_TRAILER_BYTES;
    }
}

/// Returns the records one after the other.
pub(super) fn records(mut bytes: &[u8]) -> impl Iterator<Item = Record<'_>> {
    std::iter::from_fn(move || {
        let record = first(bytes)?;
        bytes = bytes.get(record.bytes..)?;
        Some(record)
    })
}

/// Returns the head of the chain with the group that ends at a place.
pub(super) fn head_before(bytes: &[u8], place: usize) -> Option<&[u8; 32]> {
    bytes.get(place.checked_sub(TRAILER_BYTES)?..place)?.first_chunk()
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_core::journal_group::{GroupReader, GroupWriter};
    use holdfast_core::stripped_records::StrippedRecords;

    #[test]
    fn reads_what_verifying_reads_and_ends_where_the_bytes_do() {
        let (mut writer, mut bytes) = (GroupWriter::default(), Vec::new());
        for (at, length) in [0_usize, 1, 40, 300, 7, 20_000, 3].into_iter().enumerate() {
            let mut record = StrippedRecords::default();
            let (ts, content) = (Timestamp(at as i64 - 2), vec![at as u8; length]);
            record.push(RecordKind::Failure, at as u64, ts, content.as_slice()).unwrap();
            writer.append(&mut bytes, record.first());
            if at == 2 {
                writer.seal(&mut bytes);
            }
        }
        writer.seal(&mut bytes);
        let (mut verifying, mut trusting, mut rest) =
            (GroupReader::default(), GroupReader::default(), bytes.as_slice());
        for record in records(&bytes) {
            assert_eq!(verifying.advance(rest).unwrap(), Some(record));
            let sequence = trusting.chain().next_sequence;
            if let (Some(group), false) = (group(rest, sequence), trusting.has_seen()) {
                trusting.trust(group.end, group.head);
            }
            assert_eq!(trusting.advance(rest).unwrap(), Some(record));
            assert_eq!(trusting.chain(), verifying.chain());
            rest = &rest[record.bytes..];
        }
        assert!(rest.is_empty() && verifying.chain() == writer.sealed());
        assert_eq!(head_before(&bytes, bytes.len()), Some(&writer.sealed().head));
        assert_eq!(head_before(&bytes, 0), None);
        let first_group = group(&bytes, 0).unwrap();
        assert_eq!(first_group.end, 3);
        for cut in 0..bytes.len().min(2_000) {
            let whole: usize = records(&bytes[..cut]).map(|record| record.bytes).sum();
            assert!(whole <= cut);
            assert_eq!(group(&bytes[..cut], 0).is_some(), cut >= first_group.bytes);
        }
    }
}
