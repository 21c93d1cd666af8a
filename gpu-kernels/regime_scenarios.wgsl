#import scenario
#import model
// Scenarios of a book under Brownian motions that take turns as a Markov chain says. The regimes are the processor's.
//
// CPU twin: `Regimes` of native/rust/quant/src/scenario/model.rs.
//
// Tolerance: 1e-4 standard deviations of the outcomes a path. In one path of 1,000 two numbers of single precision that are
// compared may lie the other way round, such as a margin and its maintenance; such a path ends elsewhere.

var<private> regime: u32;

fn begin_path() {
  // No regime yet: the first step draws from the start, whose bounds lie behind those of the transitions.
  regime = REGIMES;
}

fn advance(scenario: u32, step: u32) {
  let word = words_of(vec4<u32>(scenario, step, 0u, STREAM_REGIME), params.seed).x;
  let bounds = BOUNDS_AT + regime * REGIMES;
  regime = 0u;
  while (regime + 1u < REGIMES && word >= words[bounds + regime]) {
    regime += 1u;
  }
  let factor = FACTOR_AT + regime * (ASSETS * (ASSETS + 1u) / 2u);
  for (var asset = 0u; asset < ASSETS; asset += 1u) {
    returns[asset] = number(DRIFTS_AT + regime * ASSETS + asset) + shock_of(factor, asset);
  }
}

fn ratio_of(asset: u32) -> f32 {
  return 1.0;
}
