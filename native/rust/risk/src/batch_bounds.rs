//! The gate's arithmetic controls as bounds of whole numbers, for many orders of one kind against one state of the account.
//!
//! A control such as "position × 10⁶ ≤ limit × equity" is, for one instrument, a bound of ticks times lots: it is divided once
//! here, rounded to the side that gives the same answer for every order, and compared many times. Where that cannot be
//! done exactly there are no bounds, and each order is judged by the gate itself.

use crate::control::Control;
use crate::gate::{Gate, WHOLE};
use crate::limits::Limits;
use crate::view::View;
use holdfast_batch::{Band, Bounds, Limit};
use holdfast_core::rounding::divide;
use holdfast_core::{Amount, Fraction, InstrumentId, Price, Rounding, Side};

/// Largest ticks of an order, as a multiple of the reference price.
const TICKS_PER_MARK: i64 = 4;
/// Products of ticks and lots stay below it.
const PRODUCT_MAX: i128 = 1 << 61;
/// Money times the parts of a whole stays within 128 bits below it.
const AMOUNT_MAX: i128 = 1 << 104;
/// Equity times the largest limit stays within 128 bits below it.
const EQUITY_MAX: i128 = 1 << 95;

const fn bits(controls: &[Control]) -> u64 {
    let (mut set, mut at) = (0, 0);
    while at < controls.len() {
        set |= 1_u64 << controls[at] as u8;
        at += 1;
    }
    set
}

/// The controls that the comparison with bounds decides, as bits.
pub const COMPARED: u64 = bits(&[
    Control::OrderQuantity,
    Control::OrderNotional,
    Control::MinQuantity,
    Control::MaxQuantity,
    Control::MinNotional,
    Control::MaxNotional,
    Control::PriceBand,
    Control::PercentPrice,
    Control::PriceCollar,
    Control::StopLoss,
    Control::PositionQuantity,
    Control::PositionNotional,
    Control::PositionFraction,
    Control::GrossExposure,
    Control::Leverage,
    Control::Concentration,
    Control::AssetExposure,
    Control::GroupExposure,
    Control::NetExposure,
    Control::BuyingPower,
    Control::ShortSale,
]);

/// The controls that say the same to every order of a kind, as bits: one order is asked for all. A control that is in
/// neither list, and has a word to say, leaves its orders to the gate.
pub const STEADY: u64 = bits(&[
    Control::PriceAge,
    Control::Equity,
    Control::OrderRate,
    Control::DailyTrades,
    Control::DailyLoss,
    Control::WeeklyLoss,
    Control::TotalLoss,
    Control::Drawdown,
    Control::DrawdownGuard,
    Control::ConsecutiveLosses,
    Control::OpenOrders,
    Control::OpenOrderCount,
    Control::RateAge,
    Control::TradingMode,
    Control::MessageRate,
    Control::StrategyMessageRate,
    Control::Executions,
    Control::StopCoverage,
    Control::AccountAge,
    Control::IntentAge,
    Control::ClockDrift,
    Control::Restricted,
    Control::TradingHours,
    Control::InstrumentState,
    Control::Breaker,
]);

/// What orders have in common that are compared with the same bounds: plain limit or market orders of strategies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderKind {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// Which side.
    pub side: Side,
    /// Number of the strategy.
    pub strategy: u16,
    /// Whether they name a limit price.
    pub is_priced: bool,
}

/// Divides, and gives nothing where the quotient is not representable.
fn divided(value: i128, by: i128, rounding: Rounding) -> Option<i64> {
    let quotient = divide(value, by, rounding).ok()?;
    Some(quotient.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64)
}

fn at_most(control: Control, bound: i64) -> Limit {
    Limit { bound, bit: 1 << control as u8 }
}

/// One kind of orders on its way to bounds.
struct Reading<'a> {
    gate: &'a Gate,
    limits: &'a Limits,
    view: &'a View<'a>,
    kind: OrderKind,
    mark: Price,
    /// Money of one tick of one lot, and units of one lot.
    tick_lot: i128,
    lot: i128,
}

impl Gate {
    /// Returns the bounds of orders of a kind, but for what the steady controls say; `None` where they cannot be exact.
    #[must_use]
    pub fn bounds(&self, kind: OrderKind, view: &View<'_>) -> Option<Bounds> {
        let (mark, _) = view.mark?;
        let instrument = view.instrument;
        let is_plain = instrument.inverse_numerator().is_none() && self.cut == WHOLE;
        let is_solid = mark.ticks() > 0 && (1..EQUITY_MAX).contains(&view.equity.raw());
        if !is_plain || !is_solid {
            return None;
        }
        let one = holdfast_core::Quantity::from_lots(1);
        let reading = Reading {
            gate: self,
            limits: self.table().row(kind.strategy, kind.instrument),
            view,
            kind,
            mark,
            tick_lot: instrument.tick_lot_value().raw(),
            lot: instrument.units(one).ok()?.raw(),
        };
        reading.bounds()
    }
}

