//! The instruments whose profit and loss a path makes: linear positions, perpetuals with margin, options.

use super::greeks::Greeks;
use super::model::{check_positive, invalid};
use super::option_value::{LaneF64, Moves, Quote, Terms, add_values};
use crate::lanes::LANES;
use holdfast_core::Result;

/// Most instruments of a book.
pub const INSTRUMENTS_MAX: usize = 10_000;

/// One position; money is of the book's currency, prices are those at the beginning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ScenarioPosition {
    /// A holding whose value moves with its asset.
    Linear {
        /// The asset's column.
        asset: usize,
        /// Signed value at the beginning.
        exposure: f64,
    },
    /// A perpetual future with isolated margin: liquidated at the end of the first step at which the margin left is not
    /// above the maintenance margin; all of the margin is then lost.
    Perpetual {
        /// The asset's column.
        asset: usize,
        /// Signed value of the contracts at the beginning.
        notional: f64,
        /// Margin behind it, in the book's currency at the beginning.
        margin: f64,
        /// Maintenance margin, a fraction of the contracts' value.
        maintenance: f64,
        /// What longs pay to shorts in each step, a fraction of the contracts' value.
        funding: f64,
        /// Whether contracts are of money and margin is of the asset (inverse), or contracts are of the asset.
        inverse: bool,
    },
    /// European options.
    Option {
        /// The underlying asset's column.
        asset: usize,
        /// 1 for calls, −1 for puts.
        sign: f64,
        /// Price of the underlying at the beginning.
        spot: f64,
        /// Strike.
        strike: f64,
        /// Years to expiry at the beginning.
        years: f64,
        /// Implied volatility at the beginning, a year; it moves with the model's volatility where the model has one.
        volatility: f64,
        /// Interest rate, a year.
        rate: f64,
        /// Cost of carry, a year: the rate for a share without dividend, 0 for a future.
        carry: f64,
        /// Signed number of underlying units.
        quantity: f64,
        /// Whether to value by delta, gamma, theta and vega of the beginning instead of anew.
        greeks: bool,
    },
}

impl ScenarioPosition {
    /// The asset's column.
    #[must_use]
    pub const fn asset(&self) -> usize {
        match self {
            Self::Linear { asset, .. }
            | Self::Perpetual { asset, .. }
            | Self::Option { asset, .. } => *asset,
        }
    }

    pub(crate) fn validate(&self, place: usize, assets: usize) -> Result<()> {
        if self.asset() >= assets {
            return Err(invalid(format!(
                "position {place} must name one of {assets} assets, names {}",
                self.asset()
            )));
        }
        let finite = |values: &[f64]| match values.iter().find(|value| !value.is_finite()) {
            Some(wrong) => {
                Err(invalid(format!("position {place} must have finite numbers, has {wrong}")))
            }
            None => Ok(()),
        };
        match *self {
            Self::Linear { exposure, .. } => finite(&[exposure]),
            Self::Perpetual { notional, margin, maintenance, funding, .. } => {
                finite(&[notional, margin, maintenance, funding])?;
                check_positive("margin", &[margin], false)?;
                if !(0.0..1.0).contains(&maintenance) || margin <= maintenance * notional.abs() {
                    return Err(invalid(format!(
                        "position {place} must have a margin above its maintenance margin of {}, has {margin}",
                        maintenance * notional.abs()
                    )));
                }
                Ok(())
            }
            Self::Option {
                sign, spot, strike, years, volatility, rate, carry, quantity, ..
            } => {
                finite(&[spot, strike, years, volatility, rate, carry, quantity])?;
                if sign.abs() != 1.0 {
                    return Err(invalid(format!("position {place} must be a call or a put")));
                }
                check_positive(
                    "option spot, strike, volatility and years",
                    &[spot, strike, volatility, years],
                    false,
                )
            }
        }
    }

    /// Money a unit of log-return makes at the beginning.
    pub(crate) fn delta(&self) -> f64 {
        match self {
            Self::Linear { exposure, .. } => *exposure,
            // Margin of an inverse contract is of the asset and moves too.
            Self::Perpetual { notional, margin, inverse, .. } => {
                notional + if *inverse { *margin } else { 0.0 }
            }
            // A central difference is exact enough for a control variate.
            Self::Option { quantity, .. } => {
                quantity * (self.fresh(1e-4, 0.0, 1.0) - self.fresh(-1e-4, 0.0, 1.0)) / 2e-4
            }
        }
    }

