//! Figures of a run that need every bar: kept online, in floats, because they never decide anything.

use holdfast_core::Amount;

/// Online figures over bars.
#[derive(Debug, Clone, Copy, Default)]
pub struct Statistics {
    /// Bars seen.
    pub bars: u64,
    /// Bars at whose close a position was open.
    pub bars_in_market: u64,
    /// Sum over bars of gross exposure ÷ equity.
    pub exposure_sum: f64,
    /// Drawdown at the last mark, from 0 to 1.
    pub drawdown_frac: f64,
    peak: f64,
}

impl Statistics {
    /// Takes the marks of one bar.
    pub fn mark(&mut self, equity: Amount, gross: Amount) {
        let (equity, gross) = (equity.to_f64(), gross.to_f64());
        self.bars += 1;
        if gross > 0.0 {
            self.bars_in_market += 1;
            if equity > 0.0 {
                self.exposure_sum += gross / equity;
            }
        }
        self.peak = self.peak.max(equity);
        self.drawdown_frac = if self.peak > 0.0 { (self.peak - equity) / self.peak } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_bars_in_the_market_and_the_fall_from_the_peak() {
        let usd = |units: i128| Amount::from_raw(units * 1_000_000_000_000_000_000);
        let mut statistics = Statistics::default();
        for (equity, gross) in [(100, 0), (120, 60), (90, 45)] {
            statistics.mark(usd(equity), usd(gross));
        }
        assert_eq!((statistics.bars, statistics.bars_in_market), (3, 2));
        assert!((statistics.exposure_sum - 1.0).abs() < 1e-12);
        assert!((statistics.drawdown_frac - 0.25).abs() < 1e-12);
    }
}
