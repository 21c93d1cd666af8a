//! The native numbers for the differential tests of the TypeScript ones, and for benches of the native side.

use crate::failure::guarded;
use holdfast_core::{Amount, Code, Error, Instrument, InstrumentSpec};
use napi_derive::napi;

fn instrument(spec: &str) -> holdfast_core::Result<Instrument> {
    let spec: InstrumentSpec = serde_json::from_str(spec).map_err(|error| {
        Error::new(Code::InstrumentInvalid, format!("instrument must have its fields, {error}"))
    })?;
    Instrument::new(spec)
}

/// Checks an instrument's rules and returns what one tick of one lot is worth.
#[napi]
pub fn check_instrument(spec: String) -> napi::Result<String, String> {
    guarded(|| Ok(instrument(&spec)?.tick_lot_value().to_string()))
}

/// Returns the ticks of a price as text.
#[napi]
pub fn price_ticks(spec: String, price: String) -> napi::Result<String, String> {
    guarded(|| Ok(instrument(&spec)?.parse_price(&price)?.ticks().to_string()))
}

/// Returns the notional of a price and a quantity.
#[napi]
pub fn notional(spec: String, price: String, quantity: String) -> napi::Result<String, String> {
    guarded(|| {
        let instrument = instrument(&spec)?;
        let value = instrument
            .notional(instrument.parse_price(&price)?, instrument.parse_quantity(&quantity)?)?;
        Ok(value.to_string())
    })
}

/// Returns the sum of two amounts.
#[napi]
pub fn amount_sum(left: String, right: String) -> napi::Result<String, String> {
    guarded(|| Ok(Amount::parse(&left)?.plus(Amount::parse(&right)?)?.to_string()))
}

/// Returns the nanoseconds that one addition and one multiplication of amounts take, over `rounds` dependent ones.
#[napi]
pub fn amount_arithmetic_ns(rounds: u32) -> napi::Result<Vec<f64>, String> {
    guarded(|| {
        let rounds = rounds.max(1);
        let step = std::hint::black_box(Amount::from_raw(1_234_567_890_123));
        let start = std::time::Instant::now();
        let mut sum = Amount::ZERO;
        for _ in 0..rounds {
            sum = std::hint::black_box(sum.plus(step)?);
        }
        let added = start.elapsed();
        let start = std::time::Instant::now();
        let mut product = Amount::from_raw(3);
        for round in 0..rounds {
            // The factor alternates in sign by one, so that the product stays in range for any count.
            product = std::hint::black_box(product.times(if round % 2 == 0 { -1 } else { 1 })?);
        }
        let multiplied = start.elapsed();
        let per = |span: std::time::Duration| span.as_secs_f64() * 1e9 / f64::from(rounds);
        Ok(vec![per(added), per(multiplied)])
    })
}
