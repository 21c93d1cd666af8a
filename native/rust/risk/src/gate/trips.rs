//! Which controls have tripped: they deny every opening order until somebody or something resets them.

use super::Gate;
use crate::control::Control;
use holdfast_core::TradingMode;

impl Gate {
    /// Returns the controls that have tripped as bits: losses and drawdown beyond their limit, strategies that their
    /// executions disabled, open breakers, and a trading mode that is not the normal one.
    #[must_use]
    pub fn tripped(&self) -> u64 {
        let guard = &self.guard;
        [
            (Control::DailyLoss, guard.daily_loss_tripped()),
            (Control::WeeklyLoss, guard.weekly_loss_tripped()),
            (Control::TotalLoss, guard.total_loss_tripped()),
            (Control::Drawdown, guard.drawdown_tripped()),
            (Control::Executions, self.executions.iter().any(|(_, disabled)| *disabled)),
            (Control::Breaker, self.breakers != 0),
            (Control::TradingMode, self.mode != TradingMode::Normal),
        ]
        .into_iter()
        .fold(0, |bits, (control, tripped)| bits | u64::from(tripped) << control as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::LimitsSpec;
    use crate::signal::GateSignal;
    use holdfast_core::{Amount, Timestamp};

    fn gate() -> Gate {
        let spec: LimitsSpec = serde_json::from_value(serde_json::json!({
            "order_qty_max": "unlimited", "order_notional_quote_max": "unlimited",
            "position_frac_max": "unlimited", "gross_exposure_frac_max": "unlimited",
            "price_band_frac_max": "unlimited", "orders_per_minute_max": "unlimited",
            "daily_trades_max": "unlimited", "daily_loss_frac_max": "0.1",
            "drawdown_frac_max": "0.2", "price_age_ms_max": "unlimited",
            "stop_loss_required": false, "position_qty_max": "unlimited",
            "position_notional_quote_max": "unlimited",
        }))
        .unwrap();
        Gate::new(&spec, Amount::parse("1000").unwrap()).unwrap()
    }

    #[test]
    fn tells_losses_breakers_and_modes_apart() {
        let mut gate = gate();
        let bit = |control: Control| 1_u64 << control as u8;
        assert_eq!(gate.tripped(), 0);
        gate.mark_equity(Timestamp(1), Amount::parse("850").unwrap()).unwrap();
        assert_eq!(gate.tripped(), bit(Control::DailyLoss));
        gate.mark_equity(Timestamp(2), Amount::parse("700").unwrap()).unwrap();
        assert_eq!(gate.tripped(), bit(Control::DailyLoss) | bit(Control::Drawdown));
        let breaker = |open| GateSignal::Breaker { component: 2, open };
        gate.take_signal(&breaker(true), Timestamp(3));
        gate.set_mode(TradingMode::Paused);
        let outside = bit(Control::Breaker) | bit(Control::TradingMode);
        assert_eq!(gate.tripped() & outside, outside);
        gate.take_signal(&breaker(false), Timestamp(4));
        gate.set_mode(TradingMode::Normal);
        assert_eq!(gate.tripped() & outside, 0);
    }
}
