//! Whether an order is small enough: its own size, and what the account could come to hold with it.

use super::Judgement;
use crate::control::Control;
use crate::gate::WHOLE;
use crate::loss_guard::observed_fraction;
use holdfast_core::{Amount, Fraction, Price, Quantity, Result, Rounding, Side};

/// A part of a bound, rounded down.
fn part(bound: Amount, share: Fraction) -> Result<Amount> {
    bound.times_ratio(i128::from(share.millionths()), Fraction::PARTS, Rounding::Floor)
}

fn part_of_fraction(bound: Fraction, share: Fraction) -> Fraction {
    let product = i128::from(bound.millionths()) * i128::from(share.millionths());
    Fraction::from_millionths((product / Fraction::PARTS) as i64)
}

impl Judgement<'_> {
    /// Adds a size in money or units, of whose limit drawdown and governor leave a part.
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
        let (cut, governor) = (self.gate.cut, self.gate.governor);
        let governed = if governor == WHOLE { whole } else { part(whole, governor)? };
        let bound = if cut == WHOLE { governed } else { part(governed, cut)? };
        self.cut_failed |= observed > bound && observed <= governed;
        self.at_most(control, Some(bound.raw()), observed.raw());
        Ok(())
    }

    /// Adds a value as a fraction of a whole; `cuts` says whether drawdown and governor leave a part of the limit only.
    fn share(
        &mut self,
        control: Control,
        limit: Option<Fraction>,
        (value, whole): (Amount, Amount),
        cuts: bool,
    ) -> Result<()> {
        let observed = i128::from(observed_fraction(value, whole)?.millionths());
        let Some(limit) = limit else {
            self.add(control, true, None, observed);
            return Ok(());
        };
        let governed = if cuts { part_of_fraction(limit, self.gate.governor) } else { limit };
        let bound = if cuts { part_of_fraction(governed, self.gate.cut) } else { governed };
        let passed = bound.covers(value, whole)?;
        self.cut_failed |= !passed && governed.covers(value, whole)?;
        self.add(control, passed, Some(i128::from(bound.millionths())), observed);
        Ok(())
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
    pub(super) fn drawdown_guard(&mut self) -> Result<()> {
        let Some(soft) = self.limits.drawdown_soft else { return Ok(()) };
        let (fall, peak) = self.gate.guard().fall()?;
        let observed = if peak.raw() > 0 { observed_fraction(fall, peak)? } else { WHOLE };
        let passed = !self.cut_failed;
        let bound = i128::from(soft.millionths());
        self.add(Control::DrawdownGuard, passed, Some(bound), observed.millionths().into());
        Ok(())
    }
}
