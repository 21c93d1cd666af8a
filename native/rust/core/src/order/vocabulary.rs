//! The words of an order: side, type, time in force, role and contingency, each with its number and its text.

use crate::code::Code;
use crate::error::{Error, Result};

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $number:literal $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum $name { $($variant = $number),* }

        impl $name {
            /// Every value with its number and its text in TypeScript, JSON and CSV.
            pub const VOCABULARY: &'static [(Self, u8, &'static str)] = &[$((Self::$variant, $number, $text)),*];

            /// Returns the text.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// Returns the value with this number.
            ///
            /// # Errors
            /// `ARGUMENT_INVALID`.
            pub fn from_number(number: u8) -> Result<Self> {
                match number {
                    $($number => Ok(Self::$variant),)*
                    _ => Err(Error::new(Code::ArgumentInvalid, format!(
                        "{} must be one of {:?}, was {number}", stringify!($name), [$($text),*]
                    ))),
                }
            }
        }
    };
}
pub(crate) use vocabulary;

vocabulary! {
    /// Order side (FIX 54).
    Side { Buy = 0 "buy", Sell = 1 "sell" }
}

vocabulary! {
    /// Order type (FIX 40). A stop waits until the market is as bad as its trigger, a take profit until it is as good.
    OrderType {
        Market = 0 "market", Limit = 1 "limit", StopMarket = 2 "stop_market", StopLimit = 3 "stop_limit",
        TakeProfitMarket = 4 "take_profit_market", TakeProfitLimit = 5 "take_profit_limit",
        TrailingStop = 6 "trailing_stop", MarketToLimit = 7 "market_to_limit",
    }
}

vocabulary! {
    /// Time in force (FIX 59).
    TimeInForce { Gtc = 0 "gtc", Ioc = 1 "ioc", Day = 2 "day", Fok = 3 "fok", Gtd = 4 "gtd" }
}

vocabulary! {
    /// Why an order exists: a strategy asked for it, or it protects a position that one of its orders opened; an external one was
    /// found at the venue and adopted.
    OrderRole {
        Strategy = 0 "strategy", StopLoss = 1 "stop_loss", TakeProfit = 2 "take_profit", Liquidation = 3 "liquidation",
        External = 4 "external",
    }
}

impl OrderType {
    /// Returns whether it carries a limit price.
    #[must_use]
    pub const fn has_limit(self) -> bool {
        matches!(self, Self::Limit | Self::StopLimit | Self::TakeProfitLimit)
    }

    /// Returns whether it carries a fixed trigger price.
    #[must_use]
    pub const fn has_trigger(self) -> bool {
        matches!(
            self,
            Self::StopMarket | Self::StopLimit | Self::TakeProfitMarket | Self::TakeProfitLimit
        )
    }

    /// Returns whether it waits for a price before it can trade.
    #[must_use]
    pub const fn waits(self) -> bool {
        self.has_trigger() || matches!(self, Self::TrailingStop)
    }

    /// Returns whether what is left of it may stand in the book.
    #[must_use]
    pub const fn rests(self) -> bool {
        self.has_limit() || matches!(self, Self::MarketToLimit)
    }
}

impl Side {
    /// Returns the other side.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// Returns lots with the sign that a fill on this side gives a position.
    #[must_use]
    pub const fn signed(self, lots: i64) -> i64 {
        match self {
            Self::Buy => lots,
            Self::Sell => -lots,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_of_the_vocabulary_agree() {
        for (value, number, text) in OrderType::VOCABULARY {
            assert_eq!(OrderType::from_number(*number), Ok(*value));
            assert_eq!(value.name(), *text);
        }
        assert!(Side::from_number(2).is_err());
        assert_eq!(Side::Buy.opposite(), Side::Sell);
        assert_eq!((Side::Buy.signed(3), Side::Sell.signed(3)), (3, -3));
    }

    #[test]
    fn ord_06_every_type_says_which_prices_it_carries() {
        let with = |rule: fn(OrderType) -> bool| -> Vec<&str> {
            OrderType::VOCABULARY.iter().filter(|t| rule(t.0)).map(|t| t.2).collect()
        };
        assert_eq!(with(OrderType::has_limit), ["limit", "stop_limit", "take_profit_limit"]);
        assert_eq!(
            with(OrderType::has_trigger),
            ["stop_market", "stop_limit", "take_profit_market", "take_profit_limit"]
        );
        assert_eq!(with(|t| t.waits() && !t.has_trigger()), ["trailing_stop"]);
        assert_eq!(with(|t| t.rests() && !t.has_limit()), ["market_to_limit"]);
    }
}
