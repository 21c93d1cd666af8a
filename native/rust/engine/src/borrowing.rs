//! Interest on what is borrowed: cash below zero, and spot units that were sold short.
//!
//! Within an interval it is simple interest, charged at every event for the time since the last one; the charge leaves
//! cash at once. What is owed for one period is
//! rounded half-even to 10⁻¹⁸, and so is the part of it that fell in the interval (`× nanoseconds ÷ period`); time is
//! whole nanoseconds, so the charge depends on nothing but the journal.

use crate::account_spec::Borrow;
use crate::engine::Engine;
use crate::sink::Sink;
use crate::wallet::CurrencyId;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::wire::{AMOUNT_BYTES_MAX, Encode, Reader, U32_BYTES_MAX, Writer};
use holdfast_core::{Amount, Fraction, InstrumentKind, Quantity, Result, Rounding, Timestamp};
use serde_json::{Value, json};

/// Interest paid in one currency since the session began, as it stands at the close of a UTC day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InterestCharged {
    /// Which currency.
    pub currency: CurrencyId,
    /// All interest so far.
    pub interest: Amount,
}

impl InterestCharged {
    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self { currency: CurrencyId(reader.u16()?), interest: reader.amount()? })
    }

    pub(crate) fn json(&self) -> Value {
        json!({ "currency": self.currency.0, "interest": self.interest.to_string() })
    }
}

impl Encode for InterestCharged {
    fn encoded_bytes_max(&self) -> usize {
        U32_BYTES_MAX + AMOUNT_BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u16(self.currency.0);
        writer.amount(self.interest);
    }
}

/// Returns the interest on an amount for an interval.
fn interest(owed: Amount, borrow: &Borrow, interval_ns: i64) -> Result<Amount> {
    let rate = i128::from(borrow.rate.millionths());
    let period = owed.times_ratio(rate, Fraction::PARTS, Rounding::HalfEven)?;
    let (interval, whole) = (i128::from(interval_ns), i128::from(borrow.period_ns));
    period.times_ratio(interval, whole, Rounding::HalfEven)
}

/// What one event was charged, and from when on.
#[derive(Debug)]
pub(crate) struct Charged {
    from: Timestamp,
    charges: Vec<(CurrencyId, Amount)>,
}

impl Engine {
    /// Charges interest for the time from the last event to this one, and returns what was charged.
    #[inline]
    pub(crate) fn accrue_interest(&mut self, ts: Timestamp) -> Result<Charged> {
        let mut charged = Charged { from: self.interest_until, charges: Vec::new() };
        let interval_ns = ts.since(charged.from);
        if self.borrow.is_empty() || interval_ns == 0 {
            return Ok(charged);
        }
        let charges = &mut charged.charges;
        for borrow in &self.borrow {
            if let Ok(id) = self.wallets.id(&borrow.currency) {
                let cash = self.wallets.get(id)?.account.cash;
                if cash < Amount::ZERO {
                    charges.push((id, interest(cash.negated()?, borrow, interval_ns)?));
                }
            }
            for state in &self.instruments {
                let spec = state.instrument.spec();
                let is_spot = state.instrument.kind() == InstrumentKind::Spot && !spec.perpetual;
                if !is_spot || spec.base_currency != borrow.currency {
                    continue;
                }
                let (Some((mark, _)), legs) = (state.mark, [&state.position, &state.short]) else {
                    continue;
                };
                for leg in legs {
                    if leg.lots() < Quantity::ZERO {
                        let owed = state.instrument.settlement_notional(mark, leg.lots())?;
                        charges.push((state.currency, interest(owed, borrow, interval_ns)?));
                    }
                }
            }
        }
        for (id, charge) in charges.iter() {
            self.wallets.get_mut(*id)?.account.book_interest(*charge)?;
        }
        if !charges.is_empty() {
            self.equity = self.wallets.equity()?;
        }
        self.interest_until = ts;
        Ok(charged)
    }

    /// Takes back what an event was charged that was refused: a replay does not know of it, and the next event is
    /// charged for the whole time.
    pub(crate) fn take_back_interest(&mut self, charged: Charged) -> Result<()> {
        for (id, charge) in &charged.charges {
            self.wallets.get_mut(*id)?.account.book_interest(charge.negated()?)?;
        }
        if !charged.charges.is_empty() {
            self.equity = self.wallets.equity()?;
        }
        self.interest_until = charged.from;
        Ok(())
    }

    /// Records what interest has come to in every currency that paid some.
    pub(crate) fn record_interest(&self, sink: &mut impl Sink) -> Result<()> {
        if self.borrow.is_empty() {
            return Ok(());
        }
        for (place, wallet) in self.wallets.all().enumerate() {
            let interest = wallet.account.interest;
            if let (true, Ok(place)) = (interest != Amount::ZERO, u16::try_from(place)) {
                let charged = InterestCharged { currency: CurrencyId(place), interest };
                self.emit(RecordKind::InterestCharged, &charged, sink)?;
            }
        }
        Ok(())
    }
}
