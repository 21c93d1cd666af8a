//! Breakers at their turning points: what each count, flag and derived state depends on, and what it does not.

use holdfast_core::{Clock, ManualClock, Timestamp};
use holdfast_risk::breaker::state_word::TIME_MS_MAX;
use holdfast_risk::breaker::{
    BreakerSettings, BreakerState, Breakers, COMPONENTS_MAX, CallOutcome, Cause, ChangeSubject,
    ComponentId, ComponentSpec, GlobalRule, Line, OverrideAction, RefusalReason, StateChange,
    StateWord, layout,
};
use std::sync::{Arc, Mutex};

const SETTINGS: BreakerSettings = BreakerSettings {
    failures: 2,
    failure_rate: 0,
    above: false,
    minimum_calls: 2,
    window_ms: 3_600_000,
    buckets: 1,
    cooldown_ms: 100,
    trials: 2,
    trial_successes: 1,
    trial_timeout_ms: 100,
    slow_call_ms: 0,
};
const NO_RULE: GlobalRule = GlobalRule { components: 0, fraction: 0 };

type Owned = Breakers<Box<[Line]>>;

fn at(ms: i64) -> Timestamp {
    Timestamp(ms * 1_000_000)
}

fn made(settings: BreakerSettings, rule: GlobalRule) -> Owned {
    Breakers::new(layout::memory(), settings, rule, at(0)).unwrap()
}

fn fail(breakers: &Owned, id: ComponentId, times: u32, now: Timestamp) {
    for _ in 0..times {
        let pass = breakers.acquire(id, now, false).unwrap();
        breakers.settle(pass, CallOutcome::Failure, 0, now);
    }
}

fn succeed(breakers: &Owned, id: ComponentId, now: Timestamp) {
    let pass = breakers.acquire(id, now, false).unwrap();
    breakers.settle(pass, CallOutcome::Success, 0, now);
}

#[test]
fn cb_08_a_guard_measures_how_long_its_call_took() {
    for (took_ms, slow) in [(99, 0), (100, 1), (150, 1)] {
        let breakers = made(BreakerSettings { slow_call_ms: 100, ..SETTINGS }, NO_RULE);
        let id = breakers.component("venue").unwrap();
        let clock = ManualClock::default();
        clock.advance(at(1_000));
        let guard = breakers.guard(id, &clock).unwrap();
        clock.advance(at(1_000 + took_ms));
        guard.success();
        let counts = breakers.snapshot(id, clock.now()).unwrap().counts;
        assert_eq!((counts.slow, counts.failed, counts.succeeded), (slow, slow, 1 - slow));
    }
}

#[test]
fn cb_15_each_of_eight_dependencies_keeps_calls_away() {
    let names: Vec<String> = (0..8).map(|number| format!("d{number}")).collect();
    for name in &names {
        let breakers = made(SETTINGS, NO_RULE);
        let spec = ComponentSpec { depends_on: names.clone(), ..ComponentSpec::default() };
        let id = breakers.declare("all", &spec).unwrap();
        let dependency = breakers.component(name).unwrap();
        fail(&breakers, dependency, 2, at(1));
        let refusal = breakers.permits(id, at(1)).unwrap_err();
        assert_eq!((refusal.reason, refusal.by), (RefusalReason::Dependency, Some(dependency)));
        for other in &names {
            let open = breakers.permits(breakers.component(other).unwrap(), at(1)).is_err();
            assert_eq!(open, other == name);
        }
    }
}

#[test]
fn cb_09_own_settings_begin_a_fresh_window_only_when_the_window_is_another() {
    for (changed, calls) in [
        (BreakerSettings { failures: 9, ..SETTINGS }, 1),
        (BreakerSettings { window_ms: 1_000, ..SETTINGS }, 0),
    ] {
        let breakers = made(SETTINGS, NO_RULE);
        let id = breakers.component("venue").unwrap();
        fail(&breakers, id, 1, at(1));
        breakers.set_settings(Some(id), changed).unwrap();
        assert_eq!(breakers.settings(id), Some(changed));
        assert_eq!(breakers.snapshot(id, at(1)).unwrap().window.calls, calls);
    }
}

