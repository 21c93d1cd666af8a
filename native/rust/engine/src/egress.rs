//! The way out: every command passes the fuse here after the journal holds it, and before anybody can send it.
//!
//! A command that must not leave becomes an input, so that the journal tells of it and a replay needs no fuse.

use crate::config::EngineConfig;
use crate::engine::Engine;
use crate::fuse_refusal::FuseRefused;
use crate::input::{Command, Input};
use crate::journal_cursor::JournalCursor;
use crate::journal_segment::list_segments;
use crate::output::OrderChanged;
use holdfast_core::journal_record::{Record, RecordKind};
use holdfast_core::wire::Reader;
use holdfast_core::{
    Amount, BaseState, ClientOrderId, Instrument, InstrumentId, Order, OrderEvent, OrderIntent,
    OrderRole, Overlays, Price, Quantity, Replacement, Result, Side, Timestamp, TradingMode,
};
use holdfast_risk::Fuse;
use holdfast_risk::fuse::ceilings::Ceilings;
use holdfast_risk::fuse::latch::{Latch, LatchState};
use holdfast_risk::fuse::{FuseSpec, Moment, Outgoing, Refused, SPAN_NS_MAX};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// What becomes of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passage {
    /// It leaves.
    Leaves,
    /// It is about an order that never left, and is dropped.
    Void,
    /// It must not leave; the engine has to be told.
    Refused(FuseRefused),
}

/// The fuse with what it has to know of the engine.
#[derive(Debug)]
pub struct Egress {
    fuse: Fuse,
    /// A mode word that others write as well; the stricter of it and the engine's mode holds.
    mode_word: Option<Arc<AtomicU8>>,
}

impl Egress {
    /// Makes the way out of an engine.
    ///
    /// # Errors
    /// `LIMITS_INVALID`, `LIMITS_UNKNOWN_KEY`, `INSTRUMENT_INVALID`.
    pub fn new(spec: &FuseSpec, config: &EngineConfig, latch: Latch) -> Result<Self> {
        let instruments: Vec<Instrument> = config
            .instruments
            .iter()
            .map(|instrument| Instrument::new(instrument.clone()))
            .collect::<Result<_>>()?;
        let ceilings = Ceilings::new(spec, instruments.iter())?;
        Ok(Self { fuse: Fuse::new(ceilings, latch), mode_word: None })
    }

    /// Lets another writer's mode word hold too: it is read for every command, and what is not known is an emergency.
    pub fn watch_mode(&mut self, word: Arc<AtomicU8>) {
        self.mode_word = Some(word);
    }

    /// Gives the latch back, for the egress after this one.
    #[must_use]
    pub fn into_latch(self) -> Latch {
        self.fuse.into_latch()
    }

    /// Returns how the fuse's latch stands.
    #[must_use]
    pub const fn latch(&self) -> &LatchState {
        self.fuse.state()
    }

    fn mode(&self, own: TradingMode) -> TradingMode {
        let outside = self.mode_word.as_ref().map_or(0, |word| word.load(Ordering::Acquire));
        TradingMode::read((own as u8).max(outside))
    }

    /// Says what becomes of a command, and counts it when it leaves.
    pub fn judge(&mut self, engine: &Engine, command: &Command, now: Timestamp) -> Passage {
        self.judge_sent(engine, command, now, false)
    }

    /// As `judge`, of a command that may have left before. A placement that is repeated may be the first one to arrive, so that
    /// it has to pass like one. An amendment is counted as an exit is: it was counted, and only its answer ends the doubt.
    pub fn judge_sent(
        &mut self,
        engine: &Engine,
        command: &Command,
        now: Timestamp,
        left_before: bool,
    ) -> Passage {
        let (mut outgoing, amendment) = match look(engine, command) {
            Look::Leaves => return Passage::Leaves,
            Look::Void => return Passage::Void,
            Look::Asks(outgoing, amendment) => (outgoing, amendment),
        };
        outgoing.reduce_only |= left_before && amendment > 0;
        let moment = Moment { now, mode: self.mode(engine.mode()), equity: engine.equity() };
        match self.fuse.pass(&outgoing, &moment, || reduces(engine, &outgoing)) {
            Ok(()) => Passage::Leaves,
            Err(refused) => {
                let told = told(&outgoing, amendment, &refused, engine.now());
                Passage::Refused(FuseRefused { sent_before: left_before, ..told })
            }
        }
    }

