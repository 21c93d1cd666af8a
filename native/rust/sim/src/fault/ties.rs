//! Orders that depend on each other, watched from outside: what must be sent and what must go is worked out a second time,
//! from the records of what was asked for and from what has filled.

use super::checks::violated;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::wire::Reader;
use holdfast_core::{
    BaseState, ClientOrderId, Contingency, Order, OrderIntent, OrderRole, Overlays, Result,
    TimeInForce,
};
use holdfast_engine::order_store::IdHasher;
use holdfast_engine::{Command, Engine, OrderList};
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;

/// Stands behind an intent that carries a key, where a list has its contingency.
const KEY_MARK: u8 = u8::MAX;

/// What a record says about orders that depend on each other.
#[derive(Debug)]
pub(super) enum Promise {
    List(Contingency, Vec<OrderIntent>),
    Derived(OrderIntent),
}

impl Promise {
    /// Reads it from a record, if it is in there.
    pub fn read(kind: RecordKind, payload: &[u8]) -> Result<Option<Self>> {
        if !matches!(kind, RecordKind::OrderSubmitted | RecordKind::OrderDerived) {
            return Ok(None);
        }
        let mut reader = Reader::new(payload);
        let first = OrderIntent::decode(&mut reader)?;
        if kind == RecordKind::OrderDerived {
            return Ok(Some(Self::Derived(first)).filter(|_| first.parent != ClientOrderId::NONE));
        }
        if reader.rest().first().is_none_or(|mark| *mark == KEY_MARK) {
            return Ok(None);
        }
        let (contingency, orders) = OrderList::decode_rest(first, &mut reader)?;
        Ok(Some(Self::List(contingency, orders)))
    }

    /// Returns the first order that it gives an id.
    fn id(&self) -> Option<ClientOrderId> {
        match self {
            Self::List(_, orders) => orders.first().map(|first| first.client_order_id),
            Self::Derived(intent) => Some(intent.client_order_id),
        }
    }
}

/// Orders of one kind that follow a parent.
#[derive(Debug)]
struct Follower {
    intent: OrderIntent,
    /// Lots of each listed order of this kind.
    listed: Vec<i64>,
    /// Ids and lots of what was sent.
    sent: Vec<(u64, i64)>,
}

impl Follower {
    /// Returns what must have been sent when the parent has filled so much.
    fn due(&self, filled: i64) -> i64 {
        self.listed.iter().map(|lots| filled.min(*lots)).sum()
    }

    fn sent(&self) -> i64 {
        self.sent.iter().map(|(_, lots)| lots).sum()
    }
}

/// One order of a pair.
#[derive(Debug)]
struct Leg {
    id: u64,
    other: u64,
    cancels: bool,
    /// Its quantity while the other one has filled nothing.
    base: i64,
    /// An amendment of the strategy's by its number, and what it makes of the base.
    wish: Option<(u32, i64)>,
    /// The least that the venue was asked to leave of it.
    asked: i64,
}

impl Leg {
    /// Says how much too much is left of the open order that is this leg, if anything is.
    fn excess(&mut self, order: &Order, engine: &Engine, is_final: bool) -> Option<String> {
        if let Some((_, base)) = self.wish.filter(|(number, _)| *number == order.amended) {
            (self.base, self.wish) = (base, None);
        }
        let taken = filled(engine, self.other);
        if taken == 0 {
            return None;
        }
        let due = if self.cancels { 0 } else { (self.base - taken).max(0) };
        let (base, overlays, _) = order.state.load();
        let is_asked = self.asked <= due
            || overlays.has(Overlays::PENDING_CANCEL)
            || overlays.has(Overlays::PENDING_REPLACE);
        let waits = order.held.is_none() && !is_final && is_asked && base != BaseState::Filled;
        (order.quantity.lots() > due && !waits).then(|| {
            let (id, left, other) = (order.intent.client_order_id.0, order.quantity, self.other);
            let left = left.lots();
            format!("{id} is left {left} lots, {due} are due, since {other} filled {taken}")
        })
    }
}

/// Everything of a run.
#[derive(Debug, Default)]
pub(super) struct Ties {
    parents: BTreeMap<u64, Vec<Follower>>,
    legs: Vec<Leg>,
    /// Where each leg stands; only ever asked for one of them, so that its own order decides nothing.
    places: HashMap<u64, usize, BuildHasherDefault<IdHasher>>,
    /// Places of legs of which something may still be open.
    live: Vec<usize>,
    /// The stop that was derived last: a target behind it may be its other leg.
    stop: Option<OrderIntent>,
    /// An amendment that is being judged, with the order's amendments before: the process may die of it.
    asking: Option<(ClientOrderId, u32)>,
}

