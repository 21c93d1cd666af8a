//! How many simulated events a second one core handles, with every rule checked: `fault_rate [seeds] [first seed]
//! [faults] [acts]` prints one line of JSON, and the broken rules with the smallest schedule found. The exit code is 1 when there are some.

use holdfast_core::{Code, Error, Result};
use holdfast_sim::fault::{ActSet, Batch, FaultSet, simulate};
use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let seeds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1_000);
    let seed_start = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let faults = FaultSet::parse(&arguments.next().unwrap_or_else(|| "all".into()))?;
    let acts = ActSet::parse(&arguments.next().unwrap_or_else(|| "all".into()))?;
    let started = Instant::now();
    let hash_before = String::new();
    let batch = Batch { seed_start, seeds, steps: 400, faults, acts, hash_before };
    let report = simulate(&batch)?;
    let seconds = started.elapsed().as_secs_f64();
    let mut shown = String::new();
    for violation in &report.violations {
        let (seed, rule, figures) = (violation.seed, &violation.rule, &violation.figures);
        shown.push_str(&format!("seed {seed}: {rule}, {figures:?}\n"));
        for act in &violation.schedule {
            shown.push_str(&format!("    {} ms  {}\n", act.at_ms, act.what));
        }
    }
    let figures = serde_json::json!({
        "seeds": seeds, "events": report.events, "fills": report.fills, "crashes": report.crashes,
        "violations": report.violations.len(), "hash": report.hash, "seconds": seconds,
        "events_per_s": report.events as f64 / seconds,
    });
    shown.push_str(&figures.to_string());
    writeln!(std::io::stdout(), "{shown}")
        .map_err(|error| Error::new(Code::JournalIo, error.to_string()))?;
    Ok(if report.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
