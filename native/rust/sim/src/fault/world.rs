//! One simulation: the process under test, the exchange, and what is under way between them.

mod sending;
mod stepping;

pub(super) use stepping::Pace;
pub use stepping::Pause;

use super::checks;
use super::departures::Departures;
use super::exchange::Exchange;
use super::gathered::Gathered;
use super::held_orders;
use super::journal::MemoryJournal;
use super::keys::Keys;
use super::ledger::Ledger;
use super::network::{Delivery, Network};
use super::random::{Random, mix};
use super::restart::{RECONCILED_CRASHES, Restarts, SNAPSHOT_EVENTS, Taken, reconciles};
use super::schedule::Scheduled;
use super::setting::{HEARTBEAT_NS, INSTRUMENTS, LIVENESS_NS, START_TICKS};
use super::ties::Ties;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{Amount, OrderType, Result, Timestamp};
use holdfast_engine::egress::Egress;
use holdfast_engine::gateway::{Effects, Gateway, GatewayConfig};
use holdfast_engine::{Command, Engine, EngineConfig, Input, Sink};
use holdfast_risk::fuse::FuseSpec;
use holdfast_risk::fuse::latch::Latch;

/// Everything of one run.
#[derive(Debug)]
pub(super) struct World {
    config: EngineConfig,
    pub engine: Engine,
    pub gateway: Gateway,
    pub exchange: Exchange,
    pub ledger: Ledger,
    /// What left, seen from outside of the fuse.
    pub departures: Departures,
    pub ties: Ties,
    pub(super) keys: Keys,
    pub(super) keys_max: usize,
    /// Kinds that the venue lacks.
    lacking: Vec<OrderType>,
    /// Whether the process is dead at the moment.
    pub down: bool,
    /// Events that were handled.
    pub events: u64,
    pub crashes: u64,
    pub(super) journal: MemoryJournal,
    pub(super) network: Network,
    schedule: Vec<Scheduled>,
    effects: Effects,
    pub(super) commands: Vec<Command>,
    pub(super) watched: Vec<checks::Watched>,
    pub(super) now: i64,
    process: u32,
    bounds: GatewayConfig,
    fuse: FuseSpec,
    egress: Egress,
    /// Hash of the engine that died with everything written.
    hash_at_death: Option<[u8; 32]>,
    restarts: Restarts,
    gathered: Gathered,
    random: Random,
    digest: u64,
    healed: bool,
    /// Whether the engine may stand elsewhere than at the last check; which orders do at the venue, their list says.
    pub(super) touched: bool,
}

impl World {
    pub fn new(
        config: &EngineConfig,
        seed: u64,
        schedule: Vec<Scheduled>,
        bounds: GatewayConfig,
    ) -> Result<Self> {
        let exchange = Exchange::new(seed, vec![START_TICKS; INSTRUMENTS as usize]);
        Self::of(config, exchange, seed, schedule, bounds)
    }

    /// Makes a world around an engine of this configuration.
    pub fn of(
        config: &EngineConfig,
        exchange: Exchange,
        seed: u64,
        schedule: Vec<Scheduled>,
        bounds: GatewayConfig,
    ) -> Result<Self> {
        let mut world = Self {
            ties: Ties::default(),
            keys: Keys::default(),
            keys_max: config.orders.idempotency_max,
            lacking: held_orders::kinds(&config.emulated_order_types),
            config: config.clone(),
            engine: Engine::new(config)?,
            gateway: Gateway::new(bounds, Timestamp(0)),
            ledger: Ledger::new(Amount::parse(&config.start_cash)?, exchange.prices.len()),
            departures: Departures::default(),
            fuse: FuseSpec::default(),
            egress: Egress::new(&FuseSpec::default(), config, Latch::in_memory())?,
            exchange,
            down: false,
            events: 0,
            crashes: 0,
            journal: MemoryJournal::default(),
            network: Network::new(seed),
            schedule,
            effects: Effects::default(),
            commands: Vec::new(),
            watched: Vec::new(),
            now: 0,
            process: 0,
            bounds,
            hash_at_death: None,
            restarts: Restarts::default(),
            gathered: Gathered::default(),
            random: Random::new(seed, 4),
            digest: seed,
            healed: false,
            touched: true,
        };
        let opened = serde_json::to_vec(&serde_json::json!({ "engine": config }))
            .map_err(|_| checks::violated("the configuration must be representable"))?;
        world.journal.record(RecordKind::SessionOpened, Timestamp(0), opened.as_slice())?;
        world.journal.commit()?;
        for place in 0..world.schedule.len() {
            if let Some(scheduled) = world.schedule.get(place) {
                world.network.at(scheduled.at_ns, Delivery::Act(place));
            }
        }
        world.network.at(HEARTBEAT_NS, Delivery::Heartbeat);
        Ok(world)
    }

