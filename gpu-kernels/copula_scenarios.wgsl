#import scenario
#import model
// Scenarios of a book whose assets have any margins, joined by a Gaussian or a Student copula (Demarta and McNeil 2005).
//
// A margin that is not the copula's own is a function of the variable beneath it. It is odd for normal and Student margins,
// and so is the distribution function less a half, which tells the place in an empirical one: each is a table over
// asinh(variable) with the slopes of a cubic between its nodes.
//
// CPU twin: `Copula` of native/rust/quant/src/scenario/copula.rs.
//
// Tolerance: 1e-4 standard deviations of the outcomes a path. In one path of 1,000 two numbers of single precision that are
// compared may lie the other way round, such as a margin and its maintenance; such a path ends elsewhere.

// Kinds of margins.
const OWN: u32 = 0u;
const MAPPED: u32 = 1u;

// Of a margin: kind, mean, scale, place of its table, place and number of its observations.
const MARGIN_STRIDE: u32 = 6u;

// Nodes between 0 and `TABLE_END`, each a value and a slope times the distance of two nodes.
const TABLE_INTERVALS: f32 = f32(TABLE_NODES - 1u);

fn begin_path() {}

// An odd function's value.
fn mapped(table: u32, variable: f32) -> f32 {
  let size = min(abs(variable), 1e18);
  let curve = natural_log(size + sqrt(size * size + 1.0));
  let place = min(curve * (TABLE_INTERVALS / TABLE_END), TABLE_INTERVALS);
  let node = min(u32(place), TABLE_NODES - 2u);
  let t = place - f32(node);
  let at = table + 2u * node;
  let base = number(at);
  let rise = number(at + 2u) - base;
  let first = number(at + 1u);
  let second = number(at + 3u);
  let bend = t * (1.0 - t) * ((1.0 - t) * (first - rise) - t * (second - rise));
  let value = base + t * rise + bend;
  return select(value, -value, variable < 0.0);
}

// Straight between observations, of which number k stands at probability (k + ½) / n.
fn observed(probability: f32, at: u32, count: u32) -> f32 {
  let last = count - 1u;
  let place = clamp(probability * f32(count) - 0.5, 0.0, f32(last));
  let below = u32(place);
  let low = number(at + below);
  return low + (place - f32(below)) * (number(at + min(below + 1u, last)) - low);
}

fn advance(scenario: u32, step: u32) {
  var mixing = 1.0;
  if (FREEDOM > 0.0) {
    mixing = sqrt(0.5 * FREEDOM / gamma_of(0.5 * FREEDOM, scenario, step, params.seed));
  }
  for (var asset = 0u; asset < ASSETS; asset += 1u) {
    let at = MARGINS_AT + asset * MARGIN_STRIDE;
    let kind = words[at];
    var variable = mixing * shock_of(FACTOR_AT, asset);
    if (kind != OWN) {
      variable = mapped(words[at + 3u], variable);
    }
    if (kind == OWN || kind == MAPPED) {
      returns[asset] = number(at + 1u) + number(at + 2u) * variable;
    } else {
      returns[asset] = observed(0.5 + variable, words[at + 4u], words[at + 5u]);
    }
  }
}

fn ratio_of(asset: u32) -> f32 {
  return 1.0;
}
