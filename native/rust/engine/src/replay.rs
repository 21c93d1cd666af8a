//! Replays a journal: the inputs go through a fresh engine, and every output must come out as it was recorded.

use crate::engine::Engine;
use crate::fuse_refusal::FuseRefused;
use crate::input::{Funding, Input};
use crate::journal_reader::{JournalReader, JournalSummary};
use crate::keyed_submission::Submission;
use crate::order_list::OrderList;
use crate::rates::RateChanged;
use crate::reconciliation::Decision;
use crate::replica::{Expected, Replica};
use crate::venue_snapshot::VenueSnapshot;
use holdfast_core::journal_record::{Record, RecordKind, hex};
use holdfast_core::persist::Persist;
use holdfast_core::wire::Reader;
use holdfast_core::{
    Amendment, Bar, ClientOrderId, Code, Error, OrderIntent, Quote, Result, Timestamp, Trade,
    TradingMode, VenueReport,
};
use holdfast_risk::capital::CapitalPlan;
use holdfast_risk::{GateSignal, LimitsChange, RiskMeasured};
use serde::Serialize;

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

/// Replays a journal from its first record.
///
/// # Errors
/// `JOURNAL_DIVERGED` at the first record that the engine does not give again, and every error of reading.
pub fn replay(reader: &JournalReader) -> Result<Replayed> {
    let mut replica = Replica::default();
    let journal = reader.visit_ahead(|record| replica.apply(record))?;
    let engine = replica.engine().ok_or_else(|| {
        Error::new(Code::JournalCorrupt, "journal must begin with session_opened, it is empty")
    })?;
    Ok(Replayed {
        journal,
        state_hash: hex(&engine.state_hash()),
        compared_with_close: replica.is_closed(),
    })
}

fn text<'a>(reader: &Reader<'a>, field: &str) -> Result<&'a str> {
    std::str::from_utf8(reader.rest())
        .map_err(|_| Error::new(Code::JournalCorrupt, format!("{field} must hold text")))
}

/// Gives an input record to the engine, which records it and everything that follows.
pub(crate) fn feed(
    engine: &mut Engine,
    record: &Record<'_>,
    expected: &mut Expected,
) -> Result<()> {
    let mut reader = Reader::new(record.payload);
    let mut commands = Vec::new();
    let (listed, told, change, measured, plan);
    let ts = record.ts;
    let input = match record.kind {
        RecordKind::Bar => Input::Bar(Bar::decode(&mut reader)?),
        RecordKind::Trade => Input::Trade(Trade::decode(&mut reader)?),
        RecordKind::Quote => Input::Quote(Quote::decode(&mut reader)?),
        RecordKind::OrderSubmitted => {
            let first = OrderIntent::decode(&mut reader)?;
            if reader.rest().is_empty() {
                Input::Submit(first)
            } else if let Some(key) = Submission::decode_key(&mut reader)? {
                Input::SubmitOnce { intent: first, key }
            } else {
                let (contingency, rest) = OrderList::decode_rest(first, &mut reader)?;
                listed = rest;
                Input::SubmitList(OrderList { contingency, orders: &listed })
            }
        }
        RecordKind::CancelRequested => {
            Input::Cancel { client_order_id: ClientOrderId(reader.u64()?), ts }
        }
        RecordKind::TrackLost => {
            Input::LoseTrack { client_order_id: ClientOrderId(reader.u64()?), ts }
        }
        RecordKind::AmendRequested => Input::Amend(Amendment::decode(&mut reader, ts)?),
        RecordKind::VenueReport => Input::Report(VenueReport::decode(&mut reader)?),
        RecordKind::ModeChanged => {
            let mode = TradingMode::read(reader.u8()?);
            Input::ModeChanged { mode, reason: text(&reader, "reason")?, ts }
        }
        RecordKind::LimitsRequested => {
            change = LimitsChange::decode(&mut reader)?;
            Input::ChangeLimits { change: &change, ts }
        }
        RecordKind::CapitalPlanned => {
            plan = CapitalPlan::decode(&mut reader)?;
            Input::PlanCapital { plan: &plan, ts }
        }
        RecordKind::GateSignal => Input::Signal { signal: GateSignal::decode(&mut reader)?, ts },
        RecordKind::RiskMeasured => {
            measured = RiskMeasured::decode(&mut reader)?;
            Input::RiskMeasured { measured: &measured, ts }
        }
        RecordKind::Funding => Input::Funding(Funding::decode(&mut reader)?),
        RecordKind::VenueSnapshot => {
            told = VenueSnapshot::load(&mut reader)?;
            Input::VenueState(&told)
        }
        RecordKind::ReconciliationDecision => Input::Decide(Decision::decode(&mut reader, ts)?),
        RecordKind::FuseRefused => Input::FuseRefused(FuseRefused::decode(&mut reader, ts)?),
        RecordKind::RateChanged => Input::Rate(RateChanged::decode(&mut reader)?),
        RecordKind::RouteChosen => {
            let client_order_id = ClientOrderId(reader.u64()?);
            Input::RouteChosen { client_order_id, route: text(&reader, "route")?, ts }
        }
        RecordKind::Failure => failure(&mut reader, ts)?,
        // A day's close comes before the input of the next day that caused it, which stands further on.
        RecordKind::DayClosed => return engine.close_day_before(Timestamp(i64::MAX), expected),
        _ => return Ok(()),
    };
    match engine.step(&input, expected, &mut commands) {
        // A report that did not fit is an error of its step, and a record as well.
        Err(error) if !expected.refused(error.code()) => Err(error),
        Ok(Some(verdict)) => {
            engine.recycle(verdict);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn failure<'a>(reader: &mut Reader<'a>, ts: Timestamp) -> Result<Input<'a>> {
    let code = known_code(reader)?;
    Ok(Input::Failure { code, message: text(reader, "failure")?, ts })
}

fn known_code(reader: &mut Reader<'_>) -> Result<Code> {
    Code::from_number(reader.u16()?)
        .ok_or_else(|| Error::new(Code::JournalCorrupt, "failure must name a known code"))
}
