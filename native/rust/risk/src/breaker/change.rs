//! What a change of state is told as.

use super::state_word::BreakerState;
use holdfast_core::Code;

/// What changed its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeSubject {
    /// A component by its index.
    Component(u16),
    /// A component that depends on one that is open; it is kept closed to calls without a change of its own.
    Dependant(u16),
    /// The circuit over all components (CB-04).
    Global,
}

/// Why a state changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Cause {
    /// Failures in the window reached their threshold.
    Failures = 0,
    /// The cooldown passed.
    Cooldown = 1,
    /// Enough trial calls succeeded.
    TrialSucceeded = 2,
    /// A trial call failed.
    TrialFailed = 3,
    /// Trial calls came to no outcome in time.
    TrialsExpired = 4,
    /// Somebody opened it.
    ForcedOpen = 5,
    /// Somebody closed it.
    Reset = 6,
    /// Somebody let go of it.
    Released = 7,
    /// Components that this one is derived from changed.
    Derived = 8,
}

impl Cause {
    /// Returns the name used in TypeScript and in logs; what opened a breaker by itself is a code.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Failures => Code::CircuitTooManyFailures.name(),
            Self::Cooldown => "cooldown",
            Self::TrialSucceeded => "trial_succeeded",
            Self::TrialFailed => "trial_failed",
            Self::TrialsExpired => "trials_expired",
            Self::ForcedOpen => "forced_open",
            Self::Reset => "reset",
            Self::Released => "released",
            Self::Derived => "derived",
        }
    }
}

/// One change of state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateChange {
    /// What changed.
    pub subject: ChangeSubject,
    /// State before.
    pub from: BreakerState,
    /// State after.
    pub to: BreakerState,
    /// Why.
    pub cause: Cause,
    /// When, in milliseconds since the memory's origin.
    pub at_ms: u64,
}

/// Is told of changes; a panic inside changes nothing in the breaker (CB-07).
pub type ChangeListener = Box<dyn Fn(&StateChange) + Send + Sync>;
