//! Engine, gate and gateway against a venue and a network that misbehave, over many seeds.

use holdfast_sim::fault::{Batch, FaultKind, FaultSet, simulate};

/// Seeds of a batch; a build without optimisation is some ten times slower.
const SEEDS: u32 = if cfg!(debug_assertions) { 50 } else { 1_000 };

fn run(seeds: u32, faults: FaultSet) -> holdfast_sim::fault::BatchReport {
    let hash_before = String::new();
    simulate(&Batch { seed_start: 1, seeds, steps: 400, faults, hash_before }).unwrap()
}

#[test]
fn exe_03_no_rule_breaks_under_all_faults_together() {
    let report = run(SEEDS, FaultSet::ALL);
    assert_eq!(report.violations, []);
    assert!(report.fills > u64::from(SEEDS) * 20, "{} fills", report.fills);
    assert!(report.crashes > u64::from(SEEDS), "{} crashes", report.crashes);
}

#[test]
fn exe_04_no_rule_breaks_under_any_fault_alone() {
    for kind in FaultKind::ALL {
        let faults = FaultSet::parse(kind.name()).unwrap();
        assert_eq!(run(SEEDS / 10, faults).violations, [], "{}", kind.name());
    }
}

#[test]
fn ord_02_without_faults_nothing_dies_and_nothing_breaks() {
    let report = run(SEEDS / 10, FaultSet::NONE);
    assert_eq!((report.violations, report.crashes), (Vec::new(), 0));
}
