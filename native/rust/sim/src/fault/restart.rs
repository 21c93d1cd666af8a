//! What a restart must hold to, whenever the process died: a snapshot with the tail behind it is the whole journal, and
//! reconciling with the venue's truth ends with the venue's positions and nothing undecided.
//!
//! The whole journal is replayed by one replay that goes on from restart to restart: what it has read cannot have changed,
//! since records are only ever added behind it. At the end everything is replayed from the first record on: it must be the
//! same where each restart found the end of the journal, and at the end itself.

use super::checks::violated;
use super::exchange::Exchange;
use super::journal::MemoryJournal;
use super::verified;
use holdfast_core::journal_group::GroupReader;
use holdfast_core::journal_record::Chain;
use holdfast_core::{InstrumentId, Quantity, ReportKind, Result, Timestamp, VenueReport};
use holdfast_engine::reconciliation::{Decision, DecisionKind};
use holdfast_engine::recovery::{CutOff, Recovered, Recovery};
use holdfast_engine::sink::NoSink;
use holdfast_engine::venue_snapshot::{
    VenueFill, VenueOrder, VenueOrderStatus, VenuePosition, VenueSnapshot,
};
use holdfast_engine::{Engine, EngineConfig, Input, Replica};

/// Events between two snapshots.
pub(super) const SNAPSHOT_EVENTS: u64 = 1_024;
/// Of so many crashes one is reconciled: comparing with all that the venue ever had takes longer than a restart.
pub(super) const RECONCILED_CRASHES: u64 = 4;

/// The state behind what was written at one time.
#[derive(Debug)]
pub(super) struct Taken {
    offset: usize,
    chain: Chain,
    image: Vec<u8>,
}

impl Taken {
    pub fn of(engine: &Engine, bytes: &[u8], chain: Chain) -> Self {
        Self { offset: bytes.len(), chain, image: engine.image() }
    }

    /// Returns the engine that the snapshot and the records behind it give; it must be the one that the whole journal gives.
    /// The replay of that has verified all records.
    pub fn restarted(&self, config: &EngineConfig, bytes: &[u8], whole: &[u8]) -> Result<Engine> {
        let broken = || violated("a snapshot and its tail must give the whole journal's state");
        let stands_behind = verified::head_before(bytes, self.offset) == Some(&self.chain.head);
        let tail = bytes.get(self.offset..).filter(|_| stands_behind).ok_or_else(broken)?;
        let mut replica = Replica::behind(copy(config, &self.image)?, self.chain);
        for record in verified::records(tail) {
            replica.apply(&record)?;
        }
        replica.into_engine().0.filter(|engine| is_image(engine, whole)).ok_or_else(broken)
    }
}

/// Two engines of one configuration with equal images go on alike.
fn is_image(engine: &Engine, image: &[u8]) -> bool {
    let mut other = Vec::with_capacity(image.len());
    engine.write_image(&mut other);
    other == image
}

/// Most bytes of states that a run keeps whole; of those behind it the hash has to do, since a long run may have more restarts
/// than there is room for their states.
const STATES_BYTES_MAX: usize = 16 << 20;

/// The state that a replay gave.
#[derive(Debug)]
enum State {
    Whole(Vec<u8>),
    Hash([u8; 32]),
}

impl State {
    fn is_of(&self, engine: &Engine) -> bool {
        match self {
            Self::Whole(image) => is_image(engine, image),
            Self::Hash(hash) => engine.image_hash() == *hash,
        }
    }
}

/// What the replay gave at a restart.
#[derive(Debug)]
struct Found {
    intact_bytes: usize,
    chain: Chain,
    cut_off: Vec<CutOff>,
    state: State,
}

impl Found {
    /// Whether a replay from the first record on stands here as well.
    fn is_given_by(&self, whole: &Recovery) -> Result<bool> {
        Ok(self.intact_bytes == whole.intact_bytes()
            && self.chain == *whole.chain()
            && self.cut_off == whole.cut_off()
            && self.state.is_of(whole.engine()?))
    }
}

/// The replay of the whole journal, from restart to restart.
#[derive(Debug, Default)]
pub(super) struct Restarts {
    replayed: Recovery,
    /// What it gave at every restart, and the bytes of the states in there.
    found: Vec<Found>,
    states_bytes: usize,
    /// The state that it gave last.
    image: Vec<u8>,
    /// The newest snapshot.
    pub taken: Option<Taken>,
}

impl Restarts {
    /// Replays what was written since the last restart.
    pub fn follow(&mut self, journal: &MemoryJournal) -> Result<&Recovery> {
        let read = |reader: &mut GroupReader, place, rest| journal.read(reader, place, rest);
        self.replayed.follow_read(&journal.bytes, read)?;
        self.replayed.engine()?.write_image(&mut self.image);
        let state = self.state();
        self.found.push(Found {
            intact_bytes: self.replayed.intact_bytes(),
            chain: *self.replayed.chain(),
            cut_off: self.replayed.cut_off(),
            state,
        });
        Ok(&self.replayed)
    }

