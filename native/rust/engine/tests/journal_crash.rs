//! Killing the process at any moment loses nothing that it acknowledged.

mod support;

use holdfast_engine::journal_anchor::{Anchor, verify_with_anchors};
use holdfast_engine::replay::replay;
use holdfast_engine::{JournalOptions, JournalReader, JournalWriter, SyncPolicy};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use support::*;

/// How many processes are killed: `HOLDFAST_JOURNAL_KILLS`, where more than a quick run is wanted.
const KILLS: u64 = 10;
const ORDERS: u64 = 10_000;
const RUNS_AT_ONCE: usize = 4;

fn kills() -> u64 {
    std::env::var("HOLDFAST_JOURNAL_KILLS").map_or(KILLS, |kills| kills.parse().unwrap())
}

/// Cargo builds examples beside the tests.
fn crash_run() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    folder.join("examples").join(format!("crash_run{}", std::env::consts::EXE_SUFFIX))
}

fn start(folder: &Path, seed: u64) -> Child {
    Command::new(crash_run())
        .args([folder.to_str().unwrap(), &ORDERS.to_string(), &seed.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("{} must run, cargo builds it with the examples: {error}", crash_run().display())
        })
}

/// Lets a run acknowledge so many lines, kills it, and returns every acknowledgement that came out.
fn killed_after(folder: &Path, seed: u64, lines: usize) -> Vec<Anchor> {
    acknowledged_by(&mut start(folder, seed), lines)
}

/// Reads acknowledgements until the process ends, and ends it after so many.
fn acknowledged_by(child: &mut Child, lines: usize) -> Vec<Anchor> {
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut acknowledged = Vec::new();
    let mut line = String::new();
    loop {
        line.clear();
        // The pipe outlives the process: what it wrote before its end is read, a line cut by the kill is none.
        if output.read_line(&mut line).unwrap() == 0 || !line.ends_with('\n') {
            break;
        }
        let (sequence, head) = line.trim().split_once(' ').unwrap();
        acknowledged.push(Anchor { next_sequence: sequence.parse().unwrap(), head: head.into() });
        if acknowledged.len() == lines {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    acknowledged
}

/// Kills one run, opens its journal again, and returns whether a tail was cut and how many records were kept beyond those
/// acknowledged.
fn kill_and_resume(seed: u64) -> (bool, u64) {
    let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    random ^= random >> 29;
    // A burst has four or five orders on average, so that the last kills come when a run is done.
    let lines = 1 + (random % (ORDERS / 4)) as usize;
    let folder = Folder::new(&format!("crash-{seed}"));
    let acknowledged = killed_after(&folder.0, seed, lines);
    assert!(!acknowledged.is_empty(), "seed {seed}");

    let options = JournalOptions::new(SyncPolicy::Always);
    let (mut writer, resumed) = JournalWriter::resume(&folder.0, options).unwrap();
    note(&mut writer, i64::MAX / MS, 8);
    writer.close().unwrap();
    let reader = JournalReader::open(&folder.0).unwrap();
    let (summary, compared) = verify_with_anchors(&reader, &acknowledged)
        .unwrap_or_else(|error| panic!("seed {seed} after {lines} lines: {error}"));
    assert_eq!(compared.matched, acknowledged.len() as u64, "seed {seed}");
    let acknowledged = acknowledged.last().unwrap().next_sequence;
    (resumed.cut_bytes > 0, summary.records - 2 - acknowledged)
}

#[test]
fn sec_07_a_killed_process_loses_no_acknowledged_record() {
    let (kills, next) = (kills(), AtomicU64::new(1));
    let (cut, kept) = (AtomicU64::new(0), AtomicU64::new(0));
    // Most of a run is waiting for the disk, so that several of them share it.
    std::thread::scope(|scope| {
        for _ in 0..RUNS_AT_ONCE {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Relaxed);
                    if seed > kills {
                        break;
                    }
                    let (was_cut, beyond) = kill_and_resume(seed);
                    cut.fetch_add(u64::from(was_cut), Relaxed);
                    kept.fetch_add(beyond, Relaxed);
                }
            });
        }
    });
    println!(
        "{kills} kills: {cut:?} torn tails, {kept:?} records kept beyond what was acknowledged"
    );
}

#[test]
fn a_killed_run_replays_to_where_it_was_cut() {
    let folder = Folder::new("crash-replay");
    let acknowledged = killed_after(&folder.0, 7, 300);
    let options = JournalOptions::new(SyncPolicy::Always);
    let (mut writer, _) = JournalWriter::resume(&folder.0, options).unwrap();
    writer.close().unwrap();
    let replayed = replay(&JournalReader::open(&folder.0).unwrap()).unwrap();
    assert!(replayed.journal.records > acknowledged.last().unwrap().next_sequence);
    assert!(!replayed.compared_with_close);
}

/// A bound on the size of files stops a write in the midst of a record, as a disk does that is full.
#[cfg(unix)]
#[test]
fn sec_07_a_short_write_is_said_and_tears_only_what_was_not_acknowledged() {
    use std::io::Read;
    let folder = Folder::new("crash-short");
    // The bound is in units of 1,024 bytes; the signal is ignored so that the write fails instead.
    let script = "ulimit -f 100; trap '' XFSZ; exec \"$0\" \"$@\"";
    let mut child = Command::new("bash")
        .args(["-c", script, crash_run().to_str().unwrap()])
        .args([folder.0.to_str().unwrap(), &ORDERS.to_string(), "3"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let acknowledged = acknowledged_by(&mut child, usize::MAX);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(!child.wait().unwrap().success());
    assert!(said.contains("JournalIo") && said.contains("File too large"), "{said}");
    assert!(said.contains("000001.journal"), "{said}");

    let options = JournalOptions::new(SyncPolicy::Always);
    let (mut writer, resumed) = JournalWriter::resume(&folder.0, options).unwrap();
    writer.close().unwrap();
    assert!(resumed.cut_bytes > 0, "the write was cut in the midst of a record");
    let reader = JournalReader::open(&folder.0).unwrap();
    let (_, compared) = verify_with_anchors(&reader, &acknowledged).unwrap();
    assert!(compared.matched > 10 && compared.matched == acknowledged.len() as u64);
}
