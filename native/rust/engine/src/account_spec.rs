//! How the account is kept: its currency, the mode of its positions, and what borrowed money costs.

use crate::config::EngineConfig;
use crate::wallet::{Wallet, Wallets};
use holdfast_core::{Amount, Code, Error, Fraction, Result};
use serde::{Deserialize, Serialize};

/// Most currencies of an account.
pub const CURRENCIES_MAX: usize = 32;

/// Whether buys and sells of one instrument share a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PositionMode {
    /// One signed position an instrument; an order past it turns it over.
    #[default]
    Netting,
    /// A long and a short position side by side: an order that is not reduce-only opens on its own side, a reduce-only
    /// one closes on the other.
    Hedging,
}

/// Cash that the account begins with besides its own currency's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BalanceSpec {
    /// Which currency.
    pub currency: String,
    /// How much of it.
    pub amount: String,
}

/// A rate of exchange that follows the mark of one of the instruments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateSourceSpec {
    /// Which currency.
    pub currency: String,
    /// Place of the instrument whose price is the rate; it is quoted in the account's currency.
    pub instrument: usize,
}

/// Time over which an interest rate is charged once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InterestPeriod {
    /// One hour.
    Hour,
    /// 24 hours.
    Day,
}

/// What borrowing a currency costs: cash below zero, and spot units that were sold short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BorrowSpec {
    /// Which currency.
    pub currency: String,
    /// Simple interest for each period, as a fraction.
    pub rate_frac: String,
    /// The period.
    pub per: InterestPeriod,
}

/// How the account is kept, as it is written; the default is one currency with netted positions and no interest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountSpec {
    /// Currency in which equity is told; the first instrument's settlement currency when left out.
    pub currency: Option<String>,
    /// Whether buys and sells of one instrument share a position.
    pub position_mode: PositionMode,
    /// Cash in other currencies at the start.
    pub balances: Vec<BalanceSpec>,
    /// Rates that follow an instrument; others come as `rate_changed`.
    pub rate_sources: Vec<RateSourceSpec>,
    /// Oldest rate by which an order may be judged, in milliseconds or `unlimited`; needed with a second currency.
    pub rate_age_ms_max: Option<String>,
    /// What borrowed money costs.
    pub borrow: Vec<BorrowSpec>,
}

/// Interest on one currency as integers.
#[derive(Debug, Clone)]
pub(crate) struct Borrow {
    pub(crate) currency: String,
    pub(crate) rate: Fraction,
    pub(crate) period_ns: i64,
}

fn invalid(field: &str, rule: &str, value: &str) -> Error {
    Error::new(Code::ConfigInvalid, format!("{field} {rule}, was \"{value}\""))
        .with("field", field)
        .with("value", value)
}

impl AccountSpec {
    /// Returns whether nothing but the default is said, so that the configuration need not carry it.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn borrow_rates(&self) -> Result<Vec<Borrow>> {
        let mut rates: Vec<Borrow> = Vec::with_capacity(self.borrow.len());
        for spec in &self.borrow {
            let rate = Fraction::parse(&spec.rate_frac)
                .ok()
                .filter(|rate| (1..=Fraction::PARTS).contains(&i128::from(rate.millionths())))
                .ok_or_else(|| {
                    let rule = "must be a fraction above 0 and at most 1";
                    invalid("borrow.rate_frac", rule, &spec.rate_frac)
                })?;
            if rates.iter().any(|known| known.currency == spec.currency) {
                return Err(invalid("borrow.currency", "must stand once", &spec.currency));
            }
            let period_ns = match spec.per {
                InterestPeriod::Hour => 3_600_000_000_000,
                InterestPeriod::Day => 86_400_000_000_000,
            };
            rates.push(Borrow { currency: spec.currency.clone(), rate, period_ns });
        }
        Ok(rates)
    }

    /// Returns the wallets: the account's own currency, then every other that an instrument or a balance names.
    pub(crate) fn wallets(config: &EngineConfig, start_cash: Amount) -> Result<Wallets> {
        let spec = &config.account;
        let first = config.instruments.first().map(|each| each.settlement_currency.as_str());
        let own = spec.currency.as_deref().or(first).unwrap_or_default();
        if own.is_empty() {
            return Err(invalid("account.currency", "must not be empty", own));
        }
        let mut wallets = Wallets::new(Wallet::new(own, start_cash), spec.rate_age()?);
        for instrument in &config.instruments {
            wallets.open(&instrument.settlement_currency, Amount::ZERO);
        }
        for balance in &spec.balances {
            let amount = Amount::parse(&balance.amount)?;
            if amount.raw() < 0 || balance.currency == own {
                let rule = "must be zero or more of another currency than the account's";
                return Err(invalid("account.balances", rule, &balance.amount));
            }
            wallets.open(&balance.currency, amount);
        }
        for source in &spec.rate_sources {
            let quote = config.instruments.get(source.instrument).map(|each| &each.quote_currency);
            if quote.is_none_or(|quote| quote != own) {
                let rule = "must name an instrument that is quoted in the account's currency";
                let place = source.instrument.to_string();
                return Err(invalid("account.rate_sources", rule, &place));
            }
            wallets.follow(&source.currency, source.instrument)?;
        }
        if wallets.foreign().len() >= CURRENCIES_MAX {
            let count = wallets.foreign().len().to_string();
            return Err(invalid("account", "must hold at most 32 currencies", &count));
        }
        if !wallets.foreign().is_empty() && spec.rate_age_ms_max.is_none() {
            let rule = "must be given for an account of several currencies";
            return Err(invalid("account.rate_age_ms_max", rule, "missing"));
        }
        Ok(wallets)
    }

    fn rate_age(&self) -> Result<Option<i64>> {
        let Some(text) = self.rate_age_ms_max.as_deref().filter(|text| *text != "unlimited") else {
            return Ok(None);
        };
        let milliseconds = text.parse::<i64>().ok().filter(|value| *value > 0);
        milliseconds.and_then(|value| value.checked_mul(1_000_000)).map(Some).ok_or_else(|| {
            invalid("account.rate_age_ms_max", "must be milliseconds or \"unlimited\"", text)
        })
    }
}