    fn state(&mut self) -> State {
        let bytes = self.states_bytes + self.image.len();
        if bytes > STATES_BYTES_MAX {
            return State::Hash(*blake3::hash(&self.image).as_bytes());
        }
        self.states_bytes = bytes;
        State::Whole(self.image.clone())
    }

    /// Replays everything from the first record on, in the parts that the restarts found. The hashes of what they have verified
    /// are not computed again.
    pub fn recover(&self, journal: &MemoryJournal) -> Result<Recovered> {
        let (mut whole, verified_until) = (Recovery::default(), self.replayed.intact_bytes());
        let read = |reader: &mut GroupReader, place, rest| {
            if !reader.has_seen()
                && place < verified_until
                && let Some(group) = verified::group(rest, reader.chain().next_sequence)
                && place + group.bytes <= verified_until
            {
                reader.trust(group.end, group.head);
            }
            journal.read(reader, place, rest)
        };
        for found in &self.found {
            whole.follow_read(journal.bytes.get(..found.intact_bytes).unwrap_or_default(), read)?;
            if !found.is_given_by(&whole)? {
                return Err(violated("a replay that goes on must be that of the whole journal"));
            }
        }
        whole.follow_read(&journal.bytes, read)?;
        whole.finish()
    }

    /// Returns the state that the whole journal gives.
    pub fn image(&self) -> &[u8] {
        &self.image
    }

    /// Returns the engine that goes on: from the newest snapshot and the records behind it, or, before the first one, with
    /// the state that the whole journal gives.
    pub fn engine(&self, config: &EngineConfig, journal: &MemoryJournal) -> Result<Engine> {
        match &self.taken {
            Some(taken) => taken.restarted(config, &journal.bytes, &self.image),
            None => copy(config, &self.image),
        }
    }
}

fn copy(config: &EngineConfig, image: &[u8]) -> Result<Engine> {
    let mut engine = Engine::new(config)?;
    engine.take_image(image)?;
    Ok(engine)
}

fn status(end: Option<ReportKind>) -> VenueOrderStatus {
    match end {
        None => VenueOrderStatus::Open,
        Some(ReportKind::Fill) => VenueOrderStatus::Filled,
        Some(ReportKind::Expired) => VenueOrderStatus::Expired,
        Some(ReportKind::Rejected) => VenueOrderStatus::Rejected,
        Some(_) => VenueOrderStatus::Canceled,
    }
}

/// Returns the venue's truth; what was sent after `until` may be under way.
fn truth(exchange: &Exchange, ts_event: Timestamp, until: Timestamp) -> VenueSnapshot {
    let orders = exchange.orders.values().map(|placed| {
        let intent = &placed.intent;
        let filled = Quantity::from_lots(placed.filled);
        let is_whole = placed.end.is_some() && filled == intent.quantity;
        VenueOrder {
            venue_order_id: intent.client_order_id.0.to_string(),
            client_order_id: Some(intent.client_order_id),
            instrument: intent.instrument,
            side: intent.side,
            order_type: intent.order_type,
            time_in_force: intent.time_in_force,
            reduce_only: intent.reduce_only,
            status: if is_whole { VenueOrderStatus::Filled } else { status(placed.end) },
            quantity: intent.quantity,
            filled,
            average_price: None,
            limit_price: intent.limit_price,
            trigger_price: intent.trigger_price,
            terms: intent.terms,
        }
    });
    let fill = |report: &VenueReport| {
        let intent = &exchange.orders.get(&report.client_order_id.0)?.intent;
        Some(VenueFill {
            trade_id: report.trade_id,
            venue_order_id: report.client_order_id.0.to_string(),
            client_order_id: Some(report.client_order_id),
            instrument: intent.instrument,
            side: intent.side,
            moves_short: false,
            price: report.last_price,
            quantity: report.last_quantity,
            fee: report.fee,
            fee_currency: report.fee_currency,
            ts_event: report.ts_event,
        })
    };
    let positions = exchange.positions.iter().enumerate().map(|(index, lots)| VenuePosition {
        instrument: InstrumentId(index as u32),
        is_short: false,
        lots: Quantity::from_lots(*lots),
        average_price: None,
    });
    VenueSnapshot {
        ts_event,
        orders_complete_until: Some(until),
        fills_complete_from: Some(Timestamp(0)),
        positions_complete: true,
        orders: orders.collect(),
        fills: exchange.fills.iter().filter_map(fill).collect(),
        positions: positions.collect(),
        balances: Vec::new(),
    }
}

