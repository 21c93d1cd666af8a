//! Restarts from files: the newest snapshot that holds and the tail behind it give what the whole journal gives.

mod desk;
mod random_run;
mod support;

use holdfast_core::{ClientOrderId, Code, InstrumentKind, Overlays, Result, Side, Timestamp};
use holdfast_engine::journal_policy::Retention;
use holdfast_engine::restart::{RestartReport, rebuild};
use holdfast_engine::snapshot_file::{SnapshotFile, list_snapshots};
use holdfast_engine::{
    Command, Engine, EngineConfig, Input, JournalOptions, JournaledEngine, SnapshotCadence,
    SnapshotPolicy, SyncPolicy,
};
use proptest::prelude::*;
use random_run::{Driven, Player, acts, rich_config};
use std::fs;
use std::num::NonZeroU64;
use std::path::Path;
use support::Folder;

struct OnDisk(JournaledEngine);

impl Driven for OnDisk {
    fn engine(&self) -> &Engine {
        self.0.engine()
    }

    fn take(&mut self, input: &Input<'_>) -> Result<()> {
        let taken = self.0.step(input).map(|_| ());
        self.0.commit().unwrap();
        taken
    }
}

fn every(records: u64) -> SnapshotPolicy {
    let cadence = SnapshotCadence::EveryRecords(NonZeroU64::new(records).unwrap());
    SnapshotPolicy { cadence, kept: 3 }
}

fn options() -> JournalOptions {
    JournalOptions { segment_bytes_max: 1 << 13, ..JournalOptions::new(SyncPolicy::Os) }
}

fn begun(folder: &Path, config: &EngineConfig, policy: SnapshotPolicy) -> OnDisk {
    let opened = serde_json::to_vec(&serde_json::json!({ "engine": config })).unwrap();
    OnDisk(JournaledEngine::create(folder, &opened, options(), policy).unwrap())
}

fn restarted(folder: &Path) -> (OnDisk, RestartReport) {
    let (engine, report) = JournaledEngine::restart(folder, options(), every(1 << 40)).unwrap();
    (OnDisk(engine), report)
}

fn copied(from: &Path, name: &str) -> Folder {
    let copy = Folder::new(name);
    fs::create_dir_all(&copy.0).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap() != "journal.lock" {
            fs::copy(&path, copy.0.join(path.file_name().unwrap())).unwrap();
        }
    }
    copy
}

fn without_snapshots(from: &Path, name: &str) -> Folder {
    let copy = copied(from, name);
    for (_, path) in list_snapshots(&copy.0).unwrap() {
        fs::remove_file(path).unwrap();
    }
    copy
}

/// Cuts the last segment as a power failure may.
fn torn(folder: &Path, permille: u64) {
    let mut segments: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "journal"))
        .collect();
    segments.sort();
    let file = fs::OpenOptions::new().write(true).open(segments.last().unwrap()).unwrap();
    let length = file.metadata().unwrap().len();
    file.set_len(64 + (length - 64) * permille / 1_000).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// A run that a power failure ends anywhere is restarted with its snapshots, and in a copy without them: the states are
    /// equal, and both go on with the same records.
    #[test]
    fn ord_10_snapshot_and_tail_give_what_the_whole_journal_gives(
        hedging in any::<bool>(), cadence in 1_u64..80, permille in 0_u64..=1_000,
        first in acts(60), then in acts(20),
    ) {
        let folder = Folder::new("restart");
        let config = rich_config(hedging);
        let mut player = Player::default();
        let mut run = begun(&folder.0, &config, every(cadence));
        player.play(&mut run, &first);
        drop(run);
        torn(&folder.0, permille);
        let whole = without_snapshots(&folder.0, "restart-whole");

        let rebuilt = rebuild(&folder.0);
        let Ok((engine, report)) = rebuilt else {
            // Nothing of the first record is left; without a segment before it there is nothing to restart from.
            prop_assert_eq!(rebuilt.unwrap_err().code(), Code::JournalCorrupt);
            return Ok(());
        };
        let (other, full) = rebuild(&whole.0).unwrap();
        prop_assert_eq!(engine.image(), other.image());
        prop_assert_eq!(full.snapshot, None);
        prop_assert!(report.replayed <= full.replayed);

        let mut again = player.clone();
        let (mut with, report) = restarted(&folder.0);
        let (mut without, full) = restarted(&whole.0);
        prop_assert_eq!(&report.in_doubt, &full.in_doubt);
        player.play(&mut with, &then);
        again.play(&mut without, &then);
        prop_assert_eq!(with.0.close().unwrap(), without.0.close().unwrap());
        prop_assert_eq!(with.0.engine().image(), without.0.engine().image());
        prop_assert_eq!(with.0.journal().chain(), without.0.journal().chain());
    }
}

