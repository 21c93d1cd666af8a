//! A record as JSON, for people and tools.

use crate::borrowing::InterestCharged;
use crate::fuse_refusal::FuseRefused;
use crate::gate_inputs::{LimitsChanged, StrategyThrottled, signal_json};
use crate::input::Funding;
use crate::journal_resume::JournalResumed;
use crate::keyed_submission::Submission;
use crate::order_list::{OrderList, OrderListJudged};
use crate::output::{DayClosed, OrderChanged, PositionChanged};
use crate::portfolio_controls::measured_json;
use crate::rates::RateChanged;
use crate::reconciliation::{closed_json, decision_json, item_json, state_json, venue_json};
use crate::trade_closed::TradeClosed;
use holdfast_core::journal_record::{Record, RecordKind, hex};
use holdfast_core::wire::Reader;
use holdfast_core::{
    Amendment, Bar, BaseState, Code, OrderEvent, OrderIntent, OrderRole, OrderTerms, OrderType,
    Overlays, Price, Quantity, Quote, Result, Side, TimeInForce, Trade, TradingMode,
    TrailingDistance, VenueReport,
};
use holdfast_risk::{GateSignal, RiskMeasured, Verdict};
use serde_json::{Value, json};

/// Returns the record with all its fields; amounts are exact decimal strings, prices ticks, quantities lots.
///
/// # Errors
/// `JOURNAL_CORRUPT` when the payload does not fit its kind.
pub fn record_json(record: &Record<'_>) -> Result<Value> {
    let mut reader = Reader::new(record.payload);
    let content = match record.kind {
        RecordKind::SessionOpened => serde_json::from_slice(record.payload).unwrap_or(Value::Null),
        RecordKind::Bar => bar(&Bar::decode(&mut reader)?),
        RecordKind::Trade => trade(&Trade::decode(&mut reader)?),
        RecordKind::Quote => quote(&Quote::decode(&mut reader)?),
        RecordKind::OrderSubmitted | RecordKind::OrderDerived => submitted(&mut reader)?,
        RecordKind::OrderListJudged => list_judged(&OrderListJudged::decode(&mut reader)?),
        RecordKind::CancelRequested | RecordKind::TrackLost => {
            json!({ "client_order_id": reader.u64()? })
        }
        RecordKind::AmendRequested => amendment(&Amendment::decode(&mut reader, record.ts)?),
        RecordKind::ModeChanged => {
            let mode = TradingMode::read(reader.u8()?).name();
            json!({ "mode": mode, "reason": String::from_utf8_lossy(reader.rest()) })
        }
        RecordKind::VenueReport => report(&VenueReport::decode(&mut reader)?),
        RecordKind::Funding => {
            let funding = Funding::decode(&mut reader)?;
            json!({ "instrument": funding.instrument.0, "paid": funding.paid.to_string() })
        }
        RecordKind::RateChanged => RateChanged::decode(&mut reader)?.json(),
        RecordKind::FuseRefused => FuseRefused::decode(&mut reader, record.ts)?.json(),
        RecordKind::InterestCharged => InterestCharged::decode(&mut reader)?.json(),
        RecordKind::RouteChosen => {
            let client_order_id = reader.u64()?;
            let route: Value = serde_json::from_slice(reader.rest()).unwrap_or(Value::Null);
            json!({ "client_order_id": client_order_id, "route": route })
        }
        RecordKind::Failure => {
            let code = Code::from_number(reader.u16()?).map_or("unknown", Code::name);
            json!({ "code": code, "message": String::from_utf8_lossy(reader.rest()) })
        }
        RecordKind::JournalResumed => {
            let resumed = JournalResumed::decode(&mut reader)?;
            json!({ "cut_bytes": resumed.cut_bytes, "first_lost_sequence": resumed.first_lost_sequence })
        }
        RecordKind::LimitsRequested | RecordKind::CapitalPlanned => {
            serde_json::from_slice(record.payload).unwrap_or(Value::Null)
        }
        RecordKind::GateSignal => signal_json(GateSignal::decode(&mut reader)?),
        RecordKind::RiskMeasured => measured_json(&RiskMeasured::decode(&mut reader)?),
        RecordKind::LimitsChanged => LimitsChanged::decode(&mut reader)?.json(),
        RecordKind::StrategyThrottled => StrategyThrottled::decode(&mut reader)?.json(),
        RecordKind::Verdict => verdict(&Verdict::decode(&mut reader)?),
        RecordKind::OrderChanged => order(&OrderChanged::decode(&mut reader)?)?,
        RecordKind::PositionChanged => position(&PositionChanged::decode(&mut reader)?),
        RecordKind::TradeClosed => TradeClosed::decode(&mut reader)?.json(),
        RecordKind::DayClosed => day(&DayClosed::decode(&mut reader)?),
        RecordKind::VenueSnapshot => venue_json(&mut reader)?,
        RecordKind::ReconciliationDecision => decision_json(&mut reader)?,
        RecordKind::ReconciliationItem => item_json(&mut reader)?,
        RecordKind::ReconciliationClosed => closed_json(&mut reader)?,
        RecordKind::ReconciliationState => state_json(&mut reader)?,
        RecordKind::SessionClosed => {
            let hash: String = record.payload.iter().map(|byte| format!("{byte:02x}")).collect();
            json!({ "state_hash": hash })
        }
    };
    Ok(
        json!({ "sequence": record.sequence, "kind": record.kind.name(), "ts_ns": record.ts.0.to_string(), "content": content }),
    )
}

