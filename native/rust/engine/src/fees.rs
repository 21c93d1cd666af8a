//! Fees that were paid in other currencies than the account's, exact and apart: no rate is guessed for them.

use crate::engine::Engine;
use holdfast_core::{Amount, Code, CurrencyCode, Error, Result, VenueReport};

/// Most currencies that fees can be paid in.
pub const FEE_CURRENCIES_MAX: usize = 64;

/// Sums of fees by currency, in the order of their texts.
#[derive(Debug, Default)]
pub struct ForeignFees(Vec<(CurrencyCode, Amount)>);

impl ForeignFees {
    /// Returns the sums.
    #[must_use]
    pub fn sums(&self) -> &[(CurrencyCode, Amount)] {
        &self.0
    }

    /// Returns the sum of one currency after a further fee, and books it when `book` is set.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`, `CAPACITY_EXHAUSTED`; nothing is booked then.
    fn add(&mut self, currency: CurrencyCode, fee: Amount, book: bool) -> Result<()> {
        match self.0.binary_search_by_key(&currency, |(each, _)| *each) {
            Ok(index) => {
                if let Some((_, sum)) = self.0.get_mut(index) {
                    let after = sum.plus(fee)?;
                    *sum = if book { after } else { *sum };
                }
            }
            Err(_) if self.0.len() == FEE_CURRENCIES_MAX => {
                return Err(Error::new(
                    Code::CapacityExhausted,
                    format!("fees must come in at most {FEE_CURRENCIES_MAX} currencies"),
                )
                .with("currency", currency));
            }
            Err(index) if book => self.0.insert(index, (currency, fee)),
            Err(_) => {}
        }
        Ok(())
    }
}

impl Engine {
    /// Returns the currency of a fill's fee when it is not the instrument's quote currency.
    fn foreign_currency(&self, report: &VenueReport) -> Option<CurrencyCode> {
        let order = self.orders.get(&report.client_order_id.0);
        let order = order.or_else(|| self.ended.get(&report.client_order_id.0))?;
        let quote = self.state(order.intent.instrument).ok()?.instrument.spec();
        report.fee_currency.filter(|currency| currency.as_str() != quote.quote_currency)
    }

    /// Checks that a fill's fee can be booked.
    pub(crate) fn check_fee(&mut self, report: &VenueReport) -> Result<()> {
        match self.foreign_currency(report) {
            Some(currency) => self.foreign_fees.add(currency, report.fee, false),
            None => Ok(()),
        }
    }

    /// Books the fee of a fill where it was paid in another currency, and returns the fill with what is left to book in cash.
    pub(crate) fn book_foreign_fee(&mut self, report: &VenueReport) -> Result<VenueReport> {
        let Some(currency) = self.foreign_currency(report) else { return Ok(*report) };
        self.foreign_fees.add(currency, report.fee, true)?;
        Ok(VenueReport { fee: Amount::ZERO, ..*report })
    }

    /// Returns the fees that were paid in other currencies than the instrument's quote currency.
    #[must_use]
    pub const fn foreign_fees(&self) -> &ForeignFees {
        &self.foreign_fees
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_kept_by_currency_and_bounded() {
        let code = |index: usize| CurrencyCode::parse(&format!("C{index}")).unwrap();
        let mut fees = ForeignFees::default();
        fees.add(code(2), Amount::from_raw(5), true).unwrap();
        fees.add(code(1), Amount::from_raw(-1), true).unwrap();
        fees.add(code(2), Amount::from_raw(7), true).unwrap();
        fees.add(code(3), Amount::from_raw(7), false).unwrap();
        assert_eq!(fees.sums(), [(code(1), Amount::from_raw(-1)), (code(2), Amount::from_raw(12))]);
        let overflow = fees.add(code(2), Amount::from_raw(i128::MAX), true);
        assert_eq!(overflow.map_err(|e| e.code()), Err(Code::AmountOverflow));
        (3..=FEE_CURRENCIES_MAX)
            .for_each(|index| fees.add(code(index), Amount::ONE, true).unwrap());
        let more = fees.add(code(100), Amount::ONE, false);
        assert_eq!(more.map_err(|e| e.code()), Err(Code::CapacityExhausted));
        assert_eq!(fees.sums().len(), FEE_CURRENCIES_MAX);
    }
}
