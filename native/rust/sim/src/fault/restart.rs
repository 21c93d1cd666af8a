//! What a restart must hold to, whenever the process died: a snapshot with the tail behind it is the whole journal, and
//! reconciling with the venue's truth ends with the venue's positions and nothing undecided.

use super::checks::violated;
use super::exchange::Exchange;
use holdfast_core::journal_record::Chain;
use holdfast_core::{Code, InstrumentId, Quantity, ReportKind, Result, Timestamp, VenueReport};
use holdfast_engine::reconciliation::{Decision, DecisionKind};
use holdfast_engine::sink::NoSink;
use holdfast_engine::venue_snapshot::{
    VenueFill, VenueOrder, VenueOrderStatus, VenuePosition, VenueSnapshot,
};
use holdfast_engine::{Engine, EngineConfig, Input, Replica};

/// Events between two snapshots.
pub(super) const SNAPSHOT_EVENTS: u64 = 1_024;
/// Of so many crashes one is reconciled: comparing with all that the venue ever had takes longer than a restart.
pub(super) const RECONCILED_CRASHES: u64 = 4;

/// The state behind what was written at one time.
#[derive(Debug)]
pub(super) struct Taken {
    offset: usize,
    chain: Chain,
    image: Vec<u8>,
}

impl Taken {
    pub fn of(engine: &Engine, bytes: &[u8], chain: Chain) -> Self {
        Self { offset: bytes.len(), chain, image: engine.image() }
    }

    /// Returns the engine that the snapshot and the records behind it give; it must be the one that the whole journal gives.
    pub fn restarted(&self, config: &EngineConfig, bytes: &[u8], whole: &Engine) -> Result<Engine> {
        let mut engine = Engine::new(config)?;
        engine.take_image(&self.image)?;
        let mut replica = Replica::behind(engine, self.chain);
        let (mut chain, mut offset) = (self.chain, self.offset);
        while let Some(rest) = bytes.get(offset..) {
            match chain.verify(rest) {
                Ok(Some(record)) => {
                    offset += record.bytes;
                    replica.apply(&record)?;
                }
                Ok(None) => break,
                Err(error) if error.code() == Code::JournalTruncated => break,
                Err(error) => return Err(error),
            }
        }
        let restarted = replica.into_engine().0;
        restarted
            .filter(|engine| engine.image() == whole.image())
            .ok_or_else(|| violated("a snapshot and its tail must give the whole journal's state"))
    }
}

fn status(end: Option<ReportKind>) -> VenueOrderStatus {
    match end {
        None => VenueOrderStatus::Open,
        Some(ReportKind::Fill) => VenueOrderStatus::Filled,
        Some(ReportKind::Expired) => VenueOrderStatus::Expired,
        Some(ReportKind::Rejected) => VenueOrderStatus::Rejected,
        Some(_) => VenueOrderStatus::Canceled,
    }
}

/// Returns the venue's truth; what was sent after `until` may be under way.
fn truth(exchange: &Exchange, ts_event: Timestamp, until: Timestamp) -> VenueSnapshot {
    let orders = exchange.orders.values().map(|placed| {
        let intent = &placed.intent;
        let filled = Quantity::from_lots(placed.filled);
        let is_whole = placed.end.is_some() && filled == intent.quantity;
        VenueOrder {
            venue_order_id: intent.client_order_id.0.to_string(),
            client_order_id: Some(intent.client_order_id),
            instrument: intent.instrument,
            side: intent.side,
            order_type: intent.order_type,
            time_in_force: intent.time_in_force,
            reduce_only: intent.reduce_only,
            status: if is_whole { VenueOrderStatus::Filled } else { status(placed.end) },
            quantity: intent.quantity,
            filled,
            average_price: None,
            limit_price: intent.limit_price,
            trigger_price: intent.trigger_price,
            terms: intent.terms,
        }
    });
    let fill = |report: &VenueReport| {
        let intent = &exchange.orders.get(&report.client_order_id.0)?.intent;
        Some(VenueFill {
            trade_id: report.trade_id,
            venue_order_id: report.client_order_id.0.to_string(),
            client_order_id: Some(report.client_order_id),
            instrument: intent.instrument,
            side: intent.side,
            moves_short: false,
            price: report.last_price,
            quantity: report.last_quantity,
            fee: report.fee,
            fee_currency: report.fee_currency,
            ts_event: report.ts_event,
        })
    };
    let positions = exchange.positions.iter().enumerate().map(|(index, lots)| VenuePosition {
        instrument: InstrumentId(index as u32),
        is_short: false,
        lots: Quantity::from_lots(*lots),
        average_price: None,
    });
    VenueSnapshot {
        ts_event,
        orders_complete_until: Some(until),
        fills_complete_from: Some(Timestamp(0)),
        positions_complete: true,
        orders: orders.collect(),
        fills: exchange.fills.iter().filter_map(fill).collect(),
        positions: positions.collect(),
        balances: Vec::new(),
    }
}

/// Reconciles a copy of the engine with the venue's truth, adopting all that can be adopted.
pub(super) fn reconciles(
    config: &EngineConfig,
    engine: &Engine,
    exchange: &Exchange,
    until: Timestamp,
) -> Result<()> {
    let mut copy = Engine::new(config)?;
    copy.take_image(&engine.image())?;
    let told = truth(exchange, copy.now(), until);
    let mut commands = Vec::new();
    copy.step(&Input::VenueState(&told), &mut NoSink, &mut commands)?;
    loop {
        let next = copy.open_items().next();
        let Some((item, adopts)) = next.map(|item| {
            let possible = copy.decisions(item.difference);
            (item.id, possible.contains(&DecisionKind::Adopt))
        }) else {
            break;
        };
        let kind = if adopts { DecisionKind::Adopt } else { DecisionKind::Ignore };
        let decision = Decision { item, kind, reason: "the venue's truth", ts: copy.now() };
        copy.step(&Input::Decide(decision), &mut NoSink, &mut commands)?;
    }
    let held = copy.instruments().iter().map(|state| state.position.lots().lots());
    if held.eq(exchange.positions.iter().copied()) && copy.mode() == engine.mode() {
        return Ok(());
    }
    Err(violated("reconciling with the venue's truth must end with its positions"))
}

#[cfg(test)]
mod tests {
    use super::super::setting::engine_config;
    use super::*;
    use holdfast_core::{Price, Side, Trade};

    #[test]
    fn ord_10_a_position_that_cannot_be_adopted_is_found_and_one_that_can_be_is_not() {
        let mut engine = Engine::new(&engine_config()).unwrap();
        let mut exchange = Exchange::new(1, vec![100, 100]);
        let outcome = |engine: &Engine, exchange: &Exchange| {
            reconciles(&engine_config(), engine, exchange, Timestamp(0))
                .map_err(|error| error.code())
        };
        assert_eq!(outcome(&engine, &exchange), Ok(()));
        exchange.positions = vec![5, 0];
        assert_eq!(outcome(&engine, &exchange), Err(Code::SimulationViolated));
        let trade = Trade {
            instrument: InstrumentId(0),
            ts_event: Timestamp(1),
            price: Price::from_ticks(100),
            quantity: Quantity::from_lots(1),
            aggressor_side: Side::Buy,
        };
        engine.step(&Input::Trade(trade), &mut NoSink, &mut Vec::new()).unwrap();
        assert_eq!(outcome(&engine, &exchange), Ok(()));
    }
}
