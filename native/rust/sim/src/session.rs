//! Engine and simulated venue run together: one bar in, everything it causes out.

use crate::assumptions::{Assumptions, AssumptionsSpec};
use crate::tape::Tape;
use crate::venue::{SimulatedVenue, VenueEvent};
use holdfast_core::journal_record::{RecordKind, hex};
use holdfast_core::{
    Amendment, Bar, ClientOrderId, Code, Contingency, Error, InstrumentId, OrderIntent, Quote,
    Rate, Result, Timestamp, Trade, TradingMode,
};
use holdfast_engine::egress::{Egress, Passage};
use holdfast_engine::notices::{Notices, Recorder};
use holdfast_engine::{Command, Engine, EngineConfig, Input, JournalWriter, OrderList};
use holdfast_engine::{RateChanged, Sink, snapshot::Snapshot};
use holdfast_risk::fuse::FuseSpec;
use holdfast_risk::fuse::latch::{Latch, LatchState};
use holdfast_risk::{GateSignal, LimitsChange, LimitsSpec, RiskMeasured, Verdict};
use serde::{Deserialize, Serialize};

/// Configuration of a simulated session; `about` is whatever the caller wants to find in the journal again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionConfig {
    /// The engine's part.
    pub engine: EngineConfig,
    /// The venue's part.
    pub assumptions: AssumptionsSpec,
    /// Strategy, data and versions, for people and for reproducing the run.
    pub about: serde_json::Value,
    /// Ceilings of the egress fuse.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fuse: FuseSpec,
}

/// The default ceilings are not written, so that a journal says what was chosen.
fn is_default(fuse: &FuseSpec) -> bool {
    *fuse == FuseSpec::default()
}

/// What a closed session leaves behind.
#[derive(Debug, Serialize)]
pub struct Closed {
    /// State in exact text.
    #[serde(flatten)]
    pub snapshot: Snapshot,
    /// Records in the journal; `None` without one.
    pub journal_records: Option<u64>,
    /// Head of the journal's chain; `None` without one.
    pub journal_head: Option<String>,
}

/// A simulated session.
#[derive(Debug)]
pub struct Session {
    engine: Engine,
    venue: SimulatedVenue,
    journal: Option<JournalWriter>,
    notices: Notices,
    commands: Vec<Command>,
    egress: Egress,
}

impl Session {
    /// Opens a session and records its configuration; the fuse's latch lasts as long as the session.
    ///
    /// # Errors
    /// `CONFIG_INVALID`, `INSTRUMENT_INVALID`, `LIMITS_INVALID`, `LIMITS_UNKNOWN_KEY`, `JOURNAL_IO`.
    pub fn open(config: &SessionConfig, journal: Option<JournalWriter>) -> Result<Self> {
        Self::open_latched(config, journal, Latch::in_memory())
    }

    /// As `open`, with the latch that the fuse keeps.
    ///
    /// # Errors
    /// As `open`.
    pub fn open_latched(
        config: &SessionConfig,
        journal: Option<JournalWriter>,
        latch: Latch,
    ) -> Result<Self> {
        let assumptions = Assumptions::new(&config.assumptions)?;
        let engine = Engine::new(&config.engine)?;
        let venue = SimulatedVenue::new(assumptions, config.engine.instruments.len())
            .with_position_mode(config.engine.account.position_mode);
        let egress = Egress::new(&config.fuse, &config.engine, latch)?;
        let (notices, commands) = (Notices::default(), Vec::new());
        let mut session = Self { engine, venue, journal, notices, commands, egress };
        let opened = serde_json::to_vec(config).map_err(|error| {
            Error::new(Code::ConfigInvalid, format!("configuration must be representable, {error}"))
        })?;
        session.recorder().1.record(RecordKind::SessionOpened, Timestamp(0), opened.as_slice())?;
        Ok(session)
    }

    fn recorder(&mut self) -> (&mut Engine, Recorder<'_>) {
        let recorder = Recorder::of(self.journal.as_mut(), &mut self.notices);
        (&mut self.engine, recorder)
    }

