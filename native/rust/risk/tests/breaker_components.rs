//! Components together: first use, dependencies, the global circuit, overrides, listeners, guards.

use holdfast_core::{Clock, Code, ManualClock, Timestamp};
use holdfast_risk::breaker::{
    BreakerSettings, BreakerState, Breakers, COMPONENTS_MAX, CallError, CallOutcome, Cause,
    ChangeSubject, ComponentId, ComponentSpec, GlobalRule, Line, OverrideAction, RefusalReason,
    StateChange, layout,
};
use std::sync::{Arc, Mutex};

const SETTINGS: BreakerSettings = BreakerSettings {
    failures: 2,
    failure_rate: 0,
    above: false,
    minimum_calls: 2,
    window_ms: 1_000,
    buckets: 10,
    cooldown_ms: 100,
    trials: 1,
    trial_successes: 1,
    trial_timeout_ms: 100,
    slow_call_ms: 0,
};
const NO_RULE: GlobalRule = GlobalRule { components: 0, fraction: 0 };

type Owned = Breakers<Box<[Line]>>;

fn at(ms: i64) -> Timestamp {
    Timestamp(ms * 1_000_000)
}

fn breakers(rule: GlobalRule) -> Owned {
    Breakers::new(layout::memory(), SETTINGS, rule, at(1_000)).unwrap()
}

fn on(names: &[&str]) -> ComponentSpec {
    ComponentSpec {
        depends_on: names.iter().map(ToString::to_string).collect(),
        ..ComponentSpec::default()
    }
}

fn fail(breakers: &Owned, id: ComponentId, times: u32, now: Timestamp) {
    for _ in 0..times {
        let pass = breakers.acquire(id, now, false).unwrap();
        breakers.settle(pass, CallOutcome::Failure, 0, now);
    }
}

fn reason(breakers: &Owned, id: ComponentId, now: Timestamp) -> Option<RefusalReason> {
    breakers.permits(id, now).err().map(|refusal| refusal.reason)
}

#[test]
fn cb_12_components_are_made_on_first_use_and_bounded() {
    let breakers = breakers(NO_RULE);
    let venue = breakers.component("binance").unwrap();
    assert_eq!(breakers.component("binance"), Ok(venue));
    assert_ne!(breakers.component("kraken"), Ok(venue));
    for number in 2..COMPONENTS_MAX {
        breakers.component(&format!("component {number}")).unwrap();
    }
    let one_more = breakers.component("one more").map_err(|error| error.code());
    assert_eq!(one_more, Err(Code::CapacityExhausted));
    assert_eq!(breakers.component("binance"), Ok(venue));
    assert_eq!(breakers.registered().count(), COMPONENTS_MAX);
    assert_eq!(breakers.snapshot(venue, at(1_000)).unwrap().name, "binance");
}

#[test]
fn cb_12_keeps_counts_and_the_times_of_the_last_failure_and_attempt() {
    let breakers = breakers(NO_RULE);
    let id = breakers.component("venue").unwrap();
    let empty = breakers.snapshot(id, at(1_000)).unwrap();
    assert_eq!((empty.last_failure_ms, empty.last_attempt_ms), (None, None));
    let pass = breakers.acquire(id, at(1_000), false).unwrap();
    breakers.settle(pass, CallOutcome::Failure, 0, at(1_007));
    let pass = breakers.acquire(id, at(1_010), false).unwrap();
    breakers.settle(pass, CallOutcome::Success, 0, at(1_011));
    let snapshot = breakers.snapshot(id, at(1_012)).unwrap();
    assert_eq!((snapshot.last_failure_ms, snapshot.last_attempt_ms), (Some(7), Some(10)));
    assert_eq!((snapshot.counts.admitted, snapshot.counts.failed), (2, 1));
}

#[test]
fn names_that_are_none_are_refused() {
    let breakers = breakers(NO_RULE);
    for name in ["", "a\nb", &"x".repeat(65)] {
        let refused = breakers.component(name).map_err(|error| error.code());
        assert_eq!(refused, Err(Code::ConfigInvalid), "{name}");
    }
    assert!(breakers.component(&"x".repeat(64)).is_ok());
}

#[test]
fn cb_15_an_open_component_keeps_its_dependants_away_until_it_may_be_tried() {
    let breakers = breakers(NO_RULE);
    let database = breakers.component("database").unwrap();
    let store = breakers.declare("store", &on(&["database"])).unwrap();
    let orders = breakers.declare("orders", &on(&["store", "venue"])).unwrap();
    let news = breakers.component("news").unwrap();
    fail(&breakers, database, 2, at(1_000));
    for dependant in [store, orders] {
        let refusal = breakers.acquire(dependant, at(1_050), false).unwrap_err();
        assert_eq!((refusal.reason, refusal.by), (RefusalReason::Dependency, Some(database)));
    }
    assert_eq!(reason(&breakers, news, at(1_050)), None);
    // After the cooldown the first call goes all the way, or nobody would ever try the database.
    assert_eq!(reason(&breakers, orders, at(1_100)), None);
    assert_eq!(reason(&breakers, database, at(1_100)), None);
}

