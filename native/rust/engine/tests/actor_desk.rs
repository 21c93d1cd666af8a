//! Rounds of actors tell what they came to in the order of sending, for any number of threads.

mod actor_floor;

use actor_floor::desk::{self, Begin};
use actor_floor::{EPOCH, Stream, account, specs};
use holdfast_core::{ClientOrderId, Code, InstrumentId, ReportKind, Timestamp, VenueReport};
use holdfast_engine::actor_outbox::ANSWER_BYTES;
use holdfast_engine::request_record::REQUEST_BYTES;
use holdfast_engine::{
    ActorDesk, ActorDeskOptions, ActorInput, ActorSpec, EngineConfig, Input, JournalWriter,
    SyncPolicy,
};
use holdfast_risk::fuse::FuseSpec;
use holdfast_risk::fuse::latch::Latch;
use proptest::prelude::*;
use std::sync::OnceLock;

static OPEN: OnceLock<FuseSpec> = OnceLock::new();

fn options<'a>(
    actors: &'a [ActorSpec],
    workers: usize,
    journal: Begin<'a>,
) -> ActorDeskOptions<'a> {
    let fuse = (OPEN.get_or_init(FuseSpec::unlimited), Latch::in_memory());
    desk::options(actors, workers, fuse, journal)
}

/// What rounds of so many inputs told: answers, requests, notices, and the hash at the end.
#[derive(Debug, PartialEq)]
struct Told {
    answers: Vec<(u64, [u8; ANSWER_BYTES])>,
    requests: Vec<[u8; REQUEST_BYTES]>,
    notices: Vec<u8>,
    hash: [u8; 32],
}

fn told(
    account: &EngineConfig,
    workers: usize,
    inputs: usize,
    drawn: &[actor_floor::Drawn],
) -> Told {
    let owners = [0, 1, 2, 0];
    let specs = specs(40_000, &owners, &[1, 2, 3, 4]);
    let mut desk = ActorDesk::open(account, options(&specs, workers, None)).unwrap();
    desk.hear(true).unwrap();
    let (mut answers, mut requests, mut notices) = (Vec::new(), Vec::new(), Vec::new());
    for round in Stream::new(&specs, 4).of(drawn).chunks(inputs) {
        // What no actor owns is refused at once and has no answer.
        round.iter().for_each(|input| drop(desk.send(input.clone())));
        desk.round().unwrap();
        answers.extend_from_slice(desk.answers());
    }
    // The mode of the moment says what leaves, so that the moment is the same for rounds of any length.
    while desk.waiting() > 0 {
        desk.drain(usize::MAX, |record| requests.push(*record)).unwrap();
    }
    while !desk.notices().is_empty() {
        let mut bytes = vec![0; 1 << 20];
        let length = desk.notices().take(&mut bytes);
        notices.extend_from_slice(&bytes[..length]);
    }
    let hash = desk.close().unwrap().figures.sum.state_hash;
    Told { answers, requests, notices, hash }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn ord_09_rounds_of_any_length_on_any_number_of_threads_tell_one_order(
        drawn in prop::collection::vec(any::<actor_floor::Drawn>(), 20..100),
        lengths in (1_usize..40, 1_usize..40),
    ) {
        let account = account(4, 40_000, true);
        let expected = told(&account, 0, lengths.0, &drawn);
        prop_assert!(expected.answers.is_sorted_by_key(|(number, _)| *number));
        for workers in 0..=4 {
            prop_assert!(told(&account, workers, lengths.1, &drawn) == expected, "{} workers", workers);
        }
    }
}

#[test]
fn actor_stopped_what_a_journal_does_not_hold_never_leaves() {
    let folder = std::env::temp_dir().join(format!("holdfast-actor-desk-{}", std::process::id()));
    let begin = |actor: usize| {
        let folder = folder.join(actor.to_string());
        JournalWriter::create_with_segments(&folder, SyncPolicy::Os, 4_096)
    };
    let specs = specs(40_000, &[0, 1], &[0, 0]);
    let account = account(2, 40_000, false);
    let mut desk = ActorDesk::open(&account, options(&specs, 2, Some(&begin))).unwrap();
    let mut left = [0_usize; 2];
    let mut play = |desk: &mut ActorDesk, orders: usize, later: u16| {
        // Two prices, orders in turn, two prices.
        let drawn: Vec<_> = (0..orders).map(|order| (8, order as u8, 0, later)).collect();
        let inputs = Stream::new(&specs, 2).of(&drawn);
        inputs.iter().for_each(|input| drop(desk.send(input.clone())));
        desk.round().unwrap();
        desk.drain(usize::MAX, |record| {
            let id = u64::from_le_bytes(record[8..16].try_into().unwrap());
            left[((id >> 32) as u32 - EPOCH) as usize] += 1;
        })
        .unwrap();
        left
    };
    assert_eq!(play(&mut desk, 4, 0), [2, 2]);
    // The next segment has nowhere to go.
    std::fs::remove_dir_all(folder.join("0")).unwrap();
    let after = play(&mut desk, 200, 100);
    assert_eq!((after[0], after[1]), (2, 102));
    let stopped: Vec<_> = desk.stopped().map(|each| (each.actor, each.failure.code())).collect();
    assert_eq!(stopped, [(0, Code::JournalIo)]);
    assert_eq!(desk.figures().map_err(|error| error.code()), Err(Code::ActorStopped));
    desk.close().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn cancel_all_asks_for_each_open_order_once_of_all_actors_or_of_an_instrument() {
    let (account, specs) = (account(2, 4_000_000, false), specs(4_000_000, &[0, 1], &[0, 0]));
    let mut desk = ActorDesk::open(&account, options(&specs, 2, None)).unwrap();
    let mut play = |inputs: &[ActorInput]| -> Vec<(u8, ClientOrderId)> {
        inputs.iter().for_each(|input| drop(desk.send(input.clone())));
        desk.round().unwrap();
        let left = desk::drained(&mut desk, usize::MAX);
        left.iter().map(desk::seen).map(|(kind, _, id)| (kind, id)).collect()
    };
    let named = |actor: u32, number: u32| ClientOrderId::compose(EPOCH + actor, number).unwrap();
    let all = [named(0, 1), named(1, 1), named(0, 2), named(1, 2)];
    let placed = play(&Stream::new(&specs, 2).of(&desk::loop_of(4)));
    assert_eq!(placed, all.map(|id| (0, id)));
    let ts = Timestamp(2_000_000_000);
    let accepted =
        all.map(|id| Input::Report(VenueReport::without_fill(id, ReportKind::Accepted, ts)).into());
    assert_eq!(play(&accepted), []);
    let of = |instrument| ActorInput::CancelAll { instrument, ts };
    let cancels = |ids: [ClientOrderId; 2]| ids.map(|id| (1, id)).to_vec();
    assert_eq!(play(&[of(Some(InstrumentId(1)))]), cancels([all[1], all[3]]));
    assert_eq!(play(&[of(None)]), cancels([all[0], all[2]]));
    assert_eq!(play(&[of(None)]), [], "all are being cancelled");
    let unknown = desk.send(of(Some(InstrumentId(2))));
    assert_eq!(unknown.map_err(|error| error.code()), Err(Code::InstrumentUnknown));
}
