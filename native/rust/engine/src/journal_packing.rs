//! Packed segments: a sealed segment without what can be computed again, compressed.
//!
//! Hashes and checksums do not compress, but follow from the content. A packed
//! segment holds header and payload of each record (LZ4) and the chain's head behind the last: unpacking computes every
//! hash again, and the segment is what it was only when the head comes out the same. So every byte stays proven.

use crate::journal_segment::{
    SEGMENT_HEADER_BYTES, SegmentFile, chain_before, create_file, io_error, packed_name,
    sync_folder,
};
use holdfast_core::journal_group::{GroupReader, GroupWriter, ends_group};
use holdfast_core::journal_record::{Chain, HEADER_BYTES, PAYLOAD_BYTES_MAX};
use holdfast_core::{Code, Error, Result};
use std::fs;
use std::path::Path;

/// First bytes of a packed segment; the last two are the version of the form.
pub const PACKED_MAGIC: [u8; 8] = *b"HFPACK01";
/// Magic, the segment's own header, the chain's head behind the last record, length before compression, checksum.
pub const PACKED_HEADER_BYTES: usize = 8 + SEGMENT_HEADER_BYTES + 32 + 4 + 4;
/// Longest content before compression: what a forged length can make a reader allocate.
const CONTENT_BYTES_MAX: usize = 1 << 30;

const HEAD_AT: usize = 8 + SEGMENT_HEADER_BYTES;
const LENGTH_AT: usize = HEAD_AT + 32;
const CHECKSUM_AT: usize = LENGTH_AT + 4;

fn corrupt(what: &str) -> Error {
    Error::new(Code::JournalCorrupt, format!("the packed segment {what}"))
}

/// Returns the packed form of a segment.
///
/// # Errors
/// `JOURNAL_CORRUPT`, `JOURNAL_TRUNCATED` or `JOURNAL_VERSION` when the segment does not verify: damage is not packed away.
pub fn pack(index: u32, segment: &[u8]) -> Result<Vec<u8>> {
    let mut chain = GroupReader::at(chain_before(index, segment)?);
    let mut content = Vec::with_capacity(segment.len());
    let mut offset = SEGMENT_HEADER_BYTES;
    while let Some(record) = chain.advance(segment.get(offset..).unwrap_or_default())? {
        content.extend_from_slice(&segment[offset..offset + HEADER_BYTES + record.payload.len()]);
        offset += record.bytes;
    }
    let length = u32::try_from(content.len()).ok().filter(|_| content.len() <= CONTENT_BYTES_MAX);
    let length = length.ok_or_else(|| corrupt("is too long to be packed"))?;
    let mut packed = Vec::with_capacity(content.len() / 2);
    packed.extend_from_slice(&PACKED_MAGIC);
    packed.extend_from_slice(&segment[..SEGMENT_HEADER_BYTES]);
    packed.extend_from_slice(&chain.chain().head);
    packed.extend_from_slice(&length.to_le_bytes());
    let checksum = crc32fast::hash(&packed);
    packed.extend_from_slice(&checksum.to_le_bytes());
    packed.extend_from_slice(&lz4_flex::block::compress(&content));
    // Compression has several forms of one content; a changed form gives the same records, and is found by this.
    let checksum = crc32fast::hash(&packed);
    packed.extend_from_slice(&checksum.to_le_bytes());
    Ok(packed)
}

/// Returns the segment's own header and the chain's head behind its last record.
fn packed_header(packed: &[u8]) -> Result<(&[u8], [u8; 32], usize)> {
    let header = packed.get(..PACKED_HEADER_BYTES).ok_or_else(|| corrupt("ends in its header"))?;
    if crc32fast::hash(&header[..CHECKSUM_AT]).to_le_bytes() != header[CHECKSUM_AT..] {
        return Err(corrupt("has a header that differs"));
    }
    if header[..8] != PACKED_MAGIC {
        let version = |magic: &[u8]| String::from_utf8_lossy(&magic[6..8]).into_owned();
        let (found, read) = (version(header), version(&PACKED_MAGIC));
        return Err(Error::new(
            Code::JournalVersion,
            format!("packed segment must have form {read}, which this version reads; it has form {found}"),
        )
        .with("found", found)
        .with("supported", read));
    }
    let (mut head, mut length) = ([0_u8; 32], [0_u8; 4]);
    head.copy_from_slice(&header[HEAD_AT..LENGTH_AT]);
    length.copy_from_slice(&header[LENGTH_AT..CHECKSUM_AT]);
    let length = u32::from_le_bytes(length) as usize;
    Ok((&header[8..HEAD_AT], head, length))
}

/// Returns where the chain stands before a packed segment, as its header claims.
///
/// # Errors
/// As `unpack`.
pub fn packed_start(index: u32, packed: &[u8]) -> Result<Chain> {
    chain_before(index, packed_header(packed)?.0)
}

