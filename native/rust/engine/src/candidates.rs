//! Many orders judged at once, and none of them sent: baskets, rebalances, what-if.
//!
//! Each order has the answer that `what_if` would give it. Orders of one kind are compared together with bounds that are
//! worked out once; what the comparison cannot do exactly is judged one by one.

use crate::engine::Engine;
use crate::submission::Ahead;
use holdfast_batch::{Bounds, NO_STOP, Orders, UNJUDGED, Width, compare_with};
use holdfast_core::persist::PersistParts;
use holdfast_core::wire::Reader;
use holdfast_core::{
    ClientOrderId, Code, Error, InstrumentId, ManualClock, OrderIntent, OrderTerms, OrderType,
    Price, Quantity, Result, Side, Timestamp,
};
use holdfast_risk::{COMPARED, Control, OrderKind, STEADY, Verdict, WorstCase};

/// The bit of an order that cannot be judged: it contradicts itself, or its instrument is not known.
pub const REFUSED: u64 = 1 << 63;
/// The number that stands for no price.
pub const NONE: i64 = i64::MIN;
/// Flags of an order.
pub const SELLS: u8 = 1;
/// See `SELLS`.
pub const REDUCES_ONLY: u8 = 2;

const DUPLICATE: u64 = 1 << Control::DuplicateIntent as u8;
/// Fewer orders of a kind than this are judged one by one: their bounds would cost more.
const KIND_MIN: usize = 4;

/// Limit and market orders of one strategy, an array for each of their numbers.
#[derive(Debug, Clone, Copy)]
pub struct Candidates<'a> {
    /// Number of the strategy.
    pub strategy: u16,
    /// Indexes of the instruments.
    pub instruments: &'a [u32],
    /// `SELLS` and `REDUCES_ONLY`.
    pub flags: &'a [u8],
    /// Quantities in lots.
    pub lots: &'a [i64],
    /// Limit prices in ticks; `NONE` for a market order.
    pub limits: &'a [i64],
    /// Prices of attached stop losses; `NONE` without one.
    pub stops: &'a [i64],
}

/// Memory of a batch, allocated for its largest once.
#[derive(Debug)]
pub struct CandidateMemory {
    /// Where the orders of each kind begin; the last are those of no kind.
    starts: Vec<usize>,
    order_of: Vec<usize>,
    lots: Vec<i64>,
    ticks: Vec<i64>,
    stops: Vec<i64>,
    failed: Vec<u64>,
    verdict: Box<Verdict>,
    /// Orders of the last batch that were compared with bounds and not judged one by one.
    pub compared: usize,
    /// How wide the vectors are that compare.
    pub width: Width,
}

impl CandidateMemory {
    /// Makes memory for so many orders.
    #[must_use]
    pub fn with_capacity(orders: usize) -> Self {
        Self {
            starts: Vec::new(),
            order_of: Vec::with_capacity(orders),
            lots: Vec::with_capacity(orders),
            ticks: Vec::with_capacity(orders),
            stops: Vec::with_capacity(orders),
            failed: Vec::with_capacity(orders),
            verdict: Box::new(Verdict::new(ClientOrderId::NONE, false)),
            compared: 0,
            width: Width::widest(),
        }
    }

    fn make_room(&mut self, orders: usize, kinds: usize) {
        self.compared = 0;
        self.starts.clear();
        self.starts.resize(kinds + 2, 0);
        self.order_of.resize(orders, 0);
        self.failed.resize(orders, 0);
        for numbers in [&mut self.lots, &mut self.ticks, &mut self.stops] {
            numbers.resize(orders, 0);
        }
    }
}

impl Candidates<'_> {
    /// Returns how many orders there are.
    #[must_use]
    pub fn len(&self) -> usize {
        let lengths = [self.flags.len(), self.lots.len(), self.limits.len(), self.stops.len()];
        lengths.into_iter().fold(self.instruments.len(), usize::min)
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the place of an order's kind; the one after the last kind is for those that are judged one by one.
    #[inline]
    fn kind_of(&self, at: usize, instruments: usize) -> usize {
        let (instrument, flags) = (self.instruments[at] as usize, self.flags[at]);
        if instrument >= instruments || flags > SELLS {
            return instruments * 4;
        }
        instrument * 4 + usize::from(flags) * 2 + usize::from(self.limits[at] != NONE)
    }

    /// Returns an order as it would be submitted; `at` must be below `len`.
    #[must_use]
    pub fn intent(&self, engine: &Engine, at: usize) -> OrderIntent {
        let price = |ticks: i64| (ticks != NONE).then_some(Price::from_ticks(ticks));
        let limit = price(self.limits[at]);
        let flags = self.flags[at];
        OrderIntent {
            reduce_only: flags & REDUCES_ONLY != 0,
            stop_loss: price(self.stops[at]),
            ..plain(
                engine,
                OrderKind {
                    instrument: InstrumentId(self.instruments[at]),
                    side: if flags & SELLS == 0 { Side::Buy } else { Side::Sell },
                    strategy: self.strategy,
                    is_priced: limit.is_some(),
                },
                self.lots[at],
                limit,
            )
        }
    }
}

