//! The breaker beside a slow, plain model, and every state beside every event.

use holdfast_core::Timestamp;
use holdfast_risk::breaker::state_word::{Admission, Settlement};
use holdfast_risk::breaker::{
    BreakerSettings, BreakerState, Breakers, CallOutcome, GlobalRule, OverrideAction, Pass,
    RefusalReason, StateWord, layout,
};
use proptest::prelude::*;

const SETTINGS: BreakerSettings = BreakerSettings {
    failures: 3,
    failure_rate: 0,
    above: false,
    minimum_calls: 4,
    window_ms: 100,
    buckets: 10,
    cooldown_ms: 50,
    trials: 2,
    trial_successes: 2,
    trial_timeout_ms: 80,
    slow_call_ms: 0,
};

fn at(ms: u64) -> Timestamp {
    Timestamp(i64::try_from(ms).unwrap() * 1_000_000)
}

/// Every word that can be reached, by its state, trials, successes, hold, and how long ago it was entered.
fn words(now: u64) -> Vec<StateWord> {
    let mut found = vec![];
    for entered in [now, now - 49, now - 50, now - 79, now - 80] {
        let closed = StateWord::default().entered(BreakerState::Closed, entered);
        let open = closed.trip(entered).unwrap();
        found.extend([closed, open]);
        found.extend(closed.overridden(OverrideAction::ForceOpen, entered));
        let Admission::Trial(half) = open.admit(&SETTINGS, entered + 50) else {
            panic!("an open breaker whose cooldown has passed takes a trial");
        };
        // The same word as if it had been entered earlier: the time is all that differs.
        let half = StateWord((half.0 & ((1 << 26) - 1)) | (entered << 26));
        let Admission::Trial(second) = half.admit(&SETTINGS, entered) else {
            panic!("a second trial is left");
        };
        found.extend([half, second]);
        for word in [half, second] {
            if let Settlement::Move(next) =
                word.settle(word.stay(), CallOutcome::Success, &SETTINGS, entered)
            {
                found.push(next);
            }
        }
    }
    found
}

#[test]
fn cb_01_every_state_and_event_goes_where_the_table_says() {
    use BreakerState::{Closed, HalfOpen, Open};
    let now = 1_000;
    let words = words(now);
    assert_eq!(words.len(), 5 * 7);
    let mut moves = std::collections::BTreeSet::new();
    for word in words {
        let (elapsed, from) = (now - word.entered_ms(), word.state());
        let admission = word.admit(&SETTINGS, now);
        let expected = match from {
            Closed => "pass",
            Open if word.held() => "held",
            Open if elapsed < 50 => "open",
            Open => "first trial",
            HalfOpen if word.trials() < 2 => "next trial",
            HalfOpen if elapsed < 80 => "exhausted",
            HalfOpen => "first trial",
        };
        let seen = match admission {
            Admission::Pass => "pass",
            Admission::Open(None) => "held",
            Admission::Open(Some(left)) => {
                assert_eq!(left, 50 - elapsed);
                "open"
            }
            Admission::Exhausted(left) => {
                assert_eq!(left, 80 - elapsed);
                "exhausted"
            }
            Admission::Trial(next) => {
                assert_eq!(next.state(), HalfOpen);
                if next.stay() == word.stay() {
                    assert_eq!(
                        (next.trials(), next.successes()),
                        (word.trials() + 1, word.successes())
                    );
                    "next trial"
                } else {
                    assert_eq!((next.trials(), next.successes(), next.entered_ms()), (1, 0, now));
                    "first trial"
                }
            }
        };
        assert_eq!(seen, expected, "{word:?} {from:?}");
        assert_eq!(word.bars(&SETTINGS, now), matches!(seen, "held" | "open"));
        for outcome in [CallOutcome::Success, CallOutcome::Failure, CallOutcome::Ignored] {
            let other = word.settle(word.stay() ^ 1, outcome, &SETTINGS, now);
            assert_eq!(other, Settlement::Late, "an outcome of another stay");
            let to = match word.settle(word.stay(), outcome, &SETTINGS, now) {
                Settlement::Count => "counted",
                Settlement::Keep => "kept",
                Settlement::Late => "late",
                Settlement::Move(next) => {
                    moves.insert((from as u8, outcome as u8, next.state() as u8));
                    next.state().name()
                }
            };
            let expected = match (from, outcome) {
                (Closed, CallOutcome::Ignored) => "kept",
                (Closed, _) => "counted",
                (Open, _) => "late",
                (HalfOpen, CallOutcome::Failure) => "open",
                (HalfOpen, CallOutcome::Success) if word.successes() == 1 => "closed",
                (HalfOpen, _) => "half_open",
            };
            assert_eq!(to, expected, "{word:?} {outcome:?}");
        }
        let forced = word.overridden(OverrideAction::ForceOpen, now);
        assert_eq!(forced.is_none(), word.held());
        assert!(forced.is_none_or(|next| next.held() && next.state() == Open));
        let reset = word.overridden(OverrideAction::Reset, now).unwrap();
        assert_eq!((reset.state(), reset.held()), (Closed, false));
        assert_ne!(reset.stay(), word.stay());
        let released = word.overridden(OverrideAction::Release, now);
        assert_eq!(released.is_some(), word.held());
        assert!(released.is_none_or(|next| !next.held() && next.state() == Open));
        assert_eq!(word.trip(now).is_some(), from == Closed);
    }
    assert_eq!(moves.len(), 4, "half open goes to open, closed, and stays for success and ignored");
}

