//! The N-API face of the native crates. Nothing is decided here: bytes and strings go in, records and strings come out,
//! and neither a panic nor an error crosses raw.
#![deny(unsafe_op_in_unsafe_fn)]

mod amendment;
mod event_view;
mod failure;
mod journal;
mod memory;
mod numbers;
mod plain_function;
mod session;
mod vocabulary;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
