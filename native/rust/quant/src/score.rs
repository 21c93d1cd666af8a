//! A risk score from 0 (none) to 100 (every measure at its limit), by published weights.

/// Shares of equity, and leverage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreInputs {
    /// VaR at the upper level ÷ equity.
    pub var_frac: f64,
    /// CVaR at the upper level ÷ equity.
    pub cvar_frac: f64,
    /// Fall from the peak ÷ peak.
    pub drawdown_frac: f64,
    /// Gross exposure ÷ equity.
    pub leverage: f64,
    /// Largest exposure ÷ equity.
    pub concentration_frac: f64,
    /// Loss of all open positions at their stops ÷ equity.
    pub heat_frac: f64,
}

/// Values at which a measure takes its whole weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreLimits {
    /// Of `var_frac`.
    pub var_frac: f64,
    /// Of `cvar_frac`.
    pub cvar_frac: f64,
    /// Of `drawdown_frac`.
    pub drawdown_frac: f64,
    /// Of `leverage`.
    pub leverage: f64,
    /// Of `concentration_frac`.
    pub concentration_frac: f64,
    /// Of `heat_frac`.
    pub heat_frac: f64,
}

impl Default for ScoreLimits {
    fn default() -> Self {
        Self {
            var_frac: 0.05,
            cvar_frac: 0.08,
            drawdown_frac: 0.15,
            leverage: 3.0,
            concentration_frac: 0.25,
            heat_frac: 0.06,
        }
    }
}

/// Adds up weight × measure ÷ limit, each at most its weight: VaR 30, CVaR 20, drawdown 20, leverage, concentration and heat
/// 10 each. A measure that is no number takes its whole weight.
#[must_use]
pub fn score(inputs: &ScoreInputs, limits: &ScoreLimits) -> f64 {
    let part = |weight: f64, observed: f64, limit: f64| {
        let share = (observed / limit).max(0.0);
        // A NaN fails the comparison, and counts as the worst.
        if share < 1.0 && !observed.is_nan() { weight * share } else { weight }
    };
    part(30.0, inputs.var_frac, limits.var_frac)
        + part(20.0, inputs.cvar_frac, limits.cvar_frac)
        + part(20.0, inputs.drawdown_frac, limits.drawdown_frac)
        + part(10.0, inputs.leverage, limits.leverage)
        + part(10.0, inputs.concentration_frac, limits.concentration_frac)
        + part(10.0, inputs.heat_frac, limits.heat_frac)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: ScoreInputs = ScoreInputs {
        var_frac: 0.0,
        cvar_frac: 0.0,
        drawdown_frac: 0.0,
        leverage: 0.0,
        concentration_frac: 0.0,
        heat_frac: 0.0,
    };

    #[test]
    fn prisk_01_goes_from_0_to_100_by_the_published_weights() {
        let limits = ScoreLimits::default();
        assert_eq!(score(&NONE, &limits), 0.0);
        assert_eq!(score(&ScoreInputs { var_frac: 0.025, ..NONE }, &limits), 15.0);
        assert_eq!(score(&ScoreInputs { drawdown_frac: 9.0, ..NONE }, &limits), 20.0);
        let worst = ScoreInputs {
            var_frac: 1.0,
            cvar_frac: 1.0,
            drawdown_frac: 1.0,
            leverage: 10.0,
            concentration_frac: 1.0,
            heat_frac: f64::NAN,
        };
        assert_eq!(score(&worst, &limits), 100.0);
    }
}
