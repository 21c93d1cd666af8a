//! Bars, trades, quotes and funding: the marks of positions, equity, and the close of each UTC day.

use crate::engine::Engine;
use crate::input::Funding;
use crate::output::DayClosed;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{Bar, InstrumentId, Price, Quantity, Quote, Result, Timestamp, Trade};

impl Engine {
    pub(crate) fn on_bar(&mut self, bar: &Bar, sink: &mut impl Sink) -> Result<()> {
        bar.validate()?;
        self.check_price(bar.instrument, bar.close)?;
        self.emit(RecordKind::Bar, bar, sink)?;
        self.mark(bar.instrument, bar.close, bar.ts_close)
    }

    pub(crate) fn on_trade(&mut self, trade: &Trade, sink: &mut impl Sink) -> Result<()> {
        self.check_price(trade.instrument, trade.price)?;
        self.emit(RecordKind::Trade, trade, sink)?;
        self.mark(trade.instrument, trade.price, trade.ts_event)
    }

    pub(crate) fn on_quote(&mut self, quote: &Quote, sink: &mut impl Sink) -> Result<()> {
        self.check_price(quote.instrument, quote.mid())?;
        self.emit(RecordKind::Quote, quote, sink)?;
        self.mark(quote.instrument, quote.mid(), quote.ts_event)
    }

    /// Refuses a price at which an instrument has no value, before anything of it is recorded.
    pub(crate) fn check_price(&self, id: InstrumentId, price: Price) -> Result<()> {
        let instrument = &self.state(id)?.instrument;
        if instrument.inverse_numerator().is_none() {
            return Ok(());
        }
        instrument.value(price, Quantity::from_lots(1)).map(|_| ())
    }

    /// Values the position and the account anew at a price of the market.
    fn mark(&mut self, id: InstrumentId, price: Price, ts: Timestamp) -> Result<()> {
        self.state_mut(id)?.mark = Some((price, ts));
        self.gate.note_price(id, price, ts);
        self.follow_mark(id, price, ts)?;
        self.refresh(id)?;
        self.equity = self.wallets.equity()?;
        self.gate.mark_equity(ts, self.equity)?;
        self.statistics.mark(self.equity, self.gross_value);
        self.last_mark = Some(ts);
        Ok(())
    }

    pub(crate) fn on_funding(&mut self, funding: &Funding, sink: &mut impl Sink) -> Result<()> {
        self.state(funding.instrument)?;
        self.emit(RecordKind::Funding, funding, sink)?;
        let currency = self.state(funding.instrument)?.currency;
        self.wallets.get_mut(currency)?.account.book_funding(funding.paid)?;
        self.equity = self.wallets.equity()?;
        Ok(())
    }

    /// Records the close of the last day that had a mark, before anything of a later day happens.
    pub(crate) fn close_day_before(&mut self, ts: Timestamp, sink: &mut impl Sink) -> Result<()> {
        let Some(last) = self.last_mark else { return Ok(()) };
        if ts.utc_day() <= last.utc_day() {
            return Ok(());
        }
        self.last_mark = None;
        let totals = self.totals()?;
        // Equity is start + realised + unrealised − fees − funding − interest; the open part follows from the rest, so
        // that what the conversion of a currency rounds stands with it.
        let unrealized = self
            .equity
            .minus(totals.start_cash)?
            .minus(totals.realized)?
            .plus(totals.fees)?
            .plus(totals.funding)?
            .plus(totals.interest)?;
        let day = DayClosed {
            ts_last_mark: last,
            equity: self.equity,
            cash: totals.cash,
            position_value: self.net_value,
            gross_exposure: self.gross_value,
            realized: totals.realized,
            unrealized,
            fees: totals.fees,
            benchmark_ticks: self
                .instruments
                .first()
                .and_then(|state| state.mark)
                .map_or(0, |(price, _)| price.ticks()),
            marks: self.statistics.marks,
        };
        self.emit(RecordKind::DayClosed, &day, sink)?;
        self.record_interest(sink)
    }
}
