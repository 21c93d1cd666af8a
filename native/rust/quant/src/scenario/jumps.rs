//! Brownian motion with jumps whose logarithms are normal (Merton 1976).

use super::model::{Brownian, PathState, Walk, check_column, check_positive, invalid};
use super::source::Source;
use crate::philox::Stream;
use holdfast_core::Result;

/// Most jumps expected in one step: beyond it a step is too long to tell jumps from diffusion.
pub const INTENSITY_MAX: f64 = 100.0;

/// Brownian motion and jumps.
#[derive(Debug, Clone, PartialEq)]
pub struct Jumps {
    /// The motion between jumps.
    pub diffusion: Brownian,
    /// Expected number of jumps of each asset in one step.
    pub intensities: Vec<f64>,
    /// Mean log-return of a jump of each asset.
    pub means: Vec<f64>,
    /// Standard deviation of it.
    pub deviations: Vec<f64>,
    /// Whether all assets jump at the same times, those of the first intensity.
    pub together: bool,
}

impl Jumps {
    fn intensity(&self, asset: usize) -> f64 {
        self.intensities[if self.together { 0 } else { asset }]
    }
}

impl Walk for Jumps {
    fn assets(&self) -> usize {
        self.diffusion.assets()
    }

    fn factors(&self) -> usize {
        self.diffusion.factors()
    }

    fn validate(&self) -> Result<()> {
        self.diffusion.validate()?;
        for (name, values) in [
            ("intensities", &self.intensities),
            ("jump means", &self.means),
            ("jump deviations", &self.deviations),
        ] {
            check_column(name, values, self.assets())?;
        }
        check_positive("intensities", &self.intensities, true)?;
        check_positive("jump deviations", &self.deviations, true)?;
        match self.intensities.iter().find(|intensity| **intensity > INTENSITY_MAX) {
            Some(wrong) => Err(invalid(format!(
                "intensities must be at most {INTENSITY_MAX} a step, one is {wrong}"
            ))),
            None => Ok(()),
        }
    }

    fn advance(
        &self,
        step: u32,
        z: &[f64],
        source: &Source,
        state: &mut PathState,
        returns: &mut [f64],
    ) {
        self.diffusion.advance(step, z, source, state, returns);
        let [shared, ..] = source.uniforms(step, u32::MAX, Stream::Jumps);
        for (asset, sum) in returns.iter_mut().enumerate() {
            let ([size, _], [own, _]) =
                source.normals_and_uniforms(step, asset as u32, Stream::Jumps);
            let u = if self.together { shared } else { own };
            let count = poisson(self.intensity(asset), u);
            // A sum of independent normals is normal.
            *sum += count * self.means[asset] + count.sqrt() * self.deviations[asset] * size;
        }
    }

    fn mean(&self) -> Option<Vec<f64>> {
        let mean =
            |(asset, drift): (usize, &f64)| drift + self.intensity(asset) * self.means[asset];
        Some(self.diffusion.drifts.iter().enumerate().map(mean).collect())
    }
}

/// The quantile of a Poisson distribution, by adding probabilities up.
fn poisson(intensity: f64, u: f64) -> f64 {
    let mut probability = (-intensity).exp();
    let (mut below, mut count) = (probability, 0.0);
    // Beyond the bound the rest of the probability is lost in rounding.
    while u > below && count < 10.0 * INTENSITY_MAX {
        count += 1.0;
        probability *= intensity / count;
        below += probability;
        if probability == 0.0 {
            break;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_the_mean_and_variance_of_their_intensity() {
        for intensity in [0.0, 0.01, 1.0, 7.5, 100.0] {
            let cells = 1_000_000;
            let counts: Vec<f64> = (0..cells)
                .map(|cell| poisson(intensity, (f64::from(cell) + 0.5) / f64::from(cells)))
                .collect();
            let mean = counts.iter().sum::<f64>() / f64::from(cells);
            let variance =
                counts.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / f64::from(cells);
            assert!((mean - intensity).abs() <= 1e-4 * (1.0 + intensity), "{intensity}: {mean}");
            assert!((variance - intensity).abs() <= 1e-3 * (1.0 + intensity), "{variance}");
        }
    }
}
