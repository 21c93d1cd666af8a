//! Many seeds: each is run twice and must give the same hash; a violation is told with the smallest schedule found.

use super::act_kind::ActSet;
use super::kind::FaultSet;
use super::minimise::{broken_rule, minimise};
use super::schedule::{ActText, Scheduled, draw};
use super::setting::GATEWAY;
use super::variety::Variety;
use super::world::World;
use holdfast_core::journal_record::hex;
use holdfast_core::{Error, Result};
use holdfast_engine::EngineConfig;
use holdfast_engine::gateway::GatewayConfig;
use serde::Serialize;

/// Which seeds are run, and how.
#[derive(Debug, Clone)]
pub struct Batch {
    /// First seed.
    pub seed_start: u64,
    /// Number of seeds.
    pub seeds: u32,
    /// Acts in each schedule.
    pub steps: u32,
    /// Faults that may happen.
    pub faults: FaultSet,
    /// What the strategy may do besides single orders.
    pub acts: ActSet,
    /// Hash of the batch before, or nothing: seeds in several batches give the hash that they give in one.
    pub hash_before: String,
}

/// What became of one seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeedReport {
    /// Hash over everything that the run did.
    pub hash: String,
    /// Events of one run.
    pub events: u64,
    /// Fills at the venue.
    pub fills: u64,
    /// Deaths of the process.
    pub crashes: u64,
    /// The rule that was broken, if any.
    pub broken: Option<Broken>,
}

/// A rule that was broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// The rule.
    pub rule: String,
    /// Its figures at that moment.
    pub figures: Vec<String>,
}

impl Broken {
    pub(super) fn of(error: &Error) -> Self {
        let figures = error.context().iter().map(|(name, value)| format!("{name} {value}"));
        Self { rule: error.to_string(), figures: figures.collect() }
    }
}

/// A broken rule with its seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Run this seed again with the same settings to see it.
    pub seed: u64,
    /// The rule.
    pub rule: String,
    /// Its figures, in the smallest schedule found.
    pub figures: Vec<String>,
    /// The smallest schedule found that breaks the same rule.
    pub schedule: Vec<ActText>,
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct BatchReport {
    /// Seeds that were run.
    pub seeds: u32,
    /// Events of all runs, each seed's second run included.
    pub events: u64,
    /// Fills of the first runs.
    pub fills: u64,
    /// Deaths of the process in the first runs.
    pub crashes: u64,
    /// Chain over the hashes of the seeds, from the one that was handed in.
    pub hash: String,
    /// Broken rules.
    pub violations: Vec<Violation>,
}

/// Returns what a seed draws: the engine's configuration and the schedule.
pub(super) fn drawn(seed: u64, batch: &Batch) -> (EngineConfig, Vec<Scheduled>) {
    let variety = Variety::of(seed, batch.acts);
    let config = variety.config.clone();
    (config, variety.applied(draw(seed, batch.steps, batch.faults)))
}

/// The journals of this run and of the one before. The same memory serves all runs: fresh memory for each costs more than
/// filling it.
#[derive(Debug, Default)]
struct Memory {
    journal: Vec<u8>,
    before: Vec<u8>,
}

/// Runs one seed once; equal journals need one replay only.
fn run_seed(
    seed: u64,
    batch: &Batch,
    bounds: GatewayConfig,
    replay: bool,
    memory: &mut Memory,
) -> Result<SeedReport> {
    let (config, schedule) = drawn(seed, batch);
    let mut world = World::new(&config, seed, schedule, bounds)?;
    world.journal.move_into(std::mem::take(&mut memory.journal));
    if replay {
        // Only what a first run's replay has verified counts as known.
        memory.before.clear();
    }
    world.journal.known = std::mem::take(&mut memory.before);
    let outcome = world.run().and_then(|()| if replay { world.replay() } else { Ok(()) });
    let broken = outcome.err().map(|error| Broken::of(&error));
    if broken.is_some() {
        world.journal.bytes.clear();
    }
    memory.before = std::mem::take(&mut world.journal.bytes);
    memory.journal = std::mem::take(&mut world.journal.known);
    Ok(SeedReport {
        hash: hex(&world.hash()),
        events: world.events,
        fills: world.exchange.fills.len() as u64,
        crashes: world.crashes,
        broken,
    })
}

