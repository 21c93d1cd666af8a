//! What two threads at once wait for each other at the breakers, beside the same breakers behind a lock (NAT-09), printed as
//! JSON: `cargo run --release -p holdfast-risk --example breaker_contention`.

use holdfast_core::Timestamp;
use holdfast_risk::breaker::{
    BreakerSettings, Breakers, CallOutcome, ComponentId, GlobalRule, Line, layout,
};
use std::hint::black_box;
use std::io::Write;
use std::sync::{
    Barrier, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};
use std::time::Instant;

const THREADS: usize = 2;
const ROUNDS: usize = 21;
const CALLS: usize = 200_000;
const NOW: Timestamp = Timestamp(1_000_000);
const SETTINGS: BreakerSettings = BreakerSettings {
    failures: 1_000_000,
    failure_rate: 0,
    above: false,
    minimum_calls: 100,
    window_ms: 10_000,
    buckets: 10,
    cooldown_ms: 3_600_000,
    trials: 1,
    trial_successes: 1,
    trial_timeout_ms: 3_600_000,
    slow_call_ms: 0,
};

/// What guards the breakers, which need no guard.
#[derive(Clone, Copy)]
enum Lock {
    None,
    ReaderWriter,
    Mutex,
}

const SUBJECTS: [(Lock, &str); 3] = [
    (Lock::None, "Holdfast (atomics on lines of their own)"),
    (Lock::ReaderWriter, "the same behind a reader/writer lock"),
    (Lock::Mutex, "the same behind a mutex"),
];

/// The lock that is held, if any: to read, to write, or alone.
type Held<'a> =
    (Option<RwLockReadGuard<'a, ()>>, Option<RwLockWriteGuard<'a, ()>>, Option<MutexGuard<'a, ()>>);

struct Bench {
    breakers: Breakers<Box<[Line]>>,
    reader_writer: RwLock<()>,
    mutex: Mutex<()>,
    components: [ComponentId; THREADS],
}

impl Bench {
    fn new() -> holdfast_core::Result<Self> {
        let rule = GlobalRule { components: 0, fraction: 0 };
        let breakers = Breakers::new(layout::memory(), SETTINGS, rule, Timestamp(0))?;
        let components = [breakers.component("venue")?, breakers.component("ledger")?];
        Ok(Self { breakers, reader_writer: RwLock::new(()), mutex: Mutex::new(()), components })
    }

    fn held(&self, lock: Lock, changes: bool) -> Held<'_> {
        let read = || self.reader_writer.read().unwrap_or_else(PoisonError::into_inner);
        let write = || self.reader_writer.write().unwrap_or_else(PoisonError::into_inner);
        let alone = || self.mutex.lock().unwrap_or_else(PoisonError::into_inner);
        match lock {
            Lock::None => (None, None, None),
            Lock::ReaderWriter if changes => (None, Some(write()), None),
            Lock::ReaderWriter => (Some(read()), None, None),
            Lock::Mutex => (None, None, Some(alone())),
        }
    }

    /// Whether a component may be called, which changes nothing.
    fn question(&self, lock: Lock, id: ComponentId) {
        let _held = self.held(lock, false);
        let _ = black_box(self.breakers.permits(id, NOW));
    }

    /// A call and its outcome; no lock is held while it runs.
    fn call(&self, lock: Lock, id: ComponentId) {
        let pass = {
            let _held = self.held(lock, true);
            self.breakers.acquire(id, NOW, false)
        };
        if let Ok(pass) = black_box(pass) {
            let _held = self.held(lock, true);
            self.breakers.settle(pass, CallOutcome::Success, 0, NOW);
        }
    }

    /// Returns nanoseconds a piece of work while every thread does it.
    fn round(&self, ids: [ComponentId; THREADS], work: impl Fn(ComponentId) + Sync) -> f64 {
        let together = Barrier::new(THREADS);
        let times: Vec<f64> = std::thread::scope(|scope| {
            let threads = ids.map(|id| {
                let (together, work) = (&together, &work);
                scope.spawn(move || {
                    together.wait();
                    let start = Instant::now();
                    (0..CALLS).for_each(|_| work(id));
                    start.elapsed().as_nanos() as f64 / CALLS as f64
                })
            });
            threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
        });
        times.iter().sum::<f64>() / THREADS as f64
    }
}

type Work = fn(&Bench, Lock, ComponentId);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bench = Bench::new()?;
    let [first, second] = bench.components;
    let cases: [(&str, [ComponentId; THREADS], Work); 4] = [
        ("may it be called, two threads, one component", [first, first], Bench::question),
        ("may it be called, two threads, a component each", [first, second], Bench::question),
        ("a call, two threads, one component", [first, first], Bench::call),
        ("a call, two threads, a component each", [first, second], Bench::call),
    ];
    let mut found = Vec::new();
    for (case, ids, work) in cases {
        let mut samples = SUBJECTS.map(|_| Vec::with_capacity(ROUNDS));
        for _ in 0..ROUNDS {
            for ((lock, _), samples) in SUBJECTS.iter().zip(&mut samples) {
                samples.push(bench.round(ids, |id| work(&bench, *lock, id)));
            }
        }
        for ((_, subject), samples) in SUBJECTS.iter().zip(samples) {
            found.push(serde_json::json!({
                "case": case, "subject": subject, "unit": "ns/call", "samples": samples,
            }));
        }
    }
    let line = serde_json::json!({ "cases": found }).to_string();
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
