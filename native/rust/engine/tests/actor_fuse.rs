//! One fuse over all actors: it refuses what that of one engine refuses, for any number of threads.

mod actor_floor;
mod support;

use actor_floor::{Drawn, EPOCH, Stream, account, specs};
use holdfast_core::{
    Amendment, ClientOrderId, Contingency, InstrumentId, OrderIdText, Overlays, Timestamp,
    TradingMode, VenueReport,
};
use holdfast_engine::actor_outbox::ANSWER_BYTES;
use holdfast_engine::replay::replay;
use holdfast_engine::request_record::{REQUEST_BYTES, request_record};
use holdfast_engine::{
    ActorDesk, ActorDeskOptions, ActorInput, ActorSpec, ActorStep, Desk, DeskConfig, EngineConfig,
    Input, JournalReader, JournalWriter, SyncPolicy,
};
use holdfast_risk::fuse::latch::{Latch, LatchState, reset};
use holdfast_risk::fuse::{FuseScopeSpec, FuseSpec};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use std::collections::BTreeMap;
use support::Folder;

const OWNERS: [u8; 4] = [0, 1, 2, 0];

type Begin<'a> = Option<&'a dyn Fn(usize) -> holdfast_core::Result<JournalWriter>>;

fn answer(step: &ActorStep<'_>) -> [u8; ANSWER_BYTES] {
    let mut bytes = [0; ANSWER_BYTES];
    let code = step.outcome.as_ref().map_or_else(|error| error.code() as u16, |_| 1);
    bytes[..2].copy_from_slice(&code.to_le_bytes());
    bytes
}

fn open(
    account: &EngineConfig,
    actors: &[ActorSpec],
    workers: usize,
    (fuse, latch): (&FuseSpec, Latch),
    journal: Begin<'_>,
) -> ActorDesk {
    let id_form = OrderIdText::new("t").unwrap();
    let options = ActorDeskOptions { actors, workers, id_form, journal, answer, fuse, latch };
    ActorDesk::open(account, options).unwrap()
}

/// Ceilings that a drawn stream meets now and then.
fn tight(drawn: [u8; 5]) -> FuseSpec {
    let some = |value: u8, text: String| value.is_multiple_of(2).then_some(text);
    let [minute, repeats, notional, quantity, unanswered] = drawn;
    FuseSpec {
        account: FuseScopeSpec {
            orders_per_minute_max: some(minute, (3 + minute % 24).to_string()),
            notional_per_day_max: some(
                notional,
                (10_000 + 1_000 * u32::from(notional)).to_string(),
            ),
            ..FuseScopeSpec::default()
        },
        each_instrument: FuseScopeSpec {
            order_quantity_max: some(quantity, (30 + quantity % 50).to_string()),
            ..FuseScopeSpec::default()
        },
        unanswered_notional_max: some(
            unanswered,
            (4_000 + 500 * u32::from(unanswered)).to_string(),
        ),
        repeats_max: Some((1 + repeats % 8).to_string()),
        ..FuseSpec::default()
    }
}

fn drained(desk: &mut ActorDesk, most: usize) -> Vec<[u8; REQUEST_BYTES]> {
    let mut left = Vec::new();
    while desk.waiting() > 0 {
        desk.drain(most, |record| left.push(*record)).unwrap();
    }
    left
}

/// Everything that can be seen of actors that play rounds.
#[derive(Debug, PartialEq)]
struct Told {
    answers: Vec<(u64, u16)>,
    left: Vec<Vec<[u8; REQUEST_BYTES]>>,
    notices: Vec<u8>,
    fuse: LatchState,
    hash: [u8; 32],
}

