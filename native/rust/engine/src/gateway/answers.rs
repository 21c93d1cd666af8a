//! Evidence: reports of the stream, and answers to queries.

use super::tracked::Tracked;
use super::{Effects, Gateway, Request, after};
use holdfast_core::{
    ClientOrderId, Quantity, Replacement, ReportKind, Timestamp, TradeId, VenueReport,
};
use std::collections::BTreeMap;

/// What a venue knows of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusOf {
    /// It has no order with this id.
    Unknown,
    /// It is open.
    Open,
    /// It ended: `Canceled`, `Expired`, `Rejected`, or `Fill` for one that filled.
    Ended(ReportKind),
}

/// Answer to a query about one order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct OrderStatus {
    pub query: u64,
    pub client_order_id: ClientOrderId,
    pub status: StatusOf,
    /// Its quantity and prices.
    pub in_force: Replacement,
    /// All its fills.
    pub fills: Vec<VenueReport>,
}

/// An open order in the answer to a query about the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct OpenOrder {
    pub client_order_id: ClientOrderId,
    pub quantity: Quantity,
    pub filled: Quantity,
}

/// Answer to a query about the account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct AccountStatus {
    pub query: u64,
    pub open: Vec<OpenOrder>,
    /// Every fill after the trade that the query named.
    pub fills: Vec<VenueReport>,
}

impl Gateway {
    /// A report of the stream.
    pub(super) fn on_report(&mut self, report: VenueReport, now: Timestamp, effects: &mut Effects) {
        let id = report.client_order_id;
        match report.kind {
            ReportKind::Fill => return self.on_fill(report, now, effects),
            // What has filled was not rejected: one of the two is not true, and only a query tells which.
            ReportKind::Rejected
                if self.orders.get(&id.0).is_some_and(|order| order.filled.lots() > 0) =>
            {
                return self.lose_track(id, now, effects);
            }
            ReportKind::Rejected | ReportKind::Canceled | ReportKind::Expired => {
                self.tell(report, now, effects);
                let Some(order) = self.orders.get_mut(&id.0) else { return };
                (order.engine_open, order.end_told) = (false, true);
                // The end overtook fills: they are fetched.
                if report.last_quantity > order.filled {
                    self.wake(id, Some(now));
                } else {
                    self.forget(id);
                }
                return;
            }
            ReportKind::CancelRejected => {
                self.tell(report, now, effects);
                // It may have overtaken the placement, or the order has ended: only a query tells.
                let backoff = self.config.backoff_ns.0;
                return self.wake(id, Some(after(now, backoff)));
            }
            ReportKind::ReplaceRejected => {
                // An earlier copy may have been taken, or the order has ended: only a query tells what is in force.
                if let Some(order) = self.orders.get_mut(&id.0)
                    && order.wants.is_some_and(|wanted| is_refusal_of(&wanted, &report))
                {
                    order.hear_answer(true);
                    self.wake(id, Some(now));
                }
                return;
            }
            ReportKind::Replaced => return self.on_replaced(&report, now, effects),
            ReportKind::Accepted | ReportKind::Triggered | ReportKind::Unknown => {}
        }
        let untracked = !self.orders.contains_key(&id.0);
        self.tell(report, now, effects);
        self.track(id);
        self.confirm(id, now, effects);
        if untracked {
            // Its end was told before: it is asked about, since one of the two is not true.
            self.wake(id, Some(now));
        }
    }

    /// An amendment is in force. The answer to another question may be an old one: only a query tells what is in force then.
    fn on_replaced(&mut self, report: &VenueReport, now: Timestamp, effects: &mut Effects) {
        let id = report.client_order_id;
        let order = self.track(id);
        let answered = order.wants.filter(|wanted| is_surely_answered(wanted, report));
        let Some(wanted) = answered else { return self.wake(id, Some(now)) };
        order.wants = None;
        order.quantity = wanted.quantity;
        let asked = order.hear_answer(false);
        self.tell_amendment(ReportKind::Replaced, &wanted, now, effects);
        // With the smaller quantity the fills so far may be all.
        if self.orders.get(&id.0).is_some_and(Tracked::is_over) {
            return self.forget(id);
        }
        self.confirm(id, now, effects);
        if asked {
            self.wake(id, Some(now));
        }
    }

