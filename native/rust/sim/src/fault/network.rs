//! Everything that is under way, by the time at which it arrives.

use super::kind::{FaultKind, Windows};
use super::random::Random;
use super::setting::DELAY_NS_MAX;
use holdfast_core::{OrderIntent, Timestamp};
use holdfast_engine::gateway::{Heard, Request};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

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

/// The queue, ordered by time and then by the order of sending.
#[derive(Debug)]
pub(super) struct Network {
    queue: BinaryHeap<Reverse<(i64, u64, usize)>>,
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
            queue: BinaryHeap::new(),
            deliveries: Vec::new(),
            free: Vec::new(),
            sent: 0,
            last_arrival: [0; 2],
            random: Random::new(seed, 2),
        }
    }

    /// Lets something arrive at a time.
    pub fn at(&mut self, at_ns: i64, delivery: Delivery) {
        let place = self.free.pop().unwrap_or(self.deliveries.len());
        match self.deliveries.get_mut(place) {
            Some(slot) => *slot = Some(delivery),
            None => self.deliveries.push(Some(delivery)),
        }
        self.queue.push(Reverse((at_ns, self.sent, place)));
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

    pub fn next_at(&self) -> Option<i64> {
        self.queue.peek().map(|Reverse((at_ns, ..))| *at_ns)
    }

    pub fn take(&mut self) -> Option<Delivery> {
        let Reverse((.., place)) = self.queue.pop()?;
        self.free.push(place);
        self.deliveries.get_mut(place)?.take()
    }
}
