//! An engine after a crash: what survived of the journal is replayed, and what the crash cut off is given again.

use crate::engine::Engine;
use crate::replay::{Expected, diverged, feed, open};
use holdfast_core::journal_record::{Chain, RecordKind};
use holdfast_core::{Code, Error, Result, Timestamp};

/// An output of the last input that the crash kept from the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOff {
    /// Kind of the record.
    pub kind: RecordKind,
    /// Its time.
    pub ts: Timestamp,
    /// Its content.
    pub payload: Vec<u8>,
}

/// What a recovery gives.
#[derive(Debug)]
pub struct Recovered {
    /// The engine after the last intact input.
    pub engine: Engine,
    /// Bytes of intact records; what stands after them is a torn write and has to be cut.
    pub intact_bytes: usize,
    /// The chain after the intact records.
    pub chain: Chain,
    /// Outputs that have to be appended before the next input.
    pub cut_off: Vec<CutOff>,
}

/// Rebuilds an engine from the records of a journal without segment headers. A torn last record is left out: a command goes
/// out after its records are safe, so nothing that was torn has been sent.
///
/// # Errors
/// `JOURNAL_CORRUPT`, also when nothing is intact, and `JOURNAL_DIVERGED`.
pub fn recover(bytes: &[u8]) -> Result<Recovered> {
    let (mut chain, mut offset) = (Chain::default(), 0);
    let mut engine: Option<Engine> = None;
    let mut expected = Expected::default();
    while let Some(rest) = bytes.get(offset..) {
        let record = match chain.verify(rest) {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(error) if error.code() == Code::JournalTruncated => break,
            Err(error) => return Err(error),
        };
        offset += record.bytes;
        let Some(engine) = engine.as_mut() else {
            engine = Some(open(&record)?);
            continue;
        };
        if expected.0.is_empty() {
            feed(engine, &record, &mut expected)?;
        }
        match expected.0.pop_front() {
            Some((kind, ts, payload))
                if kind == record.kind && ts == record.ts && payload == record.payload => {}
            given => return Err(diverged(&record, given.map(|(kind, ..)| kind))),
        }
    }
    let engine = engine.ok_or_else(|| {
        Error::new(
            Code::JournalCorrupt,
            "journal must begin with session_opened, nothing is intact",
        )
    })?;
    let cut_off = expected.0.into_iter().map(|(kind, ts, payload)| CutOff { kind, ts, payload });
    Ok(Recovered { engine, intact_bytes: offset, chain, cut_off: cut_off.collect() })
}
