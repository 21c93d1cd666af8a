//! The files of a journal: their names, their header, and the format's version.

use crate::journal_packing::{PACKED_HEADER_BYTES, packed_start, unpack};
use holdfast_core::journal_record::Chain;
use holdfast_core::{Code, Error, Result};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Ending of a segment's file name.
pub const SEGMENT_EXTENSION: &str = "journal";
/// Ending of a packed segment's file name.
pub const PACKED_EXTENSION: &str = "packed";
/// Bytes of a segment's header: magic, index, first sequence, chain head before it, checksum.
pub const SEGMENT_HEADER_BYTES: usize = 64;
/// First bytes of a segment; the last two are the version of the format.
pub const SEGMENT_MAGIC: [u8; 8] = *b"HFJRNL02";
/// The format before, in which every record has a hash of its own: it is read, and what is added begins another segment.
const UNGROUPED_MAGIC: [u8; 8] = *b"HFJRNL01";
/// A segment is closed when it has grown past this.
pub const SEGMENT_BYTES_MAX: usize = 64 << 20;

const MAGIC_WITHOUT_VERSION: &[u8] = b"HFJRNL";

/// Returns `JOURNAL_IO` that names the file and what the operating system said.
pub(crate) fn io_error(action: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::new(Code::JournalIo, format!("journal must be {action}, {}: {error}", path.display()))
        .with("path", path.display())
        .with("cause", error)
}

pub(crate) fn segment_name(index: u32) -> String {
    format!("{index:06}.{SEGMENT_EXTENSION}")
}

pub(crate) fn packed_name(index: u32) -> String {
    format!("{index:06}.{PACKED_EXTENSION}")
}

pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// Returns the header of a segment.
#[must_use]
pub fn segment_header(index: u32, chain: &Chain) -> [u8; SEGMENT_HEADER_BYTES] {
    header_of(SEGMENT_MAGIC, index, chain)
}

fn header_of(magic: [u8; 8], index: u32, chain: &Chain) -> [u8; SEGMENT_HEADER_BYTES] {
    let mut header = [0_u8; SEGMENT_HEADER_BYTES];
    header[0..8].copy_from_slice(&magic);
    header[8..12].copy_from_slice(&index.to_le_bytes());
    header[16..24].copy_from_slice(&chain.next_sequence.to_le_bytes());
    header[24..56].copy_from_slice(&chain.head);
    let checksum = crc32fast::hash(&header[..60]);
    header[60..64].copy_from_slice(&checksum.to_le_bytes());
    header
}

/// Returns where the chain stands before a segment's first record, as its header claims.
///
/// # Errors
/// `JOURNAL_VERSION` when a later format wrote it, `JOURNAL_CORRUPT` when the header is no segment's.
pub(crate) fn chain_before(index: u32, header: &[u8]) -> Result<Chain> {
    let corrupt = || Error::new(Code::JournalCorrupt, "the segment's header differs");
    let header = header.first_chunk::<SEGMENT_HEADER_BYTES>().ok_or_else(corrupt)?;
    refuse_other_version(header)?;
    let (mut first, mut head) = ([0_u8; 8], [0_u8; 32]);
    first.copy_from_slice(&header[16..24]);
    head.copy_from_slice(&header[24..56]);
    let chain = Chain { head, next_sequence: u64::from_le_bytes(first) };
    let magic = if is_ungrouped(header) { UNGROUPED_MAGIC } else { SEGMENT_MAGIC };
    if *header == header_of(magic, index, &chain) { Ok(chain) } else { Err(corrupt()) }
}

/// Returns whether a segment has the format before, to which nothing is added.
pub(crate) fn is_ungrouped(segment: &[u8]) -> bool {
    segment.starts_with(&UNGROUPED_MAGIC)
}

/// Refuses a segment of another version of the format. The checksum covers the version, so that a flipped bit is told
/// from a version: a later format keeps the first 64 bytes as they are.
fn refuse_other_version(header: &[u8; SEGMENT_HEADER_BYTES]) -> Result<()> {
    let is_whole = crc32fast::hash(&header[..60]).to_le_bytes() == header[60..64];
    let is_read = header[..8] == SEGMENT_MAGIC || is_ungrouped(header);
    if !is_whole || !header.starts_with(MAGIC_WITHOUT_VERSION) || is_read {
        return Ok(());
    }
    let version = |magic: &[u8]| String::from_utf8_lossy(&magic[6..8]).into_owned();
    let (found, read) = (version(header), version(&SEGMENT_MAGIC));
    Err(Error::new(
        Code::JournalVersion,
        format!("journal must have format {read}, which this version reads; it has format {found}"),
    )
    .with("found", found)
    .with("supported", read))
}

/// One segment on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentFile {
    /// Number, from 1.
    pub index: u32,
    /// Where it is.
    pub path: PathBuf,
    /// Whether it is packed.
    pub packed: bool,
}

impl SegmentFile {
    /// Returns the segment's bytes as they were written.
    pub(crate) fn read(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.read_on(&mut bytes)?;
        Ok(bytes)
    }

