//! Numerics with no idea of orders: random paths, tails of distributions, and tests of risk figures.
//!
//! Floats live here and nowhere below; inputs are checked once at the edge, results say how exact they are.
#![deny(unsafe_op_in_unsafe_fn)]

pub mod cholesky;
mod dispatch;
mod lanes;
pub mod normal;
pub mod parametric;
pub mod philox;
pub mod portfolio;
pub mod portfolio_f64;
pub mod scenario;
pub mod score;
pub mod tail;