    /// An option's value of one unit after a log-return, a time and a ratio of volatilities.
    pub(crate) fn fresh(&self, log_return: f64, elapsed: f64, ratio: f64) -> f64 {
        let Self::Option { years, .. } = self else { return 0.0 };
        let moves = Moves {
            log_returns: &[log_return; LANES],
            growth: &[log_return.exp(); LANES],
            ratios: &[ratio; LANES],
            inverse_ratios: &[1.0 / ratio; LANES],
        };
        let mut total = [0.0; LANES];
        add_values(&self.terms().after(years - elapsed), moves, (1.0, 0.0), &mut total);
        total[0]
    }

    fn terms(&self) -> Terms {
        match *self {
            Self::Option { sign, spot, strike, volatility, rate, carry, .. } => {
                Terms { sign, spot, strike, volatility, rate, carry }
            }
            Self::Linear { .. } | Self::Perpetual { .. } => {
                Terms { sign: 1.0, spot: 1.0, strike: 1.0, volatility: 1.0, rate: 0.0, carry: 0.0 }
            }
        }
    }
}

/// A position with what is worked out once for all scenarios.
#[derive(Debug, Clone)]
struct Prepared {
    position: ScenarioPosition,
    terms: Terms,
    start_value: f64,
    greeks: Option<Greeks>,
}

/// All positions, ready to be valued.
#[derive(Debug, Clone)]
pub(crate) struct Book {
    positions: Vec<Prepared>,
    step_years: f64,
    /// Number of perpetuals, in their order.
    pub(crate) perpetuals: usize,
}

/// What a group of paths looks like after a step.
#[derive(Debug)]
pub(crate) struct Prices<'a> {
    pub(crate) log_returns: &'a [LaneF64],
    pub(crate) growth: &'a [LaneF64],
    pub(crate) ratios: &'a [LaneF64],
    /// One over the ratios.
    pub(crate) inverse_ratios: &'a [LaneF64],
}

/// What a group of paths remembers of one perpetual.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MarginLanes {
    /// Funding paid so far.
    pub(crate) paid: LaneF64,
    /// 1 where it was liquidated.
    pub(crate) closed: LaneF64,
}

impl MarginLanes {
    pub(crate) const NEW: Self = Self { paid: [0.0; LANES], closed: [0.0; LANES] };
}

impl Book {
    pub(crate) fn new(positions: &[ScenarioPosition], step_years: f64) -> Self {
        let prepare = |position: &ScenarioPosition| {
            let greeks = match position {
                ScenarioPosition::Option { greeks: true, spot, years, .. } => {
                    Some(Greeks::of(position, *spot, *years))
                }
                _ => None,
            };
            Prepared {
                position: *position,
                terms: position.terms(),
                start_value: position.fresh(0.0, 0.0, 1.0),
                greeks,
            }
        };
        let perpetuals = positions
            .iter()
            .filter(|position| matches!(position, ScenarioPosition::Perpetual { .. }));
        Self {
            perpetuals: perpetuals.count(),
            positions: positions.iter().map(prepare).collect(),
            step_years,
        }
    }

    /// What the options' values take after `steps` steps, one a position.
    pub(crate) fn quotes(&self, steps: u32) -> Vec<Quote> {
        let elapsed = f64::from(steps) * self.step_years;
        let quote = |prepared: &Prepared| match prepared.position {
            ScenarioPosition::Option { years, .. } => prepared.terms.after(years - elapsed),
            ScenarioPosition::Linear { .. } | ScenarioPosition::Perpetual { .. } => {
                prepared.terms.after(0.0)
            }
        };
        self.positions.iter().map(quote).collect()
    }

    /// Profits and losses since the beginning, after `steps` steps, with the quotes of that step. `margins` is brought up to
    /// this step: it must be called for each step in turn where the book has perpetuals.
    #[inline(always)]
    pub(crate) fn profit(
        &self,
        (steps, quotes): (u32, &[Quote]),
        prices: &Prices<'_>,
        margins: &mut [MarginLanes],
        total: &mut LaneF64,
    ) {
        *total = [0.0; LANES];
        let elapsed = f64::from(steps) * self.step_years;
        let mut perpetual = 0;
        for (prepared, quote) in self.positions.iter().zip(quotes) {
            let asset = prepared.position.asset();
            let (growth, ratios) = (&prices.growth[asset], &prices.ratios[asset]);
            match prepared.position {
                ScenarioPosition::Linear { exposure, .. } => {
                    for lane in 0..LANES {
                        total[lane] += exposure * (growth[lane] - 1.0);
                    }
                }
                ScenarioPosition::Perpetual { .. } => {
                    margin_profit(&prepared.position, growth, &mut margins[perpetual], total);
                    perpetual += 1;
                }
                ScenarioPosition::Option { years, quantity, spot, .. } => match prepared.greeks {
                    None => {
                        let moves = Moves {
                            log_returns: &prices.log_returns[asset],
                            growth,
                            ratios,
                            inverse_ratios: &prices.inverse_ratios[asset],
                        };
                        add_values(quote, moves, (quantity, prepared.start_value), total);
                    }
                    Some(greeks) => {
                        let time = greeks.theta * elapsed.min(years);
                        for lane in 0..LANES {
                            let moved = spot * (growth[lane] - 1.0);
                            total[lane] += quantity
                                * (greeks.delta * moved
                                    + 0.5 * greeks.gamma * moved * moved
                                    + greeks.vega * (ratios[lane] - 1.0)
                                    + time);
                        }
                    }
                },
            }
        }
    }
}

