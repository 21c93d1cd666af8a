//! Journals of the format before: every record has a hash, and no record tells of a closed trade.

mod desk;
mod random_run;
mod support;

use holdfast_core::journal_record::{Chain, RecordKind};
use holdfast_core::{Code, Timestamp};
use holdfast_engine::journal_segment::segment_header;
use holdfast_engine::replay::replay;
use holdfast_engine::restart::rebuild;
use holdfast_engine::{
    Engine, JournalOptions, JournalReader, JournaledEngine, Sink, SnapshotPolicy, SyncPolicy,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use random_run::{Player, Recorded, Stream, acts, rich_config};
use std::fs;
use support::Folder;

/// Plays until the engine has closed trades; the session is closed when it says so.
fn played(runner: &mut proptest::test_runner::TestRunner, closes: bool) -> Recorded {
    let config = rich_config(false);
    let opened = serde_json::to_vec(&serde_json::json!({ "engine": config })).unwrap();
    let mut stream = Stream::default();
    stream.record(RecordKind::SessionOpened, Timestamp(0), opened.as_slice()).unwrap();
    let mut run = Recorded { engine: Engine::new(&config).unwrap(), stream };
    let mut player = Player::default();
    while trades(&run.stream) < 3 {
        let list = acts(250).new_tree(runner).unwrap().current();
        player.play(&mut run, &list);
    }
    if closes {
        run.engine.close(&mut run.stream).unwrap();
    }
    run
}

fn trades(stream: &Stream) -> usize {
    let mut count = 0;
    stream.each(|record, _| count += usize::from(record.kind == RecordKind::TradeClosed));
    count
}

/// Writes the records as the version before did: a header of format 01, a hash for each, and those of `keeps` only.
fn written_before(folder: &Folder, stream: &Stream, keeps: impl Fn(RecordKind) -> bool) {
    fs::create_dir_all(&folder.0).unwrap();
    let mut bytes = segment_header(1, &Chain::default()).to_vec();
    bytes[..8].copy_from_slice(b"HFJRNL01");
    let checksum = crc32fast::hash(&bytes[..60]);
    bytes[60..64].copy_from_slice(&checksum.to_le_bytes());
    let mut chain = Chain::default();
    stream.each(|record, _| {
        if keeps(record.kind) {
            chain.append(&mut bytes, record.kind, record.ts, record.payload).unwrap();
        }
    });
    fs::write(folder.segment(1), &bytes).unwrap();
}

fn is_no_trade(kind: RecordKind) -> bool {
    kind != RecordKind::TradeClosed
}

#[test]
fn sec_07_a_journal_of_the_format_before_replays_though_it_tells_of_no_closed_trade() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..20 {
        let run = played(&mut runner, true);
        let folder = Folder::new("before-groups");
        written_before(&folder, &run.stream, is_no_trade);
        let replayed = replay(&JournalReader::open(&folder.0).unwrap()).unwrap();
        assert!(replayed.compared_with_close);
        let (engine, report) = rebuild(&folder.0).unwrap();
        assert_eq!(report.completed, 0);
        assert_eq!(engine.image_hash(), run.engine.image_hash(), "what a trade leaves is state");
    }
}

#[test]
fn sec_07_such_a_journal_goes_on_in_a_segment_that_tells_of_closed_trades() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..10 {
        let run = played(&mut runner, false);
        let folder = Folder::new("before-groups-on");
        written_before(&folder, &run.stream, is_no_trade);
        let options = || JournalOptions::new(SyncPolicy::Os);
        let policy = SnapshotPolicy::default();
        let (mut journaled, _) = JournaledEngine::restart(&folder.0, options(), policy).unwrap();
        assert_eq!(journaled.engine().round_trips(), run.engine.round_trips());
        journaled.commit().unwrap();
        // What was not answered is in doubt by now.
        let stands = journaled.engine().image_hash();
        drop(journaled);
        assert!(fs::read(folder.segment(2)).unwrap().starts_with(b"HFJRNL02"));
        let (engine, _) = rebuild(&folder.0).unwrap();
        assert_eq!(engine.image_hash(), stands);
        assert!(replay(&JournalReader::open(&folder.0).unwrap()).is_ok());
    }
}

#[test]
fn sec_07_nothing_else_may_be_missing_and_what_is_told_is_compared() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let run = played(&mut runner, false);
    let folder = Folder::new("before-groups-less");
    let code = |keeps: &dyn Fn(RecordKind) -> bool| {
        written_before(&folder, &run.stream, keeps);
        rebuild(&folder.0).map(|_| ()).map_err(|error| error.code())
    };
    assert_eq!(code(&|_| true), Ok(()), "a journal of that format may tell of trades");
    for kind in [RecordKind::PositionChanged, RecordKind::OrderChanged, RecordKind::Verdict] {
        let keeps = |each: RecordKind| is_no_trade(each) && each != kind;
        assert_eq!(code(&keeps), Err(Code::JournalDiverged), "{}", kind.name());
    }
}

#[test]
fn sec_07_in_the_present_format_a_closed_trade_must_be_told() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let run = played(&mut runner, false);
    let folder = Folder::new("present-format");
    written_before(&folder, &run.stream, is_no_trade);
    let mut bytes = fs::read(folder.segment(1)).unwrap();
    bytes[..8].copy_from_slice(b"HFJRNL02");
    let checksum = crc32fast::hash(&bytes[..60]);
    bytes[60..64].copy_from_slice(&checksum.to_le_bytes());
    fs::write(folder.segment(1), &bytes).unwrap();
    assert_eq!(
        rebuild(&folder.0).map_err(|error| error.code()).unwrap_err(),
        Code::JournalDiverged
    );
}
