//! The gate: one synchronous judgement per order, with every control that failed, failing closed.
#![forbid(unsafe_code)]

pub mod batch_bounds;
pub mod breaker;
pub mod calendar;
pub mod capital;
pub mod collar;
pub mod control;
pub mod duplicates;
pub mod exposure;
pub mod fuse;
pub mod gate;
pub mod gate_coverage;
mod gate_limits;
mod judgement;
pub mod limit_document;
pub mod limit_schedule;
pub mod limit_table;
mod limit_values;
pub mod limits;
pub mod loss_guard;
pub mod message_budget;
pub mod order_rate;
pub mod portfolio_controls;
pub mod portfolio_risk;
pub mod quiet;
pub mod signal;
pub mod suggestion;
pub mod verdict;
mod verdict_form;
pub mod view;

pub use batch_bounds::{COMPARED, OrderKind, STEADY};
pub use control::Control;
pub use exposure::WorstCase;
pub use fuse::Fuse;
pub use gate::Gate;
pub use gate_coverage::GateCoverage;
pub use limit_schedule::{ChangeCause, LimitsChange};
pub use limits::{Limits, LimitsSpec};
pub use loss_guard::LossGuard;
pub use portfolio_controls::{HeldSides, PortfolioView};
pub use portfolio_risk::RiskMeasured;
pub use quiet::Quiet;
pub use signal::GateSignal;
pub use suggestion::{Tried, largest_passing};
pub use verdict::{Check, Verdict};
pub use view::{Around, Subject, View};
