//! Whether a strategy stays within the capital that it is allocated.

use super::Judgement;
use crate::control::Control;
use crate::quiet::Reader;
use holdfast_core::{Price, Result};

impl<R: Reader> Judgement<'_, R> {
    /// Holds the worst exposure of the order's strategy, with the order, against its allocation.
    #[inline]
    pub(super) fn capital(&mut self, price: Price) -> Result<()> {
        let Some(capital) = self.view.around.capital else { return Ok(()) };
        let worst = capital.case.reserve(self.intent.side, self.leaves.lots())?.lots()?;
        let own = self.view.instrument.settlement_notional(price, worst)?;
        let observed = capital.others.plus(own)?;
        self.at_most(Control::CapitalAllocation, Some(capital.bound.raw()), observed.raw());
        Ok(())
    }
}
