//! Calls and failures of the last milliseconds, in buckets of one word each (CB-06).
//!
//! | bits of a bucket | what |
//! |---|---|
//! | 0–19 | failures |
//! | 20–39 | calls |
//! | 40–55 | which time round the ring of buckets this is |
//! | 56–63 | generation of the state in which they were counted |
//!
//! A bucket of another round or generation is empty. Both numbers wrap: a bucket is mistaken for a fresh one only when a
//! breaker saw no outcome for exactly 65,536 windows, which for ten seconds is a week.

use super::layout::LINE_WORDS;
use super::settings::BreakerSettings;
use std::sync::atomic::{AtomicU64, Ordering};

const COUNT_BITS: u32 = 20;
const COUNT_MAX: u64 = (1 << COUNT_BITS) - 1;
const TAG_SHIFT: u32 = 40;

/// Calls and failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WindowCounts {
    /// Calls that succeeded or failed.
    pub calls: u64,
    /// Calls that failed.
    pub failures: u64,
}

/// The buckets of a component, read for one generation of its state.
#[derive(Debug, Clone, Copy)]
pub struct Window<'a> {
    lines: [&'a [AtomicU64; LINE_WORDS]; 2],
    era: u64,
}

impl<'a> Window<'a> {
    /// Looks at the buckets of two lines.
    #[must_use]
    pub const fn new(lines: [&'a [AtomicU64; LINE_WORDS]; 2], generation: u16) -> Self {
        Self { lines, era: generation as u64 & 0xff }
    }

    /// Returns where an outcome is counted, and the tag that the bucket then has.
    fn bucket(&self, settings: &BreakerSettings, number: u64) -> Option<(u64, &'a AtomicU64)> {
        let buckets = u64::from(settings.buckets).max(1);
        let slot = usize::try_from(number % buckets).ok()?;
        let tag = ((number / buckets) & 0xffff) | (self.era << 16);
        Some((tag, self.lines.get(slot / LINE_WORDS)?.get(slot % LINE_WORDS)?))
    }

    /// Counts an outcome; false when time or the breaker has gone on so far that it belongs to no bucket.
    pub fn record(&self, settings: &BreakerSettings, now_ms: u64, failed: bool) -> bool {
        let Some((tag, word)) = self.bucket(settings, now_ms / settings.bucket_ms()) else {
            return false;
        };
        let mut seen = word.load(Ordering::SeqCst);
        loop {
            let fresh = seen >> TAG_SHIFT == tag;
            if !fresh && seen != 0 && is_after(seen >> TAG_SHIFT, tag) {
                return false;
            }
            let counted = if fresh { seen } else { tag << TAG_SHIFT };
            match word.compare_exchange_weak(
                seen,
                counted_once(counted, failed),
                Ordering::SeqCst,
                Ordering::SeqCst,
            ) {
                Ok(_) => return true,
                Err(other) => seen = other,
            }
        }
    }

    /// Returns the counts of the window that ends at this instant.
    #[must_use]
    pub fn counts(&self, settings: &BreakerSettings, now_ms: u64) -> WindowCounts {
        let last = now_ms / settings.bucket_ms();
        let mut sum = WindowCounts::default();
        for age in 0..u64::from(settings.buckets) {
            let Some(number) = last.checked_sub(age) else { break };
            let Some((tag, word)) = self.bucket(settings, number) else { break };
            let seen = word.load(Ordering::SeqCst);
            if seen >> TAG_SHIFT == tag {
                sum.calls += (seen >> COUNT_BITS) & COUNT_MAX;
                sum.failures += seen & COUNT_MAX;
            }
        }
        sum
    }
}

/// Whether a bucket's tag is of a later generation, or of the next two rounds: its writer's clock was read after ours.
const fn is_after(seen: u64, tag: u64) -> bool {
    let eras = ((seen >> 16) as u8).wrapping_sub((tag >> 16) as u8);
    if eras != 0 {
        return eras < 128;
    }
    let rounds = (seen as u16).wrapping_sub(tag as u16);
    rounds <= 2
}

/// Adds one call. A bucket that is full is halved first, so that its rate stays what it is.
const fn counted_once(word: u64, failed: bool) -> u64 {
    let (tag, calls, failures) =
        (word >> TAG_SHIFT, (word >> COUNT_BITS) & COUNT_MAX, word & COUNT_MAX);
    let (calls, failures) =
        if calls == COUNT_MAX { (calls / 2, failures / 2) } else { (calls, failures) };
    (tag << TAG_SHIFT) | ((calls + 1) << COUNT_BITS) | (failures + failed as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breaker::layout::Line;
    use crate::breaker::settings::tests::SAMPLE;

    fn words() -> [Line; 2] {
        Default::default()
    }

    fn window(words: &[Line; 2], generation: u16) -> Window<'_> {
        Window::new([&words[0].0, &words[1].0], generation)
    }

    #[test]
    fn cb_06_counts_slide_out_bucket_by_bucket() {
        let words = words();
        let window = window(&words, 0);
        assert!(window.record(&SAMPLE, 5, true));
        assert!(window.record(&SAMPLE, 15, false));
        assert_eq!(window.counts(&SAMPLE, 99), WindowCounts { calls: 2, failures: 1 });
        assert_eq!(window.counts(&SAMPLE, 100), WindowCounts { calls: 1, failures: 0 });
        assert_eq!(window.counts(&SAMPLE, 110), WindowCounts::default());
        assert!(window.record(&SAMPLE, 100, true));
        assert_eq!(window.counts(&SAMPLE, 109), WindowCounts { calls: 2, failures: 1 });
    }

    #[test]
    fn outcomes_of_another_generation_are_not_seen_and_late_ones_not_counted() {
        let words = words();
        let (before, after) = (window(&words, 3), window(&words, 4));
        assert!(before.record(&SAMPLE, 0, true));
        assert_eq!(after.counts(&SAMPLE, 0), WindowCounts::default());
        assert!(after.record(&SAMPLE, 0, false));
        assert!(!before.record(&SAMPLE, 0, true));
        assert_eq!(after.counts(&SAMPLE, 0), WindowCounts { calls: 1, failures: 0 });
    }

    #[test]
    fn an_outcome_of_a_clock_that_was_read_a_window_ago_is_not_counted() {
        let words = words();
        let window = window(&words, 0);
        assert!(window.record(&SAMPLE, 205, false));
        assert!(!window.record(&SAMPLE, 105, true));
        assert!(window.record(&SAMPLE, 1_000_005, true), "a bucket left long ago is taken over");
    }

    #[test]
    fn a_full_bucket_keeps_its_rate() {
        let full = (COUNT_MAX << COUNT_BITS) | (COUNT_MAX / 4);
        let next = counted_once(full, true);
        assert_eq!((next >> COUNT_BITS) & COUNT_MAX, COUNT_MAX / 2 + 1);
        assert_eq!(next & COUNT_MAX, COUNT_MAX / 8 + 1);
    }
}
