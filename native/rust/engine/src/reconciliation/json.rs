//! Reconciliation for people and tools: the records as JSON, and an item with its figures in the instrument's own units.

use super::decide::{Closing, Decision};
use super::item::{Difference, Item, ItemId};
use crate::engine::Engine;
use crate::venue_snapshot::{VenueFill, VenueOrder, VenueSnapshot};
use holdfast_core::persist::Persist;
use holdfast_core::wire::Reader;
use holdfast_core::{ClientOrderId, InstrumentId, Price, Quantity, Result, Timestamp, TradingMode};
use serde_json::{Value, json};

fn order_json(order: &VenueOrder) -> Value {
    json!({
        "venue_order_id": order.venue_order_id, "client_order_id": order.client_order_id.map(|id| id.0),
        "instrument": order.instrument.0, "side": order.side.name(), "order_type": order.order_type.name(),
        "status": order.status.name(), "quantity_lots": order.quantity.lots(), "filled_lots": order.filled.lots(),
        "limit_ticks": order.limit_price.map(Price::ticks), "trigger_ticks": order.trigger_price.map(Price::ticks),
        "reduce_only": order.reduce_only,
    })
}

fn fill_json(fill: &VenueFill) -> Value {
    json!({
        "trade_id": fill.trade_id.0, "venue_order_id": fill.venue_order_id,
        "client_order_id": fill.client_order_id.map(|id| id.0), "instrument": fill.instrument.0,
        "side": fill.side.name(), "price_ticks": fill.price.ticks(), "quantity_lots": fill.quantity.lots(),
        "fee": fill.fee.to_string(),
    })
}

pub(crate) fn venue_json(reader: &mut Reader<'_>) -> Result<Value> {
    let snapshot = VenueSnapshot::load(reader)?;
    let positions: Vec<Value> = snapshot
        .positions
        .iter()
        .map(|each| json!({ "instrument": each.instrument.0, "is_short": each.is_short, "lots": each.lots.lots() }))
        .collect();
    let balances: Vec<Value> = snapshot
        .balances
        .iter()
        .map(|each| json!({ "currency": each.currency.0, "cash": each.cash.to_string() }))
        .collect();
    let ns = |ts: Option<Timestamp>| ts.map(|ts| ts.0.to_string());
    Ok(json!({
        "venue_ts_ns": snapshot.ts_event.0.to_string(),
        "orders_complete_until_ns": ns(snapshot.orders_complete_until),
        "fills_complete_from_ns": ns(snapshot.fills_complete_from),
        "positions_complete": snapshot.positions_complete,
        "orders": snapshot.orders.iter().map(order_json).collect::<Vec<_>>(),
        "fills": snapshot.fills.iter().map(fill_json).collect::<Vec<_>>(),
        "positions": positions, "balances": balances,
    }))
}

pub(crate) fn item_json(reader: &mut Reader<'_>) -> Result<Value> {
    let id = ItemId::load(reader)?;
    let difference = Difference::load(reader)?;
    Ok(json!({
        "item": id.to_string(), "difference": difference.name(),
        "client_order_id": difference.client_order_id().map(|id| id.0), "told": told(&difference),
    }))
}

/// What both say, as the record has it.
fn told(difference: &Difference) -> Value {
    match difference {
        Difference::OrderMissingHere { order, fills } => json!({
            "order": order_json(order), "fills": fills.iter().map(fill_json).collect::<Vec<_>>(),
        }),
        Difference::OrderEndedHere { order, base, .. } => {
            json!({ "order": order_json(order), "here": base.name() })
        }
        Difference::OrderConflict { order, .. } => json!({ "order": order_json(order) }),
        Difference::OrderMissingThere { leaves, fills_known, .. } => {
            json!({ "leaves_lots": leaves.lots(), "fills_known": fills_known })
        }
        Difference::OrderEndedThere { status, filled, .. } => {
            json!({ "status": status.name(), "filled_lots": filled.lots() })
        }
        Difference::QuantityDiffers { here, there, .. }
        | Difference::FilledDiffers { here, there, .. } => {
            json!({ "here_lots": here.lots(), "there_lots": there.lots() })
        }
        Difference::PriceDiffers { here, there, is_trigger, .. } => {
            json!({ "here_ticks": here.ticks(), "there_ticks": there.ticks(), "is_trigger": is_trigger })
        }
        Difference::FillMissingHere { fill, .. } | Difference::FillUnknown { fill, .. } => {
            json!({ "fill": fill_json(fill) })
        }
        Difference::TradeConflict { fill, known, .. } => json!({
            "fill": fill_json(fill),
            "applied": known.map(|known| json!({
                "price_ticks": known.price.ticks(), "quantity_lots": known.quantity.lots(), "fee": known.fee.to_string(),
            })),
        }),
        Difference::PositionDiffers { instrument, is_short, here, there, explained, .. } => json!({
            "instrument": instrument.0, "is_short": is_short, "here_lots": here.lots(),
            "there_lots": there.lots(), "explained_lots": explained.lots(),
        }),
        Difference::BalanceDiffers { currency, here, there } => {
            json!({ "currency": currency.0, "here": here.to_string(), "there": there.to_string() })
        }
    }
}

