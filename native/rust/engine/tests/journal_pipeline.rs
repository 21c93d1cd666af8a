//! A journal that is hashed and written by a thread of its own is the journal that is written in line: every byte, every
//! sync and every head that is handed out, whatever is recorded and whenever it is committed.

mod support;

use holdfast_core::Timestamp;
use holdfast_core::journal_record::{Chain, RecordKind};
use holdfast_engine::journal_anchor::{Anchor, AnchorCallback};
use holdfast_engine::journal_policy::Anchoring;
use holdfast_engine::{JournalOptions, JournalReader, JournalWriter, Sink, SyncPolicy};
use proptest::prelude::*;
use std::num::NonZeroU64;
use std::path::Path;
use std::sync::{Arc, Mutex};
use support::*;

/// What a program does with its journal.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// So many records of a length, each so many milliseconds after the one before.
    Record {
        count: usize,
        length: usize,
        after_ms: i64,
    },
    Commit,
    Flush,
}

fn act() -> impl Strategy<Value = Act> {
    let record = |lengths| {
        (1_usize..40, lengths, 0_i64..4).prop_map(|(count, length, after_ms)| Act::Record {
            count,
            length,
            after_ms,
        })
    };
    prop_oneof![
        6 => record(0_usize..200),
        1 => record(1_000_usize..9_000),
        3 => Just(Act::Commit),
        1 => Just(Act::Flush),
    ]
}

fn policy() -> impl Strategy<Value = SyncPolicy> {
    prop_oneof![
        7 => Just(SyncPolicy::Os),
        2 => (1_u32..60).prop_map(|age_ms_max| SyncPolicy::Batch { age_ms_max }),
        1 => Just(SyncPolicy::Always),
    ]
}

/// What there is to compare.
#[derive(Debug, PartialEq)]
struct Written {
    files: Vec<(String, Vec<u8>)>,
    /// Chain, segment and syncs after every act that waits.
    seen: Vec<(Chain, u32, u64)>,
    anchors: Vec<Anchor>,
}

/// The end of a program: a close, or none.
fn written(folder: &Path, options: JournalOptions, acts: &[Act], closes: bool) -> Written {
    let anchors = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&anchors);
    let store = Box::new(AnchorCallback(move |anchor: &Anchor| {
        kept.lock().unwrap().push(anchor.clone());
        Ok(())
    }));
    let anchor = Some(Anchoring { store, every_records: NonZeroU64::new(37).unwrap() });
    let mut writer =
        JournalWriter::create_with(folder, JournalOptions { anchor, ..options }).unwrap();
    let (mut now_ms, mut seen) = (0, Vec::new());
    for act in acts {
        match act {
            Act::Record { count, length, after_ms } => {
                for _ in 0..*count {
                    now_ms += after_ms;
                    let payload = vec![now_ms as u8; *length];
                    let ts = Timestamp(now_ms * MS);
                    writer.record(RecordKind::Failure, ts, payload.as_slice()).unwrap();
                }
                continue;
            }
            Act::Commit => writer.commit().unwrap(),
            Act::Flush => writer.flush().unwrap(),
        }
        assert_eq!(writer.chain().next_sequence, writer.next_sequence());
        seen.push((*writer.chain(), writer.segment_index(), writer.syncs()));
    }
    if closes {
        writer.close().unwrap();
        seen.push((*writer.chain(), writer.segment_index(), writer.syncs()));
    }
    drop(writer);
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    let anchors = anchors.lock().unwrap().clone();
    Written { files, seen, anchors }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn nat_06_the_pipelined_journal_is_the_in_line_journal(
        acts in prop::collection::vec(act(), 1..24),
        policy in policy(),
        segment_bytes_max in prop_oneof![Just(2_000_usize), Just(60_000), Just(1 << 26)],
        closes in any::<bool>(),
    ) {
        let run = |pipelined: bool| {
            let folder = Folder::new(if pipelined { "pipelined" } else { "in-line" });
            let options =
                JournalOptions { segment_bytes_max, pipelined, ..JournalOptions::new(policy) };
            let written = written(&folder.0, options, &acts, closes);
            if closes {
                let summary = JournalReader::open(&folder.0).unwrap().visit(|_| Ok(())).unwrap();
                let recorded: usize = acts.iter().map(|act| match act {
                    Act::Record { count, .. } => *count,
                    Act::Commit | Act::Flush => 0,
                }).sum();
                assert_eq!(summary.records, recorded as u64);
            }
            written
        };
        // Compared in two steps, because a difference of files is too long to be read.
        let (pipelined, in_line) = (run(true), run(false));
        prop_assert_eq!(&pipelined.seen, &in_line.seen);
        prop_assert_eq!(&pipelined.anchors, &in_line.anchors);
        prop_assert!(pipelined == in_line, "the files differ");
    }
}
