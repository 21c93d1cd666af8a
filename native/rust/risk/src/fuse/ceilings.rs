//! The ceilings of the egress fuse as data, and what they come to.

use crate::limit_values::invalid;
use crate::limits::UNLIMITED;
use holdfast_core::{Amount, Code, Error, Instrument, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Ceilings of one scope, each a number, `"unlimited"`, or nothing for the default. Money is an amount of the account's
/// currency, or a multiple of its equity such as `"25x"`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct FuseScopeSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orders_per_second_max: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orders_per_minute_max: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orders_per_day_max: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notional_per_second_max: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notional_per_minute_max: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notional_per_day_max: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_notional_max: Option<String>,
    /// In units of the instrument; of instruments only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_quantity_max: Option<String>,
}

/// The fuse's ceilings as data. The default is on: it stops a loop, and leaves room for any bot that means what it does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FuseSpec {
    /// Of everything together.
    pub account: FuseScopeSpec,
    /// Of each instrument by itself; nothing by default.
    pub each_instrument: FuseScopeSpec,
    /// Of single instruments by symbol, instead of `each_instrument`'s.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub instruments: BTreeMap<String, FuseScopeSpec>,
    /// Notional that was sent and not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unanswered_notional_max: Option<String>,
    /// How often the same order, parent or cause may leave within the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeats_max: Option<String>,
    /// That window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat_window_ms: Option<u32>,
}

impl FuseSpec {
    /// Returns ceilings that bound nothing, each said by name: for measurements of what a venue would never see.
    #[must_use]
    pub fn unlimited() -> Self {
        let unlimited = || Some(UNLIMITED.to_owned());
        let account = FuseScopeSpec {
            orders_per_second_max: unlimited(),
            orders_per_minute_max: unlimited(),
            orders_per_day_max: unlimited(),
            notional_per_second_max: unlimited(),
            notional_per_minute_max: unlimited(),
            notional_per_day_max: unlimited(),
            order_notional_max: unlimited(),
            order_quantity_max: None,
        };
        Self {
            account,
            unanswered_notional_max: unlimited(),
            repeats_max: unlimited(),
            ..Self::default()
        }
    }
}

/// Bounds of orders in a second, a minute and a day when none are given.
const ORDERS_DEFAULT: [&str; 3] = ["100", "1000", "100000"];
/// Bounds of their notional, as multiples of equity.
const NOTIONAL_DEFAULT: [&str; 3] = ["50x", "250x", "2500x"];
const ORDER_NOTIONAL_DEFAULT: &str = "25x";
const UNANSWERED_DEFAULT: &str = "100x";
const REPEATS_DEFAULT: &str = "100";
const REPEAT_WINDOW_MS_DEFAULT: u32 = 60_000;
/// The largest multiple of equity that can be asked for.
const MULTIPLE_MAX: u32 = 1_000_000;

/// A bound of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Money {
    /// None.
    Unlimited,
    /// A fixed amount.
    Fixed(Amount),
    /// So many times the account's equity.
    OfEquity(u32),
}

impl Money {
    fn parse(field: &str, text: &str) -> Result<Self> {
        let rule = "must be a positive decimal, a whole multiple of equity such as \"25x\", or \"unlimited\"";
        let refuse = || invalid(field, rule, text);
        if text == UNLIMITED {
            return Ok(Self::Unlimited);
        }
        if let Some(multiple) = text.strip_suffix('x') {
            let multiple: u32 = multiple.parse().map_err(|_| refuse())?;
            return match multiple {
                1..=MULTIPLE_MAX => Ok(Self::OfEquity(multiple)),
                _ => Err(refuse()),
            };
        }
        let amount = Amount::parse(text).ok().filter(|amount| amount.raw() > 0);
        amount.map(Self::Fixed).ok_or_else(refuse)
    }

    /// Returns the bound; without equity a multiple of it permits nothing.
    #[must_use]
    pub fn bound(self, equity: Amount) -> Option<i128> {
        match self {
            Self::Unlimited => None,
            Self::Fixed(amount) => Some(amount.raw()),
            Self::OfEquity(multiple) => {
                Some(equity.raw().max(0).saturating_mul(i128::from(multiple)))
            }
        }
    }
}

/// What a scope's ceilings come to: by second, minute and day, and for one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Most orders in each span.
    pub orders: [Option<u64>; 3],
    /// Most notional in each span.
    pub notional: [Money; 3],
    /// Most notional of one order.
    pub order_notional: Money,
    /// Most lots of one order.
    pub order_lots: Option<i64>,
}

impl Scope {
    /// Returns whether nothing is bounded over time, so that no windows are needed.
    #[must_use]
    pub fn counts_nothing(&self) -> bool {
        self.orders.iter().all(Option::is_none)
            && self.notional.iter().all(|money| *money == Money::Unlimited)
    }

    /// Returns whether a notional has to be known.
    #[must_use]
    pub fn needs_notional(&self) -> bool {
        self.order_notional != Money::Unlimited
            || self.notional.iter().any(|money| *money != Money::Unlimited)
    }
}

fn count(field: &str, text: &str) -> Result<Option<u64>> {
    if text == UNLIMITED {
        return Ok(None);
    }
    let count = text.parse::<u64>().ok().filter(|count| (1..=u64::from(u32::MAX)).contains(count));
    count.map(Some).ok_or_else(|| {
        invalid(field, "must be a whole number from 1 to 4294967295, or \"unlimited\"", text)
    })
}

