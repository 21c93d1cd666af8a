//! Figures of a run that need every bar: kept online, in floats, because they never decide anything.

use holdfast_core::{Amount, Timestamp};

/// The deepest fall of marked equity from its peak.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MaxDrawdown {
    /// (peak − trough) ÷ peak, from 0 to 1.
    pub frac: f64,
    /// When the peak was marked.
    pub ts_peak: Timestamp,
    /// When the trough was marked.
    pub ts_trough: Timestamp,
    /// When the peak was reached again, if it was.
    pub ts_recovered: Option<Timestamp>,
    worst_peak: f64,
}

/// Online figures over bars.
#[derive(Debug, Clone, Copy, Default)]
pub struct Statistics {
    /// Bars seen.
    pub bars: u64,
    /// Bars at whose close a position was open.
    pub bars_in_market: u64,
    /// Sum over bars of gross exposure ÷ equity.
    pub exposure_sum: f64,
    /// Deepest drawdown so far.
    pub max_drawdown: MaxDrawdown,
    /// Drawdown at the last mark.
    pub drawdown_frac: f64,
    peak: f64,
    ts_peak: Timestamp,
}

impl Statistics {
    /// Takes the marks of one bar.
    pub fn mark(&mut self, now: Timestamp, equity: Amount, gross: Amount) {
        let (equity, gross) = (equity.to_f64(), gross.to_f64());
        self.bars += 1;
        if gross > 0.0 {
            self.bars_in_market += 1;
            if equity > 0.0 {
                self.exposure_sum += gross / equity;
            }
        }
        if self.bars == 1 || equity > self.peak {
            (self.peak, self.ts_peak) = (equity, now);
        }
        self.drawdown_frac = if self.peak > 0.0 { (self.peak - equity) / self.peak } else { 0.0 };
        let deepest = &mut self.max_drawdown;
        if self.drawdown_frac > deepest.frac {
            *deepest = MaxDrawdown {
                frac: self.drawdown_frac,
                ts_peak: self.ts_peak,
                ts_trough: now,
                ts_recovered: None,
                worst_peak: self.peak,
            };
        } else if deepest.frac > 0.0
            && deepest.ts_recovered.is_none()
            && equity >= deepest.worst_peak
        {
            deepest.ts_recovered = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_deepest_fall_and_its_recovery() {
        let mut statistics = Statistics::default();
        for (ts, equity) in [(0, 100), (1, 120), (2, 90), (3, 119), (4, 120), (5, 100)] {
            let usd = Amount::from_raw(equity * 1_000_000_000_000_000_000);
            statistics.mark(Timestamp(ts), usd, Amount::ZERO);
        }
        let deepest = statistics.max_drawdown;
        assert!((deepest.frac - 0.25).abs() < 1e-12);
        assert_eq!((deepest.ts_peak, deepest.ts_trough), (Timestamp(1), Timestamp(2)));
        assert_eq!(deepest.ts_recovered, Some(Timestamp(4)));
        assert_eq!((statistics.bars, statistics.bars_in_market), (6, 0));
    }
}