/// Returns what an order has filled, as far as the engine knows.
fn filled(engine: &Engine, id: u64) -> i64 {
    engine.order(ClientOrderId(id)).map_or(0, |order| order.cum_quantity.lots())
}

/// Returns whether an order that follows was sent for a listed one: only ids, times and quantity may differ.
fn is_of(listed: &OrderIntent, sent: &OrderIntent) -> bool {
    let form = |intent: &OrderIntent| {
        (
            (intent.instrument, intent.side, intent.order_type, intent.time_in_force),
            (intent.limit_price, intent.trigger_price, intent.terms.trailing, intent.reduce_only),
        )
    };
    form(listed) == form(sent)
}

impl Ties {
    /// Takes what the records since the last check said.
    pub fn take(&mut self, promise: Promise, engine: &Engine) -> Result<()> {
        match promise {
            Promise::List(contingency, orders) => self.take_list(contingency, &orders, engine),
            Promise::Derived(intent) => return self.take_derived(&intent, engine),
        }
        Ok(())
    }

    fn take_list(&mut self, contingency: Contingency, orders: &[OrderIntent], engine: &Engine) {
        let [first, rest @ ..] = orders else { return };
        let id = first.client_order_id;
        let is_known = self.parents.contains_key(&id.0) || self.places.contains_key(&id.0);
        if is_known || engine.order(id).is_none() {
            return;
        }
        if let (true, [second]) = (contingency.is_pair(), rest) {
            let pair = [first.client_order_id, second.client_order_id];
            return self.pair(pair, contingency == Contingency::Oco, engine);
        }
        let mut followers: Vec<Follower> = Vec::new();
        for child in rest {
            let lots = child.quantity.lots();
            match followers.iter_mut().find(|each| is_of(&each.intent, child)) {
                Some(same) => same.listed.push(lots),
                None => {
                    followers.push(Follower { intent: *child, listed: vec![lots], sent: vec![] })
                }
            }
        }
        self.parents.insert(first.client_order_id.0, followers);
    }

    /// An order was sent because of its parent's fills: there must be as many of them.
    fn take_derived(&mut self, intent: &OrderIntent, engine: &Engine) -> Result<()> {
        let (id, parent) = (intent.client_order_id, intent.parent);
        let followers = self.parents.entry(parent.0).or_default();
        let place = followers.iter().position(|each| is_of(&each.intent, intent));
        if place.is_none() {
            // A stop or target that the parent itself carries.
            followers.push(Follower { intent: *intent, listed: Vec::new(), sent: vec![] });
        }
        let place = place.unwrap_or(followers.len() - 1);
        let Some(follower) = followers.get_mut(place) else { return Ok(()) };
        // A crash in the middle of a step lets what it had recorded be recorded again.
        if follower.sent.iter().any(|(sent, _)| *sent == id.0) {
            return Ok(());
        }
        follower.sent.push((id.0, intent.quantity.lots()));
        let most = match follower.listed.is_empty() {
            true => filled(engine, parent.0),
            false => follower.due(filled(engine, parent.0)),
        };
        if follower.sent() > most {
            return Err(violated("what follows must not be more than its parent has filled")
                .with("order", id.0)
                .with("parent", parent.0)
                .with("sent", follower.sent())
                .with("most", most));
        }
        let stop = self.stop.take();
        if intent.role == OrderRole::StopLoss {
            self.stop = Some(*intent);
        }
        let is_pair = |stop: &OrderIntent| {
            intent.role == OrderRole::TakeProfit
                && (stop.parent, stop.client_order_id.0 + 1) == (parent, id.0)
                && [stop.client_order_id, id].iter().all(|leg| engine.order(*leg).is_some())
        };
        if let Some(stop) = stop.filter(is_pair) {
            self.pair([stop.client_order_id, id], false, engine);
        }
        Ok(())
    }

    fn pair(&mut self, [one, two]: [ClientOrderId; 2], cancels: bool, engine: &Engine) {
        for (id, other) in [(one, two), (two, one)] {
            let base = engine.order(id).map_or(0, |order| order.intent.quantity.lots());
            let (id, other) = (id.0, other.0);
            let leg = Leg { id, other, cancels, base, wish: None, asked: i64::MAX };
            let place = *self.places.entry(id).or_insert(self.legs.len());
            match self.legs.get_mut(place) {
                Some(known) => *known = leg,
                None => self.legs.push(leg),
            }
            self.live.push(place);
        }
    }