impl FuseScopeSpec {
    /// Returns these ceilings where they are given, and the other ones elsewhere.
    fn over(&self, other: &Self) -> Self {
        let first = |one: &Option<String>, two: &Option<String>| one.clone().or(two.clone());
        Self {
            orders_per_second_max: first(&self.orders_per_second_max, &other.orders_per_second_max),
            orders_per_minute_max: first(&self.orders_per_minute_max, &other.orders_per_minute_max),
            orders_per_day_max: first(&self.orders_per_day_max, &other.orders_per_day_max),
            notional_per_second_max: first(
                &self.notional_per_second_max,
                &other.notional_per_second_max,
            ),
            notional_per_minute_max: first(
                &self.notional_per_minute_max,
                &other.notional_per_minute_max,
            ),
            notional_per_day_max: first(&self.notional_per_day_max, &other.notional_per_day_max),
            order_notional_max: first(&self.order_notional_max, &other.order_notional_max),
            order_quantity_max: first(&self.order_quantity_max, &other.order_quantity_max),
        }
    }

    fn scope(&self, by_default: ([&str; 3], [&str; 3], &str)) -> Result<Scope> {
        let (orders, notional, order_notional) = by_default;
        let text =
            |given: &Option<String>, other: &str| given.as_deref().unwrap_or(other).to_owned();
        Ok(Scope {
            orders: [
                count("orders_per_second_max", &text(&self.orders_per_second_max, orders[0]))?,
                count("orders_per_minute_max", &text(&self.orders_per_minute_max, orders[1]))?,
                count("orders_per_day_max", &text(&self.orders_per_day_max, orders[2]))?,
            ],
            notional: [
                Money::parse(
                    "notional_per_second_max",
                    &text(&self.notional_per_second_max, notional[0]),
                )?,
                Money::parse(
                    "notional_per_minute_max",
                    &text(&self.notional_per_minute_max, notional[1]),
                )?,
                Money::parse(
                    "notional_per_day_max",
                    &text(&self.notional_per_day_max, notional[2]),
                )?,
            ],
            order_notional: Money::parse(
                "order_notional_max",
                &text(&self.order_notional_max, order_notional),
            )?,
            order_lots: None,
        })
    }
}

/// All ceilings of a fuse, ready for use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceilings {
    /// Of everything together.
    pub account: Scope,
    /// Of each instrument, in the order of their ids.
    pub instruments: Vec<Scope>,
    /// Notional that was sent and not answered.
    pub unanswered: Money,
    /// How often the same may leave within the window.
    pub repeats: Option<u32>,
    /// That window.
    pub repeat_window_ns: i64,
}

impl Ceilings {
    /// Reads the ceilings for instruments, whose ids are their places.
    ///
    /// # Errors
    /// `LIMITS_INVALID` naming the field, `LIMITS_UNKNOWN_KEY` for a symbol that no instrument has.
    pub fn new<'a>(
        spec: &FuseSpec,
        instruments: impl Iterator<Item = &'a Instrument> + Clone,
    ) -> Result<Self> {
        let known = |symbol: &str| instruments.clone().any(|each| each.spec().symbol == symbol);
        if let Some(symbol) = spec.instruments.keys().find(|symbol| !known(symbol)) {
            return Err(Error::new(
                Code::LimitsUnknownKey,
                format!("fuse.instruments must name known symbols, named {symbol}"),
            )
            .with("symbol", symbol));
        }
        if let Some(text) = &spec.account.order_quantity_max {
            let rule = "must be of instruments, not of the account";
            return Err(invalid("order_quantity_max", rule, text));
        }
        let window_ms = spec.repeat_window_ms.unwrap_or(REPEAT_WINDOW_MS_DEFAULT);
        if window_ms == 0 {
            return Err(invalid("repeat_window_ms", "must be positive", "0"));
        }
        let money = |field, given: &Option<String>, other| {
            Money::parse(field, given.as_deref().unwrap_or(other))
        };
        let repeats = count("repeats_max", spec.repeats_max.as_deref().unwrap_or(REPEATS_DEFAULT))?;
        Ok(Self {
            account: spec.account.scope((
                ORDERS_DEFAULT,
                NOTIONAL_DEFAULT,
                ORDER_NOTIONAL_DEFAULT,
            ))?,
            instruments: instruments
                .clone()
                .map(|instrument| instrument_scope(spec, instrument))
                .collect::<Result<_>>()?,
            unanswered: money(
                "unanswered_notional_max",
                &spec.unanswered_notional_max,
                UNANSWERED_DEFAULT,
            )?,
            repeats: repeats.and_then(|repeats| u32::try_from(repeats).ok()),
            repeat_window_ns: i64::from(window_ms) * 1_000_000,
        })
    }
}

fn instrument_scope(spec: &FuseSpec, instrument: &Instrument) -> Result<Scope> {
    let own = spec.instruments.get(&instrument.spec().symbol);
    let scope =
        own.map_or_else(|| spec.each_instrument.clone(), |own| own.over(&spec.each_instrument));
    let order_lots = match scope.order_quantity_max.as_deref() {
        None | Some(UNLIMITED) => None,
        Some(text) => Some(instrument.parse_quantity(text)?.lots()),
    };
    Ok(Scope { order_lots, ..scope.scope(([UNLIMITED; 3], [UNLIMITED; 3], UNLIMITED))? })
}