fn told(workers: usize, most: usize, length: usize, fuse: &FuseSpec, drawn: &[Drawn]) -> Told {
    let specs = specs(40_000, &OWNERS, &[1, 2, 3, 4]);
    let account = account(4, 40_000, true);
    let mut desk = open(&account, &specs, workers, (fuse, Latch::in_memory()), None);
    desk.hear(true).unwrap();
    let (mut answers, mut left, mut notices) = (Vec::new(), Vec::new(), Vec::new());
    for (place, round) in Stream::new(&specs, 4).of(drawn).chunks(length).enumerate() {
        round.iter().for_each(|input| drop(desk.send(input.clone())));
        // What is drained before its round leaves an answer all the same.
        if place % 3 == 1 {
            left.push(drained(&mut desk, most));
        }
        desk.round().unwrap();
        let code = |bytes: &[u8; ANSWER_BYTES]| u16::from_le_bytes([bytes[0], bytes[1]]);
        answers.extend(desk.answers().iter().map(|(_, bytes)| (0, code(bytes))));
        left.push(drained(&mut desk, most));
        let mut bytes = vec![0; 1 << 20];
        let length = desk.notices().take(&mut bytes);
        notices.extend_from_slice(&bytes[..length]);
    }
    let fuse = desk.fuse().clone();
    Told { answers, left, notices, fuse, hash: desk.close().unwrap().figures.sum.state_hash }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn ord_09_the_fuse_refuses_the_same_on_any_number_of_threads_and_in_drains_of_any_length(
        drawn in prop::collection::vec(any::<Drawn>(), 20..100),
        ceilings in any::<[u8; 5]>(),
        length in 1_usize..40,
        most in 1_usize..20,
    ) {
        let fuse = tight(ceilings);
        let expected = told(0, usize::MAX, length, &fuse, &drawn);
        for workers in 0..=4 {
            let seen = told(workers, most, length, &fuse, &drawn);
            prop_assert!(seen == expected, "{} workers", workers);
        }
    }
}

/// The same inputs for actors and for one engine, which name orders otherwise.
#[derive(Default)]
struct Twins {
    /// What the one engine calls an order of the actors'.
    names: BTreeMap<ClientOrderId, ClientOrderId>,
}

impl Twins {
    /// The one engine's name of an actor's order.
    fn of_one(&self, id: ClientOrderId) -> Option<ClientOrderId> {
        self.names.get(&id).copied()
    }

    /// Lets the one engine judge orders, and notes what both call those that it took.
    fn judged(
        &mut self,
        (actors, one): (&mut ActorDesk, &mut Desk),
        (id, at_once): (InstrumentId, u64),
        judge: impl FnOnce(&mut Desk),
    ) {
        let (there, here) =
            (actors.next_order_id(id).unwrap(), one.engine().next_client_order_id());
        judge(one);
        let taken = one.engine().next_client_order_id().0 - here.0;
        for number in 0..taken.min(at_once) {
            self.names.insert(ClientOrderId(there.0 + number), ClientOrderId(here.0 + number));
        }
    }

    /// Plays an input on both where both can name it.
    fn play(&mut self, actors: &mut ActorDesk, one: &mut Desk, input: &ActorInput) {
        let sent: ActorInput = match input {
            ActorInput::Mode { ts, .. } if ts.0 % 4 == 0 => {
                cancel_all(one, *ts);
                ActorInput::CancelAll { instrument: None, ts: *ts }
            }
            ActorInput::Mode { mode, ts, .. } => {
                one.reset_mode(*mode, "drawn", *ts).unwrap();
                input.clone()
            }
            ActorInput::List { orders, .. } => {
                let contingencies = [Contingency::Oco, Contingency::Oto, Contingency::Ouo];
                let ts = orders[0].ts_intent;
                let contingency = contingencies[(ts.0 % 3) as usize];
                let at_once = if contingency == Contingency::Oto { 1 } else { 2 };
                self.judged((actors, one), (orders[0].instrument, at_once), |one| {
                    drop(one.submit_list(contingency, orders, ts));
                });
                ActorInput::List { contingency, orders: orders.clone() }
            }
            ActorInput::Plain(plain) => match self.play_plain(actors, one, plain) {
                Some(sent) => sent.into(),
                None => return,
            },
            _ => return,
        };
        actors.send(sent).unwrap();
    }