/// Returns the plainest order of a kind.
fn plain(engine: &Engine, kind: OrderKind, lots: i64, limit: Option<Price>) -> OrderIntent {
    OrderIntent {
        order_type: if kind.is_priced { OrderType::Limit } else { OrderType::Market },
        limit_price: limit,
        ts_intent: engine.now(),
        terms: OrderTerms { strategy: kind.strategy, ..OrderTerms::default() },
        ..OrderIntent::market(kind.instrument, kind.side, Quantity::from_lots(lots))
    }
}

impl Engine {
    /// Judges every order as if it alone were submitted now: `failed` receives the bits of the controls that each failed,
    /// zero for one that would pass, and `REFUSED` for one that cannot be judged. Nothing changes.
    pub fn check_batch(
        &self,
        orders: &Candidates<'_>,
        memory: &mut CandidateMemory,
        failed: &mut [u64],
    ) {
        let (count, instruments) = (orders.len().min(failed.len()), self.instruments().len());
        let kinds = instruments * 4;
        memory.make_room(count, kinds);
        for at in 0..count {
            memory.starts[orders.kind_of(at, instruments) + 1] += 1;
        }
        for kind in 0..=kinds {
            memory.starts[kind + 1] += memory.starts[kind];
        }
        self.sort(orders, count, memory);
        let mut start = 0;
        for kind in 0..=kinds {
            // Sorting moved the beginning of each kind to that of the next.
            let end = memory.starts[kind];
            if start < end {
                self.check_kind(kind, (start, end), orders, memory, failed);
            }
            start = end;
        }
    }

    /// Puts the orders of each kind beside each other.
    fn sort(&self, orders: &Candidates<'_>, count: usize, memory: &mut CandidateMemory) {
        let instruments = self.instruments();
        for at in 0..count {
            let kind = orders.kind_of(at, instruments.len());
            let place = memory.starts[kind];
            memory.starts[kind] += 1;
            memory.order_of[place] = at;
            memory.lots[place] = orders.lots[at];
            memory.stops[place] = orders.stops[at];
            let mark = instruments.get(kind / 4).and_then(|state| state.mark);
            let limit = orders.limits[at];
            memory.ticks[place] =
                if limit == NONE { mark.map_or(0, |(mark, _)| mark.ticks()) } else { limit };
        }
    }

    fn check_kind(
        &self,
        kind: usize,
        (start, end): (usize, usize),
        orders: &Candidates<'_>,
        memory: &mut CandidateMemory,
        failed: &mut [u64],
    ) {
        let bounds = match end - start {
            KIND_MIN.. => self.kind_at(kind, orders.strategy).and_then(|kind| {
                self.kind_bounds(kind, &mut memory.verdict).map(|bounds| (bounds, kind))
            }),
            _ => None,
        };
        let of_kind = &memory.order_of[start..end];
        let Some((bounds, kind)) = bounds else {
            for at in of_kind {
                failed[*at] = self.check_one(&orders.intent(self, *at), &mut memory.verdict);
            }
            return;
        };
        let compared = &mut memory.failed[start..end];
        let arrays = Orders {
            lots: &memory.lots[start..end],
            ticks: &memory.ticks[start..end],
            stops: &memory.stops[start..end],
        };
        compare_with(memory.width, &bounds, &arrays, compared);
        memory.compared += end - start;
        let row = self.gate.table().row(kind.strategy, kind.instrument);
        let remembers = row.duplicate_window_ns.is_some();
        for ((at, bits), lots) in of_kind.iter().zip(compared).zip(arrays.lots) {
            failed[*at] = *bits;
            if *bits == UNJUDGED {
                memory.compared -= 1;
                failed[*at] = self.check_one(&orders.intent(self, *at), &mut memory.verdict);
            } else if remembers && *lots > bounds.reducible {
                let repeats = self.gate.is_duplicate(&orders.intent(self, *at), self.now());
                failed[*at] |= if repeats { DUPLICATE } else { 0 };
            }
        }
    }

    /// Judges an order by the gate itself.
    fn check_one(&self, intent: &OrderIntent, verdict: &mut Verdict) -> u64 {
        self.what_if_into(intent, verdict).map_or(REFUSED, |()| verdict.failed())
    }

    fn kind_at(&self, kind: usize, strategy: u16) -> Option<OrderKind> {
        let instrument = InstrumentId(u32::try_from(kind / 4).ok()?);
        let side = if kind & 2 == 0 { Side::Buy } else { Side::Sell };
        self.state(instrument).ok()?;
        Some(OrderKind { instrument, side, strategy, is_priced: kind & 1 != 0 })
    }

