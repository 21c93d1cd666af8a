//! An engine with its journal, what it tells and what it wants sent: everything but a venue. Whoever drives it brings the
//! time and the reports, and sends the requests.
//!
//! A request leaves in one way only, through `drain`, which commits the journal first: a venue never knows of an order that
//! the journal does not hold.

mod controls;
mod gate_calls;
mod routes;
mod sending;

use crate::config::EngineConfig;
use crate::desk_timers::AnswerTimers;
use crate::egress::Egress;
use crate::engine::Engine;
use crate::input::{Command, Funding, Input};
use crate::journal_writer::JournalWriter;
use crate::notices::{Notices, Recorder};
use crate::order_list::OrderList;
use crate::rates::RateChanged;
use crate::sink::Sink;
use crate::snapshot::Snapshot;
use crate::snapshot_policy::SnapshotKeeper;
use holdfast_core::journal_record::{RecordKind, hex};
use holdfast_core::{
    Amendment, Bar, ClientOrderId, Code, Contingency, Error, OrderIntent, Quote, Rate, Result,
    Timestamp, Trade, VenueReport,
};
use holdfast_risk::fuse::FuseSpec;
use holdfast_risk::fuse::latch::Latch;
use holdfast_risk::{Quiet, Verdict};
use serde::{Deserialize, Serialize};

/// Requests that may wait for `drain`; with more the desk takes no further order, since nobody seems to send them.
pub const REQUESTS_MAX: usize = 1 << 20;

/// Configuration of a desk; `about` is whatever the caller wants to find in the journal again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskConfig {
    /// The engine's part.
    pub engine: EngineConfig,
    /// Who trades and with which versions, for people.
    pub about: serde_json::Value,
    /// Ceilings of the egress fuse.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fuse: FuseSpec,
}

/// The default ceilings are not written, so that a journal says what was chosen.
pub(crate) fn is_default(fuse: &FuseSpec) -> bool {
    *fuse == FuseSpec::default()
}

/// What a closed desk leaves behind.
#[derive(Debug, Serialize)]
pub struct DeskClosed {
    /// State in exact text.
    #[serde(flatten)]
    pub snapshot: Snapshot,
    /// Requests that nobody drained: they were never sent.
    pub requests_unsent: usize,
    /// Records in the journal; `None` without one.
    pub journal_records: Option<u64>,
    /// Head of the journal's chain; `None` without one.
    pub journal_head: Option<String>,
}

/// The engine with what surrounds it.
#[derive(Debug)]
pub struct Desk {
    engine: Engine,
    journal: Option<JournalWriter>,
    notices: Notices,
    /// Whether notices are gathered.
    pub hears: bool,
    pub(crate) commands: Vec<Command>,
    /// How many of the commands were handed out already.
    pub(crate) sent: usize,
    pub(crate) snapshots: Option<SnapshotKeeper>,
    /// Whether it was resumed, and nothing was compared with the venue since.
    pub(crate) awaits_venue: bool,
    pub(crate) timers: AnswerTimers,
    pub(crate) egress: Egress,
}

impl Desk {
    /// Opens a desk and records its configuration; the fuse's latch lasts as long as the desk.
    ///
    /// # Errors
    /// `CONFIG_INVALID`, `INSTRUMENT_INVALID`, `LIMITS_INVALID`, `LIMITS_UNKNOWN_KEY`, `JOURNAL_IO`.
    pub fn open(config: &DeskConfig, journal: Option<JournalWriter>) -> Result<Self> {
        Self::open_latched(config, journal, Latch::in_memory())
    }

    /// As `open`, with the latch that the fuse keeps.
    ///
    /// # Errors
    /// As `open`.
    pub fn open_latched(
        config: &DeskConfig,
        journal: Option<JournalWriter>,
        latch: Latch,
    ) -> Result<Self> {
        let opened = config.opened()?;
        let mut desk = Self::of(Engine::new(&config.engine)?, journal, config, latch)?;
        let start = Timestamp::default();
        desk.recorder().1.record(RecordKind::SessionOpened, start, opened.as_slice())?;
        Ok(desk)
    }

    /// Puts a desk around an engine.
    pub(crate) fn of(
        engine: Engine,
        journal: Option<JournalWriter>,
        config: &DeskConfig,
        latch: Latch,
    ) -> Result<Self> {
        Ok(Self {
            engine,
            journal,
            notices: Notices::default(),
            hears: true,
            commands: Vec::with_capacity(config.engine.max_open_orders),
            sent: 0,
            snapshots: None,
            awaits_venue: false,
            timers: AnswerTimers::default(),
            egress: Egress::new(&config.fuse, &config.engine, latch)?,
        })
    }

    fn recorder(&mut self) -> (&mut Engine, Recorder<'_>, &mut Vec<Command>) {
        let recorder = Recorder {
            journal: self.journal.as_mut(),
            notices: if self.hears { Some(&mut self.notices) } else { None },
            quiet: None,
        };
        (&mut self.engine, recorder, &mut self.commands)
    }

