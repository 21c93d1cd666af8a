//! Records whose bytes were verified before: read again without computing their hashes once more.

use holdfast_core::Timestamp;
use holdfast_core::journal_record::{Chain, HEADER_BYTES, Record, RecordKind, TRAILER_BYTES};

/// Returns the record at the start of the bytes, which are intact; `None` at their end.
pub(super) fn first(bytes: &[u8]) -> Option<Record<'_>> {
    let (header, rest) = bytes.split_first_chunk::<HEADER_BYTES>()?;
    let (length, rest_of_header) = header.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let (payload, trailer) = rest.split_at_checked(length)?;
    let (sequence, ts) = rest_of_header.get(4..)?.split_first_chunk::<8>()?;
    Some(Record {
        sequence: u64::from_le_bytes(*sequence),
        kind: RecordKind::from_number(*rest_of_header.first()?).ok()?,
        ts: Timestamp(i64::from_le_bytes(*ts.first_chunk::<8>()?)),
        payload,
        head: Some(trailer.first_chunk::<TRAILER_BYTES>()?.first_chunk::<32>()?),
        bytes: HEADER_BYTES + length + TRAILER_BYTES,
        is_of_old: false,
    })
}

/// Returns the record at the start of the bytes and moves the chain, as verifying them again would.
pub(super) fn take<'a>(chain: &mut Chain, bytes: &'a [u8]) -> Option<Record<'a>> {
    let record = first(bytes)?;
    *chain = Chain { head: *record.head?, next_sequence: record.sequence + 1 };
    Some(record)
}

/// Returns the records one after the other.
pub(super) fn records(mut bytes: &[u8]) -> impl Iterator<Item = Record<'_>> {
    std::iter::from_fn(move || {
        let record = first(bytes)?;
        bytes = bytes.get(record.bytes..)?;
        Some(record)
    })
}

/// Returns the head of the chain with the record that ends at a place.
pub(super) fn head_before(bytes: &[u8], place: usize) -> Option<&[u8; 32]> {
    bytes.get(place.checked_sub(TRAILER_BYTES)?..place)?.first_chunk()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_verifying_reads_and_ends_where_the_bytes_do() {
        let (mut chain, mut bytes) = (Chain::default(), Vec::new());
        for (at, length) in [0_usize, 1, 40, 300].into_iter().enumerate() {
            let (ts, content) = (Timestamp(at as i64 - 2), vec![at as u8; length]);
            chain.append(&mut bytes, RecordKind::Failure, ts, content.as_slice()).unwrap();
        }
        let (mut verifying, mut taking, mut rest) =
            (Chain::default(), Chain::default(), bytes.as_slice());
        for record in records(&bytes) {
            assert_eq!(verifying.verify(rest).unwrap(), Some(record));
            assert_eq!(take(&mut taking, rest), Some(record));
            assert_eq!(taking, verifying);
            rest = &rest[record.bytes..];
        }
        assert!(rest.is_empty() && verifying == chain);
        assert_eq!(head_before(&bytes, bytes.len()), Some(&chain.head));
        assert_eq!(head_before(&bytes, 0), None);
        for cut in 0..bytes.len() {
            let whole: usize = records(&bytes[..cut]).map(|record| record.bytes).sum();
            assert!(whole <= cut);
        }
    }
}
