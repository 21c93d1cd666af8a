//! The N-API face of the native crates. Nothing is decided here: bytes and strings go in, records and strings come out,
//! and neither a panic nor an error crosses raw.
#![deny(unsafe_op_in_unsafe_fn)]

mod amendment;
mod breaker_changes;
mod breakers;
mod command;
mod engine_handle;
mod event_view;
mod failure;
mod fault_session;
mod fuse;
mod held;
mod journal;
mod journal_cursor;
mod limits;
mod memory;
mod numbers;
mod parametric_risk;
mod plain_function;
mod portfolio;
mod position_view;
mod reconciliation;
mod replica;
mod scenario;
mod session;
mod simulate;
mod vocabulary;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
