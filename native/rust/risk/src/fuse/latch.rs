//! The latch on disk: a fuse that has blown stays blown over restarts until a person resets it with name and reason.
//!
//! The file is one line of JSON and its BLAKE3. What cannot be read counts as blown; what cannot be written is told with the
//! refusal, and the fuse of the running process is blown all the same.

use holdfast_core::{Code, Error, FuseCeiling, Result, Timestamp};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Name of the latch's file in its folder.
pub const LATCH_NAME: &str = "fuse.latch";
const PARTIAL_NAME: &str = "fuse.latch.partial";
const VERSION: u32 = 1;
/// A latch is far shorter; more is no latch.
const LATCH_BYTES_MAX: u64 = 1 << 16;
/// Resets that are remembered.
const RESETS_KEPT: usize = 64;
/// Most bytes of a name or of a reason.
const TEXT_BYTES_MAX: usize = 256;

/// What blew the fuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trip {
    /// Name of the code.
    pub code: String,
    /// Name of the ceiling.
    pub ceiling: String,
    /// The ceiling: money at 18 decimals, a count, or lots.
    pub limit: String,
    /// What the request would have made of it.
    pub observed: String,
    /// The order whose request met it.
    pub client_order_id: u64,
    /// Its instrument.
    pub instrument: u32,
    /// The engine's time.
    pub ts_ns: String,
}

impl Trip {
    /// Returns the ceiling.
    #[must_use]
    pub fn ceiling(&self) -> FuseCeiling {
        let mut known = FuseCeiling::VOCABULARY.iter().copied();
        known.find(|(.., name)| *name == self.ceiling).map_or(FuseCeiling::None, |entry| entry.0)
    }
}

/// Who set a fuse back, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// Name of the person.
    pub by: String,
    /// Why it may trade again.
    pub reason: String,
    /// When, in nanoseconds since 1970.
    pub ts_ns: String,
    /// What had blown it; nothing when the latch could not be read.
    pub tripped: Option<Trip>,
}

/// Content of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatchContent {
    version: u32,
    /// What blew the fuse; nothing while it holds.
    pub tripped: Option<Trip>,
    /// The resets before, the oldest first.
    pub resets: Vec<Reset>,
}

/// How a latch stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LatchState {
    /// The fuse holds.
    Armed,
    /// It has blown.
    Tripped(Trip),
    /// Nobody can tell, so that it counts as blown; the text says why.
    Unusable(String),
}

/// The latch of one fuse.
#[derive(Debug, Clone)]
pub struct Latch {
    folder: Option<PathBuf>,
    content: LatchContent,
    state: LatchState,
}

fn unusable(path: &Path, cause: impl std::fmt::Display) -> Error {
    Error::new(
        Code::FuseLatchUnusable,
        format!("the fuse's latch must be readable and writable, {}: {cause}", path.display()),
    )
    .with("path", path.display())
}

impl Latch {
    /// Makes a latch without a file: it lasts as long as its process.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { folder: None, content: LatchContent::default(), state: LatchState::Armed }
    }

    /// Reads the latch of a folder. With `arms` it is written at once, so that a disk that takes nothing shows before the
    /// first order; without, the file begins with the first trip.
    #[must_use]
    pub fn open(folder: &Path, arms: bool) -> Self {
        let (content, state) = match read(folder) {
            Ok(content) => {
                let state = content.tripped.clone();
                (content, state.map_or(LatchState::Armed, LatchState::Tripped))
            }
            Err(error) => (LatchContent::default(), LatchState::Unusable(error.to_string())),
        };
        let mut latch = Self { folder: Some(folder.to_path_buf()), content, state };
        if arms
            && latch.state == LatchState::Armed
            && let Err(error) = write(folder, &latch.content)
        {
            latch.state = LatchState::Unusable(error.to_string());
        }
        latch
    }

    /// Returns how it stands.
    #[must_use]
    pub const fn state(&self) -> &LatchState {
        &self.state
    }

    /// Blows the fuse: on disk first, and in this process whatever the disk says.
    ///
    /// # Errors
    /// `FUSE_LATCH_UNUSABLE` when the file could not be written; the fuse has blown nevertheless.
    pub fn trip(&mut self, trip: Trip) -> Result<()> {
        if self.state != LatchState::Armed {
            return Ok(());
        }
        self.content.tripped = Some(trip.clone());
        self.state = LatchState::Tripped(trip);
        self.folder.as_deref().map_or(Ok(()), |folder| write(folder, &self.content))
    }
}

/// Reads the latch of a folder; one that was never written is armed.
///
/// # Errors
/// `FUSE_LATCH_UNUSABLE`.
pub fn read(folder: &Path) -> Result<LatchContent> {
    let path = folder.join(LATCH_NAME);
    let armed = LatchContent { version: VERSION, ..LatchContent::default() };
    let size = match fs::metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(armed),
        Err(error) => return Err(unusable(&path, error)),
        Ok(found) => found.len(),
    };
    if size > LATCH_BYTES_MAX {
        return Err(unusable(&path, "it is too long"));
    }
    let text = fs::read_to_string(&path).map_err(|error| unusable(&path, error))?;
    let Some((line, rest)) = text.split_once('\n') else {
        return Err(unusable(&path, "it is torn"));
    };
    if rest.trim_end() != blake3::hash(line.as_bytes()).to_hex().as_str() {
        return Err(unusable(&path, "its checksum differs"));
    }
    let content: LatchContent =
        serde_json::from_str(line).map_err(|error| unusable(&path, error))?;
    if content.version == VERSION {
        return Ok(content);
    }
    Err(unusable(&path, format!("it has version {}, {VERSION} is known", content.version)))
}

/// Writes the file and forces it and its name to the disk.
fn write(folder: &Path, content: &LatchContent) -> Result<()> {
    let (path, partial) = (folder.join(LATCH_NAME), folder.join(PARTIAL_NAME));
    let failed = |error: std::io::Error| unusable(&path, error);
    let content = LatchContent { version: VERSION, ..content.clone() };
    let line = serde_json::to_string(&content).map_err(|error| unusable(&path, error))?;
    let mut file = File::create(&partial).map_err(failed)?;
    let checksum = blake3::hash(line.as_bytes()).to_hex();
    file.write_all(format!("{line}\n{checksum}\n").as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    fs::rename(&partial, &path).map_err(failed)?;
    File::open(folder).and_then(|opened| opened.sync_all()).map_err(failed)
}

/// Sets the fuse of a folder back; a process that runs with it has to be restarted. Returns what was written.
///
/// # Errors
/// `ARGUMENT_INVALID` without name and reason, `FUSE_LATCH_UNUSABLE` when the file cannot be written. A latch that cannot be
/// read is written anew.
pub fn reset(folder: &Path, by: &str, reason: &str, ts: Timestamp) -> Result<LatchContent> {
    for (field, text) in [("by", by), ("reason", reason)] {
        if text.trim().is_empty() || text.len() > TEXT_BYTES_MAX {
            return Err(Error::new(
                Code::ArgumentInvalid,
                format!("{field} must have 1 to {TEXT_BYTES_MAX} bytes, has {}", text.len()),
            )
            .with("field", field));
        }
    }
    let mut content = read(folder).unwrap_or_default();
    let surplus = content.resets.len().saturating_sub(RESETS_KEPT - 1);
    content.resets.drain(..surplus);
    content.resets.push(Reset {
        by: by.trim().to_owned(),
        reason: reason.trim().to_owned(),
        ts_ns: ts.0.to_string(),
        tripped: content.tripped.take(),
    });
    content.version = VERSION;
    write(folder, &content)?;
    Ok(content)
}
