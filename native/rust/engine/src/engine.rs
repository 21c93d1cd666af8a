//! The engine: a pure state machine over inputs. Time, randomness and I/O come in as events.

use crate::account_spec::{AccountSpec, Borrow, PositionMode};
use crate::capital_book::CapitalBook;
use crate::config::{ENDED_ORDERS_KEPT, EngineConfig};
use crate::coverage::Coverage;
use crate::emulation::{Seen, emulated_types};
use crate::exposure_totals::{ExposureTotals, Part, assets};
use crate::idempotency::FirstResults;
use crate::input::{Command, Failure, Input};
use crate::keyed_submission::FirstResult;
use crate::order_store::OrderStore;
use crate::position::Position;
use crate::reconciliation::Reconciliation;
use crate::round_trips::RoundTrips;
use crate::self_trade::SelfTradeConfig;
use crate::sequence::Sequencer;
use crate::sink::{Noted, Sink};
use crate::statistics::Statistics;
use crate::wallet::{CurrencyId, PositionSums, Wallets};
use holdfast_core::journal_record::RecordKind;
use holdfast_core::persist::PersistParts;
use holdfast_core::wire::Encode;
use holdfast_core::wire::Reader;
use holdfast_core::{
    AccountId, Amount, ClientOrderId, Clock, Code, Error, Instrument, InstrumentId, InstrumentSpec,
    ManualClock, Order, OrderType, Price, Result, Timestamp, VenueReport,
};
use holdfast_risk::{ChangeCause, Gate, HeldSides, Verdict, WorstCase};
use std::collections::{BTreeSet, VecDeque};

/// Everything the engine knows about one instrument.
#[derive(Debug)]
pub struct InstrumentState {
    /// Its rules.
    pub instrument: Instrument,
    /// Last price with its time.
    pub mark: Option<(Price, Timestamp)>,
    /// The position; when hedging the long one.
    pub position: Position,
    /// The short position beside it; always flat when netting.
    pub short: Position,
    /// Currency in which it settles.
    pub currency: CurrencyId,
    /// Its part of that currency's sums.
    pub sums: PositionSums,
    /// Position and reservations for the gate.
    pub case: WorstCase,
    /// Signed notional of the position at the mark, in the settlement currency.
    pub value: Amount,
    /// The same in the account's currency, and the sum of both sides.
    pub net: Amount,
    /// Notional of both sides in the account's currency.
    pub gross: Amount,
    /// Worst-case exposure at the mark, in the account's currency.
    pub worst: Amount,
    /// Its part of the sums that the gate's wider controls look at.
    pub part: Part,
    /// How much of the position live stops cover.
    pub coverage: Coverage,
}

/// Counters of what happened to orders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct OrderCounts {
    pub submitted: u64,
    pub accepted: u64,
    pub denied: u64,
    pub filled: u64,
    pub partially_filled: u64,
    pub canceled: u64,
    pub expired: u64,
    pub rejected: u64,
    pub fills: u64,
    pub alarms: u64,
    /// Orders of strategies that were sent, and those of them that filled at least in part.
    pub strategy_sent: u64,
    pub strategy_filled: u64,
}

