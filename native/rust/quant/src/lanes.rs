//! Arithmetic on sixteen lanes at once. Loops over arrays of this length compile to the widest vectors of the function that
//! they are inlined into, so that one text serves AVX-512, AVX2, NEON and plain code; nothing is fused, so all agree bit for bit.

/// Lanes of one AVX-512 register of 32-bit numbers.
pub(crate) const LANES: usize = 16;
pub(crate) type LaneF32 = Aligned<f32>;
pub(crate) type LaneU32 = Aligned<u32>;

/// Sixteen numbers that share one line of the cache: a vector that straddled two would be read and written twice as slowly.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Aligned<T>([T; LANES]);

impl<T: Copy> Aligned<T> {
    /// The same number in every lane.
    #[inline(always)]
    pub(crate) const fn all(value: T) -> Self {
        Self([value; LANES])
    }
}

impl<T> std::ops::Deref for Aligned<T> {
    type Target = [T; LANES];

    #[inline(always)]
    fn deref(&self) -> &[T; LANES] {
        &self.0
    }
}

impl<T> std::ops::DerefMut for Aligned<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T; LANES] {
        &mut self.0
    }
}

/// Evaluates a polynomial, lowest coefficient first.
#[inline(always)]
pub(crate) fn polynomial<const N: usize>(x: f32, coefficients: [f32; N]) -> f32 {
    let mut value = coefficients[N - 1];
    for index in (0..N - 1).rev() {
        value = value * x + coefficients[index];
    }
    value
}

/// ln(1 + f) = f − f²/2 + f³ P(f) on [√½ − 1, √2 − 1]; minimax, error of P 2.9e-8.
const LN: [f32; 9] = [
    0.333_333_3,
    -0.249_999_97,
    0.200_007_16,
    -0.166_678_02,
    0.142_490_58,
    -0.124_256_87,
    0.116_854_2,
    -0.114_797_34,
    0.069_716_11,
];
/// sin(2πt) / t and cos(2πt) as polynomials in t² for |t| ≤ 1/8; minimax, errors below 5e-11.
const SIN: [f32; 5] = [std::f32::consts::TAU, -41.341_7, 81.605_2, -76.697_87, 41.472_83];
const COS: [f32; 5] = [1.0, -19.739_209, 64.939_316, -85.442_85, 59.220_17];
/// e^r = 1 + r + r² E(r) for |r| ≤ ln 2 / 2; minimax, error of E 1.4e-9.
const EXP: [f32; 6] =
    [0.5, 0.166_666_67, 0.041_666_465, 0.008_333_311, 0.001_393_364, 0.000_198_909_8];
/// ln 2 in two parts, of which the first has so few bits that its products with exponents are exact.
const LN2_HIGH: f32 = 0.693_359_4;
const LN2_LOW: f32 = -0.000_212_194_44;

/// Turns a random word into a number in (0, 1]: both products are exact, so the one rounding is that of the sum, wherever it runs.
#[inline(always)]
pub(crate) fn uniform(word: u32) -> f32 {
    const HIGH: f32 = 1.0 / 65_536.0;
    const LOW: f32 = HIGH * HIGH;
    ((word >> 16) as f32) * HIGH + ((word & 0xffff) as f32 + 0.5) * LOW
}

/// A positive normal number as e^(exponent ln 2) × (1 + rest), the rest within [√½ − 1, √2 − 1): (rest, exponent).
#[inline(always)]
fn ln_parts(x: f32) -> (f32, f32) {
    // √½ as bits: the exponent is taken so that what is left lies in [√½, √2).
    const SQRT_HALF: u32 = 0x3f35_04f3;
    let shifted = x.to_bits().wrapping_sub(SQRT_HALF);
    let exponent = ((shifted as i32) >> 23) as f32;
    (f32::from_bits((shifted & 0x007f_ffff).wrapping_add(SQRT_HALF)) - 1.0, exponent)
}