/// Returns the fingerprint by which a configuration is known: BLAKE3 of its record's payload, hexadecimal.
#[must_use]
pub fn fingerprint(payload: &[u8]) -> String {
    hex(blake3::hash(payload).as_bytes())
}

/// Returns whether a record's JSON form is about an order, or about one that protects it.
#[must_use]
pub fn concerns_order(record: &Value, client_order_id: u64) -> bool {
    ["client_order_id", "parent"].iter().any(|field| {
        let id = &record["content"][field];
        id.as_u64().or_else(|| id.as_str()?.parse().ok()) == Some(client_order_id)
    })
}

fn bar(bar: &Bar) -> Value {
    json!({
        "instrument": bar.instrument.0, "ts_open_ns": bar.ts_open.0.to_string(),
        "open_ticks": bar.open.ticks(), "high_ticks": bar.high.ticks(), "low_ticks": bar.low.ticks(),
        "close_ticks": bar.close.ticks(), "volume_lots": bar.volume.lots(),
    })
}

fn trade(trade: &Trade) -> Value {
    json!({
        "instrument": trade.instrument.0, "price_ticks": trade.price.ticks(), "quantity_lots": trade.quantity.lots(),
        "aggressor_side": trade.aggressor_side.name(),
    })
}

fn quote(quote: &Quote) -> Value {
    json!({
        "instrument": quote.instrument.0, "bid_ticks": quote.bid.ticks(), "bid_lots": quote.bid_quantity.lots(),
        "ask_ticks": quote.ask.ticks(), "ask_lots": quote.ask_quantity.lots(),
    })
}

/// One order, or the orders of a list.
fn submitted(reader: &mut Reader<'_>) -> Result<Value> {
    let first = OrderIntent::decode(reader)?;
    if reader.rest().is_empty() {
        return Ok(intent(&first));
    }
    if let Some(key) = Submission::decode_key(reader)? {
        let mut content = intent(&first);
        content["idempotency_key"] = format!("{key:032x}").into();
        return Ok(content);
    }
    let (contingency, orders) = OrderList::decode_rest(first, reader)?;
    let orders: Vec<Value> = orders.iter().map(intent).collect();
    Ok(json!({ "contingency": contingency.name(), "orders": orders }))
}

fn list_judged(judged: &OrderListJudged) -> Value {
    json!({
        "client_order_id": judged.first.0, "contingency": judged.contingency.name(), "orders": judged.orders,
        "verdict": if judged.approved { "approved" } else { "denied" },
    })
}

fn intent(intent: &OrderIntent) -> Value {
    let ticks = |price: Option<Price>| price.map(Price::ticks);
    json!({
        "client_order_id": intent.client_order_id.0,
        "parent": intent.parent.is_some().then_some(intent.parent.0),
        "instrument": intent.instrument.0, "side": intent.side.name(), "order_type": intent.order_type.name(),
        "time_in_force": intent.time_in_force.name(), "role": intent.role.name(), "reduce_only": intent.reduce_only,
        "quantity_lots": intent.quantity.lots(), "limit_ticks": ticks(intent.limit_price),
        "trigger_ticks": ticks(intent.trigger_price), "stop_loss_ticks": ticks(intent.stop_loss),
        "take_profit_ticks": ticks(intent.take_profit), "terms": terms(&intent.terms),
    })
}

