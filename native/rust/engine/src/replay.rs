//! Replays a journal: the inputs go through a fresh engine, and every output must come out as it was recorded.

use crate::config::EngineConfig;
use crate::engine::Engine;
use crate::input::{Funding, Input};
use crate::journal_reader::{JournalReader, JournalSummary};
use crate::keyed_submission::Submission;
use crate::sink::Sink;
use holdfast_core::journal_record::{Record, RecordKind, hex};
use holdfast_core::wire::{Encode, Layout, Reader, append_encoded};
use holdfast_core::{
    Amendment, Bar, ClientOrderId, Code, Error, OrderIntent, Quote, Result, Timestamp, Trade,
    TradingMode, VenueReport,
};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The first record of a journal; only the engine's part matters to a replay.
#[derive(Debug, Deserialize)]
struct SessionOpened {
    engine: EngineConfig,
}

/// Outcome of a replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replayed {
    /// What the reading found.
    pub journal: JournalSummary,
    /// State hash after the last record.
    pub state_hash: String,
    /// Whether the journal's own closing hash was compared; false for a session that was cut off.
    pub compared_with_close: bool,
}

/// Keeps what the engine gave until the journal's record of it comes along.
#[derive(Debug, Default)]
struct Expected(VecDeque<(RecordKind, Timestamp, Vec<u8>)>);

impl Expected {
    /// Returns whether the last record says that a step was refused for this reason.
    fn refused(&self, code: Code) -> bool {
        self.0.back().is_some_and(|(kind, _, payload)| {
            *kind == RecordKind::Failure && Reader::new(payload).u16() == Ok(code as u16)
        })
    }
}

impl Sink for Expected {
    fn record(
        &mut self,
        kind: RecordKind,
        ts: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        let mut payload = Vec::new();
        append_encoded(&mut payload, Layout::Compact, content);
        self.0.push_back((kind, ts, payload));
        Ok(())
    }
}

/// Replays a journal from its first record.
///
/// # Errors
/// `JOURNAL_DIVERGED` at the first record that the engine does not give again, and every error of reading.
pub fn replay(reader: &JournalReader) -> Result<Replayed> {
    let mut engine: Option<Engine> = None;
    let mut expected = Expected::default();
    let mut compared = false;
    let journal = reader.visit(|record| {
        let Some(engine) = engine.as_mut() else {
            engine = Some(open(record)?);
            return Ok(());
        };
        if expected.0.is_empty() {
            feed(engine, record, &mut expected)?;
        }
        if record.kind == RecordKind::SessionClosed {
            engine.close(&mut expected)?;
            compared = true;
        }
        match expected.0.pop_front() {
            Some((kind, ts, payload))
                if kind == record.kind && ts == record.ts && payload == record.payload =>
            {
                Ok(())
            }
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
            .with("replayed", given.map_or("nothing", |(kind, _, _)| kind.name()))),
        }
    })?;
    let engine = engine.ok_or_else(|| {
        Error::new(Code::JournalCorrupt, "journal must begin with session_opened, it is empty")
    })?;
    Ok(Replayed { journal, state_hash: hex(&engine.state_hash()), compared_with_close: compared })
}

fn open(record: &Record<'_>) -> Result<Engine> {
    if record.kind != RecordKind::SessionOpened {
        return Err(Error::new(
            Code::JournalCorrupt,
            format!("journal must begin with session_opened, begins with {}", record.kind.name()),
        ));
    }
    let opened: SessionOpened = serde_json::from_slice(record.payload).map_err(|error| {
        Error::new(
            Code::JournalCorrupt,
            format!("session_opened must hold the configuration, {error}"),
        )
    })?;
    Engine::new(&opened.engine)
}

/// Gives an input record to the engine, which records it and everything that follows.
fn feed(engine: &mut Engine, record: &Record<'_>, expected: &mut Expected) -> Result<()> {
    let mut reader = Reader::new(record.payload);
    let mut commands = Vec::new();
    let input = match record.kind {
        RecordKind::Bar => Input::Bar(Bar::decode(&mut reader)?),
        RecordKind::Trade => Input::Trade(Trade::decode(&mut reader)?),
        RecordKind::Quote => Input::Quote(Quote::decode(&mut reader)?),
        RecordKind::OrderSubmitted => {
            let intent = OrderIntent::decode(&mut reader)?;
            match Submission::decode_key(&mut reader)? {
                Some(key) => Input::SubmitOnce { intent, key },
                None => Input::Submit(intent),
            }
        }
        RecordKind::CancelRequested => {
            Input::Cancel { client_order_id: ClientOrderId(reader.u64()?), ts: record.ts }
        }
        RecordKind::AmendRequested => Input::Amend(Amendment::decode(&mut reader, record.ts)?),
        RecordKind::VenueReport => Input::Report(VenueReport::decode(&mut reader)?),
        RecordKind::ModeChanged => {
            Input::ModeChanged { mode: TradingMode::read(reader.u8()?), ts: record.ts }
        }
        RecordKind::Funding => Input::Funding(Funding::decode(&mut reader)?),
        RecordKind::Failure => {
            let code = Code::from_number(reader.u16()?).ok_or_else(|| {
                Error::new(Code::JournalCorrupt, "failure must name a known code")
            })?;
            let message = std::str::from_utf8(reader.rest())
                .map_err(|_| Error::new(Code::JournalCorrupt, "failure must hold text"))?;
            Input::Failure { code, message, ts: record.ts }
        }
        // A day's close comes before the input of the next day that caused it, which stands further on.
        RecordKind::DayClosed => return engine.close_day_before(Timestamp(i64::MAX), expected),
        _ => return Ok(()),
    };
    match engine.step(&input, expected, &mut commands) {
        // A report that did not fit is an error of its step, and a record as well.
        Err(error) if !expected.refused(error.code()) => Err(error),
        _ => Ok(()),
    }
}