/// The natural logarithm from its parts and the polynomial of the rest.
#[inline(always)]
fn ln_of(rest: f32, exponent: f32, polynomial: f32) -> f32 {
    let square = rest * rest;
    let tail = square * rest * polynomial - 0.5 * square;
    exponent * LN2_HIGH + (rest + (tail + exponent * LN2_LOW))
}

/// Rounds to a whole number of small magnitude and returns it as a float and in the low bits of an integer: a number added
/// to 1.5 × 2²³ loses its fraction. Conversions that check their range have no vector form.
#[inline(always)]
fn round(x: f32) -> (f32, i32) {
    const MAGIC: f32 = 12_582_912.0;
    let moved = x + MAGIC;
    (moved - MAGIC, (moved.to_bits() as i32).wrapping_sub(MAGIC.to_bits() as i32))
}

/// u as quarters of a turn and what is left of it in turns: (rest, quarters in the low bits).
#[inline(always)]
fn turn_parts(u: f32) -> (f32, u32) {
    let (whole, quarter) = round(u * 4.0);
    (u - whole * 0.25, quarter as u32)
}

/// sin(2πt) and cos(2πt) for |t| ≤ 1/8.
#[inline(always)]
fn sin_cos_of(t: f32) -> (f32, f32) {
    let square = t * t;
    (t * polynomial(square, SIN), polynomial(square, COS))
}

/// Sine and cosine turned by whole quarters.
#[inline(always)]
fn turned(sin: f32, cos: f32, quarter: u32) -> (f32, f32) {
    let is_odd = quarter & 1 == 1;
    let (one, other) = if is_odd { (cos, sin) } else { (sin, cos) };
    // Bit 1 of the quarter is the sign.
    let flip = |value: f32, turn: u32| f32::from_bits(value.to_bits() ^ ((turn & 2) << 30));
    (flip(one, quarter), flip(other, quarter.wrapping_add(1)))
}

/// e^x for |x| < 80 as 2^k × e^rest: (rest, 2^k).
#[inline(always)]
fn exp_parts(x: f32) -> (f32, f32) {
    let (k, exponent) = round(x * std::f32::consts::LOG2_E);
    let rest = (x - k * LN2_HIGH) - k * LN2_LOW;
    (rest, f32::from_bits((exponent.wrapping_add(127) << 23) as u32))
}

/// e^x − 1 from its parts and the polynomial of the rest.
#[inline(always)]
fn exp_m1_of(rest: f32, power: f32, polynomial: f32) -> f32 {
    power * (rest + rest * rest * polynomial) + (power - 1.0)
}

/// One number of each lane.
#[inline(always)]
fn each<U: Copy>(zero: U, of: impl Fn(usize) -> U) -> Aligned<U> {
    let mut lanes = Aligned::all(zero);
    for lane in 0..LANES {
        lanes[lane] = of(lane);
    }
    lanes
}
/// Columns between the stages of a function over many vectors. A stage is short, so that the processor has many vectors in
/// its window at once: a whole function is one long chain, each of whose steps waits for the one before.
#[derive(Debug)]
pub(crate) struct Stages {
    rests: Vec<LaneF32>,
    scales: Vec<LaneF32>,
    values: Vec<LaneF32>,
    quarters: Vec<LaneU32>,
}

impl Stages {
    pub(crate) fn new(vectors: usize) -> Self {
        let column = vec![LaneF32::all(0.0); vectors];
        Self {
            rests: column.clone(),
            scales: column.clone(),
            values: column,
            quarters: vec![LaneU32::all(0); vectors],
        }
    }

    /// Pairs of normals, cosine then sine, from the words of their distances and of their angles (Box and Muller 1958).
    #[inline(always)]
    pub(crate) fn pairs(
        &mut self,
        lengths: &[LaneU32],
        angles: &[LaneU32],
        normals: &mut [LaneF32],
    ) {
        self.radii(lengths, normals);
        self.turn(angles, normals);
    }

