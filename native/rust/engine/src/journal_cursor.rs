//! Goes through a journal record by record, verifying every byte on the way; one segment is in memory at a time.

use crate::journal_segment::{
    SEGMENT_HEADER_BYTES, SegmentFile, chain_before, file_name, is_ungrouped, list_segments,
};
use holdfast_core::journal_group::{GroupReader, OpenGroup};
use holdfast_core::journal_record::{Chain, Record};
use holdfast_core::{Code, Error, Result};
use std::path::{Path, PathBuf};

/// A place in a journal.
#[derive(Debug)]
pub struct JournalCursor {
    folder: PathBuf,
    segments: Vec<SegmentFile>,
    /// How many of the segments were loaded; the last of them is in `bytes`.
    loaded: usize,
    bytes: Vec<u8>,
    offset: usize,
    chain: GroupReader,
    first_sequence: u64,
    bytes_read: u64,
}

impl JournalCursor {
    /// Stands before the first record that the journal still holds.
    ///
    /// # Errors
    /// `JOURNAL_NOT_FOUND`, `JOURNAL_IO`, `JOURNAL_CORRUPT`, `JOURNAL_VERSION`.
    pub fn open(folder: &Path) -> Result<Self> {
        Self::over(folder, list_segments(folder)?)
    }

    /// Stands at the beginning of the last segment that begins at or before a record: what stands earlier is not verified.
    ///
    /// # Errors
    /// As `open`.
    pub fn open_near(folder: &Path, sequence: u64) -> Result<Self> {
        let mut segments = list_segments(folder)?;
        let mut first = segments.len().saturating_sub(1);
        while first > 0 && segments[first].start()?.next_sequence > sequence {
            first -= 1;
        }
        Self::over(folder, segments.split_off(first))
    }

    pub(crate) fn over(folder: &Path, segments: Vec<SegmentFile>) -> Result<Self> {
        let chain = match segments.first() {
            // The beginning of a journal is known; that of a later segment is what its header says.
            Some(first) if first.index == 1 => Chain::default(),
            Some(first) => first.start()?,
            None => return Err(crate::journal_segment::missing(folder)),
        };
        Ok(Self {
            folder: folder.to_path_buf(),
            segments,
            loaded: 0,
            bytes: Vec::new(),
            offset: 0,
            chain: GroupReader::at(chain),
            first_sequence: chain.next_sequence,
            bytes_read: 0,
        })
    }

    /// Returns the next record, verified; `None` behind the last.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`, `JOURNAL_TRUNCATED` or `JOURNAL_VERSION` naming record, file and offset, `JOURNAL_IO`. The cursor
    /// stays where it is.
    pub fn advance(&mut self) -> Result<Option<Record<'_>>> {
        while self.offset == self.bytes.len() && !self.chain.is_open() {
            if !self.load_next()? {
                return Ok(None);
            }
        }
        let place = self.segments.get(self.loaded.saturating_sub(1));
        let is_of_old = self.is_ungrouped();
        let verified = self.chain.advance(&self.bytes[self.offset..]).map_err(|error| {
            let file = place.map_or_else(String::new, |segment| file_name(&segment.path));
            error.with("file", file).with("offset", self.offset)
        })?;
        if let Some(record) = &verified {
            self.offset += record.bytes;
        }
        Ok(verified.map(|record| Record { is_of_old, ..record }))
    }

    fn load_next(&mut self) -> Result<bool> {
        let Some(segment) = self.segments.get(self.loaded) else { return Ok(false) };
        let before = *self.chain();
        let sequence = before.next_sequence;
        let corrupt = |what: &str| {
            Error::new(Code::JournalCorrupt, format!("record {sequence} is corrupt: {what}"))
                .with("sequence", sequence)
                .with("file", file_name(&segment.path))
                .with("offset", 0)
        };
        let expected = self.segments.first().map_or(1, |first| first.index) as usize + self.loaded;
        if segment.index as usize != expected {
            return Err(corrupt("a segment is missing before it"));
        }
        // One buffer serves every segment: fresh memory for each costs more than reading it.
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        self.offset = 0;
        segment.read_on(&mut bytes).map_err(|error| match error.code() {
            Code::JournalCorrupt => corrupt(&error.to_string()),
            _ => error,
        })?;
        let header = bytes.get(..SEGMENT_HEADER_BYTES).unwrap_or_default();
        match chain_before(segment.index, header) {
            Ok(chain) if chain == before => {}
            Err(error) if error.code() == Code::JournalVersion => {
                return Err(error.with("file", file_name(&segment.path)));
            }
            _ => return Err(corrupt("the segment's header differs")),
        }
        self.bytes_read += bytes.len() as u64;
        self.bytes = bytes;
        self.offset = SEGMENT_HEADER_BYTES;
        self.loaded += 1;
        Ok(true)
    }

    /// Looks for what was written since the folder was listed, so that a journal can be followed while it grows.
    ///
    /// # Errors
    /// `JOURNAL_IO`, `JOURNAL_NOT_FOUND`.
    pub fn refresh(&mut self) -> Result<()> {
        let known = self.segments.last().map_or(0, |last| last.index);
        let listed = list_segments(&self.folder)?;
        self.segments.extend(listed.into_iter().filter(|segment| segment.index > known));
        let Some(current) = self.loaded.checked_sub(1).and_then(|at| self.segments.get(at)) else {
            return Ok(());
        };
        let known_bytes = self.bytes.len();
        current.read_on(&mut self.bytes)?;
        self.bytes_read += (self.bytes.len() - known_bytes) as u64;
        Ok(())
    }

    /// Returns the sequence of the next record, and the head of the chain behind the last whole group.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        self.chain.chain()
    }

    /// Returns whether the segment that is loaded has the format before.
    pub(crate) fn is_ungrouped(&self) -> bool {
        is_ungrouped(&self.bytes)
    }

    /// Returns what was given out of a group whose end is not there.
    pub(crate) fn open_group(&self) -> OpenGroup {
        self.chain.open()
    }

    /// Returns the sequence of the first record that the cursor could give.
    #[must_use]
    pub const fn first_sequence(&self) -> u64 {
        self.first_sequence
    }

    /// Returns the bytes of the segments loaded, as they are before packing.
    #[must_use]
    pub const fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Returns the number of segments.
    #[must_use]
    pub fn segments(&self) -> &[SegmentFile] {
        &self.segments
    }

    /// Returns whether no segment follows the one that is loaded.
    pub(crate) fn is_in_last(&self) -> bool {
        self.loaded == self.segments.len()
    }

    /// Returns whether the last segment is the one to be loaded next.
    pub(crate) fn is_before_last(&self) -> bool {
        self.loaded + 1 == self.segments.len() && self.rest().is_empty()
    }

    /// Returns the offset in the segment that is loaded.
    pub(crate) const fn offset(&self) -> usize {
        self.offset
    }

    /// Returns what was not read of the segment that is loaded.
    pub(crate) fn rest(&self) -> &[u8] {
        self.bytes.get(self.offset..).unwrap_or_default()
    }
}
