//! Decisions about differences: each is an input of its own, checked before it is recorded.

use super::item::{Difference, ItemId};
use crate::engine::Engine;
use crate::input::Command;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::order_fills::Sighting;
use holdfast_core::persist::Persist;
use holdfast_core::wire::Reader;
use holdfast_core::{BaseState, ClientOrderId, Code, Error, Order, Overlays, Result, Timestamp};

/// Longest reason.
pub const REASON_BYTES_MAX: usize = 512;

/// What is to become of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum DecisionKind {
    /// The venue is right: the engine takes its word.
    Adopt = 0,
    /// The venue is right, and what it has is closed: an order cancelled, a position closed by an order through the gate.
    Flatten = 1,
    /// The difference stays, for a reason.
    Ignore = 2,
}

impl DecisionKind {
    /// Every kind with its text.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Adopt, "adopt"), (Self::Flatten, "flatten"), (Self::Ignore, "ignore")];

    /// Returns the text.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, text)| text)
    }

    /// Returns the kind with this number.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID`.
    pub fn from_number(number: u8) -> Result<Self> {
        let known = Self::ALL.iter().find(|(kind, _)| *kind as u8 == number);
        known.map(|(kind, _)| *kind).ok_or_else(|| {
            Error::new(Code::ArgumentInvalid, format!("decision must be 0 to 2, was {number}"))
        })
    }
}

/// A decision about one difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Which difference.
    pub item: ItemId,
    /// What is to become of it.
    pub kind: DecisionKind,
    /// Why; needed to ignore.
    pub reason: &'a str,
    /// When.
    pub ts: Timestamp,
}

impl<'a> Decision<'a> {
    /// Reads the journal form; the time stands in the record's header.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`, `ARGUMENT_INVALID`.
    pub fn decode(reader: &mut Reader<'a>, ts: Timestamp) -> Result<Self> {
        let (item, kind) = (ItemId::load(reader)?, DecisionKind::from_number(reader.u8()?)?);
        let reason = std::str::from_utf8(reader.bytes(reader.rest().len())?)
            .map_err(|_| Error::new(Code::JournalCorrupt, "reason must be text"))?;
        Ok(Self { item, kind, reason, ts })
    }
}

/// How a difference came off the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closing {
    Decided(DecisionKind),
    Vanished,
}

impl Closing {
    const VANISHED: u8 = 3;

    const fn number(self) -> u8 {
        match self {
            Self::Decided(kind) => kind as u8,
            Self::Vanished => Self::VANISHED,
        }
    }

    /// Returns the text of a number in a record.
    pub(crate) fn text(number: u8) -> &'static str {
        if number == Self::VANISHED {
            return "vanished";
        }
        DecisionKind::from_number(number).map_or("unknown", DecisionKind::name)
    }
}

impl Engine {
    /// Carries a decision out. What cannot be decided is refused, and nothing of it is recorded.
    pub(crate) fn decide(
        &mut self,
        decision: &Decision<'_>,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let difference = self.check_decision(decision)?;
        let mut content = Vec::new();
        decision.item.save(&mut content);
        content.push(decision.kind as u8);
        content.extend_from_slice(decision.reason.as_bytes());
        sink.record(RecordKind::ReconciliationDecision, self.now(), content.as_slice())?;
        // Off the list first: what is adopted must not count as a difference while it is.
        self.close_item(decision.item, Closing::Decided(decision.kind), sink)?;
        match decision.kind {
            DecisionKind::Adopt => self.adopt(decision.item, &difference, sink, commands)?,
            DecisionKind::Flatten => self.flatten(decision.item, &difference, sink, commands)?,
            DecisionKind::Ignore => {
                self.reconciliation.ignored.insert(decision.item, difference);
            }
        }
        self.compare_balances(sink)?;
        self.settle_reconciliation(sink)
    }