    fn step(&mut self, input: &Input<'_>) -> Result<Option<Box<Verdict>>> {
        let mut commands = std::mem::take(&mut self.commands);
        let (engine, mut recorder) = self.recorder();
        let mut verdict = engine.step(input, &mut recorder, &mut commands);
        let sent = self.send(&mut commands);
        commands.clear();
        self.commands = commands;
        if let (Ok(_), Err(error)) = (&verdict, sent) {
            verdict = Err(error);
        }
        self.egress.heard(&self.engine, input);
        verdict
    }

    /// Lets commands pass the fuse to the venue; what it refuses may command more.
    fn send(&mut self, commands: &mut Vec<Command>) -> Result<()> {
        let (now, mut next) = (self.engine.now(), 0);
        while let Some(command) = commands.get(next).copied() {
            next += 1;
            match self.egress.judge(&self.engine, &command, now) {
                Passage::Leaves => self.venue.apply(command, now),
                Passage::Void => {}
                Passage::Refused(refused) => {
                    let (engine, mut recorder) = self.recorder();
                    engine.step(&Input::FuseRefused(refused), &mut recorder, commands)?;
                }
            }
        }
        Ok(())
    }

    /// Returns how the fuse's latch stands.
    #[must_use]
    pub const fn fuse(&self) -> &LatchState {
        self.egress.latch()
    }

    fn hear(&mut self, event: VenueEvent) -> Result<()> {
        match event {
            VenueEvent::Report(report) => self.step(&Input::Report(report)).map(|_| ()),
            VenueEvent::Funding(funding) => self.step(&Input::Funding(funding)).map(|_| ()),
        }
    }

    /// Hears the answers to what was just commanded; each may command more.
    fn hear_answers(&mut self) -> Result<()> {
        while let Some(event) = self.venue.next_answer() {
            self.hear(event)?;
        }
        Ok(())
    }

    /// Plays a bar: the venue fills what rests, the engine books it, then the bar itself is marked.
    ///
    /// # Errors
    /// `EVENT_INVALID`, `INSTRUMENT_UNKNOWN`, `AMOUNT_OVERFLOW`, `JOURNAL_IO`.
    pub fn on_bar(&mut self, bar: &Bar) -> Result<()> {
        bar.validate()?;
        let tape = Tape::of_bar(bar, self.venue.assumptions());
        self.play(tape, bar.instrument, &Input::Bar(*bar))
    }

    /// Plays a trade of others: what rests meets its price and a share of its quantity.
    ///
    /// # Errors
    /// As `on_bar`.
    pub fn on_trade(&mut self, trade: &Trade) -> Result<()> {
        let tape = Tape::of_trade(trade, self.venue.assumptions());
        self.play(tape, trade.instrument, &Input::Trade(*trade))
    }

    /// Plays a quote: buyers meet the ask, sellers the bid, up to the quantity that stands there.
    ///
    /// # Errors
    /// As `on_bar`.
    pub fn on_quote(&mut self, quote: &Quote) -> Result<()> {
        self.play(Tape::of_quote(quote), quote.instrument, &Input::Quote(*quote))
    }

    fn play(&mut self, tape: Tape, id: InstrumentId, input: &Input<'_>) -> Result<()> {
        let (index, ts) = (id.index(), input.ts());
        if ts < self.engine.now() {
            return Err(Error::new(
                Code::EventInvalid,
                format!("time must not run back, the event is of {} ns", ts.0),
            ));
        }
        let Some(state) = self.engine.instruments().get(index) else {
            return Err(Error::new(
                Code::InstrumentUnknown,
                format!("instrument {index} must be registered before use"),
            ));
        };
        self.venue.begin(tape, &state.instrument, self.engine.now())?;
        while let Some(state) = self.engine.instruments().get(index)
            && let Some(event) = self.venue.next_event(&state.instrument)?
        {
            self.hear(event)?;
        }
        self.step(input)?;
        // An emergency orders at a market event, too.
        self.hear_answers()
    }

