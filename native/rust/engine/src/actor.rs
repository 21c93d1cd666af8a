//! One actor: an engine that takes the inputs of its instruments one at a time, in the order in which they were sent.

use crate::config::EngineConfig;
use crate::engine::Engine;
use crate::input::{Command, Input};
use crate::order_list::OrderList;
use crate::reconciliation::{Decision, DecisionKind, ItemId};
use crate::sink::Sink;
use crate::venue_snapshot::VenueSnapshot;
use holdfast_core::contain::contain;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::wire::Encode;
use holdfast_core::{
    Amount, ClientOrderId, Code, Contingency, Error, InstrumentId, OrderIntent, Overlays, Result,
    Timestamp, TradingMode,
};
use holdfast_risk::Verdict;

/// An input that can wait in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActorInput {
    /// A plain input. A submitted order without an id gets the actor's next one when its turn comes.
    Plain(Input<'static>),
    /// Orders that depend on each other, all on instruments of one actor.
    List {
        /// How they do.
        contingency: Contingency,
        /// The orders; without ids they get the actor's next ones.
        orders: Vec<OrderIntent>,
    },
    /// Every open order is to be cancelled: of an instrument, or of all actors.
    CancelAll {
        /// Which instrument.
        instrument: Option<InstrumentId>,
        /// When.
        ts: Timestamp,
    },
    /// What the venue says of the actor's part of the account.
    Venue(Box<VenueSnapshot>),
    /// What is to become of a difference of the actor with the venue.
    Decide {
        /// Which difference.
        item: ItemId,
        /// What is to become of it.
        kind: DecisionKind,
        /// Why; needed to ignore.
        reason: String,
        /// When.
        ts: Timestamp,
    },
    /// Another trading mode is in force, for every actor.
    Mode {
        /// Which.
        mode: TradingMode,
        /// Why, in the words of whoever changed it.
        reason: String,
        /// When.
        ts: Timestamp,
    },
}

impl From<Input<'static>> for ActorInput {
    fn from(input: Input<'static>) -> Self {
        Self::Plain(input)
    }
}

/// What a step came to.
#[derive(Debug)]
pub struct ActorStep<'a> {
    /// Number of the input among those of all actors.
    pub number: u64,
    /// The engine after it.
    pub engine: &'a Engine,
    /// The order that it reported of, where it was a venue's report.
    pub reported: Option<ClientOrderId>,
    /// The verdict, or why the input was refused.
    pub outcome: &'a Result<Option<Box<Verdict>>>,
    /// What the venue is to do.
    pub commands: &'a [Command],
}

/// Where an actor's records and commands go; it lives on the actor's thread.
pub trait ActorPort: Sink + Send {
    /// Hears what a step came to, after its records.
    fn stepped(&mut self, step: ActorStep<'_>);
}

/// Figures of an actor at a point of its inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct ActorFigures {
    pub equity: Amount,
    pub cash: Amount,
    pub fees: Amount,
    pub net_value: Amount,
    pub gross_exposure: Amount,
    /// Exposure when the worst subset of its open orders fills.
    pub worst_exposure: Amount,
    pub open_orders: usize,
    /// Orders that the gate or the fuse denied.
    pub denied: u64,
    pub state_hash: [u8; 32],
}

/// An engine with its port.
#[derive(Debug)]
pub struct Actor<P> {
    engine: Engine,
    port: P,
    commands: Vec<Command>,
    failure: Option<Error>,
}

impl<P: ActorPort> Actor<P> {
    /// Makes an actor and records its configuration.
    ///
    /// # Errors
    /// As `Engine::new`, and what the port fails with.
    pub fn open(config: &EngineConfig, mut port: P) -> Result<Self> {
        let engine = Engine::new(config)?;
        let opened = opened(config)?;
        port.record(RecordKind::SessionOpened, Timestamp(0), opened.as_slice())?;
        Ok(Self::resume(engine, port))
    }

    /// Goes on with an engine, for example one that was recovered from its journal.
    pub const fn resume(engine: Engine, port: P) -> Self {
        Self { engine, port, commands: Vec::new(), failure: None }
    }

    /// Takes an input. When the port fails to keep a record, or native code fails, the actor stops: its state and its
    /// journal may differ from then on, and nothing but a recovery makes them equal again.
    pub(crate) fn take(&mut self, number: u64, input: ActorInput) {
        if self.failure.is_some() {
            return;
        }
        if let Err(error) = contain(|| self.step(number, input)) {
            self.failure = Some(error);
        }
    }

