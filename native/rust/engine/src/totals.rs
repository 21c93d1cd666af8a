//! What every currency adds up to in the account's.

use crate::engine::Engine;
use crate::wallet::CurrencyId;
use holdfast_core::{Amount, Result};

/// Totals in the account's currency at the present rates; each currency's figure is converted once, half-even.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) start_cash: Amount,
    pub(crate) cash: Amount,
    pub(crate) realized: Amount,
    pub(crate) unrealized: Amount,
    pub(crate) fees: Amount,
    pub(crate) funding: Amount,
    pub(crate) interest: Amount,
    pub(crate) slippage: Amount,
    pub(crate) turnover: Amount,
}

impl Engine {
    /// Adds up the books. In one currency equity is start + realised + unrealised − fees − funding − interest, exactly;
    /// with others up to the last unit that each conversion may round.
    pub(crate) fn totals(&self) -> Result<Totals> {
        let mut totals = Totals::default();
        for (place, wallet) in self.wallets.all().enumerate() {
            let id = CurrencyId(u16::try_from(place).unwrap_or(u16::MAX));
            let account = &wallet.account;
            let add = |sum: Amount, amount: Amount| -> Result<Amount> {
                sum.plus(self.wallets.convert(id, amount)?.unwrap_or(Amount::ZERO))
            };
            totals = Totals {
                start_cash: add(totals.start_cash, account.start_cash)?,
                cash: add(totals.cash, account.cash)?,
                fees: add(totals.fees, account.fees)?,
                funding: add(totals.funding, account.funding)?,
                interest: add(totals.interest, account.interest)?,
                slippage: add(totals.slippage, account.slippage)?,
                turnover: add(totals.turnover, account.turnover)?,
                ..totals
            };
        }
        for state in &self.instruments {
            let realized = self.wallets.convert(state.currency, state.realized()?)?;
            totals.realized = totals.realized.plus(realized.unwrap_or(Amount::ZERO))?;
            let open = self.wallets.convert(state.currency, state.unrealized()?)?;
            totals.unrealized = totals.unrealized.plus(open.unwrap_or(Amount::ZERO))?;
        }
        Ok(totals)
    }
}
