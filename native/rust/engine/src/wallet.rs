//! Cash by currency, and what all of it is worth in the account's.
//!
//! Each currency keeps its own exact books: start + realised + unrealised − fees − funding − interest = its equity. A
//! foreign currency's equity is converted whole, in one division rounded half-even, at the last rate that was seen.

use crate::account::Account;
use holdfast_core::{Amount, Code, Error, InstrumentId, Price, Rate, Result, Rounding, Timestamp};

/// Place of a currency in the account: 0 is the account's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct CurrencyId(pub u16);

/// What the positions of one currency add up to, in that currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PositionSums {
    /// What positions add to equity: value of spot and options, open profit of margined contracts.
    pub equity: Amount,
    /// What backs cross margin besides cash: open profit of cross positions, and what short spot and options owe.
    pub collateral: Amount,
    /// Initial margin of positions and of open orders.
    pub initial: Amount,
    /// Part of `initial` that isolated positions have locked.
    pub isolated: Amount,
    /// Maintenance margin of cross positions.
    pub maintenance: Amount,
    /// Cost of open buy orders of what is paid in full, at the mark.
    pub buys: Amount,
}

impl PositionSums {
    /// Exchanges one instrument's part.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    #[inline]
    pub fn exchange(&mut self, old: &Self, new: &Self) -> Result<()> {
        exchange(&mut self.equity, old.equity, new.equity)?;
        exchange(&mut self.collateral, old.collateral, new.collateral)?;
        exchange(&mut self.initial, old.initial, new.initial)?;
        exchange(&mut self.isolated, old.isolated, new.isolated)?;
        exchange(&mut self.maintenance, old.maintenance, new.maintenance)?;
        exchange(&mut self.buys, old.buys, new.buys)
    }
}

/// Exchanges one part of a sum; most parts are what they were.
#[inline]
pub(crate) fn exchange(sum: &mut Amount, old: Amount, new: Amount) -> Result<()> {
    if old != new {
        *sum = sum.minus(old)?.plus(new)?;
    }
    Ok(())
}

/// Money in one currency.
#[derive(Debug, Clone)]
pub struct Wallet {
    /// Which currency.
    pub currency: String,
    /// Cash and running totals.
    pub account: Account,
    /// What the positions that settle in it add up to.
    pub sums: PositionSums,
    /// Last rate into the account's currency with its time; the account's own has none.
    pub rate: Option<(Rate, Timestamp)>,
    source: Option<usize>,
}

impl Wallet {
    pub(crate) fn new(currency: &str, start_cash: Amount) -> Self {
        Self {
            currency: currency.into(),
            account: Account::new(start_cash),
            sums: PositionSums::default(),
            rate: None,
            source: None,
        }
    }

    /// Returns cash and positions.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn equity(&self) -> Result<Amount> {
        self.account.cash.plus(self.sums.equity)
    }

    /// Returns whether nothing of the currency is held or owed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.account.cash == Amount::ZERO && self.sums == PositionSums::default()
    }

    /// Returns what backs cross positions: cash and `collateral`, less what isolated positions have locked.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn cross_equity(&self) -> Result<Amount> {
        self.account.cash.plus(self.sums.collateral)?.minus(self.sums.isolated)
    }

    /// Returns what is left for the initial margin of further orders, or zero.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn available(&self) -> Result<Amount> {
        let left = self.account.cash.plus(self.sums.collateral)?.minus(self.sums.initial)?;
        Ok(left.max(Amount::ZERO))
    }
}

/// The account's own wallet and those of other currencies.
#[derive(Debug, Clone)]
pub struct Wallets {
    pub(crate) own: Wallet,
    foreign: Vec<Wallet>,
    rate_age_ns: Option<i64>,
}

fn unknown(currency: &str) -> Error {
    Error::new(
        Code::CurrencyUnknown,
        format!("currency must be another one of the account's, was {currency}"),
    )
    .with("currency", currency)
}

impl Wallets {
    pub(crate) const fn new(own: Wallet, rate_age_ns: Option<i64>) -> Self {
        Self { own, foreign: Vec::new(), rate_age_ns }
    }

    /// Opens a wallet unless there is one, and adds to its start.
    pub(crate) fn open(&mut self, currency: &str, start_cash: Amount) {
        match self.foreign.iter_mut().find(|wallet| wallet.currency == currency) {
            Some(wallet) if start_cash != Amount::ZERO => wallet.account = Account::new(start_cash),
            None if currency != self.own.currency => {
                self.foreign.push(Wallet::new(currency, start_cash));
            }
            _ => {}
        }
    }

    pub(crate) fn follow(&mut self, currency: &str, instrument: usize) -> Result<()> {
        let wallet = self.foreign.iter_mut().find(|wallet| wallet.currency == currency);
        wallet.ok_or_else(|| unknown(currency))?.source = Some(instrument);
        Ok(())
    }