    /// Appends what the segment has beyond the bytes that are known. A segment that was packed since the folder was listed
    /// is read in its other form.
    pub(crate) fn read_on(&self, known: &mut Vec<u8>) -> Result<()> {
        let failed = |path: &Path, error: &std::io::Error| io_error("read", path, error);
        if !self.packed {
            let opened = File::open(&self.path).and_then(|mut file| {
                file.seek(SeekFrom::Start(known.len() as u64))?;
                file.read_to_end(known)
            });
            match opened {
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(failed(&self.path, &error)),
            }
        }
        let path = self.path.with_extension(PACKED_EXTENSION);
        let bytes = fs::read(&path).map_err(|error| failed(&path, &error))?;
        let bytes = unpack(self.index, &bytes)?;
        known.extend_from_slice(bytes.get(known.len()..).unwrap_or_default());
        Ok(())
    }

    /// Returns the bytes that it takes on the disk.
    pub(crate) fn size(&self) -> Result<u64> {
        fs::metadata(&self.path)
            .map(|metadata| metadata.len())
            .map_err(|error| io_error("read", &self.path, &error))
    }

    /// Returns where the chain stands before the segment, as its header claims.
    pub(crate) fn start(&self) -> Result<Chain> {
        let length = if self.packed { PACKED_HEADER_BYTES } else { SEGMENT_HEADER_BYTES };
        let mut header = Vec::with_capacity(length);
        File::open(&self.path)
            .and_then(|file| file.take(length as u64).read_to_end(&mut header))
            .map_err(|error| io_error("read", &self.path, &error))?;
        let start = if self.packed {
            packed_start(self.index, &header)
        } else {
            chain_before(self.index, &header)
        };
        start.map_err(|error| error.with("file", file_name(&self.path)))
    }
}

pub(crate) fn missing(folder: &Path) -> Error {
    Error::new(
        Code::JournalNotFound,
        format!("no journal at {}: it must be a folder with {}", folder.display(), segment_name(1)),
    )
    .with("path", folder.display())
}

/// Returns the segments of a folder in order.
pub(crate) fn list_segments(folder: &Path) -> Result<Vec<SegmentFile>> {
    let segments = list_once(folder)?;
    let is_unbroken = segments.windows(2).all(|pair| pair[0].index + 1 == pair[1].index);
    // A listing may show neither form of a segment that is being packed meanwhile.
    if is_unbroken { Ok(segments) } else { list_once(folder) }
}

fn list_once(folder: &Path) -> Result<Vec<SegmentFile>> {
    let entries = fs::read_dir(folder).map_err(|_| missing(folder))?;
    let mut segments = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| io_error("listed", folder, &error))?.path();
        if let Some((index, packed)) = segment_index(&path) {
            segments.push(SegmentFile { index, path, packed });
        }
    }
    segments.sort_by_key(|segment| (segment.index, segment.packed));
    // A power failure may leave a segment in both forms; the first stays until the other is whole.
    segments.dedup_by_key(|segment| segment.index);
    if segments.is_empty() { Err(missing(folder)) } else { Ok(segments) }
}

fn segment_index(path: &Path) -> Option<(u32, bool)> {
    let packed = match path.extension()?.to_str()? {
        SEGMENT_EXTENSION => false,
        PACKED_EXTENSION => true,
        _ => return None,
    };
    Some((path.file_stem()?.to_str()?.parse().ok()?, packed))
}

/// Writes a file and forces it to the disk.
pub(crate) fn create_file(path: &Path, content: &[u8]) -> Result<()> {
    File::create(path)
        .and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()
        })
        .map_err(|error| io_error("written", path, &error))
}

/// Makes a segment's file with its header; a file that exists is never written over.
pub(crate) fn create_segment(folder: &Path, index: u32, chain: &Chain) -> Result<(PathBuf, File)> {
    let path = folder.join(segment_name(index));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .map_err(|error| io_error("created", &path, &error))?;
    file.write_all(&segment_header(index, chain))
        .map_err(|error| io_error("written", &path, &error))?;
    Ok((path, file))
}

/// Forces a folder's list of names to the disk: a file whose name is lost in a power failure is lost with its content.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder)
        .and_then(|opened| opened.sync_all())
        .map_err(|error| io_error("synced", folder, &error))
}

/// Windows writes names with the file, and opens no folder as a file.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_folder: &Path) -> Result<()> {
    Ok(())
}

pub(crate) fn create_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| io_error("created", folder, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_says_where_the_chain_stands() {
        let chain = Chain { head: [7; 32], next_sequence: 9 };
        assert_eq!(chain_before(3, &segment_header(3, &chain)), Ok(chain));
        let of_another = chain_before(4, &segment_header(3, &chain)).unwrap_err();
        assert_eq!(of_another.code(), Code::JournalCorrupt);
        assert_eq!(chain_before(1, &[0; 10]).unwrap_err().code(), Code::JournalCorrupt);
    }

    #[test]
    fn a_later_format_is_named_and_a_flipped_bit_is_no_format() {
        let mut header = segment_header(1, &Chain::default());
        header[7] = b'3';
        assert_eq!(chain_before(1, &header).unwrap_err().code(), Code::JournalCorrupt);
        let checksum = crc32fast::hash(&header[..60]);
        header[60..64].copy_from_slice(&checksum.to_le_bytes());
        let error = chain_before(1, &header).unwrap_err();
        assert_eq!(error.code(), Code::JournalVersion);
        assert!(error.to_string().contains("format 02") && error.to_string().contains("format 03"));
    }
}
