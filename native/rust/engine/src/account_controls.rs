//! What the account itself says to an order: whether its money can be valued, and whether margin is left for it.

use crate::account_spec::PositionMode;
use crate::engine::{Engine, InstrumentState};
use crate::wallet::CurrencyId;
use holdfast_core::{
    Amount, Fraction, MarginTable, OrderIntent, Price, Quantity, Result, Rounding,
};
use holdfast_risk::{Check, Control, Verdict, WorstCase};

impl Engine {
    /// Returns equity and the worst exposure of all other instruments in the settlement currency of one, rounded against
    /// the order. Without a rate both are zero, so that every limit relative to equity refuses.
    #[inline]
    pub(crate) fn in_settlement(&self, state: &InstrumentState) -> Result<(Amount, Amount)> {
        let others = self.worst_exposure.minus(state.worst)?;
        if state.currency == CurrencyId::default() {
            return Ok((self.equity, others));
        }
        match self.wallets.get(state.currency)?.rate {
            None => Ok((Amount::ZERO, Amount::ZERO)),
            Some((rate, _)) => Ok((
                rate.convert_back(self.equity, Rounding::Floor)?,
                rate.convert_back(others, Rounding::Ceil)?,
            )),
        }
    }

    /// Adds the account's controls to the gate's word on an order that opens so many lots, where the other open orders
    /// have reserved `others`.
    pub(crate) fn check_account(
        &self,
        intent: &OrderIntent,
        lots: Quantity,
        others: WorstCase,
        verdict: &mut Verdict,
    ) -> Result<()> {
        self.check_portfolio(intent, lots, others, verdict)?;
        if verdict.reducing {
            return Ok(());
        }
        let state = self.state(intent.instrument)?;
        self.check_rates(state, verdict);
        let (Some(table), Some((mark, ts))) = (state.instrument.margin(), state.mark) else {
            return Ok(());
        };
        let age_ns = self.now().since(ts);
        let check = match self.margin_of_order(state, (table, mark), intent, (lots, others)) {
            Ok((available, added)) => Check {
                control: Control::Margin,
                passed: self.is_covered(intent, available, added),
                limit: Some(available.raw()),
                observed: added.raw(),
                age_ns,
            },
            // What cannot be judged is refused, as everywhere in the gate.
            Err(_) => Check {
                control: Control::Arithmetic,
                passed: false,
                limit: Some(0),
                observed: 1,
                age_ns,
            },
        };
        verdict.add(check);
        Ok(())
    }

    /// Whether the available margin covers what an order adds as often as its limits ask for; once where they do not.
    fn is_covered(&self, intent: &OrderIntent, available: Amount, added: Amount) -> bool {
        let limits = self.gate.table().row(intent.terms.strategy, intent.instrument);
        let Some(cover) = limits.margin_cover else { return added <= available };
        is_cover(available, added, cover).unwrap_or(false)
    }

    fn check_rates(&self, state: &InstrumentState, verdict: &mut Verdict) {
        let Some(age_ns) = self.wallets.oldest_rate_ns(state.currency, self.now()) else { return };
        let limit = self.wallets.rate_age_ns();
        verdict.add(Check {
            control: Control::RateAge,
            passed: age_ns != i64::MAX && limit.is_none_or(|bound| age_ns <= bound),
            limit: limit.map(i128::from),
            observed: i128::from(age_ns),
            age_ns,
        });
    }

    /// Returns the available margin and what the order would add to the initial margin, all open orders filled.
    fn margin_of_order(
        &self,
        state: &InstrumentState,
        (table, mark): (&MarginTable, Price),
        intent: &OrderIntent,
        (lots, others): (Quantity, WorstCase),
    ) -> Result<(Amount, Amount)> {
        let before = state.worst_lots(self.position_mode)?;
        let after = match self.position_mode {
            PositionMode::Netting => others.reserve(intent.side, lots.lots())?.lots()?,
            PositionMode::Hedging => {
                state.worst_lots_with(others, self.position_mode)?.plus(lots)?
            }
        };
        let price = intent.limit_price.or(intent.trigger_price).unwrap_or(mark);
        let dearer = state.instrument.dearer(mark, price);
        let now = table.initial(state.instrument.settlement_notional(mark, before)?)?;
        let then = table.initial(state.instrument.settlement_notional(dearer, after)?)?;
        let available = self.wallets.get(state.currency)?.available()?;
        Ok((available, then.minus(now)?.max(Amount::ZERO)))
    }
}

/// Whether available ÷ added is at least the cover, exactly.
fn is_cover(available: Amount, added: Amount, cover: Fraction) -> Result<bool> {
    let needed = added.times(i128::from(cover.millionths()))?;
    Ok(available.times(Fraction::PARTS)? >= needed)
}
