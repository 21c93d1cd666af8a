//! Whether an order is small enough: its own size, and what the account could come to hold with it.

use super::Judgement;
use crate::control::Control;
use crate::gate::WHOLE;
use crate::loss_guard::observed_fraction;
use crate::quiet::Reader;
use holdfast_core::{Amount, Fraction, Price, Quantity, Result, Rounding, Side};

/// A part of a bound, rounded down.
fn part(bound: Amount, share: Fraction) -> Result<Amount> {
    if share == WHOLE {
        return Ok(bound);
    }
    bound.times_ratio(i128::from(share.millionths()), Fraction::PARTS, Rounding::Floor)
}

fn part_of_fraction(bound: Fraction, share: Fraction) -> Fraction {
    if share == WHOLE {
        return bound;
    }
    let product = i128::from(bound.millionths()) * i128::from(share.millionths());
    Fraction::from_millionths((product / Fraction::PARTS) as i64)
}

/// Whether `value ≤ bound × whole`. What was observed is `value ÷ whole` rounded up, which is no more than a whole number of
/// millionths exactly when `value` is not, so that nothing needs to be multiplied where the product could not overflow.
#[inline]
pub(super) fn covers(
    bound: Fraction,
    (value, whole): (Amount, Amount),
    observed: i128,
) -> Result<bool> {
    const WHOLE_MAX: i128 = 1 << 90;
    const BOUND_MAX: i64 = 1 << 36;
    let fits = (1..WHOLE_MAX).contains(&whole.raw()) && bound.millionths() < BOUND_MAX;
    if fits && observed < i128::from(i64::MAX) {
        return Ok(observed <= i128::from(bound.millionths()));
    }
    bound.covers(value, whole)
}

