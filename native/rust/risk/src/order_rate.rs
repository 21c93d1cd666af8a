//! Counts events over a sliding window in memory that is allocated once.

use holdfast_core::persist::Persist;
use holdfast_core::wire::Reader;
use holdfast_core::{Result, Timestamp};
use std::collections::VecDeque;

/// The window of orders a minute.
pub const MINUTE_NS: i64 = 60_000_000_000;

/// The times of the last events, at most as many as the limit allows.
#[derive(Debug, Clone)]
pub struct OrderRate {
    times: VecDeque<i64>,
    capacity: usize,
    window_ns: i64,
    /// So many of the oldest had left the window when the last event was noted.
    expired: usize,
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
        Self { times: VecDeque::with_capacity(capacity), capacity, window_ns, expired: 0 }
    }

    /// Returns how many events the window before `now` holds.
    #[must_use]
    pub fn count(&self, now: Timestamp) -> usize {
        let cutoff = now.0.saturating_sub(self.window_ns);
        let is_out = |place: usize| self.times.get(place).is_some_and(|ts| *ts <= cutoff);
        // What left the window is looked for where it ended the last time, so that a full window costs no more than an
        // empty one; a clock that ran back is looked for in the whole.
        let mut low = if self.expired > 0 && !is_out(self.expired - 1) { 0 } else { self.expired };
        if !is_out(low) {
            return self.times.len() - low;
        }
        let mut step = 1;
        while is_out(low + step) {
            low += step;
            step *= 2;
        }
        // The event at `low` is out, the one at `high` is not.
        let mut high = (low + step).min(self.times.len());
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if is_out(middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        self.times.len() - high
    }

    /// Notes an event; the oldest is forgotten when the window is full, which can only count too few above the limit.
    pub fn note(&mut self, now: Timestamp) {
        if self.capacity == 0 {
            return;
        }
        if self.times.len() == self.capacity {
            self.times.pop_front();
            self.expired = self.expired.saturating_sub(1);
        }
        self.times.push_back(now.0);
        let cutoff = now.0.saturating_sub(self.window_ns);
        while self.times.get(self.expired).is_some_and(|ts| *ts <= cutoff) {
            self.expired += 1;
        }
    }

    /// Forgets every event.
    pub fn clear(&mut self) {
        self.times.clear();
        self.expired = 0;
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

/// How many left the window follows from their times.
impl Persist for OrderRate {
    fn save(&self, out: &mut Vec<u8>) {
        let Self { times, capacity, window_ns, expired: _ } = self;
        times.save(out);
        capacity.save(out);
        window_ns.save(out);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        let (times, capacity) = (Persist::load(reader)?, Persist::load(reader)?);
        Ok(Self { times, capacity, window_ns: Persist::load(reader)?, expired: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn counts_what_a_look_at_every_event_counts(
            capacity in 1_u32..40, window in 1_i64..60,
            steps in prop::collection::vec((0_i64..20, 0_usize..4, -30_i64..80), 1..120),
        ) {
            let mut rate = OrderRate::over(capacity, window);
            let mut now = 0;
            for (gap, notes, look) in steps {
                now += gap;
                (0..notes).for_each(|_| rate.note(Timestamp(now)));
                for at in [now, now + look] {
                    let expected = rate.times().filter(|ts| **ts > at - window).count();
                    prop_assert_eq!(rate.count(Timestamp(at)), expected);
                }
                let mut image = Vec::new();
                rate.save(&mut image);
                let loaded = OrderRate::load(&mut Reader::new(&image)).unwrap();
                prop_assert_eq!(loaded.count(Timestamp(now)), rate.count(Timestamp(now)));
            }
        }
    }

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
