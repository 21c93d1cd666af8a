//! Everything that is under way, by the time at which it arrives.

use super::kind::{FaultKind, Windows};
use super::random::Random;
use super::setting::DELAY_NS_MAX;
use holdfast_core::{OrderIntent, Timestamp};
use holdfast_engine::gateway::{Heard, Request};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// What a run of the usual length has under way, so that the queue seldom moves to larger memory.
const ROOM: usize = 512;

/// Something that arrives.
#[derive(Debug, Clone)]
pub(super) enum Delivery {
    /// An act of the schedule, by its place.
    Act(usize),
    ToVenue {
        request: Request,
        sent: Timestamp,
    },
    /// To the process of that number; one that died does not hear it.
    ToGateway {
        heard: Heard,
        process: u32,
    },
    /// A placement that the venue takes late.
    Late(OrderIntent),
    /// Others trade at a price.
    Price {
        instrument: u32,
        ticks: i64,
    },
    Heartbeat,
    Restart,
    DiskHeals,
}

/// When something arrives, its number in the order of sending, and where it stands.
type Due = (i64, u64, usize);

/// The queue, ordered by time and then by the order of sending.
#[derive(Debug)]
pub(super) struct Network {
    queue: BinaryHeap<Reverse<Due>>,
    /// Acts of the schedule, which come in order, so that the heap stays small.
    acts: VecDeque<Due>,
    /// What the queue's entries stand for, with places that are free again.
    deliveries: Vec<Option<Delivery>>,
    free: Vec<usize>,
    sent: u64,
    /// Without a fault no message overtakes another of its direction.
    last_arrival: [i64; 2],
    random: Random,
}

impl Network {
    pub fn new(seed: u64) -> Self {
        Self {
            queue: BinaryHeap::with_capacity(ROOM),
            acts: VecDeque::with_capacity(ROOM),
            deliveries: Vec::with_capacity(ROOM),
            free: Vec::with_capacity(ROOM),
            sent: 0,
            last_arrival: [0; 2],
            random: Random::new(seed, 2),
        }
    }

    /// Lets something arrive at a time.
    pub fn at(&mut self, at_ns: i64, delivery: Delivery) {
        let is_act = matches!(delivery, Delivery::Act(_));
        let place = self.free.pop().unwrap_or(self.deliveries.len());
        match self.deliveries.get_mut(place) {
            Some(slot) => *slot = Some(delivery),
            None => self.deliveries.push(Some(delivery)),
        }
        let due = (at_ns, self.sent, place);
        if is_act && self.acts.back().is_none_or(|last| *last < due) {
            self.acts.push_back(due);
        } else {
            self.queue.push(Reverse(due));
        }
        self.sent += 1;
    }

    /// Sends a message over the network as it is; `extra_ns` is what the sender takes longer.
    pub fn send(&mut self, now_ns: i64, extra_ns: i64, windows: &Windows, delivery: Delivery) {
        let active = |kind| windows.active(kind, now_ns);
        if active(FaultKind::Loss) && self.random.chance(250) {
            return;
        }
        if active(FaultKind::Duplicate) && self.random.chance(300) {
            self.send_one(now_ns, extra_ns, windows, delivery.clone());
        }
        self.send_one(now_ns, extra_ns, windows, delivery);
    }

    fn send_one(&mut self, now_ns: i64, extra_ns: i64, windows: &Windows, delivery: Delivery) {
        let active = |kind| windows.active(kind, now_ns);
        let mut at_ns = now_ns + extra_ns + self.random.between(1_000_000, 20_000_000);
        let mut overtakes = extra_ns > 0;
        if active(FaultKind::Delay) && self.random.chance(300) {
            at_ns += self.random.between(0, DELAY_NS_MAX);
            overtakes = true;
        }
        if active(FaultKind::Reorder) {
            at_ns += self.random.between(0, 300_000_000);
            overtakes = true;
        }
        if !overtakes {
            let direction = usize::from(matches!(delivery, Delivery::ToGateway { .. }));
            if let Some(last) = self.last_arrival.get_mut(direction) {
                at_ns = at_ns.max(*last);
                *last = at_ns;
            }
        }
        self.at(at_ns, delivery);
    }

    /// The earlier of both fronts, and whether it is an act's.
    fn next(&self) -> Option<(Due, bool)> {
        let act = self.acts.front().map(|due| (*due, true));
        let other = self.queue.peek().map(|Reverse(due)| (*due, false));
        act.into_iter().chain(other).min()
    }

    pub fn next_at(&self) -> Option<i64> {
        self.next().map(|((at_ns, ..), _)| at_ns)
    }

    pub fn take(&mut self) -> Option<Delivery> {
        let ((.., place), is_act) = self.next()?;
        if is_act {
            self.acts.pop_front();
        } else {
            self.queue.pop();
        }
        self.free.push(place);
        self.deliveries.get_mut(place)?.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_arrives_by_time_and_then_by_the_order_of_sending() {
        let mut network = Network::new(1);
        for (at_ns, act) in [(5, 0), (9, 1), (7, 2), (9, 3)] {
            network.at(at_ns, Delivery::Act(act));
            network.at(at_ns, Delivery::Price { instrument: act as u32, ticks: 1 });
        }
        let mut seen = Vec::new();
        while let Some(at_ns) = network.next_at() {
            match network.take() {
                Some(Delivery::Act(act)) => seen.push((at_ns, act, true)),
                Some(Delivery::Price { instrument, .. }) => {
                    seen.push((at_ns, instrument as usize, false));
                }
                _ => {}
            }
        }
        let order = [(5, 0), (7, 2), (9, 1), (9, 3)];
        let both = order.iter().flat_map(|(at, act)| [(*at, *act, true), (*at, *act, false)]);
        assert_eq!(seen, both.collect::<Vec<_>>());
        assert!(network.take().is_none());
    }
}
