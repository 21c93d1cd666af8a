//! Counts orders over a sliding minute in memory that is allocated once.

use holdfast_core::Timestamp;
use std::collections::VecDeque;

const WINDOW_NS: i64 = 60_000_000_000;

/// The times of the last orders, at most as many as the limit allows.
#[derive(Debug)]
pub struct OrderRate {
    times: VecDeque<i64>,
    capacity: usize,
}

impl OrderRate {
    /// Makes a window that can tell up to `capacity` orders apart.
    #[must_use]
    pub fn new(capacity: u32) -> Self {
        let capacity = capacity as usize;
        Self { times: VecDeque::with_capacity(capacity), capacity }
    }

    /// Returns how many orders the minute before `now` holds.
    #[must_use]
    pub fn count(&self, now: Timestamp) -> usize {
        self.times.len() - self.times.partition_point(|ts| *ts <= now.0.saturating_sub(WINDOW_NS))
    }

    /// Notes an order; the oldest is forgotten when the window is full, which can only count too few above the limit.
    pub fn note(&mut self, now: Timestamp) {
        if self.capacity == 0 {
            return;
        }
        if self.times.len() == self.capacity {
            self.times.pop_front();
        }
        self.times.push_back(now.0);
    }
}

holdfast_core::persist_parts!(OrderRate { saved: [times], parts: [], given: [capacity] });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_after_sixty_seconds_exactly() {
        let mut rate = OrderRate::new(10);
        rate.note(Timestamp(0));
        rate.note(Timestamp(1));
        assert_eq!(rate.count(Timestamp(WINDOW_NS - 1)), 2);
        assert_eq!(rate.count(Timestamp(WINDOW_NS)), 1);
        assert_eq!(rate.count(Timestamp(WINDOW_NS + 1)), 0);
    }

    #[test]
    fn keeps_at_most_its_capacity() {
        let mut rate = OrderRate::new(2);
        (0..5).for_each(|ts| rate.note(Timestamp(ts)));
        assert_eq!(rate.count(Timestamp(5)), 2);
        let mut none = OrderRate::new(0);
        none.note(Timestamp(0));
        assert_eq!(none.count(Timestamp(0)), 0);
    }
}
