//! The egress fuse: the last look at a request before it becomes bytes.
//!
//! It knows nothing of the gate, and shares no counter with it. It sees what leaves and holds it against hard ceilings; the
//! first request past one blows it, on disk, until a person resets it. A blown fuse lets cancels and reducing orders leave and
//! nothing else, and so does every trading mode but normal. Cancels and queries do not come here: nothing blocks them.

pub mod ceilings;
pub mod latch;
pub mod pattern;
pub mod window;

use crate::folding::Folding;
use ceilings::{Ceilings, Money, Scope};
use holdfast_core::{
    Amount, ClientOrderId, Code, FuseCeiling, InstrumentId, Quantity, Side, Timestamp, TradingMode,
};
use latch::{Latch, LatchState, Trip};
use pattern::{Key, Pattern};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use window::EgressWindow;

pub use ceilings::{FuseScopeSpec, FuseSpec};

/// The longest window over which the fuse counts: a day.
pub const SPAN_NS_MAX: i64 = SPANS_NS[2];
/// A second, a minute and a day.
const SPANS_NS: [i64; 3] = [1_000_000_000, 60_000_000_000, 86_400_000_000_000];
const ORDERS: [FuseCeiling; 3] =
    [FuseCeiling::OrdersPerSecond, FuseCeiling::OrdersPerMinute, FuseCeiling::OrdersPerDay];
const NOTIONAL: [FuseCeiling; 3] =
    [FuseCeiling::NotionalPerSecond, FuseCeiling::NotionalPerMinute, FuseCeiling::NotionalPerDay];
/// Unanswered orders for which there is room at once.
const UNANSWERED_ROOM: usize = 1_024;
const EXITS: [FuseCeiling; 2] = [FuseCeiling::ExitsPerSecond, FuseCeiling::ExitsPerMinute];

/// An order, or an amendment that asks for more, on its way to the venue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outgoing {
    /// Which order.
    pub client_order_id: ClientOrderId,
    /// The order that it protects or follows.
    pub parent: ClientOrderId,
    /// Which instrument.
    pub instrument: InstrumentId,
    /// Buy or sell.
    pub side: Side,
    /// Quantity that it asks for.
    pub quantity: Quantity,
    /// Its notional in the account's currency; `None` while a price or a rate is missing.
    pub notional: Option<Amount>,
    /// Whether the venue clips it to the position.
    pub reduce_only: bool,
    /// Whether it changes an order that left before.
    pub amends: bool,
    /// Strategy that wants it.
    pub strategy: u16,
    /// Market event that caused it.
    pub cause: Option<Timestamp>,
}

/// What holds at the moment at which a request would leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The engine's time.
    pub now: Timestamp,
    /// The mode word.
    pub mode: TradingMode,
    /// The account's equity, for ceilings that are multiples of it.
    pub equity: Amount,
}

/// Why a request does not leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its code.
    pub code: Code,
    /// The ceiling that was met.
    pub ceiling: FuseCeiling,
    /// The ceiling's value, and what the request would have made of it.
    pub limit: i128,
    /// See `limit`.
    pub observed: i128,
    /// Whether the fuse has blown by it.
    pub trips: bool,
}

impl Refused {
    const fn of(code: Code) -> Self {
        Self { code, ceiling: FuseCeiling::None, limit: 0, observed: 0, trips: false }
    }

    const fn at(ceiling: FuseCeiling, limit: i128, observed: i128) -> Self {
        Self { code: ceiling.code(), ceiling, limit, observed, trips: true }
    }
}

/// Counters of one scope.
#[derive(Debug, Clone)]
struct Meter {
    scope: Scope,
    /// Nothing where the scope bounds nothing over time.
    windows: Option<[EgressWindow; 3]>,
}

impl Meter {
    fn new(scope: Scope) -> Self {
        let windows = (!scope.counts_nothing()).then(|| SPANS_NS.map(EgressWindow::new));
        Self { scope, windows }
    }

    /// Returns the first ceiling that an order would pass.
    fn problem(&mut self, request: &Outgoing, moment: &Moment) -> Option<Refused> {
        let notional = request.notional.map_or(0, Amount::raw);
        let lots = request.quantity.lots();
        if let Some(most) = self.scope.order_lots.filter(|most| lots > *most) {
            return Some(Refused::at(FuseCeiling::OrderQuantity, most.into(), lots.into()));
        }
        let most = self.scope.order_notional.bound(moment.equity);
        if let Some(most) = most.filter(|most| notional > *most) {
            return Some(Refused::at(FuseCeiling::OrderNotional, most, notional));
        }
        for (index, window) in self.windows.iter_mut().flatten().enumerate() {
            let (orders, sum) = window.totals(moment.now);
            let (orders, sum) = (orders + 1, sum.saturating_add(notional));
            if let Some(most) = self.scope.orders[index].filter(|most| orders > *most) {
                return Some(Refused::at(ORDERS[index], most.into(), orders.into()));
            }
            let most = self.scope.notional[index].bound(moment.equity);
            if let Some(most) = most.filter(|most| sum > *most) {
                return Some(Refused::at(NOTIONAL[index], most, sum));
            }
        }
        None
    }

