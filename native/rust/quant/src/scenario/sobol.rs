//! Sobol points with the direction numbers of Joe and Kuo (2008), scrambled in the sense of Owen (1995) by a hash of nested
//! bits (Laine and Karras 2011, with the constants of Vegdahl 2022). Every replicate has its own scrambling, so that the
//! spread of their answers is an honest standard error.

use crate::philox::{Stream, words};
use sobol::Sobol;
use sobol::params::JoeKuoD6;

/// Dimensions that have direction numbers; a path's further draws are pseudo-random.
pub(crate) const DIMENSIONS_MAX: usize = 1_000;

#[derive(Debug, Clone)]
pub(crate) struct SobolPoints {
    directions: Vec<Vec<u32>>,
    key: [u32; 2],
}

impl SobolPoints {
    pub(crate) fn new(dimensions: usize, key: [u32; 2]) -> Self {
        let wanted = dimensions.min(DIMENSIONS_MAX);
        let directions =
            Sobol::<f32>::init_direction_vals::<u32>(wanted, 32, &JoeKuoD6::standard());
        Self { directions, key }
    }

    pub(crate) fn dimensions(&self) -> usize {
        self.directions.len()
    }

    /// One coordinate of a point of a replicate, as the 32 bits after the point.
    pub(crate) fn coordinate(&self, dimension: usize, index: u32, replicate: u32) -> u32 {
        let mut bits = 0;
        let mut rest = index;
        let directions = &self.directions[dimension];
        while rest != 0 {
            bits ^= directions[rest.trailing_zeros() as usize];
            rest &= rest - 1;
        }
        let counter = [replicate, dimension as u32, 0, Stream::Scramble as u32];
        scramble(bits, words(counter, self.key)[0])
    }
}

/// Permutes nested halves: each bit is flipped by a hash of those before it.
fn scramble(bits: u32, seed: u32) -> u32 {
    let mut x = bits.reverse_bits();
    x ^= x.wrapping_mul(0x3d20_adea);
    x = x.wrapping_add(seed);
    x = x.wrapping_mul((seed >> 16) | 1);
    x ^= x.wrapping_mul(0x0552_6c56);
    x ^= x.wrapping_mul(0x53a2_2864);
    x.reverse_bits()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first points of the unscrambled sequence, as the authors' own program prints them in digital order.
    #[test]
    fn directions_are_those_of_joe_and_kuo() {
        let points = SobolPoints::new(3, [0, 0]);
        let plain = |dimension: usize, index: u32| {
            let mut bits = 0;
            for bit in 0..32 {
                if index >> bit & 1 == 1 {
                    bits ^= points.directions[dimension][bit];
                }
            }
            f64::from(bits) / 4_294_967_296.0
        };
        let found: Vec<[f64; 3]> =
            (0..5).map(|index| std::array::from_fn(|dimension| plain(dimension, index))).collect();
        assert_eq!(
            found,
            [
                [0.0, 0.0, 0.0],
                [0.5, 0.5, 0.5],
                [0.25, 0.75, 0.75],
                [0.75, 0.25, 0.25],
                [0.125, 0.625, 0.375]
            ]
        );
    }

    /// A scrambled digital net keeps what makes it one: each of 2ᵐ equal intervals holds one of the first 2ᵐ points.
    #[test]
    fn every_interval_holds_one_point_in_every_dimension_and_replicate() {
        let points = SobolPoints::new(DIMENSIONS_MAX, [7, 9]);
        for dimension in [0, 1, 2, 50, 511, 999] {
            for replicate in 0..4 {
                let mut seen = [false; 256];
                for index in 0..256 {
                    let cell = points.coordinate(dimension, index, replicate) >> 24;
                    assert!(!std::mem::replace(&mut seen[cell as usize], true));
                }
            }
        }
    }

    #[test]
    fn pairs_of_dimensions_fill_the_square_evenly() {
        let points = SobolPoints::new(2, [5, 5]);
        let mut seen = [[0_u8; 16]; 16];
        for index in 0..256 {
            let [x, y] = [0, 1].map(|dimension| points.coordinate(dimension, index, 3) >> 28);
            seen[x as usize][y as usize] += 1;
        }
        assert!(seen.iter().flatten().all(|count| *count == 1));
    }
}
