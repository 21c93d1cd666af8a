//! One fuse over all actors: the same on any number of threads, and its latch outlives them.

mod actor_floor;
mod support;

use actor_floor::desk::{Begin, drained, loop_of, options, seen, tight};
use actor_floor::{Drawn, EPOCH, Stream, account, specs};
use holdfast_core::{ClientOrderId, Timestamp, TradingMode};
use holdfast_engine::actor_outbox::ANSWER_BYTES;
use holdfast_engine::replay::replay;
use holdfast_engine::request_record::REQUEST_BYTES;
use holdfast_engine::{
    ActorDesk, ActorInput, ActorSpec, EngineConfig, Input, JournalReader, JournalWriter, SyncPolicy,
};
use holdfast_risk::fuse::latch::{Latch, LatchState, reset};
use holdfast_risk::fuse::{FuseScopeSpec, FuseSpec};
use proptest::prelude::*;
use support::Folder;

const OWNERS: [u8; 4] = [0, 1, 2, 0];

fn open(
    account: &EngineConfig,
    actors: &[ActorSpec],
    workers: usize,
    fuse: (&FuseSpec, Latch),
    journal: Begin<'_>,
) -> ActorDesk {
    ActorDesk::open(account, options(actors, workers, fuse, journal)).unwrap()
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
            left.extend(drained(&mut desk, 8).iter().map(seen));
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
        let cancels: Vec<_> = drained(&mut desk, 8).iter().map(seen).collect();
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