/// A run of many steps with snapshots behind it, closed.
fn closed_run(name: &str) -> Folder {
    let folder = Folder::new(name);
    let mut run = begun(&folder.0, &trading(), every(60));
    buys(&mut run, 60);
    run.0.close().unwrap();
    folder
}

fn trading() -> EngineConfig {
    desk::config(vec![desk::spec(InstrumentKind::Spot)], "1000000", Default::default())
}

fn bought(run: &mut OnDisk, at_s: i64) -> ClientOrderId {
    let ts = Timestamp(at_s * 1_000_000_000);
    let trade = holdfast_core::Trade {
        instrument: holdfast_core::InstrumentId(0),
        ts_event: ts,
        price: holdfast_core::Price::from_ticks(1_000 + at_s % 7),
        quantity: holdfast_core::Quantity::from_lots(1),
        aggressor_side: Side::Buy,
    };
    run.take(&Input::Trade(trade)).unwrap();
    let id = run.engine().next_client_order_id();
    let (instrument, lots) =
        (holdfast_core::InstrumentId(0), holdfast_core::Quantity::from_lots(2));
    let intent = holdfast_core::OrderIntent {
        client_order_id: id,
        ts_intent: ts,
        ..holdfast_core::OrderIntent::market(instrument, Side::Buy, lots)
    };
    run.take(&Input::Submit(intent)).unwrap();
    id
}

fn buys(run: &mut OnDisk, count: i64) {
    for at in 1..=count {
        let id = bought(run, at);
        let filled = holdfast_core::VenueReport {
            trade_id: holdfast_core::TradeId(at as u64),
            last_price: holdfast_core::Price::from_ticks(1_000 + at % 7),
            last_quantity: holdfast_core::Quantity::from_lots(2),
            ..holdfast_core::VenueReport::without_fill(
                id,
                holdfast_core::ReportKind::Fill,
                Timestamp(at * 1_000_000_000),
            )
        };
        run.take(&Input::Report(filled)).unwrap();
    }
}

#[test]
fn ord_10_a_closed_session_goes_on_from_the_snapshot_of_its_close() {
    let folder = closed_run("restart-closed");
    let (mut run, report) = restarted(&folder.0);
    assert_eq!((report.replayed, report.refused.len(), report.in_doubt.len()), (0, 0, 0));
    assert!(report.snapshot.is_some());
    assert_eq!(run.engine().counts().filled, 60);
    bought(&mut run, 61);
    drop(run);
    let (run, report) = restarted(&folder.0);
    assert_eq!(report.in_doubt.len(), 1);
    assert_eq!(run.engine().open_order_count(), 1);
}

#[test]
fn ord_10_a_bad_snapshot_is_refused_with_its_code_and_the_next_older_one_is_used() {
    let folder = closed_run("restart-bad");
    let (expected, _) = rebuild(&without_snapshots(&folder.0, "restart-bad-whole").0).unwrap();
    let snapshots = list_snapshots(&folder.0).unwrap();
    assert_eq!(snapshots.len(), 3, "as many as the policy keeps");
    let codes = |report: &RestartReport| -> Vec<Code> {
        report.refused.iter().map(|refused| refused.error.code()).collect()
    };

    // Torn.
    let bytes = fs::read(&snapshots[0].1).unwrap();
    fs::write(&snapshots[0].1, &bytes[..bytes.len() / 2]).unwrap();
    let (engine, report) = rebuild(&folder.0).unwrap();
    assert_eq!(
        (codes(&report), report.snapshot),
        (vec![Code::SnapshotCorrupt], Some(snapshots[1].0))
    );
    assert_eq!(engine.image(), expected.image());

    // Of another journal: whole, and behind a record that is not this one's.
    let foreign = SnapshotFile::read(&snapshots[1].1).unwrap();
    let foreign = SnapshotFile {
        chain: holdfast_core::journal_record::Chain { head: [9; 32], ..foreign.chain },
        ..foreign
    };
    foreign.write(&folder.0, true).unwrap();
    let (engine, report) = rebuild(&folder.0).unwrap();
    assert_eq!(codes(&report), [Code::SnapshotCorrupt, Code::SnapshotForeign]);
    assert_eq!(engine.image(), expected.image());

    // Of a later version, and none is left: the whole journal is used.
    let mut later = fs::read(&snapshots[2].1).unwrap();
    later[7] = b'9';
    let content = later.len() - 32;
    let checksum = blake3::hash(&later[..content]);
    later[content..].copy_from_slice(checksum.as_bytes());
    fs::write(&snapshots[2].1, &later).unwrap();
    let (engine, report) = rebuild(&folder.0).unwrap();
    assert_eq!(
        codes(&report),
        [Code::SnapshotCorrupt, Code::SnapshotForeign, Code::SnapshotVersion]
    );
    assert_eq!(report.snapshot, None);
    assert_eq!(engine.image(), expected.image());
}