    fn play_plain(
        &mut self,
        actors: &mut ActorDesk,
        one: &mut Desk,
        input: &Input<'static>,
    ) -> Option<Input<'static>> {
        let ts = input.ts();
        match input {
            Input::Trade(trade) => one.on_trade(trade).unwrap(),
            Input::Submit(intent) => {
                self.judged((actors, one), (intent.instrument, 1), |one| {
                    drop(one.submit(*intent, intent.ts_intent));
                });
            }
            Input::Report(report) => {
                let id = self.of_one(report.client_order_id)?;
                let plain = VenueReport { sequence: None, ..*report };
                drop(one.report(&VenueReport { client_order_id: id, ..plain }));
                return Some(Input::Report(plain));
            }
            Input::Cancel { client_order_id, .. } => {
                drop(one.cancel(self.of_one(*client_order_id)?, ts));
            }
            Input::LoseTrack { client_order_id, .. } => {
                drop(one.lose_track(self.of_one(*client_order_id)?, ts));
            }
            Input::Amend(amendment) => {
                let client_order_id = self.of_one(amendment.client_order_id)?;
                drop(one.amend(Amendment { client_order_id, ..*amendment }, amendment.ts));
            }
            _ => return None,
        }
        Some(input.clone())
    }
}

/// What a caller of one engine does who wants everything cancelled.
fn cancel_all(one: &mut Desk, ts: Timestamp) {
    let open: Vec<ClientOrderId> =
        one.engine().open_orders().map(|order| order.intent.client_order_id).collect();
    for id in open {
        let is_open = one.engine().order(id).is_some_and(|order| {
            let (base, overlays, _) = order.state.load();
            !base.is_end() && !overlays.has(Overlays::PENDING_CANCEL)
        });
        if is_open {
            one.cancel(id, ts).unwrap();
        }
    }
}

/// Kind, instrument and order of a request; an order that an engine made by itself has no name in common.
type Seen = (u8, u32, Option<ClientOrderId>);

fn seen(record: &[u8; REQUEST_BYTES]) -> (u8, u32, ClientOrderId) {
    let instrument = u32::from_le_bytes(record[16..20].try_into().unwrap());
    let id = u64::from_le_bytes(record[8..16].try_into().unwrap());
    (record[0], instrument, ClientOrderId(id))
}

/// Placements and changes in their order, and behind them cancels and queries, which the fuse does not count: those of
/// everything come actor by actor.
fn in_order(round: impl Iterator<Item = Seen>) -> Vec<Seen> {
    let (counted, mut others): (Vec<Seen>, Vec<Seen>) =
        round.partition(|(kind, ..)| matches!(kind, 0 | 2));
    others.sort_unstable();
    counted.into_iter().chain(others).collect()
}