/// The model: a list of outcomes with their times, and plain variables. It knows nothing of words, buckets or tags.
#[derive(Debug)]
struct Model {
    settings: BreakerSettings,
    state: BreakerState,
    held: bool,
    entered: u64,
    stay: u64,
    /// Bucket number and whether it failed, of the present stay in the closed state.
    outcomes: Vec<(u64, bool)>,
    admitted: u8,
    succeeded: u8,
}

impl Model {
    fn enter(&mut self, state: BreakerState, now: u64) {
        self.state = state;
        self.held = false;
        self.entered = now;
        self.stay += 1;
        self.admitted = 0;
        self.succeeded = 0;
        self.outcomes.clear();
    }

    fn window(&self, now: u64) -> (u64, u64) {
        let last = now / self.settings.bucket_ms();
        let oldest = (last + 1).saturating_sub(u64::from(self.settings.buckets));
        let inside: Vec<_> =
            self.outcomes.iter().filter(|(bucket, _)| (oldest..=last).contains(bucket)).collect();
        let failed = inside.iter().filter(|(_, failed)| *failed).count();
        (inside.len() as u64, failed as u64)
    }

    fn acquire(&mut self, now: u64, confident: bool) -> Result<u64, RefusalReason> {
        // A component that stands alone: its own opening is never the global circuit's.
        if confident && self.window(now).0 < u64::from(self.settings.minimum_calls) {
            return Err(RefusalReason::Confidence);
        }
        match self.state {
            BreakerState::Closed => {}
            BreakerState::Open => {
                if self.held || now - self.entered < u64::from(self.settings.cooldown_ms) {
                    return Err(RefusalReason::Open);
                }
                self.enter(BreakerState::HalfOpen, now);
                self.admitted = 1;
            }
            BreakerState::HalfOpen if self.admitted < self.settings.trials => self.admitted += 1,
            BreakerState::HalfOpen => {
                if now - self.entered < u64::from(self.settings.trial_timeout_ms) {
                    return Err(RefusalReason::Exhausted);
                }
                self.enter(BreakerState::HalfOpen, now);
                self.admitted = 1;
            }
        }
        Ok(self.stay)
    }

    fn settle(&mut self, stay: u64, outcome: CallOutcome, took: u64, now: u64) {
        if stay != self.stay {
            return;
        }
        let slow = self.settings.slow_call_ms > 0 && took >= u64::from(self.settings.slow_call_ms);
        let failed = outcome == CallOutcome::Failure || (outcome == CallOutcome::Success && slow);
        match (self.state, outcome) {
            (BreakerState::Open, _) | (BreakerState::Closed, CallOutcome::Ignored) => {}
            (BreakerState::HalfOpen, CallOutcome::Ignored) => self.admitted -= 1,
            (BreakerState::HalfOpen, _) if failed => self.enter(BreakerState::Open, now),
            (BreakerState::HalfOpen, _) => {
                self.succeeded += 1;
                if self.succeeded >= self.settings.trial_successes {
                    self.enter(BreakerState::Closed, now);
                }
            }
            (BreakerState::Closed, _) => {
                self.outcomes.push((now / self.settings.bucket_ms(), failed));
                let (calls, failures) = self.window(now);
                if failed
                    && calls >= u64::from(self.settings.minimum_calls)
                    && self.due(calls, failures)
                {
                    self.enter(BreakerState::Open, now);
                }
            }
        }
    }

    fn due(&self, calls: u64, failures: u64) -> bool {
        let limit = u64::from(self.settings.failures);
        let share = failures * 1_000_000;
        let rate = u64::from(self.settings.failure_rate) * calls;
        let passes = |seen: u64, bound: u64| {
            if self.settings.above { seen > bound } else { seen >= bound }
        };
        (limit > 0 && passes(failures, limit))
            || (self.settings.failure_rate > 0 && passes(share, rate))
    }
}

