#import scenario
#import model
// Scenarios of a book under Brownian motion with jumps whose logarithms are normal (Merton 1976).
//
// The number of jumps is found among the words below which a draw means no more than each number, which are made in double
// precision: it is the processor's.
//
// CPU twin: `Jumps` of native/rust/quant/src/scenario/jumps.rs.
//
// Tolerance: 1e-4 standard deviations of the outcomes a path. In one path of 1,000 two numbers of single precision that are
// compared may lie the other way round, such as a margin and its maintenance; such a path ends elsewhere.

// Of an asset: mean and deviation of a jump, place and number of its bounds.
const JUMP_STRIDE: u32 = 4u;
// The block whose draw counts the jumps of all assets.
const SHARED_BLOCK: u32 = 0xffffffffu;

fn begin_path() {}

fn jumps_of(word: u32, bounds: u32, count: u32) -> f32 {
  var jumps = 0u;
  while (jumps < count && word >= words[bounds + jumps]) {
    jumps += 1u;
  }
  return f32(jumps);
}

fn advance(scenario: u32, step: u32) {
  var word = 0u;
  if (TOGETHER) {
    word = words_of(vec4<u32>(scenario, step, SHARED_BLOCK, STREAM_JUMPS), params.seed).x;
  }
  for (var asset = 0u; asset < ASSETS; asset += 1u) {
    let own = normal_words_of(vec4<u32>(scenario, step, asset, STREAM_JUMPS), params.seed);
    let at = JUMPS_AT + asset * JUMP_STRIDE;
    let count = jumps_of(select(own.z, word, TOGETHER), words[at + 2u], words[at + 3u]);
    let size = count * number(at) + sqrt(count) * number(at + 1u) * normal_of(own);
    returns[asset] = number(DRIFTS_AT + asset) + shock_of(FACTOR_AT, asset) + size;
  }
}

fn ratio_of(asset: u32) -> f32 {
  return 1.0;
}
