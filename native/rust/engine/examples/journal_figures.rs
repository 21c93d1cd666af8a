//! Measures the journal beside what the machine can do without it, and prints the samples as JSON.
//!
//! Usage: `journal_figures FOLDER JOURNAL SAMPLES`: a folder on the disk to measure, which is made, and the journal of a run
//! to read back. Subjects are measured in turn, so that a drift of the machine meets all of them alike.

use holdfast_core::journal_record::RecordKind;
use holdfast_core::{InstrumentId, Price, Quantity, Quote, Timestamp};
use holdfast_engine::journal_policy::Retention;
use holdfast_engine::journal_retention::compact;
use holdfast_engine::replay::replay;
use holdfast_engine::{JournalReader, JournalWriter, Sink, SyncPolicy};
use serde_json::{Value, json};
use std::error::Error;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

const RECORDS: u32 = 1_000_000;
const BATCHES: u32 = 200;
/// Records that a commit puts on the disk together.
const BATCH_RECORDS: i64 = 8;
/// Bytes of one write, as the writer gathers them.
const WRITE_BYTES: usize = 256 << 10;

type Measured = Result<f64, Box<dyn Error>>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, journal, samples] = arguments.as_slice() else {
        return Err("usage: journal_figures FOLDER JOURNAL SAMPLES".into());
    };
    let (folder, journal, samples) = (Path::new(folder), Path::new(journal), samples.parse()?);
    let reader = JournalReader::open(journal)?;
    let recorded = reader.visit(|_| Ok(()))?.records as f64;
    let mut cases: Vec<(&str, &str, &str, Vec<f64>)> = vec![
        ("1M records buffered", "holdfast journal", "ns/record", Vec::new()),
        ("1M records buffered", "plain writes of as many bytes", "ns/record", Vec::new()),
        ("commit of 8 records to the disk", "holdfast journal", "us/commit", Vec::new()),
        ("commit of 8 records to the disk", "plain write and fdatasync", "us/commit", Vec::new()),
        ("recorded run read back", "holdfast replay", "ns/record", Vec::new()),
        ("recorded run read back", "holdfast verify", "ns/record", Vec::new()),
        ("recorded run read back", "reading the file", "ns/record", Vec::new()),
    ];
    for _ in 0..samples {
        let (buffered, bytes) = buffered(folder)?;
        let found = [
            buffered,
            plain_writes(folder, bytes)?,
            commits(folder)?,
            plain_syncs(folder)?,
            timed(recorded, || Ok(replay(&reader).map(|_| ())?))?,
            timed(recorded, || Ok(reader.visit(|_| Ok(())).map(|_| ())?))?,
            timed(recorded, || read_files(journal))?,
        ];
        for (case, sample) in cases.iter_mut().zip(found) {
            case.3.push(sample);
        }
    }
    let packed = compact(journal, true, Retention::default(), None)?;
    let cases: Vec<Value> = cases
        .into_iter()
        .map(|(case, subject, unit, samples)| {
            json!({ "case": case, "subject": subject, "unit": unit, "samples": samples })
        })
        .collect();
    let printed = json!({ "cases": cases, "packed": packed, "records": recorded });
    writeln!(std::io::stdout(), "{printed}")?;
    Ok(())
}

/// Returns nanoseconds a unit.
fn timed(units: f64, run: impl FnOnce() -> Result<(), Box<dyn Error>>) -> Measured {
    let start = Instant::now();
    run()?;
    Ok(start.elapsed().as_nanos() as f64 / units)
}

fn quote(at: i64) -> Quote {
    Quote {
        instrument: InstrumentId(0),
        ts_event: Timestamp(at * 1_000_000),
        bid: Price::from_ticks(43_025 + at % 50),
        bid_quantity: Quantity::from_lots(300),
        ask: Price::from_ticks(43_026 + at % 50),
        ask_quantity: Quantity::from_lots(500),
    }
}

fn note(writer: &mut JournalWriter, at: i64) -> holdfast_core::Result<()> {
    let quote = quote(at);
    writer.record(RecordKind::Quote, quote.ts_event, &quote)
}

fn buffered(folder: &Path) -> Result<(f64, usize), Box<dyn Error>> {
    let path = folder.join("buffered");
    let mut writer = JournalWriter::create(&path, SyncPolicy::Os)?;
    let ns = timed(f64::from(RECORDS), || {
        for at in 0..i64::from(RECORDS) {
            note(&mut writer, at)?;
        }
        Ok(writer.commit()?)
    })?;
    writer.close()?;
    let bytes = JournalReader::open(&path)?.visit(|_| Ok(()))?.bytes as usize;
    fs::remove_dir_all(path)?;
    Ok((ns, bytes))
}

fn plain_writes(folder: &Path, bytes: usize) -> Measured {
    let path = folder.join("plain");
    let mut file = File::create(&path)?;
    let chunk = vec![7_u8; WRITE_BYTES];
    let ns = timed(f64::from(RECORDS), || {
        for _ in 0..bytes / WRITE_BYTES {
            file.write_all(&chunk)?;
        }
        Ok(())
    })?;
    fs::remove_file(path)?;
    Ok(ns)
}

/// Returns microseconds a commit.
fn commits(folder: &Path) -> Measured {
    let path = folder.join("commits");
    let mut writer = JournalWriter::create(&path, SyncPolicy::Always)?;
    let ns = timed(f64::from(BATCHES), || {
        for at in 0..i64::from(BATCHES) {
            for record in 0..BATCH_RECORDS {
                note(&mut writer, at * BATCH_RECORDS + record)?;
            }
            writer.commit()?;
        }
        Ok(())
    })?;
    writer.close()?;
    fs::remove_dir_all(path)?;
    Ok(ns / 1_000.0)
}

/// What the disk itself can do: an append of as many bytes, forced down, again and again.
fn plain_syncs(folder: &Path) -> Measured {
    let path = folder.join("synced");
    let mut file = File::create(&path)?;
    let chunk = [7_u8; 80 * BATCH_RECORDS as usize];
    let ns = timed(f64::from(BATCHES), || {
        for _ in 0..BATCHES {
            file.write_all(&chunk)?;
            file.sync_data()?;
        }
        Ok(())
    })?;
    fs::remove_file(path)?;
    Ok(ns / 1_000.0)
}

fn read_files(folder: &Path) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        std::hint::black_box(fs::read(entry?.path())?);
    }
    Ok(())
}
