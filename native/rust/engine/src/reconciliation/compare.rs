//! Comparing what the venue said with the engine, aspect by aspect. Absence proves something only where the venue's word is
//! complete; presence is evidence at once, so that an order in doubt that the venue has open is in doubt no more.

use super::decide::Closing;
use super::item::Difference;
use crate::engine::Engine;
use crate::input::Command;
use crate::sink::Sink;
use crate::venue_snapshot::{VenueFill, VenueOrder, VenueOrderStatus, VenueSnapshot};
use holdfast_core::journal_record::RecordKind;
use holdfast_core::order_fills::{Fill, Sighting};
use holdfast_core::persist::Persist;
use holdfast_core::{
    ClientOrderId, Code, Error, Order, OrderEvent, Overlays, Price, Quantity, Result,
};
use std::collections::{BTreeMap, BTreeSet};

/// What a listed fill is to the engine.
enum Known<'a> {
    Applied,
    Missing(&'a Order),
    Conflict(&'a Order, Option<Fill>),
    Unknown,
}

impl VenueFill {
    fn numbers(&self) -> Fill {
        Fill { trade_id: self.trade_id, price: self.price, quantity: self.quantity, fee: self.fee }
    }

    fn is_of(&self, order: &VenueOrder) -> bool {
        self.venue_order_id == order.venue_order_id
            || (self.client_order_id.is_some() && self.client_order_id == order.client_order_id)
    }
}

impl Engine {
    /// Takes what the venue said: records it, compares, and lists every difference. A difference that was listed before stays
    /// the same item.
    pub(crate) fn compare_with_venue(
        &mut self,
        snapshot: &VenueSnapshot,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        snapshot.validate(self.instruments.len(), self.wallets.all().count())?;
        if let Some(last) = self.reconciliation.last_snapshot
            && snapshot.ts_event < last
        {
            return Err(Error::new(
                Code::VenueSnapshotStale,
                format!(
                    "ts_event must not be before the last one, {} ns, was {} ns",
                    last.0, snapshot.ts_event.0
                ),
            )
            .with("ts_event", snapshot.ts_event.0));
        }
        let mut content = Vec::new();
        snapshot.save(&mut content);
        sink.record(RecordKind::VenueSnapshot, self.now(), content.as_slice())?;
        self.reconciliation.last_snapshot = Some(snapshot.ts_event);
        self.pass_over_ids(snapshot);
        self.take_evidence(snapshot, sink)?;
        let found = self.differences(snapshot);
        self.doubt_missing(&found, sink, commands)?;
        self.list_found(found, snapshot, sink)?;
        self.reconciliation.balances.clone_from(&snapshot.balances);
        self.compare_balances(sink)?;
        self.settle_reconciliation(sink)
    }

    /// Ids of this epoch that the venue knows and that were not given here, as after the loss of a journal's tail, must not
    /// be given again.
    fn pass_over_ids(&mut self, snapshot: &VenueSnapshot) {
        let epoch = self.next_client_order_id().epoch();
        let told = snapshot.orders.iter().filter_map(|order| order.client_order_id);
        let told = told.chain(snapshot.fills.iter().filter_map(|fill| fill.client_order_id));
        for id in told.filter(|id| id.epoch() == epoch && id.0 >= self.next_order_id) {
            self.reconciliation.never_ours.insert(id);
        }
        let highest = self.reconciliation.never_ours.last().map_or(0, |id| id.0);
        self.next_order_id = self.next_order_id.max(highest.saturating_add(1));
    }

    /// An order without an answer that the venue has open, as it is here, is found.
    fn take_evidence(&mut self, snapshot: &VenueSnapshot, sink: &mut impl Sink) -> Result<()> {
        for listed in snapshot.orders.iter().filter(|order| order.status == VenueOrderStatus::Open)
        {
            let Some(id) = self.known_id(&listed.venue_order_id, listed.client_order_id) else {
                continue;
            };
            let is_found = self.orders.get(&id.0).is_some_and(|order| {
                let overlays = order.state.load().1;
                let waits = order.is_unshown() || overlays.has(Overlays::IN_DOUBT);
                waits && is_same(order, listed)
            });
            if is_found {
                self.transition(id, OrderEvent::Accept, sink)?;
            }
        }
        Ok(())
    }

    fn differences(&self, snapshot: &VenueSnapshot) -> Vec<Difference> {
        let mut found = Vec::new();
        let unapplied = self.unapplied(snapshot);
        for listed in &snapshot.orders {
            let id = self.known_id(&listed.venue_order_id, listed.client_order_id);
            match id.and_then(|id| self.order(id)) {
                Some(order) => {
                    let id = order.intent.client_order_id;
                    let waiting = unapplied.get(&id).copied().unwrap_or(0);
                    self.compare_order(order, listed, waiting, &mut found);
                }
                None if listed.status == VenueOrderStatus::Open => {
                    let fills = snapshot.fills.iter().filter(|fill| fill.is_of(listed)).cloned();
                    let fills = fills.collect();
                    found.push(Difference::OrderMissingHere { order: listed.clone(), fills });
                }
                None => {}
            }
        }
        self.missing_there(snapshot, &unapplied, &mut found);
        self.compare_fills(snapshot, &mut found);
        self.compare_positions(snapshot, &mut found);
        found
    }

    /// Returns the lots of listed fills that known orders still wait for.
    fn unapplied(&self, snapshot: &VenueSnapshot) -> BTreeMap<ClientOrderId, i64> {
        let mut lots: BTreeMap<ClientOrderId, i64> = BTreeMap::new();
        for fill in &snapshot.fills {
            if let Known::Missing(order) = self.known_fill(fill) {
                let sum = lots.entry(order.intent.client_order_id).or_default();
                *sum = sum.saturating_add(fill.quantity.lots());
            }
        }
        lots
    }

    fn known_fill(&self, fill: &VenueFill) -> Known<'_> {
        let id = self.known_id(&fill.venue_order_id, fill.client_order_id);
        let Some(order) = id.and_then(|id| self.order(id)) else { return Known::Unknown };
        if (order.intent.instrument, order.intent.side) != (fill.instrument, fill.side) {
            return Known::Conflict(order, None);
        }
        match order.fills.sighting(&fill.numbers()) {
            Sighting::New => Known::Missing(order),
            Sighting::Duplicate => Known::Applied,
            Sighting::Conflict(known) => Known::Conflict(order, Some(known)),
        }
    }

    /// Compares a known order with what the venue lists; `waiting` lots of it are listed as fills and not applied.
    fn compare_order(
        &self,
        order: &Order,
        listed: &VenueOrder,
        waiting: i64,
        found: &mut Vec<Difference>,
    ) {
        let client_order_id = order.intent.client_order_id;
        let base = order.state.base();
        if !is_same(order, listed) || self.held.contains(&client_order_id.0) {
            found.push(Difference::OrderConflict { order: listed.clone(), client_order_id });
            return;
        }
        let (filled, cum) = (listed.filled, order.cum_quantity);
        let here = Quantity::from_lots(cum.lots().saturating_add(waiting));
        if filled > here || filled < cum {
            let price = listed.average_price.filter(|_| here == Quantity::ZERO);
            let there = filled;
            found.push(Difference::FilledDiffers { client_order_id, here, there, price });
        }
        let (is_open, ends_short) = (!base.is_end(), order.worst_leaves() > Quantity::ZERO);
        match listed.status {
            VenueOrderStatus::Open if !is_open => {
                let order = listed.clone();
                found.push(Difference::OrderEndedHere { order, client_order_id, base });
            }
            VenueOrderStatus::Open => compare_terms(order, listed, found),
            // All of it filled: the fills end it, unless the venue's whole is less than what is open here.
            VenueOrderStatus::Filled if listed.quantity >= order.quantity || !ends_short => {}
            status if is_open => {
                found.push(Difference::OrderEndedThere { client_order_id, status, filled });
            }
            _ => {}
        }
    }

    fn missing_there(
        &self,
        snapshot: &VenueSnapshot,
        unapplied: &BTreeMap<ClientOrderId, i64>,
        found: &mut Vec<Difference>,
    ) {
        let Some(until) = snapshot.orders_complete_until else { return };
        let told: BTreeSet<ClientOrderId> = snapshot
            .orders
            .iter()
            .filter_map(|order| self.known_id(&order.venue_order_id, order.client_order_id))
            .collect();
        for order in self.open_orders() {
            let client_order_id = order.intent.client_order_id;
            // One that was held is sent when its trigger is met.
            let sent = order.released.map_or(order.intent.ts_intent, |released| released.at);
            let waiting = unapplied.get(&client_order_id).copied().unwrap_or(0);
            let leaves = order.leaves();
            let is_held = self.held.contains(&client_order_id.0);
            if told.contains(&client_order_id)
                || is_held
                || sent > until
                || waiting >= leaves.lots()
            {
                continue;
            }
            let fills_known = snapshot.fills_complete_from.is_some_and(|from| from <= sent);
            found.push(Difference::OrderMissingThere { client_order_id, leaves, fills_known });
        }
    }

    /// Nobody may rely on an order that the venue does not list: it is in doubt, with its whole reservation.
    fn doubt_missing(
        &mut self,
        found: &[Difference],
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        for difference in found {
            let Difference::OrderMissingThere { client_order_id, .. } = difference else {
                continue;
            };
            let is_in_doubt = self
                .orders
                .get(&client_order_id.0)
                .is_some_and(|order| order.state.load().1.has(Overlays::IN_DOUBT));
            if !is_in_doubt {
                self.transition(*client_order_id, OrderEvent::LoseTrack, sink)?;
                commands.push(Command::Query(*client_order_id));
            }
        }
        Ok(())
    }

    fn compare_fills(&self, snapshot: &VenueSnapshot, found: &mut Vec<Difference>) {
        let is_with_its_order = |fill: &VenueFill| {
            let open = |order: &&VenueOrder| order.status == VenueOrderStatus::Open;
            snapshot.orders.iter().filter(open).any(|order| fill.is_of(order))
        };
        for fill in &snapshot.fills {
            match self.known_fill(fill) {
                Known::Applied => {}
                Known::Missing(order) => {
                    let client_order_id = order.intent.client_order_id;
                    let fill = fill.clone();
                    found.push(Difference::FillMissingHere { client_order_id, fill });
                }
                Known::Conflict(order, known) => {
                    let client_order_id = order.intent.client_order_id;
                    let fill = fill.clone();
                    found.push(Difference::TradeConflict { client_order_id, fill, known });
                }
                Known::Unknown if is_with_its_order(fill) => {}
                Known::Unknown => {
                    let was_ours = self.was_known(fill);
                    found.push(Difference::FillUnknown { fill: fill.clone(), was_ours });
                }
            }
        }
    }

    /// Returns whether the fill's order was known here once and is forgotten: then the fill may have been applied.
    fn was_known(&self, fill: &VenueFill) -> bool {
        let is_ours = |id: ClientOrderId| {
            id.0 < self.next_order_id && !self.reconciliation.never_ours.contains(&id)
        };
        fill.client_order_id.is_some_and(is_ours)
            || self.reconciliation.external.contains_key(&fill.venue_order_id)
    }

    /// Puts new differences on the list, and takes those off that a complete word of the venue does not show any more.
    fn list_found(
        &mut self,
        found: Vec<Difference>,
        snapshot: &VenueSnapshot,
        sink: &mut impl Sink,
    ) -> Result<()> {
        let found: BTreeMap<_, _> = found.into_iter().map(|each| (each.id(), each)).collect();
        if snapshot.orders_complete_until.is_some() && snapshot.positions_complete {
            let is_gone = |id: &super::ItemId, difference: &Difference| {
                !found.contains_key(id) && !matches!(difference, Difference::BalanceDiffers { .. })
            };
            let open = &self.reconciliation.open;
            let gone: Vec<_> =
                open.iter().filter(|(id, each)| is_gone(id, each)).map(|(id, _)| *id).collect();
            for id in gone {
                self.close_item(id, Closing::Vanished, sink)?;
            }
            self.reconciliation.ignored.retain(|id, each| !is_gone(id, each));
        }
        for (_, difference) in found {
            self.list_item(difference, sink)?;
        }
        Ok(())
    }

    /// Lists a difference, unless it was ignored; one that is listed already takes the venue's latest word.
    pub(super) fn list_item(&mut self, difference: Difference, sink: &mut impl Sink) -> Result<()> {
        let id = difference.id();
        if self.reconciliation.ignored.contains_key(&id) {
            return Ok(());
        }
        if self.reconciliation.open.get(&id) != Some(&difference) {
            let mut content = Vec::new();
            id.save(&mut content);
            difference.save(&mut content);
            sink.record(RecordKind::ReconciliationItem, self.now(), content.as_slice())?;
            self.reconciliation.open.insert(id, difference);
        }
        Ok(())
    }
}

fn is_same(order: &Order, listed: &VenueOrder) -> bool {
    (order.intent.instrument, order.intent.side) == (listed.instrument, listed.side)
}

fn compare_terms(order: &Order, listed: &VenueOrder, found: &mut Vec<Difference>) {
    let client_order_id = order.intent.client_order_id;
    if order.quantity != listed.quantity {
        let (here, there) = (order.quantity, listed.quantity);
        found.push(Difference::QuantityDiffers { client_order_id, here, there });
    }
    let prices = [
        (false, order.intent.limit_price, listed.limit_price),
        (true, order.intent.trigger_price, listed.trigger_price),
    ];
    for (is_trigger, here, there) in prices {
        let differs: Option<(Price, Price)> = here.zip(there).filter(|(here, there)| here != there);
        if let Some((here, there)) = differs {
            found.push(Difference::PriceDiffers { client_order_id, is_trigger, here, there });
        }
    }
}
