//! Reads a whole journal back and sums it up.

use crate::journal_cursor::JournalCursor;
use crate::journal_segment::list_segments;
use holdfast_core::Result;
use holdfast_core::journal_record::{Record, RecordKind, hex};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What a whole reading found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JournalSummary {
    /// Intact records.
    pub records: u64,
    /// Sequence of the first of them: above zero in a journal whose first segments were given up.
    pub first_sequence: u64,
    /// Segments read.
    pub segments: u32,
    /// Bytes read, before packing.
    pub bytes: u64,
    /// Head of the chain.
    pub head: String,
    /// Whether the session ended with its closing record.
    pub closed: bool,
    /// Time of the first record, ns.
    pub first_ns: Option<String>,
    /// Time of the last record, ns.
    pub last_ns: Option<String>,
}

/// A journal folder.
#[derive(Debug)]
pub struct JournalReader {
    folder: PathBuf,
}

impl JournalReader {
    /// Finds the segments.
    ///
    /// # Errors
    /// `JOURNAL_NOT_FOUND`, `JOURNAL_IO`.
    pub fn open(folder: &Path) -> Result<Self> {
        list_segments(folder)?;
        Ok(Self { folder: folder.to_path_buf() })
    }

    /// Visits every record in order; one segment is in memory at a time.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`, `JOURNAL_TRUNCATED` or `JOURNAL_VERSION` naming record, file and offset; or what the visitor fails
    /// with.
    pub fn visit(
        &self,
        mut visitor: impl FnMut(&Record<'_>) -> Result<()>,
    ) -> Result<JournalSummary> {
        let mut cursor = JournalCursor::open(&self.folder)?;
        let (mut first, mut last, mut closed) = (None, None, false);
        while let Some(record) = cursor.advance()? {
            closed = record.kind == RecordKind::SessionClosed;
            first.get_or_insert(record.ts);
            last = Some(record.ts);
            visitor(&record)?;
        }
        Ok(JournalSummary {
            records: cursor.chain().next_sequence - cursor.first_sequence(),
            first_sequence: cursor.first_sequence(),
            segments: u32::try_from(cursor.segments().len()).unwrap_or(u32::MAX),
            bytes: cursor.bytes_read(),
            head: hex(&cursor.chain().head),
            closed,
            first_ns: first.map(|ts| ts.0.to_string()),
            last_ns: last.map(|ts| ts.0.to_string()),
        })
    }
}