#[derive(Debug, Clone)]
enum Event {
    Acquire { confident: bool },
    Settle { which: usize, outcome: u8, took: u64 },
    Wait(u64),
    Override(u8),
    Reload { failures: u32, above: bool, cooldown_ms: u32, trials: u8 },
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        6 => prop::bool::weighted(0.1).prop_map(|confident| Event::Acquire { confident }),
        6 => (0..8_usize, prop_oneof![3 => Just(1_u8), 2 => Just(0), 1 => Just(2)], 0..30_u64)
            .prop_map(|(which, outcome, took)| Event::Settle { which, outcome, took }),
        4 => prop_oneof![0..15_u64, 15..60_u64, 60..200_u64].prop_map(Event::Wait),
        1 => (0..3_u8).prop_map(Event::Override),
        1 => (1..5_u32, any::<bool>(), 10..90_u32, 1..4_u8).prop_map(
            |(failures, above, cooldown_ms, trials)| Event::Reload {
                failures, above, cooldown_ms, trials
            }
        ),
    ];
    prop::collection::vec(event, 1..120)
}

fn settings() -> impl Strategy<Value = BreakerSettings> {
    (
        0..5_u32,
        prop_oneof![Just(0_u32), 200_000..900_000_u32],
        any::<bool>(),
        1..6_u32,
        1..5_u8,
        0..2_u32,
    )
        .prop_filter("a rule is needed", |(failures, rate, ..)| failures + rate > 0)
        .prop_flat_map(|(failures, failure_rate, above, minimum_calls, trials, slow)| {
            (1..=trials, prop_oneof![Just((100, 10_u8)), Just((60, 4)), Just((7, 1))]).prop_map(
                move |(trial_successes, (window_ms, buckets))| BreakerSettings {
                    failures,
                    failure_rate,
                    above,
                    minimum_calls,
                    window_ms,
                    buckets,
                    trials,
                    trial_successes,
                    slow_call_ms: slow * 20,
                    ..SETTINGS
                },
            )
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn cb_01_agrees_with_the_plain_model_on_any_sequence(settings in settings(), events in events()) {
        let breakers =
            Breakers::new(layout::memory(), settings, GlobalRule { components: 0, fraction: 0 }, at(0)).unwrap();
        let id = breakers.component("venue").unwrap();
        let mut model = Model {
            settings, state: BreakerState::Closed, held: false, entered: 0, stay: 0,
            outcomes: vec![], admitted: 0, succeeded: 0,
        };
        let mut now = 5;
        let mut passes: Vec<(Pass, u64)> = vec![];
        let mut outcomes = [0_u64; 3];
        for event in events {
            match event {
                Event::Wait(ms) => now += ms,
                Event::Acquire { confident } => {
                    let expected = model.acquire(now, confident);
                    let permitted = breakers.permits(id, at(now)).is_ok();
                    let seen = breakers.acquire(id, at(now), confident);
                    prop_assert_eq!(seen.map(|_| ()).map_err(|r| r.reason), expected.map(|_| ()));
                    prop_assert!(confident || permitted == expected.is_ok());
                    if let (Ok(pass), Ok(stay)) = (seen, expected) {
                        passes.push((pass, stay));
                    }
                }
                Event::Settle { which, outcome, took } => {
                    if !passes.is_empty() {
                        let (pass, stay) = passes.swap_remove(which % passes.len());
                        let outcome = CallOutcome::from_number(outcome).unwrap();
                        breakers.settle(pass, outcome, took, at(now));
                        model.settle(stay, outcome, took, now);
                        let slow = model.settings.slow_call_ms > 0
                            && took >= u64::from(model.settings.slow_call_ms);
                        let counted = if outcome == CallOutcome::Success && slow { CallOutcome::Failure } else { outcome };
                        outcomes[counted as usize] += 1;
                    }
                }
                Event::Override(number) => {
                    let action = OverrideAction::from_number(number).unwrap();
                    breakers.override_state(id, action, at(now)).unwrap();
                    match action {
                        OverrideAction::ForceOpen if model.held => {}
                        OverrideAction::ForceOpen => {
                            model.enter(BreakerState::Open, now);
                            model.held = true;
                        }
                        OverrideAction::Reset => model.enter(BreakerState::Closed, now),
                        OverrideAction::Release if model.held => model.enter(BreakerState::Open, now),
                        OverrideAction::Release => {}
                    }
                }
                Event::Reload { failures, above, cooldown_ms, trials } => {
                    let changed = BreakerSettings {
                        failures, above, cooldown_ms, trials,
                        trial_successes: model.settings.trial_successes.min(trials), ..model.settings
                    };
                    breakers.set_settings(None, changed).unwrap();
                    model.settings = changed;
                }
            }
            let snapshot = breakers.snapshot(id, at(now)).unwrap();
            prop_assert_eq!(snapshot.state, model.state);
            prop_assert_eq!(snapshot.held, model.held);
            let (calls, failures) = model.window(now);
            prop_assert_eq!((snapshot.window.calls, snapshot.window.failures), (calls, failures));
            let counts = snapshot.counts;
            prop_assert_eq!([counts.succeeded, counts.failed, counts.ignored], outcomes);
        }
    }
}
