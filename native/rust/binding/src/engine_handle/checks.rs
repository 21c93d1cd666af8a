//! Many orders that are judged and not sent: an array for each of their numbers, and one for what they failed.

use super::{Inner, NativeEngine};
use crate::memory::SharedBytes;
use holdfast_core::{Code, Error, Result};
use holdfast_engine::candidates::{CandidateMemory, Candidates, NONE};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

/// Bytes of one order: lots, limit and stop (f64 each), failed controls (u64), instrument (u32), flags (u8). The arrays
/// stand one behind the other in this order; the same stands in ts/src/native/check-batch.ts.
const ORDER_BYTES: usize = 37;
/// Integers beyond it are not all numbers of JavaScript.
const EXACT_MAX: f64 = 9_007_199_254_740_991.0;

/// The memory of checks.
pub(super) struct Checks {
    bytes: SharedBytes,
    capacity: usize,
    memory: CandidateMemory,
    instruments: Vec<u32>,
    lots: Vec<i64>,
    limits: Vec<i64>,
    stops: Vec<i64>,
    failed: Vec<u64>,
}

/// Returns a number of JavaScript as an integer. What is none becomes zero, which no quantity and no price may be.
#[inline]
fn integer(value: f64) -> i64 {
    if value.is_nan() {
        return NONE;
    }
    let whole = value as i64;
    if whole as f64 == value && value.abs() <= EXACT_MAX { whole } else { 0 }
}

fn read_integers(bytes: &[u8], into: &mut Vec<i64>) {
    let words = bytes.as_chunks::<8>().0;
    into.clear();
    into.extend(words.iter().map(|word| integer(f64::from_le_bytes(*word))));
}

impl Checks {
    fn new(bytes: Uint8Array, capacity: usize) -> Result<Self> {
        let bytes = SharedBytes::new(bytes, "checks", capacity * ORDER_BYTES)?;
        let numbers = || Vec::with_capacity(capacity);
        Ok(Self {
            bytes,
            capacity,
            memory: CandidateMemory::with_capacity(capacity),
            instruments: Vec::with_capacity(capacity),
            lots: numbers(),
            limits: numbers(),
            stops: numbers(),
            failed: Vec::with_capacity(capacity),
        })
    }

    /// Returns the bytes of the first elements of an array that begins behind so many bytes of each order.
    fn array(&self, behind: usize, size: usize, count: usize) -> &[u8] {
        let start = behind * self.capacity;
        self.bytes.read().get(start..start + size * count).unwrap_or_default()
    }

    fn read(&mut self, count: usize) {
        let (mut lots, mut limits, mut stops) = (
            std::mem::take(&mut self.lots),
            std::mem::take(&mut self.limits),
            std::mem::take(&mut self.stops),
        );
        read_integers(self.array(0, 8, count), &mut lots);
        read_integers(self.array(8, 8, count), &mut limits);
        read_integers(self.array(16, 8, count), &mut stops);
        (self.lots, self.limits, self.stops) = (lots, limits, stops);
        let mut instruments = std::mem::take(&mut self.instruments);
        let words = self.array(32, 4, count).as_chunks::<4>().0;
        instruments.clear();
        instruments.extend(words.iter().map(|word| u32::from_le_bytes(*word)));
        self.instruments = instruments;
        self.failed.clear();
        self.failed.resize(count, 0);
    }

    fn write(&mut self) {
        let (start, failed) = (24 * self.capacity, &self.failed);
        let target = self.bytes.write().get_mut(start..).unwrap_or_default();
        for (place, bits) in target.as_chunks_mut::<8>().0.iter_mut().zip(failed) {
            *place = bits.to_le_bytes();
        }
    }
}

#[napi]
impl NativeEngine {
    /// Takes the memory of checks, for so many orders.
    #[napi]
    pub fn share_checks(&mut self, bytes: Uint8Array, capacity: u32) -> napi::Result<(), String> {
        self.contained(|inner| {
            inner.checks = Some(Checks::new(bytes, capacity as usize)?);
            Ok(())
        })
    }

    /// Judges the first orders of the memory of checks at the time of the call, each alone, or counted together with those
    /// ahead of it that pass; nothing is sent and nothing changes.
    #[napi]
    pub fn check_batch(
        &mut self,
        count: u32,
        together: bool,
        strategy: u16,
    ) -> napi::Result<(), String> {
        self.contained(|inner| inner.check_batch(count as usize, together, strategy))
    }
}

impl Inner {
    fn check_batch(&mut self, count: usize, together: bool, strategy: u16) -> Result<()> {
        let now = self.now();
        let unshared = || Error::new(Code::ArgumentInvalid, "the memory of checks must be shared");
        let mut checks = self.checks.take().ok_or_else(unshared)?;
        let judged = self.judge_checks(&mut checks, count, (together, strategy), now);
        self.checks = Some(checks);
        judged
    }

    fn judge_checks(
        &mut self,
        checks: &mut Checks,
        count: usize,
        (together, strategy): (bool, u16),
        now: holdfast_core::Timestamp,
    ) -> Result<()> {
        if count > checks.capacity {
            return Err(Error::new(
                Code::ArgumentInvalid,
                format!("a batch must have at most {} orders, has {count}", checks.capacity),
            ));
        }
        checks.read(count);
        let flags = checks.bytes.read().get(36 * checks.capacity..).unwrap_or_default();
        let orders = Candidates {
            strategy,
            instruments: &checks.instruments,
            flags: flags.get(..count).unwrap_or_default(),
            lots: &checks.lots,
            limits: &checks.limits,
            stops: &checks.stops,
        };
        let (memory, failed) = (&mut checks.memory, &mut checks.failed);
        self.desk()?.check_candidates(&orders, together, now, memory, failed)?;
        checks.write();
        Ok(())
    }
}
