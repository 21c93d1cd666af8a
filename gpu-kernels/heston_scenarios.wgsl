#import scenario
#import model
// Scenarios of a book under stochastic variance (Heston 1993), stepped by the quadratic-exponential scheme with martingale
// correction (Andersen 2008) or by full truncation (Lord, Koekkoek and van Dijk 2010).
//
// CPU twin: `Heston` of native/rust/quant/src/scenario/heston.rs.
//
// Tolerance: 1e-4 standard deviations of the outcomes a path. In one path of 1,000 two numbers of single precision that are
// compared may lie the other way round, such as a margin and its maintenance; such a path ends elsewhere.

// Andersen's threshold between the two forms of the variance's distribution.
const SWITCH: f32 = 1.5;

// Numbers of an asset, worked out in double precision.
const PROCESS_STRIDE: u32 = 14u;

var<private> variances: array<f32, ASSETS>;

fn begin_path() {
  for (var asset = 0u; asset < ASSETS; asset += 1u) {
    variances[asset] = number(PROCESSES_AT + asset * PROCESS_STRIDE);
  }
}

// The variance after a step, and the logarithm of E e^(tilt × variance); `z` is false where that does not exist.
struct Stepped {
  after: f32,
  growth: f32,
  has_growth: bool,
}

fn quadratic(mean: f32, spread: f32, tilt: f32, draws: vec4<u32>) -> Stepped {
  let ratio = 2.0 / spread;
  let square = ratio - 1.0 + sqrt(ratio) * sqrt(ratio - 1.0);
  let scale = mean / (1.0 + square);
  let free = 1.0 - 2.0 * tilt * scale;
  let root = sqrt(square) + normal_of(draws);
  var growth = 0.0;
  if (free > 0.0) {
    growth = tilt * square * scale / free - 0.5 * natural_log(free);
  }
  return Stepped(scale * root * root, growth, free > 0.0);
}

fn exponential_tail(mean: f32, spread: f32, tilt: f32, draws: vec4<u32>) -> Stepped {
  let zero = (spread - 1.0) / (spread + 1.0);
  let rate = (1.0 - zero) / mean;
  // 1 − u is the number of the opposite word, with all of its digits.
  let rest = uniform_of(~draws.z);
  var after = 0.0;
  if (rest < 1.0 - zero) {
    after = natural_log((1.0 - zero) / rest) / rate;
  }
  var growth = 0.0;
  if (tilt < rate) {
    growth = natural_log(zero + rate * (1.0 - zero) / (rate - tilt));
  }
  return Stepped(after, growth, tilt < rate);
}

fn quadratic_exponential(at: u32, before: f32, shock: f32, draws: vec4<u32>) -> vec2<f32> {
  let level = number(at + 2u);
  let mean = level + (before - level) * number(at + 3u);
  let variance = before * number(at + 4u) + number(at + 5u);
  let spread = variance / (mean * mean);
  let first = number(at + 6u);
  let second = number(at + 7u);
  let rest = number(at + 8u);
  let tilt = number(at + 9u);
  var stepped: Stepped;
  if (spread <= SWITCH) {
    stepped = quadratic(mean, spread, tilt, draws);
  } else {
    stepped = exponential_tail(mean, spread, tilt, draws);
  }
  let plain = number(at + 10u) + first * before;
  let constant = select(plain, -stepped.growth - 0.5 * rest * before, stepped.has_growth);
  let noise = sqrt(max(rest * (before + stepped.after), 0.0)) * shock;
  return vec2<f32>(constant + second * stepped.after + noise, stepped.after);
}

fn full_truncation(at: u32, before: f32, shock: f32, draws: vec4<u32>) -> vec2<f32> {
  let z = normal_of(draws);
  let positive = max(before, 0.0);
  let root = sqrt(positive * STEP_YEARS);
  let mixed = number(at + 12u) * z + number(at + 13u) * shock;
  let after = before + number(at + 3u) * (number(at + 2u) - positive) + number(at + 11u) * root * z;
  return vec2<f32>(root * mixed - 0.5 * positive * STEP_YEARS, after);
}

fn advance(scenario: u32, step: u32) {
  for (var asset = 0u; asset < ASSETS; asset += 1u) {
    let at = PROCESSES_AT + asset * PROCESS_STRIDE;
    let shock = shock_of(FACTOR_AT, asset);
    let draws = normal_words_of(vec4<u32>(scenario, step, asset, STREAM_VARIANCE), params.seed);
    var moved: vec2<f32>;
    if (FULL_TRUNCATION) {
      moved = full_truncation(at, variances[asset], shock, draws);
    } else {
      moved = quadratic_exponential(at, variances[asset], shock, draws);
    }
    returns[asset] = number(at + 1u) + moved.x;
    variances[asset] = moved.y;
  }
}

fn ratio_of(asset: u32) -> f32 {
  let start = number(PROCESSES_AT + asset * PROCESS_STRIDE);
  if (start <= 0.0) {
    return 1.0;
  }
  return sqrt(max(variances[asset], 0.0) / start);
}
