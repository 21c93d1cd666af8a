//! Restarts at their bounds: when a snapshot is taken, what retention keeps for it, and what a replica takes for the same.

mod desk;
mod random_run;
mod support;
mod venue_bench;

use holdfast_core::journal_record::{PAYLOAD_BYTES_MAX, RecordKind};
use holdfast_core::{ClientOrderId, Code, InstrumentId, ReportKind, Side, Timestamp, Trade};
use holdfast_engine::journal_policy::Retention;
use holdfast_engine::journal_retention::compact;
use holdfast_engine::restart::rebuild;
use holdfast_engine::snapshot_file::{SnapshotFile, list_snapshots};
use holdfast_engine::{
    Engine, Input, JournalCursor, JournalOptions, JournaledEngine, Replica, Sink, SnapshotCadence,
    SnapshotPolicy, SyncPolicy,
};
use random_run::Driven;
use serde_json::json;
use std::fs;
use std::num::NonZeroU64;
use std::path::Path;
use support::Folder;
use venue_bench::*;

fn opened() -> Vec<u8> {
    serde_json::to_vec(&json!({ "engine": spot() })).unwrap()
}

fn traded(at: i64) -> Trade {
    Trade {
        instrument: BTC,
        ts_event: Timestamp(at),
        price: px(1_000),
        quantity: lots(1),
        aggressor_side: Side::Buy,
    }
}

fn small() -> JournalOptions {
    JournalOptions { segment_bytes_max: 1 << 12, ..JournalOptions::new(SyncPolicy::Os) }
}

fn begun(folder: &Path, cadence: SnapshotCadence) -> JournaledEngine {
    let policy = SnapshotPolicy { cadence, kept: 8 };
    JournaledEngine::create(folder, &opened(), small(), policy).unwrap()
}

fn taken(engine: &mut JournaledEngine, at: i64) {
    engine.step(&Input::Trade(traded(at))).unwrap();
    engine.commit().unwrap();
}

fn sequences(folder: &Path) -> Vec<u64> {
    let mut found: Vec<u64> = list_snapshots(folder).unwrap().iter().map(|each| each.0).collect();
    found.sort_unstable();
    found
}

#[test]
fn ord_10_a_snapshot_is_taken_when_so_many_records_came_and_not_before() {
    let folder = Folder::new("cadence");
    let every = SnapshotCadence::EveryRecords(NonZeroU64::new(3).unwrap());
    let mut engine = begun(&folder.0, every);
    engine.commit().unwrap();
    let first = engine.journal().chain().next_sequence;
    for at in 1..=7 {
        taken(&mut engine, at);
    }
    assert_eq!(engine.journal().chain().next_sequence, first + 7, "a trade is one record");
    assert_eq!(sequences(&folder.0), [first + 3, first + 6]);
}

#[test]
fn ord_10_who_leaves_gives_the_journal_back_with_all_that_was_recorded() {
    let folder = Folder::new("leaves");
    let mut engine = begun(&folder.0, SnapshotCadence::OnRequest);
    engine.step(&Input::Trade(traded(1))).unwrap();
    engine.leave().unwrap();
    assert_eq!(engine.step(&Input::Trade(traded(2))).unwrap_err().code(), Code::JournalStopped);
    assert!(!folder.0.join("journal.lock").exists());
    assert_eq!(rebuild(&folder.0).unwrap().0.now(), Timestamp(1));
}

#[test]
fn ord_10_retention_keeps_what_stands_behind_the_oldest_snapshot_and_may_take_what_ends_there() {
    let folder = Folder::new("behind");
    let mut engine = begun(&folder.0, SnapshotCadence::AtRotation);
    let mut at = 0;
    let starts = |folder: &Path| -> Vec<u64> {
        let cursor = JournalCursor::open(folder).unwrap();
        let segments: Vec<u32> = cursor.segments().iter().map(|each| each.index).collect();
        segments.iter().map(|index| u64::from(*index)).collect()
    };
    while engine.journal().segment_index() < 4 {
        at += 1;
        taken(&mut engine, at);
    }
    engine.leave().unwrap();
    let snapshots = sequences(&folder.0);
    assert_eq!(snapshots.len(), 3, "one at each rotation");
    let take = |behind_snapshots| {
        let retention = Retention { segments_max: Some(0), bytes_max: None, behind_snapshots };
        compact(&folder.0, false, retention, None).unwrap().removed
    };
    assert_eq!(take(true), 1, "the first segment ends where the oldest snapshot stands");
    assert_eq!(starts(&folder.0), [2, 3, 4]);
    assert_eq!(rebuild(&folder.0).unwrap().1.snapshot, snapshots.last().copied());

    // Without a snapshot everything is needed; without that wish nothing is.
    let aside: Vec<_> = list_snapshots(&folder.0).unwrap();
    for (_, path) in &aside {
        fs::rename(path, path.with_extension("aside")).unwrap();
    }
    assert_eq!(take(true), 0);
    assert_eq!(take(false), 2);
    assert_eq!(starts(&folder.0), [4]);
    for (_, path) in &aside {
        fs::rename(path.with_extension("aside"), path).unwrap();
    }
    let (engine, report) = rebuild(&folder.0).unwrap();
    assert_eq!((engine.now(), report.replayed), (Timestamp(at), 0));
}

