//! Figures of a run that need every market event: kept online, in floats, because they never decide anything.

use holdfast_core::Amount;

/// Online figures over market events.
#[derive(Debug, Clone, Copy, Default)]
pub struct Statistics {
    /// Market events that valued the account: bars, trades and quotes.
    pub marks: u64,
    /// Those of them after which a position was open.
    pub marks_in_market: u64,
    /// Sum over them of gross exposure ÷ equity.
    pub exposure_sum: f64,
    /// Drawdown at the last mark, from 0 to 1.
    pub drawdown_frac: f64,
    peak: f64,
}

impl Statistics {
    /// Takes the marks of one event.
    pub fn mark(&mut self, equity: Amount, gross: Amount) {
        // Only ratios are kept, so the counts of 10⁻¹⁸ serve as they are.
        #[allow(clippy::cast_precision_loss)]
        let (equity, gross) = (equity.raw() as f64, gross.raw() as f64);
        self.marks += 1;
        if gross > 0.0 {
            self.marks_in_market += 1;
            if equity > 0.0 {
                self.exposure_sum += gross / equity;
            }
        }
        self.peak = self.peak.max(equity);
        self.drawdown_frac = if self.peak > 0.0 { (self.peak - equity) / self.peak } else { 0.0 };
    }
}

holdfast_core::persist_fields!(Statistics {
    marks,
    marks_in_market,
    exposure_sum,
    drawdown_frac,
    peak,
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_marks_in_the_market_and_the_fall_from_the_peak() {
        let usd = |units: i128| Amount::from_raw(units * 1_000_000_000_000_000_000);
        let mut statistics = Statistics::default();
        for (equity, gross) in [(100, 0), (120, 60), (90, 45)] {
            statistics.mark(usd(equity), usd(gross));
        }
        assert_eq!((statistics.marks, statistics.marks_in_market), (3, 2));
        assert!((statistics.exposure_sum - 1.0).abs() < 1e-12);
        assert!((statistics.drawdown_frac - 0.25).abs() < 1e-12);
    }

    #[test]
    fn without_equity_there_is_neither_an_exposure_nor_a_drawdown() {
        let mut statistics = Statistics::default();
        statistics.mark(Amount::ZERO, Amount::ONE);
        assert_eq!((statistics.exposure_sum, statistics.drawdown_frac), (0.0, 0.0));
        statistics.mark(Amount::from_raw(-1), Amount::ONE);
        assert_eq!((statistics.exposure_sum, statistics.drawdown_frac), (0.0, 0.0));
    }
}