    /// How far from the middle each pair lies, to the first of its two places.
    #[inline(always)]
    fn radii(&mut self, words: &[LaneU32], normals: &mut [LaneF32]) {
        let Self { rests, scales: exponents, values, .. } = self;
        for ((words, rests), exponents) in words.iter().zip(&mut *rests).zip(&mut *exponents) {
            let (mut first, mut second) = (LaneF32::all(0.0), LaneF32::all(0.0));
            for lane in 0..LANES {
                (first[lane], second[lane]) = ln_parts(uniform(words[lane]));
            }
            (*rests, *exponents) = (first, second);
        }
        for (rests, values) in rests.iter().zip(&mut *values).take(words.len()) {
            *values = each(0.0, |lane| polynomial(rests[lane], LN));
        }
        let parts = rests.iter().zip(exponents).zip(values);
        for (((rests, exponents), values), both) in parts.zip(normals.chunks_exact_mut(2)) {
            both[0] = each(0.0, |lane| {
                let ln = ln_of(rests[lane], exponents[lane], values[lane]);
                (-2.0 * ln).max(0.0).sqrt()
            });
        }
    }

    /// Spreads each distance over the two normals of its pair.
    #[inline(always)]
    fn turn(&mut self, words: &[LaneU32], normals: &mut [LaneF32]) {
        let Self { rests: sines, values: cosines, quarters, .. } = self;
        for ((words, rests), quarters) in words.iter().zip(&mut *sines).zip(&mut *quarters) {
            let (mut first, mut second) = (LaneF32::all(0.0), LaneU32::all(0));
            for lane in 0..LANES {
                (first[lane], second[lane]) = turn_parts(uniform(words[lane]));
            }
            (*rests, *quarters) = (first, second);
        }
        for (rests, cosines) in sines.iter_mut().zip(&mut *cosines).take(words.len()) {
            let t = *rests;
            let (mut first, mut second) = (LaneF32::all(0.0), LaneF32::all(0.0));
            for lane in 0..LANES {
                (first[lane], second[lane]) = sin_cos_of(t[lane]);
            }
            (*rests, *cosines) = (first, second);
        }
        let parts = sines.iter().zip(cosines).zip(quarters);
        for (((sines, cosines), quarters), both) in parts.zip(normals.chunks_exact_mut(2)) {
            let radii = both[0];
            let (mut first, mut second) = (LaneF32::all(0.0), LaneF32::all(0.0));
            for lane in 0..LANES {
                let (sine, cosine) = turned(sines[lane], cosines[lane], quarters[lane]);
                (first[lane], second[lane]) = (radii[lane] * cosine, radii[lane] * sine);
            }
            both.copy_from_slice(&[first, second]);
        }
    }