    /// As `judge`, of a request whose engine is elsewhere: `reduces` is asked only when that decides. `ts` is the engine's time.
    pub(crate) fn judge_asked(
        &mut self,
        (outgoing, amendment): (&Outgoing, u32),
        moment: &Moment,
        ts: Timestamp,
        reduces: impl FnOnce() -> bool,
    ) -> Option<FuseRefused> {
        let moment = Moment { mode: self.mode(moment.mode), ..*moment };
        let refused = self.fuse.pass(outgoing, &moment, reduces).err()?;
        Some(told(outgoing, amendment, &refused, ts))
    }

    /// The venue has said something about an order.
    pub(crate) fn answered(&mut self, id: ClientOrderId) {
        self.fuse.answered(id);
    }

    /// Notes what an input that was stepped says about orders on their way.
    pub fn heard(&mut self, engine: &Engine, input: &Input<'_>) {
        match input {
            Input::Report(report) => self.fuse.answered(report.client_order_id),
            Input::VenueState(_) | Input::Decide(_) => {
                self.fuse.keep_unanswered(|id| engine.order(id).is_some_and(is_unanswered));
            }
            _ => {}
        }
    }

    /// Counts what a journal says left within the longest window, so that a process that dies again and again passes no
    /// ceiling either.
    ///
    /// # Errors
    /// As `JournalCursor::advance`.
    pub fn recall_journal(&mut self, engine: &Engine, folder: &Path) -> Result<()> {
        each_of_the_last_day(engine, folder, |record| self.recall(engine, record))
    }

    /// Counts an order of the journal that left before a restart; records may be given from anywhere on, in their order.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`.
    pub fn recall(&mut self, engine: &Engine, record: &Record<'_>) -> Result<()> {
        if let Some(request) = sent_by(engine, record)? {
            self.recall_sent(engine, &request, record.ts);
        }
        Ok(())
    }

    /// Counts a request that left before a restart.
    pub(crate) fn recall_sent(&mut self, engine: &Engine, request: &Outgoing, ts: Timestamp) {
        self.fuse.recall(request, ts);
        let id = request.client_order_id;
        if !engine.order(id).is_some_and(is_unanswered) {
            self.fuse.answered(id);
        }
    }

    /// Keeps only these orders as unanswered.
    pub(crate) fn keep_unanswered(&mut self, ids: &BTreeSet<ClientOrderId>) {
        self.fuse.keep_unanswered(|id| ids.contains(&id));
    }
}

/// Lets each record of a journal be seen that is younger than the longest window, and some before them.
pub(crate) fn each_of_the_last_day(
    engine: &Engine,
    folder: &Path,
    mut see: impl FnMut(&Record<'_>) -> Result<()>,
) -> Result<()> {
    let since = engine.now().0.saturating_sub(SPAN_NS_MAX);
    let segments = list_segments(folder)?;
    let mut first = segments.len().saturating_sub(1);
    let cursor_from = |first: usize| {
        JournalCursor::over(folder, segments.get(first..).unwrap_or_default().to_vec())
    };
    while first > 0 && cursor_from(first)?.advance()?.is_none_or(|record| record.ts.0 > since) {
        first -= 1;
    }
    let mut cursor = cursor_from(first)?;
    while let Some(record) = cursor.advance()? {
        see(&record)?;
    }
    Ok(())
}

/// What a record says left, where it says so.
pub(crate) fn sent_by(engine: &Engine, record: &Record<'_>) -> Result<Option<Outgoing>> {
    let is_sent = record.kind == RecordKind::OrderChanged
        && OrderChanged::decode_event(&mut Reader::new(record.payload))?
            == OrderEvent::Submit as u8;
    if !is_sent {
        return Ok(None);
    }
    let changed = OrderChanged::decode(&mut Reader::new(record.payload))?;
    let exits = [OrderRole::StopLoss, OrderRole::TakeProfit, OrderRole::Liquidation];
    let is_exit = exits.iter().any(|role| *role as u8 == changed.role);
    if is_exit {
        return Ok(None);
    }
    let price = Price::from_ticks(changed.limit_ticks.max(changed.trigger_ticks));
    let price = if price == Price::ZERO { None } else { Some(price) };
    Ok(Some(Outgoing {
        client_order_id: changed.client_order_id,
        parent: changed.parent,
        instrument: changed.instrument,
        side: Side::from_number(changed.side)?,
        quantity: changed.quantity,
        notional: notional(engine, changed.instrument, changed.quantity, |mark| price.or(mark)),
        reduce_only: false,
        amends: false,
        strategy: 0,
        cause: None,
    }))
}

/// What a command asks of the fuse.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Look {
    /// Nothing: it leaves.
    Leaves,
    /// Nothing: it is about an order that never left.
    Void,
    /// Whether this may leave; the number is that of an amendment, 0 for a placement.
    Asks(Outgoing, u32),
}

