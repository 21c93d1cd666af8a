#import normals
#import exponential
// Draws beside the normals that move prices. CPU twin: `Source` of native/rust/quant/src/scenario/source.rs, from the same words.
// Whole words decide wherever a draw is compared with a number that is known beforehand, so that single precision decides as
// double precision does.

const STREAM_VARIANCE: u32 = 1u;
const STREAM_JUMPS: u32 = 2u;
const STREAM_MIXING: u32 = 3u;
const STREAM_ROWS: u32 = 4u;
const STREAM_REGIME: u32 = 5u;
const STREAM_BARRIER: u32 = 6u;

// The tries of a rejection, of which each fails in at most one case of twenty.
const TRIES: u32 = 64u;

// Whether the path that is played is the second of an antithetic pair: it takes the mirror image of every draw.
var<private> is_mirrored: bool;

// Words for numbers in (0, 1). The mirror image of the middle of a cell is the middle of the opposite word's.
fn words_of(counter: vec4<u32>, seed: vec2<u32>) -> vec4<u32> {
  let words = philox(counter, seed);
  if (ANTITHETIC && is_mirrored) {
    return ~words;
  }
  return words;
}

// Words for `normal_of`, which mirrors its own, and for two numbers in (0, 1).
fn normal_words_of(counter: vec4<u32>, seed: vec2<u32>) -> vec4<u32> {
  let words = philox(counter, seed);
  if (ANTITHETIC && is_mirrored) {
    return vec4<u32>(words.xy, ~words.zw);
  }
  return words;
}

// The first normal of a counter's words.
fn normal_of(words: vec4<u32>) -> f32 {
  let radius = sqrt(max(-2.0 * natural_log(uniform_of(words.x)), 0.0));
  let normal = radius * cos_sin_turns(uniform_of(words.y)).x;
  if (ANTITHETIC && is_mirrored) {
    return -normal;
  }
  return normal;
}

// A number of a gamma distribution with scale 1 (Marsaglia and Tsang 2000).
fn gamma_of(shape: f32, scenario: u32, step: u32, seed: vec2<u32>) -> f32 {
  let grown = select(shape, shape + 1.0, shape < 1.0);
  let d = grown - 1.0 / 3.0;
  let c = 1.0 / sqrt(9.0 * d);
  for (var block = 0u; block < TRIES; block += 1u) {
    let words = normal_words_of(vec4<u32>(scenario, step, block, STREAM_MIXING), seed);
    let z = normal_of(words);
    let root = 1.0 + c * z;
    let v = root * root * root;
    if (v > 0.0) {
      let bound = 0.5 * z * z + d - d * v + d * natural_log(v);
      if (natural_log(uniform_of(words.z)) < bound) {
        let shrunk = exponential(natural_log(uniform_of(words.w)) / shape);
        return d * v * select(1.0, shrunk, shape < 1.0);
      }
    }
  }
  return d;
}

// The middle of a word's cell, times a count, rounded down: exact.
fn place_of(word: u32, count: u32) -> u32 {
  let low = word * count;
  let carry = select(0u, 1u, low + count / 2u < low);
  return multiply_high(word, count) + carry;
}
