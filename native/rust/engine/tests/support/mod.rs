//! What the tests of the journal share: a folder of their own, and records that say nothing.
#![allow(dead_code)]

use holdfast_core::Timestamp;
use holdfast_core::journal_record::RecordKind;
use holdfast_engine::{JournalOptions, JournalReader, JournalSummary, JournalWriter, Sink};
use std::path::{Path, PathBuf};

pub const MS: i64 = 1_000_000;

/// A folder of its own, removed at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("holdfast-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }

    pub fn segment(&self, index: u32) -> PathBuf {
        self.0.join(format!("{index:06}.journal"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Records a payload of the length at a time in milliseconds.
pub fn note(writer: &mut JournalWriter, at_ms: i64, length: usize) {
    let payload = vec![at_ms as u8; length];
    writer.record(RecordKind::Failure, Timestamp(at_ms * MS), payload.as_slice()).unwrap();
}

/// Writes records in one group and closes.
pub fn written(folder: &Path, options: JournalOptions, records: i64) {
    let mut writer = JournalWriter::create_with(folder, options).unwrap();
    for at in 0..records {
        note(&mut writer, at, 40);
        writer.commit().unwrap();
    }
    writer.close().unwrap();
}

pub fn summary(folder: &Path) -> JournalSummary {
    JournalReader::open(folder).unwrap().visit(|_| Ok(())).unwrap()
}
