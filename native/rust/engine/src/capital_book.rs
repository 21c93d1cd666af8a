//! What each strategy has at risk: its position and its open orders on every instrument, and the capital that bounds them.

use crate::engine::{Engine, InstrumentState};
use crate::reservation::released_case;
use crate::sink::Sink;
use crate::wallet::CurrencyId;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{Amount, OrderIntent, OrderRole, Quantity, Result, Rounding, Side};
use holdfast_risk::WorstCase;
use holdfast_risk::capital::{CapitalInForce, CapitalPlan};
use holdfast_risk::view::CapitalView;

/// Positions and reservations of every strategy, from 0 for orders that name none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CapitalBook {
    pub(crate) capital: CapitalInForce,
    /// By strategy and instrument; a strategy has its rows from its first order on.
    cases: Vec<WorstCase>,
    instruments: usize,
}

holdfast_core::persist_fields!(CapitalBook { capital, cases, instruments });

impl CapitalBook {
    pub(crate) fn new(instruments: usize) -> Self {
        Self { instruments, cases: vec![WorstCase::default(); instruments], ..Self::default() }
    }

    fn rows(&self, strategy: u16) -> &[WorstCase] {
        let from = usize::from(strategy) * self.instruments;
        self.cases.get(from..from + self.instruments).unwrap_or_default()
    }

    fn case_mut(&mut self, intent: &OrderIntent) -> Option<&mut WorstCase> {
        let from = usize::from(intent.terms.strategy) * self.instruments;
        if self.cases.len() < from + self.instruments {
            self.cases.resize(from + self.instruments, WorstCase::default());
        }
        self.cases.get_mut(from + intent.instrument.index())
    }

    pub(crate) fn reserve(&mut self, intent: &OrderIntent, lots: Quantity) -> Result<()> {
        if let Some(case) = self.case_mut(intent) {
            *case = if intent.reduce_only {
                case.reserve_reduction(intent.side, lots.lots())?
            } else {
                case.reserve(intent.side, lots.lots())?
            };
        }
        Ok(())
    }

    pub(crate) fn release(&mut self, intent: &OrderIntent, lots: Quantity) {
        if let Some(case) = self.case_mut(intent) {
            *case = released_case(*case, intent, lots);
        }
    }

    /// Books a fill on its strategy. A liquidation closes what the strategies hold, in their order.
    pub(crate) fn fill(&mut self, intent: &OrderIntent, released: Quantity, quantity: Quantity) {
        let mut left = quantity.lots();
        if intent.role == OrderRole::Liquidation {
            let (place, step) = (intent.instrument.index(), self.instruments.max(1));
            for case in self.cases.iter_mut().skip(place).step_by(step) {
                let held = if intent.side == Side::Sell { case.position } else { -case.position };
                let closed = held.max(0).min(left);
                case.position += intent.side.signed(closed);
                left -= closed;
            }
        }
        if let Some(case) = self.case_mut(intent) {
            *case = released_case(*case, intent, released);
            case.position = case.position.saturating_add(intent.side.signed(left));
        }
    }
}

impl Engine {
    /// Takes a plan: its record comes first, and a plan that is refused leaves none.
    pub(crate) fn plan_capital(&mut self, plan: &CapitalPlan, sink: &mut impl Sink) -> Result<()> {
        let rules = self.gate.table().spec().change.clone();
        let mut capital = self.capital_book.capital.clone();
        capital.take(plan, &rules, self.equity, self.now())?;
        self.emit(RecordKind::CapitalPlanned, plan, sink)?;
        self.capital_book.capital = capital;
        Ok(())
    }

    /// Returns what each strategy, from 1, may have at risk now, in the account's currency; nothing without a plan.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn allocations(&self) -> Result<Vec<Amount>> {
        let capital = &self.capital_book.capital;
        let count = capital.at(self.now()).len() as u16;
        (1..=count)
            .map(|strategy| {
                let bound = capital.bound(strategy, self.equity, self.now())?;
                Ok(bound.unwrap_or(Amount::ZERO))
            })
            .collect()
    }

    /// Returns what the gate sees of an order's strategy; `own` is what an amended order has reserved. It costs a look at each
    /// instrument, and nothing without a plan.
    #[inline]
    pub(crate) fn capital_view(
        &self,
        state: &InstrumentState,
        intent: &OrderIntent,
        own: Quantity,
    ) -> Result<Option<CapitalView>> {
        if !self.capital_book.capital.is_planned() {
            return Ok(None);
        }
        self.planned_view(state, intent, own)
    }

    fn planned_view(
        &self,
        state: &InstrumentState,
        intent: &OrderIntent,
        own: Quantity,
    ) -> Result<Option<CapitalView>> {
        let (book, strategy) = (&self.capital_book, intent.terms.strategy);
        let Some(bound) = book.capital.bound(strategy, self.equity, self.now())? else {
            return Ok(None);
        };
        let rows = book.rows(strategy);
        let mut others = Amount::ZERO;
        for (index, (case, other)) in rows.iter().zip(&self.instruments).enumerate() {
            if index == intent.instrument.index() || *case == WorstCase::default() {
                continue;
            }
            let Some((mark, _)) = other.mark else { continue };
            let worst = other.instrument.settlement_notional(mark, case.lots()?)?;
            others = others.plus(self.wallets.convert(other.currency, worst)?.unwrap_or(worst))?;
        }
        let case = rows.get(intent.instrument.index()).copied().unwrap_or_default();
        Ok(Some(CapitalView {
            bound: self.settled(state, bound, Rounding::Floor)?,
            others: self.settled(state, others, Rounding::Ceil)?,
            case: released_case(case, intent, own),
        }))
    }

    /// Converts money of the account into an instrument's settlement currency; without a rate there is none.
    fn settled(
        &self,
        state: &InstrumentState,
        amount: Amount,
        rounding: Rounding,
    ) -> Result<Amount> {
        if state.currency == CurrencyId::default() {
            return Ok(amount);
        }
        match self.wallets.get(state.currency)?.rate {
            None => Ok(Amount::ZERO),
            Some((rate, _)) => rate.convert_back(amount, rounding),
        }
    }
}