/// Returns the segment as it was written.
///
/// # Errors
/// `JOURNAL_CORRUPT` when a byte differs, `JOURNAL_VERSION`.
pub fn unpack(index: u32, packed: &[u8]) -> Result<Vec<u8>> {
    let (header, head, length) = packed_header(packed)?;
    let mut chain = GroupWriter::behind(chain_before(index, header)?, None);
    if length > CONTENT_BYTES_MAX {
        return Err(corrupt("claims to be too long"));
    }
    let (form, checksum) = packed.split_last_chunk::<4>().ok_or_else(|| corrupt("is cut"))?;
    if crc32fast::hash(form).to_le_bytes() != *checksum {
        return Err(corrupt("has a checksum that differs"));
    }
    let compressed = form.get(PACKED_HEADER_BYTES..).ok_or_else(|| corrupt("is cut"))?;
    let content = lz4_flex::block::decompress(compressed, length)
        .map_err(|error| corrupt(&format!("cannot be decompressed, {error}")))?;
    if content.len() != length {
        return Err(corrupt("has another length than it says"));
    }
    let mut segment = Vec::with_capacity(content.len() * 2);
    segment.extend_from_slice(header);
    let mut rest = content.as_slice();
    while !rest.is_empty() {
        let length = rest
            .first_chunk::<4>()
            .map_or(usize::MAX, |length| u32::from_le_bytes(*length) as usize);
        let record =
            (length <= PAYLOAD_BYTES_MAX).then(|| rest.get(..HEADER_BYTES + length)).flatten();
        let record = record.ok_or_else(|| corrupt("ends inside a record"))?;
        let is_last = ends_group(record);
        chain.append(&mut segment, record);
        if is_last {
            chain.seal(&mut segment);
        }
        rest = &rest[record.len()..];
    }
    if chain.sealed().head == head {
        Ok(segment)
    } else {
        Err(corrupt("does not give the chain's head"))
    }
}

/// Packs a sealed segment on the disk. The packed file stands whole on the disk before the other is removed, so that a
/// power failure leaves one of them at least.
///
/// # Errors
/// As `pack`, and `JOURNAL_IO`.
pub(crate) fn pack_file(folder: &Path, segment: &SegmentFile) -> Result<()> {
    let packed = pack(segment.index, &segment.read()?)
        .map_err(|error| error.with("path", segment.path.display()))?;
    let target = folder.join(packed_name(segment.index));
    let unfinished = target.with_extension("unfinished");
    create_file(&unfinished, &packed)?;
    fs::rename(&unfinished, &target).map_err(|error| io_error("packed", &target, &error))?;
    sync_folder(folder)?;
    fs::remove_file(&segment.path).map_err(|error| io_error("packed", &segment.path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal_segment::segment_header;
    use holdfast_core::Timestamp;
    use holdfast_core::journal_record::RecordKind;

    fn segment() -> Vec<u8> {
        let mut chain = Chain { head: [3; 32], next_sequence: 70 };
        let mut bytes = segment_header(4, &chain).to_vec();
        for at in 0..50_i64 {
            let payload = vec![at as u8; at as usize];
            chain.append(&mut bytes, RecordKind::Bar, Timestamp(at), payload.as_slice()).unwrap();
        }
        bytes
    }

    #[test]
    fn a_packed_segment_is_small_and_comes_out_as_it_was() {
        let segment = segment();
        let packed = pack(4, &segment).unwrap();
        assert!(packed.len() * 3 < segment.len(), "{} of {}", packed.len(), segment.len());
        assert_eq!(unpack(4, &packed).unwrap(), segment);
        assert_eq!(packed_start(4, &packed).unwrap().next_sequence, 70);
        assert_eq!(unpack(5, &packed).unwrap_err().code(), Code::JournalCorrupt);
    }

    #[test]
    fn sec_07_every_changed_byte_and_every_cut_of_a_packed_segment_is_found() {
        let packed = pack(4, &segment()).unwrap();
        for at in 0..packed.len() {
            let mut forged = packed.clone();
            forged[at] ^= 0x41;
            let code = |packed: &[u8]| unpack(4, packed).map(|_| ()).map_err(|error| error.code());
            assert_eq!(code(&forged), Err(Code::JournalCorrupt), "byte {at}");
            assert_eq!(code(&packed[..at]), Err(Code::JournalCorrupt), "cut at {at}");
        }
    }

    #[test]
    fn damage_is_not_packed_away_and_a_later_form_is_named() {
        let mut damaged = segment();
        damaged[100] ^= 1;
        assert_eq!(pack(4, &damaged).unwrap_err().code(), Code::JournalCorrupt);
        let mut later = pack(4, &segment()).unwrap();
        later[7] = b'2';
        let checksum = crc32fast::hash(&later[..CHECKSUM_AT]);
        later[CHECKSUM_AT..PACKED_HEADER_BYTES].copy_from_slice(&checksum.to_le_bytes());
        assert_eq!(unpack(4, &later).unwrap_err().code(), Code::JournalVersion);
    }
}
