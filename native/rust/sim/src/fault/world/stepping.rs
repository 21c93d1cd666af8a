//! The world in steps, for a strategy outside of it that is called between them.

use super::World;
use crate::fault::checks;
use crate::fault::kind::FaultKind;
use crate::fault::network::Delivery;
use crate::fault::schedule::{Act, Scheduled};
use crate::fault::setting::{HEARTBEAT_NS, LIVENESS_NS};
use crate::notices::Notices;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::order_state::Transition;
use holdfast_core::{ClientOrderId, Code, Error, OrderEvent, OrderIntent, Result, Timestamp};
use holdfast_engine::gateway::Heard;
use holdfast_engine::output::OrderChanged;
use holdfast_engine::{Input, OrderList};
use holdfast_risk::Verdict;

/// A stretch in which nothing is under way is skipped when it is longer than this.
const QUIET_NS: i64 = 3_000_000_000;

/// Why the world paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// The instant that was asked for is reached.
    Reached,
    /// Something happened that the strategy hears of.
    News,
    /// The process started again: the strategy begins anew.
    Restarted,
}

/// When the stream's next sign of life is due; outside of the network's queue, so that quiet time can be skipped.
#[derive(Debug, Clone, Copy)]
pub(in crate::fault) struct Pace {
    heartbeat_at: i64,
}

impl World {
    /// Puts the beginning at an instant, and lets a strategy hear.
    pub(in crate::fault) fn begin_at(&mut self, start_ns: i64) -> Pace {
        self.now = start_ns;
        self.journal.notices = Some(Notices::default());
        // The only entry of the queue is the first sign of life.
        self.network.take();
        Pace { heartbeat_at: start_ns + HEARTBEAT_NS }
    }

    /// Lets a fault begin at its time.
    pub(in crate::fault) fn plan(&mut self, at_ns: i64, act: Act) {
        let place = self.schedule.len();
        self.schedule.push(Scheduled { at_ns, act });
        self.network.at(at_ns, Delivery::Act(place));
    }

    /// Lets others trade at a price at its time.
    pub(in crate::fault) fn quote(&mut self, at_ns: i64, instrument: u32, ticks: i64) {
        self.network.at(at_ns, Delivery::Price { instrument, ticks });
    }

    /// Lets everything happen up to an instant, or up to the first thing that the strategy hears of.
    pub(in crate::fault) fn advance(&mut self, pace: &mut Pace, until_ns: i64) -> Result<Pause> {
        loop {
            if self.journal.notices.as_ref().is_some_and(|notices| !notices.is_empty()) {
                return Ok(Pause::News);
            }
            let process = self.process;
            if !self.turn(pace, until_ns)? {
                self.now = self.now.max(until_ns);
                return Ok(Pause::Reached);
            }
            if self.process != process {
                return Ok(Pause::Restarted);
            }
        }
    }

    /// Lets the next thing happen; `false` when none is due.
    fn turn(&mut self, pace: &mut Pace, until_ns: i64) -> Result<bool> {
        let next = self.network.next_at().unwrap_or(i64::MAX);
        let wake = if self.down { i64::MAX } else { self.gateway.next_wake().0 };
        let at = next.min(wake).min(pace.heartbeat_at);
        if at > until_ns {
            return Ok(false);
        }
        let target = next.min(until_ns);
        if target.saturating_sub(self.now) > QUIET_NS && self.is_quiet() {
            return self.skip_to(pace, target - HEARTBEAT_NS).map(|()| true);
        }
        self.now = self.now.max(at);
        self.digest = crate::fault::random::mix(self.digest ^ self.now.unsigned_abs());
        if pace.heartbeat_at <= next.min(wake) {
            pace.heartbeat_at = self.now + HEARTBEAT_NS;
            self.exchange.heartbeat(self.now);
            self.send_outbox();
        } else if wake < next {
            self.gateway.tick(Timestamp(self.now), &mut self.effects);
        } else if let Some(delivery) = self.network.take() {
            let process = self.process;
            self.deliver(delivery)?;
            if self.process != process {
                self.tell_open_orders()?;
            }
        }
        self.settle_turn()?;
        Ok(true)
    }

    fn settle_turn(&mut self) -> Result<()> {
        self.events += 1;
        self.take_effects()?;
        self.check()
    }

    fn send_outbox(&mut self) {
        for sent in self.exchange.outbox.drain(..) {
            let windows = self.exchange.windows;
            self.network.send(self.now, sent.extra_ns, &windows, sent.delivery);
        }
    }

    /// Whether nothing happens before the next thing that is planned.
    fn is_quiet(&self) -> bool {
        let calm = !self.down && !self.exchange.stream_silent && self.gateway.is_settled();
        let windows = &self.exchange.windows;
        calm && !self.journal.disk_full
            && !FaultKind::ALL.iter().any(|kind| windows.active(*kind, self.now))
    }

