//! Fills: from the report to order, position and account, and what follows for the orders around it.

use crate::engine::{Engine, InstrumentState};
use crate::exposure::Leg;
use crate::input::Command;
use crate::output::PositionChanged;
use crate::position::PositionChange;
use crate::reservation::released_case;
use crate::sink::Sink;
use crate::wallet::CurrencyId;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::order_fills::Fill;
use holdfast_core::{
    InstrumentId, OrderEvent, OrderIntent, OrderRole, Quantity, Result, VenueReport,
};

impl Engine {
    pub(crate) fn on_fill(
        &mut self,
        report: &VenueReport,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let id = report.client_order_id;
        let Some(order) = self.order_mut(id) else { return Ok(()) };
        let (intent, first) = (order.intent, order.cum_quantity == Quantity::ZERO);
        order.fills.note(Fill::of(report));
        order.cum_quantity = order.cum_quantity.plus(report.last_quantity)?;
        order.filled_tick_lots +=
            i128::from(report.last_price.ticks()) * i128::from(report.last_quantity.lots());
        // An order's fees are told in one currency; a fee in another stands in that currency's books.
        if report.fee_currency == 0 {
            order.fees = order.fees.plus(report.fee)?;
        }
        let complete = order.worst_leaves() == Quantity::ZERO;
        let (is_paired, is_followed) = (order.pairing.is_some(), order.followers.is_some());
        let released = order.reserved.min(report.last_quantity);
        order.reserved = order.reserved.minus(released)?;
        self.counts.fills += 1;
        self.counts.strategy_filled += u64::from(first && intent.role == OrderRole::Strategy);
        let change = self.book_fill(&intent, report, released, sink)?;
        self.note_execution(&intent, sink)?;
        if change.closed > Quantity::ZERO {
            self.gate.note_close(self.now(), change.realized);
        }
        self.transition(
            id,
            if complete { OrderEvent::CompleteFill } else { OrderEvent::PartialFill },
            sink,
        )?;
        self.follow_trip(&intent, report, change, sink)?;
        self.protect(&intent, change.opened, sink, commands)?;
        if is_followed {
            self.send_followers(id, sink, commands)?;
        }
        if is_paired {
            self.settle_fill(id, sink, commands)?;
        }
        self.cancel_orphans(intent.instrument, sink, commands)
    }

    /// Refuses a fill that cannot be booked, before anything of it is recorded: a fee in a currency that the account does
    /// not know, a price at which the instrument has no value.
    pub(crate) fn check_bookable(
        &self,
        report: &VenueReport,
        instrument: InstrumentId,
    ) -> Result<()> {
        self.wallets.get(fee_currency(report, CurrencyId::default()))?;
        self.check_price(instrument, report.last_price)
    }

    /// Posts a fill: the reservation becomes position, value and fee leave cash.
    fn book_fill(
        &mut self,
        intent: &OrderIntent,
        report: &VenueReport,
        released: Quantity,
        sink: &mut impl Sink,
    ) -> Result<PositionChange> {
        let (price, quantity) = (report.last_price, report.last_quantity);
        let leg = self.position_mode.leg(intent.side, intent.reduce_only);
        let state = self.state_mut(intent.instrument)?;
        let InstrumentState { instrument, position, short, .. } = state;
        let held = if leg == Leg::Long { position } else { short };
        let change = held.apply(instrument, intent.side, price, quantity)?;
        let signed = Quantity::from_lots(intent.side.signed(quantity.lots()));
        let value = instrument.value(price, signed)?;
        // A margined contract moves only what it realised; everything else changes hands whole.
        let is_margined = instrument.kind().is_margined();
        let paid = if is_margined { change.realized.negated()? } else { value };
        state.case = released_case(state.case, intent, released);
        state.case.position = state.net_lots()?.lots();
        self.capital_book.fill(intent, released, quantity);
        let state = self.state_mut(intent.instrument)?;
        let held = state.leg(leg);
        let (lots, open_cost, realized) = (held.lots(), held.open_cost()?, held.realized());
        let currency = state.currency;
        let account = &mut self.wallets.get_mut(currency)?.account;
        account.book_fill(paid, value.magnitude()?, report.slippage)?;
        let fee_currency = fee_currency(report, currency);
        self.wallets.get_mut(fee_currency)?.account.book_fee(report.fee)?;
        let cash = self.wallets.get(currency)?.account.cash;
        self.refresh(intent.instrument)?;
        let changed = PositionChanged {
            instrument: intent.instrument,
            client_order_id: intent.client_order_id,
            lots,
            open_cost,
            realized_by_fill: change.realized,
            realized,
            cash,
        };
        self.emit(RecordKind::PositionChanged, &changed, sink)?;
        Ok(change)
    }
}

pub(crate) fn fee_currency(report: &VenueReport, settlement: CurrencyId) -> CurrencyId {
    report.fee_currency.checked_sub(1).map_or(settlement, CurrencyId)
}
