//! Arithmetic on sixteen lanes at once. Loops over arrays of this length compile to the widest vectors of the function that
//! they are inlined into, so that one text serves AVX-512, AVX2, NEON and plain code; nothing is fused, so all agree bit for bit.

/// Lanes of one AVX-512 register of 32-bit numbers.
pub(crate) const LANES: usize = 16;
pub(crate) type LaneF32 = [f32; LANES];
pub(crate) type LaneU32 = [u32; LANES];

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

/// The natural logarithm of a positive normal number.
#[inline(always)]
pub(crate) fn ln(x: f32) -> f32 {
    // √½ as bits: the exponent is taken so that the rest lies in [√½, √2).
    const SQRT_HALF: u32 = 0x3f35_04f3;
    let shifted = x.to_bits().wrapping_sub(SQRT_HALF);
    let exponent = ((shifted as i32) >> 23) as f32;
    let rest = f32::from_bits((shifted & 0x007f_ffff).wrapping_add(SQRT_HALF));
    let f = rest - 1.0;
    let square = f * f;
    let tail = square * f * polynomial(f, LN) - 0.5 * square;
    exponent * LN2_HIGH + (f + (tail + exponent * LN2_LOW))
}

/// Rounds to a whole number of small magnitude and returns it as a float and in the low bits of an integer: a number added
/// to 1.5 × 2²³ loses its fraction. Conversions that check their range have no vector form.
#[inline(always)]
fn round(x: f32) -> (f32, i32) {
    const MAGIC: f32 = 12_582_912.0;
    let moved = x + MAGIC;
    (moved - MAGIC, (moved.to_bits() as i32).wrapping_sub(MAGIC.to_bits() as i32))
}

/// sin(2πu) and cos(2πu) for u in [0, 1].
#[inline(always)]
pub(crate) fn sin_cos_turns(u: f32) -> (f32, f32) {
    let (whole, quarter) = round(u * 4.0);
    let t = u - whole * 0.25;
    let square = t * t;
    let (sin, cos) = (t * polynomial(square, SIN), polynomial(square, COS));
    let is_odd = quarter & 1 == 1;
    let (one, other) = if is_odd { (cos, sin) } else { (sin, cos) };
    // Bit 1 of the quarter is the sign.
    let flip = |value: f32, turn: i32| f32::from_bits(value.to_bits() ^ ((turn as u32 & 2) << 30));
    (flip(one, quarter), flip(other, quarter.wrapping_add(1)))
}

/// e^x − 1 for |x| < 80.
#[inline(always)]
pub(crate) fn exp_m1(x: f32) -> f32 {
    let (k, exponent) = round(x * std::f32::consts::LOG2_E);
    let r = (x - k * LN2_HIGH) - k * LN2_LOW;
    let power = f32::from_bits((exponent.wrapping_add(127) << 23) as u32);
    let p = r + r * r * polynomial(r, EXP);
    power * p + (power - 1.0)
}

/// How far from the middle a pair of normals lies, from the first of its words (Box and Muller 1958).
#[inline(always)]
pub(crate) fn radius(words: &LaneU32) -> LaneF32 {
    let mut radii = [0.0; LANES];
    for lane in 0..LANES {
        radii[lane] = (-2.0 * ln(uniform(words[lane]))).max(0.0).sqrt();
    }
    radii
}

/// The two normals of a pair, cosine then sine, from its distance and the second of its words.
#[inline(always)]
pub(crate) fn pair(radii: &LaneF32, words: &LaneU32) -> [LaneF32; 2] {
    let mut normals = [[0.0; LANES]; 2];
    for lane in 0..LANES {
        let (sine, cosine) = sin_cos_turns(uniform(words[lane]));
        normals[0][lane] = radii[lane] * cosine;
        normals[1][lane] = radii[lane] * sine;
    }
    normals
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