    /// Σ factor × (e^x − 1), in the order of the vectors.
    #[inline(always)]
    pub(crate) fn sum_of_exp_m1(&mut self, x: &[LaneF32], factors: &[f32]) -> LaneF32 {
        let Self { rests, scales: powers, values, .. } = self;
        for ((x, rests), powers) in x.iter().zip(&mut *rests).zip(&mut *powers) {
            let (mut first, mut second) = (LaneF32::all(0.0), LaneF32::all(0.0));
            for lane in 0..LANES {
                (first[lane], second[lane]) = exp_parts(x[lane].clamp(-80.0, 80.0));
            }
            (*rests, *powers) = (first, second);
        }
        for (rests, values) in rests.iter().zip(&mut *values).take(x.len()) {
            *values = each(0.0, |lane| polynomial(rests[lane], EXP));
        }
        let mut total = LaneF32::all(0.0);
        let parts = rests.iter().zip(powers).zip(values);
        for (((rests, powers), values), factor) in parts.zip(factors) {
            for lane in 0..LANES {
                total[lane] += factor * exp_m1_of(rests[lane], powers[lane], values[lane]);
            }
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sin_cos_turns(u: f32) -> (f32, f32) {
        let (t, quarter) = turn_parts(u);
        let (sin, cos) = sin_cos_of(t);
        turned(sin, cos, quarter)
    }

    fn ln(x: f32) -> f32 {
        let (rest, exponent) = ln_parts(x);
        ln_of(rest, exponent, polynomial(rest, LN))
    }

    fn exp_m1(x: f32) -> f32 {
        let (rest, power) = exp_parts(x);
        exp_m1_of(rest, power, polynomial(rest, EXP))
    }

    fn error(value: f32, exact: f64) -> f64 {
        (f64::from(value) - exact).abs()
    }

    #[test]
    fn elementary_functions_are_within_two_steps_of_exact() {
        for index in 1..200_000_u32 {
            let word = index.wrapping_mul(0x9e37_79b9);
            let u = uniform(word);
            let x = f64::from(u);
            assert!(error(ln(u), x.ln()) <= 2.4e-7 * x.ln().abs().max(1e-3), "ln {u}");
            let (sin, cos) = sin_cos_turns(u);
            let (exact_sin, exact_cos) = (x * std::f64::consts::TAU).sin_cos();
            assert!(error(sin, exact_sin) < 2.5e-7 && error(cos, exact_cos) < 2.5e-7, "{u}");
            let y = (u - 0.5) * 20.0;
            let exact = f64::from(y).exp_m1();
            assert!(error(exp_m1(y), exact) <= 4e-7 * exact.abs().max(1e-7), "expm1 {y}");
        }
    }

    #[test]
    fn a_uniform_is_the_nearest_float_of_the_middle_of_its_cell() {
        for word in [0, 1, 77, 65_535, 65_536, 0x8000_0000, u32::MAX - 1, u32::MAX] {
            let exact = (f64::from(word) + 0.5) / 4_294_967_296.0;
            assert_eq!(uniform(word), exact as f32, "{word}");
        }
    }

    #[test]
    fn nat_18_every_vector_of_a_column_begins_at_a_line_of_the_cache() {
        for count in [1, 3, 64, 513] {
            let (floats, words) = (vec![LaneF32::all(0.0); count], vec![LaneU32::all(0); count]);
            assert!(floats.iter().all(|lanes| lanes.as_ptr().addr() % 64 == 0));
            assert!(words.iter().all(|lanes| lanes.as_ptr().addr() % 64 == 0));
        }
    }

    /// Stages work on columns of any length, and leave alone what is beyond it.
    #[test]
    fn columns_in_stages_give_the_bits_of_their_numbers() {
        for vectors in [1, 2, 7, 64] {
            let word = |index: usize| (index as u32).wrapping_mul(0x9e37_79b9) ^ 0x5bd1_e995;
            let words: Vec<LaneU32> =
                (0..vectors).map(|row| each(0, |lane| word(row * LANES + lane))).collect();
            let other: Vec<LaneU32> =
                words.iter().map(|words| each(0, |lane| !words[lane])).collect();
            let mut normals = vec![LaneF32::all(7.0); 2 * vectors + 2];
            Stages::new(64).pairs(&words, &other, &mut normals[..2 * vectors]);
            for (row, (words, other)) in words.iter().zip(&other).enumerate() {
                for lane in 0..LANES {
                    let radius = (-2.0 * ln(uniform(words[lane]))).max(0.0).sqrt();
                    let (sine, cosine) = sin_cos_turns(uniform(other[lane]));
                    assert_eq!(normals[2 * row][lane].to_bits(), (radius * cosine).to_bits());
                    assert_eq!(normals[2 * row + 1][lane].to_bits(), (radius * sine).to_bits());
                }
            }
            assert!(normals[2 * vectors..].iter().all(|rest| rest.iter().all(|x| *x == 7.0)));
            let factors: Vec<f32> = (0..vectors).map(|row| 3.0 - row as f32).collect();
            let total = Stages::new(64).sum_of_exp_m1(&normals[..vectors], &factors);
            for lane in 0..LANES {
                let mut expected = 0.0;
                for (normals, factor) in normals.iter().zip(&factors) {
                    expected += factor * exp_m1(normals[lane]);
                }
                assert_eq!(total[lane].to_bits(), expected.to_bits());
            }
        }
    }
}
