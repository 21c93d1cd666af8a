//! Limits as data: each is a value or the word `unlimited`, and one table says how it is written, read, compared and told.

use crate::calendar::Hours;
use crate::limit_document::{ChangeRules, ScopeSpec};
use crate::limit_values::{
    amount, count, fraction, higher, lower, milliseconds, percent_free, points, rate_count,
    told_amount,
};
use holdfast_core::decimal::Decimal;
use holdfast_core::persist::{Persist, unfit};
use holdfast_core::wire::Reader;
use holdfast_core::{Amount, Code, Error, Fraction, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most orders a minute that can be asked for; the gate keeps that many times.
pub const ORDERS_PER_MINUTE_MAX: u32 = 100_000;

/// The word for a limit that is off.
pub const UNLIMITED: &str = "unlimited";

fn word() -> String {
    UNLIMITED.into()
}

fn is_word(text: &str) -> bool {
    text == UNLIMITED
}

const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// How one limit is written and what it bounds, for documentation and schemas.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct LimitKey {
    /// Key in files and journals.
    pub key: &'static str,
    /// How its text is read: `amount`, `fraction`, `percent_free`, `count`, `rate_count`, `milliseconds`,
    /// `points`, `told_amount` or `flag`.
    pub kind: &'static str,
    /// Whether the lower or the higher value is the stricter one.
    pub stricter: &'static str,
    /// `any` scope may set it, or only the `account`.
    pub reach: &'static str,
    /// Whether a document must say it: no limit of money has a silent default.
    pub required: bool,
    /// What it bounds.
    pub meaning: &'static str,
}

/// Units of an instrument are money as well: they are bought.
const fn is_money(kind: &str) -> bool {
    matches!(kind.as_bytes(), b"amount")
}

