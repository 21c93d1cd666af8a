//! Circuit breakers in memory that JavaScript and other threads share. The calls that happen on every operation take their
//! arguments from an area of doubles and leave their answer there.

use crate::breaker_changes::BreakerChanges;
use crate::failure::guarded;
use crate::memory::SharedBytes;
use crate::plain_function::{Operation, plain_function};
use holdfast_core::{Code, Error, Result, Timestamp, contain};
use holdfast_risk::breaker::layout::{COMPONENT_LINES, COMPONENTS_LINE, body, head, memory};
use holdfast_risk::breaker::{
    Breakers, COMPONENTS_MAX, CallOutcome, ComponentId, ComponentSpec, GlobalRule, Line,
    MEMORY_LINES, OverrideAction, Pass, Refusal,
};
use napi::Env;
use napi::bindgen_prelude::{Function, Uint8Array};
use napi_derive::napi;
use serde_json::json;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

const LINE_BYTES: usize = size_of::<Line>();
/// Doubles of the call area: arguments from 0 on, the answer from 8 on.
const CALL_DOUBLES: usize = 16;
const COMPONENT: usize = 0;
const NOW_MS: usize = 1;
const CONFIDENT: usize = 2;
const STAY: usize = 3;
const OUTCOME: usize = 4;
const TOOK_MS: usize = 5;
/// Reason of a refusal (0 passed), state, component that is open (-1 none), milliseconds to wait (-1 unknown), and how
/// many changes wait to be taken.
const ANSWER: usize = 8;
const CHANGES: usize = 12;

/// Lines in an array of JavaScript, which lives as long as this does.
struct SharedLines {
    _owner: Uint8Array,
    first: *const Line,
    count: usize,
}

impl SharedLines {
    fn new(mut owner: Uint8Array) -> Result<Self> {
        // SAFETY: only the address is taken; everything that looks at the bytes does so through atomics.
        let bytes = unsafe { owner.as_mut() };
        let (first, count) = (bytes.as_mut_ptr(), bytes.len() / LINE_BYTES);
        if !(first as usize).is_multiple_of(align_of::<Line>()) {
            return Err(Error::new(
                Code::ArgumentInvalid,
                format!("memory must be aligned to {LINE_BYTES}, is at {first:p}"),
            ));
        }
        Ok(Self { _owner: owner, first: first.cast_const().cast(), count })
    }
}

impl AsRef<[Line]> for SharedLines {
    fn as_ref(&self) -> &[Line] {
        // SAFETY: the owner keeps the bytes alive, they are aligned, and atomics may be changed by anybody at any time.
        unsafe { std::slice::from_raw_parts(self.first, self.count) }
    }
}

struct Inner {
    breakers: Breakers<SharedLines>,
    calls: RefCell<SharedBytes>,
    changes: Arc<BreakerChanges>,
}

/// Takes whole milliseconds apart first: in nanoseconds since 1970 a double is off by a hundred, which can make a
/// millisecond less.
fn timestamp(now_ms: f64) -> Timestamp {
    let whole_ms = now_ms.floor();
    let rest_ns = ((now_ms - whole_ms) * 1e6) as i64;
    Timestamp((whole_ms as i64).saturating_mul(1_000_000).saturating_add(rest_ns))
}

fn component(index: f64) -> Result<ComponentId> {
    // A cast alone would make the first component of what is no number.
    let id = if index >= 0.0 && index.fract() == 0.0 {
        ComponentId::from_index(index as usize)
    } else {
        None
    };
    id.ok_or_else(|| {
        Error::new(Code::ArgumentInvalid, format!("component must be an index, was {index}"))
    })
}

impl Inner {
    fn argument(&self, place: usize) -> f64 {
        let bits = self.calls.borrow().i64_at(place * 8);
        f64::from_bits(bits.cast_unsigned())
    }

    fn answer(&self, place: usize, values: &[f64]) {
        self.calls.borrow_mut().put_f64(place * 8, values);
    }

    fn answer_refusal(&self, refusal: &Refusal) {
        let by = refusal.by.map_or(-1.0, |id| id.index() as f64);
        let after = refusal.retry_after_ms.map_or(-1.0, |after| after as f64);
        self.answer(
            ANSWER,
            &[f64::from(refusal.reason as u8), f64::from(refusal.state as u8), by, after],
        );
    }

    /// Runs a call; one that fails in any way reads as an open breaker.
    fn run(&self, call: impl FnOnce(&Self) -> Result<()>) {
        if contain::contain(|| call(self)).is_err() {
            self.answer(ANSWER, &[1.0, 1.0, -1.0, -1.0]);
        }
        let waiting = self.changes.waiting();
        if waiting != 0 {
            self.answer(CHANGES, &[waiting as f64]);
        }
    }