    /// Returns the wallets of other currencies in the order of their ids, from 1.
    #[must_use]
    pub fn foreign(&self) -> &[Wallet] {
        &self.foreign
    }

    /// Returns all wallets, the account's own first.
    pub fn all(&self) -> impl Iterator<Item = &Wallet> {
        std::iter::once(&self.own).chain(&self.foreign)
    }

    /// Returns the id of a currency.
    ///
    /// # Errors
    /// `CURRENCY_UNKNOWN`.
    pub fn id(&self, currency: &str) -> Result<CurrencyId> {
        let place = self.all().position(|wallet| wallet.currency == currency);
        let id = place.and_then(|place| u16::try_from(place).ok());
        id.map(CurrencyId).ok_or_else(|| unknown(currency))
    }

    /// Returns a wallet.
    ///
    /// # Errors
    /// `CURRENCY_UNKNOWN`.
    #[inline]
    pub fn get(&self, id: CurrencyId) -> Result<&Wallet> {
        match usize::from(id.0).checked_sub(1) {
            None => Ok(&self.own),
            Some(place) => self.foreign.get(place).ok_or_else(|| unknown(&id.0.to_string())),
        }
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, id: CurrencyId) -> Result<&mut Wallet> {
        match usize::from(id.0).checked_sub(1) {
            None => Ok(&mut self.own),
            Some(place) => self.foreign.get_mut(place).ok_or_else(|| unknown(&id.0.to_string())),
        }
    }

    /// Takes a rate; only a currency other than the account's has one.
    pub(crate) fn set_rate(&mut self, id: CurrencyId, rate: Rate, ts: Timestamp) -> Result<()> {
        if id == CurrencyId::default() {
            return Err(unknown(&self.own.currency));
        }
        self.get_mut(id)?.rate = Some((rate, ts));
        Ok(())
    }

    /// Lets the rates that follow an instrument follow its mark; returns whether one did.
    pub(crate) fn follow_mark(&mut self, id: InstrumentId, rate: Rate, ts: Timestamp) -> bool {
        let mut changed = false;
        for wallet in self.foreign.iter_mut().filter(|each| each.source == Some(id.index())) {
            wallet.rate = Some((rate, ts));
            changed = true;
        }
        changed
    }

    /// Converts an amount into the account's currency; `None` while there is no rate for an amount that needs one.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`, `CURRENCY_UNKNOWN`.
    #[inline]
    pub fn convert(&self, id: CurrencyId, amount: Amount) -> Result<Option<Amount>> {
        if id == CurrencyId::default() || amount == Amount::ZERO {
            return Ok(Some(amount));
        }
        let rate = self.get(id)?.rate;
        rate.map(|(rate, _)| rate.convert(amount, Rounding::HalfEven)).transpose()
    }

    /// Returns equity in the account's currency. Money without a rate is left out; `oldest_rate_ns` tells of it.
    pub(crate) fn equity(&self) -> Result<Amount> {
        let mut sum = self.own.equity()?;
        for wallet in &self.foreign {
            if let Some((rate, _)) = wallet.rate {
                sum = sum.plus(rate.convert(wallet.equity()?, Rounding::HalfEven)?)?;
            }
        }
        Ok(sum)
    }

    /// Returns the age of the oldest rate that an order in a currency depends on: its own, and that of everything held.
    /// `None` when no rate is needed; the largest number when one is missing.
    #[must_use]
    pub fn oldest_rate_ns(&self, order: CurrencyId, now: Timestamp) -> Option<i64> {
        let own = usize::from(order.0);
        let needed =
            self.foreign.iter().enumerate().filter(|(at, each)| at + 1 == own || !each.is_empty());
        needed.map(|(_, each)| each.rate.map_or(i64::MAX, |(_, ts)| now.since(ts))).max()
    }

    /// Returns the oldest rate by which an order may be judged; `None` is unlimited, though a rate there must be.
    #[must_use]
    pub const fn rate_age_ns(&self) -> Option<i64> {
        self.rate_age_ns
    }
}

/// Returns a price in whole units as a rate.
pub(crate) fn rate_of_price(instrument: &holdfast_core::Instrument, price: Price) -> Result<Rate> {
    Rate::parse(&instrument.format_price(price))
}

holdfast_core::persist_fields!(PositionSums {
    equity,
    collateral,
    initial,
    isolated,
    maintenance,
    buys,
});
holdfast_core::persist_parts!(Wallet {
    saved: [account, sums, rate],
    parts: [],
    given: [currency, source],
});
holdfast_core::persist_parts!(Wallets { saved: [], parts: [own, foreign], given: [rate_age_ns] });