#[inline(always)]
fn margin_profit(
    position: &ScenarioPosition,
    growth: &LaneF64,
    state: &mut MarginLanes,
    total: &mut LaneF64,
) {
    let ScenarioPosition::Perpetual { notional, margin, maintenance, funding, inverse, .. } =
        *position
    else {
        return;
    };
    for lane in 0..LANES {
        let open = 1.0 - state.closed[lane];
        // An inverse contract is a fixed amount of money, and its margin an amount of the asset.
        let (worth, held) = if inverse {
            (notional.abs(), margin * growth[lane])
        } else {
            (notional.abs() * growth[lane], margin)
        };
        state.paid[lane] += open * funding * notional.signum() * worth;
        let profit = notional * (growth[lane] - 1.0) - state.paid[lane];
        let left = held + profit;
        let is_lost = f64::from(u8::from(left <= maintenance * worth));
        state.closed[lane] = state.closed[lane].max(is_lost);
        let gain = if state.closed[lane] > 0.0 { -margin } else { profit + held - margin };
        total[lane] += gain;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profit(book: &Book, steps: u32, log_return: f64, margins: &mut [MarginLanes]) -> f64 {
        let mut total = [0.0; LANES];
        let prices = Prices {
            log_returns: &[[log_return; LANES]],
            growth: &[[log_return.exp(); LANES]],
            ratios: &[[1.0; LANES]],
            inverse_ratios: &[[1.0; LANES]],
        };
        book.profit((steps, &book.quotes(steps)), &prices, margins, &mut total);
        total[7]
    }

    fn perpetual(notional: f64, inverse: bool) -> ScenarioPosition {
        ScenarioPosition::Perpetual {
            asset: 0,
            notional,
            margin: 1_000.0,
            maintenance: 0.01,
            funding: 0.0001,
            inverse,
        }
    }

    #[test]
    fn a_perpetual_pays_funding_and_is_liquidated_at_its_maintenance_margin_for_good() {
        let book = Book::new(&[perpetual(10_000.0, false)], 1.0 / 365.0);
        let mut margins = [MarginLanes::NEW];
        let first = profit(&book, 1, 0.0, &mut margins);
        assert!((first + 1.0).abs() < 1e-9, "{first}");
        let fallen = 0.92_f64.ln();
        let second = profit(&book, 2, fallen, &mut margins);
        assert!((second - (-800.0 - 1.0 - 0.92)).abs() < 1e-9, "{second}");
        // Margin left 1,000 − 910 − … is below 0.01 × 9,090.
        assert_eq!(profit(&book, 3, 0.909_f64.ln(), &mut margins), -1_000.0);
        assert_eq!(profit(&book, 4, 0.5, &mut margins), -1_000.0);
    }

    #[test]
    fn an_inverse_long_loses_on_its_margin_too_and_is_liquidated_earlier_than_a_linear_one() {
        let lost = |inverse: bool| {
            let book = Book::new(&[perpetual(10_000.0, inverse)], 0.0);
            (1..200)
                .find(|step| {
                    let price = 1.0 - 0.001 * f64::from(*step);
                    profit(&book, 1, price.ln(), &mut [MarginLanes::NEW]) == -1_000.0
                })
                .unwrap_or(u32::MAX)
        };
        assert!(lost(true) < lost(false), "{} {}", lost(true), lost(false));
    }

    #[test]
    fn greeks_value_small_moves_as_the_formula_does() {
        let option = |greeks: bool| ScenarioPosition::Option {
            asset: 0,
            sign: 1.0,
            spot: 100.0,
            strike: 105.0,
            years: 0.5,
            volatility: 0.25,
            rate: 0.03,
            carry: 0.03,
            quantity: 100.0,
            greeks,
        };
        let [full, fast] = [false, true].map(|greeks| Book::new(&[option(greeks)], 1.0 / 252.0));
        for log_return in [-0.02, -0.005, 0.0, 0.01, 0.02] {
            let [one, other] = [&full, &fast].map(|book| profit(book, 1, log_return, &mut []));
            assert!((one - other).abs() < 0.4 + 0.01 * one.abs(), "{log_return}: {one} {other}");
        }
    }
}
