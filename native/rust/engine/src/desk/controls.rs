//! What people and programs around a desk tell its gate: modes, capital, measured risk.

use super::Desk;
use crate::input::Input;
use holdfast_core::{Result, Timestamp, TradingMode};
use holdfast_risk::RiskMeasured;
use holdfast_risk::capital::CapitalPlan;

impl Desk {
    /// Tells the gate of the portfolio's correlations or risk.
    ///
    /// # Errors
    /// `RISK_MEASURE_INVALID`, and as `on_bar`.
    pub fn on_risk(&mut self, measured: &RiskMeasured, ts: Timestamp) -> Result<()> {
        self.step(&Input::RiskMeasured { measured, ts }).map(|_| ())
    }

    /// Puts a trading mode in force that is as strict as the present one or stricter.
    ///
    /// # Errors
    /// `MODE_RESET_REQUIRED` for a looser one, `ARGUMENT_INVALID` for a reason that is too long, and as `submit`.
    pub fn set_mode(&mut self, mode: TradingMode, reason: &str, ts: Timestamp) -> Result<()> {
        self.engine.check_tightens(mode)?;
        self.reset_mode(mode, reason, ts)
    }

    /// Puts any trading mode in force: the end of a reset procedure.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID` for a reason that is too long, and as `submit`.
    pub fn reset_mode(&mut self, mode: TradingMode, reason: &str, ts: Timestamp) -> Result<()> {
        self.step(&Input::ModeChanged { mode, reason, ts }).map(|_| ())
    }

    /// Divides the capital among the strategies: what each is allocated is a limit of the gate.
    ///
    /// # Errors
    /// `LIMITS_INVALID`, `LIMITS_CONTRADICTORY`, `LIMITS_LOOSENING_DENIED` when neither the second key nor a delay permits a
    /// raise, `ACCOUNT_UNAVAILABLE` without equity, and as `on_bar`; nothing changes then.
    pub fn plan_capital(&mut self, plan: &CapitalPlan, ts: Timestamp) -> Result<()> {
        self.step(&Input::PlanCapital { plan, ts }).map(|_| ())
    }
}