/// The deterministic core of a session.
#[derive(Debug)]
pub struct Engine {
    pub(crate) instruments: Vec<InstrumentState>,
    /// Orders that have not ended, and the last ones that have, so that a late report finds its order.
    pub(crate) orders: OrderStore,
    pub(crate) ended_in_order: VecDeque<u64>,
    pub(crate) max_open_orders: usize,
    pub(crate) wallets: Wallets,
    pub(crate) position_mode: PositionMode,
    pub(crate) borrow: Vec<Borrow>,
    pub(crate) interest_until: Timestamp,
    pub(crate) emulated: Vec<OrderType>,
    /// Orders that wait here for their trigger, because the venue lacks their kind.
    pub(crate) held: BTreeSet<u64>,
    pub(crate) gate: Gate,
    pub(crate) clock: ManualClock,
    pub(crate) next_order_id: u64,
    pub(crate) net_value: Amount,
    pub(crate) gross_value: Amount,
    pub(crate) worst_exposure: Amount,
    pub(crate) equity: Amount,
    pub(crate) last_mark: Option<Timestamp>,
    pub(crate) counts: OrderCounts,
    pub(crate) statistics: Statistics,
    pub(crate) account_id: AccountId,
    /// Reports of each instrument in the venue's order, where it numbers them.
    pub(crate) sequences: Vec<Sequencer<VenueReport>>,
    pub(crate) held_since: Option<Timestamp>,
    pub(crate) first_results: FirstResults<FirstResult>,
    pub(crate) self_trade: SelfTradeConfig,
    pub(crate) venue_protects: bool,
    pub(crate) reconciliation: Reconciliation,
    /// A verdict that nobody needs any more; the next one is written over it.
    pub(crate) spare_verdict: Option<Box<Verdict>>,
    /// Where smaller quantities are tried when an order is denied for its size.
    pub(crate) trial_verdict: Option<Box<Verdict>>,
    pub(crate) totals_of_exposure: ExposureTotals,
    /// What is held, or could be when open orders fill.
    pub(crate) held_sides: HeldSides,
    /// Whether a limit asks for the coverage of positions.
    pub(crate) watches_stops: bool,
    /// Whether a limit asks for sums over instruments.
    pub(crate) watches_totals: bool,
    pub(crate) capital_book: CapitalBook,
    pub(crate) round_trips: RoundTrips,
    /// Why other limits hold since an input whose record did not come.
    pub(crate) limits_due: Option<ChangeCause>,
}

impl Engine {
    /// Makes an engine.
    ///
    /// # Errors
    /// `CONFIG_INVALID`, `INSTRUMENT_INVALID`, `LIMITS_INVALID`.
    pub fn new(config: &EngineConfig) -> Result<Self> {
        let start_cash = Amount::parse(&config.start_cash)?;
        config.validate(start_cash)?;
        let wallets = AccountSpec::wallets(config, start_cash)?;
        let specs: Vec<&InstrumentSpec> = config.instruments.iter().collect();
        let gate = Gate::for_instruments(&config.limits, start_cash, &specs)?;
        let (places, asset_count) = assets(&config.instruments);
        let groups = gate.table().groups();
        let mut instruments = Vec::with_capacity(config.instruments.len());
        for (spec, asset) in config.instruments.iter().zip(places) {
            instruments.push(InstrumentState {
                instrument: Instrument::new(spec.clone())?,
                mark: None,
                position: Position::default(),
                short: Position::default(),
                currency: wallets.id(&spec.settlement_currency)?,
                sums: PositionSums::default(),
                case: WorstCase::default(),
                value: Amount::ZERO,
                net: Amount::ZERO,
                gross: Amount::ZERO,
                worst: Amount::ZERO,
                part: Part { asset, ..Part::default() },
                coverage: Coverage::default(),
            });
        }
        let first_id = ClientOrderId::compose(config.orders.id_epoch, 1)?;
        let mut engine = Self {
            instruments,
            orders: OrderStore::with_capacity(config.max_open_orders + ENDED_ORDERS_KEPT),
            ended_in_order: VecDeque::with_capacity(ENDED_ORDERS_KEPT),
            max_open_orders: config.max_open_orders,
            wallets,
            position_mode: config.account.position_mode,
            borrow: config.account.borrow_rates()?,
            interest_until: Timestamp::default(),
            emulated: emulated_types(&config.emulated_order_types)?,
            held: BTreeSet::new(),
            gate,
            clock: ManualClock::default(),
            next_order_id: first_id.0,
            net_value: Amount::ZERO,
            gross_value: Amount::ZERO,
            worst_exposure: Amount::ZERO,
            equity: start_cash,
            last_mark: None,
            counts: OrderCounts::default(),
            statistics: Statistics::default(),
            account_id: AccountId(config.orders.account),
            sequences: config.instruments.iter().map(|_| Sequencer::default()).collect(),
            held_since: None,
            self_trade: config.orders.self_trade.clone(),
            venue_protects: config.orders.venue_protects,
            reconciliation: Reconciliation::default(),
            spare_verdict: None,
            first_results: FirstResults::new(config.orders.idempotency_max),
            trial_verdict: Some(Box::new(Verdict::new(ClientOrderId::NONE, false))),
            totals_of_exposure: ExposureTotals::new(asset_count, groups),
            held_sides: HeldSides::new(config.instruments.len()),
            watches_stops: false,
            watches_totals: false,
            capital_book: CapitalBook::new(config.instruments.len()),
            round_trips: RoundTrips::new(config.instruments.len(), first_id),
            limits_due: None,
        };
        engine.watch_totals()?;
        engine.watch_stops();
        Ok(engine)
    }

