//! The fault simulator: engine, gate and gateway against an exchange and a network that misbehave, in virtual time, all
//! from one seed. A safety phase with faults is followed by a liveness phase without; the same seed gives the same hash.

mod act_kind;
mod acts;
mod checks;
mod departures;
mod exchange;
mod fused;
mod gathered;
mod held_orders;
mod journal;
mod keys;
mod kind;
mod ledger;
mod lists;
mod minimise;
mod network;
mod placements;
mod random;
mod restart;
mod run;
mod schedule;
mod setting;
mod strategy_run;
mod ties;
mod variety;
mod verified;
mod waiting;
mod world;

pub use act_kind::{ActKind, ActSet};
pub use fused::{FusedReport, simulate_fused};
pub use kind::{FaultKind, FaultSet};
pub use run::{Batch, BatchReport, SeedReport, Violation, simulate};
pub use strategy_run::{BegunFault, RunOptions, RunOutcome, StrategyRun};
pub use world::Pause;