    fn leg_mut(&mut self, id: ClientOrderId) -> Option<&mut Leg> {
        self.legs.get_mut(*self.places.get(&id.0)?)
    }

    /// A command leaves for the venue.
    pub fn note_command(&mut self, command: &Command) {
        let (id, left) = match command {
            Command::Cancel(id) => (*id, 0),
            Command::Replace(asked) => (asked.client_order_id, asked.quantity.lots()),
            Command::Place(_) | Command::Query(_) => return,
        };
        if let Some(leg) = self.leg_mut(id) {
            leg.asked = leg.asked.min(left);
        }
    }

    /// The process started again: what a crash tore off was never asked for.
    pub fn restarted(&mut self, promises: &mut Vec<Promise>, engine: &Engine) {
        let next = engine.next_client_order_id();
        promises.retain(|promise| promise.id().is_some_and(|id| id < next));
        self.parents.split_off(&next.0);
        for follower in self.parents.values_mut().flatten() {
            follower.sent.retain(|(id, _)| *id < next.0);
        }
        let live: Vec<u64> =
            self.live.iter().filter_map(|place| Some(self.legs.get(*place)?.id)).collect();
        self.legs.retain(|leg| leg.id < next.0);
        self.places = self.legs.iter().enumerate().map(|(place, leg)| (leg.id, place)).collect();
        self.live = live.iter().filter_map(|id| self.places.get(id).copied()).collect();
        self.stop = None;
        if let Some((id, before)) = self.asking.take()
            && engine.order(id).is_some_and(|order| order.amendments > before)
        {
            self.amended(id, engine);
        }
        for leg in &mut self.legs {
            let asked = engine.order(ClientOrderId(leg.id)).map_or(0, |order| order.amendments);
            leg.wish = leg.wish.filter(|(number, _)| *number <= asked);
        }
    }

    /// Every leg must be left no more than the other one has left it, or be asked for that. At the end nothing counts as asked.
    pub fn hold(&mut self, engine: &Engine, venue_open: impl Fn(u64) -> bool) -> Result<()> {
        self.asking = None;
        let mut live = std::mem::take(&mut self.live);
        let mut outcome = Ok(());
        let is_open =
            |id: u64| engine.find_open_order(ClientOrderId(id)).is_some() || venue_open(id);
        live.retain(|place| {
            let Some(leg) = self.legs.get_mut(*place) else { return false };
            let order = engine.find_open_order(ClientOrderId(leg.id));
            if let Some(what) = order.and_then(|order| leg.excess(order, engine, false)) {
                outcome = Err(violated("a leg must give way to what the other one has filled")
                    .with("leg", what));
            }
            order.is_some() || venue_open(leg.id) || is_open(leg.other)
        });
        self.live = live;
        outcome
    }

    /// Says what is still to come when nothing is under way any more.
    pub fn difference(&mut self, engine: &Engine) -> Option<String> {
        for (parent, followers) in &self.parents {
            let filled = filled(engine, *parent);
            for follower in followers.iter().filter(|each| {
                // One whose date has passed is told as an alarm instead.
                !each.listed.is_empty() && each.intent.time_in_force != TimeInForce::Gtd
            }) {
                let due = follower.due(filled);
                if follower.sent() != due {
                    return Some(format!("{} of {due} lots follow {parent}", follower.sent()));
                }
            }
        }
        self.live.iter().find_map(|place| {
            let leg = self.legs.get_mut(*place)?;
            leg.excess(engine.find_open_order(ClientOrderId(leg.id))?, engine, true)
        })
    }

    /// An amendment is to be judged.
    pub fn amending(&mut self, id: ClientOrderId, engine: &Engine) {
        self.asking = engine.order(id).map(|order| (id, order.amendments));
    }

    /// An amendment of a leg was approved: the other one takes from it what it fills from the moment of the wish on.
    pub fn amended(&mut self, id: ClientOrderId, engine: &Engine) {
        self.asking = None;
        let (Some(leg), Some(order)) = (self.leg_mut(id), engine.find_open_order(id)) else {
            return;
        };
        let asked = order.pending.map(|asked| (asked.number, asked.quantity));
        let (number, quantity) = asked.unwrap_or((order.amended, order.quantity));
        leg.wish = Some((number, quantity.lots() + filled(engine, leg.other)));
    }
}
