//! What goes into a step and what comes out of it towards a venue.

use crate::fuse_refusal::FuseRefused;
use crate::order_list::OrderList;
use crate::rates::RateChanged;
use crate::reconciliation::Decision;
use crate::venue_snapshot::VenueSnapshot;
use holdfast_core::wire::{AMOUNT_BYTES_MAX, Encode, Reader, U32_BYTES_MAX, U64_BYTES_MAX, Writer};
use holdfast_core::{
    Amendment, Amount, Bar, ClientOrderId, Code, InstrumentId, OrderIntent, Quote, Replacement,
    Result, Timestamp, Trade, TradingMode, VenueReport,
};
use holdfast_risk::capital::CapitalPlan;
use holdfast_risk::{GateSignal, LimitsChange, RiskMeasured};

/// A funding payment of a perpetual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Funding {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// When it fell due.
    pub ts_event: Timestamp,
    /// What the account pays; negative when it receives.
    pub paid: Amount,
}

/// One event that moves the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input<'a> {
    /// A bar closed.
    Bar(Bar),
    /// Others traded.
    Trade(Trade),
    /// The best bid and offer changed.
    Quote(Quote),
    /// A strategy wants an order.
    Submit(OrderIntent),
    /// A strategy wants orders that depend on each other.
    SubmitList(OrderList<'a>),
    /// A strategy wants an order, once: a repeat of the key returns the first verdict.
    SubmitOnce {
        /// The order.
        intent: OrderIntent,
        /// The caller's key, see `idempotency::key_of`.
        key: u128,
    },
    /// A strategy wants an order cancelled.
    Cancel {
        /// Which order.
        client_order_id: ClientOrderId,
        /// When.
        ts: Timestamp,
    },
    /// A strategy wants an open order changed.
    Amend(Amendment),
    /// A venue reported.
    Report(VenueReport),
    /// The outcome of a command is unknown: no answer in time, a lost connection, or a crash before the answer.
    LoseTrack {
        /// Whose command.
        client_order_id: ClientOrderId,
        /// When.
        ts: Timestamp,
    },
    /// Another trading mode is in force.
    ModeChanged {
        /// Which.
        mode: TradingMode,
        /// Why, in the words of whoever changed it; may be empty.
        reason: &'a str,
        /// When.
        ts: Timestamp,
    },
    /// Somebody wants other limits.
    ChangeLimits {
        /// Which, and by what right.
        change: &'a LimitsChange,
        /// When.
        ts: Timestamp,
    },
    /// The gate is told of a change outside.
    Signal {
        /// What changed.
        signal: GateSignal,
        /// When.
        ts: Timestamp,
    },
    /// The gate is told of the portfolio's correlations or risk.
    RiskMeasured {
        /// What was measured.
        measured: &'a RiskMeasured,
        /// When.
        ts: Timestamp,
    },
    /// Funding fell due.
    Funding(Funding),
    /// A rate of exchange changed.
    Rate(RateChanged),
    /// The venue told of its orders, fills, positions and balances.
    VenueState(&'a VenueSnapshot),
    /// Somebody decided about a difference with the venue.
    Decide(Decision<'a>),
    /// Somebody divides the capital among the strategies.
    PlanCapital {
        /// How.
        plan: &'a CapitalPlan,
        /// When.
        ts: Timestamp,
    },
    /// The egress fuse kept a request here.
    FuseRefused(FuseRefused),
    /// A venue was chosen for the next order; it is recorded and changes nothing.
    RouteChosen {
        /// The order that goes there.
        client_order_id: ClientOrderId,
        /// How it was chosen: JSON of the candidates and their costs.
        route: &'a str,
        /// When.
        ts: Timestamp,
    },
    /// Something outside failed; it is recorded and changes nothing.
    Failure {
        /// Its code.
        code: Code,
        /// Its message.
        message: &'a str,
        /// When.
        ts: Timestamp,
    },
}

impl Input<'_> {
    /// Returns the time at which the engine sees the input.
    #[must_use]
    pub fn ts(&self) -> Timestamp {
        match self {
            Self::Bar(bar) => bar.ts_close,
            Self::Trade(trade) => trade.ts_event,
            Self::Quote(quote) => quote.ts_event,
            Self::Submit(intent) | Self::SubmitOnce { intent, .. } => intent.ts_intent,
            Self::SubmitList(list) => match list.orders.first() {
                Some(intent) => intent.ts_intent,
                None => Timestamp(i64::MIN),
            },
            Self::ModeChanged { ts, .. }
            | Self::ChangeLimits { ts, .. }
            | Self::Signal { ts, .. }
            | Self::RiskMeasured { ts, .. }
            | Self::Cancel { ts, .. }
            | Self::LoseTrack { ts, .. }
            | Self::PlanCapital { ts, .. }
            | Self::RouteChosen { ts, .. }
            | Self::Failure { ts, .. } => *ts,
            Self::Amend(amendment) => amendment.ts,
            Self::Report(report) => report.ts_event,
            Self::Funding(funding) => funding.ts_event,
            Self::Rate(changed) => changed.ts_event,
            Self::VenueState(told) => told.ts_event,
            Self::Decide(decision) => decision.ts,
            Self::FuseRefused(refused) => refused.ts,
        }
    }
}

/// What the engine tells a venue to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Place an order that the gate approved.
    Place(OrderIntent),
    /// Cancel an order.
    Cancel(ClientOrderId),
    /// Change quantity and prices of an order to these.
    Replace(Replacement),
    /// Ask what became of an order.
    Query(ClientOrderId),
}

impl Funding {
    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            instrument: InstrumentId(reader.u32()?),
            ts_event: Timestamp(reader.i64()?),
            paid: reader.amount()?,
        })
    }
}

impl Encode for Funding {
    fn encoded_bytes_max(&self) -> usize {
        U32_BYTES_MAX + U64_BYTES_MAX + AMOUNT_BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u32(self.instrument.0);
        writer.i64(self.ts_event.0);
        writer.amount(self.paid);
    }
}

/// Content of a record of failure.
pub(crate) struct Failure<'a> {
    pub(crate) code: Code,
    pub(crate) message: &'a str,
}

impl Encode for Failure<'_> {
    fn encoded_bytes_max(&self) -> usize {
        U32_BYTES_MAX + self.message.len()
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u16(self.code as u16);
        writer.bytes(self.message.as_bytes());
    }
}