    /// Runs both phases.
    pub fn run(&mut self) -> Result<()> {
        let faults_end = self.schedule.last().map_or(0, |last| last.at_ns);
        while let Some(next) = self.network.next_at() {
            let wake = if self.down { i64::MAX } else { self.gateway.next_wake().0 };
            self.now = self.now.max(next.min(wake));
            if self.now > faults_end && !self.healed {
                self.heal();
            }
            if wake < next {
                self.gateway.tick(Timestamp(self.now), &mut self.effects);
                self.digest = mix(self.digest ^ self.now.unsigned_abs());
            } else if let Some(delivery) = self.network.take() {
                let heartbeat = matches!(delivery, Delivery::Heartbeat);
                self.digest = mix(self.digest ^ next.unsigned_abs().rotate_left(7));
                self.deliver(delivery)?;
                if heartbeat && self.healed && checks::difference(self).is_none() {
                    break;
                }
            }
            self.events += 1;
            self.take_effects()?;
            let is_due = self.events.is_multiple_of(SNAPSHOT_EVENTS) && !self.down;
            if is_due && self.journal.ends_whole() {
                let (bytes, chain) = (&self.journal.bytes, *self.journal.chain());
                self.restarts.taken = Some(Taken::of(&self.engine, bytes, chain));
            }
            self.check()?;
            if self.now > faults_end + LIVENESS_NS {
                let what = checks::difference(self).unwrap_or_default();
                return Err(checks::violated(
                    "both sides must agree soon after the faults stopped",
                )
                .with("difference", what));
            }
        }
        self.ledger.agree(&self.engine)?;
        self.keys_hold()
    }

    /// The journal must replay to the same hash.
    pub fn replay(&self) -> Result<()> {
        let recovered = self.restarts.recover(&self.journal)?;
        if recovered.engine.state_hash() == self.engine.state_hash() {
            return Ok(());
        }
        Err(checks::violated("the journal must replay to the same hash"))
    }

    /// The faults stop: what is under way still arrives as it was sent.
    fn heal(&mut self) {
        self.healed = true;
        self.exchange.windows.close_all();
        self.exchange.clock_offset_ns = 0;
        self.journal.disk_full = false;
        self.journal.fuse = None;
    }

