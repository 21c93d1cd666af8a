//! A read-only copy of an engine, fed by the records of its journal: the same code makes the same state, and every output
//! must come out as it was recorded.

use crate::config::EngineConfig;
use crate::engine::Engine;
use crate::recovery::CutOff;
use crate::replay::feed;
use crate::sink::Sink;
use holdfast_core::journal_group::{GroupReader, holds_group};
use holdfast_core::journal_record::{Chain, Record, RecordKind};
use holdfast_core::wire::{Encode, Layout, Reader, append_encoded};
use holdfast_core::{Code, Error, Result, Timestamp};
use holdfast_risk::Verdict;
use holdfast_risk::fuse::FuseSpec;
use serde::Deserialize;
use std::collections::VecDeque;
use std::ops::Range;

/// The first record of a journal; only the engine's and the fuse's part matter here.
#[derive(Debug, Deserialize)]
struct SessionOpened {
    engine: EngineConfig,
    #[serde(default)]
    fuse: FuseSpec,
}

/// What the engine gave.
#[derive(Debug)]
struct Output {
    kind: RecordKind,
    ts: Timestamp,
    payload: Range<usize>,
}

/// Keeps what the engine gave until the journal's record of it comes along; the payloads lie in one buffer, which is
/// used again.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    outputs: VecDeque<Output>,
    payloads: Vec<u8>,
}

impl Expected {
    /// Returns whether the last output says that a step was refused for this reason.
    pub(crate) fn refused(&self, code: Code) -> bool {
        self.outputs.back().is_some_and(|output| {
            output.kind == RecordKind::Failure
                && self
                    .payloads
                    .get(output.payload.clone())
                    .is_some_and(|payload| Reader::new(payload).u16() == Ok(code as u16))
        })
    }

    /// Gives up the closed trades that come next where a record of another kind does: journals of the format before have no
    /// record of them.
    fn forgo_trades(&mut self, next: RecordKind) {
        let is_trade = |output: &Output| output.kind == RecordKind::TradeClosed;
        while next != RecordKind::TradeClosed && self.outputs.front().is_some_and(is_trade) {
            self.outputs.pop_front();
        }
        if self.outputs.is_empty() {
            self.payloads.clear();
        }
    }

    /// Takes the next output and returns its kind, and whether it is the record's.
    fn take(&mut self, record: &Record<'_>) -> Option<(RecordKind, bool)> {
        let output = self.outputs.pop_front()?;
        let is_same = output.kind == record.kind
            && output.ts == record.ts
            && self.payloads.get(output.payload).is_some_and(|given| is_same(record, given));
        if self.outputs.is_empty() {
            self.payloads.clear();
        }
        Some((output.kind, is_same))
    }
}

/// Returns whether a record holds what was given: the same bytes, or a verdict in the form of journals from before.
fn is_same(record: &Record<'_>, given: &[u8]) -> bool {
    if given == record.payload || record.kind != RecordKind::Verdict {
        return given == record.payload;
    }
    let verdict = |payload: &[u8]| Verdict::decode(&mut Reader::new(payload)).ok();
    Verdict::is_of_old(record.payload) == Ok(true) && verdict(record.payload) == verdict(given)
}

impl Sink for Expected {
    fn record(
        &mut self,
        kind: RecordKind,
        ts: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        let start = self.payloads.len();
        let length = append_encoded(&mut self.payloads, Layout::Compact, content);
        self.outputs.push_back(Output { kind, ts, payload: start..start + length });
        Ok(())
    }
}

/// The copy. After an error it stays as it was before the record, except that a diverged one is of no more use.
#[derive(Debug, Default)]
pub struct Replica {
    engine: Option<Engine>,
    expected: Expected,
    chain: GroupReader,
    /// Bytes of a group of records whose rest has not arrived.
    partial: Vec<u8>,
    closed: bool,
}

impl Replica {
    /// Goes on from an engine that stands behind the last record of a chain, such as that of a snapshot.
    #[must_use]
    pub fn behind(engine: Engine, chain: Chain) -> Self {
        Self { engine: Some(engine), chain: GroupReader::at(chain), ..Self::default() }
    }