#[test]
fn ord_10_a_snapshot_of_which_the_journal_lost_the_record_is_foreign() {
    let folder = closed_run("restart-ahead");
    torn(&folder.0, 10);
    let (_, report) = rebuild(&folder.0).unwrap();
    assert!(report.refused.iter().all(|refused| refused.error.code() == Code::SnapshotForeign));
    assert!(!report.refused.is_empty());
}

#[test]
fn ord_10_a_command_without_an_answer_is_in_doubt_after_the_restart_and_stays_so() {
    let folder = Folder::new("restart-doubt");
    let mut run = begun(&folder.0, &trading(), SnapshotPolicy::default());
    buys(&mut run, 3);
    let id = bought(&mut run, 4);
    drop(run);
    let in_doubt = |run: &OnDisk| {
        let order = run.engine().open_order(id).unwrap();
        (order.state.load().1 == Overlays::IN_DOUBT, order.reserved.lots())
    };
    let (mut run, report) = restarted(&folder.0);
    assert_eq!((report.in_doubt.as_slice(), in_doubt(&run)), ([id].as_slice(), (true, 2)));
    let asked: Vec<Command> = run.0.commit().unwrap().collect();
    assert_eq!(asked, [Command::Query(id)]);
    run.0.snapshot().unwrap();
    drop(run);
    // From the snapshot: the doubt is part of the state.
    let (engine, report) = rebuild(&folder.0).unwrap();
    assert_eq!(report.replayed, 0);
    assert_eq!(engine.open_order(id).unwrap().state.load().1, Overlays::IN_DOUBT);
}

#[test]
fn ord_10_retention_keeps_what_the_snapshots_need() {
    let folder = Folder::new("restart-retention");
    let retention = Retention { segments_max: Some(0), bytes_max: None, behind_snapshots: true };
    let options = || JournalOptions { retention, ..options() };
    let opened = serde_json::to_vec(&serde_json::json!({ "engine": trading() })).unwrap();
    let mut run = OnDisk(
        JournaledEngine::create(&folder.0, &opened, options(), SnapshotPolicy::default()).unwrap(),
    );
    buys(&mut run, 200);
    let hash = run.0.close().unwrap();
    assert!(!folder.segment(1).exists(), "what no snapshot needs is given up");
    let (engine, report) = rebuild(&folder.0).unwrap();
    assert_eq!((engine.state_hash(), report.replayed), (hash, 0));
    let oldest = list_snapshots(&folder.0).unwrap().pop().unwrap();
    for (sequence, path) in list_snapshots(&folder.0).unwrap() {
        if sequence != oldest.0 {
            fs::remove_file(path).unwrap();
        }
    }
    let (engine, report) = rebuild(&folder.0).unwrap();
    assert_eq!(
        (engine.state_hash(), report.snapshot),
        (hash, Some(oldest.0)),
        "the oldest serves too"
    );
    fs::remove_file(oldest.1).unwrap();
    let error = rebuild(&folder.0).unwrap_err();
    assert_eq!(error.code(), Code::SnapshotMissing);
}

#[test]
fn a_folder_that_cannot_be_written_is_told_and_can_still_be_read() {
    let folder = closed_run("restart-read-only");
    let before = rebuild(&folder.0).unwrap().0.image();
    // A folder in the lock's place stands for a disk that takes no file; tests may run as a user who may write anywhere.
    fs::create_dir(folder.0.join("journal.lock")).unwrap();
    let error = JournaledEngine::restart(&folder.0, options(), every(9)).map(|_| ()).unwrap_err();
    assert_eq!(error.code(), Code::JournalIo);
    assert_eq!(rebuild(&folder.0).unwrap().0.image(), before);
    let missing = rebuild(&folder.0.join("nowhere")).unwrap_err();
    assert_eq!(missing.code(), Code::JournalNotFound);
}

#[test]
fn a_second_engine_on_the_folder_is_refused() {
    let folder = Folder::new("restart-locked");
    let _run = begun(&folder.0, &trading(), SnapshotPolicy::default());
    let error = JournaledEngine::restart(&folder.0, options(), every(9)).map(|_| ()).unwrap_err();
    assert_eq!(error.code(), Code::JournalLocked);
}