/// What an order asks for beyond type and prices; null when that is nothing.
fn terms(terms: &OrderTerms) -> Value {
    if *terms == OrderTerms::default() {
        return Value::Null;
    }
    let trailing = match terms.trailing {
        None => Value::Null,
        Some(TrailingDistance::Ticks(ticks)) => json!({ "ticks": ticks }),
        Some(TrailingDistance::Share(share)) => json!({ "frac": share.to_string() }),
    };
    json!({
        "post_only": terms.post_only, "display_lots": terms.display.map(Quantity::lots), "trailing": trailing,
        "expires_ns": terms.expires.map(|ts| ts.0.to_string()), "strategy": terms.strategy,
        "cause_ns": terms.cause.map(|ts| ts.0.to_string()),
    })
}

fn amendment(amendment: &Amendment) -> Value {
    json!({
        "client_order_id": amendment.client_order_id.0,
        "quantity_lots": amendment.quantity.map(Quantity::lots),
        "limit_ticks": amendment.limit_price.map(Price::ticks),
        "trigger_ticks": amendment.trigger_price.map(Price::ticks),
    })
}

fn report(report: &VenueReport) -> Value {
    json!({
        "client_order_id": report.client_order_id.0, "report": report.kind.name(), "trade_id": report.trade_id.0,
        "last_ticks": report.last_price.ticks(), "last_lots": report.last_quantity.lots(),
        "liquidity_side": report.liquidity_side.name(), "fee": report.fee.to_string(),
        "slippage": report.slippage.to_string(), "instrument": report.instrument.map(|id| id.0),
        "account": report.account.map(|id| id.0), "venue_sequence": report.sequence, "amendment": report.amendment,
        "fee_currency": (report.fee_currency > 0).then(|| report.fee_currency - 1),
    })
}

fn verdict(verdict: &Verdict) -> Value {
    let checks: Vec<Value> = verdict
        .checks()
        .map(|check| {
            json!({
                "code": check.control.code().name(), "passed": check.passed, "unit": check.control.unit().name(),
                "limit": check.limit.map(|limit| limit.to_string()), "observed": check.observed.to_string(),
                "age_ns": (check.age_ns != i64::MAX).then_some(check.age_ns),
            })
        })
        .collect();
    json!({
        "client_order_id": verdict.client_order_id.0, "verdict": if verdict.approved() { "approved" } else { "denied" },
        "reducing": verdict.reducing, "checks": checks,
        "suggested_lots": verdict.suggested.map(Quantity::lots),
        "limits_mark": format!("{:016x}", verdict.limits_mark),
    })
}

fn order(changed: &OrderChanged) -> Result<Value> {
    let overlays = Overlays::from_bits(changed.overlays);
    let standing: Vec<&str> = Overlays::VOCABULARY
        .iter()
        .filter(|(bit, _)| overlays.has(*bit))
        .map(|(_, text)| *text)
        .collect();
    Ok(json!({
        "client_order_id": changed.client_order_id.0, "event": OrderEvent::from_number(changed.event)?.name(),
        "status": BaseState::from_number(changed.base)?.name(), "overlays": standing, "alarm": changed.alarm,
        "side": Side::from_number(changed.side)?.name(), "order_type": OrderType::from_number(changed.order_type)?.name(),
        "role": OrderRole::from_number(changed.role)?.name(),
        "time_in_force": TimeInForce::from_number(changed.time_in_force)?.name(),
        "quantity_lots": changed.quantity.lots(), "cum_lots": changed.cum_quantity.lots(),
        "fees": changed.fees.to_string(),
    }))
}

fn position(changed: &PositionChanged) -> Value {
    json!({
        "instrument": changed.instrument.0, "client_order_id": changed.client_order_id.0, "lots": changed.lots.lots(),
        "open_cost": changed.open_cost.to_string(), "realized_by_fill": changed.realized_by_fill.to_string(),
        "realized": changed.realized.to_string(), "cash": changed.cash.to_string(),
    })
}

fn day(day: &DayClosed) -> Value {
    json!({
        "equity": day.equity.to_string(), "cash": day.cash.to_string(),
        "position_value": day.position_value.to_string(), "gross_exposure": day.gross_exposure.to_string(),
        "realized": day.realized.to_string(), "unrealized": day.unrealized.to_string(), "fees": day.fees.to_string(),
        "benchmark_ticks": day.benchmark_ticks, "marks": day.marks,
    })
}