    /// Judges an intent and, when approved, places it; the intent's id and time are set here.
    ///
    /// # Errors
    /// `ORDER_INVALID`, `INSTRUMENT_UNKNOWN`, `JOURNAL_IO`.
    pub fn submit(&mut self, intent: OrderIntent) -> Result<Box<Verdict>> {
        let intent = OrderIntent {
            client_order_id: self.engine.next_client_order_id(),
            ts_intent: self.engine.now(),
            ..intent
        };
        let verdict = self.step(&Input::Submit(intent))?;
        self.hear_answers()?;
        verdict
            .ok_or_else(|| Error::new(Code::OrderInvalid, "a submitted order must have a verdict"))
    }

    /// Judges orders that depend on each other and, when all are approved, places them; ids and times are set here.
    /// Returns the id of the first order and the verdict that denied the list, or that of its first order.
    ///
    /// # Errors
    /// `ORDER_INVALID`, `INSTRUMENT_UNKNOWN`, `JOURNAL_IO`.
    pub fn submit_list(
        &mut self,
        contingency: Contingency,
        orders: &[OrderIntent],
    ) -> Result<(ClientOrderId, Box<Verdict>)> {
        let (first, ts_intent) = (self.engine.next_client_order_id(), self.engine.now());
        let at_once = OrderList { contingency, orders }.sent_at_once();
        let id_of = |index: usize| match index < at_once {
            true => ClientOrderId(first.0 + index as u64),
            false => ClientOrderId::NONE,
        };
        let orders: Vec<OrderIntent> = orders
            .iter()
            .enumerate()
            .map(|(index, intent)| OrderIntent {
                client_order_id: id_of(index),
                ts_intent,
                ..*intent
            })
            .collect();
        let list = OrderList { contingency, orders: &orders };
        list.validate()?;
        let verdict = self.step(&Input::SubmitList(list))?;
        self.hear_answers()?;
        verdict
            .map(|verdict| (first, verdict))
            .ok_or_else(|| Error::new(Code::OrderInvalid, "a submitted list must have a verdict"))
    }

    /// As `submit`, once for each key: a repeat sends nothing and returns the first verdict, which is a notice again.
    ///
    /// # Errors
    /// `IDEMPOTENCY_CONFLICT` when the key belongs to another order, and as `submit`.
    pub fn submit_once(&mut self, intent: OrderIntent, key: u128) -> Result<Box<Verdict>> {
        let id = self.engine.next_client_order_id();
        let intent = OrderIntent { client_order_id: id, ts_intent: self.engine.now(), ..intent };
        let verdict = self.step(&Input::SubmitOnce { intent, key })?;
        self.hear_answers()?;
        let verdict = verdict.ok_or_else(|| {
            Error::new(Code::OrderInvalid, "a submitted order must have a verdict")
        })?;
        if verdict.client_order_id != id {
            self.notices.push(RecordKind::Verdict, self.engine.now(), verdict.as_ref());
        }
        Ok(verdict)
    }

    /// Cancels an open order.
    ///
    /// # Errors
    /// `ORDER_UNKNOWN`, `JOURNAL_IO`.
    pub fn cancel(&mut self, client_order_id: ClientOrderId) -> Result<()> {
        self.step(&Input::Cancel { client_order_id, ts: self.engine.now() })?;
        self.hear_answers()
    }

    /// Takes a rate of exchange: what one unit of the currency costs in the account's.
    ///
    /// # Errors
    /// `CURRENCY_UNKNOWN`, `RATE_INVALID`, `EVENT_INVALID` when time runs back, `JOURNAL_IO`.
    pub fn on_rate(&mut self, currency: &str, rate: &str, ts_event: Timestamp) -> Result<()> {
        let currency = self.engine.wallets().id(currency)?;
        let changed = RateChanged { currency, ts_event, rate: Rate::parse(rate)? };
        self.step(&Input::Rate(changed)).map(|_| ())
    }

    /// Changes an open order; the amendment's time is set here.
    ///
    /// # Errors
    /// `ORDER_UNKNOWN`, `AMEND_INVALID`, `ORDER_TRANSITION_ILLEGAL`, `JOURNAL_IO`.
    pub fn amend(&mut self, amendment: Amendment) -> Result<Box<Verdict>> {
        let amendment = Amendment { ts: self.engine.now(), ..amendment };
        let verdict = self.step(&Input::Amend(amendment))?;
        self.hear_answers()?;
        verdict.ok_or_else(|| Error::new(Code::AmendInvalid, "an amendment must have a verdict"))
    }

