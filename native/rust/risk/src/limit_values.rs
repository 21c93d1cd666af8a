//! How the text of a limit is read, and which of two values is the stricter one.

use crate::limits::{ORDERS_PER_MINUTE_MAX, UNLIMITED};
use holdfast_core::{Amount, Code, Error, Fraction, Result};
use std::fmt::Arguments;

pub(crate) fn invalid(field: &str, rule: &str, value: &str) -> Error {
    Error::new(Code::LimitsInvalid, format!("{field} {rule}, was \"{value}\""))
        .with("field", field)
        .with("value", value)
}

fn optional<T>(
    field: &'static str,
    text: &str,
    rule: Arguments<'_>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>> {
    if text == UNLIMITED {
        return Ok(None);
    }
    parse(text).map(Some).ok_or_else(|| invalid(field, &rule.to_string(), text))
}

pub(crate) fn amount(field: &'static str, text: &str) -> Result<Option<Amount>> {
    optional(field, text, format_args!("must be a positive decimal or \"unlimited\""), |t| {
        Amount::parse(t).ok().filter(|value| value.raw() > 0)
    })
}

fn fraction_to(field: &'static str, text: &str, max: i64) -> Result<Option<Fraction>> {
    let rule = format_args!(
        "must be a fraction above 0 and at most {max} with six decimals, or \"unlimited\""
    );
    optional(field, text, rule, |t| {
        Fraction::parse(t)
            .ok()
            .filter(|value| value.millionths() > 0 && value.millionths() <= max * 1_000_000)
    })
}

pub(crate) fn fraction(field: &'static str, text: &str) -> Result<Option<Fraction>> {
    fraction_to(field, text, 1_000)
}

/// A fraction of a whole: above 1 it is a percentage by mistake.
pub(crate) fn percent_free(field: &'static str, text: &str) -> Result<Option<Fraction>> {
    fraction_to(field, text, 1)
}

fn count_to(field: &'static str, text: &str, max: u32) -> Result<Option<u32>> {
    let rule = format_args!("must be a whole number from 1 to {max}, or \"unlimited\"");
    optional(field, text, rule, |t| t.parse::<u32>().ok().filter(|value| (1..=max).contains(value)))
}

pub(crate) fn count(field: &'static str, text: &str) -> Result<Option<u32>> {
    count_to(field, text, u32::MAX)
}

/// A count for which the gate keeps that many times, or divides a second.
pub(crate) fn rate_count(field: &'static str, text: &str) -> Result<Option<u32>> {
    count_to(field, text, ORDERS_PER_MINUTE_MAX)
}

/// Points of a score.
pub(crate) fn points(field: &'static str, text: &str) -> Result<Option<u32>> {
    count_to(field, text, 100)
}

/// Money that nobody commits: a bound on an estimate that is told to the gate. It has no place among the limits that every
/// document must say.
pub(crate) fn told_amount(field: &'static str, text: &str) -> Result<Option<Amount>> {
    amount(field, text)
}

/// Milliseconds as nanoseconds.
pub(crate) fn milliseconds(field: &'static str, text: &str) -> Result<Option<i64>> {
    Ok(count_to(field, text, u32::MAX)?.map(|ms| i64::from(ms) * 1_000_000))
}

/// The lower bound is the stricter one.
pub(crate) fn lower<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// The higher bound is the stricter one.
pub(crate) fn higher<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    one.max(other)
}
