#import scenario
#import model
// Scenarios of a book under Brownian motion with common factors: return = drift + Σ loading × factor + deviation × own normal.
//
// CPU twin: `FactorModel` of native/rust/quant/src/scenario/model.rs.
//
// Tolerance: 1e-4 standard deviations of the outcomes a path. In one path of 1,000 two numbers of single precision that are
// compared may lie the other way round, such as a margin and its maintenance; such a path ends elsewhere.

fn begin_path() {}

fn advance(scenario: u32, step: u32) {
  for (var asset = 0u; asset < ASSETS; asset += 1u) {
    var sum = 0.0;
    for (var factor = 0u; factor < COMMON; factor += 1u) {
      let loading = number(LOADINGS_AT + asset * COMMON + factor);
      sum = sum + loading * normals[factor / 4u][factor % 4u];
    }
    let own = COMMON + asset;
    let rest = number(DEVIATIONS_AT + asset) * normals[own / 4u][own % 4u];
    returns[asset] = number(DRIFTS_AT + asset) + sum + rest;
  }
}

fn ratio_of(asset: u32) -> f32 {
  return 1.0;
}
