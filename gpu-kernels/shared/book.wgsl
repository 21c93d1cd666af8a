#import black_scholes
// Profits and losses of a book after a step. CPU twin: `Book` of native/rust/quant/src/scenario/book.rs. What is linear or
// quadratic in an asset's price is added up by asset beforehand, the sensitivities of options among it.

// What a path remembers of one perpetual.
struct Margin {
  // Funding paid so far.
  paid: f32,
  closed: bool,
}

// Of as many perpetuals as a path's own memory holds; of more, `kept_margins` has a column for each, with the funding paid or
// what no number of its bits could be.
var<private> margins: array<Margin, MARGINS_SIZE>;
var<private> own_place: u32;
const CLOSED: u32 = 0xffffffffu;

fn margin_of(perpetual: u32) -> Margin {
  if (!MARGINS_KEPT) {
    return margins[perpetual];
  }
  let kept = kept_margins[perpetual * params.places + own_place];
  if (kept == CLOSED) {
    return Margin(0.0, true);
  }
  return Margin(bitcast<f32>(kept), false);
}

fn keep_margin(perpetual: u32, margin: Margin) {
  if (!MARGINS_KEPT) {
    margins[perpetual] = margin;
    return;
  }
  kept_margins[perpetual * params.places + own_place] =
    select(bitcast<u32>(margin.paid), CLOSED, margin.closed);
}

// Numbers of a perpetual, in the order in which they lie in memory.
const PERPETUAL_STRIDE: u32 = 6u;

// The profit or loss of a perpetual; call it for each step in turn.
fn margin_profit(perpetual: u32) -> f32 {
  let at = PERPETUALS_AT + perpetual * PERPETUAL_STRIDE;
  let gain = gains[words[at]];
  let notional = number(at + 1u);
  let margin = number(at + 2u);
  let is_inverse = words[at + 5u] == 1u;
  // An inverse contract is a fixed amount of money, and its margin an amount of the asset.
  let worth = select(abs(notional) * (1.0 + gain), abs(notional), is_inverse);
  let held = select(margin, margin * (1.0 + gain), is_inverse);
  let before = margin_of(perpetual);
  if (!before.closed) {
    let paid = before.paid + number(at + 4u) * sign(notional) * worth;
    let profit = notional * gain - paid;
    let closed = !(held + profit > number(at + 3u) * worth);
    keep_margin(perpetual, Margin(paid, closed));
    if (!closed) {
      return profit + (held - margin);
    }
  }
  return -margin;
}

// Numbers of an option that stay, and of an option in a row of the table that goes with time.
const OPTION_STRIDE: u32 = 4u;
const TERMS_STRIDE: u32 = 4u;

fn option_profit(option: u32, row: u32) -> f32 {
  let at = OPTIONS_AT + option * OPTION_STRIDE;
  let then = TERMS_AT + (row * OPTIONS + option) * TERMS_STRIDE;
  let asset = words[at];
  let terms = OptionTerms(
    number(at + 1u), number(then), number(then + 1u), number(then + 2u), number(then + 3u),
  );
  let value = option_value(terms, log_returns[asset], 1.0 + gains[asset], ratio_of(asset));
  return number(at + 2u) * (value - number(at + 3u));
}

// Money a unit of gain, a unit of its square and a unit of the volatility's ratio make of each asset.
const ASSET_STRIDE: u32 = 3u;

fn profit_after(step: u32) -> f32 {
  let row = select(0u, step, EVERY_STEP);
  var total = number(TIME_AT + row);
  for (var asset = 0u; asset < ASSETS; asset += 1u) {
    let gain = exp_minus_one(clamp(log_returns[asset], -80.0, 80.0));
    gains[asset] = gain;
    let at = EXPOSURES_AT + asset * ASSET_STRIDE;
    total += (number(at) + number(at + 1u) * gain) * gain;
    if (HAS_VEGA) {
      total += number(at + 2u) * (ratio_of(asset) - 1.0);
    }
  }
  for (var perpetual = 0u; perpetual < PERPETUALS; perpetual += 1u) {
    total += margin_profit(perpetual);
  }
  for (var option = 0u; option < OPTIONS; option += 1u) {
    total += option_profit(option, row);
  }
  return total;
}
