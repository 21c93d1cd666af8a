//! Many threads on the same breakers: no outcome is lost, and never more trials pass than may.

use holdfast_core::Timestamp;
use holdfast_risk::breaker::{
    BreakerSettings, Breakers, CallOutcome, GlobalRule, OverrideAction, layout,
};
use std::collections::HashMap;
use std::sync::Barrier;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

const THREADS: u64 = 6;
const SETTINGS: BreakerSettings = BreakerSettings {
    failures: 5,
    failure_rate: 0,
    above: false,
    minimum_calls: 5,
    window_ms: 1_000,
    buckets: 10,
    cooldown_ms: 1,
    trials: 3,
    trial_successes: 2,
    trial_timeout_ms: 1_000_000,
    slow_call_ms: 0,
};
const NO_RULE: GlobalRule = GlobalRule { components: 0, fraction: 0 };

fn at(ms: i64) -> Timestamp {
    Timestamp(ms * 1_000_000)
}

#[test]
fn cb_03_no_outcome_is_lost_while_the_breaker_stays_closed() {
    const EACH: u64 = 30_000;
    let settings = BreakerSettings { failures: 1_000_000, ..SETTINGS };
    let breakers = Breakers::new(layout::memory(), settings, NO_RULE, at(0)).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let breakers = &breakers;
            scope.spawn(move || {
                // Each thread makes the component by itself: the first to come does.
                let id = breakers.component("venue").unwrap();
                for call in 0..EACH {
                    let pass = breakers.acquire(id, at(0), false).unwrap();
                    let failed = (call + thread) % 3 == 0;
                    let outcome = if failed { CallOutcome::Failure } else { CallOutcome::Success };
                    breakers.settle(pass, outcome, 0, at(0));
                }
            });
        }
    });
    assert_eq!(breakers.registered().count(), 1);
    let snapshot = breakers.snapshot(breakers.component("venue").unwrap(), at(0)).unwrap();
    assert_eq!(snapshot.window.calls, THREADS * EACH);
    assert_eq!(snapshot.window.failures, THREADS * EACH / 3);
    assert_eq!(snapshot.counts.admitted, THREADS * EACH);
    assert_eq!(snapshot.counts.succeeded + snapshot.counts.failed, THREADS * EACH);
    assert_eq!((snapshot.counts.trips, snapshot.counts.late), (0, 0));
}

#[test]
fn cb_05_never_more_trials_pass_than_may_in_one_stay() {
    let breakers = Breakers::new(layout::memory(), SETTINGS, NO_RULE, at(0)).unwrap();
    let id = breakers.component("venue").unwrap();
    for round in 0..400_i64 {
        breakers.override_state(id, OverrideAction::ForceOpen, at(round * 10)).unwrap();
        breakers.override_state(id, OverrideAction::Release, at(round * 10)).unwrap();
        let start = Barrier::new(usize::try_from(THREADS).unwrap());
        let admitted = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    start.wait();
                    for _ in 0..20 {
                        if breakers.acquire(id, at(round * 10 + 5), false).is_ok() {
                            admitted.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        assert_eq!(admitted.into_inner(), u64::from(SETTINGS.trials), "round {round}");
    }
}

#[test]
fn cb_21_under_load_every_stay_keeps_its_trials_and_every_outcome_is_counted() {
    const EACH: u64 = 20_000;
    let breakers =
        Breakers::new(layout::memory(), SETTINGS, GlobalRule { components: 2, fraction: 0 }, at(0))
            .unwrap();
    let ids = ["a", "b"].map(|name| breakers.component(name).unwrap());
    let now = AtomicI64::new(0);
    let passes: Vec<Vec<(usize, u32, bool)>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (breakers, now) = (&breakers, &now);
                scope.spawn(move || {
                    let mut trials = vec![];
                    let mut random = thread.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
                    for _ in 0..EACH {
                        random ^= random << 13;
                        random ^= random >> 7;
                        random ^= random << 17;
                        let which = usize::from(random & 1 == 1);
                        let time = now.fetch_add(i64::from(random & 0xff == 0), Ordering::Relaxed);
                        let Ok(pass) = breakers.acquire(ids[which], at(time), false) else {
                            continue;
                        };
                        trials.push((which, pass.stay, pass.trial));
                        let failed = random & 0b1110 == 0;
                        let outcome =
                            if failed { CallOutcome::Failure } else { CallOutcome::Success };
                        breakers.settle(pass, outcome, 0, at(time));
                    }
                    trials
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut calls = [0_u64; 2];
    let mut half_open: HashMap<(usize, u32), u64> = HashMap::new();
    for (which, stay, trial) in passes.into_iter().flatten() {
        calls[which] += 1;
        if trial {
            *half_open.entry((which, stay)).or_default() += 1;
        }
    }
    for (which, id) in ids.into_iter().enumerate() {
        let counts = breakers.snapshot(id, at(0)).unwrap().counts;
        assert_eq!(counts.admitted, calls[which]);
        assert_eq!(counts.succeeded + counts.failed, calls[which], "no outcome is lost");
        // Each trip takes at most three changes; a stay is told apart from 8,191 others.
        assert!((10..2_700).contains(&counts.trips), "the breaker opened {} times", counts.trips);
    }
    assert!(half_open.len() > 10);
    // How many of the tokens are taken depends on how the threads meet.
    let most = half_open.values().max().copied().unwrap_or(0);
    assert!(most <= u64::from(SETTINGS.trials), "more trials than tokens in one stay");
    for id in ids {
        breakers.override_state(id, OverrideAction::Reset, at(0)).unwrap();
    }
    assert!(!breakers.is_global_open(at(0)), "what is published agrees with the states at rest");
    assert!(ids.iter().all(|id| breakers.permits(*id, at(0)).is_ok()));
}
