//! The deterministic engine: `step(input) → records`, and the journal that proves it.
#![forbid(unsafe_code)]

pub mod account;
mod amend;
pub mod config;
pub mod engine;
pub mod fees;
mod fills;
pub mod idempotency;
pub mod input;
pub mod intake;
pub mod journal_reader;
pub mod journal_writer;
mod keyed_submission;
mod marking;
pub mod modes;
pub mod order_store;
pub mod output;
pub mod position;
mod protection;
pub mod record_json;
pub mod replay;
mod reports;
mod requests;
pub mod self_trade;
pub mod sequence;
pub mod sink;
pub mod snapshot;
mod state_hash;
pub mod statistics;
mod submission;

pub use config::EngineConfig;
pub use engine::Engine;
pub use input::{Command, Funding, Input};
pub use journal_reader::{JournalReader, JournalSummary};
pub use journal_writer::{JournalWriter, SyncPolicy};
pub use sink::Sink;