/// Reconciles an engine of this state with the venue's truth, adopting all that can be adopted.
pub(super) fn reconciles(
    config: &EngineConfig,
    image: &[u8],
    exchange: &Exchange,
    until: Timestamp,
) -> Result<()> {
    let mut copy = copy(config, image)?;
    let mode = copy.mode();
    let told = truth(exchange, copy.now(), until);
    let mut commands = Vec::new();
    copy.step(&Input::VenueState(&told), &mut NoSink, &mut commands)?;
    loop {
        let next = copy.open_items().next();
        let Some((item, adopts)) = next.map(|item| {
            let possible = copy.decisions(item.difference);
            (item.id, possible.contains(&DecisionKind::Adopt))
        }) else {
            break;
        };
        let kind = if adopts { DecisionKind::Adopt } else { DecisionKind::Ignore };
        let decision = Decision { item, kind, reason: "the venue's truth", ts: copy.now() };
        copy.step(&Input::Decide(decision), &mut NoSink, &mut commands)?;
    }
    let held = copy.instruments().iter().map(|state| state.position.lots().lots());
    if held.eq(exchange.positions.iter().copied()) && copy.mode() == mode {
        return Ok(());
    }
    Err(violated("reconciling with the venue's truth must end with its positions"))
}

#[cfg(test)]
mod tests {
    use super::super::setting::engine_config;
    use super::*;
    use holdfast_core::journal_record::RecordKind;
    use holdfast_core::{Code, Price, Side, Trade};
    use holdfast_engine::Sink;

    #[test]
    fn ord_10_a_position_that_cannot_be_adopted_is_found_and_one_that_can_be_is_not() {
        let mut engine = Engine::new(&engine_config()).unwrap();
        let mut exchange = Exchange::new(1, vec![100, 100]);
        let outcome = |engine: &Engine, exchange: &Exchange| {
            reconciles(&engine_config(), &engine.image(), exchange, Timestamp(0))
                .map_err(|error| error.code())
        };
        assert_eq!(outcome(&engine, &exchange), Ok(()));
        exchange.positions = vec![5, 0];
        assert_eq!(outcome(&engine, &exchange), Err(Code::SimulationViolated));
        let trade = Trade {
            instrument: InstrumentId(0),
            ts_event: Timestamp(1),
            price: Price::from_ticks(100),
            quantity: Quantity::from_lots(1),
            aggressor_side: Side::Buy,
        };
        engine.step(&Input::Trade(trade), &mut NoSink, &mut Vec::new()).unwrap();
        assert_eq!(outcome(&engine, &exchange), Ok(()));
    }

    #[test]
    fn tst_09_a_replay_that_goes_on_must_be_that_of_the_whole_journal() {
        let config = engine_config();
        let mut engine = Engine::new(&config).unwrap();
        let (mut journal, mut restarts) = (MemoryJournal::default(), Restarts::default());
        let opened = serde_json::to_vec(&serde_json::json!({ "engine": config })).unwrap();
        journal.record(RecordKind::SessionOpened, Timestamp(0), opened.as_slice()).unwrap();
        for at in 1..30 {
            let trade = Trade {
                instrument: InstrumentId(0),
                ts_event: Timestamp(at),
                price: Price::from_ticks(100 + at % 7),
                quantity: Quantity::from_lots(1),
                aggressor_side: Side::Buy,
            };
            engine.step(&Input::Trade(trade), &mut journal, &mut Vec::new()).unwrap();
            journal.commit().unwrap();
            if at % 7 == 0 {
                restarts.follow(&journal).unwrap();
                let again = restarts.engine(&config, &journal).unwrap();
                assert_eq!(again.image(), engine.image());
                assert_eq!(restarts.recover(&journal).unwrap().engine.image(), engine.image());
            }
            if at == 10 {
                restarts.taken = Some(Taken::of(&engine, &journal.bytes, *journal.chain()));
            }
        }
        assert_eq!(restarts.found.len(), 4);
        let code = |restarts: &Restarts| {
            restarts.recover(&journal).map(|_| ()).map_err(|error| error.code())
        };
        assert!(matches!(restarts.found[0].state, State::Whole(_)));
        restarts.states_bytes = STATES_BYTES_MAX;
        assert!(matches!(restarts.state(), State::Hash(_)));
        let differ: [fn(&mut Found); 5] = [
            |found| found.state = State::Hash([0; 32]),
            |found| found.state = State::Whole(Vec::new()),
            |found| found.intact_bytes -= 1,
            |found| found.chain.head[0] ^= 1,
            |found| {
                let (kind, ts) = (RecordKind::Failure, Timestamp(0));
                found.cut_off.push(CutOff { kind, ts, payload: Vec::new() });
            },
        ];
        for (number, differ) in differ.into_iter().enumerate() {
            let place = number % 4;
            differ(&mut restarts.found[place]);
            assert_eq!(code(&restarts), Err(Code::SimulationViolated), "{number}");
            restarts.found.remove(place);
            assert_eq!(code(&restarts), Ok(()));
            let found = Found {
                intact_bytes: restarts.replayed.intact_bytes(),
                chain: *restarts.replayed.chain(),
                cut_off: Vec::new(),
                state: State::Hash(*blake3::hash(&restarts.image).as_bytes()),
            };
            restarts.found.push(found);
        }
        restarts.image.push(0);
        let found = restarts.engine(&config, &journal).map(|_| ());
        assert_eq!(found.map_err(|error| error.code()), Err(Code::SimulationViolated));
    }
}