    /// Moves the engine by one input: the input is recorded first, then everything that follows from it. Commands for
    /// the venue are appended to `commands`. The verdict is returned for a submitted order or list and for an amendment.
    ///
    /// # Errors
    /// `EVENT_INVALID` when time runs back, `ORDER_INVALID`, `ORDER_UNKNOWN`, `AMEND_INVALID`, `FILL_INVALID`, `FILL_CONFLICT`,
    /// `REPORT_MISMATCH`, `IDEMPOTENCY_CONFLICT`, `CAPACITY_EXHAUSTED`, `INSTRUMENT_UNKNOWN`,
    /// `AMOUNT_OVERFLOW`, or what the sink fails with.
    pub fn step(
        &mut self,
        input: &Input<'_>,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<Option<Box<Verdict>>> {
        let ts = match input {
            // A venue's clock may lag, and a late fill may be told long after it happened: it is news all the same.
            Input::Report(_) | Input::VenueState(_) => input.ts().max(self.clock.now()),
            _ => input.ts(),
        };
        if ts < self.clock.now() {
            return Err(Error::new(
                Code::EventInvalid,
                format!("time must not run back, was {} ns after {} ns", ts.0, self.clock.now().0),
            )
            .with("ts_ns", ts.0));
        }
        if let Input::SubmitOnce { intent, key } = input
            && let Some(first) = self.first_result(*key, intent, ts)?
        {
            return Ok(Some(first));
        }
        self.close_day_before(ts, sink)?;
        let charged = self.accrue_interest(ts)?;
        let before = self.clock.now();
        self.clock.advance(ts);
        // Limits that are due hold for this input; their record stands behind it.
        let kept = self.gate.image_before_limits(ts);
        let due_before = self.limits_due;
        let due = self.gate.advance_limits(ts)?;
        self.limits_due = due.or(self.limits_due);
        let mut noted = Noted { sink: &mut *sink, any: false };
        let outcome = self.apply(input, &mut noted, commands);
        if outcome.is_err() {
            if !noted.any {
                // A replay does not know of it, and must stand at the same instant.
                self.clock = ManualClock::default();
                self.clock.advance(before);
                if let Some(image) = kept {
                    self.gate.load_parts(&mut Reader::new(&image))?;
                    self.limits_due = due_before;
                }
            }
            self.take_back_interest(charged)?;
            return outcome;
        }
        if let Some(cause) = self.limits_due.take() {
            self.take_limits(cause, sink)?;
        }
        self.stop_waiting(sink, commands)?;
        self.enforce_mode(input, sink, commands)?;
        outcome
    }

