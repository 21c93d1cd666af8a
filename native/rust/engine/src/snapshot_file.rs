//! A snapshot on the disk: the engine's whole state behind one record of its journal.
//!
//! The file names the record and the head of the chain there, so that it fits one journal only; the configuration with its
//! fingerprint, so that it can be read when the journal has given up its first segment; the hash of the state; and BLAKE3
//! of everything before. It is written beside its place and renamed: a file under the name is whole or damaged, not torn.

use crate::engine::Engine;
use crate::engine_image::IMAGE_VERSION;
use crate::journal_segment::{create_file, file_name, io_error, sync_folder};
use crate::replica::engine_of;
use holdfast_core::journal_record::Chain;
use holdfast_core::{Code, Error, Result, Timestamp};
use std::fs;
use std::path::{Path, PathBuf};

/// Ending of a snapshot's file name.
pub const SNAPSHOT_EXTENSION: &str = "snapshot";
/// First bytes of a snapshot; the last two are the version of the format.
pub const SNAPSHOT_MAGIC: [u8; 8] = *b"HFSNAP01";
/// Name under which a snapshot is written before it is renamed.
const PARTIAL_NAME: &str = "snapshot.partial";
/// Bytes before the configuration: magic, version of the image, reserved, sequence, time, four hashes, two lengths.
const HEADER_BYTES: usize = 8 + 8 + 16 + 4 * 32 + 16;
const CHECKSUM_BYTES: usize = 32;

/// A snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotFile {
    /// Where the journal stands: the sequence of the next record and the head of the chain.
    pub chain: Chain,
    /// The engine's time.
    pub ts: Timestamp,
    /// State hash, as the closing record of a session has it.
    pub state_hash: [u8; 32],
    /// The configuration, as the first record of the journal holds it.
    pub opened: Vec<u8>,
    /// The whole state.
    pub image: Vec<u8>,
}

fn corrupt(what: &str) -> Error {
    Error::new(Code::SnapshotCorrupt, format!("snapshot must be whole: {what}"))
}

/// Takes the next bytes; a file that passed its checksum has them.
fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N]> {
    let (head, tail) = bytes.split_first_chunk().ok_or_else(|| corrupt("it is too short"))?;
    *bytes = tail;
    Ok(*head)
}

fn take_sized(bytes: &mut &[u8], length: u64) -> Result<Vec<u8>> {
    let length = usize::try_from(length).map_err(|_| corrupt("a length is too large"))?;
    let (head, tail) =
        bytes.split_at_checked(length).ok_or_else(|| corrupt("a length is past its end"))?;
    *bytes = tail;
    Ok(head.to_vec())
}

impl SnapshotFile {
    /// Takes a snapshot of an engine that stands behind the last record of a journal, between two steps.
    #[must_use]
    pub fn of(engine: &Engine, chain: Chain, opened: &[u8]) -> Self {
        Self {
            chain,
            ts: engine.now(),
            state_hash: engine.state_hash(),
            opened: opened.to_vec(),
            image: engine.image(),
        }
    }

    /// Returns the bytes of the file.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let Self { chain, ts, state_hash, opened, image } = self;
        let mut bytes = Vec::with_capacity(HEADER_BYTES + opened.len() + image.len() + 32);
        bytes.extend_from_slice(&SNAPSHOT_MAGIC);
        bytes.extend_from_slice(&u64::from(IMAGE_VERSION).to_le_bytes());
        bytes.extend_from_slice(&chain.next_sequence.to_le_bytes());
        bytes.extend_from_slice(&ts.0.to_le_bytes());
        bytes.extend_from_slice(&chain.head);
        bytes.extend_from_slice(state_hash);
        bytes.extend_from_slice(blake3::hash(image).as_bytes());
        bytes.extend_from_slice(blake3::hash(opened).as_bytes());
        bytes.extend_from_slice(&(opened.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&(image.len() as u64).to_le_bytes());
        bytes.extend_from_slice(opened);
        bytes.extend_from_slice(image);
        let checksum = blake3::hash(&bytes);
        bytes.extend_from_slice(checksum.as_bytes());
        bytes
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// `SNAPSHOT_CORRUPT` when a byte is missing or differs, `SNAPSHOT_VERSION` when another version wrote it.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let content =
            bytes.len().checked_sub(CHECKSUM_BYTES).and_then(|at| bytes.split_at_checked(at));
        let (content, checksum) = content.ok_or_else(|| corrupt("it is too short"))?;
        if blake3::hash(content).as_bytes() != checksum {
            return Err(corrupt("its checksum differs"));
        }
        let mut rest = content;
        refuse_other_version(take(&mut rest)?, u64::from_le_bytes(take(&mut rest)?))?;
        let next_sequence = u64::from_le_bytes(take(&mut rest)?);
        let ts = Timestamp(i64::from_le_bytes(take(&mut rest)?));
        let [head, state_hash, image_hash, fingerprint] = [
            take::<32>(&mut rest)?,
            take::<32>(&mut rest)?,
            take::<32>(&mut rest)?,
            take::<32>(&mut rest)?,
        ];
        let lengths = [u64::from_le_bytes(take(&mut rest)?), u64::from_le_bytes(take(&mut rest)?)];
        let opened = take_sized(&mut rest, lengths[0])?;
        let image = take_sized(&mut rest, lengths[1])?;
        let is_bound = *blake3::hash(&image).as_bytes() == image_hash
            && *blake3::hash(&opened).as_bytes() == fingerprint;
        if !rest.is_empty() || !is_bound {
            return Err(corrupt("its parts do not belong together"));
        }
        Ok(Self { chain: Chain { head, next_sequence }, ts, state_hash, opened, image })
    }

