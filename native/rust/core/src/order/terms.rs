//! How an order is to be worked beyond its type: post-only, display quantity, trailing distance, expiry, and
//! who wants it because of what.

use crate::clock::Timestamp;
use crate::code::Code;
use crate::error::{Error, Result};
use crate::fraction::Fraction;
use crate::order::Side;
use crate::price::Price;
use crate::quantity::Quantity;
use crate::rounding::{Rounding, divide};
use crate::wire::{Reader, U32_BYTES_MAX, U64_BYTES_MAX, Writer};

/// How far a trailing stop follows the best price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrailingDistance {
    /// A fixed count of ticks.
    Ticks(i64),
    /// A share of the best price, rounded up to whole ticks, so that the stop is never nearer than asked.
    Share(Fraction),
}

impl TrailingDistance {
    /// Returns whether the distance is one that a stop can keep.
    #[must_use]
    pub const fn is_valid(self) -> bool {
        match self {
            Self::Ticks(ticks) => ticks > 0,
            Self::Share(share) => share.millionths() > 0 && share.millionths() < 1_000_000,
        }
    }

    /// Returns the stop price at this distance behind the best price; it never falls below one tick.
    ///
    /// # Errors
    /// `PRICE_OUT_OF_RANGE`.
    pub fn stop(self, side: Side, best: Price) -> Result<Price> {
        let ticks = match self {
            Self::Ticks(ticks) => ticks,
            Self::Share(share) => {
                let product = i128::from(best.ticks()) * i128::from(share.millionths());
                let ticks = divide(product, Fraction::PARTS, Rounding::Ceil)?;
                i64::try_from(ticks).map_err(|_| {
                    Error::new(Code::PriceOutOfRange, "trailing distance must fit 64 bits of ticks")
                })?
            }
        };
        match side {
            Side::Buy => best.plus(Price::from_ticks(ticks)),
            Side::Sell => Ok(best.minus(Price::from_ticks(ticks))?.max(Price::from_ticks(1))),
        }
    }
}

/// What an order asks for beyond type and prices; the default asks for nothing and takes no bytes in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OrderTerms {
    /// Whether the order may only add liquidity: the venue rejects it where it would trade at once.
    pub post_only: bool,
    /// Most that the book shows of it at a time (FIX 1138); an iceberg.
    pub display: Option<Quantity>,
    /// Distance of a trailing stop.
    pub trailing: Option<TrailingDistance>,
    /// When a good-till-date order ends (FIX 126).
    pub expires: Option<Timestamp>,
    /// Which strategy of the account wants it, from 1 in the order of the limits; 0 when none is named.
    pub strategy: u16,
    /// When the market event happened that caused it; its instrument's last price when it names none.
    pub cause: Option<Timestamp>,
}

const POST_ONLY: u8 = 1;
const TRAILING_TICKS: u8 = 2;
const TRAILING_SHARE: u8 = 4;
const STRATEGY: u8 = 16;
const CAUSE: u8 = 32;

impl OrderTerms {
    /// Most bytes of the encoded form.
    pub(crate) const BYTES_MAX: usize = 1 + 4 * U64_BYTES_MAX + U32_BYTES_MAX;

    pub(crate) fn encode(&self, writer: &mut Writer<'_>) {
        let (flag, distance) = match self.trailing {
            None => (0, 0),
            Some(TrailingDistance::Ticks(ticks)) => (TRAILING_TICKS, ticks),
            Some(TrailingDistance::Share(share)) => (TRAILING_SHARE, share.millionths()),
        };
        writer.u8(flag
            | if self.post_only { POST_ONLY } else { 0 }
            | if self.strategy != 0 { STRATEGY } else { 0 }
            | if self.cause.is_some() { CAUSE } else { 0 });
        writer.i64(distance);
        writer.optional_i64(self.display.map(Quantity::lots));
        writer.optional_i64(self.expires.map(|ts| ts.0));
        if self.strategy != 0 {
            writer.u16(self.strategy);
        }
        if let Some(cause) = self.cause {
            writer.i64(cause.0);
        }
    }

    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        let flags = reader.u8()?;
        let distance = reader.i64()?;
        let trailing = match flags & !(POST_ONLY | STRATEGY | CAUSE) {
            0 => None,
            TRAILING_TICKS => Some(TrailingDistance::Ticks(distance)),
            TRAILING_SHARE => Some(TrailingDistance::Share(Fraction::from_millionths(distance))),
            _ => {
                return Err(Error::new(
                    Code::ArgumentInvalid,
                    format!("flags of an order's terms must be known, were {flags}"),
                ));
            }
        };
        Ok(Self {
            post_only: flags & POST_ONLY != 0,
            trailing,
            display: reader.optional_i64()?.map(Quantity::from_lots),
            expires: reader.optional_i64()?.map(Timestamp),
            strategy: if flags & STRATEGY == 0 { 0 } else { reader.u16()? },
            cause: if flags & CAUSE == 0 { None } else { Some(Timestamp(reader.i64()?)) },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ord_06_a_stop_trails_by_ticks_or_by_a_share_rounded_away() {
        let stop = |distance: TrailingDistance, side, best| {
            distance.stop(side, Price::from_ticks(best)).unwrap().ticks()
        };
        let ticks = TrailingDistance::Ticks(50);
        assert_eq!((stop(ticks, Side::Sell, 1_000), stop(ticks, Side::Buy, 1_000)), (950, 1_050));
        let share = TrailingDistance::Share(Fraction::parse("0.015").unwrap());
        assert_eq!((stop(share, Side::Sell, 1_001), stop(share, Side::Buy, 1_001)), (985, 1_017));
        assert_eq!(stop(ticks, Side::Sell, 20), 1, "a price stays positive");
        let far = ticks.stop(Side::Buy, Price::from_ticks(i64::MAX));
        assert_eq!(far.map_err(|e| e.code()), Err(Code::PriceOutOfRange));
    }

    #[test]
    fn ord_06_a_distance_is_at_least_a_tick_or_a_share_below_the_whole() {
        for (ticks, valid) in [(-1, false), (0, false), (1, true)] {
            assert_eq!(TrailingDistance::Ticks(ticks).is_valid(), valid, "{ticks} ticks");
        }
        for (millionths, valid) in
            [(-1, false), (0, false), (1, true), (999_999, true), (1_000_000, false)]
        {
            let share = TrailingDistance::Share(Fraction::from_millionths(millionths));
            assert_eq!(share.is_valid(), valid, "{millionths} millionths");
        }
    }

    #[test]
    fn unknown_flags_are_refused() {
        let mut reader = Reader::new(&[8, 1, 1, 1]);
        let code = OrderTerms::decode(&mut reader).map_err(|e| e.code());
        assert_eq!(code, Err(Code::ArgumentInvalid));
    }
}