    fn apply(
        &mut self,
        input: &Input<'_>,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<Option<Box<Verdict>>> {
        match input {
            Input::Bar(bar) => {
                self.on_bar(bar, sink)?;
                self.watch(bar.instrument, &Seen::of_bar(bar), sink, commands).map(|()| None)
            }
            Input::Trade(trade) => {
                self.on_trade(trade, sink)?;
                self.watch(trade.instrument, &Seen::at(trade.price), sink, commands).map(|()| None)
            }
            Input::Quote(quote) => {
                self.on_quote(quote, sink)?;
                self.watch(quote.instrument, &Seen::at(quote.mid()), sink, commands).map(|()| None)
            }
            Input::Submit(intent) => {
                self.submit_with(intent, None, RecordKind::OrderSubmitted, sink, commands).map(Some)
            }
            Input::SubmitList(list) => self.submit_list(list, sink, commands).map(Some),
            Input::SubmitOnce { intent, key } => {
                self.submit_keyed(*intent, *key, sink, commands).map(Some)
            }
            Input::Cancel { client_order_id, .. } => {
                self.cancel(*client_order_id, sink, commands).map(|()| None)
            }
            Input::Amend(amendment) => self.amend(amendment, sink, commands).map(Some),
            Input::LoseTrack { client_order_id, .. } => {
                self.lose_track(*client_order_id, sink, commands).map(|()| None)
            }
            Input::Report(report) => {
                self.forget_balances();
                self.take_report(report, sink, commands).map(|()| None)
            }
            Input::ModeChanged { mode, reason, .. } => {
                self.change_mode(*mode, reason, sink).map(|()| None)
            }
            Input::ChangeLimits { change, .. } => self.change_limits(change, sink).map(|()| None),
            Input::Signal { signal, .. } => self.take_signal(*signal, sink).map(|()| None),
            Input::RiskMeasured { measured, .. } => {
                self.take_measured(measured, sink).map(|()| None)
            }
            Input::VenueState(told) => self.compare_with_venue(told, sink, commands).map(|()| None),
            Input::Decide(decision) => self.decide(decision, sink, commands).map(|()| None),
            Input::Funding(funding) => {
                self.forget_balances();
                self.on_funding(funding, sink).map(|()| None)
            }
            Input::Rate(changed) => self.on_rate(changed, sink).map(|()| None),
            Input::PlanCapital { plan, .. } => self.plan_capital(plan, sink).map(|()| None),
            Input::FuseRefused(refused) => {
                self.take_fuse_refusal(refused, sink, commands).map(|()| None)
            }
            Input::RouteChosen { client_order_id, route, .. } => {
                self.take_route(*client_order_id, route, sink).map(|()| None)
            }
            Input::Failure { code, message, .. } => {
                let failure = Failure { code: *code, message };
                self.emit(RecordKind::Failure, &failure, sink).map(|()| None)
            }
        }
    }

    /// Ends the session: closes the last day and records the state hash.
    ///
    /// # Errors
    /// What the sink fails with.
    pub fn close(&mut self, sink: &mut impl Sink) -> Result<[u8; 32]> {
        self.close_day_before(Timestamp(i64::MAX), sink)?;
        let hash = self.state_hash();
        sink.record(RecordKind::SessionClosed, self.clock.now(), hash.as_slice())?;
        Ok(hash)
    }

    pub(crate) fn state(&self, id: InstrumentId) -> Result<&InstrumentState> {
        self.instruments.get(id.index()).ok_or_else(|| unknown_instrument(id))
    }

    pub(crate) fn state_mut(&mut self, id: InstrumentId) -> Result<&mut InstrumentState> {
        self.instruments.get_mut(id.index()).ok_or_else(|| unknown_instrument(id))
    }

    /// Finds an order, also one that ended a while ago.
    pub(crate) fn order_mut(&mut self, id: ClientOrderId) -> Option<&mut Order> {
        self.orders.find_mut(&id.0)
    }

    pub(crate) fn emit(
        &self,
        kind: RecordKind,
        content: &impl Encode,
        sink: &mut impl Sink,
    ) -> Result<()> {
        sink.record(kind, self.clock.now(), content)
    }

    /// Takes a verdict back that was read, so that the next one needs no memory of its own.
    pub fn recycle(&mut self, verdict: Box<Verdict>) {
        self.spare_verdict = Some(verdict);
    }

    /// Returns memory for a verdict, used before where there is some.
    pub(crate) fn verdict_memory(&mut self) -> Box<Verdict> {
        let spare = self.spare_verdict.take();
        spare.unwrap_or_else(|| Box::new(Verdict::new(ClientOrderId::NONE, false)))
    }

    /// Puts a verdict into memory, used before where there is some. It is boxed, because every step would carry its size otherwise.
    pub(crate) fn boxed(&mut self, verdict: Verdict) -> Box<Verdict> {
        match self.spare_verdict.take() {
            Some(mut spare) => {
                *spare = verdict;
                spare
            }
            None => Box::new(verdict),
        }
    }
}

#[cold]
pub(crate) fn unknown_instrument(id: InstrumentId) -> Error {
    Error::new(
        Code::InstrumentUnknown,
        format!("instrument {} must be registered before use", id.0),
    )
    .with("instrument", id.0)
}