/// A run of a bench: its records one by one, with kind, time and payload.
fn run() -> (Bench, Vec<(RecordKind, Timestamp, Vec<u8>)>) {
    let bench = resting(2);
    let mut records = Vec::new();
    bench.stream.each(|record, _| records.push((record.kind, record.ts, record.payload.to_vec())));
    (bench, records)
}

fn stream_of(records: &[(RecordKind, Timestamp, Vec<u8>)]) -> random_run::Stream {
    let mut stream = random_run::Stream::default();
    for (kind, ts, payload) in records {
        stream.record(*kind, *ts, payload.as_slice()).unwrap();
    }
    stream
}

fn fed(records: &[(RecordKind, Timestamp, Vec<u8>)]) -> holdfast_core::Result<u64> {
    Replica::default().feed(&stream_of(records).bytes)
}

#[test]
fn ord_10_a_replica_takes_a_record_for_its_own_only_with_the_same_kind_time_and_content() {
    let (_, records) = run();
    assert_eq!(fed(&records).unwrap(), records.len() as u64);
    let output = records.iter().position(|each| each.0 == RecordKind::OrderChanged).unwrap();
    for part in 0..3 {
        let mut other = records.clone();
        match part {
            0 => other[output].0 = RecordKind::DayClosed,
            1 => other[output].1 = Timestamp(other[output].1.0 + 1),
            _ => other[output].2[0] ^= 1,
        }
        assert_eq!(fed(&other).unwrap_err().code(), Code::JournalDiverged, "part {part}");
    }
}

#[test]
fn ord_10_what_the_engine_refuses_and_the_journal_does_not_is_told_as_the_engine_says() {
    let (_, mut records) = run();
    let unknown = Trade { instrument: InstrumentId(7), ..traded(2_000_000_000) };
    let mut payload = Vec::new();
    let compact = holdfast_core::wire::Layout::Compact;
    holdfast_core::wire::append_encoded(&mut payload, compact, &unknown);
    records.push((RecordKind::Trade, unknown.ts_event, payload));
    assert_eq!(fed(&records).unwrap_err().code(), Code::InstrumentUnknown);
}

#[test]
fn ord_10_a_replica_knows_where_it_stands() {
    let (bench, records) = run();
    let output = records.iter().position(|each| each.0 == RecordKind::OrderChanged).unwrap();
    let mut replica = Replica::default();
    replica.feed(&stream_of(&records[..output]).bytes).unwrap();
    assert!(!replica.is_between_steps(), "an output of the last input is missing");
    let whole = stream_of(&records);
    let part = stream_of(&records[..output]).bytes.len();
    replica.feed(&whole.bytes[part..]).unwrap();
    assert!(replica.is_between_steps());
    assert_eq!(replica.next_sequence(), records.len() as u64);

    // From the middle on, such as behind a snapshot.
    let (mut engine, chain) = (Engine::new(&spot()).unwrap(), bench.stream.chain);
    engine.take_image(&bench.engine.image()).unwrap();
    let mut behind = Replica::behind(engine, chain);
    assert_eq!(behind.next_sequence(), chain.next_sequence);
    let (mut bytes, mut goes_on) = (Vec::new(), chain);
    goes_on
        .append(&mut bytes, RecordKind::Trade, Timestamp(2_000_000_000), &traded(2_000_000_000))
        .unwrap();
    assert_eq!(behind.feed(&bytes).unwrap(), 1);
}

#[test]
fn a_stream_begins_with_the_configuration_and_its_records_have_a_bound() {
    let mut stream = random_run::Stream::default();
    stream.record(RecordKind::Failure, Timestamp(0), opened().as_slice()).unwrap();
    let error = Replica::default().feed(&stream.bytes).unwrap_err();
    assert!(error.to_string().contains("must begin with session_opened"), "{error}");
    let head = |length: usize| [&(length as u32).to_le_bytes()[..], &[0; 20]].concat();
    assert_eq!(Replica::default().feed(&head(PAYLOAD_BYTES_MAX)), Ok(0), "the rest may come");
    let error = Replica::default().feed(&head(PAYLOAD_BYTES_MAX + 1)).unwrap_err();
    assert_eq!(error.code(), Code::JournalCorrupt);
}