/// Runs a batch; violations are part of the report.
///
/// # Errors
/// `CONFIG_INVALID` when the simulation's own setting cannot be made.
pub fn simulate(batch: &Batch) -> Result<BatchReport> {
    simulate_with(batch, GATEWAY)
}

fn simulate_with(batch: &Batch, bounds: GatewayConfig) -> Result<BatchReport> {
    let mut report = BatchReport { seeds: batch.seeds, ..BatchReport::default() };
    report.hash.clone_from(&batch.hash_before);
    let mut memory = Memory::default();
    for offset in 0..batch.seeds {
        let seed = batch.seed_start.wrapping_add(u64::from(offset));
        let first = run_seed(seed, batch, bounds, true, &mut memory)?;
        let second = run_seed(seed, batch, bounds, false, &mut memory)?;
        report.hash.push_str(&first.hash);
        report.hash = hex(blake3::hash(report.hash.as_bytes()).as_bytes());
        report.events += first.events + second.events;
        report.fills += first.fills;
        report.crashes += first.crashes;
        if let Some(broken) = &first.broken {
            report.violations.push(explain(seed, batch, bounds, broken));
        } else if first != second {
            let rule = "the same seed must give the same hash".to_string();
            let (figures, schedule) = (Vec::new(), Vec::new());
            report.violations.push(Violation { seed, rule, figures, schedule });
        }
    }
    Ok(report)
}

/// Makes the schedule smaller; figures may change with it, so rules are compared by their message.
fn explain(seed: u64, batch: &Batch, bounds: GatewayConfig, broken: &Broken) -> Violation {
    let (config, schedule) = drawn(seed, batch);
    let same = |some: &[Scheduled]| {
        broken_rule(&config, seed, some, bounds).filter(|other| other.rule == broken.rule)
    };
    let smallest = minimise(&schedule, |some| same(some).is_some());
    let broken = same(&smallest).unwrap_or_else(|| broken.clone());
    Violation {
        seed,
        rule: broken.rule,
        figures: broken.figures,
        schedule: smallest.iter().map(Scheduled::text).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(seeds: u32, faults: &str) -> Batch {
        let faults = FaultSet::parse(faults).unwrap();
        Batch {
            seed_start: 1,
            seeds,
            steps: 400,
            faults,
            acts: ActSet::ALL,
            hash_before: String::new(),
        }
    }

    #[test]
    fn exe_04_unknown_believed_too_early_is_found_and_made_small() {
        let hasty = GatewayConfig { settle_ns: 0, ..GATEWAY };
        let report = simulate_with(&batch(20, "late_accept,delay"), hasty).unwrap();
        let violation = report.violations.first().unwrap();
        assert_eq!(violation.rule, "the reservation must cover what can still fill");
        assert!(violation.schedule.len() < 40, "{} acts", violation.schedule.len());
    }

    #[test]
    fn tst_09_a_batch_gives_the_same_report_again_and_its_parts_the_same_hash() {
        let report = simulate(&batch(2, "all")).unwrap();
        assert_eq!(report, simulate(&batch(2, "all")).unwrap());
        let (first, second) = (batch(1, "all"), Batch { seed_start: 2, ..batch(1, "all") });
        let hash_before = simulate(&first).unwrap().hash;
        assert_ne!(simulate(&second).unwrap().hash, report.hash);
        let joined = simulate(&Batch { hash_before, ..second }).unwrap();
        assert_eq!(joined.hash, report.hash);
    }
}
