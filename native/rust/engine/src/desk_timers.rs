//! What has to happen when time passes and nobody says anything: an answer that did not come in time is a doubt, a doubt is
//! asked about again, an order whose time is over ends, and reports stop waiting for one that is missing.
//!
//! The desk has no clock. `next_timer` says when `tick` is due; what a tick does is an input of the engine, so that the
//! journal holds it and a replay does the same.

use crate::desk::Desk;
use crate::engine::Engine;
use crate::input::{Command, Input};
use crate::intake::REPORT_WAIT_NS;
use holdfast_core::{
    ClientOrderId, Code, Order, Overlays, ReportKind, Result, TimeInForce, Timestamp, VenueReport,
};
use std::collections::{BTreeMap, BTreeSet};

/// A doubt is asked about after the time limit of an answer, then after twice as long, up to so many doublings.
const DOUBLINGS_MAX: u32 = 5;
const DAY_NS: i64 = 86_400_000_000_000;

/// When the requests of a desk have to be answered at the latest.
#[derive(Debug, Default)]
pub(crate) struct AnswerTimers {
    /// Time limit of an answer; `None` waits without end.
    limit_ns: Option<i64>,
    due: BTreeSet<(Timestamp, ClientOrderId)>,
    orders: BTreeMap<ClientOrderId, Wait>,
}

#[derive(Debug, Clone, Copy)]
struct Wait {
    due: Timestamp,
    /// How often it was asked about.
    queries: u32,
}

impl AnswerTimers {
    /// Notes a request that leaves.
    fn sent(&mut self, command: &Command, now: Timestamp) {
        let (id, queries) = match command {
            Command::Place(intent) => (intent.client_order_id, 0),
            Command::Cancel(id) => (*id, 0),
            Command::Replace(wish) => (wish.client_order_id, 0),
            Command::Query(id) => (*id, self.orders.get(id).map_or(0, |wait| wait.queries)),
        };
        self.wait(id, queries, now);
    }

    /// Waits for an answer about an order that was asked about so often before.
    fn wait(&mut self, id: ClientOrderId, queries: u32, now: Timestamp) {
        let Some(limit) = self.limit_ns else { return };
        self.forget(id);
        let wait = limit.saturating_mul(1 << queries.min(DOUBLINGS_MAX));
        let due = Timestamp(now.0.saturating_add(wait));
        self.due.insert((due, id));
        self.orders.insert(id, Wait { due, queries });
    }

    fn forget(&mut self, id: ClientOrderId) {
        if let Some(wait) = self.orders.remove(&id) {
            self.due.remove(&(wait.due, id));
        }
    }

    /// Takes the orders off whose answer is overdue.
    fn overdue(&mut self, now: Timestamp) -> Vec<(ClientOrderId, Wait)> {
        let later = self.due.split_off(&(Timestamp(now.0.saturating_add(1)), ClientOrderId::NONE));
        let overdue = std::mem::replace(&mut self.due, later);
        let mut taken = Vec::with_capacity(overdue.len());
        for (_, id) in overdue {
            taken.extend(self.orders.remove(&id).map(|wait| (id, wait)));
        }
        taken
    }
}

impl Desk {
    /// Sets after how many nanoseconds a request without an answer is in doubt; `None` leaves that to `lose_track`.
    pub fn set_answer_limit(&mut self, limit_ns: Option<i64>) {
        self.timers = AnswerTimers { limit_ns, ..AnswerTimers::default() };
    }

    /// As `drain`, where the requests leave at another time than that of the last input.
    ///
    /// # Errors
    /// As `drain`.
    pub fn drain_at(
        &mut self,
        most: usize,
        now: Timestamp,
        mut each: impl FnMut(&Engine, &Command),
    ) -> Result<usize> {
        let now = now.max(self.engine().now());
        let mut timers = std::mem::take(&mut self.timers);
        let drained = self.drain(most, |engine, command| {
            each(engine, command);
            timers.sent(command, now);
        });
        self.timers = timers;
        drained
    }

    /// Lets time pass up to an instant: overdue answers are doubts, doubts are asked about again, held orders and reports that
    /// wait come to their end. Requests that follow wait to be drained.
    ///
    /// # Errors
    /// `EVENT_INVALID` when time runs back and something is due, `JOURNAL_IO`, `JOURNAL_STOPPED`.
    pub fn tick(&mut self, now: Timestamp) -> Result<()> {
        for (id, wait) in self.timers.overdue(now) {
            let state = self.engine().order(id).map(|order| order.state.load());
            let Some((_, overlays, _)) = state.filter(|(base, ..)| !base.is_end()) else {
                continue;
            };
            if overlays.has(Overlays::IN_DOUBT) {
                self.ask_again(id);
                self.timers.wait(id, wait.queries + 1, now);
            } else if self.engine().is_unanswered(id) {
                self.step(&Input::LoseTrack { client_order_id: id, ts: now })?;
            }
        }
        for id in self.engine().held_orders_over(now) {
            let expired = VenueReport::without_fill(id, ReportKind::Expired, now);
            self.step(&Input::Report(expired))?;
        }
        if self.engine().reports_due().is_some_and(|due| due <= now) {
            let message = "reports have waited for one that is missing";
            let failure = Input::Failure { code: Code::SequenceGap, message, ts: now };
            self.step(&failure)?;
        }
        Ok(())
    }

    /// Returns when `tick` is due; `None` while nothing waits.
    #[must_use]
    pub fn next_timer(&self) -> Option<Timestamp> {
        let answer = self.timers.due.first().map(|(due, _)| *due);
        let engine = self.engine();
        [answer, engine.next_end_of_held(), engine.reports_due()].into_iter().flatten().min()
    }
}

impl Desk {
    /// Asks about an order in doubt once more, unless a query waits to be drained.
    fn ask_again(&mut self, id: ClientOrderId) {
        if !self.requests_waiting().contains(&Command::Query(id)) {
            self.commands.push(Command::Query(id));
        }
    }

    /// Returns the requests that wait to be drained.
    pub(crate) fn requests_waiting(&self) -> &[Command] {
        self.commands.get(self.sent..).unwrap_or_default()
    }
}

impl Engine {
    /// Returns when reports stop waiting for one that is missing.
    fn reports_due(&self) -> Option<Timestamp> {
        let since = self.reports_held_since()?;
        Some(Timestamp(since.0.saturating_add(REPORT_WAIT_NS)))
    }

    /// Returns when the next order that is held here ends by its time in force.
    fn next_end_of_held(&self) -> Option<Timestamp> {
        self.held.iter().filter_map(|id| end_of_held(self.order(ClientOrderId(*id))?)).min()
    }

    fn held_orders_over(&self, now: Timestamp) -> Vec<ClientOrderId> {
        let ids = self.held.iter().map(|id| ClientOrderId(*id));
        ids.filter(|id| self.order(*id).and_then(end_of_held).is_some_and(|end| end <= now))
            .collect()
    }
}

/// A day ends at midnight UTC after the first market event that the order met.
fn end_of_held(order: &Order) -> Option<Timestamp> {
    match order.intent.time_in_force {
        TimeInForce::Gtd => order.intent.terms.expires,
        TimeInForce::Day => {
            let first_day = order.held.as_ref()?.first_day?;
            Some(Timestamp((first_day + 1).saturating_mul(DAY_NS)))
        }
        _ => None,
    }
}