pub(crate) fn decision_json(reader: &mut Reader<'_>) -> Result<Value> {
    let decision = Decision::decode(reader, Timestamp(0))?;
    Ok(json!({
        "item": decision.item.to_string(), "decision": decision.kind.name(), "reason": decision.reason,
    }))
}

pub(crate) fn closed_json(reader: &mut Reader<'_>) -> Result<Value> {
    let id = ItemId::load(reader)?;
    Ok(json!({ "item": id.to_string(), "how": Closing::text(reader.u8()?) }))
}

pub(crate) fn state_json(reader: &mut Reader<'_>) -> Result<Value> {
    let (open, ignored) = (usize::load(reader)?, usize::load(reader)?);
    Ok(json!({ "open": open, "ignored": ignored, "mode": TradingMode::load(reader)?.name() }))
}

impl Difference {
    /// Returns what to do about it, for people.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::OrderMissingHere { .. } => "Adopt to manage it here, flatten to cancel it.",
            Self::OrderMissingThere { fills_known: true, .. } => {
                "Adopt to take it as ended, or ask the venue for the order and compare again."
            }
            Self::OrderMissingThere { .. } => {
                "Ask the venue for all fills since it was sent and compare again; until then it keeps its reservation."
            }
            Self::OrderEndedHere { .. } => "Flatten to cancel it at the venue.",
            Self::OrderEndedThere { .. } => "Adopt to end it here.",
            Self::OrderConflict { .. } => {
                "Flatten to cancel it at the venue; find out who used the id."
            }
            Self::QuantityDiffers { .. } | Self::PriceDiffers { .. } => {
                "Adopt to take what is in force at the venue."
            }
            Self::FilledDiffers { .. } => {
                "Ask the venue for the order's fills and compare again, or adopt at the price it tells."
            }
            Self::FillMissingHere { .. } => "Adopt to book it.",
            Self::FillUnknown { was_ours: true, .. } => {
                "Look it up in the journal; what it moved shows in the position. Ignore it with a reason."
            }
            Self::FillUnknown { .. } => "Adopt to book it as an order of others.",
            Self::TradeConflict { .. } => {
                "Ask the venue which numbers hold; ignore with a reason, and adopt what position and balance differ by."
            }
            Self::PositionDiffers { .. } => {
                "Adopt to take the venue's position over, flatten to take it over and close it."
            }
            Self::BalanceDiffers { .. } => "Adopt to book a payment in or out.",
        }
    }
}

impl Engine {
    /// Returns an item in exact text, with what may be decided about it now.
    #[must_use]
    pub fn item_view(&self, item: Item<'_>) -> Value {
        let difference = item.difference;
        let (instrument, here, there) = self.sides(difference);
        let order = difference.client_order_id();
        let decisions: Vec<&str> =
            self.decisions(difference).into_iter().map(super::DecisionKind::name).collect();
        let symbol = instrument
            .and_then(|id| self.instruments.get(id.index()))
            .map(|state| state.instrument.spec().symbol.as_str());
        json!({
            "id": item.id.to_string(), "code": difference.name().to_uppercase(), "symbol": symbol,
            "client_order_id": order.map(|id| id.0.to_string()), "here": here, "there": there,
            "decisions": decisions, "remedy": difference.remedy(), "evidence": told(difference),
        })
    }

