//! The deterministic engine: `step(input) → records`, and the journal that proves it.
#![forbid(unsafe_code)]

pub mod account;
mod account_controls;
pub mod account_snapshot;
pub mod account_spec;
pub mod borrowing;
pub mod config;
pub mod engine;
pub mod exposure;
mod fills;
pub mod input;
pub mod journal_reader;
pub mod journal_writer;
pub mod liquidation;
mod marking;
pub mod output;
pub mod position;
mod protection;
pub mod rates;
pub mod record_json;
pub mod replay;
mod reports;
mod requests;
pub mod sink;
pub mod snapshot;
mod state_hash;
pub mod statistics;
mod submission;
mod totals;
pub mod wallet;

pub use account_spec::{AccountSpec, PositionMode};
pub use config::EngineConfig;
pub use engine::Engine;
pub use input::{Command, Funding, Input};
pub use journal_reader::{JournalReader, JournalSummary};
pub use journal_writer::{JournalWriter, SyncPolicy};
pub use rates::RateChanged;
pub use sink::Sink;
pub use wallet::CurrencyId;
