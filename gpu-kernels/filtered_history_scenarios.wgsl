#import scenario
#import model
// Scenarios of a book from standardised residuals of history, drawn by the row and scaled by variances that go on as the
// model of each asset says (Barone-Adesi, Giannopoulos and Vosper 1999). The rows are the processor's.
//
// CPU twin: `FilteredHistory` of native/rust/quant/src/scenario/history.rs.
//
// Tolerance: 1e-4 standard deviations of the outcomes a path. In one path of 1,000 two numbers of single precision that are
// compared may lie the other way round, such as a margin and its maintenance; such a path ends elsewhere.

// Of an asset: mean, variance of the first step, constant, weight of news, weight of the last variance.
const RECURSION_STRIDE: u32 = 5u;

var<private> variances: array<f32, ASSETS>;

fn begin_path() {
  for (var asset = 0u; asset < ASSETS; asset += 1u) {
    variances[asset] = number(RECURSIONS_AT + asset * RECURSION_STRIDE + 1u);
  }
}

fn advance(scenario: u32, step: u32) {
  let word = words_of(vec4<u32>(scenario, step, 0u, STREAM_ROWS), params.seed).x;
  let row = HISTORY_AT + place_of(word, ROWS) * ASSETS;
  for (var asset = 0u; asset < ASSETS; asset += 1u) {
    let at = RECURSIONS_AT + asset * RECURSION_STRIDE;
    let shock = sqrt(variances[asset]) * number(row + asset);
    returns[asset] = number(at) + shock;
    variances[asset] =
      number(at + 2u) + number(at + 3u) * shock * shock + number(at + 4u) * variances[asset];
  }
}

fn ratio_of(asset: u32) -> f32 {
  let start = number(RECURSIONS_AT + asset * RECURSION_STRIDE + 1u);
  if (start <= 0.0) {
    return 1.0;
  }
  return sqrt(variances[asset] / start);
}