#[test]
fn ord_10_only_what_was_asked_and_not_answered_is_in_doubt_after_a_restart() {
    let mut bench = resting(2);
    let (first, second, third) = (ClientOrderId(1), ClientOrderId(2), ClientOrderId(3));
    assert_eq!(bench.engine.unanswered(), []);
    let ts = bench.engine.now();
    bench.take(&Input::Cancel { client_order_id: second, ts }).unwrap();
    let mut intent = external(1, 10).intent_for_test(third);
    intent.ts_intent = ts;
    bench.take(&Input::Submit(intent)).unwrap();
    assert_eq!(bench.engine.unanswered(), [second, third]);
    report(&mut bench, third, ReportKind::Accepted);
    assert_eq!(bench.engine.unanswered(), [second]);
    assert!(bench.engine.open_order(first).is_ok());
}

#[test]
fn ord_10_an_order_that_is_held_here_was_sent_to_nobody_and_is_not_in_doubt() {
    let mut config = spot();
    config.emulated_order_types = vec![serde_json::from_value(json!("stop_market")).unwrap()];
    let mut bench = Bench::new(&config);
    bench.take(&Input::Trade(traded(1_000_000_000))).unwrap();
    let stop = holdfast_engine::venue_snapshot::VenueOrder {
        order_type: holdfast_core::OrderType::StopMarket,
        limit_price: None,
        trigger_price: Some(px(1_050)),
        ..external(1, 10)
    };
    let mut intent = stop.intent_for_test(ClientOrderId(1));
    intent.ts_intent = bench.engine.now();
    bench.take(&Input::Submit(intent)).unwrap();
    assert!(bench.engine.open_order(ClientOrderId(1)).unwrap().held.is_some());
    assert_eq!(bench.engine.unanswered(), []);
}

/// A snapshot with the checksum made right after a change of its content.
fn forged(change: impl Fn(&mut Vec<u8>)) -> holdfast_core::Result<SnapshotFile> {
    let bench = resting(1);
    let mut bytes = SnapshotFile::of(&bench.engine, bench.stream.chain, &opened()).encode();
    let content = bytes.len() - 32;
    bytes.truncate(content);
    change(&mut bytes);
    let checksum = blake3::hash(&bytes);
    bytes.extend_from_slice(checksum.as_bytes());
    SnapshotFile::decode(&bytes)
}

#[test]
fn ord_10_a_snapshot_is_bound_to_each_of_its_parts() {
    assert!(forged(|_| ()).is_ok());
    let image_at = 8 + 8 + 16 + 4 * 32 + 16 + opened().len();
    let changes: [(&str, &dyn Fn(&mut Vec<u8>)); 3] = [
        ("image", &|bytes| bytes[image_at + 3] ^= 1),
        ("configuration", &|bytes| bytes[image_at - 3] ^= 1),
        ("behind", &|bytes| bytes.push(0)),
    ];
    for (part, change) in changes {
        let error = forged(change).unwrap_err();
        assert_eq!(error.code(), Code::SnapshotCorrupt, "{part}");
    }
    let bench = resting(1);
    let mut bytes = SnapshotFile::of(&bench.engine, bench.stream.chain, &opened()).encode();
    *bytes.last_mut().unwrap() ^= 1;
    assert_eq!(SnapshotFile::decode(&bytes).unwrap_err().code(), Code::SnapshotCorrupt);
    let mut image = bench.engine.image();
    image.push(0);
    let mut engine = Engine::new(&spot()).unwrap();
    assert!(engine.take_image(&image).is_err(), "nothing may follow an image");
}

#[test]
fn a_snapshot_behind_damage_is_refused_for_the_damage() {
    let folder = Folder::new("damage-before");
    let mut engine = begun(&folder.0, SnapshotCadence::OnRequest);
    taken(&mut engine, 1);
    engine.snapshot().unwrap();
    taken(&mut engine, 2);
    engine.snapshot().unwrap();
    engine.leave().unwrap();
    let mut bytes = fs::read(folder.segment(1)).unwrap();
    let inside = bytes.len() - 50;
    bytes[inside] ^= 1;
    fs::write(folder.segment(1), &bytes).unwrap();
    let (engine, report) = rebuild(&folder.0).unwrap();
    let codes: Vec<Code> = report.refused.iter().map(|each| each.error.code()).collect();
    assert_eq!((codes, engine.now()), (vec![Code::JournalCorrupt], Timestamp(1)));
    assert!(report.resumed.cut_bytes > 0);
}
