//! Where the market stood when the running window and the one before it began: the reference of the cumulative collar.

use holdfast_core::{Price, Timestamp};

/// The anchors of one instrument, kept in O(1) a price: many small steps cannot drag the reference along within a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Collar {
    now: Option<(Price, i64)>,
    before: Option<Price>,
}

impl Collar {
    /// Takes a price of the market.
    pub const fn note(&mut self, price: Price, ts: Timestamp, window_ns: i64) {
        match self.now {
            Some((_, began)) if ts.0.saturating_sub(began) < window_ns => {}
            Some((anchor, began)) => {
                // After a whole window without a price the older anchor says nothing any more.
                let is_next = ts.0.saturating_sub(began) < window_ns.saturating_mul(2);
                self.before = if is_next { Some(anchor) } else { None };
                self.now = Some((price, ts.0));
            }
            None => self.now = Some((price, ts.0)),
        }
    }

    /// Returns the anchor from which a price is further away; `None` before the first price.
    #[must_use]
    pub fn farther(&self, price: Price) -> Option<Price> {
        let (anchor, _) = self.now?;
        let distance = |from: Price| price.ticks().abs_diff(from.ticks());
        Some(match self.before {
            Some(before) if distance(before) > distance(anchor) => before,
            _ => anchor,
        })
    }

    /// Returns the anchors: price and beginning of the running window, price of the one before.
    #[must_use]
    pub const fn anchors(&self) -> (Option<(Price, i64)>, Option<Price>) {
        (self.now, self.before)
    }
}

holdfast_core::persist_fields!(Collar { now, before });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_steps_do_not_move_the_reference_within_a_window() {
        let mut collar = Collar::default();
        assert_eq!(collar.farther(Price::from_ticks(1)), None);
        for step in 0..10 {
            collar.note(Price::from_ticks(100 + step), Timestamp(step * 10), 100);
        }
        let farther =
            |collar: &Collar, ticks| collar.farther(Price::from_ticks(ticks)).unwrap().ticks();
        assert_eq!(farther(&collar, 109), 100);
        collar.note(Price::from_ticks(110), Timestamp(100), 100);
        assert_eq!(farther(&collar, 115), 100, "the window before still counts");
        assert_eq!(farther(&collar, 90), 110);
        collar.note(Price::from_ticks(200), Timestamp(300), 100);
        assert_eq!(farther(&collar, 150), 200, "after a gap it does not");
    }

    #[test]
    fn the_window_before_counts_only_when_the_next_price_came_within_the_one_after_it() {
        for (next, farther) in [(199, 100), (200, 300)] {
            let mut collar = Collar::default();
            collar.note(Price::from_ticks(100), Timestamp(0), 100);
            collar.note(Price::from_ticks(300), Timestamp(next), 100);
            assert_eq!(collar.farther(Price::from_ticks(310)), Some(Price::from_ticks(farther)));
        }
    }

    #[test]
    fn of_two_anchors_equally_far_the_running_one_is_the_reference() {
        let mut collar = Collar::default();
        assert_eq!(collar.anchors(), (None, None));
        collar.note(Price::from_ticks(100), Timestamp(0), 100);
        collar.note(Price::from_ticks(200), Timestamp(100), 100);
        assert_eq!(collar.farther(Price::from_ticks(150)), Some(Price::from_ticks(200)));
        let (now, before) = collar.anchors();
        assert_eq!(now, Some((Price::from_ticks(200), 100)));
        assert_eq!(before, Some(Price::from_ticks(100)));
    }
}