    /// The venue has the order: it needs no further look unless something else is unanswered. An amendment that waited for
    /// that is sent.
    fn confirm(&mut self, id: ClientOrderId, now: Timestamp, effects: &mut Effects) {
        let Some(order) = self.orders.get_mut(&id.0) else { return };
        let is_first = !std::mem::replace(&mut order.confirmed, true);
        if let Some(wanted) = order.wants.filter(|_| is_first) {
            return self.send(id, Request::Replace(wanted), now, effects);
        }
        if !order.awaits_answer() && order.query.is_none() && !order.end_told {
            self.wake(id, None);
        }
    }

    fn on_fill(&mut self, fill: VenueReport, now: Timestamp, effects: &mut Effects) {
        let id = fill.client_order_id;
        if fill.trade_id <= self.trades_known || !self.trades_heard.insert(fill.trade_id) {
            return;
        }
        let untracked = !self.orders.contains_key(&id.0);
        self.tell(fill, now, effects);
        let order = self.track(id);
        order.filled =
            Quantity::from_lots(order.filled.lots().saturating_add(fill.last_quantity.lots()));
        if order.is_over() {
            return self.forget(id);
        }
        // One that was found after a rejection lives again by its fill, also when its true end was told before that fill.
        let ends_again = order.end_told && order.intent.is_none();
        order.end_told &= !ends_again;
        if untracked || ends_again {
            // It was taken for ended, and has filled: what is left of it has to be asked for.
            self.wake(id, Some(now));
        } else {
            self.confirm(id, now, effects);
        }
    }

    /// An answer counts when it answers the query under way; an older one may be past.
    pub(super) fn on_order_status(
        &mut self,
        answer: &OrderStatus,
        now: Timestamp,
        effects: &mut Effects,
    ) {
        let id = answer.client_order_id;
        let Some(order) = self.orders.get_mut(&id.0) else { return };
        let Some((_, asked)) = order.query.filter(|(query, _)| *query == answer.query) else {
            return;
        };
        order.query = None;
        if answer.status == StatusOf::Unknown {
            return self.on_unknown(id, asked, now, effects);
        }
        order.queries_failed = 0;
        for fill in &answer.fills {
            self.on_fill(*fill, now, effects);
        }
        let filled = answer.fills.iter().map(|fill| fill.last_quantity.lots()).sum();
        match answer.status {
            StatusOf::Open => self.on_open(id, answer.in_force, now, effects),
            StatusOf::Ended(kind) => {
                let known = self.orders.get(&id.0).is_none_or(|order| order.end_told);
                if !known && kind != ReportKind::Fill {
                    self.tell_kind(id, kind, Quantity::from_lots(filled), now, effects);
                } else if let Some(wanted) = self.orders.get(&id.0).and_then(|order| order.wants)
                    && !wanted.is_form_of(&answer.in_force)
                {
                    // It filled whole before the amendment came.
                    self.tell_amendment(ReportKind::ReplaceRejected, &wanted, now, effects);
                } else if !known {
                    // It filled at a smaller quantity than the one that is known here.
                    // The first answers an amendment, the second tells the quantity when none is under way.
                    let wanted = self.orders.get(&id.0).and_then(|order| order.wants);
                    let in_force = wanted.unwrap_or(answer.in_force);
                    self.tell_amendment(ReportKind::Replaced, &in_force, now, effects);
                    let quantity = answer.in_force.quantity;
                    self.tell_kind(id, ReportKind::Accepted, quantity, now, effects);
                }
                self.forget(id);
            }
            StatusOf::Unknown => {}
        }
    }

