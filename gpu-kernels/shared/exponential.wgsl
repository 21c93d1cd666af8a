#import elementary
// e^x with its digits where it is small, and powers by it.
// CPU twin: `exp` of native/rust/quant/src/scenario/option_value.rs. Tolerance: 2e-7 (1 + |x|) of the result, since x itself
// has 24 bits.

fn exponential(x: f32) -> f32 {
  let bounded = clamp(x, -87.0, 88.0);
  let k = round(bounded * LOG2_E);
  let r = (bounded - k * LN2_HIGH) - k * LN2_LOW;
  let power = bitcast<f32>(bitcast<u32>(i32(k) + 127) << 23u);
  var e = EXP_POLYNOMIAL[5];
  e = e * r + EXP_POLYNOMIAL[4];
  e = e * r + EXP_POLYNOMIAL[3];
  e = e * r + EXP_POLYNOMIAL[2];
  e = e * r + EXP_POLYNOMIAL[1];
  e = e * r + EXP_POLYNOMIAL[0];
  return power * (1.0 + (r + r * r * e));
}