    /// Returns the instrument and what both sides say, in its units.
    fn sides(&self, difference: &Difference) -> (Option<InstrumentId>, String, String) {
        let of = |id: &ClientOrderId| self.order(*id).map(|order| order.intent.instrument);
        let lots = |id: Option<InstrumentId>, lots: Quantity| self.quantity_text(id, lots);
        match difference {
            Difference::OrderMissingHere { order, .. } => {
                (Some(order.instrument), "unknown".into(), self.order_text(order))
            }
            Difference::OrderMissingThere { client_order_id, leaves, .. } => {
                let id = of(client_order_id);
                (id, format!("open, {} left", lots(id, *leaves)), "not open".into())
            }
            Difference::OrderEndedHere { order, base, .. } => {
                (Some(order.instrument), base.name().into(), self.order_text(order))
            }
            Difference::OrderEndedThere { client_order_id, status, filled } => {
                let id = of(client_order_id);
                (id, "open".into(), format!("{}, {} filled", status.name(), lots(id, *filled)))
            }
            Difference::OrderConflict { order, client_order_id } => {
                let here = self.order(*client_order_id).map_or(String::new(), |order| {
                    let intent = &order.intent;
                    format!(
                        "{} {}",
                        intent.side.name(),
                        lots(Some(intent.instrument), order.quantity)
                    )
                });
                (Some(order.instrument), here, self.order_text(order))
            }
            Difference::QuantityDiffers { client_order_id, here, there } => {
                let id = of(client_order_id);
                (id, lots(id, *here), lots(id, *there))
            }
            Difference::FilledDiffers { client_order_id, here, there, .. } => {
                let id = of(client_order_id);
                (id, format!("{} filled", lots(id, *here)), format!("{} filled", lots(id, *there)))
            }
            Difference::PriceDiffers { client_order_id, is_trigger, here, there } => {
                let (id, name) =
                    (of(client_order_id), if *is_trigger { "trigger" } else { "limit" });
                let text = |price: Price| format!("{name} {}", self.price_text(id, price));
                (id, text(*here), text(*there))
            }
            Difference::FillMissingHere { fill, .. } => {
                (Some(fill.instrument), "not applied".into(), self.fill_text(fill))
            }
            Difference::FillUnknown { fill, .. } => {
                (Some(fill.instrument), "unknown order".into(), self.fill_text(fill))
            }
            Difference::TradeConflict { fill, known, .. } => {
                let id = Some(fill.instrument);
                let here = known.map_or("another side or instrument".into(), |known| {
                    format!("{} at {}", lots(id, known.quantity), self.price_text(id, known.price))
                });
                (id, here, self.fill_text(fill))
            }
            Difference::PositionDiffers { instrument, here, there, explained, .. } => {
                let id = Some(*instrument);
                let fills = match explained.lots() {
                    0 => String::new(),
                    _ => format!(" and {} by fills", lots(id, *explained)),
                };
                (id, format!("{}{fills}", lots(id, *here)), lots(id, *there))
            }
            Difference::BalanceDiffers { currency, here, there } => {
                let name =
                    self.wallets.get(*currency).map_or("", |wallet| wallet.currency.as_str());
                (None, format!("{here} {name}"), format!("{there} {name}"))
            }
        }
    }

    fn quantity_text(&self, id: Option<InstrumentId>, lots: Quantity) -> String {
        let state = id.and_then(|id| self.instruments.get(id.index()));
        state
            .map_or_else(|| lots.lots().to_string(), |state| state.instrument.format_quantity(lots))
    }

    fn price_text(&self, id: Option<InstrumentId>, price: Price) -> String {
        let state = id.and_then(|id| self.instruments.get(id.index()));
        state
            .map_or_else(|| price.ticks().to_string(), |state| state.instrument.format_price(price))
    }

    fn order_text(&self, order: &VenueOrder) -> String {
        let id = Some(order.instrument);
        let price = order.limit_price.or(order.trigger_price);
        let at = price.map_or(String::new(), |price| format!(" at {}", self.price_text(id, price)));
        let (side, kind) = (order.side.name(), order.order_type.name());
        format!(
            "{side} {} {kind}{at} {}",
            self.quantity_text(id, order.quantity),
            order.venue_order_id
        )
    }

    fn fill_text(&self, fill: &VenueFill) -> String {
        let id = Some(fill.instrument);
        let (quantity, price) =
            (self.quantity_text(id, fill.quantity), self.price_text(id, fill.price));
        format!("{} {quantity} at {price} trade {}", fill.side.name(), fill.trade_id.0)
    }
}
