//! Heads of the chain that are kept outside the journal: whoever rewrites the whole journal cannot rewrite these.

use crate::journal_segment::io_error;
use holdfast_core::{Code, Error, Result};
use serde::{Deserialize, Serialize};
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