    /// A hash over everything that the run did.
    pub fn hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.engine.state_hash());
        hasher.update(&self.journal.chain().head);
        hasher.update(&self.digest.to_le_bytes());
        hasher.update(&self.events.to_le_bytes());
        *hasher.finalize().as_bytes()
    }

    fn deliver(&mut self, delivery: Delivery) -> Result<()> {
        match delivery {
            Delivery::Act(place) => {
                if let Some(scheduled) = self.schedule.get(place).copied() {
                    self.touched = true;
                    self.act(scheduled.act)?;
                }
            }
            Delivery::ToVenue { request, sent } => {
                self.exchange.request(request, sent, self.now);
            }
            Delivery::Late(intent) => self.exchange.take(intent, self.now),
            Delivery::Price { instrument, ticks } => {
                self.exchange.trade(instrument, ticks, self.now);
            }
            Delivery::ToGateway { heard, process } => {
                if process == self.process && !self.down {
                    self.gateway.hear(heard, Timestamp(self.now), &mut self.effects);
                }
            }
            Delivery::Heartbeat => {
                self.exchange.heartbeat(self.now);
                let next = self.next_heartbeat();
                self.network.at(next, Delivery::Heartbeat);
            }
            Delivery::DiskHeals => self.journal.disk_full = false,
            Delivery::Restart => self.restart()?,
        }
        for sent in self.exchange.outbox.drain(..) {
            let late = matches!(sent.delivery, Delivery::Late(_));
            if late {
                self.network.at(self.now + sent.extra_ns, sent.delivery);
            } else {
                let windows = self.exchange.windows;
                self.network.send(self.now, sent.extra_ns, &windows, sent.delivery);
            }
        }
        Ok(())
    }

    /// Steps the engine; an error of the journal is the death of the process, every other one is a violation.
    pub(super) fn step(&mut self, input: &Input<'_>) -> Result<()> {
        self.touched = true;
        match self.engine.step(input, &mut self.journal, &mut self.commands) {
            Ok(_) => {
                self.egress.heard(&self.engine, input);
                self.booked(input)
            }
            Err(error) => self.survive(error),
        }
    }

    fn booked(&mut self, input: &Input<'_>) -> Result<()> {
        let Input::Report(report) = input else { return Ok(()) };
        if self.ledger.book(report, &self.engine)? {
            checks::is_true(report, &self.exchange)?;
        }
        Ok(())
    }

    pub(super) fn survive(&mut self, error: holdfast_core::Error) -> Result<()> {
        if error.code() != holdfast_core::Code::JournalIo {
            return Err(error);
        }
        self.die(None);
        Ok(())
    }

    /// The process dies; `hash` is its state's when it dies between two steps, with everything written.
    pub(super) fn die(&mut self, hash: Option<[u8; 32]>) {
        self.crashes += 1;
        self.down = true;
        self.hash_at_death = hash;
        let kept = self.random.below(1_001);
        self.journal.tear(kept);
        self.effects = Effects::default();
        self.commands.clear();
        let wait = self.random.between(200_000_000, 3_000_000_000);
        self.network.at(self.now + wait, Delivery::Restart);
    }

    /// The process starts again from what the journal holds. By itself, so that no other event makes room on the stack for it.
    #[inline(never)]
    fn restart(&mut self) -> Result<()> {
        let replayed = self.restarts.follow(&self.journal)?;
        let recovered = replayed.engine()?;
        if self.hash_at_death.is_some_and(|at_death| at_death != recovered.state_hash()) {
            return Err(checks::violated("a restart must give the same hash"));
        }
        self.keys.restarted(recovered.next_client_order_id());
        self.ties.restarted(&mut self.journal.promises, recovered);
        self.journal.resume(replayed)?;
        self.gathered.go_on(&self.journal.bytes)?;
        self.engine = self.restarts.engine(&self.config, &self.journal)?;
        let settled = Timestamp(self.now.saturating_sub(self.bounds.settle_ns));
        if self.crashes % RECONCILED_CRASHES == 1 {
            reconciles(&self.config, self.restarts.image(), &self.exchange, settled)?;
        }
        self.recall()?;
        self.process += 1;
        self.exchange.process = self.process;
        self.exchange.stream_silent = true;
        self.down = false;
        self.touched = true;
        self.rebuild_ledger()?;
        let now = Timestamp(self.now);
        self.gateway = Gateway::recover(self.bounds, &self.engine, now, &mut self.effects);
        Ok(())
    }

    /// The ledger follows the journal: a fill that was torn off was not applied, and has to be heard again.
    fn rebuild_ledger(&mut self) -> Result<()> {
        let instruments = self.exchange.prices.len();
        self.ledger = Ledger::new(self.engine.account().start_cash, instruments);
        for fill in &self.gathered.fills {
            self.ledger.book(fill, &self.engine)?;
        }
        Ok(())
    }

    fn check(&mut self) -> Result<()> {
        if self.down {
            return Ok(());
        }
        if std::mem::take(&mut self.touched) {
            self.check_all()?;
        } else {
            // Everything else that is checked asks the engine alone.
            checks::changed_reservations(&self.engine, &self.exchange)?;
        }
        self.exchange.orders.forget_changes();
        Ok(())
    }

    fn check_all(&mut self) -> Result<()> {
        self.ledger.agree(&self.engine)?;
        let orders = &self.exchange.orders;
        let is_open = |id: u64| orders.get(&id).is_some_and(|truth| truth.end.is_none());
        self.ties.hold(&self.engine, is_open)?;
        checks::reservations(&self.engine, &self.exchange, &mut self.watched)
    }
}