    fn check_decision(&self, decision: &Decision<'_>) -> Result<Difference> {
        let Some(difference) = self.reconciliation.open.get(&decision.item) else {
            return Err(Error::new(
                Code::ReconciliationItemUnknown,
                format!("item must be an open difference, was {}", decision.item),
            )
            .with("item", decision.item));
        };
        let is_ignored = decision.kind == DecisionKind::Ignore;
        let obstacle = if decision.reason.len() > REASON_BYTES_MAX {
            Some("a reason must have at most 512 bytes")
        } else if is_ignored && decision.reason.trim().is_empty() {
            Some("a difference must be ignored with a reason")
        } else if is_ignored && self.reconciliation.ignored.len() >= super::EXTERNAL_MAX {
            Some("too many differences are ignored already")
        } else {
            self.obstacle(difference, decision.kind)
        };
        match obstacle {
            None => Ok(difference.clone()),
            Some(rule) => Err(Error::new(
                Code::ReconciliationDecisionInvalid,
                format!(
                    "{} must be possible for {} {}: {rule}",
                    decision.kind.name(),
                    difference.name(),
                    decision.item
                ),
            )
            .with("item", decision.item)
            .with("kind", difference.name())),
        }
    }

    pub(super) fn close_item(
        &mut self,
        id: ItemId,
        how: Closing,
        sink: &mut impl Sink,
    ) -> Result<()> {
        self.reconciliation.open.remove(&id);
        let mut content = Vec::new();
        id.save(&mut content);
        content.push(how.number());
        sink.record(RecordKind::ReconciliationClosed, self.now(), content.as_slice())
    }

