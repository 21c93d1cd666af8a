// Elementary functions as polynomials: those of WGSL differ between devices, by up to 2^-11 for the sine.
// CPU twin: native/rust/quant/src/lanes.rs, equal in every bit where nothing is fused. Where a device fuses
// multiplications with additions, a result differs in its last places.

const LN_POLYNOMIAL = array<f32, 9>(
  0.3333333, -0.24999997, 0.20000716, -0.16667802, 0.14249058, -0.12425687, 0.1168542, -0.11479734, 0.06971611,
);
const SIN_POLYNOMIAL = array<f32, 5>(6.2831855, -41.3417, 81.6052, -76.69787, 41.47283);
const COS_POLYNOMIAL = array<f32, 5>(1.0, -19.739209, 64.939316, -85.44285, 59.22017);
const EXP_POLYNOMIAL = array<f32, 6>(0.5, 0.16666667, 0.041666465, 0.008333311, 0.001393364, 0.0001989098);
// ln 2 in two parts, of which the first has so few bits that its products with exponents are exact.
const LN2_HIGH: f32 = 0.6933594;
const LN2_LOW: f32 = -0.00021219444;
const LOG2_E: f32 = 1.442695;
// The bits of the square root of a half: an exponent is taken so that the rest lies in [sqrt 1/2, sqrt 2).
const SQRT_HALF_BITS: u32 = 0x3f3504f3u;
const UNIFORM_HIGH: f32 = 1.52587890625e-5;
const UNIFORM_LOW: f32 = 2.3283064365386963e-10;

// Turns a random word into a number in (0, 1]: both products are exact, so the one rounding is that of the sum.
fn uniform_of(word: u32) -> f32 {
  return f32(word >> 16u) * UNIFORM_HIGH + (f32(word & 0xffffu) + 0.5) * UNIFORM_LOW;
}

// The natural logarithm of a positive normal number.
fn natural_log(x: f32) -> f32 {
  let shifted = bitcast<u32>(x) - SQRT_HALF_BITS;
  let exponent = f32(bitcast<i32>(shifted) >> 23u);
  let f = bitcast<f32>((shifted & 0x007fffffu) + SQRT_HALF_BITS) - 1.0;
  let square = f * f;
  var p = LN_POLYNOMIAL[8];
  p = p * f + LN_POLYNOMIAL[7];
  p = p * f + LN_POLYNOMIAL[6];
  p = p * f + LN_POLYNOMIAL[5];
  p = p * f + LN_POLYNOMIAL[4];
  p = p * f + LN_POLYNOMIAL[3];
  p = p * f + LN_POLYNOMIAL[2];
  p = p * f + LN_POLYNOMIAL[1];
  p = p * f + LN_POLYNOMIAL[0];
  let tail = square * f * p - 0.5 * square;
  return exponent * LN2_HIGH + (f + (tail + exponent * LN2_LOW));
}

// (cos 2 pi u, sin 2 pi u) for u in [0, 1].
fn cos_sin_turns(u: f32) -> vec2<f32> {
  let whole = round(u * 4.0);
  let quarter = i32(whole);
  let t = u - whole * 0.25;
  let square = t * t;
  var s = SIN_POLYNOMIAL[4];
  s = s * square + SIN_POLYNOMIAL[3];
  s = s * square + SIN_POLYNOMIAL[2];
  s = s * square + SIN_POLYNOMIAL[1];
  s = s * square + SIN_POLYNOMIAL[0];
  var c = COS_POLYNOMIAL[4];
  c = c * square + COS_POLYNOMIAL[3];
  c = c * square + COS_POLYNOMIAL[2];
  c = c * square + COS_POLYNOMIAL[1];
  c = c * square + COS_POLYNOMIAL[0];
  let sine = t * s;
  let is_odd = (quarter & 1) == 1;
  let one = select(sine, c, is_odd);
  let other = select(c, sine, is_odd);
  // Bit 1 of the quarter is the sign.
  let sine_sign = (bitcast<u32>(quarter) & 2u) << 30u;
  let cosine_sign = (bitcast<u32>(quarter + 1) & 2u) << 30u;
  return vec2<f32>(
    bitcast<f32>(bitcast<u32>(other) ^ cosine_sign),
    bitcast<f32>(bitcast<u32>(one) ^ sine_sign),
  );
}

// e^x - 1 for |x| < 80.
fn exp_minus_one(x: f32) -> f32 {
  let k = round(x * LOG2_E);
  let r = (x - k * LN2_HIGH) - k * LN2_LOW;
  let power = bitcast<f32>(bitcast<u32>(i32(k) + 127) << 23u);
  var e = EXP_POLYNOMIAL[5];
  e = e * r + EXP_POLYNOMIAL[4];
  e = e * r + EXP_POLYNOMIAL[3];
  e = e * r + EXP_POLYNOMIAL[2];
  e = e * r + EXP_POLYNOMIAL[1];
  e = e * r + EXP_POLYNOMIAL[0];
  let p = r + r * r * e;
  return power * p + (power - 1.0);
}
