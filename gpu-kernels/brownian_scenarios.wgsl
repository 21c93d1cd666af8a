#import scenario
#import model
// Scenarios of a book under correlated Brownian motion.
//
// CPU twin: `Brownian` of native/rust/quant/src/scenario/model.rs.
//
// Tolerance: 1e-4 standard deviations of the outcomes a path. In one path of 1,000 two numbers of single precision that are
// compared may lie the other way round, such as a margin and its maintenance; such a path ends elsewhere.

fn begin_path() {}

fn advance(scenario: u32, step: u32) {
  for (var asset = 0u; asset < ASSETS; asset += 1u) {
    returns[asset] = number(DRIFTS_AT + asset) + shock_of(FACTOR_AT, asset);
  }
}

fn ratio_of(asset: u32) -> f32 {
  return 1.0;
}