macro_rules! limit_table {
    (
        first { $($first:ident $first_field:ident $first_type:ident $first_parse:ident $first_strict:ident $first_reach:ident $first_meaning:literal;)* }
        further { $($key:ident $field:ident $type:ident $parse:ident $strict:ident $reach:ident $meaning:literal;)* }
        flags { $($flag:ident $flag_meaning:literal;)* }
    ) => {
        /// The limits as they are written; each text is a decimal or `unlimited`.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct LimitsSpec {
            $(#[doc = $first_meaning] pub $first: String,)*
            /// Whether an opening order must carry a stop loss.
            pub stop_loss_required: bool,
            $(#[doc = $meaning] #[serde(default = "word", skip_serializing_if = "is_word")] pub $key: String,)*
            $(#[doc = $flag_meaning] #[serde(default, skip_serializing_if = "is_false")] pub $flag: bool,)*
            /// Name of the calendar in whose sessions orders may be sent, or `unlimited`.
            #[serde(default = "word", skip_serializing_if = "is_word")]
            pub trading_hours: String,
            /// Names of the strategies of the account; an order names one by its place, from 1.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub strategies: Vec<String>,
            /// Classes of assets with the symbols of their instruments, for scopes.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub asset_classes: BTreeMap<String, Vec<String>>,
            /// Groups, such as sectors, with the symbols of their instruments; an instrument is in one at most.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub groups: BTreeMap<String, Vec<String>>,
            /// Calendars: sessions from and until an instant, in nanoseconds since 1970 as text.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub calendars: BTreeMap<String, Vec<[String; 2]>>,
            /// Further limits for parts of the account; where several apply, the strictest wins.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub scopes: Vec<ScopeSpec>,
            /// How these limits may be loosened while a session runs.
            #[serde(default, skip_serializing_if = "ChangeRules::is_default")]
            pub change: ChangeRules,
        }

        /// The limits of one strategy on one instrument as integers; `None` is unlimited.
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        #[allow(missing_docs)]
        pub struct Limits {
            $(pub $first_field: Option<$first_type>,)*
            $(pub $field: Option<$type>,)*
            pub stop_loss_required: bool,
            $(pub $flag: bool,)*
            /// When orders may be sent.
            pub hours: Option<Hours>,
        }

        /// Every limit, in the order of the written form.
        pub const LIMIT_KEYS: &[LimitKey] = &[
            $(LimitKey { key: stringify!($first), kind: stringify!($first_parse), stricter: stringify!($first_strict), reach: stringify!($first_reach), required: true, meaning: $first_meaning },)*
            LimitKey { key: "stop_loss_required", kind: "flag", stricter: "true", reach: "any", required: true, meaning: "Whether an opening order must carry a stop loss on its losing side." },
            $(LimitKey { key: stringify!($key), kind: stringify!($parse), stricter: stringify!($strict), reach: stringify!($reach), required: is_money(stringify!($parse)), meaning: $meaning },)*
            $(LimitKey { key: stringify!($flag), kind: "flag", stricter: "true", reach: "any", required: false, meaning: $flag_meaning },)*
        ];

        impl LimitsSpec {
            /// Returns limits of which none is set.
            #[must_use]
            pub fn unlimited() -> Self {
                Self {
                    $($first: word(),)*
                    stop_loss_required: false,
                    $($key: word(),)*
                    $($flag: false,)*
                    trading_hours: word(),
                    strategies: Vec::new(),
                    asset_classes: BTreeMap::new(),
                    groups: BTreeMap::new(),
                    calendars: BTreeMap::new(),
                    scopes: Vec::new(),
                    change: ChangeRules::default(),
                }
            }

            /// Returns the same limits with every value in its shortest form, so that equal limits are written alike.
            #[must_use]
            pub fn canonical(&self) -> Self {
                let mut written = self.clone();
                $(shorten(&mut written.$first);)*
                $(shorten(&mut written.$key);)*
                written
            }
        }

        impl Limits {
            /// Reads the written values; the calendar's sessions are given.
            ///
            /// # Errors
            /// `LIMITS_INVALID` naming the field.
            pub fn read(spec: &LimitsSpec, hours: Option<Hours>) -> Result<Self> {
                Ok(Self {
                    $($first_field: $first_parse(stringify!($first), &spec.$first)?,)*
                    $($field: $parse(stringify!($key), &spec.$key)?,)*
                    stop_loss_required: spec.stop_loss_required,
                    $($flag: spec.$flag,)*
                    hours,
                })
            }

            /// Returns the stricter of each limit.
            #[must_use]
            pub fn stricter(&self, other: &Self) -> Self {
                Self {
                    $($first_field: $first_strict(self.$first_field, other.$first_field),)*
                    $($field: $strict(self.$field, other.$field),)*
                    stop_loss_required: self.stop_loss_required || other.stop_loss_required,
                    $($flag: self.$flag || other.$flag,)*
                    hours: Hours::both(self.hours.as_ref(), other.hours.as_ref()),
                }
            }
        }

        holdfast_core::persist_fields!(Limits {
            $($first_field,)*
            $($field,)*
            stop_loss_required,
            $($flag,)*
            hours,
        });
    };
}

limit_table! {
    first {
        order_qty_max order_quantity Amount amount lower any "Largest quantity of one order, in units of the instrument.";
        order_notional_quote_max order_notional Amount amount lower any "Largest notional of one order, in the quote currency.";
        position_frac_max position Fraction fraction lower any "Largest position, all open orders filled, as a fraction of equity.";
        gross_exposure_frac_max gross_exposure Fraction fraction lower any "Largest gross exposure of the account, all open orders filled, as a fraction of equity.";
        price_band_frac_max price_band Fraction fraction lower any "Largest distance of a limit price from the reference price.";
        orders_per_minute_max orders_per_minute u32 rate_count lower account "Most orders in any 60 seconds.";
        daily_trades_max daily_trades u32 count lower account "Most opening orders in a UTC day.";
        daily_loss_frac_max daily_loss Fraction percent_free lower account "Loss of the UTC day, as a fraction of its opening equity, that stops opening orders for the day.";
        drawdown_frac_max drawdown Fraction percent_free lower account "Drawdown of marked equity that stops opening orders for the session.";
        price_age_ms_max price_age_ns i64 milliseconds lower any "Oldest reference price that an order may be judged by, in milliseconds.";
    }
    further {
        position_qty_max position_quantity Amount amount lower any "Largest position, all open orders filled, in units of the instrument.";
        position_notional_quote_max position_notional Amount amount lower any "Largest notional of a position, all open orders filled, in the quote currency.";
        net_exposure_frac_max net_exposure Fraction fraction lower any "Largest net exposure of the account, the open orders of the worse side filled, as a fraction of equity.";
        asset_exposure_frac_max asset_exposure Fraction fraction lower any "Largest exposure to one base currency over all its instruments, as a fraction of equity.";
        group_exposure_frac_max group_exposure Fraction fraction lower any "Largest exposure to one group of instruments, as a fraction of equity.";
        concentration_frac_max concentration Fraction percent_free lower any "Largest share of one instrument in the portfolio: the larger of equity and gross exposure.";
        leverage_max leverage Fraction fraction lower any "Largest gross exposure over equity, as a multiple.";
        buying_power_frac_max buying_power Fraction fraction lower any "Part of settled cash that open buy orders of unmargined instruments may cost; 1 borrows nothing.";
        margin_cover_frac_min margin_cover Fraction fraction higher any "Available margin over the initial margin that an order adds; 1.1 is 110 %.";
        open_orders_max open_orders u32 count lower any "Most open orders of the account.";
        messages_per_second_max messages_per_second u32 rate_count lower any "Messages a second to one venue, with a burst of one second; submissions, amendments and cancels.";
        strategy_messages_per_second_max strategy_messages_per_second u32 rate_count lower any "Messages a second of one strategy, with a burst of one second.";
        cancel_reserve_frac_min cancel_reserve Fraction percent_free higher account "Share of a message budget that only cancels and exits may use.";
        duplicate_window_ms_min duplicate_window_ns i64 milliseconds higher any "Time within which the same order of the same strategy is a duplicate, in milliseconds.";
        executions_max executions u32 rate_count lower any "Most fills of one strategy within the window; beyond it the strategy is disabled until a person enables it again.";
        executions_window_ms_min executions_window_ns i64 milliseconds higher account "Window of executions_max, in milliseconds.";
        weekly_loss_frac_max weekly_loss Fraction percent_free lower account "Loss of the UTC week, from Monday, as a fraction of its opening equity, that stops opening orders for the week.";
        total_loss_frac_max total_loss Fraction percent_free lower account "Loss since the start, as a fraction of opening equity, that stops opening orders for the session.";
        drawdown_soft_frac_max drawdown_soft Fraction percent_free lower account "Drawdown from which the permitted sizes shrink, to nothing at drawdown_frac_max.";
        consecutive_losses_max consecutive_losses u32 count lower account "Losing closes in a row that stop opening orders for the UTC day.";
        price_collar_frac_max price_collar Fraction fraction lower any "Largest distance of an order's price from where the market stood when the window began.";
        price_collar_window_ms_min price_collar_window_ns i64 milliseconds higher account "Window of price_collar_frac_max, in milliseconds.";
        stop_uncovered_ms_max stop_uncovered_ns i64 milliseconds lower any "Longest time for which a position may lack live protective stops before no more is opened, in milliseconds.";
        account_age_ms_max account_age_ns i64 milliseconds lower account "Longest time since the venue confirmed the account, in milliseconds.";
        intent_age_ms_max intent_age_ns i64 milliseconds lower any "Oldest market event that an order may be caused by, in milliseconds.";
        correlation_max correlation Fraction percent_free lower any "Largest correlation of an order's instrument with what else is held or could be: of longs with longs and shorts with shorts, and the opposite of longs with shorts.";
        correlation_age_ms_max correlation_age_ns i64 milliseconds lower any "Oldest correlations that an order may be judged by, in milliseconds.";
        var_frac_max var_frac Fraction percent_free lower any "Largest VaR of the portfolio, as it is told to the gate, as a fraction of equity.";
        var_amount_max var_amount Amount told_amount lower any "Largest VaR of the portfolio, as it is told to the gate, in the account's currency.";
        cvar_frac_max cvar_frac Fraction percent_free lower any "Largest CVaR of the portfolio, as it is told to the gate, as a fraction of equity.";
        cvar_amount_max cvar_amount Amount told_amount lower any "Largest CVaR of the portfolio, as it is told to the gate, in the account's currency.";
        risk_score_max risk_score u32 points lower any "Highest risk score of the portfolio, as it is told to the gate, from 0 to 100 points.";
        risk_age_ms_max risk_age_ns i64 milliseconds lower any "Oldest VaR, CVaR and score that an order may be judged by, in milliseconds.";
        clock_drift_ms_max clock_drift_ns i64 milliseconds lower account "Largest measured offset of the clock, in milliseconds; an offset that is unknown is refused.";
    }
    flags {
        restricted "Whether no order may open or enlarge a position.";
        correlation_absolute "Whether a correlation counts by its magnitude, so that a hedge is denied like what it hedges.";
        short_sale_denied "Whether no order may lead to a short position.";
    }
}

/// The written form stands for itself; it was read from text once, so that it can be written again.
impl Persist for LimitsSpec {
    fn save(&self, out: &mut Vec<u8>) {
        serde_json::to_string(self).unwrap_or_default().save(out);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        serde_json::from_str(&String::load(reader)?)
            .map_err(|_| unfit("limits must be in their written form"))
    }
}

/// Takes needless zeros off a decimal; what is none stays, to be refused where it is read.
fn shorten(text: &mut String) {
    // Most limits are the word for none, and the error that nobody reads would be made for each.
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return;
    }
    let Ok(value) = Decimal::parse(text) else { return };
    let value = value.normalized();
    *text = holdfast_core::decimal::format_scaled(value.mantissa, value.scale);
}

impl LimitsSpec {
    /// Returns BLAKE3 of the canonical form; it stands in every verdict.
    ///
    /// # Errors
    /// `LIMITS_INVALID`.
    pub fn fingerprint(&self) -> Result<[u8; 32]> {
        let written = serde_json::to_vec(&self.canonical()).map_err(|error| {
            Error::new(Code::LimitsInvalid, format!("limits must be representable, {error}"))
        })?;
        Ok(*blake3::hash(&written).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unlimited() -> LimitsSpec {
        LimitsSpec::unlimited()
    }

    fn read(spec: &LimitsSpec) -> Result<Limits> {
        Limits::read(spec, None)
    }

    #[test]
    fn reads_values_and_the_word_unlimited() {
        let limits = read(&LimitsSpec { position_frac_max: "0.02".into(), ..unlimited() }).unwrap();
        assert_eq!(limits.position.map(Fraction::millionths), Some(20_000));
        assert_eq!(limits.order_notional, None);
        assert_eq!(read(&unlimited()), Ok(Limits::default()));
    }

    #[test]
    fn refuses_zero_negative_and_percent_by_mistake() {
        let broken = [
            LimitsSpec { order_qty_max: "0".into(), ..unlimited() },
            LimitsSpec { order_notional_quote_max: "-1".into(), ..unlimited() },
            LimitsSpec { daily_loss_frac_max: "5".into(), ..unlimited() },
            LimitsSpec { drawdown_frac_max: "15".into(), ..unlimited() },
            LimitsSpec { orders_per_minute_max: "0".into(), ..unlimited() },
            LimitsSpec { daily_trades_max: "1.5".into(), ..unlimited() },
            LimitsSpec { price_age_ms_max: String::new(), ..unlimited() },
            LimitsSpec { concentration_frac_max: "40".into(), ..unlimited() },
            LimitsSpec { messages_per_second_max: "1000000".into(), ..unlimited() },
        ];
        for spec in broken {
            assert_eq!(read(&spec).map_err(|e| e.code()), Err(Code::LimitsInvalid));
        }
    }

    #[test]
    fn the_fingerprint_follows_the_values_and_not_how_they_are_written() {
        let print = |spec: LimitsSpec| spec.fingerprint().unwrap();
        let with = |text: &str| LimitsSpec { leverage_max: text.into(), ..unlimited() };
        assert_eq!(print(with("3")), print(with("3.000")));
        assert_ne!(print(with("3")), print(with("3.001")));
        assert_ne!(print(unlimited()), print(LimitsSpec { restricted: true, ..unlimited() }));
    }

    #[test]
    fn every_limit_is_told_once_and_what_is_off_is_not_written() {
        let mut keys: Vec<&str> = LIMIT_KEYS.iter().map(|limit| limit.key).collect();
        assert!(LIMIT_KEYS.iter().all(|limit| limit.meaning.ends_with('.')));
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), LIMIT_KEYS.len());
        let written = serde_json::to_value(unlimited()).unwrap();
        assert_eq!(written.as_object().map(serde_json::Map::len), Some(11));
    }

    #[test]
    fn the_stricter_of_two_is_the_lower_bound_the_longer_window_and_every_ban() {
        let one = LimitsSpec {
            leverage_max: "3".into(),
            margin_cover_frac_min: "1.1".into(),
            restricted: true,
            ..unlimited()
        };
        let other = LimitsSpec {
            leverage_max: "2".into(),
            margin_cover_frac_min: "1.5".into(),
            open_orders_max: "5".into(),
            ..unlimited()
        };
        let both = read(&one).unwrap().stricter(&read(&other).unwrap());
        assert_eq!(both.leverage, Fraction::parse("2").ok());
        assert_eq!(both.margin_cover, Fraction::parse("1.5").ok());
        assert_eq!((both.open_orders, both.restricted), (Some(5), true));
        assert_eq!(both.stricter(&both), both);
    }
}