    /// Returns the bounds of a kind with what the steady controls say to it; `None` when a control has a word that neither
    /// knows, or the gate says something else to an order of the kind than the bounds do.
    fn kind_bounds(&self, kind: OrderKind, verdict: &mut Verdict) -> Option<Bounds> {
        let state = self.state(kind.instrument).ok()?;
        let (mark, _) = state.mark?;
        let limit = kind.is_priced.then_some(mark);
        let probe = plain(self, kind, 1, limit);
        let view = self.view(state, &probe, Ahead::default()).ok()?;
        let mut bounds = self.gate.bounds(kind, &view)?;
        bounds.opening = self.steady(kind, bounds.reducible.checked_add(1)?, false, verdict)?;
        if bounds.reducible > 0 {
            bounds.reducing = self.steady(kind, 1, true, verdict)?;
        }
        let mut compared = [UNJUDGED];
        let orders = Orders { lots: &[1], ticks: &[mark.ticks()], stops: &[NO_STOP] };
        compare_with(Width::Baseline, &bounds, &orders, &mut compared);
        self.judge_into(&probe, Ahead::default(), verdict).ok()?;
        let [compared] = compared;
        (compared == UNJUDGED || compared == verdict.failed() & !DUPLICATE).then_some(bounds)
    }

    /// Returns what the steady controls say to an order of a kind.
    fn steady(
        &self,
        kind: OrderKind,
        lots: i64,
        reduces: bool,
        verdict: &mut Verdict,
    ) -> Option<u64> {
        let (mark, _) = self.state(kind.instrument).ok()?.mark?;
        let probe = plain(self, kind, lots, kind.is_priced.then_some(mark));
        self.judge_into(&probe, Ahead::default(), verdict).ok()?;
        let known = verdict.spoken() & !(COMPARED | STEADY | DUPLICATE) == 0;
        (known && verdict.reducing == reduces).then_some(verdict.failed() & STEADY)
    }

    /// Returns the lots that no bound of the gate's arithmetic denies, for a plain order; whoever asks tries them.
    pub(crate) fn largest_by_bounds(&self, intent: &OrderIntent) -> Option<i64> {
        if intent.trigger_price.is_some() || intent.terms.trailing.is_some() || intent.reduce_only {
            return None;
        }
        let state = self.state(intent.instrument).ok()?;
        let kind = OrderKind {
            instrument: intent.instrument,
            side: intent.side,
            strategy: intent.terms.strategy,
            is_priced: intent.limit_price.is_some(),
        };
        let view = self.view(state, intent, Ahead::default()).ok()?;
        let (mark, _) = view.mark?;
        let price = intent.limit_price.unwrap_or(mark);
        Some(self.gate.bounds(kind, &view)?.largest_lots(price.ticks()))
    }

    /// Looks at the account as it stands at an instant: with the clock there and the limits that are due then. Both are put back.
    ///
    /// # Errors
    /// `EVENT_INVALID` when time runs back, and what is looked at fails with.
    pub fn at<T>(&mut self, ts: Timestamp, look: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let before = self.now();
        if ts < before {
            let message = format!("time must not run back, was {} ns after {} ns", ts.0, before.0);
            return Err(Error::new(Code::EventInvalid, message).with("ts_ns", ts.0));
        }
        let kept = self.gate.image_before_limits(ts);
        self.clock.advance(ts);
        let looked = self.gate.advance_limits(ts).and_then(|_| look(self));
        self.clock = ManualClock::default();
        self.clock.advance(before);
        if let Some(image) = kept {
            self.gate.load_parts(&mut Reader::new(&image))?;
        }
        looked
    }

    /// Judges the orders as if they were submitted one after the other now: those ahead that pass are counted as sent. Nothing
    /// changes.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`, `QTY_OUT_OF_RANGE`.
    pub fn check_together(
        &mut self,
        orders: &Candidates<'_>,
        memory: &mut CandidateMemory,
        failed: &mut [u64],
    ) -> Result<()> {
        let cases: Vec<WorstCase> = self.instruments().iter().map(|state| state.case).collect();
        let copy = self.gate.clone();
        let gate = std::mem::replace(&mut self.gate, copy);
        let capital_book = self.capital_book.clone();
        let judged = self.count_together(orders, memory, failed);
        (self.gate, self.capital_book) = (gate, capital_book);
        self.restore(&cases)?;
        judged
    }

    /// Judges and reserves on what the caller puts back.
    fn count_together(
        &mut self,
        orders: &Candidates<'_>,
        memory: &mut CandidateMemory,
        failed: &mut [u64],
    ) -> Result<()> {
        let mut ahead = Ahead::default();
        for (at, failed) in failed.iter_mut().enumerate().take(orders.len()) {
            let intent = orders.intent(self, at);
            let verdict = &mut memory.verdict;
            *failed = match intent.validate() {
                Ok(()) => {
                    self.judge_into(&intent, ahead, verdict).map_or(REFUSED, |()| verdict.failed())
                }
                Err(_) => REFUSED,
            };
            if *failed == 0 {
                self.reserve(&intent, intent.quantity)?;
                self.gate.note_sent(&intent, self.now(), verdict.reducing);
                ahead.orders += 1;
            }
        }
        Ok(())
    }
}