/// What left of the actors and of the one engine, by the one engine's names, and how both fuses stand; orders denied of each.
fn both(
    fuse: &FuseSpec,
    drawn: &[Drawn],
    length: usize,
) -> ([Vec<Seen>; 2], [Option<String>; 2], [u64; 2]) {
    let cash = 4_000_000_000;
    let specs = specs(cash, &OWNERS, &[1, 2, 3, 4]);
    let account = account(4, cash, false);
    let mut actors = open(&account, &specs, 2, (fuse, Latch::in_memory()), None);
    let config = DeskConfig { engine: account, about: serde_json::json!({}), fuse: fuse.clone() };
    let mut one = Desk::open(&config, None).unwrap();
    let form = OrderIdText::new("t").unwrap();
    let mut twins = Twins::default();
    let (mut of_actors, mut of_one) = (Vec::new(), Vec::new());
    for round in Stream::new(&specs, 4).of(drawn).chunks(length) {
        round.iter().for_each(|input| twins.play(&mut actors, &mut one, input));
        actors.round().unwrap();
        let left = drained(&mut actors, usize::MAX);
        of_actors.extend(in_order(left.iter().map(|record| {
            let (kind, instrument, id) = seen(record);
            (kind, instrument, twins.of_one(id))
        })));
        let mut left = Vec::new();
        while one.waiting() > 0 {
            let each = |engine: &_, command: &_| {
                let (kind, instrument, id) = seen(&request_record(engine, command, &form));
                let is_named = twins.names.values().any(|name| *name == id);
                left.push((kind, instrument, is_named.then_some(id)));
            };
            one.drain(usize::MAX, each).unwrap();
        }
        of_one.extend(in_order(left.into_iter()));
    }
    let trip = |state: &LatchState| match state {
        LatchState::Tripped(trip) => {
            Some(format!("{} {} {} {}", trip.ceiling, trip.limit, trip.observed, trip.instrument))
        }
        _ => None,
    };
    let trips = [trip(actors.fuse()), trip(one.fuse())];
    let denied = actors.figures().unwrap().sum.denied;
    ([of_actors, of_one], trips, [denied, one.engine().counts().denied])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn ord_09_the_fuse_over_actors_refuses_what_the_fuse_of_one_engine_refuses(
        drawn in prop::collection::vec(any::<Drawn>(), 20..120),
        ceilings in any::<[u8; 5]>(),
        length in 1_usize..30,
    ) {
        let ([actors, one], trips, denied) = both(&tight(ceilings), &drawn, length);
        prop_assert_eq!(actors, one);
        prop_assert_eq!(&trips[0], &trips[1]);
        prop_assert_eq!(denied[0], denied[1]);
    }
}

#[test]
fn drawn_streams_blow_the_fuse_and_leave_it_whole() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let cases = (prop::collection::vec(any::<Drawn>(), 20..120), any::<[u8; 5]>(), 1_usize..30);
    let (mut trips, mut whole, mut left, mut denied) = (std::collections::BTreeSet::new(), 0, 0, 0);
    for _ in 0..100 {
        let (drawn, ceilings, length) = cases.new_tree(&mut runner).unwrap().current();
        let ([seen, _], [trip, _], [refused, _]) = both(&tight(ceilings), &drawn, length);
        let name = trip.and_then(|trip| trip.split(' ').next().map(str::to_owned));
        whole += usize::from(name.is_none());
        trips.extend(name);
        left += seen.len();
        denied += refused;
    }
    let known = ["order_quantity", "orders_per_minute", "repeats", "unanswered_notional"];
    for name in known {
        assert!(trips.contains(name), "{name} must blow it, {trips:?} did");
    }
    assert!(whole > 10, "{whole} left whole");
    assert!(left > 200 && denied > 200, "{left} left, {denied} were denied");
}

/// Prices for two instruments, and orders of one lot in turn.
fn loop_of(orders: usize) -> Vec<Drawn> {
    (0..orders).map(|order| (8, order as u8, 2, 0)).collect()
}

