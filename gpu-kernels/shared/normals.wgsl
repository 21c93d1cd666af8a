#import philox
#import elementary
// Standard normals (Box and Muller 1958). CPU twin: `Stages` of native/rust/quant/src/lanes.rs.

// What a draw is for; uses of different streams never share a counter.
const STREAM_DIFFUSION: u32 = 0u;

// Four normals of a counter: cosine and sine of words (0, 1), then of (2, 3).
fn normals_of(scenario: u32, step: u32, block: u32, stream: u32, seed: vec2<u32>) -> vec4<f32> {
  let words = philox(vec4<u32>(scenario, step, block, stream), seed);
  let radius_0 = sqrt(max(-2.0 * natural_log(uniform_of(words.x)), 0.0));
  let radius_1 = sqrt(max(-2.0 * natural_log(uniform_of(words.z)), 0.0));
  let turn_0 = cos_sin_turns(uniform_of(words.y));
  let turn_1 = cos_sin_turns(uniform_of(words.w));
  return vec4<f32>(radius_0 * turn_0.x, radius_0 * turn_0.y, radius_1 * turn_1.x, radius_1 * turn_1.y);
}
