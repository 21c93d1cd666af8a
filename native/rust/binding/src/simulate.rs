//! Batches of the fault simulator from JavaScript; the result is JSON text, since a call runs many seeds.

use crate::failure::guarded;
use holdfast_core::{Code, Error};
use holdfast_sim::fault::{ActSet, Batch, FaultSet, simulate};
use napi_derive::napi;

/// Runs seeds from `seed_start` on, each twice, and returns the report; `hash_before` is the hash of the batch before.
#[napi]
pub fn simulate_faults(
    seed_start: f64,
    seeds: u32,
    steps: u32,
    faults: String,
    acts: String,
    hash_before: String,
) -> napi::Result<String, String> {
    guarded(|| {
        let (faults, acts) = (FaultSet::parse(&faults)?, ActSet::parse(&acts)?);
        let seed_start = seed_start.max(0.0) as u64;
        let report = simulate(&Batch { seed_start, seeds, steps, faults, acts, hash_before })?;
        serde_json::to_string(&report).map_err(|error| {
            Error::new(Code::SimulationViolated, format!("report must be representable, {error}"))
        })
    })
}
