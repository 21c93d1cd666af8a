//! Opening a journal again for appending: what a power failure tore off its end is cut to the last whole record.

use crate::journal_cursor::JournalCursor;
use crate::journal_lock::JournalLock;
use crate::journal_policy::JournalOptions;
use crate::journal_segment::{
    SEGMENT_HEADER_BYTES, SegmentFile, create_segment, io_error, list_segments, sync_folder,
};
use crate::journal_segment_writer::SegmentEnd;
use crate::journal_writer::JournalWriter;
use crate::sink::Sink;
use holdfast_core::journal_group::{OpenGroup, holds_checksum};
use holdfast_core::journal_record::{Chain, HEADER_BYTES, Record, RecordKind};
use holdfast_core::wire::{Encode, Reader, U64_BYTES_MAX, Writer};
use holdfast_core::{Code, Error, Result, Timestamp};
use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom};
use std::path::Path;

/// What was found when a journal was opened again; it is recorded as the first record that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalResumed {
    /// Bytes that were cut off the end because they hold no whole record.
    pub cut_bytes: u64,
    /// Sequence of the first record that they would have held; `None` when nothing was cut.
    pub first_lost_sequence: Option<u64>,
}

impl JournalResumed {
    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        let cut_bytes = reader.u64()?;
        let first_lost = reader.u64()?;
        Ok(Self { cut_bytes, first_lost_sequence: (cut_bytes > 0).then_some(first_lost) })
    }
}

impl Encode for JournalResumed {
    fn encoded_bytes_max(&self) -> usize {
        2 * U64_BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u64(self.cut_bytes);
        writer.u64(self.first_lost_sequence.unwrap_or(0));
    }
}

/// The end of a journal that was verified from where a cursor stood.
pub(crate) struct VerifiedEnd {
    segment: SegmentFile,
    pub(crate) chain: Chain,
    /// Records at the end whose group has no hash.
    open: OpenGroup,
    /// Whether the segment has the format before, to which nothing is added.
    is_ungrouped: bool,
    last_ts: Timestamp,
    /// Where the last whole record ends; `None` when the segment's own header was torn.
    offset: Option<usize>,
    cut_bytes: usize,
}

impl VerifiedEnd {
    /// Returns whether the last group has no end, so that nobody can read over it before one is written.
    pub(crate) const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Returns what there is to say of the end.
    pub(crate) fn resumed(&self) -> JournalResumed {
        JournalResumed {
            cut_bytes: self.cut_bytes as u64,
            first_lost_sequence: (self.cut_bytes > 0).then_some(self.chain.next_sequence),
        }
    }
}

impl JournalWriter {
    /// Opens an existing journal for appending, after verifying all of it. A torn tail is cut off; what was cut is
    /// returned, and recorded as `journal_resumed`.
    ///
    /// The tail counts as torn only in the last segment, and only when no whole record stands behind the damage.
    ///
    /// # Errors
    /// `JOURNAL_NOT_FOUND`, `JOURNAL_LOCKED`, `JOURNAL_VERSION`, `JOURNAL_CORRUPT` when the damage is no torn tail,
    /// `JOURNAL_IO`.
    pub fn resume(folder: &Path, options: JournalOptions) -> Result<(Self, JournalResumed)> {
        list_segments(folder)?;
        let lock = JournalLock::take(folder, options.opened_at)?;
        let end = verify_to_end(JournalCursor::open(folder)?, |_| Ok(()))?;
        let resumed = end.resumed();
        let last_ts = end.last_ts;
        let mut writer = Self::at_end(folder, options, lock, cut(folder, end)?);
        // A journal without a single record still begins with its configuration.
        if writer.next_sequence() > 0 {
            writer.record(RecordKind::JournalResumed, last_ts, &resumed)?;
            writer.commit()?;
        }
        Ok((writer, resumed))
    }
}

