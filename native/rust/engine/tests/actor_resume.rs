//! Actors that go on with their journals, on any number of threads, and are compared with the venue.

mod actor_floor;
mod support;

use actor_floor::{Drawn, EPOCH, Stream, account, desk, specs};
use holdfast_core::{
    Amendment, ClientOrderId, Code, Error, InstrumentId, OrderIntent, Quantity, ReportKind, Result,
    Timestamp, TradingMode, VenueReport,
};
use holdfast_engine::request_record::REQUEST_BYTES;
use holdfast_engine::restart::{RestartReport, rebuild};
use holdfast_engine::{
    ActorDesk, ActorDeskOptions, ActorInput, ActorJournals, ActorSpec, EngineConfig, Input,
    JournalOptions, SnapshotCadence, SnapshotPolicy, SyncPolicy,
};
use holdfast_risk::fuse::latch::{Latch, LatchState};
use holdfast_risk::fuse::{FuseScopeSpec, FuseSpec};
use proptest::prelude::*;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use support::Folder;

const CASH: u32 = 4_000_000;

fn options<'a>(
    actors: &'a [ActorSpec],
    workers: usize,
    fuse: &'a FuseSpec,
) -> ActorDeskOptions<'a> {
    desk::options(actors, workers, (fuse, Latch::in_memory()), None)
}

fn journal_options() -> Result<JournalOptions> {
    Ok(JournalOptions::new(SyncPolicy::Os))
}

fn journals(folder: &Path) -> ActorJournals<'_> {
    let cadence = SnapshotCadence::EveryRecords(NonZeroU64::new(40).unwrap());
    let snapshots = SnapshotPolicy { cadence, ..SnapshotPolicy::default() };
    ActorJournals { folder, options: &journal_options, snapshots }
}

fn play(desk: &mut ActorDesk, inputs: &[ActorInput]) -> Vec<[u8; REQUEST_BYTES]> {
    inputs.iter().for_each(|input| drop(desk.send(input.clone())));
    desk.round().unwrap();
    drained(desk)
}

/// Kind and order of a request.
fn seen(record: &[u8; REQUEST_BYTES]) -> (u8, ClientOrderId) {
    let (kind, _, id) = desk::seen(record);
    (kind, id)
}

fn drained(desk: &mut ActorDesk) -> Vec<[u8; REQUEST_BYTES]> {
    desk::drained(desk, usize::MAX)
}

/// Copies the journals as a crash leaves them: without what a living owner holds.
fn copied(from: &Path, to: &Path) -> PathBuf {
    for actor in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
        copied_one(&actor, &to.join(actor.file_name().unwrap()));
    }
    to.to_path_buf()
}

fn copied_one(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_none_or(|extension| extension != "lock") {
            std::fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
        }
    }
}

/// What a venue says that has nothing of its own to say, at a time.
fn venue(ts: i64, parts: &[(&str, serde_json::Value)]) -> String {
    let mut told = serde_json::json!({
        "ts_ns": ts.to_string(), "orders_complete_until_ns": null,
        "fills_complete_from_ns": null, "positions_complete": false,
        "orders": [], "fills": [], "positions": [], "balances": [],
    });
    for (field, value) in parts {
        told[*field] = value.clone();
    }
    told.to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn ord_09_actors_resume_as_they_stood_on_any_number_of_threads(
        drawn in prop::collection::vec(any::<Drawn>(), 20..120),
        cut in 0_usize..120,
        began in 0_usize..4,
    ) {
        let folder = Folder::new("actor-resume");
        let fuse = FuseSpec::unlimited();
        let (account, specs) = (account(4, CASH, true), specs(CASH, &[0, 1, 2, 0], &[1, 2, 3]));
        let inputs = Stream::new(&specs, 4).of(&drawn);
        let (before, after) = inputs.split_at((4 + cut).min(inputs.len()));
        let begun = folder.0.join("begun");
        let mut desk =
            ActorDesk::create_in(&account, options(&specs, began, &fuse), &journals(&begun)).unwrap();
        for round in before.chunks(7) {
            play(&mut desk, round);
        }
        desk.commit().unwrap();
        let stood = desk.figures().unwrap();
        let mut told: Vec<(Vec<RestartReport>, [u8; 32], Vec<_>, [u8; 32])> = Vec::new();
        for workers in 0..=4 {
            let path = copied(&begun, &folder.0.join(format!("resumed-{workers}")));
            for (actor, figures) in stood.actors.iter().enumerate() {
                let (engine, _) = rebuild(&path.join(format!("actor-{actor}"))).unwrap();
                prop_assert_eq!(engine.state_hash(), figures.state_hash, "the state as it stood");
            }
            let (mut desk, reports) =
                ActorDesk::resume_in(&account, options(&specs, workers, &fuse), &journals(&path))
                    .unwrap();
            let resumed = desk.figures().unwrap().sum.state_hash;
            let doubts: Vec<ClientOrderId> =
                reports.iter().flat_map(|report| report.in_doubt.clone()).collect();
            let mut left = drained(&mut desk);
            let queries: Vec<(u8, ClientOrderId)> = left.iter().map(seen).collect();
            prop_assert_eq!(queries, doubts.iter().map(|id| (3, *id)).collect::<Vec<_>>());
            let now = after.first().map_or(0, |input| match input {
                ActorInput::Plain(input) => input.ts().0,
                ActorInput::Mode { ts, .. } => ts.0,
                ActorInput::List { orders, .. } => orders[0].ts_intent.0,
                _ => 0,
            });
            desk.compare(&venue(now.max(1) - 1, &[])).unwrap();
            for round in after.chunks(7) {
                left.extend(play(&mut desk, round));
            }
            let end = desk.close().unwrap().figures.sum.state_hash;
            told.push((reports, resumed, left, end));
        }
        for other in &told[1..] {
            prop_assert!(*other == told[0]);
        }
    }
}

