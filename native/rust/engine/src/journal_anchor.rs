//! Heads of the chain that are kept outside the journal: whoever rewrites the whole journal cannot rewrite these.

use crate::journal_reader::{JournalReader, JournalSummary};
use crate::journal_segment::io_error;
use holdfast_core::journal_record::hex;
use holdfast_core::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The head of the chain after a number of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// Sequence that the next record gets: how many records the journal has had since its beginning.
    pub next_sequence: u64,
    /// Hash of the last of them, hexadecimal.
    pub head: String,
}

/// How a journal compares with anchors that were taken of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct AnchorsCompared {
    /// Anchors whose head is the journal's.
    pub matched: u64,
    /// Anchors of records that the journal has given up.
    pub given_up: u64,
}

/// Verifies a journal and compares every anchor with the chain.
///
/// # Errors
/// `JOURNAL_ANCHOR_MISMATCH` at the first anchor that differs, or that lies behind the journal's end; and the errors of a
/// reading.
pub fn verify_with_anchors(
    reader: &JournalReader,
    anchors: &[Anchor],
) -> Result<(JournalSummary, AnchorsCompared)> {
    let mut heads: BTreeMap<u64, Vec<&Anchor>> = BTreeMap::new();
    for anchor in anchors {
        heads.entry(anchor.next_sequence).or_default().push(anchor);
    }
    let mut compared = AnchorsCompared::default();
    let summary = reader.visit(|record| {
        for anchor in heads.remove(&(record.sequence + 1)).unwrap_or_default() {
            let found = record.head.map_or_else(|| "none".into(), hex);
            if found != anchor.head {
                return Err(mismatch(anchor, "has another head there").with("head", found));
            }
            compared.matched += 1;
        }
        Ok(())
    })?;
    let end = summary.first_sequence + summary.records;
    for anchor in heads.into_values().flatten() {
        if anchor.next_sequence > end {
            return Err(mismatch(anchor, "ends before it").with("records", end));
        }
        compared.given_up += 1;
    }
    Ok((summary, compared))
}

fn mismatch(anchor: &Anchor, what: &str) -> Error {
    Error::new(
        Code::JournalAnchorMismatch,
        format!("journal must match its anchor after {} records, it {what}", anchor.next_sequence),
    )
    .with("sequence", anchor.next_sequence.saturating_sub(1))
    .with("anchor", &anchor.head)
}

/// Takes heads of the chain to where the journal's writer cannot change them: a file elsewhere, a log, another machine.
pub trait AnchorStore: Debug + Send {
    /// Keeps an anchor.
    ///
    /// # Errors
    /// What the destination fails with; the journal then takes no more records.
    fn keep(&mut self, anchor: &Anchor) -> Result<()>;
}

/// Hands anchors to a function.
pub struct AnchorCallback<F>(pub F);

impl<F> Debug for AnchorCallback<F> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("AnchorCallback")
    }
}

impl<F: FnMut(&Anchor) -> Result<()> + Send> AnchorStore for AnchorCallback<F> {
    fn keep(&mut self, anchor: &Anchor) -> Result<()> {
        (self.0)(anchor)
    }
}

/// Appends anchors to a file, one JSON object a line.
#[derive(Debug)]
pub struct AnchorFile(PathBuf);

impl AnchorFile {
    /// Names the file; it is made at the first anchor.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self(path.to_path_buf())
    }

    /// Reads the anchors of a file in the order in which they were kept.
    ///
    /// # Errors
    /// `JOURNAL_IO` when it cannot be read, or a line is no anchor.
    pub fn read(path: &Path) -> Result<Vec<Anchor>> {
        let text = fs::read_to_string(path).map_err(|error| io_error("compared", path, &error))?;
        text.lines()
            .map(|line| {
                serde_json::from_str(line).map_err(|error| {
                    Error::new(
                        Code::JournalIo,
                        format!("anchor must be readable, {}: {error}", path.display()),
                    )
                    .with("path", path.display())
                    .with("cause", error)
                })
            })
            .collect()
    }
}

impl AnchorStore for AnchorFile {
    fn keep(&mut self, anchor: &Anchor) -> Result<()> {
        let failed = |error: &std::io::Error| io_error("anchored", &self.0, error);
        let mut line =
            serde_json::to_string(anchor).map_err(|error| failed(&std::io::Error::other(error)))?;
        line.push('\n');
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.0)
            .and_then(|mut file| {
                file.write_all(line.as_bytes())?;
                file.sync_data()
            })
            .map_err(|error| failed(&error))
    }
}
