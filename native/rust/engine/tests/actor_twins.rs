//! Actors beside one engine over all instruments: where no limit binds, orders, lists, amendments and cancels of both leave and
//! are refused alike by one fuse.

mod actor_floor;

use actor_floor::desk::{drained, options, seen, tight};
use actor_floor::{Drawn, Stream, account, specs};
use holdfast_core::{
    Amendment, ClientOrderId, Contingency, InstrumentId, OrderIdText, Overlays, Timestamp,
    VenueReport,
};
use holdfast_engine::request_record::request_record;
use holdfast_engine::{ActorDesk, ActorInput, Desk, DeskConfig, Input};
use holdfast_risk::fuse::FuseSpec;
use holdfast_risk::fuse::latch::{Latch, LatchState};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use std::collections::BTreeMap;

const OWNERS: [u8; 4] = [0, 1, 2, 0];

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
        Some(*input)
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
    let fused = (fuse, Latch::in_memory());
    let mut actors = ActorDesk::open(&account, options(&specs, 2, fused, None)).unwrap();
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
