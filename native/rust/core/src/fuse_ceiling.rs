//! Which ceiling of the egress fuse a request met.

use crate::code::Code;
use crate::error::{Error, Result};
use crate::order::vocabulary;

vocabulary! {
    /// What the fuse held a request against; `none` where it is no ceiling: the mode, an earlier trip, the latch.
    FuseCeiling {
        None = 0 "none",
        OrdersPerSecond = 1 "orders_per_second", OrdersPerMinute = 2 "orders_per_minute",
        OrdersPerDay = 3 "orders_per_day", NotionalPerSecond = 4 "notional_per_second",
        NotionalPerMinute = 5 "notional_per_minute", NotionalPerDay = 6 "notional_per_day",
        OrderNotional = 7 "order_notional", OrderQuantity = 8 "order_quantity",
        UnansweredNotional = 9 "unanswered_notional", Repeats = 10 "repeats",
        ExitsPerSecond = 11 "exits_per_second", ExitsPerMinute = 12 "exits_per_minute",
    }
}

impl FuseCeiling {
    /// Returns whether limit and observed value are money, at 18 decimals; the others are counts or lots.
    #[must_use]
    pub const fn is_money(self) -> bool {
        matches!(
            self,
            Self::NotionalPerSecond
                | Self::NotionalPerMinute
                | Self::NotionalPerDay
                | Self::OrderNotional
                | Self::UnansweredNotional
        )
    }

    /// Returns the code of a request that met it.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::None => Code::FuseTripped,
            Self::OrdersPerSecond
            | Self::OrdersPerMinute
            | Self::OrdersPerDay
            | Self::ExitsPerSecond
            | Self::ExitsPerMinute => Code::FuseOrderRate,
            Self::NotionalPerSecond | Self::NotionalPerMinute | Self::NotionalPerDay => {
                Code::FuseNotional
            }
            Self::OrderNotional | Self::OrderQuantity => Code::FuseOrderSize,
            Self::UnansweredNotional => Code::FuseUnanswered,
            Self::Repeats => Code::FuseRepeated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ceiling_has_a_code_of_the_fuse_and_money_has_notional_in_its_name() {
        for (ceiling, number, name) in FuseCeiling::VOCABULARY.iter().copied() {
            assert!(ceiling.code().name().starts_with("FUSE_"), "{name}");
            assert_eq!(ceiling.is_money(), name.contains("notional"), "{name}");
            assert_eq!(FuseCeiling::from_number(number), Ok(ceiling));
        }
    }
}
