//! Token buckets for messages. Cancels and exits always pass and are counted; the rest leaves them their reserve.

use holdfast_core::{Fraction, Timestamp};

const SECOND_NS: i64 = 1_000_000_000;

/// One bucket that fills at an even rate and holds the messages of one second: kept as the instant at which it will be full again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MessageBudget {
    full_at: i64,
}

/// The nanoseconds that one message takes, rounded up, so that the rate is never exceeded.
const fn interval_ns(per_second: u32) -> i64 {
    (SECOND_NS as u32).div_ceil(per_second) as i64
}

impl MessageBudget {
    /// Returns how many messages the bucket lacks for so many more beside the reserve; zero or less when they pass.
    #[must_use]
    pub fn lacking(
        self,
        now: Timestamp,
        per_second: u32,
        reserve: Option<Fraction>,
        messages: u32,
    ) -> i64 {
        let interval = interval_ns(per_second);
        let used_ns = self.full_at.saturating_sub(now.0).max(0);
        let used = if used_ns == 0 { 0 } else { (used_ns - 1) / interval + 1 };
        let parts = reserve.map_or(0, Fraction::millionths);
        // The reserve is rounded up; at least one message stays for the rest, or nothing could ever be sent.
        let kept = (i64::from(per_second) * parts + 999_999) / 1_000_000;
        let usable = (i64::from(per_second) - kept).max(1);
        used + i64::from(messages) - usable
    }

    /// Counts a message, whether or not there was room for it.
    pub fn note(&mut self, now: Timestamp, per_second: u32) {
        self.full_at = self.full_at.max(now.0).saturating_add(interval_ns(per_second));
    }

    /// Returns when the bucket will be full again.
    #[must_use]
    pub const fn full_at(self) -> i64 {
        self.full_at
    }
}

holdfast_core::persist_fields!(MessageBudget { full_at });

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sec_05_a_burst_of_one_second_passes_and_the_reserve_stays() {
        let mut budget = MessageBudget::default();
        let reserve = Some(Fraction::parse("0.2").unwrap());
        let passes = |budget: MessageBudget, at| budget.lacking(Timestamp(at), 10, reserve, 1) <= 0;
        for _ in 0..8 {
            assert!(passes(budget, 0));
            budget.note(Timestamp(0), 10);
        }
        assert!(!passes(budget, 0), "two of ten are kept");
        assert!(budget.lacking(Timestamp(0), 10, None, 2) <= 0, "for those who may use them");
        assert!(budget.lacking(Timestamp(0), 10, None, 3) > 0);
        assert!(passes(budget, SECOND_NS / 10), "one message comes back in its time");
        let whole = Some(Fraction::parse("1").unwrap());
        assert!(MessageBudget::default().lacking(Timestamp(0), 10, whole, 1) <= 0);
    }

    #[test]
    fn a_message_that_has_come_back_in_part_only_is_still_lacking() {
        let mut budget = MessageBudget::default();
        budget.note(Timestamp(5), 10);
        assert_eq!(budget.full_at(), 5 + SECOND_NS / 10);
        assert_eq!(budget.lacking(Timestamp(6), 10, None, 10), 1);
        assert_eq!(budget.lacking(Timestamp(5 + SECOND_NS / 10), 10, None, 10), 0);
    }

    proptest! {
        /// Whatever comes when, no second holds more than the burst and what came back meanwhile.
        #[test]
        fn sec_05_no_window_holds_more_than_burst_and_rate(
            per_second in 1_u32..50,
            gaps in prop::collection::vec(0_i64..400_000_000, 1..200),
        ) {
            let mut budget = MessageBudget::default();
            let (mut now, mut sent) = (0, Vec::new());
            for gap in gaps {
                now += gap;
                if budget.lacking(Timestamp(now), per_second, None, 1) <= 0 {
                    budget.note(Timestamp(now), per_second);
                    sent.push(now);
                }
            }
            for (index, from) in sent.iter().enumerate() {
                let within = sent[index..].iter().take_while(|at| **at - from < SECOND_NS).count();
                prop_assert!(within <= 2 * per_second as usize);
            }
        }
    }
}