    fn on_open(
        &mut self,
        id: ClientOrderId,
        in_force: Replacement,
        now: Timestamp,
        effects: &mut Effects,
    ) {
        let quantity = in_force.quantity;
        let Some(order) = self.orders.get_mut(&id.0) else { return };
        // A quantity that has filled already is refused by every venue, also by one whose refusal was lost.
        let replaced = order.wants.filter(|wanted| wanted.is_form_of(&in_force));
        let open = order.wants.filter(|_| replaced.is_none());
        let is_refused = |wanted: &Replacement| order.refused || wanted.quantity <= order.filled;
        let refused = open.filter(is_refused);
        let wanted = open.filter(|_| refused.is_none());
        let same = order.quantity == quantity;
        let told = replaced.is_some() || refused.is_some();
        let silent = same && order.confirmed && !order.in_doubt && order.engine_open && !told;
        order.wants = wanted;
        order.refused = false;
        order.quantity = quantity;
        order.end_told = false;
        // What is wanted is sent below, also when it waited for the placement.
        order.confirmed = true;
        let cancel = order.wants_cancel;
        if let Some(refused) = refused {
            self.tell_amendment(ReportKind::ReplaceRejected, &refused, now, effects);
        } else if let Some(replaced) = replaced {
            self.tell_amendment(ReportKind::Replaced, &replaced, now, effects);
        } else if !silent {
            self.tell_kind(id, ReportKind::Accepted, quantity, now, effects);
        }
        if self.orders.get(&id.0).is_some_and(Tracked::is_over) {
            return self.forget(id);
        }
        // What was asked for did not reach the order, or its answer is still under way.
        if cancel {
            self.send(id, Request::Cancel(id), now, effects);
        } else if let Some(wanted) = wanted {
            self.send(id, Request::Replace(wanted), now, effects);
        } else {
            self.wake(id, None);
        }
    }

    /// "Unknown" is proof when it was asked for after every placement had arrived or lapsed, and the venue never had it.
    fn on_unknown(
        &mut self,
        id: ClientOrderId,
        asked: Timestamp,
        now: Timestamp,
        effects: &mut Effects,
    ) {
        let (settle_ns, backoff) = (self.config.settle_ns, self.config.backoff_ns);
        let Some(order) = self.orders.get_mut(&id.0) else { return };
        let settled = after(order.last_placed, settle_ns);
        if asked >= settled && !order.engine_open {
            return self.forget(id);
        }
        if asked >= settled && !order.confirmed {
            self.lose_track(id, now, effects);
            self.tell_kind(id, ReportKind::Unknown, Quantity::ZERO, now, effects);
            return self.forget(id);
        }
        order.queries_failed += 1;
        let wait = backoff.0.saturating_mul(1 << order.queries_failed.min(20)).min(backoff.1);
        let next = after(now, wait);
        self.wake(id, Some(next));
    }

    pub(super) fn on_account_status(
        &mut self,
        answer: AccountStatus,
        now: Timestamp,
        effects: &mut Effects,
    ) {
        let Some((_, asked)) = self.account_query.filter(|(query, _)| *query == answer.query)
        else {
            return;
        };
        self.account_query = None;
        let newest = answer.fills.iter().map(|fill| fill.trade_id).max();
        for fill in answer.fills {
            self.on_fill(fill, now, effects);
        }
        if let Some(newest) = newest {
            self.trades_known = self.trades_known.max(newest);
            self.trades_heard = self.trades_heard.split_off(&TradeId(newest.0.saturating_add(1)));
        }
        let open: BTreeMap<u64, OpenOrder> =
            answer.open.iter().map(|order| (order.client_order_id.0, *order)).collect();
        let mut doubtful: Vec<u64> = Vec::new();
        for (id, order) in &self.orders {
            let differs = match open.get(id) {
                Some(there) => {
                    order.end_told
                        || order.in_doubt
                        || there.filled > order.filled
                        || there.quantity != order.quantity
                }
                None => order.last_placed <= asked,
            };
            if differs && order.wake.is_none() {
                doubtful.push(*id);
            }
        }
        for id in open.keys().filter(|id| !self.orders.contains_key(id)) {
            doubtful.push(*id);
        }
        for id in doubtful {
            self.track(ClientOrderId(id));
            self.wake(ClientOrderId(id), Some(now));
        }
    }
}

/// Returns whether a report answers what was wanted, and cannot be an older answer again: it names the number, or nothing was
/// asked before. It names no trigger, so that an order which has one is asked about.
fn is_surely_answered(wanted: &Replacement, report: &VenueReport) -> bool {
    if let Some(number) = report.amendment {
        return wanted.number == number;
    }
    wanted.number <= 1
        && wanted.quantity == report.last_quantity
        && wanted.trigger_price.is_none()
        && wanted.limit_price.is_none_or(|price| price == report.last_price)
}

/// Returns whether a refusal is about what is wanted, as far as it says so.
fn is_refusal_of(wanted: &Replacement, report: &VenueReport) -> bool {
    match report.amendment {
        Some(number) => wanted.number == number,
        None => report.last_quantity == Quantity::ZERO || wanted.quantity == report.last_quantity,
    }
}