#[test]
fn cb_12_ids_end_where_components_do_and_memory_that_was_begun_is_joined() {
    assert_eq!(ComponentId::from_index(COMPONENTS_MAX), None);
    assert_eq!(ComponentId::from_index(COMPONENTS_MAX + 44), None);
    let last = ComponentId::from_index(COMPONENTS_MAX - 1).unwrap();
    assert_eq!(last.index(), COMPONENTS_MAX - 1);
    let memory: Arc<Box<[Line]>> = Arc::new(layout::memory());
    #[derive(Clone)]
    struct Shared(Arc<Box<[Line]>>);
    impl AsRef<[Line]> for Shared {
        fn as_ref(&self) -> &[Line] {
            &self.0
        }
    }
    let whole = GlobalRule { components: 0, fraction: 1_000_000 };
    let first = Breakers::new(Shared(Arc::clone(&memory)), SETTINGS, whole, at(0)).unwrap();
    let second = Breakers::attach(Shared(memory)).unwrap();
    let id = first.component("venue").unwrap();
    assert_eq!(second.component("venue"), Ok(id));
    assert_eq!(second.settings(id), Some(SETTINGS));
}

#[test]
fn cb_16_a_component_is_protected_or_critical_only_where_it_was_declared_so() {
    let breakers = made(SETTINGS, NO_RULE);
    let plain = breakers.declare("plain", &ComponentSpec::default()).unwrap();
    fail(&breakers, plain, 2, at(1));
    assert!(!breakers.is_global_open(at(1)), "it is not critical");
    assert_eq!(breakers.override_state(plain, OverrideAction::Reset, at(1)), Ok(true));
    let protected = ComponentSpec { protected: true, ..ComponentSpec::default() };
    let protected = breakers.declare("protected", &protected).unwrap();
    fail(&breakers, protected, 2, at(1));
    assert!(breakers.override_state(protected, OverrideAction::Reset, at(1)).is_err());
    assert!(!breakers.is_global_open(at(1)), "protected is not critical");
    let critical = ComponentSpec { critical: true, ..ComponentSpec::default() };
    let critical = breakers.declare("critical", &critical).unwrap();
    fail(&breakers, critical, 2, at(1));
    assert!(breakers.is_global_open(at(1)));
    assert_eq!(breakers.override_state(critical, OverrideAction::Reset, at(1)), Ok(true));
    assert!(!breakers.is_global_open(at(1)));
}

#[test]
fn cb_04_the_global_fraction_is_of_all_components_and_needs_two() {
    let open = |rule, registered: usize, failed: usize| {
        let breakers = made(SETTINGS, rule);
        let ids: Vec<ComponentId> = (0..registered)
            .map(|number| breakers.component(&format!("c{number}")).unwrap())
            .collect();
        for id in &ids[..failed] {
            breakers.override_state(*id, OverrideAction::ForceOpen, at(1)).unwrap();
        }
        breakers.is_global_open(at(1))
    };
    let half = GlobalRule { components: 0, fraction: 500_000 };
    assert_eq!([1, 4, 5].map(|failed| open(half, 10, failed)), [false, false, true]);
    assert_eq!([1, 2].map(|failed| open(half, 2, failed)), [false, true]);
    assert_eq!([1, 2, 5].map(|failed| open(NO_RULE, 5, failed)), [false; 3]);
}

#[test]
fn cb_04_a_component_that_closes_leaves_the_others_open() {
    let breakers = made(SETTINGS, GlobalRule { components: 1, fraction: 0 });
    // Three that stand in the same word of the set of those that are not closed.
    let mut ids: Vec<ComponentId> =
        (0..40).map(|number| breakers.component(&format!("c{number}")).unwrap()).collect();
    ids.sort_by_key(|id| (id.index() / 64 != 0, id.index()));
    assert!(ids[2].index() < 64);
    for id in &ids[..3] {
        breakers.override_state(*id, OverrideAction::ForceOpen, at(1)).unwrap();
    }
    for (closed, is_open) in [(1, true), (2, true), (0, false)] {
        breakers.override_state(ids[closed], OverrideAction::Reset, at(1)).unwrap();
        assert_eq!(breakers.is_global_open(at(1)), is_open);
        let reason = breakers.permits(ids[closed], at(1)).err().map(|refusal| refusal.reason);
        assert_eq!(reason, is_open.then_some(RefusalReason::Global));
    }
}

