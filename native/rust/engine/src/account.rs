//! Cash and the running totals of one currency of an account.

use holdfast_core::{Amount, Result};

/// Money in one currency; equity is cash plus what the positions that settle in it add.
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
    /// Interest paid on what was borrowed.
    pub interest: Amount,
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
            interest: Amount::ZERO,
            slippage: Amount::ZERO,
            turnover: Amount::ZERO,
        }
    }

    /// Books a fill: what it takes from cash (the value of spot and options, the loss of a margined contract), and its
    /// notional.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`; nothing is booked then.
    pub fn book_fill(&mut self, paid: Amount, notional: Amount, slippage: Amount) -> Result<()> {
        let next = Self {
            cash: self.cash.minus(paid)?,
            slippage: self.slippage.plus(slippage)?,
            turnover: self.turnover.plus(notional)?,
            ..*self
        };
        *self = next;
        Ok(())
    }

    /// Books the fee of a fill.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`; nothing is booked then.
    pub fn book_fee(&mut self, fee: Amount) -> Result<()> {
        let next = Self { cash: self.cash.minus(fee)?, fees: self.fees.plus(fee)?, ..*self };
        *self = next;
        Ok(())
    }

    /// Books interest.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`; nothing is booked then.
    pub fn book_interest(&mut self, paid: Amount) -> Result<()> {
        let next =
            Self { cash: self.cash.minus(paid)?, interest: self.interest.plus(paid)?, ..*self };
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

holdfast_core::persist_fields!(Account {
    start_cash,
    cash,
    fees,
    funding,
    interest,
    slippage,
    turnover,
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cash_moves_by_value_fee_and_funding() {
        let usd = |text: &str| Amount::parse(text).unwrap();
        let mut account = Account::new(usd("1000"));
        account.book_fill(usd("300"), usd("300"), usd("0.1")).unwrap();
        account.book_fee(usd("0.3")).unwrap();
        account.book_fill(usd("-100"), usd("100"), Amount::ZERO).unwrap();
        account.book_fee(usd("-0.1")).unwrap();
        account.book_funding(usd("2")).unwrap();
        account.book_interest(usd("0.8")).unwrap();
        assert_eq!(account.cash.to_string(), "797");
        assert_eq!(account.interest.to_string(), "0.8");
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
