//! Parametric risk of a portfolio for JavaScript: figures are written into an array that the caller keeps.

use crate::failure::guarded;
use crate::memory::SharedBytes;
use crate::plain_function::{Operation, plain_function};
use holdfast_core::{Code, Error, Result};
use holdfast_quant::parametric::{Capital, Evaluation, Multipliers, ParametricRisk};
use holdfast_quant::score::ScoreLimits;
use napi::bindgen_prelude::{Float64Array, Function, Uint8Array};
use napi::{Env, Result as NapiResult};
use napi_derive::napi;
use std::cell::RefCell;
use std::rc::Rc;

/// Deviation, VaR and CVaR of two levels, leverage, concentration, drawdown, score.
const FIGURES: usize = 9;

/// Bytes shared with JavaScript: the asset of a change, its exposure, and the deviation that followed, as doubles.
const EXCHANGE_BYTES: usize = 64;
/// Where each of them stands; the same constants are in `ts/src/native/parametric-risk.ts`.
const ASSET: usize = 0;
const EXPOSURE: usize = 8;
const DEVIATION: usize = 16;

/// A portfolio with its covariance, kept current.
#[napi]
pub struct NativeParametricRisk {
    inner: Rc<RefCell<Inner>>,
}

struct Inner {
    risk: ParametricRisk,
    exchange: SharedBytes,
}

struct Update(Rc<RefCell<Inner>>);

impl Operation for Update {
    fn run(&self) {
        // Nobody holds the cell: JavaScript has one thread, and no call of ours calls it back.
        let Ok(mut inner) = self.0.try_borrow_mut() else { return };
        let Inner { risk, exchange } = &mut *inner;
        let asset = index(f64::from_bits(exchange.i64_at(ASSET).cast_unsigned()));
        let exposure = f64::from_bits(exchange.i64_at(EXPOSURE).cast_unsigned());
        // What failed is no number; the slow path tells why.
        let deviation = risk.set_exposure(asset, exposure).unwrap_or(f64::NAN);
        exchange.put_f64(DEVIATION, &[deviation]);
    }
}

/// A number of JavaScript as an index; what is no index names no asset.
fn index(asset: f64) -> usize {
    if asset >= 0.0 && asset.fract() == 0.0 { asset as usize } else { usize::MAX }
}

fn busy() -> Error {
    Error::new(Code::ArgumentInvalid, "risk must not be in use by another call")
}

fn write(out: &mut [f64], found: &Evaluation) {
    let figures: [f64; FIGURES] = [
        found.standard_deviation,
        found.lower.var,
        found.lower.cvar,
        found.upper.var,
        found.upper.cvar,
        found.leverage,
        found.concentration_frac,
        found.drawdown_frac,
        found.score,
    ];
    for (place, figure) in out.iter_mut().zip(figures) {
        *place = figure;
    }
}

fn settings(values: &[f64]) -> Result<([Multipliers; 2], ScoreLimits)> {
    let [a, b, c, d, var_frac, cvar_frac, drawdown_frac, leverage, concentration_frac, heat_frac] =
        *values
    else {
        return Err(Error::new(
            Code::ArgumentInvalid,
            format!("settings must have 10 numbers, had {}", values.len()),
        ));
    };
    let limits =
        ScoreLimits { var_frac, cvar_frac, drawdown_frac, leverage, concentration_frac, heat_frac };
    Ok(([Multipliers { var: a, cvar: b }, Multipliers { var: c, cvar: d }], limits))
}

#[napi]
impl NativeParametricRisk {
    /// Takes the covariance row by row, exposures, and settings: VaR and CVaR multipliers of two levels, six score limits.
    #[napi(constructor)]
    pub fn new(
        covariance: Float64Array,
        exposures: Float64Array,
        limits: Float64Array,
        exchange: Uint8Array,
    ) -> napi::Result<Self, String> {
        guarded(|| {
            let (levels, limits) = settings(&limits)?;
            let risk =
                ParametricRisk::new(covariance.to_vec(), exposures.to_vec(), levels, limits)?;
            let exchange = SharedBytes::new(exchange, "exchange", EXCHANGE_BYTES)?;
            Ok(Self { inner: Rc::new(RefCell::new(Inner { risk, exchange })) })
        })
    }

