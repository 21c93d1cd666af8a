//! The controls of the gate, each with its code and the unit of its numbers.

use holdfast_core::Code;

/// How limit and observed value of a control are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 10⁻¹⁸ units of the quote currency, or of the instrument for quantities.
    Amount,
    /// Millionths of a whole.
    Fraction,
    /// A plain count.
    Count,
    /// Nanoseconds.
    Nanoseconds,
    /// Ticks of the instrument.
    Ticks,
}

impl Unit {
    /// Returns the name used in the journal's JSON form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::Fraction => "fraction",
            Self::Count => "count",
            Self::Nanoseconds => "ns",
            Self::Ticks => "ticks",
        }
    }
}

macro_rules! controls {
    ($($variant:ident = $bit:literal $code:ident $unit:ident $meaning:literal,)*) => {
        /// One rule of the gate; the number is its bit in a verdict.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Control { $(#[doc = $meaning] $variant = $bit,)* }

        impl Control {
            /// Every control, in the order in which verdicts list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the stable code of a denial.
            #[must_use]
            pub const fn code(self) -> Code {
                match self { $(Self::$variant => Code::$code,)* }
            }

            /// Returns how its numbers are to be read.
            #[must_use]
            pub const fn unit(self) -> Unit {
                match self { $(Self::$variant => Unit::$unit,)* }
            }

            /// Returns what it checks.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }

            /// Returns whether a smaller order may pass it.
            #[must_use]
            pub const fn is_size(self) -> bool {
                matches!(
                    self,
                    Self::OrderQuantity
                        | Self::OrderNotional
                        | Self::MaxQuantity
                        | Self::MaxNotional
                        | Self::PositionFraction
                        | Self::GrossExposure
                        | Self::Margin
                        | Self::Arithmetic
                        | Self::PositionQuantity
                        | Self::PositionNotional
                        | Self::NetExposure
                        | Self::AssetExposure
                        | Self::GroupExposure
                        | Self::Concentration
                        | Self::Leverage
                        | Self::BuyingPower
                        | Self::DrawdownGuard
                        | Self::ShortSale
                        | Self::CapitalAllocation
                        | Self::ValueAtRisk
                        | Self::Shortfall
                )
            }

            /// The controls of sizes, as bits.
            pub const SIZES: u64 = {
                let mut bits = 0;
                $(if Self::$variant.is_size() { bits |= 1_u64 << $bit; })*
                bits
            };

            /// Returns the control with this bit.
            #[must_use]
            pub const fn from_number(number: u8) -> Option<Self> {
                match number { $($bit => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

controls! {
    PriceAge = 0 PriceStale Nanoseconds "Age of the reference price.",
    Equity = 1 AccountUnavailable Amount "Equity must be positive for limits relative to it.",
    OrderQuantity = 2 OrderQtyExceeded Amount "Quantity of one order, in units of the instrument.",
    OrderNotional = 3 OrderNotionalExceeded Amount "Notional of one order.",
    MinQuantity = 4 QtyBelowMin Amount "The instrument's smallest quantity.",
    MaxQuantity = 5 QtyAboveMax Amount "The instrument's largest quantity.",
    MinNotional = 6 NotionalBelowMin Amount "The instrument's smallest notional.",
    MaxNotional = 7 NotionalAboveMax Amount "The instrument's largest notional.",
    PriceBand = 8 PriceBandExceeded Fraction "Distance of the limit price from the reference price.",
    PercentPrice = 9 PercentPriceExceeded Fraction "The instrument's band around the reference price.",
    PositionFraction = 10 PositionLimitExceeded Fraction "Position, all open orders filled, as a fraction of equity.",
    GrossExposure = 11 GrossExposureExceeded Fraction "Gross exposure, all open orders filled, as a fraction of equity.",
    OrderRate = 12 OrderRateExceeded Count "Orders within the last minute, this one included.",
    DailyTrades = 13 DailyTradesExceeded Count "Opening orders of the UTC day, this one included.",
    DailyLoss = 14 DailyLossExceeded Fraction "Largest loss of the UTC day as a fraction of its opening equity.",
    Drawdown = 15 DrawdownExceeded Fraction "Largest drawdown of marked equity.",
    StopLoss = 16 StopLossRequired Ticks "Stop loss of an opening order, on the losing side of its price.",
    OpenOrders = 17 OrderCapacityExhausted Count "Open orders, this one included.",
    Arithmetic = 18 RiskArithmetic Count "A value of the judgement left its range.",
    RateAge = 19 RateStale Nanoseconds "Age of the oldest rate of exchange that the order or the account depends on.",
    Margin = 20 MarginInsufficient Amount "Initial margin that the order adds, against what is available, in the settlement currency.",
    SelfTrade = 21 SelfTrade Count "Own orders that the order could match.",
    TradingMode = 22 TradingModeDenied Count "Trading mode: 1 paused, 2 reduced, 3 emergency.",
    PositionQuantity = 23 PositionQtyExceeded Amount "Position, all open orders filled, in units of the instrument.",
    PositionNotional = 24 PositionNotionalExceeded Amount "Notional of the position, all open orders filled.",
    NetExposure = 25 NetExposureExceeded Fraction "Longs less shorts, the open orders of the worse side filled, as a fraction of equity.",
    AssetExposure = 26 AssetExposureExceeded Fraction "Exposure to the base currency over all its instruments, all open orders filled, as a fraction of equity.",
    GroupExposure = 27 GroupExposureExceeded Fraction "Exposure to the instrument's group, all open orders filled, as a fraction of equity.",
    Concentration = 28 ConcentrationExceeded Fraction "Share of the instrument in the portfolio, which is the larger of equity and gross exposure.",
    Leverage = 29 LeverageExceeded Fraction "Gross exposure, all open orders filled, over equity.",
    BuyingPower = 30 BuyingPowerExceeded Amount "Cost of all open buy orders, this one included, against settled cash, in the settlement currency.",
    OpenOrderCount = 31 OpenOrdersExceeded Count "Open orders that the limits permit, this one included.",
    MessageRate = 32 MessageRateExceeded Count "Messages that the venue's budget lacks; a share of it is kept for cancels.",
    DuplicateIntent = 33 DuplicateIntent Nanoseconds "Time since the same order of the same strategy was sent.",
    Executions = 34 ExecutionsThrottled Count "Fills of the strategy within the window; beyond the limit it is disabled until a person enables it again.",
    WeeklyLoss = 35 WeeklyLossExceeded Fraction "Largest loss of the UTC week, from Monday, as a fraction of its opening equity.",
    TotalLoss = 36 TotalLossExceeded Fraction "Largest loss since the start as a fraction of opening equity.",
    DrawdownGuard = 37 DrawdownGuard Fraction "Present drawdown beyond the soft limit, which cuts the permitted sizes.",
    ConsecutiveLosses = 38 ConsecutiveLosses Count "Losing closes in a row on the UTC day.",
    PriceCollar = 39 PriceCollarExceeded Fraction "Distance of the order's price from where the market stood when the window began.",
    StopCoverage = 40 StopCoverageMissing Nanoseconds "Time for which the position is not wholly covered by live protective stops.",
    AccountAge = 41 AccountStale Nanoseconds "Time since the venue confirmed the account.",
    IntentAge = 42 IntentStale Nanoseconds "Age of the market event that caused the order.",
    ClockDrift = 43 ClockDriftExceeded Nanoseconds "Measured offset of the clock, or how far the order's cause lies in the future.",
    Restricted = 44 InstrumentRestricted Count "Whether the instrument is on the restricted list.",
    TradingHours = 45 OutsideTradingHours Nanoseconds "Time since the last trading session ended.",
    InstrumentState = 46 InstrumentHalted Count "Whether the venue has halted the instrument.",
    ShortSale = 47 ShortSaleDenied Amount "Short position, all open sell orders filled, in units of the instrument.",
    Breaker = 48 BreakerOpen Count "Circuit breakers that are open, as bits.",
    StrategyMessageRate = 49 StrategyMessageRateExceeded Count "Messages that the strategy's budget lacks; a share of it is kept for cancels.",
    CapitalAllocation = 50 CapitalAllocationExceeded Amount "Exposure of the strategy, all its open orders filled, against the capital allocated to it, in the settlement currency.",
    CorrelationAge = 51 CorrelationStale Nanoseconds "Age of the correlations with what else is held or could be.",
    Correlation = 52 CorrelationTooHigh Fraction "Largest correlation with what else is held or could be, on the same side of the market.",
    RiskAge = 53 PortfolioRiskStale Nanoseconds "Age of the portfolio's risk.",
    ValueAtRisk = 54 VarExceeded Amount "VaR of the portfolio with all that was not measured yet, in the account's currency.",
    Shortfall = 55 CvarExceeded Amount "CVaR of the portfolio with all that was not measured yet, in the account's currency.",
    RiskScore = 56 RiskScoreExceeded Fraction "Risk score of the portfolio, in points of 100; it stands in every verdict once it is told.",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_and_codes_are_unique() {
        let mut codes = std::collections::HashSet::new();
        assert!(Control::ALL.is_sorted_by_key(|control| *control as u8));
        for control in Control::ALL {
            assert!(usize::from(*control as u8) < crate::verdict::CHECKS_MAX);
            assert_eq!(Control::from_number(*control as u8), Some(*control));
            assert!(codes.insert(control.code().name()));
            assert!(control.meaning().ends_with('.') && !control.unit().name().is_empty());
        }
        assert_eq!(Control::from_number(57), None);
    }

    #[test]
    fn every_unit_has_its_name() {
        let units = [Unit::Amount, Unit::Fraction, Unit::Count, Unit::Nanoseconds, Unit::Ticks];
        assert_eq!(units.map(Unit::name), ["amount", "fraction", "count", "ns", "ticks"]);
    }
}