/// Two actors of two instruments.
struct Two {
    folder: Folder,
    account: EngineConfig,
    specs: Vec<ActorSpec>,
    fuse: FuseSpec,
}

impl Two {
    fn new(name: &str) -> Self {
        Self {
            folder: Folder::new(&format!("actor-resume-{name}")),
            account: account(2, CASH, false),
            specs: specs(CASH, &[0, 1], &[0, 0]),
            fuse: FuseSpec::default(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.0.join(name)
    }

    fn created(&self, name: &str) -> ActorDesk {
        let options = options(&self.specs, 2, &self.fuse);
        ActorDesk::create_in(&self.account, options, &journals(&self.path(name))).unwrap()
    }

    fn resumed(&self, path: &Path) -> Result<(ActorDesk, Vec<RestartReport>)> {
        let options = options(&self.specs, 2, &self.fuse);
        ActorDesk::resume_in(&self.account, options, &journals(path))
    }

    /// Prices, and plain orders of one lot at a time of seconds.
    fn orders(&self, ts: i64, instruments: &[u32]) -> Vec<ActorInput> {
        let drawn: Vec<Drawn> = instruments.iter().map(|id| (8, *id as u8, 2, 0)).collect();
        let inputs = Stream::new(&self.specs, 2).of(&drawn);
        inputs.into_iter().map(|input| at(input, ts)).collect()
    }
}

/// The same input at a time of seconds.
fn at(input: ActorInput, seconds: i64) -> ActorInput {
    let ts = Timestamp(seconds * 1_000_000_000);
    match input {
        ActorInput::Plain(Input::Trade(mut trade)) => {
            trade.ts_event = ts;
            Input::Trade(trade).into()
        }
        ActorInput::Plain(Input::Submit(intent)) => {
            Input::Submit(OrderIntent { ts_intent: ts, ..intent }).into()
        }
        other => other,
    }
}

fn named(actor: u32, number: u32) -> ClientOrderId {
    ClientOrderId::compose(EPOCH + actor, number).unwrap()
}

fn code<T>(outcome: Result<T>) -> std::result::Result<(), Code> {
    outcome.map(|_| ()).map_err(|error: Error| error.code())
}

#[test]
fn restart_unreconciled_what_was_in_doubt_stays_so_and_nothing_opens_before_the_venue_was_heard() {
    let two = Two::new("doubt");
    let mut desk = two.created("begun");
    assert_eq!(play(&mut desk, &two.orders(1, &[0, 1, 1])).len(), 3);
    let accepted = |id| {
        Input::Report(VenueReport::without_fill(id, ReportKind::Accepted, Timestamp(1_000_000_001)))
    };
    play(&mut desk, &[accepted(named(1, 1)).into()]);
    desk.send(Input::LoseTrack { client_order_id: named(1, 1), ts: Timestamp(2_000_000_000) })
        .unwrap();
    desk.round().unwrap();
    assert_eq!(drained(&mut desk).len(), 1, "a query");
    let path = copied(&two.path("begun"), &two.path("copied"));
    let (mut desk, reports) = two.resumed(&path).unwrap();
    let doubts: Vec<_> = reports.iter().map(|report| report.in_doubt.clone()).collect();
    assert_eq!(doubts, [vec![named(0, 1)], vec![named(1, 1), named(1, 2)]]);
    let queries: Vec<_> = drained(&mut desk).iter().map(seen).collect();
    let all = [named(0, 1), named(1, 1), named(1, 2)];
    assert_eq!(queries, all.map(|id| (3, id)));
    assert_eq!(desk.figures().unwrap().sum.open_orders, 3);
    assert!(desk.awaits_venue());
    let ts = Timestamp(3_000_000_000);
    let amendment = Amendment {
        client_order_id: named(1, 1),
        quantity: Some(Quantity::from_lots(2)),
        limit_price: None,
        trigger_price: None,
        ts,
    };
    let orders = two.orders(3, &[0]);
    assert_eq!(code(desk.send(orders[2].clone())), Err(Code::RestartUnreconciled));
    assert_eq!(code(desk.send(Input::Amend(amendment))), Err(Code::RestartUnreconciled));
    // A price, a report and a cancel pass.
    desk.send(orders[0].clone()).unwrap();
    desk.send(accepted(named(0, 1))).unwrap();
    desk.send(Input::Cancel { client_order_id: named(0, 1), ts }).unwrap();
    desk.round().unwrap();
    assert_eq!(desk.refusal(), None);
    let unknown = serde_json::json!([{ "symbol": "Z", "quantity": "1" }]);
    let refused = desk.compare(&venue(ts.0, &[("positions", unknown)]));
    assert_eq!(code(refused), Err(Code::VenueSnapshotInvalid));
    let cash = serde_json::json!([{ "currency": "USD", "cash": "1" }]);
    let refused = desk.compare(&venue(ts.0, &[("balances", cash)])).unwrap_err();
    assert_eq!((refused.code(), desk.awaits_venue()), (Code::VenueSnapshotInvalid, true));
    desk.compare(&venue(ts.0, &[])).unwrap();
    assert!(!desk.awaits_venue());
    let late: Vec<_> = two.orders(4, &[0, 1]);
    assert_eq!(play(&mut desk, &late).iter().filter(|record| record[0] == 0).count(), 2);
    drop(desk);
}

#[test]
fn ord_10_a_difference_is_its_actor_s_and_an_order_of_others_is_found_by_its_id() {
    let two = Two::new("differs");
    let mut desk = two.created("begun");
    play(&mut desk, &two.orders(1, &[]));
    desk.close().unwrap();
    let (mut desk, _) = two.resumed(&two.path("begun")).unwrap();
    let foreign = serde_json::json!([{
        "venue_order_id": "v-9", "client_order_id": null, "symbol": "I1", "side": "buy",
        "type": "limit", "time_in_force": "gtc", "reduce_only": false, "status": "open",
        "quantity": "5", "filled": "0", "average_price": null, "limit_price": "90",
        "trigger_price": null, "post_only": false, "display": null, "trailing_price": null,
        "trailing_frac": null, "expires_ns": null,
    }]);
    desk.compare(&venue(2_000_000_000, &[("orders", foreign)])).unwrap();
    let states = desk.reconciliation().unwrap();
    assert_eq!(
        (states[0]["mode"].as_str(), states[1]["mode"].as_str()),
        (Some("normal"), Some("reduced"))
    );
    let item = states[1]["open"][0]["id"].as_str().unwrap().to_string();
    assert_eq!(states[1]["open"][0]["code"], "ORDER_MISSING_HERE");
    let ts = Timestamp(3_000_000_000);
    let other = desk.decide(0, (&item, "adopt"), "", ts);
    assert_eq!(code(other), Err(Code::ReconciliationItemUnknown));
    desk.decide(1, (&item, "adopt"), "", ts).unwrap();
    assert_eq!(desk.reconciliation().unwrap()[1]["mode"], "normal");
    assert_eq!(desk.figures().unwrap().actors[1].open_orders, 1);
    let open = desk.read_open_orders(|order| order.intent.client_order_id).unwrap();
    let [(InstrumentId(1), id)] = open[..] else { panic!("one order of I1, were {open:?}") };
    assert_eq!(
        desk.read_order(id, |order| order.quantity.lots()).unwrap(),
        Some((InstrumentId(1), 5))
    );
    assert_eq!(desk.venue_order_id(id).unwrap().as_deref(), Some("v-9"));
    desk.send(Input::Cancel { client_order_id: id, ts }).unwrap();
    desk.round().unwrap();
    assert_eq!(drained(&mut desk).iter().map(seen).collect::<Vec<_>>(), [(1, id)]);
    desk.send(Input::Report(VenueReport::without_fill(id, ReportKind::Canceled, ts))).unwrap();
    desk.round().unwrap();
    assert_eq!(desk.refusal(), None);
    assert_eq!(desk.figures().unwrap().sum.open_orders, 0);
}

#[test]
fn a_mode_that_reached_one_journal_only_is_in_force_for_all_after_the_restart() {
    let two = Two::new("mode");
    let mut desk = two.created("begun");
    play(&mut desk, &two.orders(1, &[0, 1]));
    desk.commit().unwrap();
    copied_one(&two.path("begun").join("actor-1"), &two.path("torn").join("actor-1"));
    let ts = Timestamp(2_000_000_000);
    desk.send(ActorInput::Mode { mode: TradingMode::Paused, reason: "by hand".into(), ts })
        .unwrap();
    desk.round().unwrap();
    desk.commit().unwrap();
    copied_one(&two.path("begun").join("actor-0"), &two.path("torn").join("actor-0"));
    let (mut desk, _) = two.resumed(&two.path("torn")).unwrap();
    let to = |desk: &mut ActorDesk, mode| code(desk.check_tightens(mode));
    assert_eq!(to(&mut desk, TradingMode::Normal), Err(Code::ModeResetRequired));
    assert_eq!(to(&mut desk, TradingMode::Paused), Ok(()));
    desk.compare(&venue(3_000_000_000, &[])).unwrap();
    let before = desk.figures().unwrap();
    let left = play(&mut desk, &two.orders(4, &[1]));
    assert!(left.iter().all(|record| record[0] == 3), "queries only");
    let after = desk.figures().unwrap();
    assert_eq!(after.actors[1].denied, before.actors[1].denied + 1);
}

#[test]
fn the_fuse_counts_what_left_before_the_crash_in_the_one_order_of_all_journals() {
    let minute = |orders: &str| FuseSpec {
        account: FuseScopeSpec {
            orders_per_minute_max: Some(orders.into()),
            ..FuseScopeSpec::default()
        },
        ..FuseSpec::default()
    };
    let two = Two { fuse: minute("5"), ..Two::new("fuse") };
    let mut desk = two.created("begun");
    assert_eq!(play(&mut desk, &two.orders(1, &[1, 1, 1, 1])).len(), 4);
    assert_eq!(play(&mut desk, &two.orders(120, &[0, 0])).len(), 2);
    let path = copied(&two.path("begun"), &two.path("copied"));
    let (mut desk, _) = two.resumed(&path).unwrap();
    assert_eq!(drained(&mut desk).len(), 6, "queries");
    desk.compare(&venue(121_000_000_000, &[])).unwrap();
    // Two of the last minute left before; those of the other actor are older, though its journal was read later.
    assert_eq!(play(&mut desk, &two.orders(122, &[1, 0, 1])).len(), 3);
    assert_eq!(desk.fuse(), &LatchState::Armed);
    assert_eq!(play(&mut desk, &two.orders(123, &[1])).len(), 0);
    assert!(matches!(desk.fuse(), LatchState::Tripped(trip) if trip.observed == "6"));
}

#[test]
fn config_differs_and_journal_not_found_another_division_is_refused() {
    let two = Two::new("refused");
    let mut desk = two.created("begun");
    play(&mut desk, &two.orders(1, &[0, 1]));
    desk.close().unwrap();
    let path = two.path("begun");
    let other = Two { specs: specs(CASH, &[0, 1], &[0, 1]), ..Two::new("refused-other") };
    let refused = other.resumed(&path).map(|_| ()).unwrap_err();
    assert_eq!(refused.code(), Code::ConfigDiffers);
    assert!(refused.context().iter().any(|(key, value)| *key == "field" && value == "start_cash"));
    // One actor over both instruments, while two have journals.
    let one = Two { specs: specs(CASH, &[0, 0], &[0]), ..Two::new("refused-one") };
    let refused = one.resumed(&path).map(|_| ()).unwrap_err();
    assert!(refused.context().iter().any(|(key, value)| *key == "field" && value == "actors"));
    let missing = two.path("missing");
    assert!(journals(&missing).is_empty(2));
    copied_one(&path.join("actor-1"), &missing.join("actor-1"));
    assert!(!journals(&missing).is_empty(2));
    assert_eq!(code(two.resumed(&missing)), Err(Code::JournalNotFound));
    let again =
        ActorDesk::create_in(&two.account, options(&two.specs, 0, &two.fuse), &journals(&path));
    assert_eq!(code(again), Err(Code::JournalIo));
    let (_, reports) = two.resumed(&path).unwrap();
    assert!(reports.iter().all(|report| report.snapshot.is_some() && report.replayed == 0));
}
