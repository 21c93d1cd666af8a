//! One writer a journal: a lock of the operating system, which ends with its process, and a line that says who holds it.

use crate::journal_segment::io_error;
use holdfast_core::{Code, Error, Result, Timestamp};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Name of the lock's file in the journal's folder.
pub const LOCK_NAME: &str = "journal.lock";
/// An owner's line is shorter; more is not read.
const OWNER_BYTES_MAX: u64 = 1_024;
/// Where Linux says the machine's name; elsewhere owners have no host.
const HOST_NAME_FILE: &str = "/proc/sys/kernel/hostname";

/// Who holds a journal open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockOwner {
    /// Process.
    pub pid: u32,
    /// Machine; empty where it has no name that is known.
    pub host: String,
    /// Time at which it opened the journal, nanoseconds since 1970; 0 when it did not say.
    pub opened_ns: i64,
}

/// A lock that is held; dropping it gives it back.
#[derive(Debug)]
pub struct JournalLock {
    file: File,
    path: PathBuf,
    left_by: Option<LockOwner>,
}

impl JournalLock {
    /// Takes the lock of a folder.
    ///
    /// The line of an owner whose process has ended is taken over, since the operating system let go of its lock; the line of
    /// an owner on another machine is not, since a lock does not reach over every network file system.
    ///
    /// # Errors
    /// `JOURNAL_LOCKED` naming the owner and how long it has held the lock, `JOURNAL_IO`.
    pub fn take(folder: &Path, now: Option<Timestamp>) -> Result<Self> {
        let path = folder.join(LOCK_NAME);
        let failed = |error: &std::io::Error| io_error("locked", &path, error);
        let mut file = loop {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)
                .map_err(|error| failed(&error))?;
            match file.try_lock() {
                // The owner before may have removed the file between its opening and its locking here.
                Ok(()) if !is_at(&file, &path) => {}
                Ok(()) => break file,
                Err(TryLockError::WouldBlock) => {
                    return Err(locked(folder, read_owner(&mut file).as_ref(), now));
                }
                Err(TryLockError::Error(error)) => return Err(failed(&error)),
            }
        };
        let host = host_name();
        let left_by = read_owner(&mut file);
        if let Some(owner) = left_by.as_ref().filter(|owner| owner.host != host) {
            return Err(locked(folder, Some(owner), now).with(
                "remedy",
                format!(
                    "make sure that process {} on {} has ended, then remove {}",
                    owner.pid,
                    owner.host,
                    path.display()
                ),
            ));
        }
        let opened_ns = now.map_or(0, |now| now.0);
        let mut lock = Self { file, path: path.clone(), left_by };
        lock.write_owner(&LockOwner { pid: std::process::id(), host, opened_ns })
            .map_err(|error| failed(&error))?;
        Ok(lock)
    }

    /// Returns the owner whose process ended without giving the lock back.
    #[must_use]
    pub const fn left_by(&self) -> Option<&LockOwner> {
        self.left_by.as_ref()
    }

    fn write_owner(&mut self, owner: &LockOwner) -> std::io::Result<()> {
        let mut line = serde_json::to_string(owner).map_err(std::io::Error::other)?;
        line.push('\n');
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(line.as_bytes())
    }
}

impl Drop for JournalLock {
    fn drop(&mut self) {
        // When this fails, the lock ends with the file all the same, and the next owner takes the line over.
        let _ = self.file.set_len(0);
        if is_at(&self.file, &self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Returns whether the path still leads to the file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let same = |of_file: fs::Metadata, of_path: fs::Metadata| {
        (of_file.dev(), of_file.ino()) == (of_path.dev(), of_path.ino())
    };
    file.metadata().ok().zip(fs::metadata(path).ok()).is_some_and(|(file, path)| same(file, path))
}

/// Windows does not give a name anew while somebody has the file open.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}

fn read_owner(file: &mut File) -> Option<LockOwner> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(OWNER_BYTES_MAX).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn host_name() -> String {
    fs::read_to_string(PathBuf::from(HOST_NAME_FILE))
        .map_or_else(|_| String::new(), |name| name.trim().to_string())
}

fn locked(folder: &Path, owner: Option<&LockOwner>, now: Option<Timestamp>) -> Error {
    let path = folder.join(LOCK_NAME);
    let since_ns =
        owner.map(|owner| owner.opened_ns).filter(|opened_ns| *opened_ns != 0).or_else(|| {
            let changed = fs::metadata(&path).and_then(|metadata| metadata.modified()).ok()?;
            i64::try_from(changed.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()
        });
    let age_ms = now.zip(since_ns).map(|(now, since)| now.since(Timestamp(since)) / 1_000_000);
    let held_by = owner.map_or_else(
        || "another process".to_string(),
        |owner| format!("process {} on {}", owner.pid, owner.host),
    );
    let held_for = age_ms.map_or_else(String::new, |age| format!(", for {} s", age / 1_000));
    let mut error = Error::new(
        Code::JournalLocked,
        format!(
            "journal must have one writer, {} is open in {held_by}{held_for}",
            folder.display()
        ),
    )
    .with("path", path.display());
    if let Some(owner) = owner {
        error = error.with("pid", owner.pid).with("host", &owner.host);
    }
    if let Some(since_ns) = since_ns {
        error = error.with("opened_ns", since_ns);
    }
    if let Some(age_ms) = age_ms {
        error = error.with("age_ms", age_ms);
    }
    error
}