    /// Returns when the stream gives its next sign of life: soon, or just before the next thing when all is quiet until then.
    pub(in crate::fault) fn next_heartbeat(&mut self) -> i64 {
        let soon = self.now + HEARTBEAT_NS;
        let next = self.network.next_at().unwrap_or(soon);
        if next <= self.now + QUIET_NS || !self.is_quiet() {
            return soon;
        }
        self.now = next - HEARTBEAT_NS;
        self.gateway.hear(Heard::Heartbeat, Timestamp(self.now), &mut self.effects);
        next - HEARTBEAT_NS / 2
    }

    /// Skips quiet time; one sign of life stands for those that came meanwhile.
    fn skip_to(&mut self, pace: &mut Pace, now: i64) -> Result<()> {
        self.now = now;
        pace.heartbeat_at = now + HEARTBEAT_NS;
        self.gateway.hear(Heard::Heartbeat, Timestamp(now), &mut self.effects);
        self.settle_turn()
    }

    /// The faults stop, and both sides must come to agree.
    pub(in crate::fault) fn settle(&mut self, pace: &mut Pace) -> Result<()> {
        self.heal();
        let end = self.now + LIVENESS_NS;
        while checks::difference(self).is_some() {
            if !self.turn(pace, end)? {
                let what = checks::difference(self).unwrap_or_default();
                let rule = "both sides must agree soon after the faults stopped";
                return Err(checks::violated(rule).with("difference", what));
            }
        }
        self.ledger.agree(&self.engine)
    }

    /// After a restart the strategy's side knows no orders: it is told of those that are open as they stand.
    fn tell_open_orders(&mut self) -> Result<()> {
        let Some(notices) = &mut self.journal.notices else { return Ok(()) };
        for order in self.engine.open_orders() {
            let (base, overlays, _) = order.state.load();
            let transition = Transition { base, overlays, alarm: false };
            let told = OrderChanged::of(order, OrderEvent::Accept, transition);
            notices.note(RecordKind::OrderChanged, Timestamp(self.now), &told);
        }
        Ok(())
    }

    /// Returns what the strategy hears of.
    pub(in crate::fault) fn notices(&mut self) -> &mut Notices {
        self.journal.notices.get_or_insert_with(Notices::default)
    }

    /// The process must live to take a request of the strategy.
    fn alive(&self) -> Result<()> {
        if self.down {
            return Err(Error::new(
                Code::SessionAborted,
                "the process died in the middle of a request, as simulated",
            ));
        }
        Ok(())
    }

    /// Takes a market event for the engine.
    pub(in crate::fault) fn hear_market(&mut self, input: &Input<'_>) -> Result<()> {
        if self.down {
            return Ok(());
        }
        self.step(input)?;
        self.settle_turn()
    }

    /// Takes a request of the strategy, and sends what follows from it.
    pub(in crate::fault) fn request(&mut self, input: &Input<'_>) -> Result<Option<Box<Verdict>>> {
        self.alive()?;
        self.touched = true;
        if let Input::Amend(amendment) = input {
            self.ties.amending(amendment.client_order_id, &self.engine);
        }
        let verdict = match self.engine.step(input, &mut self.journal, &mut self.commands) {
            Ok(verdict) => verdict,
            Err(error) => {
                self.survive(error)?;
                None
            }
        };
        if let Input::Amend(amendment) = input
            && verdict.as_ref().is_some_and(|verdict| verdict.approved())
        {
            self.ties.amended(amendment.client_order_id, &self.engine);
        }
        self.settle_turn()?;
        self.alive()?;
        Ok(verdict)
    }

    /// Judges and places an order; the verdict is among the notices.
    pub(in crate::fault) fn order(&mut self, intent: OrderIntent) -> Result<ClientOrderId> {
        self.alive()?;
        self.touched = true;
        let id = self.engine.next_client_order_id();
        let ts_intent = Timestamp(self.now);
        let intent = OrderIntent { client_order_id: id, ts_intent, ..intent };
        let verdict =
            match self.engine.step(&Input::Submit(intent), &mut self.journal, &mut self.commands) {
                Ok(verdict) => verdict,
                Err(error) => {
                    self.survive(error)?;
                    None
                }
            };
        if verdict.is_some_and(|verdict| verdict.approved() && !verdict.reducing) {
            checks::limits(&self.engine, &self.exchange, &intent)?;
        }
        self.settle_turn()?;
        self.alive()?;
        Ok(id)
    }

    /// Judges and places orders that depend on each other.
    pub(in crate::fault) fn order_list(&mut self, list: OrderList<'_>) -> Result<ClientOrderId> {
        self.alive()?;
        let (first, at_once) = (self.engine.next_client_order_id(), list.sent_at_once());
        let orders: Vec<OrderIntent> = list
            .orders
            .iter()
            .enumerate()
            .map(|(index, intent)| OrderIntent {
                client_order_id: match index < at_once {
                    true => ClientOrderId(first.0 + index as u64),
                    false => ClientOrderId::NONE,
                },
                ts_intent: Timestamp(self.now),
                ..*intent
            })
            .collect();
        let list = OrderList { contingency: list.contingency, orders: &orders };
        list.validate()?;
        self.request(&Input::SubmitList(list))?;
        Ok(first)
    }

    /// The present time of the world.
    pub(in crate::fault) const fn now(&self) -> Timestamp {
        Timestamp(self.now)
    }
}
