//! Parametric risk of a portfolio for JavaScript: figures are written into an array that the caller keeps.

use crate::failure::guarded;
use holdfast_core::{Code, Error, Result};
use holdfast_quant::parametric::{Capital, Evaluation, Multipliers, ParametricRisk};
use holdfast_quant::score::ScoreLimits;
use napi::bindgen_prelude::Float64Array;
use napi_derive::napi;

/// Deviation, VaR and CVaR of two levels, leverage, concentration, drawdown, score.
const FIGURES: usize = 9;

/// A portfolio with its covariance, kept current.
#[napi]
pub struct NativeParametricRisk {
    risk: ParametricRisk,
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
    ) -> napi::Result<Self, String> {
        guarded(|| {
            let (levels, limits) = settings(&limits)?;
            let risk =
                ParametricRisk::new(covariance.to_vec(), exposures.to_vec(), levels, limits)?;
            Ok(Self { risk })
        })
    }

    /// Changes one exposure; returns the deviation of profits that follows.
    #[napi]
    pub fn set_exposure(&mut self, asset: u32, exposure: f64) -> napi::Result<f64, String> {
        guarded(|| self.risk.set_exposure(asset as usize, exposure))
    }

    /// Returns the deviation if one exposure were another one.
    #[napi]
    pub fn what_if(&self, asset: u32, exposure: f64) -> napi::Result<f64, String> {
        guarded(|| self.risk.what_if(asset as usize, exposure))
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
        guarded(|| {
            // SAFETY: this thread is the only one in JavaScript, and no view of the array is kept.
            let out = unsafe { out.as_mut() };
            write(out, &self.risk.evaluate_held(Capital { equity, peak, heat_frac }));
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
        guarded(|| {
            // SAFETY: this thread is the only one in JavaScript, and no view of the array is kept.
            let out = unsafe { out.as_mut() };
            let width = self.risk.order() + 3;
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
                write(out, &self.risk.evaluate(exposures, capital)?);
            }
            Ok(())
        })
    }

    /// Writes what each asset adds to the deviation of profits.
    #[napi]
    pub fn components(&self, mut out: Float64Array) -> napi::Result<(), String> {
        guarded(|| {
            // SAFETY: this thread is the only one in JavaScript, and no view of the array is kept.
            self.risk.components(unsafe { out.as_mut() });
            Ok(())
        })
    }
}
