//! Makes a failing schedule smaller: parts are left out as long as the same rule is still broken (delta debugging).

use super::run::Broken;
use super::schedule::Scheduled;
use super::world::World;
use holdfast_engine::EngineConfig;
use holdfast_engine::gateway::GatewayConfig;

/// Most runs that a minimisation may take.
const RUNS_MAX: u32 = 400;

/// Returns the rule that a schedule breaks.
pub(super) fn broken_rule(
    config: &EngineConfig,
    seed: u64,
    schedule: &[Scheduled],
    bounds: GatewayConfig,
) -> Option<Broken> {
    let outcome = World::new(config, seed, schedule.to_vec(), bounds)
        .and_then(|mut world| world.run().and_then(|()| world.replay()));
    outcome.err().map(|error| Broken::of(&error))
}

/// Leaves out halves, quarters and so on until single acts, while `still_fails` holds.
pub(super) fn minimise<T: Copy>(all: &[T], mut still_fails: impl FnMut(&[T]) -> bool) -> Vec<T> {
    let mut kept = all.to_vec();
    let mut size = kept.len().div_ceil(2);
    let mut runs = 0;
    while size > 0 {
        let mut start = 0;
        let mut smaller = false;
        while start < kept.len() && runs < RUNS_MAX {
            let rest: Vec<T> = kept
                .iter()
                .enumerate()
                .filter(|(place, _)| !(start..start + size).contains(place))
                .map(|(_, act)| *act)
                .collect();
            runs += 1;
            if still_fails(&rest) {
                kept = rest;
                smaller = true;
            } else {
                start += size;
            }
        }
        if size == 1 && (!smaller || runs >= RUNS_MAX) {
            break;
        }
        size = if size == 1 { 1 } else { size / 2 };
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_only_what_is_needed() {
        let all: Vec<u32> = (0..200).collect();
        let kept = minimise(&all, |some| some.contains(&17) && some.contains(&140));
        assert_eq!(kept, [17, 140]);
    }
}