    fn note(&mut self, now: Timestamp, notional: i128) {
        for window in self.windows.iter_mut().flatten() {
            window.note(now, notional);
        }
    }
}

/// The fuse of one account's way to its venue.
#[derive(Debug)]
pub struct Fuse {
    account: Meter,
    instruments: Vec<Meter>,
    unanswered_most: Money,
    /// Notional of every order that was sent and not answered, and its sum.
    unanswered: HashMap<u64, i128, BuildHasherDefault<Folding>>,
    unanswered_sum: i128,
    repeats_most: Option<u32>,
    pattern: Pattern,
    /// Reducing orders of a second and of a minute, by themselves: what opens can never use up what exits need.
    exits: [EgressWindow; 2],
    latch: Latch,
}

impl Fuse {
    /// Makes a fuse that has seen nothing leave.
    #[must_use]
    pub fn new(ceilings: Ceilings, latch: Latch) -> Self {
        Self {
            account: Meter::new(ceilings.account),
            instruments: ceilings.instruments.into_iter().map(Meter::new).collect(),
            unanswered_most: ceilings.unanswered,
            unanswered: HashMap::with_capacity_and_hasher(
                UNANSWERED_ROOM,
                BuildHasherDefault::default(),
            ),
            unanswered_sum: 0,
            repeats_most: ceilings.repeats,
            pattern: Pattern::new(ceilings.repeat_window_ns),
            exits: [EgressWindow::new(SPANS_NS[0]), EgressWindow::new(SPANS_NS[1])],
            latch,
        }
    }

    /// Returns how its latch stands.
    #[must_use]
    pub const fn state(&self) -> &LatchState {
        self.latch.state()
    }

    /// Gives the latch back, for the fuse after this one.
    #[must_use]
    pub fn into_latch(self) -> Latch {
        self.latch
    }

    /// Lets a request leave and counts it, or says why it must not. `reduces` is asked only when that decides: whether the
    /// order only reduces what the account holds, less what other open orders reduce already.
    ///
    /// # Errors
    /// The reason; where it says so, the fuse has blown, and stands so on disk.
    pub fn pass(
        &mut self,
        request: &Outgoing,
        moment: &Moment,
        reduces: impl FnOnce() -> bool,
    ) -> Result<(), Box<Refused>> {
        let exits = request.reduce_only;
        let problem = if exits { None } else { self.problem(request, moment) };
        let outcome = match problem {
            None if exits => self.exit_problem(moment.now),
            None => {
                self.note(request, moment.now);
                return Ok(());
            }
            Some(_) if reduces() => self.exit_problem(moment.now),
            Some(problem) => Some(problem),
        };
        match outcome {
            None => {
                for window in &mut self.exits {
                    window.note(moment.now, 0);
                }
                Ok(())
            }
            Some(problem) => Err(Box::new(self.blow(problem, request, moment.now))),
        }
    }

    /// What keeps an order that may open something.
    fn problem(&mut self, request: &Outgoing, moment: &Moment) -> Option<Refused> {
        match self.latch.state() {
            LatchState::Armed => {}
            LatchState::Tripped(_) => return Some(Refused::of(Code::FuseTripped)),
            LatchState::Unusable(_) => return Some(Refused::of(Code::FuseLatchUnusable)),
        }
        if moment.mode != TradingMode::Normal {
            return Some(Refused::of(Code::FuseMode));
        }
        let Some(meter) = self.instruments.get_mut(request.instrument.index()) else {
            // An instrument that nobody named has no ceilings, so that nothing of it leaves.
            return Some(Refused::of(Code::FuseNotionalUnknown));
        };
        let needs_notional = self.account.scope.needs_notional()
            || meter.scope.needs_notional()
            || self.unanswered_most != Money::Unlimited;
        if request.notional.is_none() && needs_notional {
            return Some(Refused::of(Code::FuseNotionalUnknown));
        }
        let met = self.account.problem(request, moment);
        met.or_else(|| meter.problem(request, moment))
            .or_else(|| self.unanswered_problem(request, moment.equity))
            .or_else(|| self.repetition(request, moment.now))
    }

