//! The state of a breaker in one 64-bit word, and every way in which it can change. All functions are pure: who calls them
//! puts the result in place by compare-and-swap.
//!
//! | bits | what |
//! |---|---|
//! | 0–1 | state |
//! | 2 | held open by hand |
//! | 3–7 | trial calls admitted |
//! | 8–12 | trial calls that succeeded |
//! | 13–25 | generation: counts changes of state, and wraps |
//! | 26–63 | when the state was entered, milliseconds since the memory's origin |

use super::settings::BreakerSettings;

const STATE_MASK: u64 = 0b11;
const HELD: u64 = 1 << 2;
const TRIALS_SHIFT: u32 = 3;
const SUCCESSES_SHIFT: u32 = 8;
const COUNT_MASK: u64 = 0b1_1111;
const GENERATION_SHIFT: u32 = 13;
const GENERATION_MASK: u64 = (1 << 13) - 1;
const TIME_SHIFT: u32 = 26;
/// Last instant that can be kept: eight years after the origin, from when on an open breaker stays open.
pub const TIME_MS_MAX: u64 = (1 << 38) - 1;

/// State of a breaker (CB-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum BreakerState {
    /// Calls pass, and their outcomes are counted.
    Closed = 0,
    /// No call passes.
    Open = 1,
    /// A few trial calls pass.
    HalfOpen = 2,
}

impl BreakerState {
    /// Returns the name used in TypeScript and in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum CallOutcome {
    /// The component works.
    Success = 0,
    /// It does not.
    Failure = 1,
    /// The call says nothing about the component, such as one that its caller gave up.
    Ignored = 2,
}

impl CallOutcome {
    /// Returns the outcome of a number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Success),
            1 => Some(Self::Failure),
            2 => Some(Self::Ignored),
            _ => None,
        }
    }
}

/// What a person may do to a breaker by hand (CB-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum OverrideAction {
    /// Open it, and hold it open until it is released or reset.
    ForceOpen = 0,
    /// Close it with counts of zero.
    Reset = 1,
    /// Let it go on by its own rule: a held breaker begins its cooldown.
    Release = 2,
}

impl OverrideAction {
    /// Returns the action of a number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::ForceOpen),
            1 => Some(Self::Reset),
            2 => Some(Self::Release),
            _ => None,
        }
    }
}

/// What becomes of a call that asks to pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It passes.
    Pass,
    /// It passes as a trial, once this word is in place.
    Trial(StateWord),
    /// The breaker is open; milliseconds until a trial, none while it is held.
    Open(Option<u64>),
    /// No trial is left; milliseconds until trials without an outcome are given up.
    Exhausted(u64),
}

/// What an outcome does to the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// It is counted in the window, which may open the breaker.
    Count,
    /// It decides a trial, once this word is in place.
    Move(StateWord),
    /// The breaker has changed since the call was admitted, so that it says nothing about the state.
    Late,
    /// Nothing changes.
    Keep,
}

/// The packed state; zero is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct StateWord(pub u64);

impl StateWord {
    /// Returns the state.
    #[must_use]
    pub const fn state(self) -> BreakerState {
        match self.0 & STATE_MASK {
            0 => BreakerState::Closed,
            2 => BreakerState::HalfOpen,
            // A value that nobody writes reads as open.
            _ => BreakerState::Open,
        }
    }

    /// Returns whether the breaker is held open by hand.
    #[must_use]
    pub const fn held(self) -> bool {
        self.0 & HELD != 0
    }

    /// Returns the trial calls admitted.
    #[must_use]
    pub const fn trials(self) -> u8 {
        ((self.0 >> TRIALS_SHIFT) & COUNT_MASK) as u8
    }

    /// Returns the trial calls that succeeded.
    #[must_use]
    pub const fn successes(self) -> u8 {
        ((self.0 >> SUCCESSES_SHIFT) & COUNT_MASK) as u8
    }

    /// Returns the count of changes.
    #[must_use]
    pub const fn generation(self) -> u16 {
        ((self.0 >> GENERATION_SHIFT) & GENERATION_MASK) as u16
    }

    /// Returns when the state was entered.
    #[must_use]
    pub const fn entered_ms(self) -> u64 {
        self.0 >> TIME_SHIFT
    }

    /// Returns what tells this stay in a state from every other: the generation and the last six bits of the time, which
    /// together fit the half of the word that JavaScript reads.
    #[must_use]
    pub const fn stay(self) -> u32 {
        (self.0 as u32) >> GENERATION_SHIFT
    }

    /// Returns the word for a state that is entered from this one.
    #[must_use]
    pub const fn entered(self, state: BreakerState, now_ms: u64) -> Self {
        let generation = (self.generation() as u64 + 1) & GENERATION_MASK;
        let time = if now_ms > TIME_MS_MAX { TIME_MS_MAX } else { now_ms };
        Self(state as u64 | (generation << GENERATION_SHIFT) | (time << TIME_SHIFT))
    }

    const fn with_counts(self, trials: u8, successes: u8) -> Self {
        let cleared = self.0 & !((COUNT_MASK << TRIALS_SHIFT) | (COUNT_MASK << SUCCESSES_SHIFT));
        Self(cleared | ((trials as u64) << TRIALS_SHIFT) | ((successes as u64) << SUCCESSES_SHIFT))
    }

