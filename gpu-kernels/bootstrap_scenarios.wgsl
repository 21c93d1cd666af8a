#import scenario
#import model
// Scenarios of a book from runs of consecutive rows of a history that is a ring, whose lengths are geometric (Politis and
// Romano 1994). The rows are the processor's.
//
// CPU twin: `Bootstrap` of native/rust/quant/src/scenario/history.rs.
//
// Tolerance: 1e-4 standard deviations of the outcomes a path. In one path of 1,000 two numbers of single precision that are
// compared may lie the other way round, such as a margin and its maintenance; such a path ends elsewhere.

var<private> row: u32;

fn begin_path() {
  // No row yet: the first step starts a run.
  row = ROWS;
}

fn advance(scenario: u32, step: u32) {
  let drawn = words_of(vec4<u32>(scenario, step, 0u, STREAM_ROWS), params.seed);
  if (row == ROWS || drawn.y < CHANGE_BELOW) {
    row = place_of(drawn.x, ROWS);
  } else {
    row = (row + 1u) % ROWS;
  }
  for (var asset = 0u; asset < ASSETS; asset += 1u) {
    returns[asset] = number(HISTORY_AT + row * ASSETS + asset);
  }
}

fn ratio_of(asset: u32) -> f32 {
  return 1.0;
}
