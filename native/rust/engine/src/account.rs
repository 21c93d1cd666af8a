//! Cash and the running totals of an account, in one currency.

use holdfast_core::{Amount, Result};

/// Money of the account; equity is cash plus the marked value of positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// What it began with.
    pub start_cash: Amount,
    /// Settled cash.
    pub cash: Amount,
    /// Fees paid, rebates taken off.
    pub fees: Amount,
    /// Funding paid; negative when received.
    pub funding: Amount,
    /// What fills cost against the price before slippage.
    pub slippage: Amount,
    /// Sum of the notional of all fills.
    pub turnover: Amount,
}

impl Account {
    /// Opens an account.
    #[must_use]
    pub const fn new(start_cash: Amount) -> Self {
        Self {
            start_cash,
            cash: start_cash,
            fees: Amount::ZERO,
            funding: Amount::ZERO,
            slippage: Amount::ZERO,
            turnover: Amount::ZERO,
        }
    }

    /// Books a fill: its signed value leaves cash, and its fee.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`; nothing is booked then.
    pub fn book_fill(&mut self, value: Amount, fee: Amount, slippage: Amount) -> Result<()> {
        let next = Self {
            cash: self.cash.minus(value)?.minus(fee)?,
            fees: self.fees.plus(fee)?,
            slippage: self.slippage.plus(slippage)?,
            turnover: self.turnover.plus(value.magnitude()?)?,
            ..*self
        };
        *self = next;
        Ok(())
    }

    /// Books a funding payment.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`; nothing is booked then.
    pub fn book_funding(&mut self, paid: Amount) -> Result<()> {
        let next =
            Self { cash: self.cash.minus(paid)?, funding: self.funding.plus(paid)?, ..*self };
        *self = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cash_moves_by_value_fee_and_funding() {
        let usd = |text: &str| Amount::parse(text).unwrap();
        let mut account = Account::new(usd("1000"));
        account.book_fill(usd("300"), usd("0.3"), usd("0.1")).unwrap();
        account.book_fill(usd("-100"), usd("-0.1"), Amount::ZERO).unwrap();
        account.book_funding(usd("2")).unwrap();
        assert_eq!(account.cash.to_string(), "797.8");
        assert_eq!(
            (account.fees.to_string(), account.turnover.to_string()),
            ("0.2".into(), "400".into())
        );
        let before = account;
        assert!(
            account.book_fill(Amount::from_raw(i128::MIN), Amount::ZERO, Amount::ZERO).is_err()
        );
        assert_eq!(account, before);
    }
}