    /// Returns why something cannot be decided about a difference at the moment.
    pub(super) fn obstacle(
        &self,
        difference: &Difference,
        kind: DecisionKind,
    ) -> Option<&'static str> {
        const MOVED: &str = "the engine has moved on; compare with the venue again";
        let moved = |holds: bool| (!holds).then_some(MOVED);
        let is_adopted = match kind {
            DecisionKind::Ignore => return None,
            DecisionKind::Adopt => true,
            DecisionKind::Flatten => false,
        };
        match difference {
            Difference::OrderMissingHere { order, .. } => {
                let id = self.known_id(&order.venue_order_id, order.client_order_id);
                moved(id.is_none_or(|id| self.order(id).is_none()))
            }
            Difference::OrderEndedHere { client_order_id, base, .. } => {
                let revives = matches!(base, BaseState::Rejected | BaseState::Denied);
                let is_ended =
                    self.order(*client_order_id).is_some_and(|order| order.state.base() == *base);
                match is_adopted && !revives {
                    true => Some(
                        "an order that ended by a fill, cancel or expiry does not live again; flatten cancels it",
                    ),
                    false => moved(is_ended),
                }
            }
            Difference::OrderConflict { client_order_id, .. } if !is_adopted => {
                moved(self.order(*client_order_id).is_some())
            }
            Difference::PositionDiffers { instrument, there, price, .. } => {
                let mark = self.state(*instrument).ok().and_then(|state| state.mark);
                let is_priced = price.is_some() || mark.is_some();
                if !is_priced {
                    Some("the venue told no entry price and there is no market price yet")
                } else if !is_adopted && there.lots() == 0 {
                    Some("the venue has no position to close")
                } else {
                    None
                }
            }
            _ if !is_adopted => Some("there is nothing at the venue to close"),
            _ => self.adoption_obstacle(difference, MOVED),
        }
    }

    fn adoption_obstacle(
        &self,
        difference: &Difference,
        moved: &'static str,
    ) -> Option<&'static str> {
        let unless = |holds: bool| (!holds).then_some(moved);
        let open = |id: &ClientOrderId| self.orders.get(&id.0);
        let open_with = |id: &ClientOrderId, holds: &dyn Fn(&Order) -> bool| {
            unless(open(id).is_some_and(holds))
        };
        match difference {
            Difference::OrderMissingThere { fills_known: false, .. } => {
                Some("it may have filled; the venue's fills must be complete since it was sent")
            }
            Difference::OrderMissingThere { client_order_id, .. }
                if self.waits_for_fills(*client_order_id) =>
            {
                Some("its fills must be decided first")
            }
            Difference::OrderMissingThere { client_order_id, .. } => {
                open_with(client_order_id, &|order| order.state.load().1.has(Overlays::IN_DOUBT))
            }
            Difference::OrderEndedThere { client_order_id, .. } => {
                open_with(client_order_id, &|_| true)
            }
            Difference::QuantityDiffers { client_order_id, here, there } => {
                open_with(client_order_id, &|order| [*here, *there].contains(&order.quantity))
            }
            Difference::PriceDiffers { client_order_id, is_trigger, here, there } => {
                open_with(client_order_id, &|order| {
                    let intent = &order.intent;
                    let price = if *is_trigger { intent.trigger_price } else { intent.limit_price };
                    price.is_some_and(|price| price == *here || price == *there)
                })
            }
            Difference::FilledDiffers { there, here, .. } if there < here => Some(
                "fills that were applied are not taken back; ask the venue what became of them",
            ),
            Difference::FilledDiffers { price: None, .. } => {
                Some("the venue told no price of these fills; ask it for them")
            }
            Difference::FilledDiffers { client_order_id, here, .. } => {
                let order = self.order(*client_order_id);
                unless(order.is_some_and(|order| order.cum_quantity == *here))
            }
            Difference::FillMissingHere { client_order_id, fill } => {
                unless(self.order(*client_order_id).is_some_and(|order| {
                    let report = fill.report(*client_order_id);
                    let numbers = holdfast_core::order_fills::Fill::of(&report);
                    order.fills.sighting(&numbers) == Sighting::New
                        && self.check_bookable(&report, order.intent.instrument).is_ok()
                }))
            }
            Difference::FillUnknown { was_ours: true, .. } => {
                Some("its order was known once and is forgotten, so that it may have been applied")
            }
            Difference::FillUnknown { fill, .. } => {
                unless(self.check_price(fill.instrument, fill.price).is_ok())
            }
            Difference::TradeConflict { .. } => Some(
                "what was applied is not applied again; what it leaves differs as position or balance",
            ),
            Difference::OrderConflict { .. } => Some("an order has one side and one instrument"),
            Difference::BalanceDiffers { currency, here, .. } => {
                let wallet = self.wallets.get(*currency);
                unless(wallet.is_ok_and(|wallet| wallet.account.cash == *here))
            }
            Difference::OrderMissingHere { .. }
            | Difference::OrderEndedHere { .. }
            | Difference::PositionDiffers { .. } => None,
        }
    }
    /// Returns whether fills of an order that the venue told of are not decided.
    fn waits_for_fills(&self, id: ClientOrderId) -> bool {
        self.reconciliation.open.values().any(|each| {
            matches!(each, Difference::FillMissingHere { client_order_id, .. } if *client_order_id == id)
        })
    }

    /// Returns whether the venue is said not to have an order that is open here.
    pub(super) fn is_missing_there(&self, id: ClientOrderId) -> bool {
        self.reconciliation.open.values().any(|each| {
            matches!(each, Difference::OrderMissingThere { client_order_id, .. } if *client_order_id == id)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::EXTERNAL_MAX;
    use super::super::tests::{differs, engine};
    use super::*;

    #[test]
    fn ord_10_so_many_differences_are_ignored_and_no_more() {
        let mut engine = engine();
        for (ignored, is_possible) in [(EXTERNAL_MAX - 1, true), (EXTERNAL_MAX, false)] {
            let filled = (0..ignored as u64).map(|number| (ItemId(number), differs(1)));
            engine.reconciliation.ignored = filled.collect();
            let difference = differs(2);
            let item = difference.id();
            engine.reconciliation.open.insert(item, difference);
            let ts = engine.now();
            let decide = |kind| Decision { item, kind, reason: "so", ts };
            assert_eq!(engine.check_decision(&decide(DecisionKind::Ignore)).is_ok(), is_possible);
            let adopted = engine.check_decision(&decide(DecisionKind::Adopt)).unwrap_err();
            assert!(!adopted.to_string().contains("too many"), "only ignoring takes room");
        }
    }
}
