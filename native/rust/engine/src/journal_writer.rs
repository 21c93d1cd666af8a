//! The journal file: append-only segments with group commit.

use crate::sink::Sink;
use holdfast_core::journal_record::{Chain, RecordKind};
use holdfast_core::wire::Encode;
use holdfast_core::{Code, Error, Result, Timestamp};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Ending of a segment's file name.
pub const SEGMENT_EXTENSION: &str = "journal";
/// Bytes of a segment's header: magic, index, first sequence, chain head before it, checksum.
pub const SEGMENT_HEADER_BYTES: usize = 64;
/// First bytes of a segment.
pub const SEGMENT_MAGIC: [u8; 8] = *b"HFJRNL01";
/// A segment is closed when it has grown past this.
pub const SEGMENT_BYTES_MAX: usize = 64 << 20;
/// Records are gathered up to this many bytes before one write.
const GROUP_BYTES: usize = 256 << 10;

/// When a commit reaches the disk itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncPolicy {
    /// `fsync` at each commit: for sessions whose commands leave the machine.
    Always,
    /// Leave it to the operating system: for simulations, which can be run again.
    Os,
}

/// Writes records to the segments of one folder.
#[derive(Debug)]
pub struct JournalWriter {
    folder: PathBuf,
    policy: SyncPolicy,
    chain: Chain,
    group: Vec<u8>,
    file: File,
    segment_index: u32,
    segment_bytes: usize,
    segment_bytes_max: usize,
}

pub(crate) fn io_error(action: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::new(Code::JournalIo, format!("journal must be {action}, {}: {error}", path.display()))
        .with("path", path.display())
        .with("cause", error)
}

pub(crate) fn segment_name(index: u32) -> String {
    format!("{index:06}.{SEGMENT_EXTENSION}")
}

/// Returns the header of a segment.
#[must_use]
pub fn segment_header(index: u32, chain: &Chain) -> [u8; SEGMENT_HEADER_BYTES] {
    let mut header = [0_u8; SEGMENT_HEADER_BYTES];
    header[0..8].copy_from_slice(&SEGMENT_MAGIC);
    header[8..12].copy_from_slice(&index.to_le_bytes());
    header[16..24].copy_from_slice(&chain.next_sequence.to_le_bytes());
    header[24..56].copy_from_slice(&chain.head);
    let checksum = crc32fast::hash(&header[..60]);
    header[60..64].copy_from_slice(&checksum.to_le_bytes());
    header
}

impl JournalWriter {
    /// Starts a journal in a folder that is made, and must not hold one already.
    ///
    /// # Errors
    /// `JOURNAL_IO`, also when a segment exists: a journal is never written over.
    pub fn create(folder: &Path, policy: SyncPolicy) -> Result<Self> {
        Self::create_with_segments(folder, policy, SEGMENT_BYTES_MAX)
    }

    /// As `create`, with another size of segments.
    ///
    /// # Errors
    /// `JOURNAL_IO`.
    pub fn create_with_segments(
        folder: &Path,
        policy: SyncPolicy,
        segment_bytes_max: usize,
    ) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|error| io_error("created", folder, &error))?;
        let chain = Chain::default();
        let file = Self::open_segment(folder, 1, &chain)?;
        Ok(Self {
            folder: folder.to_path_buf(),
            policy,
            chain,
            group: Vec::with_capacity(GROUP_BYTES * 2),
            file,
            segment_index: 1,
            segment_bytes: SEGMENT_HEADER_BYTES,
            segment_bytes_max,
        })
    }

    fn open_segment(folder: &Path, index: u32, chain: &Chain) -> Result<File> {
        let path = folder.join(segment_name(index));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(|error| io_error("created", &path, &error))?;
        file.write_all(&segment_header(index, chain))
            .map_err(|error| io_error("written", &path, &error))?;
        Ok(file)
    }

    /// Writes what was gathered in one system call, and syncs it as the policy says.
    ///
    /// # Errors
    /// `JOURNAL_IO`.
    pub fn commit(&mut self) -> Result<()> {
        self.write_group()?;
        self.sync()
    }

    fn sync(&mut self) -> Result<()> {
        if self.policy == SyncPolicy::Os {
            return Ok(());
        }
        self.file.sync_data().map_err(|error| io_error("synced", &self.folder, &error))
    }

    fn write_group(&mut self) -> Result<()> {
        if self.group.is_empty() {
            return Ok(());
        }
        self.file
            .write_all(&self.group)
            .map_err(|error| io_error("written", &self.folder, &error))?;
        self.segment_bytes += self.group.len();
        self.group.clear();
        if self.segment_bytes > self.segment_bytes_max {
            self.sync()?;
            self.segment_index += 1;
            self.file = Self::open_segment(&self.folder, self.segment_index, &self.chain)?;
            self.segment_bytes = SEGMENT_HEADER_BYTES;
        }
        Ok(())
    }

    /// Returns the chain: its head and the number of records.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }
}

impl Sink for JournalWriter {
    fn record(
        &mut self,
        kind: RecordKind,
        ts: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        self.chain.append(&mut self.group, kind, ts, content)?;
        if self.group.len() >= GROUP_BYTES { self.write_group() } else { Ok(()) }
    }
}