    fn step(&mut self, number: u64, input: ActorInput) -> Result<()> {
        self.commands.clear();
        let mut sink = Watched { port: &mut self.port, failure: None };
        let next = self.engine.next_client_order_id();
        let reported = match &input {
            ActorInput::Plain(Input::Report(report)) => Some(report.client_order_id),
            _ => None,
        };
        let (engine, commands) = (&mut self.engine, &mut self.commands);
        let outcome = match input {
            ActorInput::Mode { mode, reason, ts } => {
                engine.step(&Input::ModeChanged { mode, reason: &reason, ts }, &mut sink, commands)
            }
            ActorInput::Venue(told) => engine.step(&Input::VenueState(&told), &mut sink, commands),
            ActorInput::Decide { item, kind, reason, ts } => {
                let decision = Decision { item, kind, reason: &reason, ts };
                engine.step(&Input::Decide(decision), &mut sink, commands)
            }
            ActorInput::CancelAll { instrument, ts } => {
                cancel_all(engine, (instrument, ts), &mut sink, commands).map(|()| None)
            }
            ActorInput::Plain(input) => engine.step(&named(input, next), &mut sink, commands),
            ActorInput::List { contingency, mut orders } => {
                name_list(contingency, &mut orders, next);
                let list = OrderList { contingency, orders: &orders };
                let valid = list.validate();
                valid.and_then(|()| engine.step(&Input::SubmitList(list), &mut sink, commands))
            }
        };
        if let Some(error) = sink.failure {
            return Err(error);
        }
        let (engine, commands) = (&self.engine, self.commands.as_slice());
        self.port.stepped(ActorStep { number, engine, reported, outcome: &outcome, commands });
        if let Ok(Some(verdict)) = outcome {
            self.engine.recycle(verdict);
        }
        Ok(())
    }
}

impl<P> Actor<P> {
    /// Returns the engine.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Returns the port.
    #[must_use]
    pub const fn port(&self) -> &P {
        &self.port
    }

    /// Returns the port, to take what it has gathered.
    pub const fn port_mut(&mut self) -> &mut P {
        &mut self.port
    }

    /// Returns engine and port, for a port that looks at the engine behind it.
    pub(crate) const fn parts_mut(&mut self) -> (&Engine, &mut P) {
        (&self.engine, &mut self.port)
    }

    /// Returns engine and port.
    pub fn into_parts(self) -> (Engine, P) {
        (self.engine, self.port)
    }

    /// Returns why the actor stopped, if it has.
    #[must_use]
    pub const fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    pub(crate) fn figures(&self) -> ActorFigures {
        let account = self.engine.account();
        ActorFigures {
            equity: self.engine.equity(),
            cash: account.cash,
            fees: account.fees,
            net_value: self.engine.net_value(),
            gross_exposure: self.engine.gross_exposure(),
            worst_exposure: self.engine.worst_exposure,
            open_orders: self.engine.open_order_count(),
            denied: self.engine.counts().denied,
            state_hash: self.engine.state_hash(),
        }
    }
}

/// Returns the content of the first record of an actor's journal.
pub(crate) fn opened(config: &EngineConfig) -> Result<Vec<u8>> {
    serde_json::to_vec(&serde_json::json!({ "engine": config })).map_err(|error| {
        Error::new(Code::ConfigInvalid, format!("configuration must be representable, {error}"))
    })
}

/// Asks for every open order to be cancelled, the oldest first. What ends with one before it, or is being cancelled already,
/// needs no cancel of its own.
fn cancel_all(
    engine: &mut Engine,
    (instrument, ts): (Option<InstrumentId>, Timestamp),
    sink: &mut impl Sink,
    commands: &mut Vec<Command>,
) -> Result<()> {
    let open = engine.open_orders().map(|order| &order.intent);
    let open = open.filter(|intent| instrument.is_none_or(|id| id == intent.instrument));
    let ids: Vec<ClientOrderId> = open.map(|intent| intent.client_order_id).collect();
    for client_order_id in ids {
        let is_open = engine.order(client_order_id).is_some_and(|order| {
            let (base, overlays, _) = order.state.load();
            !base.is_end() && !overlays.has(Overlays::PENDING_CANCEL)
        });
        if is_open {
            engine.step(&Input::Cancel { client_order_id, ts }, sink, commands)?;
        }
    }
    Ok(())
}

/// Gives a submitted order without an id the next one.
fn named(input: Input<'static>, next: ClientOrderId) -> Input<'static> {
    let name = |intent: OrderIntent| match intent.client_order_id.is_some() {
        true => intent,
        false => OrderIntent { client_order_id: next, ..intent },
    };
    match input {
        Input::Submit(intent) => Input::Submit(name(intent)),
        Input::SubmitOnce { intent, key } => Input::SubmitOnce { intent: name(intent), key },
        other => other,
    }
}

/// Gives the orders of a list that are sent at once the next ids, where the first has none.
fn name_list(contingency: Contingency, orders: &mut [OrderIntent], next: ClientOrderId) {
    if orders.first().is_none_or(|first| first.client_order_id.is_some()) {
        return;
    }
    let at_once = OrderList { contingency, orders }.sent_at_once();
    for (place, intent) in orders.iter_mut().take(at_once).enumerate() {
        intent.client_order_id = ClientOrderId(next.0 + place as u64);
    }
}

/// Tells a record that could not be kept from an input that was refused.
struct Watched<'a, P> {
    port: &'a mut P,
    failure: Option<Error>,
}

impl<P: ActorPort> Sink for Watched<'_, P> {
    fn record(
        &mut self,
        kind: RecordKind,
        ts: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        self.port.record(kind, ts, content).inspect_err(|error| self.failure = Some(error.clone()))
    }
}
