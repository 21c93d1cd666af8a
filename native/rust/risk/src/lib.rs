//! The gate: one synchronous judgement per order, with every control that failed, failing closed.
#![forbid(unsafe_code)]

pub mod breaker;
pub mod control;
pub mod exposure;
pub mod gate;
pub mod limits;
pub mod loss_guard;
pub mod order_rate;
pub mod verdict;

pub use control::Control;
pub use exposure::WorstCase;
pub use gate::{Gate, Subject, View};
pub use limits::{Limits, LimitsSpec};
pub use loss_guard::LossGuard;
pub use verdict::{Check, Verdict};