    /// Moves the engine. What it refuses is recorded with the reason: the journal has to hold the time of every call, since
    /// the engine's clock went on with it.
    pub(crate) fn step(&mut self, input: &Input<'_>) -> Result<Option<Box<Verdict>>> {
        self.step_for(input, None)
    }

    /// As `step`, for somebody to whom some values of an order that passes are no news.
    fn step_for(
        &mut self,
        input: &Input<'_>,
        quiet: Option<&Quiet>,
    ) -> Result<Option<Box<Verdict>>> {
        let (engine, recorder, commands) = self.recorder();
        let mut recorder = Recorder { quiet, ..recorder };
        let outcome = engine.step(input, &mut recorder, commands);
        let Err(refused) = &outcome else {
            self.egress.heard(&self.engine, input);
            return outcome;
        };
        // The engine records a refused report itself; and a journal that failed takes nothing more.
        let is_recorded = matches!(input, Input::Report(_) | Input::Failure { .. });
        if !is_recorded && !matches!(refused.code(), Code::JournalIo | Code::JournalStopped) {
            let (code, ts) = (refused.code(), input.ts().max(engine.now()));
            let failure = Input::Failure { code, message: &refused.to_string(), ts };
            engine.step(&failure, &mut recorder, commands)?;
        }
        outcome
    }

    fn judged(&mut self, input: &Input<'_>) -> Result<Box<Verdict>> {
        self.judged_for(input, None)
    }

    fn judged_for(&mut self, input: &Input<'_>, quiet: Option<&Quiet>) -> Result<Box<Verdict>> {
        self.step_for(input, quiet)?
            .ok_or_else(|| Error::new(Code::OrderInvalid, "what is judged must have a verdict"))
    }

    /// An order is refused while requests pile up that nobody drains; cancels and reports always pass.
    fn check_room(&self) -> Result<()> {
        if self.waiting() < REQUESTS_MAX {
            return Ok(());
        }
        Err(Error::new(
            Code::CapacityExhausted,
            format!("at most {REQUESTS_MAX} requests must wait to be drained"),
        ))
    }

    /// Judges an intent and, when approved, asks for it to be placed; the intent's id and time are set here.
    ///
    /// # Errors
    /// `ORDER_INVALID`, `INSTRUMENT_UNKNOWN`, `STRATEGY_UNKNOWN`, `RESTART_UNRECONCILED`, `EVENT_INVALID` when time runs back, `CAPACITY_EXHAUSTED` when requests are not
    /// drained, `JOURNAL_IO`, `JOURNAL_STOPPED`.
    pub fn submit(&mut self, intent: OrderIntent, ts: Timestamp) -> Result<Box<Verdict>> {
        self.submit_for(intent, ts, None)
    }

    /// As `submit`, once for each key: a repeat asks for nothing and returns the first verdict, which is a notice again.
    ///
    /// # Errors
    /// `IDEMPOTENCY_CONFLICT` when the key belongs to another order, and as `submit`.
    pub fn submit_once(
        &mut self,
        intent: OrderIntent,
        key: u128,
        ts: Timestamp,
    ) -> Result<Box<Verdict>> {
        self.check_room()?;
        let intent = self.named(intent, ts);
        if self.awaits_venue && self.engine.first_result(key, &intent, ts)?.is_none() {
            self.check_compared(intent.reduce_only)?;
        }
        let verdict = self.judged(&Input::SubmitOnce { intent, key })?;
        if self.hears && verdict.client_order_id != intent.client_order_id {
            self.notices.push(RecordKind::Verdict, self.engine.now(), verdict.as_ref());
        }
        Ok(verdict)
    }

    /// Judges orders that depend on each other and, when all are approved, asks for them to be placed. Returns the id of the
    /// first order and the verdict that denied the list, or that of its first order.
    ///
    /// # Errors
    /// As `submit`.
    pub fn submit_list(
        &mut self,
        contingency: Contingency,
        orders: &[OrderIntent],
        ts: Timestamp,
    ) -> Result<(ClientOrderId, Box<Verdict>)> {
        self.check_room()?;
        self.check_compared(orders.iter().all(|order| order.reduce_only))?;
        let first = self.engine.next_client_order_id();
        let at_once = OrderList { contingency, orders }.sent_at_once();
        let named: Vec<OrderIntent> = orders
            .iter()
            .enumerate()
            .map(|(index, intent)| OrderIntent {
                client_order_id: match index < at_once {
                    true => ClientOrderId(first.0 + index as u64),
                    false => ClientOrderId::NONE,
                },
                ts_intent: ts,
                ..*intent
            })
            .collect();
        let list = OrderList { contingency, orders: &named };
        list.validate()?;
        Ok((first, self.judged(&Input::SubmitList(list))?))
    }

    fn named(&self, intent: OrderIntent, ts: Timestamp) -> OrderIntent {
        let client_order_id = self.engine.next_client_order_id();
        OrderIntent { client_order_id, ts_intent: ts, ..intent }
    }

