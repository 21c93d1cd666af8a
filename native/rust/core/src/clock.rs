//! Time as an argument: nothing below the command line reads the system clock.

use std::cell::Cell;

/// Nanoseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

/// Nanoseconds in a day.
pub const DAY_NS: i64 = 86_400_000_000_000;

impl Timestamp {
    /// Returns the number of the UTC day since 1970-01-01.
    #[must_use]
    pub const fn utc_day(self) -> i64 {
        self.0.div_euclid(DAY_NS)
    }

    /// Returns the nanoseconds since an earlier instant, 0 when it is not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        let span = self.0.saturating_sub(earlier.0);
        if span < 0 { 0 } else { span }
    }
}

/// Where a component takes the time from (NAT-28).
pub trait Clock {
    /// Returns the present instant.
    fn now(&self) -> Timestamp;
}

/// A clock that is moved by events: the one of backtest, replay and simulation.
#[derive(Debug, Default)]
pub struct ManualClock(Cell<Timestamp>);

impl ManualClock {
    /// Moves the clock forward; an earlier instant leaves it where it is, since time never runs back inside.
    pub fn advance(&self, to: Timestamp) {
        if to > self.0.get() {
            self.0.set(to);
        }
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.0.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nat_28_manual_clock_moves_forward_only() {
        let clock = ManualClock::default();
        clock.advance(Timestamp(10));
        clock.advance(Timestamp(5));
        assert_eq!(clock.now(), Timestamp(10));
    }

    #[test]
    fn days_are_utc_also_before_1970() {
        assert_eq!(Timestamp(0).utc_day(), 0);
        assert_eq!(Timestamp(-1).utc_day(), -1);
        assert_eq!(Timestamp(DAY_NS).utc_day(), 1);
        assert_eq!(Timestamp(5).since(Timestamp(9)), 0);
        assert_eq!(Timestamp(9).since(Timestamp(5)), 4);
    }
}
