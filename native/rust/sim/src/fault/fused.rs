//! Seeds with a tight egress fuse: it blows in the middle of the faults, and still nothing leaves beyond its ceilings.

use super::departures::Departures;
use super::run::{Batch, Broken, drawn};
use super::setting::GATEWAY;
use super::world::World;
use holdfast_core::Result;
use holdfast_risk::fuse::{FuseScopeSpec, FuseSpec};

/// What became of the seeds.
#[derive(Debug, Default)]
pub struct FusedReport {
    /// Requests that the fuse refused.
    pub refused: u64,
    /// Seeds in which it refused any.
    pub blown: u32,
    /// Deaths of the process.
    pub crashes: u64,
    /// Seeds with the rule that broke.
    pub violations: Vec<(u64, Broken)>,
}

/// Runs every seed of a batch twice with a fuse of so many orders in a second and in a minute, and replays its journal.
///
/// # Errors
/// `CONFIG_INVALID` when the simulation's own setting cannot be made.
pub fn simulate_fused(batch: &Batch, second: u32, minute: u32) -> Result<FusedReport> {
    let mut report = FusedReport::default();
    for offset in 0..batch.seeds {
        let seed = batch.seed_start.wrapping_add(u64::from(offset));
        let (mut first, mut second_run) =
            (fused(seed, batch, second, minute)?, fused(seed, batch, second, minute)?);
        let outcome = first.run().and_then(|()| first.replay());
        let again = second_run.run();
        if let Err(error) = &outcome {
            report.violations.push((seed, Broken::of(error)));
        } else if again.is_err() || first.hash() != second_run.hash() {
            let rule = "the same seed must give the same hash".to_string();
            report.violations.push((seed, Broken { rule, figures: Vec::new() }));
        }
        report.refused += first.departures.refused;
        report.blown += u32::from(first.departures.refused > 0);
        report.crashes += first.crashes;
    }
    Ok(report)
}

fn fused(seed: u64, batch: &Batch, second: u32, minute: u32) -> Result<World> {
    let fuse = FuseSpec {
        account: FuseScopeSpec {
            orders_per_second_max: Some(second.to_string()),
            orders_per_minute_max: Some(minute.to_string()),
            ..FuseScopeSpec::default()
        },
        ..FuseSpec::default()
    };
    let (config, schedule) = drawn(seed, batch);
    World::new(&config, seed, schedule, GATEWAY)?
        .with_fuse(fuse, Departures::within(second as usize, minute as usize))
}
