//! What a call that asks to pass is told.

use super::registry::ComponentId;
use super::state_word::BreakerState;
use holdfast_core::Code;

/// Why a call was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RefusalReason {
    /// The breaker is open.
    Open = 1,
    /// All trial calls are under way.
    Exhausted = 2,
    /// The global circuit is open.
    Global = 3,
    /// A component that this one depends on is open.
    Dependency = 4,
    /// The window holds too few calls for one that asks for confidence.
    Confidence = 5,
}

impl RefusalReason {
    /// Returns the stable code.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::Open => Code::CircuitOpen,
            Self::Exhausted => Code::CircuitHalfOpenExhausted,
            Self::Global => Code::CircuitGlobalOpen,
            Self::Dependency => Code::CircuitDependencyOpen,
            Self::Confidence => Code::CircuitMinCallsNotMet,
        }
    }
}

/// A call that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: RefusalReason,
    /// The breaker's own state.
    pub state: BreakerState,
    /// The component that is open, when it is another one.
    pub by: Option<ComponentId>,
    /// Milliseconds after which it is worth asking again, when that is known.
    pub retry_after_ms: Option<u64>,
}

/// The permission for one call; its outcome is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// The component.
    pub component: ComponentId,
    /// The stay in a state during which it was given.
    pub stay: u32,
    /// Whether it is one of the trials of a half-open breaker.
    pub trial: bool,
}