/// Looks at a command with the engine's books.
pub(crate) fn look(engine: &Engine, command: &Command) -> Look {
    match command {
        Command::Place(intent) if engine.order(intent.client_order_id).is_some_and(never_left) => {
            Look::Void
        }
        Command::Place(intent) => Look::Asks(outgoing(engine, intent, false), 0),
        Command::Replace(replacement) => match engine.order(replacement.client_order_id) {
            None => Look::Leaves,
            Some(order) if never_left(order) => Look::Void,
            Some(order) if lessens(order, replacement) => Look::Leaves,
            Some(order) => {
                let wanted = replacement.on(&order.intent);
                Look::Asks(outgoing(engine, &wanted, true), replacement.number)
            }
        },
        Command::Cancel(id) | Command::Query(id) => match engine.order(*id) {
            Some(order) if never_left(order) => Look::Void,
            _ => Look::Leaves,
        },
    }
}

/// Whether the fuse kept an order here.
fn never_left(order: &Order) -> bool {
    order.state.base() == BaseState::Denied
}

pub(crate) fn is_unanswered(order: &Order) -> bool {
    let overlays = order.state.load().1;
    order.is_unshown()
        || overlays.has(Overlays::PENDING_REPLACE)
        || overlays.has(Overlays::IN_DOUBT)
}

/// Whether an amendment asks for less and for nothing else: it passes like a cancel.
fn lessens(order: &Order, replacement: &Replacement) -> bool {
    let in_force = Replacement::of(order);
    (in_force.limit_price, in_force.trigger_price)
        == (replacement.limit_price, replacement.trigger_price)
        && replacement.quantity <= order.quantity
}

fn outgoing(engine: &Engine, intent: &OrderIntent, amends: bool) -> Outgoing {
    Outgoing {
        client_order_id: intent.client_order_id,
        parent: intent.parent,
        instrument: intent.instrument,
        side: intent.side,
        quantity: intent.quantity,
        notional: notional(engine, intent.instrument, intent.quantity, |mark| match mark {
            Some(mark) => intent.priced_at(mark).ok(),
            None => intent.limit_price.max(intent.trigger_price),
        }),
        reduce_only: intent.reduce_only,
        amends,
        strategy: intent.terms.strategy,
        cause: intent.terms.cause,
    }
}

/// Returns a notional in the account's currency; `None` while a price or a rate is missing, or a number leaves its range.
fn notional(
    engine: &Engine,
    id: InstrumentId,
    quantity: Quantity,
    price: impl FnOnce(Option<Price>) -> Option<Price>,
) -> Option<Amount> {
    let state = engine.instruments().get(id.index())?;
    let price = price(state.mark.map(|(mark, _)| mark))?;
    let notional = state.instrument.settlement_notional(price, quantity).ok()?;
    engine.wallets().convert(state.currency, notional).ok()?
}

/// Whether an order closes no more than the account holds, less what other open orders of its side close already.
pub(crate) fn reduces(engine: &Engine, request: &Outgoing) -> bool {
    let Some(state) = engine.instruments().get(request.instrument.index()) else { return false };
    let (long, short) = (state.position.lots().lots(), state.short.lots().lots());
    let held = match request.side {
        Side::Sell => long.max(0),
        Side::Buy => long.saturating_neg().max(0).saturating_add(short.saturating_neg().max(0)),
    };
    let others = engine.open_orders().filter(|order| {
        let intent = &order.intent;
        (intent.instrument, intent.side) == (request.instrument, request.side)
            && intent.client_order_id != request.client_order_id
            && !intent.reduce_only
    });
    let under_way = others.fold(0_i64, |sum, order| sum.saturating_add(order.reserved.lots()));
    // What has filled of an order that is amended has closed its part already.
    let filled = engine.order(request.client_order_id).map_or(0, |order| order.cum_quantity.lots());
    request.quantity.lots().saturating_sub(filled).saturating_add(under_way) <= held
}

fn told(request: &Outgoing, amendment: u32, refused: &Refused, ts: Timestamp) -> FuseRefused {
    FuseRefused {
        client_order_id: request.client_order_id,
        amendment,
        code: refused.code,
        ceiling: refused.ceiling,
        limit: refused.limit,
        observed: refused.observed,
        trips: refused.trips,
        sent_before: false,
        ts,
    }
}