    /// Returns the function that changes one exposure. It takes asset and exposure from the exchange memory and leaves the
    /// deviation there, or NaN when it changed nothing, because arguments would cost more than the change does.
    #[napi(ts_return_type = "() => void")]
    pub fn updater<'env>(&self, env: &'env Env) -> NapiResult<Function<'env, (), ()>> {
        plain_function(env, "update", Rc::new(Update(Rc::clone(&self.inner))))
    }

    fn with<T>(&self, act: impl FnOnce(&ParametricRisk) -> Result<T>) -> napi::Result<T, String> {
        guarded(|| act(&self.inner.try_borrow().map_err(|_| busy())?.risk))
    }

    /// Changes one exposure; returns the deviation of profits that follows.
    #[napi]
    pub fn set_exposure(&self, asset: f64, exposure: f64) -> napi::Result<f64, String> {
        guarded(|| {
            let mut inner = self.inner.try_borrow_mut().map_err(|_| busy())?;
            inner.risk.set_exposure(index(asset), exposure)
        })
    }

    /// Returns the deviation if one exposure were another one.
    #[napi]
    pub fn what_if(&self, asset: f64, exposure: f64) -> napi::Result<f64, String> {
        self.with(|risk| risk.what_if(index(asset), exposure))
    }

    /// Writes nine figures of the exposures that are held.
    #[napi]
    pub fn evaluate_held(
        &self,
        equity: f64,
        peak: f64,
        heat_frac: f64,
        mut out: Float64Array,
    ) -> napi::Result<(), String> {
        self.with(|risk| {
            // SAFETY: this thread is the only one in JavaScript, and no view of the array is kept.
            let out = unsafe { out.as_mut() };
            write(out, &risk.evaluate_held(Capital { equity, peak, heat_frac }));
            Ok(())
        })
    }

    /// Writes nine figures for each portfolio of a batch: rows are equity, peak, heat, then the exposures.
    #[napi]
    pub fn evaluate_many(
        &self,
        portfolios: Float64Array,
        mut out: Float64Array,
    ) -> napi::Result<(), String> {
        self.with(|risk| {
            // SAFETY: this thread is the only one in JavaScript, and no view of the array is kept.
            let out = unsafe { out.as_mut() };
            let width = risk.order() + 3;
            let rows = portfolios.len() / width;
            if portfolios.len() != rows * width || out.len() < rows * FIGURES {
                return Err(Error::new(
                    Code::ArgumentInvalid,
                    format!(
                        "portfolios must have rows of {width} numbers, and room for {FIGURES} figures each"
                    ),
                ));
            }
            for (row, out) in portfolios.chunks_exact(width).zip(out.chunks_exact_mut(FIGURES)) {
                let [equity, peak, heat_frac, exposures @ ..] = row else { continue };
                let capital = Capital { equity: *equity, peak: *peak, heat_frac: *heat_frac };
                write(out, &risk.evaluate(exposures, capital)?);
            }
            Ok(())
        })
    }

    /// Writes what one more unit of exposure to each asset adds to the deviation of profits.
    #[napi]
    pub fn marginals(&self, mut out: Float64Array) -> napi::Result<(), String> {
        self.with(|risk| {
            // SAFETY: this thread is the only one in JavaScript, and no view of the array is kept.
            risk.marginals(unsafe { out.as_mut() });
            Ok(())
        })
    }

    /// Writes what each asset adds to the deviation of profits.
    #[napi]
    pub fn components(&self, mut out: Float64Array) -> napi::Result<(), String> {
        self.with(|risk| {
            // SAFETY: this thread is the only one in JavaScript, and no view of the array is kept.
            risk.components(unsafe { out.as_mut() });
            Ok(())
        })
    }
}