    /// Puts a trading mode in force that is as strict as the present one or stricter.
    ///
    /// # Errors
    /// `MODE_RESET_REQUIRED` for a looser one, `ARGUMENT_INVALID` for a reason that is too long, `JOURNAL_IO`.
    pub fn set_mode(&mut self, mode: TradingMode, reason: &str) -> Result<()> {
        self.engine.check_tightens(mode)?;
        self.reset_mode(mode, reason)
    }

    /// Puts any trading mode in force: the end of a reset procedure.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID` for a reason that is too long, `JOURNAL_IO`.
    pub fn reset_mode(&mut self, mode: TradingMode, reason: &str) -> Result<()> {
        self.step(&Input::ModeChanged { mode, reason, ts: self.engine.now() })?;
        self.hear_answers()
    }

    /// Puts other limits in force, now or when they are due; the key loosens at once, and a loosening may have an end.
    ///
    /// # Errors
    /// `LIMITS_LOOSENING_DENIED` also for a wrong key, `LIMITS_INVALID`, `LIMITS_UNKNOWN_KEY`, `LIMITS_CONTRADICTORY`,
    /// `JOURNAL_IO`; nothing changes then.
    pub fn change_limits(
        &mut self,
        limits: LimitsSpec,
        key: Option<&str>,
        until: Option<Timestamp>,
    ) -> Result<()> {
        let rules = &self.engine.limits().spec().change;
        if key.is_some_and(|key| !rules.accepts(key)) {
            return Err(Error::new(Code::LimitsLooseningDenied, "second key must fit, did not"));
        }
        let change = LimitsChange::new(limits, key.is_some(), until)?;
        self.step(&Input::ChangeLimits { change: &change, ts: self.engine.now() }).map(|_| ())
    }

    /// Tells the gate of a change outside.
    ///
    /// # Errors
    /// `INSTRUMENT_UNKNOWN`, `LIMITS_LOOSENING_DENIED`, `JOURNAL_IO`.
    pub fn signal(&mut self, signal: GateSignal) -> Result<()> {
        self.step(&Input::Signal { signal, ts: self.engine.now() }).map(|_| ())
    }

    /// Tells the gate of the portfolio's correlations or risk.
    ///
    /// # Errors
    /// `RISK_MEASURE_INVALID`, `JOURNAL_IO`.
    pub fn risk_measured(&mut self, measured: &RiskMeasured) -> Result<()> {
        self.step(&Input::RiskMeasured { measured, ts: self.engine.now() }).map(|_| ())
    }

    /// Records that something outside failed.
    ///
    /// # Errors
    /// `JOURNAL_IO`.
    pub fn note_failure(&mut self, code: Code, message: &str) -> Result<()> {
        self.step(&Input::Failure { code, message, ts: self.engine.now() })?;
        self.journal.as_mut().map_or(Ok(()), JournalWriter::commit)
    }

    /// Closes the session and its journal.
    ///
    /// # Errors
    /// `JOURNAL_IO`, `AMOUNT_OVERFLOW`.
    pub fn close(&mut self) -> Result<Closed> {
        let (engine, mut recorder) = self.recorder();
        engine.close(&mut recorder)?;
        let snapshot = self.engine.snapshot()?;
        if let Some(journal) = self.journal.as_mut() {
            journal.close()?;
        }
        let chain = self.journal.as_ref().map(JournalWriter::chain);
        Ok(Closed {
            snapshot,
            journal_records: chain.map(|chain| chain.next_sequence),
            journal_head: chain.map(|chain| hex(&chain.head)),
        })
    }

    /// Takes a verdict back that was read, so that the next one needs no memory of its own.
    pub fn recycle(&mut self, verdict: Box<Verdict>) {
        self.engine.recycle(verdict);
    }

    /// Returns the engine.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Returns the queue of notices.
    pub const fn notices(&mut self) -> &mut Notices {
        &mut self.notices
    }
}
