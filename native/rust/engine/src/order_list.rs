//! A list of orders that depend on each other: checked whole, and sent whole or not at all.

use crate::contingency::followers_of;
use crate::engine::Engine;
use crate::input::Command;
use crate::self_trade::Separation;
use crate::sink::Sink;
use crate::submission::Ahead;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::wire::{Encode, Reader, U64_BYTES_MAX, Writer};
use holdfast_core::{
    ClientOrderId, Code, Contingency, Error, Order, OrderIntent, OrderType, Price, Quantity, Result,
};
use holdfast_risk::{Verdict, WorstCase};

/// Most orders of a list.
pub const LIST_ORDERS_MAX: usize = 8;

/// Orders that depend on each other; the first one of `oto` and `bracket` is the parent of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderList<'a> {
    /// How they depend on each other.
    pub contingency: Contingency,
    /// The orders. Those of a pair, and a parent, carry ids; an order that follows gets one when it is sent.
    pub orders: &'a [OrderIntent],
}

impl OrderList<'_> {
    /// Checks that the orders fit each other.
    ///
    /// # Errors
    /// `ORDER_INVALID` naming the rule.
    pub fn validate(&self) -> Result<()> {
        self.orders.iter().try_for_each(OrderIntent::validate)?;
        match self.problem() {
            None => Ok(()),
            Some(rule) => {
                Err(Error::new(Code::OrderInvalid, format!("list is contradictory: {rule}"))
                    .with("contingency", self.contingency.name())
                    .with("orders", self.orders.len()))
            }
        }
    }

    fn problem(&self) -> Option<&'static str> {
        let [parent, children @ ..] = self.orders else {
            return Some("it must hold orders");
        };
        let exit = |child: &OrderIntent| {
            child.reduce_only
                && child.instrument == parent.instrument
                && child.side == parent.side.opposite()
        };
        match (self.contingency, children.len()) {
            (Contingency::Oco | Contingency::Ouo, 1) => None,
            (Contingency::Oco | Contingency::Ouo, _) => Some("a pair must be of two orders"),
            (Contingency::Bracket, _) if parent.stop_loss.or(parent.take_profit).is_some() => {
                Some("a bracket's entry must not carry a stop_loss or take_profit of its own")
            }
            (Contingency::Bracket, 2) if children.iter().all(exit) => {
                self.child_problem(parent, children)
            }
            (Contingency::Bracket, _) => Some(
                "a bracket must be of an entry, a stop and a target, the latter reduce_only against the entry",
            ),
            (Contingency::Oto, 1..LIST_ORDERS_MAX) => self.child_problem(parent, children),
            (Contingency::Oto, _) => Some("one-triggers-other must be of two to eight orders"),
        }
    }

    fn child_problem(
        &self,
        parent: &OrderIntent,
        children: &[OrderIntent],
    ) -> Option<&'static str> {
        let is_larger = |child: &OrderIntent| child.quantity > parent.quantity;
        children
            .iter()
            .any(is_larger)
            .then_some("an order that follows must not be larger than its parent")
    }

    /// Returns how many of the orders are sent at once.
    #[must_use]
    pub fn sent_at_once(&self) -> usize {
        if self.contingency.is_pair() { self.orders.len() } else { 1 }
    }

    /// Reads what stands behind the first order of a submission, if it is of a list.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`, `ARGUMENT_INVALID`.
    pub fn decode_rest(
        first: OrderIntent,
        reader: &mut Reader<'_>,
    ) -> Result<(Contingency, Vec<OrderIntent>)> {
        let contingency = Contingency::from_number(reader.u8()?)?;
        let count = reader.u8()?;
        let mut orders = vec![first];
        for _ in 1..count {
            orders.push(OrderIntent::decode(reader)?);
        }
        Ok((contingency, orders))
    }
}