#[test]
fn a_loop_over_all_actors_is_stopped_at_the_account_s_cap_and_its_journals_replay_without_a_fuse() {
    for workers in 0..=2 {
        let folder = Folder::new(&format!("actor-fuse-loop-{workers}"));
        let begin =
            |actor: usize| JournalWriter::create(&folder.0.join(actor.to_string()), SyncPolicy::Os);
        let account = account(2, 4_000_000, false);
        let specs = specs(4_000_000, &[0, 1], &[0, 0]);
        let day =
            FuseScopeSpec { orders_per_day_max: Some("15".into()), ..FuseScopeSpec::default() };
        let fuse = FuseSpec { account: day, ..FuseSpec::default() };
        std::fs::create_dir_all(&folder.0).unwrap();
        let latch = Latch::open(&folder.0, true);
        let mut desk = open(&account, &specs, workers, (&fuse, latch), Some(&begin));
        let mut left = Vec::new();
        for input in Stream::new(&specs, 2).of(&loop_of(500)) {
            desk.send(input).unwrap();
            desk.round().unwrap();
            left.extend(drained(&mut desk, 8).iter().map(|record| seen(record)));
        }
        assert_eq!(left.len(), 15);
        assert_eq!(left.iter().filter(|(_, instrument, _)| *instrument == 1).count(), 7);
        let figures = desk.figures().unwrap();
        assert_eq!(figures.sum.open_orders, 15, "what never left is not open");
        assert_eq!(desk.figures().unwrap().sum.denied, 485);
        let trip = match desk.fuse() {
            LatchState::Tripped(trip) => trip.clone(),
            other => panic!("must have blown, {other:?}"),
        };
        assert_eq!((trip.ceiling.as_str(), trip.instrument), ("orders_per_day", 1));
        // Cancels leave, and those of orders that never left do not.
        let ts = Timestamp(2_000_000_000);
        for (_, _, client_order_id) in &left[..2] {
            desk.send(Input::Cancel { client_order_id: *client_order_id, ts }).unwrap();
        }
        desk.round().unwrap();
        let cancels: Vec<_> = drained(&mut desk, 8).iter().map(|record| seen(record)).collect();
        assert_eq!(cancels, [(1, 0, left[0].2), (1, 1, left[1].2)]);
        let closed = desk.close().unwrap();
        for (actor, figures) in closed.figures.actors.iter().enumerate() {
            let journal = JournalReader::open(&folder.0.join(actor.to_string())).unwrap();
            let replayed = replay(&journal).unwrap().state_hash;
            assert_eq!(replayed, holdfast_core::journal_record::hex(&figures.state_hash));
        }
        // The latch outlives the actors, whatever is opened with it.
        let left_after = || {
            let latch = Latch::open(&folder.0, true);
            let mut desk = open(&account, &specs, workers, (&FuseSpec::default(), latch), None);
            for input in Stream::new(&specs, 2).of(&loop_of(4)) {
                desk.send(input).unwrap();
            }
            desk.round().unwrap();
            drained(&mut desk, 8).len()
        };
        assert_eq!(left_after(), 0);
        reset(&folder.0, "ada", "the loop was mended", ts).unwrap();
        assert_eq!(left_after(), 4);
    }
}

#[test]
fn a_cancel_of_what_the_fuse_kept_here_is_dropped_and_a_mode_keeps_what_opens() {
    let account = account(2, 4_000_000, false);
    let specs = specs(4_000_000, &[0, 1], &[0, 0]);
    let fuse = FuseSpec { repeats_max: Some("1".into()), ..FuseSpec::default() };
    let mut desk = open(&account, &specs, 1, (&fuse, Latch::in_memory()), None);
    let mut inputs = Stream::new(&specs, 2).of(&loop_of(4));
    let ts = Timestamp(1_500_000_000);
    // The third order is the first one again. Its cancel was asked for before it was refused.
    let client_order_id = ClientOrderId::compose(EPOCH, 2).unwrap();
    inputs.push(Input::Cancel { client_order_id, ts }.into());
    inputs.into_iter().for_each(|input| drop(desk.send(input)));
    desk.round().unwrap();
    let left: Vec<u8> = drained(&mut desk, 8).iter().map(|record| record[0]).collect();
    assert_eq!(left, [0, 0], "two placements, and no cancel");
    let mut desk = open(&account, &specs, 1, (&FuseSpec::default(), Latch::in_memory()), None);
    for input in Stream::new(&specs, 2).of(&loop_of(4)) {
        desk.send(input).unwrap();
    }
    desk.send(ActorInput::Mode { mode: TradingMode::Paused, reason: "test".into(), ts }).unwrap();
    desk.round().unwrap();
    assert_eq!(drained(&mut desk, 8), Vec::<[u8; REQUEST_BYTES]>::new());
    assert_eq!((desk.figures().unwrap().sum.denied, desk.fuse()), (4, &LatchState::Armed));
}
