//! A snapshot is the whole state: an engine made from one goes on as the one it was taken of, wherever that was.

mod desk;
mod random_run;

use holdfast_core::Timestamp;
use holdfast_core::journal_record::{Chain, RecordKind, hex};
use holdfast_core::{Code, Result};
use holdfast_engine::Sink;
use holdfast_engine::snapshot_file::SnapshotFile;
use holdfast_engine::{Engine, EngineConfig, IMAGE_VERSION, Input, Replica};
use proptest::prelude::*;
use random_run::{Act, Driven, Player, Stream, acts, rich_config};

struct Recorded {
    engine: Engine,
    stream: Stream,
    opened: Vec<u8>,
    /// Over the hash of the state behind every step, where somebody asks for it.
    hashes: Option<blake3::Hasher>,
}

impl Driven for Recorded {
    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn take(&mut self, input: &Input<'_>) -> Result<()> {
        let taken = self.engine.step(input, &mut self.stream, &mut Vec::new()).map(|_| ());
        if let Some(hashes) = &mut self.hashes {
            hashes.update(&self.engine.state_hash());
        }
        taken
    }
}

fn recorded(config: &EngineConfig, acts: &[Act]) -> Recorded {
    watched(config, acts, None)
}

fn watched(config: &EngineConfig, acts: &[Act], hashes: Option<blake3::Hasher>) -> Recorded {
    let opened = serde_json::to_vec(&serde_json::json!({ "engine": config })).unwrap();
    let mut stream = Stream::default();
    stream.record(RecordKind::SessionOpened, Timestamp(0), opened.as_slice()).unwrap();
    let mut recorded = Recorded { engine: Engine::new(config).unwrap(), stream, opened, hashes };
    Player::default().play(&mut recorded, acts);
    recorded.engine.close(&mut recorded.stream).unwrap();
    recorded
}

fn taken_over(config: &EngineConfig, image: &[u8]) -> Engine {
    let mut engine = Engine::new(config).unwrap();
    engine.take_image(image).unwrap();
    engine
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// One copy replays the journal; the other is thrown away after every step and made anew from the image. Both must give
    /// every record, and be equal in every field at every step.
    #[test]
    fn ord_10_an_engine_made_from_its_image_after_every_step_gives_the_same_records(
        hedging in any::<bool>(), acts in acts(120),
    ) {
        let config = rich_config(hedging);
        let run = recorded(&config, &acts);
        let (mut straight, mut anew) = (Replica::default(), Replica::default());
        run.stream.each(|record, _| {
            straight.apply(record).unwrap();
            anew.apply(record).unwrap();
            if !anew.is_between_steps() {
                return;
            }
            let image = straight.engine().unwrap().image();
            assert_eq!(anew.engine().unwrap().image(), image, "behind {}", record.sequence);
            let engine = taken_over(&config, &image);
            assert_eq!(engine.state_hash(), straight.engine().unwrap().state_hash());
            let chain = Chain { head: *record.head.unwrap(), next_sequence: record.sequence + 1 };
            anew = Replica::behind(engine, chain);
        });
        prop_assert_eq!(straight.engine().unwrap().image(), run.engine.image());
    }

    /// Whatever byte of an image changes is noticed: it is refused, or it is another state with another hash.
    #[test]
    fn ord_10_no_byte_of_an_image_is_without_meaning(
        acts in acts(80), at in any::<prop::sample::Index>(), bits in 1_u8..=255,
    ) {
        let config = rich_config(false);
        let engine = recorded(&config, &acts).engine;
        let mut image = engine.image();
        let place = at.index(image.len());
        image[place] ^= bits;
        let mut other = Engine::new(&config).unwrap();
        if other.take_image(&image).is_ok() {
            // A number in a longer form than it needs reads as the same number, but is not what is written again.
            prop_assert!(other.image_hash() != engine.image_hash() || other.image() != image);
        }
    }

    #[test]
    fn a_snapshot_with_any_byte_changed_or_cut_is_refused(
        at in any::<prop::sample::Index>(), bits in 1_u8..=255, cut in any::<bool>(),
    ) {
        let config = rich_config(false);
        let run = recorded(&config, &[]);
        let mut bytes = SnapshotFile::of(&run.engine, run.stream.chain, &run.opened).encode();
        let place = at.index(bytes.len());
        if cut { bytes.truncate(place) } else { bytes[place] ^= bits }
        let code = SnapshotFile::decode(&bytes).map_err(|error| error.code());
        prop_assert_eq!(code, Err(Code::SnapshotCorrupt));
    }
}

