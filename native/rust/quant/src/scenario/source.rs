//! Where a path takes its random numbers from beside the normals that move prices.

use crate::normal::uniform;
use crate::philox::{Stream, words};

/// The draws of one scenario. Of an antithetic pair the second takes the mirror image of every number of the first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    pub(crate) counter: u32,
    pub(crate) mirrored: bool,
    pub(crate) key: [u32; 2],
}

impl Source {
    /// Four numbers in (0, 1).
    pub(crate) fn uniforms(&self, step: u32, block: u32, stream: Stream) -> [f64; 4] {
        let drawn = words([self.counter, step, block, stream as u32], self.key).map(uniform);
        if self.mirrored { drawn.map(|u| 1.0 - u) } else { drawn }
    }

    /// Two normals (Box and Muller 1958), and two numbers in (0, 1) that are independent of them.
    pub(crate) fn normals_and_uniforms(
        &self,
        step: u32,
        block: u32,
        stream: Stream,
    ) -> ([f64; 2], [f64; 2]) {
        let drawn = words([self.counter, step, block, stream as u32], self.key).map(uniform);
        let radius = (-2.0 * drawn[0].ln()).sqrt();
        let (sin, cos) = (std::f64::consts::TAU * drawn[1]).sin_cos();
        let (normals, rest) = ([radius * cos, radius * sin], [drawn[2], drawn[3]]);
        if self.mirrored { (normals.map(|z| -z), rest.map(|u| 1.0 - u)) } else { (normals, rest) }
    }

    /// A number of a gamma distribution with scale 1 (Marsaglia and Tsang 2000), by rejection over the blocks of a step.
    pub(crate) fn gamma(&self, shape: f64, step: u32) -> f64 {
        let grown = if shape < 1.0 { shape + 1.0 } else { shape };
        let d = grown - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        // Each try is refused in at most one case of twenty, so that the last block is never reached.
        for block in 0..TRIES {
            let ([z, _], [u, power]) = self.normals_and_uniforms(step, block, Stream::Mixing);
            let v = (1.0 + c * z).powi(3);
            if v > 0.0 && u.ln() < 0.5 * z * z + d - d * v + d * v.ln() {
                let shrunk = if shape < 1.0 { power.powf(1.0 / shape) } else { 1.0 };
                return d * v * shrunk;
            }
        }
        d
    }
}

const TRIES: u32 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gamma_number_has_the_mean_and_variance_of_its_shape() {
        for shape in [0.7, 1.0, 2.5, 15.0] {
            let count = 200_000;
            let draws: Vec<f64> = (0..count)
                .map(|counter| Source { counter, mirrored: false, key: [3, 4] }.gamma(shape, 0))
                .collect();
            let mean = draws.iter().sum::<f64>() / f64::from(count);
            let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(count);
            let error = (shape / f64::from(count)).sqrt();
            assert!((mean - shape).abs() < 4.0 * error, "{shape}: mean {mean}");
            assert!((variance / shape - 1.0).abs() < 0.03, "{shape}: variance {variance}");
        }
    }

    #[test]
    fn a_mirrored_source_gives_the_opposite_of_every_number() {
        let one = Source { counter: 9, mirrored: false, key: [1, 2] };
        let other = Source { mirrored: true, ..one };
        let (z, u) = one.normals_and_uniforms(3, 1, Stream::Jumps);
        let (mirrored, rest) = other.normals_and_uniforms(3, 1, Stream::Jumps);
        assert_eq!(mirrored, z.map(|z| -z));
        assert_eq!(rest, u.map(|u| 1.0 - u));
    }
}