    /// Writes the file into the journal's folder and returns its path; `on_disk` forces file and name to the disk.
    ///
    /// # Errors
    /// `JOURNAL_IO`; a snapshot that stood there before is as it was.
    pub fn write(&self, folder: &Path, on_disk: bool) -> Result<PathBuf> {
        let partial = folder.join(PARTIAL_NAME);
        let path = folder.join(snapshot_name(self.chain.next_sequence));
        let bytes = self.encode();
        if on_disk {
            create_file(&partial, &bytes)?;
        } else {
            fs::write(&partial, &bytes).map_err(|error| io_error("written", &partial, &error))?;
        }
        fs::rename(&partial, &path).map_err(|error| io_error("written", &path, &error))?;
        if on_disk {
            sync_folder(folder)?;
        }
        Ok(path)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// As `decode`, with the file's name, and `JOURNAL_IO`.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).map_err(|error| io_error("read", path, &error))?;
        Self::decode(&bytes).map_err(|error| error.with("file", file_name(path)))
    }

    /// Makes the engine of which the snapshot was taken.
    ///
    /// # Errors
    /// `SNAPSHOT_DIVERGED` when the state that comes out has another hash or form than was written, `SNAPSHOT_CORRUPT` when
    /// the state does not fit its configuration.
    pub fn engine(&self) -> Result<Engine> {
        let unfit = |error: Error| corrupt(&format!("its state does not fit, {error}"));
        let mut engine = engine_of(&self.opened).map_err(unfit)?;
        engine.take_image(&self.image).map_err(unfit)?;
        if engine.image() == self.image && engine.state_hash() == self.state_hash {
            return Ok(engine);
        }
        Err(Error::new(
            Code::SnapshotDiverged,
            "the state read from a snapshot must have the hash that was written",
        )
        .with("sequence", self.chain.next_sequence))
    }
}

/// The checksum holds, so that what differs is what was written and no damage.
fn refuse_other_version(magic: [u8; 8], image: u64) -> Result<()> {
    if magic == SNAPSHOT_MAGIC && image == u64::from(IMAGE_VERSION) {
        return Ok(());
    }
    let text = |magic: [u8; 8]| String::from_utf8_lossy(&magic).into_owned();
    let (found, supported) =
        (format!("{}.{image}", text(magic)), format!("{}.{IMAGE_VERSION}", text(SNAPSHOT_MAGIC)));
    Err(Error::new(
        Code::SnapshotVersion,
        format!("snapshot must have form {supported}, which this version reads; it has {found}"),
    )
    .with("found", found)
    .with("supported", supported))
}

fn snapshot_name(sequence: u64) -> String {
    format!("{sequence:020}.{SNAPSHOT_EXTENSION}")
}

/// Returns the snapshots of a folder with the sequences in their names, the newest first.
///
/// # Errors
/// `JOURNAL_IO`.
pub fn list_snapshots(folder: &Path) -> Result<Vec<(u64, PathBuf)>> {
    let failed = |error: &std::io::Error| io_error("listed", folder, error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| failed(&error))? {
        let path = entry.map_err(|error| failed(&error))?.path();
        let is_snapshot = path.extension().is_some_and(|ending| ending == SNAPSHOT_EXTENSION);
        let sequence = path.file_stem().and_then(|stem| stem.to_str()?.parse::<u64>().ok());
        if let (true, Some(sequence)) = (is_snapshot, sequence) {
            found.push((sequence, path));
        }
    }
    found.sort_unstable_by(|one, other| other.cmp(one));
    Ok(found)
}

/// Returns the sequence of the oldest snapshot of a folder that is whole; zero when there is none, so that nothing lies
/// before it.
pub(crate) fn oldest_valid(folder: &Path) -> Result<u64> {
    let found = list_snapshots(folder)?;
    let whole = found.into_iter().rev().find_map(|(_, path)| SnapshotFile::read(&path).ok());
    Ok(whole.map_or(0, |snapshot| snapshot.chain.next_sequence))
}

/// Removes all but the newest snapshots.
pub(crate) fn keep_newest(folder: &Path, kept: usize) -> Result<()> {
    for (_, path) in list_snapshots(folder)?.into_iter().skip(kept.max(1)) {
        fs::remove_file(&path).map_err(|error| io_error("removed", &path, &error))?;
    }
    Ok(())
}