    fn acquire(&self) -> Result<()> {
        let id = component(self.argument(COMPONENT))?;
        let now = timestamp(self.argument(NOW_MS));
        match self.breakers.acquire(id, now, self.argument(CONFIDENT) != 0.0) {
            Ok(pass) => {
                self.answer(STAY, &[f64::from(pass.stay)]);
                self.answer(ANSWER, &[0.0]);
            }
            Err(refusal) => self.answer_refusal(&refusal),
        }
        Ok(())
    }

    fn permits(&self) -> Result<()> {
        let id = component(self.argument(COMPONENT))?;
        match self.breakers.permits(id, timestamp(self.argument(NOW_MS))) {
            Ok(()) => self.answer(ANSWER, &[0.0]),
            Err(refusal) => self.answer_refusal(&refusal),
        }
        Ok(())
    }

    fn settle(&self) -> Result<()> {
        let outcome =
            CallOutcome::from_number(self.argument(OUTCOME) as u8).unwrap_or(CallOutcome::Failure);
        let pass = Pass {
            component: component(self.argument(COMPONENT))?,
            stay: self.argument(STAY) as u32,
            trial: false,
        };
        let took_ms = self.argument(TOOK_MS) as u64;
        self.breakers.settle(pass, outcome, took_ms, timestamp(self.argument(NOW_MS)));
        Ok(())
    }
}

macro_rules! operation {
    ($name:ident $method:ident) => {
        struct $name(Rc<Inner>);

        impl Operation for $name {
            fn run(&self) {
                self.0.run(Inner::$method);
            }
        }
    };
}

operation!(Acquire acquire);
operation!(Permits permits);
operation!(Settle settle);

#[napi]
pub struct NativeBreakers {
    inner: Rc<Inner>,
}

#[napi]
impl NativeBreakers {
    /// Begins with memory that is zero, or joins it when another thread began and no settings are given.
    #[napi(constructor)]
    pub fn new(
        memory: Uint8Array,
        calls: Uint8Array,
        defaults: Option<String>,
        rule: Option<String>,
        now_ms: f64,
    ) -> napi::Result<Self, String> {
        guarded(|| {
            let lines = SharedLines::new(memory)?;
            let calls = SharedBytes::new(calls, "calls", CALL_DOUBLES * 8)?;
            let breakers = match defaults {
                None => Breakers::attach(lines)?,
                Some(defaults) => {
                    let rule: GlobalRule = parse(&rule.unwrap_or_default())?;
                    Breakers::new(lines, parse(&defaults)?, rule, timestamp(now_ms))?
                }
            };
            let changes: Arc<BreakerChanges> = Arc::default();
            let into = Arc::clone(&changes);
            let breakers = breakers.with_listener(Box::new(move |change| into.push(*change)));
            let inner = Inner { breakers, calls: RefCell::new(calls), changes };
            Ok(Self { inner: Rc::new(inner) })
        })
    }