impl<R: Reader> Judgement<'_, R> {
    /// Adds a size in money or units, of whose limit drawdown and governor leave a part.
    #[inline(always)]
    pub(super) fn size(
        &mut self,
        control: Control,
        limit: Option<Amount>,
        observed: Amount,
    ) -> Result<()> {
        let Some(whole) = limit else {
            self.at_most(control, None, observed.raw());
            return Ok(());
        };
        if self.gate.cut != WHOLE || self.gate.governor != WHOLE {
            return self.size_in_part(control, whole, observed);
        }
        self.at_most(control, Some(whole.raw()), observed.raw());
        Ok(())
    }

    /// As `size`, of a limit of which a part is left.
    #[inline(never)]
    fn size_in_part(&mut self, control: Control, whole: Amount, observed: Amount) -> Result<()> {
        let governed = part(whole, self.gate.governor)?;
        let bound = part(governed, self.gate.cut)?;
        self.cut_failed |= observed > bound && observed <= governed;
        self.at_most(control, Some(bound.raw()), observed.raw());
        Ok(())
    }

    /// Adds a value as a fraction of a whole; `cuts` says whether drawdown and governor leave a part of the limit only.
    #[inline(always)]
    fn share(
        &mut self,
        control: Control,
        limit: Option<Fraction>,
        share: (Amount, Amount),
        cuts: bool,
    ) -> Result<()> {
        let governed = limit.map(|limit| match cuts {
            true => part_of_fraction(limit, self.gate.governor),
            false => limit,
        });
        let bound = governed.map(|governed| match cuts {
            true => part_of_fraction(governed, self.gate.cut),
            false => governed,
        });
        if self.reader.passes_over_share(control, bound, share) {
            self.verdict.pass_quietly(control);
            return Ok(());
        }
        self.divided_share(control, (governed, bound), share)
    }

    /// As `share`, of a limit that is all or in part in force.
    #[inline(never)]
    fn divided_share(
        &mut self,
        control: Control,
        (governed, bound): (Option<Fraction>, Option<Fraction>),
        (value, whole): (Amount, Amount),
    ) -> Result<()> {
        let observed = self.divided(value, whole)?;
        let (Some(governed), Some(bound)) = (governed, bound) else {
            self.add(control, true, None, observed);
            return Ok(());
        };
        let passed = covers(bound, (value, whole), observed)?;
        self.cut_failed |= !passed && governed.covers(value, whole)?;
        self.add(control, passed, Some(i128::from(bound.millionths())), observed);
        Ok(())
    }

    /// Returns `value ÷ whole` in millionths rounded up; several controls ask for the same share in a row.
    fn divided(&mut self, value: Amount, whole: Amount) -> Result<i128> {
        match self.last_share {
            Some((share, observed)) if share == (value, whole) => Ok(observed),
            _ => {
                let observed = i128::from(observed_fraction(value, whole)?.millionths());
                self.last_share = Some(((value, whole), observed));
                Ok(observed)
            }
        }
    }

    pub(super) fn exposure(&mut self, price: Price) -> Result<()> {
        let (view, limits, instrument) = (self.view, self.limits, self.view.instrument);
        let case = view.case.reserve(self.intent.side, self.leaves.lots())?;
        let worst = case.lots()?;
        if limits.position_quantity.is_some() {
            let units = instrument.units(worst)?;
            self.size(Control::PositionQuantity, limits.position_quantity, units)?;
        }
        if limits.position_notional.is_some() {
            let notional = instrument.notional(price, worst)?;
            self.size(Control::PositionNotional, limits.position_notional, notional)?;
        }
        if limits.short_sale_denied && self.intent.side == Side::Sell {
            let short = case.least()?.min(0).saturating_neg();
            let units = instrument.units(Quantity::from_lots(short))?;
            self.add(Control::ShortSale, short == 0, Some(0), units.raw());
        }
        if let (Some(limit), Some((cash, buys)), Side::Buy) =
            (limits.buying_power, view.around.cash, self.intent.side)
        {
            let cost = instrument.settlement_notional(price, self.leaves)?.plus(buys)?;
            let bound = part(cash.max(Amount::ZERO), limit)?;
            self.at_most(Control::BuyingPower, Some(bound.raw()), cost.raw());
        }
        if view.equity.raw() <= 0 {
            return Ok(());
        }
        let position = instrument.settlement_notional(price, worst)?;
        let gross = view.other_exposure.plus(position)?;
        let whole = view.equity;
        self.share(Control::PositionFraction, limits.position, (position, whole), true)?;
        self.share(Control::GrossExposure, limits.gross_exposure, (gross, whole), true)?;
        if limits.leverage.is_some() {
            self.share(Control::Leverage, limits.leverage, (gross, whole), false)?;
        }
        if limits.concentration.is_some() {
            let portfolio = (position, gross.max(whole));
            self.share(Control::Concentration, limits.concentration, portfolio, false)?;
        }
        if limits.asset_exposure.is_some() {
            let asset = view.around.others_of_asset.plus(position)?;
            self.share(Control::AssetExposure, limits.asset_exposure, (asset, whole), false)?;
        }
        if limits.group_exposure.is_some() && self.gate.table().group(self.intent.instrument) > 0 {
            let group = view.around.others_of_group.plus(position)?;
            self.share(Control::GroupExposure, limits.group_exposure, (group, whole), false)?;
        }
        if limits.net_exposure.is_some() {
            let most = Quantity::from_lots(case.most()?);
            let least = Quantity::from_lots(case.least()?);
            let long = view.around.others_long.plus(instrument.exposure(price, most)?)?;
            let short = view.around.others_short.plus(instrument.exposure(price, least)?)?;
            let net = long.magnitude()?.max(short.magnitude()?);
            self.share(Control::NetExposure, limits.net_exposure, (net, whole), false)?;
        }
        Ok(())
    }

    /// Says why sizes are smaller than their limits.
    #[inline]
    pub(super) fn drawdown_guard(&mut self) -> Result<()> {
        let Some(soft) = self.limits.drawdown_soft else { return Ok(()) };
        let (fall, peak) = self.gate.guard().fall()?;
        let share = if peak.raw() > 0 { (fall, peak) } else { (Amount::ONE, Amount::ONE) };
        let guard = (Control::DrawdownGuard, !self.cut_failed);
        let observed = self.looked_at(guard, Some(soft), share)?;
        self.add_share(guard, Some(soft), observed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn a_share_is_covered_by_its_rounded_value_exactly_when_its_products_say_so(
            whole in 1_i128..1 << 100, shift in 0_u32..100, millionths in 0_i64..2_000_000_000,
            near in -2_i128..=2, anywhere in prop::option::of(0_i128..1 << 104),
        ) {
            let whole = Amount::from_raw((whole >> shift).max(1));
            let bound = Fraction::from_millionths(millionths);
            let limit = whole.raw().saturating_mul(i128::from(millionths)) / Fraction::PARTS;
            let value = Amount::from_raw(anywhere.unwrap_or(limit + near).clamp(0, 1 << 104));
            let observed = i128::from(observed_fraction(value, whole).unwrap().millionths());
            prop_assert_eq!(covers(bound, (value, whole), observed), bound.covers(value, whole));
        }
    }
}