#[test]
fn cb_17_a_trial_is_no_change_and_trials_that_expire_are_told_as_such() {
    let told: Arc<Mutex<Vec<StateChange>>> = Arc::default();
    let into = Arc::clone(&told);
    let breakers = made(BreakerSettings { trial_successes: 2, ..SETTINGS }, NO_RULE)
        .with_listener(Box::new(move |change| into.lock().unwrap().push(*change)));
    let id = breakers.component("a").unwrap();
    assert_eq!(breakers.listener_failures(), 0);
    fail(&breakers, id, 2, at(1));
    breakers.acquire(id, at(101), false).unwrap();
    breakers.acquire(id, at(102), false).unwrap();
    assert_eq!(breakers.acquire(id, at(103), false).unwrap_err().reason, RefusalReason::Exhausted);
    for now in [210, 211] {
        succeed(&breakers, id, at(now));
    }
    let causes: Vec<Cause> = told.lock().unwrap().iter().map(|change| change.cause).collect();
    let expected = [Cause::Failures, Cause::Cooldown, Cause::TrialsExpired, Cause::TrialSucceeded];
    assert_eq!(causes, expected);
    let subject = ChangeSubject::Component(u16::try_from(id.index()).unwrap());
    assert!(told.lock().unwrap().iter().all(|each| each.subject == subject));
    assert_eq!(breakers.listener_failures(), 0, "it heard everything");
    let counts = breakers.snapshot(id, at(211)).unwrap().counts;
    assert_eq!((counts.trips, counts.slow), (1, 0), "only opening is a trip");
}

#[test]
fn cb_06_it_closes_at_the_very_success_that_it_needs() {
    let settings = BreakerSettings { trials: 6, trial_successes: 5, ..SETTINGS };
    let breakers = made(settings, NO_RULE);
    let id = breakers.component("a").unwrap();
    fail(&breakers, id, 2, at(1));
    for success in 1..=5 {
        assert_ne!(breakers.snapshot(id, at(101)).unwrap().state, BreakerState::Closed);
        succeed(&breakers, id, at(101));
        let state = breakers.snapshot(id, at(101)).unwrap().state;
        assert_eq!(state == BreakerState::Closed, success == 5, "{success}");
    }
}

#[test]
fn cb_01_a_time_beyond_the_word_stays_at_its_last() {
    let closed = StateWord(0);
    for now in [TIME_MS_MAX - 1, TIME_MS_MAX, TIME_MS_MAX + 1, TIME_MS_MAX + 77, u64::MAX] {
        let word = closed.entered(BreakerState::Open, now);
        assert_eq!((word.entered_ms(), word.state()), (now.min(TIME_MS_MAX), BreakerState::Open));
    }
}

#[test]
fn cb_03_a_window_that_was_left_is_empty_whatever_the_number_of_changes_since() {
    // Counts are tagged with the last eight bits of the number of changes, which come again after 256 of them.
    let over = |breakers: &Owned, id, action| {
        assert_eq!(breakers.override_state(id, action, at(1)), Ok(true));
    };
    let settings = BreakerSettings { failures: 3, minimum_calls: 3, ..SETTINGS };
    for by_trial in [false, true] {
        let breakers = made(settings, NO_RULE);
        let id = breakers.component("a").unwrap();
        fail(&breakers, id, 2, at(1));
        let mut now = 1;
        for _ in 0..256 {
            over(&breakers, id, OverrideAction::ForceOpen);
            if by_trial {
                over(&breakers, id, OverrideAction::Release);
                now += 100;
                succeed(&breakers, id, at(now));
            } else {
                over(&breakers, id, OverrideAction::Reset);
            }
            let snapshot = breakers.snapshot(id, at(now)).unwrap();
            assert_eq!((snapshot.state, snapshot.window.calls), (BreakerState::Closed, 0));
        }
    }
}

#[test]
fn cb_03_an_outcome_of_two_rounds_ago_is_late_and_never_counted_in_a_later_one() {
    for (ahead, late) in [(1, 1), (2, 1)] {
        let breakers = made(BreakerSettings { window_ms: 1_000, ..SETTINGS }, NO_RULE);
        let id = breakers.component("a").unwrap();
        let slow = breakers.acquire(id, at(1), false).unwrap();
        succeed(&breakers, id, at(1_000 * ahead + 1));
        breakers.settle(slow, CallOutcome::Failure, 0, at(1));
        let snapshot = breakers.snapshot(id, at(1_000 * ahead + 1)).unwrap();
        assert_eq!((snapshot.counts.late, snapshot.window.failures), (late, 0));
        assert_eq!(snapshot.window.calls, 1, "the later round keeps its own");
    }
}