#[test]
fn cb_15_cycles_and_too_many_dependencies_are_refused() {
    let breakers = breakers(NO_RULE);
    breakers.declare("a", &on(&["b"])).unwrap();
    breakers.declare("b", &on(&["c"])).unwrap();
    for (name, other) in [("c", "a"), ("b", "a"), ("d", "d")] {
        let refused = breakers.declare(name, &on(&[other])).map_err(|error| error.code());
        assert_eq!(refused, Err(Code::ConfigInvalid), "{name} on {other}");
    }
    let many = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
    assert!(breakers.declare("e", &on(&many)).is_err());
    assert!(breakers.declare("e", &on(&many[..8])).is_ok());
}

#[test]
fn cb_04_the_global_circuit_is_derived_and_denies_every_component() {
    let breakers = breakers(GlobalRule { components: 0, fraction: 500_000 });
    let ids: Vec<_> =
        ["a", "b", "c", "d"].iter().map(|name| breakers.component(name).unwrap()).collect();
    fail(&breakers, ids[0], 2, at(1_000));
    assert!(!breakers.is_global_open(at(1_000)));
    assert_eq!(reason(&breakers, ids[3], at(1_000)), None);
    fail(&breakers, ids[1], 2, at(1_050));
    for id in &ids {
        assert_eq!(reason(&breakers, *id, at(1_099)), Some(RefusalReason::Global));
    }
    assert_eq!(RefusalReason::Global.code(), Code::CircuitGlobalOpen);
    assert_eq!(reason(&breakers, ids[3], at(1_100)), None, "one of the two may be tried again");
    assert_eq!(reason(&breakers, ids[1], at(1_100)), Some(RefusalReason::Open));
}

#[test]
fn cb_04_a_critical_component_opens_it_alone() {
    let breakers = breakers(NO_RULE);
    let clock = breakers
        .declare("clock", &ComponentSpec { critical: true, ..ComponentSpec::default() })
        .unwrap();
    let other = breakers.component("other").unwrap();
    fail(&breakers, clock, 2, at(1_000));
    assert_eq!(reason(&breakers, other, at(1_000)), Some(RefusalReason::Global));
}

#[test]
fn cb_02_a_call_that_asks_for_confidence_waits_for_the_minimum_of_calls() {
    let breakers = breakers(NO_RULE);
    let id = breakers.component("venue").unwrap();
    let refusal = breakers.acquire(id, at(1_000), true).unwrap_err();
    assert_eq!(refusal.reason.code(), Code::CircuitMinCallsNotMet);
    for _ in 0..2 {
        let pass = breakers.acquire(id, at(1_000), false).unwrap();
        breakers.settle(pass, CallOutcome::Success, 0, at(1_000));
    }
    assert!(breakers.acquire(id, at(1_000), true).is_ok());
    assert!(breakers.acquire(id, at(3_000), true).is_err(), "the window has slid past them");
}

#[test]
fn cb_16_overrides_hold_release_and_reset_unless_they_are_forbidden() {
    let breakers = breakers(NO_RULE);
    let id = breakers.component("venue").unwrap();
    let over = |action, ms| breakers.override_state(id, action, at(ms));
    assert_eq!(over(OverrideAction::ForceOpen, 1_000), Ok(true));
    assert_eq!(over(OverrideAction::ForceOpen, 1_000), Ok(false));
    assert_eq!(reason(&breakers, id, at(900_000)), Some(RefusalReason::Open));
    assert_eq!(over(OverrideAction::Release, 900_000), Ok(true));
    assert_eq!(reason(&breakers, id, at(900_099)), Some(RefusalReason::Open));
    assert_eq!(reason(&breakers, id, at(900_100)), None);
    assert_eq!(over(OverrideAction::Reset, 900_100), Ok(true));
    assert_eq!(breakers.snapshot(id, at(900_100)).unwrap().state, BreakerState::Closed);
    breakers.forbid_overrides(true);
    let refused = over(OverrideAction::ForceOpen, 900_100).map_err(|error| error.code());
    assert_eq!(refused, Err(Code::CircuitOverrideForbidden));
}

#[test]
fn x_08_a_protected_breaker_can_be_opened_by_hand_and_not_closed() {
    let breakers = breakers(NO_RULE);
    let id = breakers
        .declare("risk", &ComponentSpec { protected: true, ..ComponentSpec::default() })
        .unwrap();
    fail(&breakers, id, 2, at(1_000));
    for action in [OverrideAction::Reset, OverrideAction::Release] {
        let refused = breakers.override_state(id, action, at(1_000)).map_err(|e| e.code());
        assert_eq!(refused, Err(Code::CircuitOverrideForbidden));
    }
    assert_eq!(breakers.override_state(id, OverrideAction::ForceOpen, at(1_000)), Ok(true));
}