    /// Returns the function that asks for a pass: component, time and confidence are read from the call area.
    #[napi]
    pub fn acquire_function<'env>(&self, env: &'env Env) -> napi::Result<Function<'env, (), ()>> {
        plain_function(env, "acquire", Rc::new(Acquire(Rc::clone(&self.inner))))
    }

    /// Returns the function that asks whether a call would pass.
    #[napi]
    pub fn permits_function<'env>(&self, env: &'env Env) -> napi::Result<Function<'env, (), ()>> {
        plain_function(env, "permits", Rc::new(Permits(Rc::clone(&self.inner))))
    }

    /// Returns the function that counts an outcome.
    #[napi]
    pub fn settle_function<'env>(&self, env: &'env Env) -> napi::Result<Function<'env, (), ()>> {
        plain_function(env, "settle", Rc::new(Settle(Rc::clone(&self.inner))))
    }

    /// Returns the index of a component, which is made on first use.
    #[napi]
    pub fn component(&self, name: String) -> napi::Result<u32, String> {
        guarded(|| Ok(self.inner.breakers.component(&name)?.index() as u32))
    }

    /// Declares dependencies, flags and settings of a component, as JSON, and returns its index.
    #[napi]
    pub fn declare(&self, name: String, spec: String) -> napi::Result<u32, String> {
        guarded(|| {
            let spec: ComponentSpec = parse(&spec)?;
            Ok(self.inner.breakers.declare(&name, &spec)?.index() as u32)
        })
    }

    /// Puts settings in force, of one component or of all that share them.
    #[napi]
    pub fn set_settings(&self, index: Option<u32>, settings: String) -> napi::Result<(), String> {
        guarded(|| {
            let id = index.map(|index| component(f64::from(index))).transpose()?;
            self.inner.breakers.set_settings(id, parse(&settings)?)
        })
    }

    /// Overrides a breaker by hand and returns whether that changed it.
    #[napi]
    pub fn override_state(
        &self,
        index: u32,
        action: u8,
        now_ms: f64,
    ) -> napi::Result<bool, String> {
        guarded(|| {
            let action = OverrideAction::from_number(action).ok_or_else(|| {
                Error::new(Code::ArgumentInvalid, format!("action must be 0 to 2, was {action}"))
            })?;
            let id = component(f64::from(index))?;
            self.inner.breakers.override_state(id, action, timestamp(now_ms))
        })
    }

    /// Forbids manual overrides, or allows them again.
    #[napi]
    pub fn forbid_overrides(&self, forbidden: bool) {
        self.inner.breakers.forbid_overrides(forbidden);
    }

    /// Returns whether the global circuit is open.
    #[napi]
    pub fn is_global_open(&self, now_ms: f64) -> bool {
        self.inner.breakers.is_global_open(timestamp(now_ms))
    }

    /// Returns what is known of every component, as JSON.
    #[napi]
    pub fn snapshot(&self, now_ms: f64) -> napi::Result<String, String> {
        guarded(|| {
            let breakers = &self.inner.breakers;
            let now = timestamp(now_ms);
            let components: Vec<_> = breakers
                .registered()
                .filter_map(|id| Some((id, breakers.snapshot(id, now)?, breakers.settings(id)?)))
                .map(|(id, seen, settings)| {
                    json!({
                        "index": id.index(), "name": seen.name, "state": seen.state.name(),
                        "held": seen.held, "enteredMs": seen.entered_ms,
                        "calls": seen.window.calls, "failures": seen.window.failures,
                        "confident": settings.confident(seen.window.calls),
                        "exceeded": settings.exceeded(seen.window.calls, seen.window.failures),
                        "admitted": seen.counts.admitted, "succeeded": seen.counts.succeeded,
                        "failed": seen.counts.failed, "slow": seen.counts.slow,
                        "ignored": seen.counts.ignored, "late": seen.counts.late,
                        "trips": seen.counts.trips, "refused": seen.counts.refused,
                        "lastFailureMs": seen.last_failure_ms, "lastAttemptMs": seen.last_attempt_ms,
                    })
                })
                .collect();
            Ok(json!(components).to_string())
        })
    }

    /// Takes the changes that wait, oldest first, as JSON: whose (component, dependant, global), index, states, cause, time.
    #[napi]
    pub fn take_changes(&self) -> String {
        self.inner.changes.take_json()
    }
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| Error::new(Code::ConfigInvalid, format!("breaker settings: {error}")))
}

/// Returns where JavaScript finds what it reads by itself, in 32-bit words, and how much memory breakers take, as JSON.
#[napi]
pub fn breaker_layout() -> String {
    let words = LINE_BYTES / 4;
    json!({
        "bytes": MEMORY_LINES * LINE_BYTES,
        "componentsMax": COMPONENTS_MAX,
        "unsettled": head::UNSETTLED * 2,
        "originMs": head::ORIGIN_MS * 2,
        "firstState": COMPONENTS_LINE * words + body::STATE * 2,
        "stateStride": COMPONENT_LINES * words,
        "callDoubles": CALL_DOUBLES,
    })
    .to_string()
}

/// Returns the nanoseconds that a pass with its outcome, and a question whether a call would pass, take in native code,
/// over `rounds` of each.
#[napi]
pub fn breaker_call_ns(settings: String, rounds: u32) -> napi::Result<Vec<f64>, String> {
    guarded(|| {
        let rounds = rounds.max(1);
        let rule = GlobalRule { components: 0, fraction: 0 };
        let breakers = Breakers::new(memory(), parse(&settings)?, rule, Timestamp(0))?;
        let id = breakers.component("bench")?;
        let start = std::time::Instant::now();
        for round in 0..rounds {
            let now = std::hint::black_box(Timestamp(i64::from(round) * 1_000));
            if let Ok(pass) = breakers.acquire(id, now, false) {
                breakers.settle(pass, CallOutcome::Success, 0, now);
            }
        }
        let called = start.elapsed();
        let start = std::time::Instant::now();
        for round in 0..rounds {
            let now = Timestamp(i64::from(round) * 1_000);
            std::hint::black_box(breakers.permits(id, now).is_ok());
        }
        let asked = start.elapsed();
        let per = |span: std::time::Duration| span.as_secs_f64() * 1e9 / f64::from(rounds);
        Ok(vec![per(called), per(asked)])
    })
}