/// Verifies what follows a cursor and lets every record be seen; an error of the visitor ends it.
pub(crate) fn verify_to_end(
    mut cursor: JournalCursor,
    mut visitor: impl FnMut(&Record<'_>) -> Result<()>,
) -> Result<VerifiedEnd> {
    let mut last_ts = Timestamp(0);
    let damage = loop {
        match cursor.advance() {
            Ok(Some(record)) => {
                last_ts = record.ts;
                visitor(&record)?;
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    let (chain, open, is_ungrouped) = (*cursor.chain(), cursor.open_group(), cursor.is_ungrouped());
    let Some(last) = cursor.segments().last().cloned() else {
        return Err(crate::journal_segment::missing(Path::new("")));
    };
    let segment = last.clone();
    let ended = |offset, cut_bytes| {
        Ok(VerifiedEnd { segment, chain, open, is_ungrouped, last_ts, offset, cut_bytes })
    };
    let Some(error) = damage else { return ended(Some(cursor.offset()), 0) };
    if !matches!(error.code(), Code::JournalCorrupt | Code::JournalTruncated) {
        return Err(error);
    }
    // A format without groups has no group that could lack its end.
    if last.packed || (is_ungrouped && cursor.open_group().is_some()) {
        return Err(not_torn(error));
    }
    if cursor.is_in_last() {
        let tail = cursor.rest();
        if holds_whole_record(tail, chain.next_sequence) {
            return Err(not_torn(error));
        }
        return ended(Some(cursor.offset()), tail.len());
    }
    // A segment whose header never reached the disk: everything before it is whole.
    let bytes = fs::read(&last.path).map_err(|error| io_error("read", &last.path, &error))?;
    let is_next = cursor.is_before_last();
    let header = bytes.get(..SEGMENT_HEADER_BYTES).unwrap_or(&bytes);
    let is_torn = header.len() < SEGMENT_HEADER_BYTES || header.iter().all(|byte| *byte == 0);
    if !is_next || !is_torn || holds_whole_record(&bytes, chain.next_sequence) {
        return Err(not_torn(error));
    }
    ended(None, bytes.len())
}

fn not_torn(error: Error) -> Error {
    error.with(
        "remedy",
        "the damage is no torn tail, so that nothing was cut: restore the folder from a copy, or keep it and begin another",
    )
}

/// Returns whether a record of the sequence or a later one stands whole anywhere in the bytes: then something in their
/// midst was damaged, and cutting would lose what is intact.
fn holds_whole_record(bytes: &[u8], sequence: u64) -> bool {
    let last = sequence.saturating_add((bytes.len() / HEADER_BYTES) as u64);
    (0..bytes.len()).any(|at| {
        let rest = &bytes[at..];
        let Some(header) = rest.first_chunk::<HEADER_BYTES>() else { return false };
        let mut eight = [0_u8; 8];
        eight.copy_from_slice(&header[8..16]);
        (sequence..=last).contains(&u64::from_le_bytes(eight)) && holds_checksum(rest)
    })
}

/// Cuts the tail off and returns where to append.
pub(crate) fn cut(folder: &Path, end: VerifiedEnd) -> Result<SegmentEnd> {
    let VerifiedEnd { segment, chain, open, is_ungrouped, .. } = end;
    let SegmentFile { index, path, packed } = segment;
    let begun = |index: u32| {
        let (path, file) = create_segment(folder, index, &chain)?;
        sync_folder(folder)?;
        Ok(SegmentEnd { file, path, index, bytes: SEGMENT_HEADER_BYTES, chain, open: None })
    };
    // Nothing is added to a packed segment; the next one goes on from its end.
    if packed {
        return begun(index + 1);
    }
    let Some(offset) = end.offset else {
        fs::remove_file(&path).map_err(|error| io_error("cut", &path, &error))?;
        return begun(index);
    };
    let failed = |error: &std::io::Error| io_error("cut", &path, error);
    let mut file = OpenOptions::new().write(true).open(&path).map_err(|error| failed(&error))?;
    if end.cut_bytes > 0 {
        file.set_len(offset as u64)
            .and_then(|()| file.sync_all())
            .map_err(|error| failed(&error))?;
    }
    if is_ungrouped {
        return begun(index + 1);
    }
    file.seek(SeekFrom::Start(offset as u64)).map_err(|error| failed(&error))?;
    Ok(SegmentEnd { file, path, index, bytes: offset, chain, open })
}