#[test]
fn cb_17_every_change_is_told_once_in_order() {
    let told: Arc<Mutex<Vec<StateChange>>> = Arc::default();
    let into = Arc::clone(&told);
    let breakers = breakers(GlobalRule { components: 1, fraction: 0 })
        .with_listener(Box::new(move |change| into.lock().unwrap().push(*change)));
    let id = breakers.component("a").unwrap();
    let other = breakers.declare("b", &on(&["a"])).unwrap();
    fail(&breakers, id, 2, at(1_000));
    let pass = breakers.acquire(id, at(1_100), false).unwrap();
    breakers.settle(pass, CallOutcome::Success, 0, at(1_101));
    let (a, b) = (u16::try_from(id.index()).unwrap(), u16::try_from(other.index()).unwrap());
    use BreakerState::{Closed, HalfOpen, Open};
    let expected = [
        (ChangeSubject::Component(a), Closed, Open, Cause::Failures),
        (ChangeSubject::Dependant(b), Closed, Open, Cause::Derived),
        (ChangeSubject::Global, Closed, Open, Cause::Derived),
        (ChangeSubject::Global, Open, Closed, Cause::Derived),
        (ChangeSubject::Component(a), Open, HalfOpen, Cause::Cooldown),
        (ChangeSubject::Dependant(b), Open, Closed, Cause::Derived),
        (ChangeSubject::Component(a), HalfOpen, Closed, Cause::TrialSucceeded),
    ];
    let seen: Vec<_> = told
        .lock()
        .unwrap()
        .iter()
        .map(|change| (change.subject, change.from, change.to, change.cause))
        .collect();
    assert_eq!(seen, expected);
    assert_eq!(Cause::Failures.name(), Code::CircuitTooManyFailures.name());
}

#[test]
fn cb_07_a_listener_that_panics_changes_nothing_and_is_counted() {
    let breakers = breakers(NO_RULE).with_listener(Box::new(|_| panic!("listener")));
    let id = breakers.component("venue").unwrap();
    fail(&breakers, id, 2, at(1_000));
    assert_eq!(reason(&breakers, id, at(1_000)), Some(RefusalReason::Open));
    assert_eq!(breakers.listener_failures(), 1);
    assert_eq!(breakers.snapshot(id, at(1_000)).unwrap().counts.trips, 1);
}

#[test]
fn cb_08_a_guard_counts_its_outcome_on_every_way_out() {
    let breakers = breakers(NO_RULE);
    let id = breakers.component("venue").unwrap();
    let clock = ManualClock::default();
    clock.advance(at(1_000));
    assert_eq!(breakers.call(id, &clock, || Ok::<_, ()>(7)), Ok(7));
    drop(breakers.guard(id, &clock).unwrap());
    breakers.guard(id, &clock).unwrap().ignore();
    let counts = breakers.snapshot(id, clock.now()).unwrap().counts;
    assert_eq!((counts.succeeded, counts.failed, counts.ignored), (1, 1, 1));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        breakers.call(id, &clock, || -> Result<(), ()> { panic!("operation") })
    }));
    assert!(panicked.is_err());
    assert_eq!(breakers.snapshot(id, clock.now()).unwrap().counts.failed, 2);
    let refused = breakers.call(id, &clock, || Ok::<_, ()>(7));
    assert!(
        matches!(refused, Err(CallError::Refused(refusal)) if refusal.reason == RefusalReason::Open)
    );
    clock.advance(at(1_100));
    assert_eq!(breakers.call(id, &clock, || Err::<(), _>("down")), Err(CallError::Failed("down")));
    assert_eq!(breakers.snapshot(id, clock.now()).unwrap().state, BreakerState::Open);
}

#[test]
fn cb_09_a_changed_window_begins_afresh_and_own_settings_stay() {
    let breakers = breakers(NO_RULE);
    let shared = breakers.component("shared").unwrap();
    let own = ComponentSpec { settings: Some(SETTINGS), ..ComponentSpec::default() };
    let own = breakers.declare("own", &own).unwrap();
    fail(&breakers, shared, 1, at(1_000));
    fail(&breakers, own, 1, at(1_000));
    let changed = BreakerSettings { window_ms: 2_000, failures: 9, ..SETTINGS };
    breakers.set_settings(None, changed).unwrap();
    assert_eq!(breakers.settings(shared), Some(changed));
    assert_eq!(breakers.settings(own), Some(SETTINGS));
    assert_eq!(breakers.snapshot(shared, at(1_000)).unwrap().window.calls, 0);
    assert_eq!(breakers.snapshot(own, at(1_000)).unwrap().window.calls, 1);
}

#[test]
fn memory_of_something_else_is_refused() {
    let code = |result: holdfast_core::Result<Owned>| result.err().map(|error| error.code());
    assert_eq!(code(Breakers::attach(layout::memory())), Some(Code::ArgumentInvalid));
    assert_eq!(code(Breakers::attach(Box::default())), Some(Code::ArgumentInvalid));
    let rule = GlobalRule { components: 0, fraction: 1_000_001 };
    let wrong = Breakers::new(layout::memory(), SETTINGS, rule, at(0));
    assert_eq!(code(wrong), Some(Code::ConfigInvalid));
}
