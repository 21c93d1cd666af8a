//! Own orders must not trade with each other: what crosses on one account is kept apart before it is sent.

use crate::engine::Engine;
use crate::input::Command;
use crate::sink::Sink;
use holdfast_core::{
    BaseState, ClientOrderId, Order, OrderIntent, Overlays, Price, Quantity, Replacement, Result,
    Side,
};
use holdfast_risk::{Check, Control, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What gives way when a new order would meet own orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelfTradePolicy {
    /// Nothing: the venue, or nobody, looks after it.
    #[default]
    Off,
    /// The new order is denied.
    CancelNewest,
    /// The resting orders are cancelled, then the new one is sent.
    CancelOldest,
    /// The resting orders are cancelled, and the new one is denied.
    CancelBoth,
    /// Both lose the smaller quantity; what has none left is cancelled or denied.
    DecrementAndCancel,
}

/// The policies of an account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SelfTradeConfig {
    /// For every instrument without one of its own.
    pub policy: SelfTradePolicy,
    /// By instrument.
    pub by_instrument: BTreeMap<u32, SelfTradePolicy>,
}

/// What keeps a new order and the resting ones apart.
#[derive(Debug, Default)]
pub(crate) struct Separation {
    crossing: usize,
    denies: bool,
    /// What is left of the new order.
    pub(crate) quantity: Quantity,
    cancels: Vec<ClientOrderId>,
    shrinks: Option<Replacement>,
}

/// The most aggressive price of an order's forms; `None` meets any price.
fn reach(side: Side, prices: [Option<Price>; 2]) -> Option<Price> {
    let [Some(one), Some(two)] = prices else { return None };
    Some(if side == Side::Buy { one.max(two) } else { one.min(two) })
}

/// Whether orders of these sides and prices would match in one book.
fn meets(side: Side, price: Option<Price>, other: Option<Price>) -> bool {
    match (price, other) {
        (Some(price), Some(other)) if side == Side::Buy => price >= other,
        (Some(price), Some(other)) => price <= other,
        _ => true,
    }
}

const fn waits_for_trigger(intent: &OrderIntent) -> bool {
    intent.trigger_price.is_some() || intent.terms.trailing.is_some()
}

/// A stop is in no book until it has triggered; in doubt it may have.
fn is_dormant(order: &Order) -> bool {
    let (base, overlays, _) = order.state.load();
    waits_for_trigger(&order.intent)
        && matches!(base, BaseState::Submitted | BaseState::Accepted)
        && !overlays.has(Overlays::IN_DOUBT)
}

impl Engine {
    /// Returns the open orders that this one would match, or could, because an amendment of theirs is unanswered.
    fn crossing<'a>(&'a self, intent: &'a OrderIntent) -> impl Iterator<Item = &'a Order> {
        self.open_orders().filter(move |order| {
            let own = &order.intent;
            let asked = order.pending.map_or(own.limit_price, |asked| asked.limit_price);
            own.instrument == intent.instrument
                && own.side != intent.side
                && own.client_order_id != intent.client_order_id
                && !is_dormant(order)
                && meets(intent.side, intent.limit_price, reach(own.side, [own.limit_price, asked]))
        })
    }

    fn policy_for(&self, intent: &OrderIntent) -> SelfTradePolicy {
        let config = &self.self_trade;
        config.by_instrument.get(&intent.instrument.0).copied().unwrap_or(config.policy)
    }

