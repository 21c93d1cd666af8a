//! The judgement: `(order, view) → verdict`, one pass over all controls, no early exit, so that a denial names every
//! reason at once.

mod capital;
mod conditions;
mod exposure;

use crate::control::Control;
use crate::gate::Gate;
use crate::limits::Limits;
use crate::loss_guard::observed_fraction;
use crate::quiet::{Quiet, Reader, Whole};
use crate::verdict::{Check, Verdict};
use crate::view::{Subject, View};
use exposure::covers;
use holdfast_core::{
    Amount, Fraction, OrderIntent, OrderRole, Price, Quantity, Result, Side, TradingMode,
};

/// One order on its way past the controls.
pub(crate) struct Judgement<'a, R> {
    reader: R,
    gate: &'a Gate,
    limits: &'a Limits,
    intent: &'a OrderIntent,
    subject: Subject,
    /// What could fill, for the worst case.
    leaves: Quantity,
    view: &'a View<'a>,
    verdict: &'a mut Verdict,
    /// Whether a size passes its limit but not what the drawdown leaves of it.
    cut_failed: bool,
    /// The share that was divided last, and what it came to.
    last_share: Option<((Amount, Amount), i128)>,
    age_ns: i64,
}

/// Judges an order or an amendment.
pub(crate) fn judge_into(
    gate: &Gate,
    intent: &OrderIntent,
    subject: Subject,
    view: &View<'_>,
    verdict: &mut Verdict,
) {
    judge_for(Whole, gate, (intent, subject), view, verdict);
}

/// Judges an order and lists of what passes only what is news. What fails may be the one reason of several; `judge_into` names
/// them all.
pub(crate) fn glance_into(
    gate: &Gate,
    intent: &OrderIntent,
    view: &View<'_>,
    quiet: &Quiet,
    verdict: &mut Verdict,
) {
    judge_for(quiet, gate, (intent, Subject::Order), view, verdict);
}

#[inline]
fn judge_for<R: Reader>(
    reader: R,
    gate: &Gate,
    (intent, subject): (&OrderIntent, Subject),
    view: &View<'_>,
    verdict: &mut Verdict,
) {
    let (leaves, lessens) = match subject {
        Subject::Order => (intent.quantity, false),
        Subject::Amendment { leaves, lessens } => (leaves, lessens),
    };
    let reducing = lessens
        || if intent.reduce_only {
            intent.side.opposite().signed(1) == view.case.position.signum()
        } else {
            leaves.lots() <= view.case.reducible(intent.side)
        };
    let table = gate.table();
    verdict.begin(intent.client_order_id, reducing);
    verdict.limits_mark = table.mark();
    let age_ns = view.mark.map_or(i64::MAX, |(_, ts)| view.now.since(ts));
    let mut judgement = Judgement {
        reader,
        gate,
        limits: table.row(intent.terms.strategy, intent.instrument),
        intent,
        subject,
        leaves,
        view,
        verdict,
        cut_failed: false,
        last_share: None,
        age_ns,
    };
    // An overflow inside a control is a denial of its own: nothing passes that could not be judged.
    if judgement.run(reducing).is_err() {
        judgement.add(Control::Arithmetic, false, Some(0), 1);
    }
}