    /// Takes the next bytes of the stream of records, cut anywhere; returns how many records they completed.
    ///
    /// # Errors
    /// `JOURNAL_GAP` when records are missing, `JOURNAL_CORRUPT`, `JOURNAL_DIVERGED`, and what `apply` fails with. The bytes
    /// from the failed record on are dropped, so that a source may send them again.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<u64> {
        let mut buffer = std::mem::take(&mut self.partial);
        buffer.extend_from_slice(bytes);
        let before = self.next_sequence();
        if self.chain.has_seen() {
            // What was seen before a failure was dropped with its bytes.
            self.chain = GroupReader::at(*self.chain.chain());
        }
        let mut offset = 0;
        while self.chain.has_seen() || holds_group(&buffer[offset..])? {
            self.refuse_gap(&buffer[offset..])?;
            let mut chain = self.chain.clone();
            let Some(record) = chain.advance(&buffer[offset..])? else { break };
            self.apply(&record)?;
            self.chain = chain;
            offset += record.bytes;
        }
        buffer.drain(..offset);
        self.partial = buffer;
        Ok(self.next_sequence() - before)
    }

    fn refuse_gap(&self, bytes: &[u8]) -> Result<()> {
        let Some(sequence) = bytes.get(8..).and_then(|rest| rest.first_chunk::<8>()) else {
            return Ok(());
        };
        let (sequence, expected) = (u64::from_le_bytes(*sequence), self.next_sequence());
        if sequence == expected {
            return Ok(());
        }
        Err(Error::new(
            Code::JournalGap,
            format!("record {expected} must come next, {sequence} did"),
        )
        .with("expected", expected)
        .with("sequence", sequence))
    }

    /// Applies a verified record: an input moves the engine, an output is compared with what the engine gave. Of the format
    /// before, closed trades may be missing.
    ///
    /// # Errors
    /// `JOURNAL_DIVERGED` for an output that the engine does not give, `JOURNAL_CORRUPT` for a payload that does not fit its
    /// kind, and what the engine fails with.
    pub fn apply(&mut self, record: &Record<'_>) -> Result<()> {
        let Some(engine) = self.engine.as_mut() else {
            self.engine = Some(open(record)?);
            return Ok(());
        };
        if record.kind == RecordKind::JournalResumed {
            // What the last input before it caused may have been cut off with the journal's end.
            self.expected = Expected::default();
            self.closed = false;
            return Ok(());
        }
        if record.is_of_old {
            self.expected.forgo_trades(record.kind);
        }
        if self.expected.outputs.is_empty() {
            feed(engine, record, &mut self.expected)?;
        }
        if record.kind == RecordKind::SessionClosed {
            engine.close(&mut self.expected)?;
            self.closed = true;
        }
        match self.expected.take(record) {
            Some((_, true)) => Ok(()),
            given => Err(Error::new(
                Code::JournalDiverged,
                format!(
                    "record {} must be given again by the replay, it holds {}",
                    record.sequence,
                    record.kind.name()
                ),
            )
            .with("sequence", record.sequence)
            .with("recorded", record.kind.name())
            .with("replayed", given.map_or("nothing", |(kind, _)| kind.name()))),
        }
    }

    /// Returns the engine; `None` before the first record.
    #[must_use]
    pub const fn engine(&self) -> Option<&Engine> {
        self.engine.as_ref()
    }

    /// Returns the engine for going on from here, `None` before the first record, and the outputs of its last input whose
    /// records did not come.
    #[must_use]
    pub fn into_engine(self) -> (Option<Engine>, Vec<CutOff>) {
        let cut_off = self.cut_off();
        (self.engine, cut_off)
    }

    /// Returns the outputs of the last input whose records did not come.
    #[must_use]
    pub fn cut_off(&self) -> Vec<CutOff> {
        let Expected { outputs, payloads } = &self.expected;
        let cut_off = outputs.iter().map(|output| CutOff {
            kind: output.kind,
            ts: output.ts,
            payload: payloads.get(output.payload.clone()).unwrap_or_default().to_vec(),
        });
        cut_off.collect()
    }

    /// Returns whether every output of the last input has come, so that the engine stands between two steps.
    #[must_use]
    pub fn is_between_steps(&self) -> bool {
        self.expected.outputs.is_empty()
    }

    /// Returns whether the closing record came.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Returns the sequence of the record that must come next.
    #[must_use]
    pub const fn next_sequence(&self) -> u64 {
        self.chain.chain().next_sequence
    }
}

fn open(record: &Record<'_>) -> Result<Engine> {
    if record.kind != RecordKind::SessionOpened {
        return Err(Error::new(
            Code::JournalCorrupt,
            format!("journal must begin with session_opened, begins with {}", record.kind.name()),
        ));
    }
    engine_of(record.payload)
}

/// Makes an engine from what the first record of a journal holds.
pub(crate) fn engine_of(opened: &[u8]) -> Result<Engine> {
    Engine::new(&opened_of(opened)?.0)
}

/// Returns the engine's configuration and the ceilings of the fuse that the first record of a journal holds.
pub(crate) fn opened_of(opened: &[u8]) -> Result<(EngineConfig, FuseSpec)> {
    let opened: SessionOpened = serde_json::from_slice(opened).map_err(|error| {
        Error::new(
            Code::JournalCorrupt,
            format!("session_opened must hold the configuration, {error}"),
        )
    })?;
    Ok((opened.engine, opened.fuse))
}
