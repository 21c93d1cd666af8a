#import exponential
// European options. CPU twin: native/rust/quant/src/scenario/option_value.rs.

const CDF_ABOVE = array<f32, 7>(
  220.20686, 221.2136, 112.07929, 33.912865, 6.373962, 0.70038307, 0.0352625,
);
const CDF_BELOW = array<f32, 8>(
  440.41373, 793.8265, 637.33365, 296.56424, 86.78073, 16.064178, 1.7556672, 0.08838835,
);

// The standard normal distribution function by Hart's rational approximation (1968, as in West 2005). All of its
// coefficients are positive, so that sums lose no digits: the error is below 3e-7, absolutely, and the tail is 0 beyond 13.
fn normal_probability(x: f32) -> f32 {
  let size = min(abs(x), 13.0);
  var above = CDF_ABOVE[6];
  above = above * size + CDF_ABOVE[5];
  above = above * size + CDF_ABOVE[4];
  above = above * size + CDF_ABOVE[3];
  above = above * size + CDF_ABOVE[2];
  above = above * size + CDF_ABOVE[1];
  above = above * size + CDF_ABOVE[0];
  var below = CDF_BELOW[7];
  below = below * size + CDF_BELOW[6];
  below = below * size + CDF_BELOW[5];
  below = below * size + CDF_BELOW[4];
  below = below * size + CDF_BELOW[3];
  below = below * size + CDF_BELOW[2];
  below = below * size + CDF_BELOW[1];
  below = below * size + CDF_BELOW[0];
  let tail = exponential(-0.5 * size * size) * above / below;
  return select(tail, 1.0 - tail, x > 0.0);
}

// What of an option's value does not change from scenario to scenario.
struct OptionTerms {
  // 1 for a call, −1 for a put.
  sign: f32,
  // ln(spot / strike) + carry × years.
  moneyness: f32,
  // spot × e^((carry − rate) years), and strike × e^(−rate years).
  grown: f32,
  discounted: f32,
  // Volatility × √years; 0 where the option has expired.
  deviation: f32,
}

// The value of one unit after a log-return, with a volatility that has become `ratio` times as large.
fn option_value(terms: OptionTerms, log_return: f32, growth: f32, ratio: f32) -> f32 {
  if (terms.deviation <= 0.0) {
    return max(terms.sign * (terms.grown * growth - terms.discounted), 0.0);
  }
  // A floor keeps a variance that has fallen to 0 from dividing by it.
  let spread = max(terms.deviation * ratio, 1e-9);
  let upper = (terms.moneyness + log_return) / spread + 0.5 * spread;
  let lower = upper - spread;
  let held = terms.grown * growth * normal_probability(terms.sign * upper);
  return terms.sign * (held - terms.discounted * normal_probability(terms.sign * lower));
}
