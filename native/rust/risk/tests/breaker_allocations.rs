//! What a call through a breaker allocates: nothing, also while breakers open, try and close.

use holdfast_core::{Clock, ManualClock, Timestamp};
use holdfast_risk::breaker::{BreakerSettings, Breakers, ComponentSpec, GlobalRule, layout};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Counts what the present thread allocates; the test harness has threads of its own.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract of `GlobalAlloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `GlobalAlloc`.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn cb_10_calls_and_changes_of_state_allocate_nothing() {
    let settings = BreakerSettings {
        failures: 2,
        failure_rate: 500_000,
        above: false,
        minimum_calls: 2,
        window_ms: 1_000,
        buckets: 10,
        cooldown_ms: 3,
        trials: 1,
        trial_successes: 1,
        trial_timeout_ms: 5,
        slow_call_ms: 0,
    };
    let rule = GlobalRule { components: 2, fraction: 0 };
    let clock = ManualClock::default();
    let breakers = Breakers::new(layout::memory(), settings, rule, clock.now()).unwrap();
    let spec = ComponentSpec { depends_on: vec!["a".into()], ..ComponentSpec::default() };
    let ids = [breakers.component("a").unwrap(), breakers.declare("b", &spec).unwrap()];
    let before = ALLOCATIONS.with(Cell::get);
    let (mut passed, mut refused) = (0, 0);
    for round in 0..20_000_i64 {
        clock.advance(Timestamp(round * 1_000_000));
        let outcome = if round % 7 < 3 { Err(()) } else { Ok(()) };
        match breakers.call(ids[usize::from(round % 3 == 0)], &clock, || outcome) {
            Err(holdfast_risk::breaker::CallError::Refused(_)) => refused += 1,
            _ => passed += 1,
        }
    }
    assert_eq!(ALLOCATIONS.with(Cell::get) - before, 0);
    assert!(passed > 1_000 && refused > 1_000, "{passed} passed, {refused} refused");
}
