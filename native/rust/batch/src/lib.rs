//! Compares many orders of one kind with whole-number bounds at once. What a bound means is the gate's business: here are
//! integers, comparisons, and the bit that each failed comparison sets.

mod bounds;
mod compare;
mod dispatch;
#[cfg(target_arch = "aarch64")]
mod neon;

pub use bounds::{Band, Bounds, Limit};
pub use compare::{NO_STOP, Orders, UNJUDGED};
pub use dispatch::{Width, compare, compare_with};
