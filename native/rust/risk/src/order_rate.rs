//! Counts events over a sliding window in memory that is allocated once.

use holdfast_core::Timestamp;
use std::collections::VecDeque;

/// The window of orders a minute.
pub const MINUTE_NS: i64 = 60_000_000_000;

/// The times of the last events, at most as many as the limit allows.
#[derive(Debug, Clone)]
pub struct OrderRate {
    times: VecDeque<i64>,
    capacity: usize,
    window_ns: i64,
}

impl OrderRate {
    /// Makes a window of a minute that can tell up to `capacity` events apart.
    #[must_use]
    pub fn new(capacity: u32) -> Self {
        Self::over(capacity, MINUTE_NS)
    }

    /// Makes a window that can tell up to `capacity` events apart.
    #[must_use]
    pub fn over(capacity: u32, window_ns: i64) -> Self {
        let capacity = capacity as usize;
        Self { times: VecDeque::with_capacity(capacity), capacity, window_ns }
    }

    /// Returns how many events the window before `now` holds.
    #[must_use]
    pub fn count(&self, now: Timestamp) -> usize {
        self.times.len()
            - self.times.partition_point(|ts| *ts <= now.0.saturating_sub(self.window_ns))
    }

    /// Notes an event; the oldest is forgotten when the window is full, which can only count too few above the limit.
    pub fn note(&mut self, now: Timestamp) {
        if self.capacity == 0 {
            return;
        }
        if self.times.len() == self.capacity {
            self.times.pop_front();
        }
        self.times.push_back(now.0);
    }

    /// Forgets every event.
    pub fn clear(&mut self) {
        self.times.clear();
    }

    /// Returns the same events in a window of another capacity and length; the latest are kept.
    #[must_use]
    pub fn resized(&self, capacity: u32, window_ns: i64) -> Self {
        let mut window = Self::over(capacity, window_ns);
        self.times.iter().for_each(|ts| window.note(Timestamp(*ts)));
        window
    }

    /// Returns the times of the events.
    pub fn times(&self) -> impl Iterator<Item = &i64> {
        self.times.iter()
    }
}

holdfast_core::persist_fields!(OrderRate { times, capacity, window_ns });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_after_sixty_seconds_exactly() {
        let mut rate = OrderRate::new(10);
        rate.note(Timestamp(0));
        rate.note(Timestamp(1));
        assert_eq!(rate.count(Timestamp(MINUTE_NS - 1)), 2);
        assert_eq!(rate.count(Timestamp(MINUTE_NS)), 1);
        assert_eq!(rate.count(Timestamp(MINUTE_NS + 1)), 0);
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

    #[test]
    fn another_capacity_keeps_the_latest_events() {
        let mut rate = OrderRate::over(3, 10);
        (0..3).for_each(|ts| rate.note(Timestamp(ts)));
        assert_eq!(rate.resized(2, 10).count(Timestamp(3)), 2);
        assert_eq!(rate.resized(9, 2).count(Timestamp(3)), 1);
        rate.clear();
        assert_eq!(rate.times().count(), 0);
    }
}