/// Every act once, at fixed numbers.
fn fixed_acts() -> Vec<Act> {
    (0..240_u32)
        .map(|step| Act {
            kind: (step * 7 % 33) as u8,
            which: (step * 13 % 251) as u8,
            number: i64::from(step * 11 % 39 + 1),
            flag: step.is_multiple_of(3),
            wait_ms: if step % 60 == 59 { 90_000_000 } else { i64::from(step % 5) * 400 },
        })
        .collect()
}

fn fixed_run() -> Recorded {
    recorded(&rich_config(false), &fixed_acts())
}

/// The hashes behind every step of two fixed runs, as one number each. A snapshot states the hash of its state, so that
/// another hash of the same state would make every snapshot there is disagree.
#[test]
fn the_hash_of_the_state_takes_in_what_it_always_took_in_and_nothing_else() {
    let known = [
        (false, "4d034215c0599b231e18c08f8a4ff04a6d0782858668dbc0c53ca241da555645"),
        (true, "5adfa25f9bac4be24fdbb26e202c492630cc95550ffc811f9e955ecff260df59"),
    ];
    for (hedging, hash) in known {
        let watching = Some(blake3::Hasher::new());
        let run = watched(&rich_config(hedging), &fixed_acts(), watching);
        assert_eq!(hex(run.hashes.unwrap().finalize().as_bytes()), hash, "hedging: {hedging}");
    }
}

#[test]
fn a_change_of_the_image_needs_another_version() {
    let run = fixed_run();
    let counts = run.engine.counts();
    assert!(counts.fills > 5 && counts.denied > 0 && counts.alarms > 0, "{counts:?}");
    let known = (3, "edf19a2b587adad843c21a3d74968e2a20a687d226aa27a5941da2af7ad895af");
    let found = hex(&run.engine.image_hash());
    assert_eq!(
        (IMAGE_VERSION, found.as_str()),
        known,
        "the form of the state changed: raise IMAGE_VERSION in engine_image.rs and put the hash here"
    );
}

#[test]
fn a_snapshot_reads_back_and_another_version_is_named() {
    let run = fixed_run();
    let snapshot = SnapshotFile::of(&run.engine, run.stream.chain, &run.opened);
    let bytes = snapshot.encode();
    assert_eq!(SnapshotFile::decode(&bytes).unwrap(), snapshot);
    assert_eq!(snapshot.engine().unwrap().image(), run.engine.image());
    for (place, text) in [(7, "HFSNAP02.3"), (8, "HFSNAP01.4")] {
        let mut later = bytes.clone();
        later[place] = if place == 7 { b'2' } else { 4 };
        let content = later.len() - 32;
        let checksum = blake3::hash(&later[..content]);
        later[content..].copy_from_slice(checksum.as_bytes());
        let error = SnapshotFile::decode(&later).unwrap_err();
        assert_eq!(error.code(), Code::SnapshotVersion);
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[test]
fn a_state_that_is_not_its_hash_is_diverged_and_one_of_another_configuration_corrupt() {
    let run = fixed_run();
    let snapshot = SnapshotFile::of(&run.engine, run.stream.chain, &run.opened);
    let wrong = SnapshotFile { state_hash: [7; 32], ..snapshot.clone() };
    assert_eq!(wrong.engine().unwrap_err().code(), Code::SnapshotDiverged);
    let mut fewer = rich_config(false);
    fewer.instruments.pop();
    let opened = serde_json::to_vec(&serde_json::json!({ "engine": fewer })).unwrap();
    let other = SnapshotFile { opened, ..snapshot };
    assert_eq!(other.engine().unwrap_err().code(), Code::SnapshotCorrupt);
}

#[test]
fn ord_10_a_command_that_was_refused_has_not_moved_the_time() {
    let config = rich_config(false);
    let mut run = recorded(&config, &[]);
    let before = run.engine.image();
    let ts = Timestamp(5_000_000_000);
    let unknown = holdfast_core::ClientOrderId(99);
    let refused = run.take(&Input::Cancel { client_order_id: unknown, ts }).unwrap_err();
    assert_eq!(refused.code(), Code::OrderUnknown);
    assert_eq!(run.engine.image(), before);
}
