//! Circuit breakers without locks: components that fail too often are not called for a while, then tried out (CB-01…18).
//!
//! Everything lives in one block of 64-bit words, so that threads share it, also those of JavaScript. The packed state
//! word of a component is the only thing that decides; it changes by compare-and-swap with the functions of
//! [`state_word`], which are pure and enumerated in tests.

pub mod call_guard;
mod change;
mod component;
pub mod layout;
mod refusal;
pub mod registry;
pub mod settings;
pub mod state_word;
mod traffic;
pub mod window;

pub use call_guard::{CallError, CallGuard};
pub use change::{Cause, ChangeListener, ChangeSubject, StateChange};
pub use component::{ComponentSnapshot, Counts};
pub use layout::{COMPONENTS_MAX, Line, MEMORY_LINES};
pub use refusal::{Pass, Refusal, RefusalReason};
pub use registry::{Breakers, ComponentId, ComponentSpec, GlobalRule};
pub use settings::BreakerSettings;
pub use state_word::{BreakerState, CallOutcome, OverrideAction, StateWord};
