//! Bars, trades, quotes and funding: the marks of positions, equity, and the close of each UTC day.

use crate::engine::Engine;
use crate::input::Funding;
use crate::output::DayClosed;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{Amount, Bar, InstrumentId, Price, Quote, Result, Timestamp, Trade};

impl Engine {
    pub(crate) fn on_bar(&mut self, bar: &Bar, sink: &mut impl Sink) -> Result<()> {
        bar.validate()?;
        self.state(bar.instrument)?;
        self.emit(RecordKind::Bar, bar, sink)?;
        self.mark(bar.instrument, bar.close, bar.ts_close)
    }

    pub(crate) fn on_trade(&mut self, trade: &Trade, sink: &mut impl Sink) -> Result<()> {
        self.state(trade.instrument)?;
        self.emit(RecordKind::Trade, trade, sink)?;
        self.mark(trade.instrument, trade.price, trade.ts_event)
    }

    pub(crate) fn on_quote(&mut self, quote: &Quote, sink: &mut impl Sink) -> Result<()> {
        self.state(quote.instrument)?;
        self.emit(RecordKind::Quote, quote, sink)?;
        self.mark(quote.instrument, quote.mid(), quote.ts_event)
    }

    /// Values the position and the account anew at a price of the market.
    fn mark(&mut self, id: InstrumentId, price: Price, ts: Timestamp) -> Result<()> {
        self.state_mut(id)?.mark = Some((price, ts));
        self.refresh(id)?;
        self.equity = self.account.cash.plus(self.net_value)?;
        self.gate.mark_equity(ts, self.equity)?;
        self.statistics.mark(self.equity, self.gross_value);
        self.last_mark = Some(ts);
        Ok(())
    }

    pub(crate) fn on_funding(&mut self, funding: &Funding, sink: &mut impl Sink) -> Result<()> {
        self.state(funding.instrument)?;
        self.emit(RecordKind::Funding, funding, sink)?;
        self.account.book_funding(funding.paid)?;
        self.equity = self.account.cash.plus(self.net_value)?;
        Ok(())
    }

    /// Brings the sums over instruments up to date after a change of one of them, in O(1).
    pub(crate) fn refresh(&mut self, id: InstrumentId) -> Result<()> {
        let state = self.state(id)?;
        let Some((mark, _)) = state.mark else { return Ok(()) };
        let value = state.instrument.value(mark, state.position.lots())?;
        let worst = state.instrument.settlement_notional(mark, state.case.lots()?)?;
        let (old_value, old_worst) = (state.value, state.worst);
        self.net_value = self.net_value.minus(old_value)?.plus(value)?;
        self.gross_value =
            self.gross_value.minus(old_value.magnitude()?)?.plus(value.magnitude()?)?;
        self.worst_exposure = self.worst_exposure.minus(old_worst)?.plus(worst)?;
        let state = self.state_mut(id)?;
        (state.value, state.worst) = (value, worst);
        Ok(())
    }

    /// Records the close of the last day that had a mark, before anything of a later day happens.
    pub(crate) fn close_day_before(&mut self, ts: Timestamp, sink: &mut impl Sink) -> Result<()> {
        let Some(last) = self.last_mark else { return Ok(()) };
        if ts.utc_day() <= last.utc_day() {
            return Ok(());
        }
        self.last_mark = None;
        let realized = self
            .instruments
            .iter()
            .try_fold(Amount::ZERO, |sum, state| sum.plus(state.position.realized()))?;
        let account = &self.account;
        // Equity is start + realised + unrealised − fees − funding, exactly; the open part follows from the rest.
        let unrealized = self
            .equity
            .minus(account.start_cash)?
            .minus(realized)?
            .plus(account.fees)?
            .plus(account.funding)?;
        let day = DayClosed {
            ts_last_mark: last,
            equity: self.equity,
            cash: account.cash,
            position_value: self.net_value,
            gross_exposure: self.gross_value,
            realized,
            unrealized,
            fees: account.fees,
            benchmark_ticks: self
                .instruments
                .first()
                .and_then(|state| state.mark)
                .map_or(0, |(price, _)| price.ticks()),
            marks: self.statistics.marks,
        };
        self.emit(RecordKind::DayClosed, &day, sink)
    }
}
