//! What left within a span of time, counted in a fixed number of buckets.

use holdfast_core::Timestamp;

/// Buckets that a span is divided into.
const BUCKETS: usize = 60;
/// One more, because the oldest bucket is only partly past: it counts until all of it is.
const SLOTS: usize = BUCKETS + 1;

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    orders: u64,
    notional: i128,
}

/// A sliding window. It never tells less than what left within its span, and at most a sixtieth of the span more.
#[derive(Debug, Clone)]
pub struct EgressWindow {
    width_ns: i64,
    /// Number of the bucket that was written last, its place, and when the one after it begins.
    last: i64,
    place: usize,
    until: i64,
    slots: Box<[Slot; SLOTS]>,
    orders: u64,
    notional: i128,
}

impl EgressWindow {
    /// Makes an empty window of a span.
    #[must_use]
    pub fn new(span_ns: i64) -> Self {
        Self {
            width_ns: (span_ns.max(1) as u64).div_ceil(BUCKETS as u64) as i64,
            last: i64::MIN,
            place: place(i64::MIN),
            until: i64::MIN,
            slots: Box::new([Slot::default(); SLOTS]),
            orders: 0,
            notional: 0,
        }
    }

    /// Lets time pass; a time before the last one counts as the last one, so that a clock that runs back forgets nothing.
    #[inline]
    fn advance(&mut self, now: Timestamp) {
        // Within a bucket nothing is divided.
        if now.0 >= self.until {
            self.turn(now);
        }
    }

    fn turn(&mut self, now: Timestamp) {
        let bucket = now.0.div_euclid(self.width_ns);
        if bucket <= self.last {
            return;
        }
        let newest = place(bucket);
        self.forget(newest, bucket.saturating_sub(self.last).min(SLOTS as i64) as usize);
        self.last = bucket;
        self.place = newest;
        self.until = bucket.saturating_add(1).saturating_mul(self.width_ns);
    }

    /// Empties so many slots, from one backwards. Without an order in any of them there is nothing to empty.
    fn forget(&mut self, newest: usize, count: usize) {
        let mut index = newest;
        for _ in 0..count {
            if self.orders == 0 {
                return;
            }
            if let Some(slot) = self.slots.get_mut(index)
                && slot.orders > 0
            {
                self.orders -= slot.orders.min(self.orders);
                self.notional = self.notional.saturating_sub(slot.notional);
                *slot = Slot::default();
            }
            index = index.checked_sub(1).unwrap_or(SLOTS - 1);
        }
    }

    /// Returns how many orders left within the span, and their notional.
    pub fn totals(&mut self, now: Timestamp) -> (u64, i128) {
        self.advance(now);
        (self.orders, self.notional)
    }

    /// Counts an order.
    pub fn note(&mut self, now: Timestamp, notional: i128) {
        self.advance(now);
        if let Some(slot) = self.slots.get_mut(self.place) {
            slot.orders += 1;
            slot.notional = slot.notional.saturating_add(notional);
            self.orders += 1;
            self.notional = self.notional.saturating_add(notional);
        }
    }
}

const fn place(bucket: i64) -> usize {
    bucket.rem_euclid(SLOTS as i64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_left_at_the_edge_of_the_span_still_counts_and_later_does_not() {
        let mut window = EgressWindow::new(60_000);
        window.note(Timestamp(0), 7);
        assert_eq!(window.totals(Timestamp(59_999)), (1, 7));
        assert_eq!(window.totals(Timestamp(60_999)), (1, 7), "its bucket is not wholly past");
        assert_eq!(window.totals(Timestamp(61_000)), (0, 0));
        window.note(Timestamp(61_000), 1);
        window.note(Timestamp(500), 2);
        assert_eq!(window.totals(Timestamp(61_000)), (2, 3), "time that runs back forgets nothing");
    }

    /// Empties every slot that has passed, whether anything is in it or not.
    fn walk(window: &mut EgressWindow, now: Timestamp) {
        let bucket = now.0.div_euclid(window.width_ns);
        if now.0 < window.until || bucket <= window.last {
            return;
        }
        for step in 0..bucket.saturating_sub(window.last).min(SLOTS as i64) {
            let slot = &mut window.slots[place(bucket.saturating_sub(step))];
            window.orders -= slot.orders.min(window.orders);
            window.notional = window.notional.saturating_sub(slot.notional);
            *slot = Slot::default();
        }
        window.last = bucket;
        window.place = place(bucket);
        window.until = bucket.saturating_add(1).saturating_mul(window.width_ns);
    }

    fn content(window: &EgressWindow) -> (i64, usize, i64, u64, i128, Vec<(u64, i128)>) {
        let slots = window.slots.iter().map(|slot| (slot.orders, slot.notional)).collect();
        let EgressWindow { last, place, until, orders, notional, .. } = *window;
        (last, place, until, orders, notional, slots)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        #[test]
        fn a_window_that_passes_over_what_is_empty_is_one_that_walks_every_slot(
            span in prop_oneof![1_i64..100, 1_000_i64..100_000, Just(i64::MAX)],
            start in prop_oneof![Just(i64::MIN), -1_000_i64..1_000, Just(i64::MAX - 100_000)],
            gaps in prop::collection::vec(
                (prop_oneof![0_i64..40, 0_i64..40_000, Just(i64::MAX)],
                 prop_oneof![0_i128..1_000, Just(i128::MAX / 2)], any::<bool>()), 1..80),
        ) {
            let (mut window, mut now) = (EgressWindow::new(span), start);
            let mut walking = window.clone();
            for (gap, notional, notes) in gaps {
                now = now.saturating_add(gap);
                walk(&mut walking, Timestamp(now));
                if notes {
                    window.note(Timestamp(now), notional);
                    walking.note(Timestamp(now), notional);
                } else {
                    window.totals(Timestamp(now));
                }
                prop_assert_eq!(content(&window), content(&walking));
            }
        }

        /// Against a list of everything that ever left.
        #[test]
        fn a_window_tells_no_less_than_its_span_held_and_no_more_than_a_bucket_above(
            gaps in prop::collection::vec((0_i64..40_000, 0_i128..1_000), 1..200),
        ) {
            let (span, width) = (60_000, 1_000);
            let (mut window, mut sent, mut now) = (EgressWindow::new(span), Vec::new(), 0);
            for (gap, notional) in gaps {
                now += gap;
                window.note(Timestamp(now), notional);
                sent.push((now, notional));
                let (orders, total) = window.totals(Timestamp(now));
                let within = |longest: i64| {
                    let some = sent.iter().filter(move |(at, _)| now - at < longest);
                    some.fold((0_u64, 0_i128), |(count, sum), (_, each)| (count + 1, sum + each))
                };
                let (least, most) = (within(span), within(span + width));
                prop_assert!(least.0 <= orders && orders <= most.0);
                prop_assert!(least.1 <= total && total <= most.1);
            }
        }
    }
}