impl Reading<'_> {
    fn bounds(&self) -> Option<Bounds> {
        let (case, instrument) = (self.view.case, self.view.instrument);
        let (most, least) = (case.most().ok()?, case.least().ok()?);
        let mut bounds = Bounds {
            is_buy: self.kind.side == Side::Buy,
            mark: self.mark.ticks(),
            most,
            least,
            held: case.position.checked_abs()?,
            reducible: case.reducible(self.kind.side),
            ..Bounds::default()
        };
        self.reach(&mut bounds)?;
        if let Some(largest) = instrument.max_quantity {
            bounds.largest = at_most(Control::MaxQuantity, largest.lots());
        }
        if let Some(smallest) = instrument.min_quantity {
            bounds.lots_least = at_most(Control::MinQuantity, smallest.lots());
        }
        if let Some(smallest) = instrument.min_notional {
            let bound = divided(smallest.raw(), self.tick_lot, Rounding::Ceil)?;
            bounds.value_least = at_most(Control::MinNotional, bound);
        }
        if let Some(largest) = instrument.max_notional {
            let bound = divided(largest.raw(), self.tick_lot, Rounding::Floor)?;
            bounds.value_most[1] = at_most(Control::MaxNotional, bound);
        }
        self.sizes(&mut bounds)?;
        self.shares(&mut bounds)?;
        self.prices(&mut bounds)?;
        Some(bounds)
    }

    /// How large orders may be for their products to be exact here and without overflow in the gate.
    fn reach(&self, bounds: &mut Bounds) -> Option<()> {
        let around = &self.view.around;
        let buys = around.cash.map_or(Amount::ZERO, |(_, buys)| buys);
        let amounts = [
            self.view.other_exposure,
            around.others_long,
            around.others_short,
            around.others_of_asset,
            around.others_of_group,
            buys,
        ];
        let widest = amounts.into_iter().map(|amount| amount.raw().unsigned_abs()).max()?;
        let left = AMOUNT_MAX.checked_sub(i128::try_from(widest).ok()?)?;
        bounds.ticks_max = self.mark.ticks().checked_mul(TICKS_PER_MARK)?;
        let product = PRODUCT_MAX.min(left / self.tick_lot.max(self.lot));
        let lots = i64::try_from(product / i128::from(bounds.ticks_max)).ok()?;
        let held = bounds.most.checked_abs()?.max(bounds.least.checked_abs()?).max(bounds.held);
        bounds.lots_max = lots.checked_sub(held)?;
        (bounds.lots_max > 0).then_some(())
    }

    /// A size of which the governor leaves a part.
    fn governed(&self, whole: Amount) -> Option<i128> {
        let share = i128::from(self.gate.governor.millionths());
        if self.gate.governor == WHOLE {
            return Some(whole.raw());
        }
        whole.times_ratio(share, Fraction::PARTS, Rounding::Floor).ok().map(Amount::raw)
    }

    fn sizes(&self, bounds: &mut Bounds) -> Option<()> {
        let (limits, view) = (self.limits, self.view);
        let size = |control: Control, limit: Option<Amount>, unit: i128| -> Option<Limit> {
            let Some(whole) = limit else { return Some(Limit::default()) };
            let bound = divided(self.governed(whole)?, unit, Rounding::Floor)?;
            Some(at_most(control, bound))
        };
        bounds.lots_most = size(Control::OrderQuantity, limits.order_quantity, self.lot)?;
        bounds.value_most[0] = size(Control::OrderNotional, limits.order_notional, self.tick_lot)?;
        bounds.worst_most = size(Control::PositionQuantity, limits.position_quantity, self.lot)?;
        bounds.exposure_most[0] =
            size(Control::PositionNotional, limits.position_notional, self.tick_lot)?;
        if limits.short_sale_denied && self.kind.side == Side::Sell {
            bounds.least_least = at_most(Control::ShortSale, 0);
        }
        if let (Some(limit), Some((cash, buys)), Side::Buy) =
            (limits.buying_power, view.around.cash, self.kind.side)
        {
            let cash = cash.max(Amount::ZERO);
            let share = i128::from(limit.millionths());
            let bound = cash.times_ratio(share, Fraction::PARTS, Rounding::Floor).ok()?;
            let left = bound.minus(buys).ok()?.raw();
            let bound = divided(left, self.tick_lot, Rounding::Floor)?;
            bounds.cost_most = at_most(Control::BuyingPower, bound);
        }
        if limits.stop_loss_required {
            bounds.stop_bit = 1 << Control::StopLoss as u8;
        }
        Some(())
    }

    /// Returns the largest amount that is within a share of equity.
    fn of_equity(&self, share: Fraction, cuts: bool) -> Option<i128> {
        let mut parts = i128::from(share.millionths());
        if cuts && self.gate.governor != WHOLE {
            parts = parts * i128::from(self.gate.governor.millionths()) / Fraction::PARTS;
        }
        let scaled = self.view.equity.raw().checked_mul(parts)?;
        divide(scaled, Fraction::PARTS, Rounding::Floor).ok()
    }

    /// Returns the largest position that is within its share of the portfolio, which is the larger of equity and gross exposure.
    fn concentrated(&self, share: Fraction) -> Option<i128> {
        let (parts, others) = (i128::from(share.millionths()), self.view.other_exposure.raw());
        let of_equity = self.of_equity(share, false)?;
        let scaled = others.checked_mul(parts)?;
        let rest = Fraction::PARTS - parts;
        let of_gross = match rest {
            0 if others >= 0 => i128::MAX,
            1.. => divide(scaled, rest, Rounding::Floor).ok()?,
            _ => return None,
        };
        Some(of_equity.max(of_gross))
    }

    fn shares(&self, bounds: &mut Bounds) -> Option<()> {
        let (limits, around) = (self.limits, &self.view.around);
        let others = self.view.other_exposure.raw();
        let grouped = self.gate.table().group(self.kind.instrument) > 0;
        let group = limits.group_exposure.filter(|_| grouped);
        let shares = [
            (Control::PositionFraction, limits.position, 0, true),
            (Control::GrossExposure, limits.gross_exposure, others, true),
            (Control::Leverage, limits.leverage, others, false),
            (Control::AssetExposure, limits.asset_exposure, around.others_of_asset.raw(), false),
            (Control::GroupExposure, group, around.others_of_group.raw(), false),
        ];
        let places = bounds.exposure_most.iter_mut().skip(1);
        for (place, (control, limit, others, cuts)) in places.zip(shares) {
            let Some(limit) = limit else { continue };
            let left = self.of_equity(limit, cuts)?.checked_sub(others)?;
            *place = at_most(control, divided(left, self.tick_lot, Rounding::Floor)?);
        }
        if let Some(limit) = limits.concentration {
            let bound = divided(self.concentrated(limit)?, self.tick_lot, Rounding::Floor)?;
            bounds.exposure_most[6] = at_most(Control::Concentration, bound);
        }
        let Some(limit) = limits.net_exposure else { return Some(()) };
        let most = self.of_equity(limit, false)?;
        let sides = [around.others_long.raw(), around.others_short.raw()];
        for (place, others) in bounds.sided.iter_mut().zip(sides) {
            let low = most.checked_neg()?.checked_sub(others)?;
            *place = Band {
                low: divided(low, self.tick_lot, Rounding::Ceil)?,
                high: divided(most.checked_sub(others)?, self.tick_lot, Rounding::Floor)?,
                bit: 1 << Control::NetExposure as u8,
            };
        }
        Some(())
    }

    /// Returns the prices within a fraction of a reference.
    fn band(control: Control, limit: Fraction, reference: Price) -> Option<Band> {
        let around = i128::from(reference.ticks()) * i128::from(limit.millionths());
        let reach = divided(around, Fraction::PARTS, Rounding::Floor)?;
        let ticks = reference.ticks();
        (ticks > 0).then(|| Band {
            low: ticks.saturating_sub(reach),
            high: ticks.saturating_add(reach),
            bit: 1 << control as u8,
        })
    }

    fn prices(&self, bounds: &mut Bounds) -> Option<()> {
        if self.kind.is_priced {
            if let Some(limit) = self.limits.price_band {
                bounds.prices[0] = Self::band(Control::PriceBand, limit, self.mark)?;
            }
            if let Some(limit) = self.view.instrument.percent_price {
                bounds.prices[1] = Self::band(Control::PercentPrice, limit, self.mark)?;
            }
        }
        let Some(limit) = self.limits.price_collar else { return Some(()) };
        let collar = self.gate.collars.get(self.kind.instrument.index())?;
        let (Some((now, _)), before) = collar.anchors() else { return None };
        let anchors = [now, before.unwrap_or(now)];
        bounds.anchors = anchors.map(Price::ticks);
        for (place, anchor) in bounds.collars.iter_mut().zip(anchors) {
            *place = Self::band(Control::PriceCollar, limit, anchor)?;
        }
        bounds.collars_reducing = self.kind.is_priced;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_is_both_compared_and_steady() {
        assert_eq!(COMPARED & STEADY, 0);
        let left: Vec<Control> = Control::ALL
            .iter()
            .copied()
            .filter(|control| (COMPARED | STEADY) >> *control as u8 & 1 == 0)
            .collect();
        for control in [Control::Arithmetic, Control::Margin, Control::SelfTrade] {
            assert!(left.contains(&control));
        }
        assert!(left.contains(&Control::DuplicateIntent), "it is looked up for each order");
    }
}