    /// Asks for an open order to be cancelled.
    ///
    /// # Errors
    /// `ORDER_UNKNOWN`, and as `submit`.
    pub fn cancel(&mut self, client_order_id: ClientOrderId, ts: Timestamp) -> Result<()> {
        self.step(&Input::Cancel { client_order_id, ts }).map(|_| ())
    }

    /// Judges a change of an open order and, when approved, asks for it.
    ///
    /// # Errors
    /// `ORDER_UNKNOWN`, `AMEND_INVALID`, `ORDER_TRANSITION_ILLEGAL`, and as `submit`.
    pub fn amend(&mut self, amendment: Amendment, ts: Timestamp) -> Result<Box<Verdict>> {
        self.check_compared(false)?;
        self.judged(&Input::Amend(Amendment { ts, ..amendment }))
    }

    /// Takes a venue's report.
    ///
    /// # Errors
    /// `FILL_INVALID`, `FILL_CONFLICT`, `REPORT_MISMATCH`, `CURRENCY_UNKNOWN`, `AMOUNT_OVERFLOW`, `JOURNAL_IO`,
    /// `JOURNAL_STOPPED`.
    pub fn report(&mut self, report: &VenueReport) -> Result<()> {
        self.step(&Input::Report(*report)).map(|_| ())
    }

    /// The outcome of a command is unknown: the order is in doubt, keeps its reservation, and has to be asked about.
    ///
    /// # Errors
    /// `ORDER_UNKNOWN`, and as `submit`.
    pub fn lose_track(&mut self, client_order_id: ClientOrderId, ts: Timestamp) -> Result<()> {
        self.step(&Input::LoseTrack { client_order_id, ts }).map(|_| ())
    }

    /// Takes a bar, whose close is the reference price.
    ///
    /// # Errors
    /// `EVENT_INVALID`, `INSTRUMENT_UNKNOWN`, `AMOUNT_OVERFLOW`, `JOURNAL_IO`, `JOURNAL_STOPPED`.
    pub fn on_bar(&mut self, bar: &Bar) -> Result<()> {
        bar.validate()?;
        self.step(&Input::Bar(*bar)).map(|_| ())
    }

    /// Takes a trade of others, whose price is the reference price.
    ///
    /// # Errors
    /// As `on_bar`.
    pub fn on_trade(&mut self, trade: &Trade) -> Result<()> {
        self.step(&Input::Trade(*trade)).map(|_| ())
    }

    /// Takes a quote, whose middle is the reference price.
    ///
    /// # Errors
    /// As `on_bar`.
    pub fn on_quote(&mut self, quote: &Quote) -> Result<()> {
        self.step(&Input::Quote(*quote)).map(|_| ())
    }

    /// Takes a funding payment.
    ///
    /// # Errors
    /// As `on_bar`.
    pub fn on_funding(&mut self, funding: Funding) -> Result<()> {
        self.step(&Input::Funding(funding)).map(|_| ())
    }

    /// Takes a rate of exchange: what one unit of the currency costs in the account's.
    ///
    /// # Errors
    /// `CURRENCY_UNKNOWN`, `RATE_INVALID`, and as `on_bar`.
    pub fn on_rate(&mut self, currency: &str, rate: &str, ts_event: Timestamp) -> Result<()> {
        let currency = self.engine.wallets().id(currency)?;
        let changed = RateChanged { currency, ts_event, rate: Rate::parse(rate)? };
        self.step(&Input::Rate(changed)).map(|_| ())
    }

    /// Records that something outside failed.
    ///
    /// # Errors
    /// As `on_bar`.
    pub fn note_failure(&mut self, code: Code, message: &str, ts: Timestamp) -> Result<()> {
        self.step(&Input::Failure { code, message, ts }).map(|_| ())
    }

    /// Returns when everything recorded so far is as durable as the journal's policy says.
    ///
    /// # Errors
    /// `JOURNAL_IO`, `JOURNAL_STOPPED`.
    pub fn commit(&mut self) -> Result<()> {
        let Some(journal) = self.journal.as_mut() else { return Ok(()) };
        journal.commit()?;
        match self.snapshots.as_mut().filter(|snapshots| snapshots.is_due(journal)) {
            Some(snapshots) => snapshots.take(&self.engine, journal).map(|_| ()),
            None => Ok(()),
        }
    }

    /// Ends the session and closes its journal.
    ///
    /// # Errors
    /// `JOURNAL_IO`, `JOURNAL_STOPPED`, `AMOUNT_OVERFLOW`.
    pub fn close(&mut self) -> Result<DeskClosed> {
        let (engine, mut recorder, _) = self.recorder();
        engine.close(&mut recorder)?;
        if let Some(journal) = self.journal.as_mut() {
            if let Some(snapshots) = self.snapshots.as_mut() {
                snapshots.take(&self.engine, journal)?;
            }
            journal.close()?;
        }
        let chain = self.journal.as_ref().map(JournalWriter::chain);
        Ok(DeskClosed {
            snapshot: self.engine.snapshot()?,
            requests_unsent: self.waiting(),
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
