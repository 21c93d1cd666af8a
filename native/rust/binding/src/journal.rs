//! Reading journals from JavaScript; results are JSON text, since this is no hot path.

use crate::failure::guarded;
use holdfast_core::{Code, Error, Result};
use holdfast_engine::JournalReader;
use holdfast_engine::record_json::record_json;
use holdfast_engine::replay::replay;
use napi_derive::napi;
use std::path::Path;

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| {
        Error::new(Code::JournalIo, format!("result must be representable, {error}"))
    })
}

/// Verifies checksum and chain of every record and returns the summary.
#[napi]
pub fn journal_verify(folder: String) -> napi::Result<String, String> {
    guarded(|| json(&JournalReader::open(Path::new(&folder))?.visit(|_| Ok(()))?))
}

/// Replays the journal and returns the outcome.
#[napi]
pub fn journal_replay(folder: String) -> napi::Result<String, String> {
    guarded(|| json(&replay(&JournalReader::open(Path::new(&folder))?)?))
}

/// Returns the records from `first` on, at most `count`, one JSON text each; what stands before a corrupt record is
/// returned when the record is not among those asked for.
#[napi]
pub fn journal_records(
    folder: String,
    first: f64,
    count: u32,
) -> napi::Result<Vec<String>, String> {
    guarded(|| {
        let mut found = Vec::new();
        let (first, count) = (first.max(0.0) as u64, count as usize);
        let visited = JournalReader::open(Path::new(&folder))?.visit(|record| {
            if found.len() == count {
                return Err(Error::new(Code::CapacityExhausted, "enough"));
            }
            if record.sequence >= first {
                found.push(record_json(record)?.to_string());
            }
            Ok(())
        });
        match visited {
            Err(error) if error.code() != Code::CapacityExhausted => Err(error),
            _ => Ok(found),
        }
    })
}