impl<R: Reader> Judgement<'_, R> {
    #[inline(always)]
    fn add(&mut self, control: Control, passed: bool, limit: Option<i128>, observed: i128) {
        let age_ns = self.age_ns;
        self.add_aged(Check { control, passed, limit, observed, age_ns });
    }

    /// Adds a check with an age of its own.
    #[inline(always)]
    fn add_aged(&mut self, check: Check) {
        if check.passed && self.reader.passes_over(check.control, check.limit, check.observed) {
            self.verdict.pass_quietly(check.control);
        } else {
            self.verdict.add(check);
        }
    }

    /// Returns a share in millionths rounded up; nothing where it passed by another rule and is no news.
    #[inline(always)]
    fn looked_at(
        &self,
        (control, passed): (Control, bool),
        limit: Option<Fraction>,
        share: (Amount, Amount),
    ) -> Result<Option<i128>> {
        if passed && self.reader.passes_over_share(control, limit, share) {
            return Ok(None);
        }
        Ok(Some(observed_fraction(share.0, share.1)?.millionths().into()))
    }

    /// Adds what `looked_at` returned.
    #[inline(always)]
    fn add_share(
        &mut self,
        (control, passed): (Control, bool),
        limit: Option<Fraction>,
        observed: Option<i128>,
    ) {
        match observed {
            Some(observed) => {
                let bound = limit.map(|limit| i128::from(limit.millionths()));
                self.add(control, passed, bound, observed);
            }
            None => self.verdict.pass_quietly(control),
        }
    }

    /// Adds an upper bound on an amount or a count.
    #[inline]
    fn at_most(&mut self, control: Control, limit: Option<i128>, observed: i128) {
        self.add(control, limit.is_none_or(|bound| observed <= bound), limit, observed);
    }

    fn run(&mut self, reducing: bool) -> Result<()> {
        self.trading_mode(reducing);
        self.sanity(reducing)?;
        if !reducing {
            self.conditions()?;
            self.opening()?;
        }
        Ok(())
    }

    /// Whether the order's price is one that somebody wants to trade at now, also to get out.
    fn names_its_price(&self) -> bool {
        matches!(self.intent.role, OrderRole::Strategy | OrderRole::Liquidation)
    }

    fn lessens(&self) -> bool {
        matches!(self.subject, Subject::Amendment { lessens: true, .. })
    }

    /// What the mode lets pass: nothing a strategy wants while paused, reductions while reduced, liquidations in an emergency. An
    /// amendment that only takes quantity away always passes.
    fn trading_mode(&mut self, reducing: bool) {
        let mode = self.gate.mode;
        let lessens = self.lessens();
        let role = self.intent.role;
        let passes = match mode {
            TradingMode::Normal => return,
            TradingMode::Paused => reducing && role != OrderRole::Strategy,
            TradingMode::Reduced => reducing,
            TradingMode::Emergency => reducing && role == OrderRole::Liquidation,
        };
        self.add(Control::TradingMode, passes || lessens, Some(0), mode as i128);
    }

    /// The rules that every order obeys, exits too.
    fn sanity(&mut self, reducing: bool) -> Result<()> {
        let (intent, view, limits) = (self.intent, self.view, self.limits);
        if let Some(max) = view.instrument.max_quantity {
            let units = view.instrument.units(intent.quantity)?;
            let bound = view.instrument.units(max)?.raw();
            self.at_most(Control::MaxQuantity, Some(bound), units.raw());
        }
        let open = view.open_orders.0 as i128 + 1;
        self.at_most(Control::OpenOrders, Some(view.open_orders.1 as i128), open);
        if self.lessens() {
            return Ok(());
        }
        if intent.reduce_only {
            // No limit bounds an exit's quantity, but what cannot be counted with the exits that are open cannot be sent.
            view.case.reserve_reduction(intent.side, self.leaves.lots())?;
        }
        // A market exit needs no reference price; everything else does, and a missing one is older than any bound.
        let named = intent.limit_price.is_some();
        let needs_mark =
            !reducing || (named && (limits.price_band.is_some() || limits.price_collar.is_some()));
        if needs_mark {
            let age = self.age_ns;
            let fresh = view.mark.is_some() && limits.price_age_ns.is_none_or(|bound| age <= bound);
            let bound = limits.price_age_ns.map(i128::from);
            self.add(Control::PriceAge, fresh, bound, i128::from(age));
        }
        if let (Some(price), Some((mark, _))) = (intent.limit_price, view.mark) {
            // Protective orders rest far from the market by nature; the venue's own band still holds for them.
            if self.names_its_price() {
                self.within_band(Control::PriceBand, limits.price_band, price, mark)?;
            }
            if view.instrument.percent_price.is_some() {
                let band = view.instrument.percent_price;
                self.within_band(Control::PercentPrice, band, price, mark)?;
            }
        }
        self.collar(reducing)
    }

    /// The distance of a price from a reference, as a fraction of the reference.
    #[inline(always)]
    fn within_band(
        &mut self,
        control: Control,
        band: Option<Fraction>,
        price: Price,
        reference: Price,
    ) -> Result<()> {
        let distance = Amount::from_raw(i128::from(price.ticks().abs_diff(reference.ticks())));
        let whole = Amount::from_raw(i128::from(reference.ticks()));
        if self.reader.passes_over_share(control, band, (distance, whole)) {
            self.verdict.pass_quietly(control);
            return Ok(());
        }
        self.divided_band(control, band, (distance, whole))
    }

    #[inline(never)]
    fn divided_band(
        &mut self,
        control: Control,
        band: Option<Fraction>,
        (distance, whole): (Amount, Amount),
    ) -> Result<()> {
        let observed = observed_fraction(distance, whole)?;
        let observed = i128::from(observed.millionths());
        let inside = band.map_or(Ok(true), |limit| covers(limit, (distance, whole), observed))?;
        let bound = band.map(|limit| i128::from(limit.millionths()));
        self.add(control, inside, bound, observed);
        Ok(())
    }

    /// Holds the price against where the market stood when the window began, so that many small steps count as one.
    fn collar(&mut self, reducing: bool) -> Result<()> {
        let (intent, limits) = (self.intent, self.limits);
        let Some(limit) = limits.price_collar else { return Ok(()) };
        if !self.names_its_price() || (reducing && intent.limit_price.is_none()) {
            return Ok(());
        }
        let Some(price) = intent.limit_price.or(self.view.mark.map(|(mark, _)| mark)) else {
            // Without a reference price `PriceAge` has failed already.
            return Ok(());
        };
        let collar = self.gate.collars.get(intent.instrument.index());
        match collar.and_then(|collar| collar.farther(price)) {
            Some(anchor) => self.within_band(Control::PriceCollar, Some(limit), price, anchor),
            None => {
                let bound = i128::from(limit.millionths());
                self.add(Control::PriceCollar, false, Some(bound), i128::from(i64::MAX));
                Ok(())
            }
        }
    }

    /// The rules for orders that may add exposure.
    fn opening(&mut self) -> Result<()> {
        self.opening_counts();
        self.losses()?;
        let (intent, view, limits) = (self.intent, self.view, self.limits);
        let units = view.instrument.units(intent.quantity)?;
        self.size(Control::OrderQuantity, limits.order_quantity, units)?;
        if let Some(min) = view.instrument.min_quantity {
            let bound = view.instrument.units(min)?.raw();
            self.add(Control::MinQuantity, units.raw() >= bound, Some(bound), units.raw());
        }
        // Without a reference price `PriceAge` has failed already and money cannot be judged.
        let Some((mark, _)) = view.mark else { return self.drawdown_guard() };
        let price = intent.priced_at(mark)?;
        let notional = view.instrument.notional(price, intent.quantity)?;
        self.size(Control::OrderNotional, limits.order_notional, notional)?;
        if let Some(min) = view.instrument.min_notional {
            self.add(Control::MinNotional, notional >= min, Some(min.raw()), notional.raw());
        }
        if let Some(max) = view.instrument.max_notional {
            self.at_most(Control::MaxNotional, Some(max.raw()), notional.raw());
        }
        self.stop_loss(price);
        let dearer = view.instrument.dearer(mark, price);
        self.capital(dearer)?;
        self.exposure(dearer)?;
        self.drawdown_guard()
    }

    fn opening_counts(&mut self) {
        let (now, limits) = (self.view.now, self.limits);
        let ahead = i128::from(self.view.opening_ahead);
        // A reducing order is bounded by the position and must not be held up, so only these count against the rate.
        if let Some(limit) = limits.orders_per_minute {
            self.at_most(
                Control::OrderRate,
                Some(i128::from(limit)),
                self.gate.rate.count(now) as i128 + ahead + 1,
            );
        }
        // What an amendment changes was counted when its order was sent.
        if self.subject != Subject::Order {
            return;
        }
        self.at_most(
            Control::DailyTrades,
            limits.daily_trades.map(i128::from),
            i128::from(self.gate.trades_today(now)) + ahead + 1,
        );
    }

    fn losses(&mut self) -> Result<()> {
        let (guard, limits) = (&self.gate.guard, self.limits);
        let [day, week, total] = guard.losses();
        let daily = (Control::DailyLoss, !guard.daily_loss_tripped());
        let drawdown = (Control::Drawdown, !guard.drawdown_tripped());
        // Both are divided before either is told, so that of one that cannot be divided nothing is told.
        let of_day = self.looked_at(daily, limits.daily_loss, day)?;
        let of_peak = self.looked_at(drawdown, limits.drawdown, guard.worst_fall())?;
        self.add_share(daily, limits.daily_loss, of_day);
        self.add_share(drawdown, limits.drawdown, of_peak);
        if limits.weekly_loss.is_some() || limits.total_loss.is_some() {
            let weekly = (Control::WeeklyLoss, !guard.weekly_loss_tripped());
            let so_far = (Control::TotalLoss, !guard.total_loss_tripped());
            let of_week = self.looked_at(weekly, limits.weekly_loss, week)?;
            let of_all = self.looked_at(so_far, limits.total_loss, total)?;
            if limits.weekly_loss.is_some() {
                self.add_share(weekly, limits.weekly_loss, of_week);
            }
            if limits.total_loss.is_some() {
                self.add_share(so_far, limits.total_loss, of_all);
            }
        }
        self.add(Control::Equity, self.view.equity.raw() > 0, Some(0), self.view.equity.raw());
        Ok(())
    }

    fn stop_loss(&mut self, price: Price) {
        if !self.limits.stop_loss_required {
            return;
        }
        let protects = self.intent.stop_loss.is_some_and(|stop| match self.intent.side {
            Side::Buy => stop < price,
            Side::Sell => stop > price,
        });
        let observed = self.intent.stop_loss.map_or(0, Price::ticks);
        self.add(Control::StopLoss, protects, Some(price.ticks().into()), observed.into());
    }
}