    /// Plans how a new order is kept apart from the resting ones, and adds the control to its verdict.
    ///
    /// An exit always goes, and what it would meet gives way: no rule can trap a position.
    pub(crate) fn separate(&self, intent: &OrderIntent, verdict: &mut Verdict) -> Separation {
        let policy = self.policy_for(intent);
        let mut plan = Separation { quantity: intent.quantity, ..Separation::default() };
        // A dormant stop meets nobody yet; `make_way` looks again when it triggers.
        if policy == SelfTradePolicy::Off || waits_for_trigger(intent) {
            return plan;
        }
        let exits = verdict.reducing;
        for order in self.crossing(intent) {
            plan.crossing += 1;
            let overlays = order.state.load().1;
            // Whether it still rests nobody knows, so it can be neither relied on to go nor to stay.
            plan.denies |= overlays.has(Overlays::IN_DOUBT) && !exits;
            if overlays.has(Overlays::PENDING_CANCEL) {
                plan.denies |= policy == SelfTradePolicy::CancelNewest && !exits;
                continue;
            }
            match policy {
                _ if exits => plan.cancels.push(order.intent.client_order_id),
                SelfTradePolicy::Off | SelfTradePolicy::CancelNewest => plan.denies = true,
                SelfTradePolicy::CancelOldest => plan.cancels.push(order.intent.client_order_id),
                SelfTradePolicy::CancelBoth => {
                    plan.denies = true;
                    plan.cancels.push(order.intent.client_order_id);
                }
                SelfTradePolicy::DecrementAndCancel => plan.decrement(order),
            }
        }
        plan.denies |= plan.quantity.lots() <= 0;
        verdict.add(plan.check());
        plan
    }

    /// As `separate` for an order whose quantity must stay as it is, in a list or after an amendment: it is denied unless the policy makes the others give way.
    pub(crate) fn separate_unchanged(
        &self,
        intent: &OrderIntent,
        verdict: &mut Verdict,
    ) -> Separation {
        let mut plan = self.separate(intent, verdict);
        let yields = self.policy_for(intent) == SelfTradePolicy::CancelOldest;
        if plan.crossing > 0 && !yields && !verdict.reducing {
            plan.denies = true;
            verdict.add(plan.check());
        }
        plan
    }

    /// Does what was planned, before the new order is sent.
    pub(crate) fn give_way(
        &mut self,
        plan: Separation,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        for id in plan.cancels {
            self.request_cancel(id, sink, commands)?;
        }
        match plan.shrinks {
            Some(replacement) => self.request_replace(replacement, sink, commands),
            None => Ok(()),
        }
    }

    /// Cancels what a stop that has triggered would meet.
    pub(crate) fn make_way(
        &mut self,
        id: ClientOrderId,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let Some(intent) = self.orders.get(&id.0).map(|order| order.intent) else { return Ok(()) };
        if self.policy_for(&intent) == SelfTradePolicy::Off {
            return Ok(());
        }
        let cancels: Vec<ClientOrderId> = self
            .crossing(&intent)
            .filter(|order| !order.state.load().1.has(Overlays::PENDING_CANCEL))
            .map(|order| order.intent.client_order_id)
            .collect();
        self.give_way(Separation { cancels, ..Separation::default() }, sink, commands)
    }
}

impl Separation {
    fn check(&self) -> Check {
        Check {
            control: Control::SelfTrade,
            passed: !self.denies,
            limit: Some(0),
            observed: self.crossing as i128,
            age_ns: i64::MAX,
        }
    }

    /// Whether the resting orders give way although the new one is denied.
    pub(crate) fn acts(&self, verdict: &Verdict) -> bool {
        (!self.cancels.is_empty() || self.shrinks.is_some())
            && verdict.failed() & !(1 << Control::SelfTrade as u8) == 0
    }

    fn decrement(&mut self, order: &Order) {
        let (left, resting) = (self.quantity.lots(), order.worst_leaves().lots());
        if left <= 0 {
            // Nothing of the new order is left that could meet this one.
            return;
        }
        self.quantity = Quantity::from_lots((left - resting).max(0));
        let overlays = order.state.load().1;
        if resting <= left || overlays.has(Overlays::PENDING_REPLACE) || self.shrinks.is_some() {
            self.cancels.push(order.intent.client_order_id);
        } else {
            let kept = order.quantity.lots().saturating_sub(left);
            let in_force = Replacement::of(order);
            self.shrinks = Some(Replacement { quantity: Quantity::from_lots(kept), ..in_force });
        }
    }
}
