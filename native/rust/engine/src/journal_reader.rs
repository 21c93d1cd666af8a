//! Reads a journal back, verifying every byte on the way.

use crate::journal_writer::{
    SEGMENT_EXTENSION, SEGMENT_HEADER_BYTES, io_error, segment_header, segment_name,
};
use holdfast_core::journal_record::{Chain, Record, RecordKind, hex};
use holdfast_core::{Code, Error, Result};
use serde::Serialize;
use std::fs;
use std::path::{Path, PathBuf};

/// What a whole reading found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JournalSummary {
    /// Intact records.
    pub records: u64,
    /// Segments read.
    pub segments: u32,
    /// Bytes read.
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
    segments: Vec<PathBuf>,
}

impl JournalReader {
    /// Finds the segments.
    ///
    /// # Errors
    /// `JOURNAL_NOT_FOUND`, `JOURNAL_IO`.
    pub fn open(folder: &Path) -> Result<Self> {
        let missing = || {
            Error::new(
                Code::JournalNotFound,
                format!(
                    "no journal at {}: it must be a folder with {}",
                    folder.display(),
                    segment_name(1)
                ),
            )
            .with("path", folder.display())
        };
        let entries = fs::read_dir(folder).map_err(|_| missing())?;
        let mut segments = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| io_error("listed", folder, &error))?.path();
            if path.extension().is_some_and(|extension| extension == SEGMENT_EXTENSION) {
                segments.push(path);
            }
        }
        segments.sort();
        if segments.is_empty() {
            Err(missing())
        } else {
            Ok(Self { folder: folder.to_path_buf(), segments })
        }
    }

    /// Visits every record in order; one segment is in memory at a time.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` or `JOURNAL_TRUNCATED` naming record, file and offset; or what the visitor fails with.
    pub fn visit(
        &self,
        mut visitor: impl FnMut(&Record<'_>) -> Result<()>,
    ) -> Result<JournalSummary> {
        let mut chain = Chain::default();
        let mut summary = JournalSummary {
            records: 0,
            segments: 0,
            bytes: 0,
            head: String::new(),
            closed: false,
            first_ns: None,
            last_ns: None,
        };
        for (index, path) in (1_u32..).zip(&self.segments) {
            if *path != self.folder.join(segment_name(index)) {
                return Err(self.corrupt(
                    chain.next_sequence,
                    path,
                    0,
                    "a segment is missing before it",
                ));
            }
            let bytes = fs::read(path).map_err(|error| io_error("read", path, &error))?;
            let header = bytes.get(..SEGMENT_HEADER_BYTES);
            if header != Some(&segment_header(index, &chain)) {
                return Err(self.corrupt(
                    chain.next_sequence,
                    path,
                    0,
                    "the segment's header differs",
                ));
            }
            let mut offset = SEGMENT_HEADER_BYTES;
            loop {
                let verified = chain
                    .verify(&bytes[offset..])
                    .map_err(|error| error.with("file", file_name(path)).with("offset", offset))?;
                let Some(record) = verified else { break };
                summary.closed = record.kind == RecordKind::SessionClosed;
                summary.first_ns.get_or_insert_with(|| record.ts.0.to_string());
                summary.last_ns = Some(record.ts.0.to_string());
                visitor(&record)?;
                offset += record.bytes;
            }
            summary.segments = index;
            summary.bytes += bytes.len() as u64;
        }
        summary.records = chain.next_sequence;
        summary.head = hex(&chain.head);
        Ok(summary)
    }

    fn corrupt(&self, sequence: u64, path: &Path, offset: usize, what: &str) -> Error {
        Error::new(Code::JournalCorrupt, format!("record {sequence} is corrupt: {what}"))
            .with("sequence", sequence)
            .with("file", file_name(path))
            .with("offset", offset)
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