/// The first order stands where a single one does, so that a submission of either form begins alike.
impl Encode for OrderList<'_> {
    fn encoded_bytes_max(&self) -> usize {
        2 + self.orders.iter().map(Encode::encoded_bytes_max).sum::<usize>()
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        let Some((first, rest)) = self.orders.split_first() else { return };
        first.encode(writer);
        writer.u8(self.contingency as u8);
        writer.u8(self.orders.len() as u8);
        rest.iter().for_each(|order| order.encode(writer));
    }
}

/// What the gate said to a list as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderListJudged {
    /// Id of the first order.
    pub first: ClientOrderId,
    /// How its orders depend on each other.
    pub contingency: Contingency,
    /// How many orders it holds.
    pub orders: u8,
    /// Whether every order passed; otherwise none was sent.
    pub approved: bool,
}

impl OrderListJudged {
    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`, `ARGUMENT_INVALID`.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            first: ClientOrderId(reader.u64()?),
            contingency: Contingency::from_number(reader.u8()?)?,
            orders: reader.u8()?,
            approved: reader.u8()? != 0,
        })
    }
}

impl Encode for OrderListJudged {
    fn encoded_bytes_max(&self) -> usize {
        U64_BYTES_MAX + 3
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u64(self.first.0);
        for byte in [self.contingency as u8, self.orders, u8::from(self.approved)] {
            writer.u8(byte);
        }
    }
}

impl Engine {
    /// Judges every order of a list as if those ahead of it were sent, or filled when they are its parent; sends them
    /// when all passed. Returns the verdict that denied the list, or that of its first order.
    pub(crate) fn submit_list(
        &mut self,
        list: &OrderList<'_>,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<Box<Verdict>> {
        list.validate()?;
        for order in list.orders {
            self.state(order.instrument)?;
            self.check_strategy(order)?;
        }
        let at_once = list.sent_at_once();
        let sent = list.orders.get(..at_once).unwrap_or_default();
        let first = self.next_client_order_id();
        self.check_list_ids(sent)?;
        self.emit(RecordKind::OrderSubmitted, list, sink)?;
        self.next_order_id += at_once as u64;
        let cases: Vec<WorstCase> = self.instruments.iter().map(|state| state.case).collect();
        let book = self.capital_book.clone();
        let judged = self.judge_list(list);
        self.capital_book = book;
        self.restore(&cases)?;
        let mut verdicts = judged?;
        let separations: Vec<Separation> = sent
            .iter()
            .zip(&mut verdicts)
            .map(|(intent, verdict)| self.separate_unchanged(intent, verdict))
            .collect();
        let approved = verdicts.iter().all(|verdict| verdict.approved());
        for verdict in &verdicts {
            self.emit(RecordKind::Verdict, verdict, sink)?;
        }
        let outcome = OrderListJudged {
            first,
            contingency: list.contingency,
            orders: list.orders.len() as u8,
            approved,
        };
        self.emit(RecordKind::OrderListJudged, &outcome, sink)?;
        self.counts.submitted += at_once as u64;
        for ((intent, verdict), separation) in sent.iter().zip(&verdicts).zip(separations) {
            let mut order = Order::new(*intent);
            if !approved {
                self.deny(&order, sink)?;
                continue;
            }
            if !list.contingency.is_pair() {
                let children = list.orders.get(1..).unwrap_or_default();
                let is_bracket = list.contingency == Contingency::Bracket;
                order.followers = Some(Box::new(followers_of(children, is_bracket)));
            }
            self.give_way(separation, sink, commands)?;
            self.send(order, verdict.reducing, sink, commands)?;
        }
        if let (true, [one, other]) = (approved, sent) {
            let cancels = list.contingency == Contingency::Oco;
            self.pair([one.client_order_id, other.client_order_id], cancels);
        }
        let telling = verdicts.iter().position(|verdict| !verdict.approved()).unwrap_or(0);
        let told = verdicts.into_iter().nth(telling).map(Box::new);
        told.ok_or_else(|| Error::new(Code::OrderInvalid, "a submitted list must have a verdict"))
    }

    fn check_list_ids(&self, sent: &[OrderIntent]) -> Result<()> {
        for (index, order) in sent.iter().enumerate() {
            let due = self.next_order_id + index as u64;
            if order.client_order_id.0 != due {
                return Err(Error::new(
                    Code::OrderInvalid,
                    format!("client_order_id must be {due}, was {}", order.client_order_id.0),
                ));
            }
        }
        Ok(())
    }

    /// Judges the orders one after the other on reservations that the caller puts back.
    fn judge_list(&mut self, list: &OrderList<'_>) -> Result<Vec<Verdict>> {
        let is_pair = list.contingency.is_pair();
        let mut ahead = Ahead::default();
        let mut verdicts = Vec::with_capacity(list.orders.len());
        for (index, order) in self.as_judged(list)?.iter().enumerate() {
            verdicts.push(Verdict::new(order.client_order_id, false));
            if let Some(verdict) = verdicts.last_mut() {
                self.judge_into(order, ahead, verdict)?;
                ahead.opening += u32::from(!verdict.reducing);
            }
            ahead.orders += 1;
            ahead.messages += 1;
            if index == 0 && !is_pair {
                self.capital_book.fill(order, Quantity::ZERO, order.quantity);
                let state = self.state_mut(order.instrument)?;
                let filled = order.side.signed(order.quantity.lots());
                state.case.position = state.case.position.saturating_add(filled);
            } else if !order.reduce_only {
                self.capital_book.reserve(order, order.quantity)?;
                let state = self.state_mut(order.instrument)?;
                state.case = state.case.reserve(order.side, order.quantity.lots())?;
            }
            self.refresh(order.instrument)?;
        }
        Ok(verdicts)
    }

    /// Returns the orders of a list in the form in which they will be sent.
    fn as_judged(&self, list: &OrderList<'_>) -> Result<Vec<OrderIntent>> {
        match list.orders {
            [_, children @ ..] if !list.contingency.is_pair() => {
                let followers = followers_of(children, list.contingency == Contingency::Bracket);
                let mut judged = vec![self.with_listed_stop(list)?];
                judged.extend(followers.orders.iter().map(|follower| follower.intent));
                Ok(judged)
            }
            orders => Ok(orders.to_vec()),
        }
    }

    /// Returns the parent as the stop-loss control sees it: a stop among those that follow it protects it as well as one
    /// that it carries.
    fn with_listed_stop(&self, list: &OrderList<'_>) -> Result<OrderIntent> {
        let Some((parent, children)) = list.orders.split_first() else {
            return Err(Error::new(Code::OrderInvalid, "a list must hold orders"));
        };
        let mark = self.state(parent.instrument)?.mark.map(|(price, _)| price);
        let stop = children.iter().find_map(|child| {
            let covers = child.reduce_only
                && child.instrument == parent.instrument
                && child.side == parent.side.opposite()
                && child.quantity == parent.quantity;
            if covers { stop_price(child, parent.limit_price.or(mark)) } else { None }
        });
        Ok(OrderIntent { stop_loss: parent.stop_loss.or(stop), ..*parent })
    }

    pub(crate) fn restore(&mut self, cases: &[WorstCase]) -> Result<()> {
        for (index, case) in cases.iter().enumerate() {
            let Some(state) = self.instruments.get_mut(index) else { continue };
            if state.case != *case {
                state.case = *case;
                self.refresh(holdfast_core::InstrumentId(index as u32))?;
            }
        }
        Ok(())
    }
}

/// Returns where a stop that fills for certain stands; a stop with a limit may not fill, so it protects nothing.
fn stop_price(child: &OrderIntent, entry: Option<Price>) -> Option<Price> {
    match (child.order_type, child.terms.trailing, entry) {
        (OrderType::StopMarket, ..) => child.trigger_price,
        (OrderType::TrailingStop, Some(distance), Some(entry)) => {
            distance.stop(child.side, entry).ok()
        }
        _ => None,
    }
}
