//! The normals that move prices, by the way of sampling that was chosen.

use super::REPLICATES;
use super::bridge::Bridge;
use super::sobol::SobolPoints;
use super::source::Source;
use crate::normal::{normals, quantile, uniform};
use rayon::prelude::*;

/// How scenarios are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sampling {
    /// Independent scenarios.
    Random,
    /// Scenarios in pairs, the second with the mirror image of every draw.
    Antithetic,
    /// Independent scenarios, shifted and scaled so that each normal has mean 0 and variance 1 over a replicate.
    MomentMatched,
    /// Scrambled Sobol points by way of a Brownian bridge.
    Sobol,
}

impl Sampling {
    /// Returns the name used in TypeScript and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Antithetic => "antithetic",
            Self::MomentMatched => "moment-matched",
            Self::Sobol => "sobol",
        }
    }

    /// The replicate that a scenario belongs to.
    pub(crate) const fn replicate(self, scenario: u32) -> u32 {
        match self {
            Self::Antithetic => scenario / 2 % REPLICATES,
            Self::Random | Self::MomentMatched | Self::Sobol => scenario % REPLICATES,
        }
    }
}

/// Mean and inverse deviation of one normal over a replicate.
type Moments = (f64, f64);

/// Fills in the normals of scenarios.
#[derive(Debug)]
pub(crate) struct Sampler {
    sampling: Sampling,
    key: [u32; 2],
    steps: usize,
    factors: usize,
    /// For each replicate one for each normal of a path.
    moments: Vec<Vec<Moments>>,
    points: Option<(SobolPoints, Bridge)>,
}

impl Sampler {
    pub(crate) fn new(
        sampling: Sampling,
        key: [u32; 2],
        (steps, factors): (usize, usize),
        scenarios: u32,
    ) -> Self {
        let points = (sampling == Sampling::Sobol)
            .then(|| (SobolPoints::new(steps * factors, key), Bridge::new(steps)));
        let mut sampler = Self { sampling, key, steps, factors, moments: Vec::new(), points };
        if sampling == Sampling::MomentMatched {
            sampler.moments = (0..REPLICATES)
                .into_par_iter()
                .map(|replicate| sampler.replicate_moments(replicate, scenarios))
                .collect();
        }
        sampler
    }

    fn replicate_moments(&self, replicate: u32, scenarios: u32) -> Vec<Moments> {
        let count = self.steps * self.factors;
        let (mut sums, mut squares) = (vec![0.0; count], vec![0.0; count]);
        let mut drawn = vec![0.0; count];
        let mut members = 0.0;
        for scenario in (replicate..scenarios).step_by(REPLICATES as usize) {
            self.independent(scenario, &mut drawn);
            members += 1.0;
            for ((sum, square), z) in sums.iter_mut().zip(&mut squares).zip(&drawn) {
                *sum += z;
                *square += z * z;
            }
        }
        let moments = |(sum, square): (&f64, &f64)| {
            let mean = sum / members;
            let variance = square / members - mean * mean;
            (mean, if variance > 0.0 { 1.0 / variance.sqrt() } else { 1.0 })
        };
        sums.iter().zip(&squares).map(moments).collect()
    }

    /// Fills in the normals of a scenario, step by step, and returns where its other draws come from.
    pub(crate) fn fill(&self, scenario: u32, drawn: &mut [f64], path: &mut [f64]) -> Source {
        let mirrored = self.sampling == Sampling::Antithetic && scenario % 2 == 1;
        let counter = if self.sampling == Sampling::Antithetic { scenario / 2 } else { scenario };
        self.independent(counter, drawn);
        match self.sampling {
            Sampling::Random => {}
            Sampling::Antithetic if mirrored => drawn.iter_mut().for_each(|z| *z = -*z),
            Sampling::Antithetic => {}
            Sampling::MomentMatched => {
                let moments = &self.moments[(scenario % REPLICATES) as usize];
                for (z, (mean, scale)) in drawn.iter_mut().zip(moments) {
                    *z = (*z - mean) * scale;
                }
            }
            Sampling::Sobol => self.low_discrepancy(scenario, drawn, path),
        }
        Source { counter, mirrored, key: self.key }
    }

    fn independent(&self, counter: u32, drawn: &mut [f64]) {
        for (step, row) in drawn.chunks_mut(self.factors.max(1)).enumerate() {
            for (block, four) in row.chunks_mut(4).enumerate() {
                let fresh = normals(counter, step as u32, block as u32, self.key);
                four.copy_from_slice(&fresh[..four.len()]);
            }
        }
    }

    fn low_discrepancy(&self, scenario: u32, drawn: &mut [f64], path: &mut [f64]) {
        let Some((points, bridge)) = &self.points else { return };
        let (replicate, index) = (scenario % REPLICATES, scenario / REPLICATES);
        for (dimension, z) in drawn.iter_mut().enumerate().take(points.dimensions()) {
            *z = quantile(uniform(points.coordinate(dimension, index, replicate)));
        }
        for factor in 0..self.factors {
            bridge.increments(drawn, factor, self.factors, path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(sampling: Sampling, scenarios: u32) -> Vec<Vec<f64>> {
        let sampler = Sampler::new(sampling, [4, 2], (6, 3), scenarios);
        let draw = |scenario| {
            let mut z = vec![0.0; 18];
            sampler.fill(scenario, &mut z, &mut [0.0; 6]);
            z
        };
        (0..scenarios).map(draw).collect()
    }

    fn moments(rows: &[Vec<f64>], place: usize) -> (f64, f64) {
        let mean = rows.iter().map(|row| row[place]).sum::<f64>() / rows.len() as f64;
        let square =
            rows.iter().map(|row| (row[place] - mean).powi(2)).sum::<f64>() / rows.len() as f64;
        (mean, square)
    }

    #[test]
    fn antithetic_pairs_cancel() {
        for pair in drawn(Sampling::Antithetic, 64).chunks(2) {
            assert!(pair[0].iter().zip(&pair[1]).all(|(one, other)| one + other == 0.0));
        }
    }

    #[test]
    fn matched_normals_have_mean_0_and_variance_1_in_each_replicate() {
        let rows = drawn(Sampling::MomentMatched, 16 * 32);
        for replicate in 0..16 {
            let members: Vec<Vec<f64>> = rows.iter().skip(replicate).step_by(16).cloned().collect();
            for place in 0..18 {
                let (mean, variance) = moments(&members, place);
                assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn sobol_normals_are_nearer_to_mean_0_and_variance_1_than_random_ones() {
        let spread = |sampling| {
            let rows = drawn(sampling, 1 << 14);
            (0..18)
                .map(|place| {
                    let (mean, variance) = moments(&rows, place);
                    mean.powi(2) + (variance - 1.0).powi(2)
                })
                .sum::<f64>()
        };
        assert!(spread(Sampling::Sobol) < 0.1 * spread(Sampling::Random));
    }
}