    fn unanswered_problem(&self, request: &Outgoing, equity: Amount) -> Option<Refused> {
        let most = self.unanswered_most.bound(equity)?;
        let known = self.unanswered.get(&request.client_order_id.0).copied().unwrap_or(0);
        let notional = request.notional.map_or(0, Amount::raw).max(known);
        let sum = self.unanswered_sum.saturating_sub(known).saturating_add(notional);
        (sum > most).then(|| Refused::at(FuseCeiling::UnansweredNotional, most, sum))
    }

    /// An amendment is of an order that was counted; a market maker changes one order all day.
    fn repetition(&mut self, request: &Outgoing, now: Timestamp) -> Option<Refused> {
        let most = self.repeats_most.filter(|_| !request.amends)?;
        for key in keys(request).into_iter().flatten() {
            let count = self.pattern.count(&key, now).saturating_add(1);
            if count > most {
                return Some(Refused::at(FuseCeiling::Repeats, most.into(), count.into()));
            }
        }
        None
    }

    /// What keeps an order that only reduces: too many of them in a second or a minute. No latch and no notional stops one.
    fn exit_problem(&mut self, now: Timestamp) -> Option<Refused> {
        let bounds = self.account.scope.orders;
        for ((window, ceiling), most) in self.exits.iter_mut().zip(EXITS).zip(bounds) {
            let count = window.totals(now).0 + 1;
            if let Some(most) = most.filter(|most| count > *most) {
                return Some(Refused::at(ceiling, most.into(), count.into()));
            }
        }
        None
    }

    fn note(&mut self, request: &Outgoing, now: Timestamp) {
        let notional = request.notional.map_or(0, Amount::raw);
        self.account.note(now, notional);
        if let Some(meter) = self.instruments.get_mut(request.instrument.index()) {
            meter.note(now, notional);
        }
        if self.unanswered_most != Money::Unlimited {
            let entry = self.unanswered.entry(request.client_order_id.0).or_insert(0);
            let more = notional.saturating_sub(*entry).max(0);
            *entry = entry.saturating_add(more);
            self.unanswered_sum = self.unanswered_sum.saturating_add(more);
        }
        if self.repeats_most.is_some() && !request.amends {
            for key in keys(request).into_iter().flatten() {
                self.pattern.note(key, now);
            }
        }
    }

    fn blow(&mut self, problem: Refused, request: &Outgoing, now: Timestamp) -> Refused {
        if !problem.trips {
            return problem;
        }
        if *self.latch.state() != LatchState::Armed {
            return Refused { trips: false, ..problem };
        }
        let written = self.latch.trip(Trip {
            code: problem.code.name().to_owned(),
            ceiling: problem.ceiling.name().to_owned(),
            limit: problem.limit.to_string(),
            observed: problem.observed.to_string(),
            client_order_id: request.client_order_id.0,
            instrument: request.instrument.0,
            ts_ns: now.0.to_string(),
        });
        match written {
            Ok(()) => problem,
            Err(error) => Refused { code: error.code(), ..problem },
        }
    }

    /// The venue has said something about an order: it is no longer unanswered.
    #[inline]
    pub fn answered(&mut self, id: ClientOrderId) {
        // Nothing is kept of them while there is no ceiling on them, and no hash is needed to find nothing.
        if self.unanswered.is_empty() {
            return;
        }
        if let Some(notional) = self.unanswered.remove(&id.0) {
            self.unanswered_sum = self.unanswered_sum.saturating_sub(notional);
        }
    }

    /// Keeps only those orders as unanswered of which this says so.
    pub fn keep_unanswered(&mut self, is_unanswered: impl Fn(ClientOrderId) -> bool) {
        let mut answered = 0_i128;
        self.unanswered.retain(|id, notional| {
            let keeps = is_unanswered(ClientOrderId(*id));
            answered = answered.saturating_add(if keeps { 0 } else { *notional });
            keeps
        });
        self.unanswered_sum = self.unanswered_sum.saturating_sub(answered);
    }

    /// Counts an order that left before a restart, as the journal tells of it; nothing is refused here.
    pub fn recall(&mut self, request: &Outgoing, at: Timestamp) {
        self.note(request, at);
    }
}

fn keys(request: &Outgoing) -> [Option<Key>; 3] {
    let cause = request.cause.map(|cause| Key::Cause(request.strategy, cause, request.instrument));
    [
        Some(Key::Form(request.instrument, request.side, request.quantity)),
        request.parent.is_some().then_some(Key::Parent(request.parent)),
        cause,
    ]
}