    /// Milliseconds in the state; a clock that went back gives zero, so that nothing opens early.
    const fn elapsed_ms(self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.entered_ms())
    }

    /// Decides about a call that asks to pass (CB-05, CB-13).
    #[must_use]
    pub const fn admit(self, settings: &BreakerSettings, now_ms: u64) -> Admission {
        let elapsed = self.elapsed_ms(now_ms);
        match self.state() {
            BreakerState::Closed => Admission::Pass,
            BreakerState::Open => {
                if self.held() {
                    return Admission::Open(None);
                }
                let cooldown = settings.cooldown_ms as u64;
                if elapsed < cooldown {
                    return Admission::Open(Some(cooldown - elapsed));
                }
                Admission::Trial(self.entered(BreakerState::HalfOpen, now_ms).with_counts(1, 0))
            }
            BreakerState::HalfOpen => {
                if self.trials() < settings.trials {
                    let next = self.with_counts(self.trials() + 1, self.successes());
                    return Admission::Trial(next);
                }
                let timeout = settings.trial_timeout_ms as u64;
                if elapsed < timeout {
                    return Admission::Exhausted(timeout - elapsed);
                }
                Admission::Trial(self.entered(BreakerState::HalfOpen, now_ms).with_counts(1, 0))
            }
        }
    }

    /// Returns whether the breaker keeps calls away at this instant: open, and not yet due for a trial.
    #[must_use]
    pub const fn bars(self, settings: &BreakerSettings, now_ms: u64) -> bool {
        matches!(self.state(), BreakerState::Open)
            && (self.held() || self.elapsed_ms(now_ms) < settings.cooldown_ms as u64)
    }

    /// Decides about the outcome of a call that was admitted during `stay`.
    #[must_use]
    pub const fn settle(
        self,
        stay: u32,
        outcome: CallOutcome,
        settings: &BreakerSettings,
        now_ms: u64,
    ) -> Settlement {
        if self.stay() != stay {
            return Settlement::Late;
        }
        match (self.state(), outcome) {
            (BreakerState::Closed, CallOutcome::Ignored) => Settlement::Keep,
            (BreakerState::Closed, CallOutcome::Success | CallOutcome::Failure) => {
                Settlement::Count
            }
            (BreakerState::HalfOpen, CallOutcome::Success) => {
                let successes = self.successes() + 1;
                if successes >= settings.trial_successes {
                    return Settlement::Move(self.entered(BreakerState::Closed, now_ms));
                }
                Settlement::Move(self.with_counts(self.trials(), successes))
            }
            (BreakerState::HalfOpen, CallOutcome::Failure) => {
                Settlement::Move(self.entered(BreakerState::Open, now_ms))
            }
            // The token goes back, so that another call can try.
            (BreakerState::HalfOpen, CallOutcome::Ignored) => Settlement::Move(
                self.with_counts(self.trials().saturating_sub(1), self.successes()),
            ),
            (BreakerState::Open, _) => Settlement::Late,
        }
    }

    /// Returns the word of a closed breaker that opens; none for another state.
    #[must_use]
    pub const fn trip(self, now_ms: u64) -> Option<Self> {
        match self.state() {
            BreakerState::Closed => Some(self.entered(BreakerState::Open, now_ms)),
            BreakerState::Open | BreakerState::HalfOpen => None,
        }
    }

    /// Returns the word after a manual override; none when it changes nothing.
    #[must_use]
    pub const fn overridden(self, action: OverrideAction, now_ms: u64) -> Option<Self> {
        match action {
            OverrideAction::ForceOpen if self.held() => None,
            OverrideAction::ForceOpen => {
                Some(Self(self.entered(BreakerState::Open, now_ms).0 | HELD))
            }
            OverrideAction::Reset => Some(self.entered(BreakerState::Closed, now_ms)),
            OverrideAction::Release if self.held() => {
                Some(self.entered(BreakerState::Open, now_ms))
            }
            OverrideAction::Release => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breaker::settings::tests::SAMPLE;

    #[test]
    fn the_fields_do_not_overlap() {
        let word = StateWord(0).entered(BreakerState::HalfOpen, 77).with_counts(31, 30);
        assert_eq!(word.state(), BreakerState::HalfOpen);
        assert_eq!((word.trials(), word.successes()), (31, 30));
        assert_eq!((word.generation(), word.entered_ms()), (1, 77));
        assert!(!word.held());
        assert_eq!(word.stay(), word.with_counts(0, 0).stay());
    }

    #[test]
    fn the_generation_wraps_and_the_time_stops_at_its_end() {
        let mut word = StateWord::default();
        for _ in 0..8_192 {
            word = word.entered(BreakerState::Open, u64::MAX);
        }
        assert_eq!(word.generation(), 0);
        assert_eq!(word.entered_ms(), TIME_MS_MAX);
        assert_eq!(
            word.admit(&SAMPLE, u64::MAX),
            Admission::Trial(word.entered(BreakerState::HalfOpen, u64::MAX).with_counts(1, 0))
        );
    }

    #[test]
    fn an_unknown_state_reads_as_open() {
        assert_eq!(StateWord(3).state(), BreakerState::Open);
    }

    #[test]
    fn a_clock_that_goes_back_never_opens_the_way_early() {
        let open = StateWord(0).entered(BreakerState::Open, 1_000);
        assert_eq!(open.admit(&SAMPLE, 0), Admission::Open(Some(50)));
        assert!(open.bars(&SAMPLE, 0) && !open.bars(&SAMPLE, 1_050));
    }
}
