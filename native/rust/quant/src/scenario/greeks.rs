//! Delta, gamma, theta and vega, for those who would rather not value an option anew in each scenario.

use super::book::ScenarioPosition;

/// Sensitivities of an option at the beginning, by central differences of its own formula.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Greeks {
    pub(crate) delta: f64,
    pub(crate) gamma: f64,
    /// Money a year.
    pub(crate) theta: f64,
    /// Money a whole ratio of the volatility.
    pub(crate) vega: f64,
}

impl Greeks {
    pub(crate) fn of(position: &ScenarioPosition, spot: f64, years: f64) -> Self {
        let at = |price: f64, elapsed: f64, ratio: f64| {
            position.fresh((price / spot).ln(), elapsed, ratio)
        };
        let (width, time, bump) = (spot * 1e-3, (years * 1e-3).min(1e-4), 1e-3);
        let here = at(spot, 0.0, 1.0);
        let (up, down) = (at(spot + width, 0.0, 1.0), at(spot - width, 0.0, 1.0));
        Self {
            delta: (up - down) / (2.0 * width),
            gamma: (up - 2.0 * here + down) / (width * width),
            theta: (at(spot, time, 1.0) - at(spot, -time, 1.0)) / (2.0 * time),
            vega: (at(spot, 0.0, 1.0 + bump) - at(spot, 0.0, 1.0 - bump)) / (2.0 * bump),
        }
    }
}
