//! What the whole portfolio says to an order: the engine keeps what is held and what was not measured yet, the gate judges.

use crate::engine::Engine;
use crate::exposure_totals::Part;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{Amount, InstrumentId, OrderIntent, Quantity, Result};
use holdfast_risk::{Check, Control, PortfolioView, RiskMeasured, Verdict, WorstCase};
use serde_json::{Value, json};

pub(crate) fn measured_json(measured: &RiskMeasured) -> Value {
    let (_, values) = measured.to_values();
    let as_of = measured.as_of().0.to_string();
    json!({ "measure": measured.name(), "as_of_ns": as_of, "values": values.get(1..) })
}

impl Engine {
    /// Takes correlations or risk of the portfolio.
    pub(crate) fn take_measured(
        &mut self,
        measured: &RiskMeasured,
        sink: &mut impl Sink,
    ) -> Result<()> {
        self.gate.check_measured(measured, self.now())?;
        self.emit(RecordKind::RiskMeasured, measured, sink)?;
        self.gate.take_measured(measured);
        self.add_risk_anew()
    }

    /// Returns what an instrument adds to VaR and CVaR beyond what was measured.
    pub(crate) fn added_risk(
        &self,
        id: InstrumentId,
        long: Amount,
        short: Amount,
    ) -> Result<[Amount; 2]> {
        let told = self.gate.measures().portfolio.as_ref();
        told.map_or(Ok([Amount::ZERO; 2]), |told| told.added(id, long, short))
    }

    /// Works out for every instrument what it adds to the risk that was measured last.
    pub(crate) fn add_risk_anew(&mut self) -> Result<()> {
        if !self.watches_totals {
            return Ok(());
        }
        for index in 0..self.instruments.len() {
            let id = InstrumentId(index as u32);
            let old = self.state(id)?.part;
            let part = Part { added: self.added_risk(id, old.long, old.short)?, ..old };
            self.totals_of_exposure.exchange(&old, &part)?;
            self.state_mut(id)?.part = part;
        }
        Ok(())
    }

    /// Adds the portfolio's word on an order that opens so many lots, where the other open orders have reserved `others`.
    pub(crate) fn check_portfolio(
        &self,
        intent: &OrderIntent,
        lots: Quantity,
        others: WorstCase,
        verdict: &mut Verdict,
    ) -> Result<()> {
        if !self.gate.looks_at_portfolio(intent) {
            return Ok(());
        }
        let part = self.state(intent.instrument)?.part;
        let totals = self.totals_of_exposure.added;
        // Nothing of what reduces needs valuing, so nothing of it can fail.
        let own = if verdict.reducing { Ok(None) } else { self.own_exposure(intent, lots, others) };
        let judged = own.and_then(|own| {
            let mut others_added = totals;
            for (sum, own) in others_added.iter_mut().zip(part.added) {
                *sum = sum.minus(own)?;
            }
            let view = PortfolioView {
                now: self.now(),
                equity: self.equity,
                held: &self.held_sides,
                own,
                others_added,
            };
            self.gate.judge_portfolio(intent, &view, verdict)
        });
        if judged.is_err() {
            // What cannot be judged is refused, as everywhere in the gate.
            let (control, age_ns) = (Control::Arithmetic, 0);
            verdict.add(Check { control, passed: false, limit: Some(0), observed: 1, age_ns });
        }
        Ok(())
    }

    /// Returns the signed exposures of an order's instrument with all open buys, and with all open sells, filled, the order
    /// among them, in the account's currency; `None` without a price or a rate.
    fn own_exposure(
        &self,
        intent: &OrderIntent,
        lots: Quantity,
        others: WorstCase,
    ) -> Result<Option<(Amount, Amount)>> {
        let state = self.state(intent.instrument)?;
        let Some((mark, _)) = state.mark else { return Ok(None) };
        let case = others.reserve(intent.side, lots.lots())?;
        let price = state.instrument.dearer(mark, intent.priced_at(mark)?);
        let (long, short) = state.one_sided(case, price)?;
        let long = self.wallets.convert(state.currency, long)?;
        let short = self.wallets.convert(state.currency, short)?;
        Ok(long.zip(short))
    }
}
