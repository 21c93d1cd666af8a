//! When a breaker opens, and how it tries a component out again; swapped whole while others read (CB-09, NAT-29).

use super::layout::{BUCKETS_MAX, Line, SETTINGS_LINES};
use holdfast_core::{Code, Error, Result};
use serde::Deserialize;
use std::sync::atomic::{AtomicU64, Ordering, fence};

/// Parts of one whole in rates.
pub const RATE_PARTS: u64 = 1_000_000;
/// Most trial calls at a time: what the state word can count.
pub const TRIALS_MAX: u8 = 31;
/// Longest window, cooldown or timeout: 31 days.
pub const SPAN_MS_MAX: u32 = 2_678_400_000;

/// Thresholds of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BreakerSettings {
    /// Failures in the window that open the breaker; 0 is no such rule.
    pub failures: u32,
    /// Millionths of failures among the calls of the window that open it; 0 is no such rule.
    pub failure_rate: u32,
    /// Whether the thresholds must be passed, and not only reached (CB-14).
    pub above: bool,
    /// Fewest calls in the window before it may open (CB-06).
    pub minimum_calls: u32,
    /// Length of the window in milliseconds.
    pub window_ms: u32,
    /// Buckets that the window moves by.
    pub buckets: u8,
    /// Milliseconds that it stays open.
    pub cooldown_ms: u32,
    /// Trial calls admitted while it is half open.
    pub trials: u8,
    /// Successes of them that close it.
    pub trial_successes: u8,
    /// Milliseconds after which trials without an outcome are given up.
    pub trial_timeout_ms: u32,
    /// Milliseconds from which a call that succeeded counts as failed; 0 is no such rule.
    pub slow_call_ms: u32,
}

fn wrong(what: String) -> Error {
    Error::new(Code::ConfigInvalid, what)
}

impl BreakerSettings {
    /// Lets settings pass that are possible.
    ///
    /// # Errors
    /// `CONFIG_INVALID` with the field that is not.
    pub fn checked(self) -> Result<Self> {
        if self.failures == 0 && self.failure_rate == 0 {
            return Err(wrong("failures or failure_rate must be given, both are none".into()));
        }
        if u64::from(self.failure_rate) > RATE_PARTS {
            return Err(wrong(format!(
                "failure_rate must be at most one whole, was {} millionths",
                self.failure_rate
            )));
        }
        let spans = [
            ("window_ms", self.window_ms, 1),
            ("cooldown_ms", self.cooldown_ms, 1),
            ("trial_timeout_ms", self.trial_timeout_ms, 1),
            ("slow_call_ms", self.slow_call_ms, 0),
        ];
        for (name, span, least) in spans {
            if !(least..=SPAN_MS_MAX).contains(&span) {
                return Err(wrong(format!(
                    "{name} must be from {least} to {SPAN_MS_MAX}, was {span}"
                )));
            }
        }
        let buckets = u32::from(self.buckets);
        if buckets == 0
            || usize::from(self.buckets) > BUCKETS_MAX
            || !self.window_ms.is_multiple_of(buckets)
        {
            return Err(wrong(format!(
                "buckets must be from 1 to {BUCKETS_MAX} and divide window_ms, were {buckets} of {}",
                self.window_ms
            )));
        }
        if self.minimum_calls == 0 {
            return Err(wrong("minimum_calls must be at least 1, was 0".into()));
        }
        if !(1..=TRIALS_MAX).contains(&self.trials)
            || !(1..=self.trials).contains(&self.trial_successes)
        {
            return Err(wrong(format!(
                "trials must be from 1 to {TRIALS_MAX} and trial_successes from 1 to trials, were {} and {}",
                self.trials, self.trial_successes
            )));
        }
        Ok(self)
    }

    /// Length of a bucket in milliseconds.
    #[must_use]
    pub const fn bucket_ms(&self) -> u64 {
        let buckets = if self.buckets == 0 { 1 } else { self.buckets };
        let length = self.window_ms as u64 / buckets as u64;
        if length == 0 { 1 } else { length }
    }

    /// Tells whether counts of a window are enough to say anything.
    #[must_use]
    pub const fn confident(&self, calls: u64) -> bool {
        calls >= self.minimum_calls as u64
    }

    /// Tells whether counts of a window pass a threshold, whatever the number of calls.
    #[must_use]
    pub const fn exceeded(&self, calls: u64, failures: u64) -> bool {
        let by_count = self.failures > 0 && self.passes(failures, self.failures as u64);
        // Both sides fit: a window counts fewer than 2^25 calls.
        let by_rate = self.failure_rate > 0
            && calls > 0
            && self.passes(failures * RATE_PARTS, calls * self.failure_rate as u64);
        by_count || by_rate
    }

    const fn passes(&self, observed: u64, threshold: u64) -> bool {
        if self.above { observed > threshold } else { observed >= threshold }
    }

    /// Tells whether counts of other settings can be read with these.
    #[must_use]
    pub const fn same_window(&self, other: &Self) -> bool {
        self.window_ms == other.window_ms && self.buckets == other.buckets
    }

    const fn words(&self) -> [u64; 4] {
        let small = self.buckets as u64
            | ((self.trials as u64) << 8)
            | ((self.trial_successes as u64) << 16)
            | ((self.above as u64) << 24);
        [
            self.failures as u64 | ((self.failure_rate as u64) << 32),
            self.minimum_calls as u64 | (small << 32),
            self.window_ms as u64 | ((self.cooldown_ms as u64) << 32),
            self.trial_timeout_ms as u64 | ((self.slow_call_ms as u64) << 32),
        ]
    }

    const fn from_words(words: [u64; 4]) -> Self {
        let small = words[1] >> 32;
        Self {
            failures: words[0] as u32,
            failure_rate: (words[0] >> 32) as u32,
            above: small & 0x0100_0000 != 0,
            minimum_calls: words[1] as u32,
            window_ms: words[2] as u32,
            buckets: small as u8,
            cooldown_ms: (words[2] >> 32) as u32,
            trials: (small >> 8) as u8,
            trial_successes: (small >> 16) as u8,
            trial_timeout_ms: words[3] as u32,
            slow_call_ms: (words[3] >> 32) as u32,
        }
    }
}

const VERSION: usize = 0;
const WRITING: usize = 1;

/// Settings in shared memory: two slots, of which the version says the one in force.
pub struct SettingsCell<'a> {
    control: &'a [AtomicU64],
    slots: [&'a [AtomicU64]; 2],
}

impl<'a> SettingsCell<'a> {
    /// Looks at the lines of settings; none when there are fewer.
    #[must_use]
    pub fn at(lines: &'a [Line]) -> Option<Self> {
        match lines.get(..SETTINGS_LINES)? {
            [control, first, second] => {
                Some(Self { control: &control.0, slots: [&first.0, &second.0] })
            }
            _ => None,
        }
    }

    /// Returns the settings in force: whole, whatever is written meanwhile, and without waiting for a writer.
    #[must_use]
    pub fn read(&self) -> BreakerSettings {
        loop {
            let version = self.control[VERSION].load(Ordering::Acquire);
            let slot = self.slots[usize::from(version & 1 == 1)];
            let words: [u64; 4] = std::array::from_fn(|word| slot[word].load(Ordering::Relaxed));
            fence(Ordering::Acquire);
            // The next writer fills the other slot; only the one after it would write to this one.
            if self.control[VERSION].load(Ordering::Relaxed) == version {
                return BreakerSettings::from_words(words);
            }
        }
    }

    /// Puts settings in force; a reader has either all of the old ones or all of these.
    ///
    /// # Errors
    /// `CONFIG_INVALID`, and `CIRCUIT_RELOAD_CONFLICT` while another thread writes.
    pub fn write(&self, settings: BreakerSettings) -> Result<()> {
        let settings = settings.checked()?;
        let claim =
            self.control[WRITING].compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed);
        if claim.is_err() {
            return Err(Error::new(
                Code::CircuitReloadConflict,
                "thresholds must be changed by one thread at a time",
            ));
        }
        let next = self.control[VERSION].load(Ordering::Relaxed).wrapping_add(1);
        fence(Ordering::Release);
        for (word, value) in settings.words().into_iter().enumerate() {
            self.slots[usize::from(next & 1 == 1)][word].store(value, Ordering::Relaxed);
        }
        self.control[VERSION].store(next, Ordering::Release);
        self.control[WRITING].store(0, Ordering::Release);
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::breaker::layout;

    pub(crate) const SAMPLE: BreakerSettings = BreakerSettings {
        failures: 3,
        failure_rate: 0,
        above: false,
        minimum_calls: 4,
        window_ms: 100,
        buckets: 10,
        cooldown_ms: 50,
        trials: 2,
        trial_successes: 2,
        trial_timeout_ms: 80,
        slow_call_ms: 0,
    };

    #[test]
    fn cb_14_reaches_by_default_and_passes_on_demand() {
        assert!(SAMPLE.exceeded(10, 3) && !SAMPLE.exceeded(10, 2));
        let above = BreakerSettings { above: true, ..SAMPLE };
        assert!(above.exceeded(10, 4) && !above.exceeded(10, 3));
        let rate = BreakerSettings { failures: 0, failure_rate: 500_000, ..SAMPLE };
        assert!(rate.exceeded(10, 5) && !rate.exceeded(11, 5) && !rate.exceeded(0, 0));
        let above = BreakerSettings { above: true, ..rate };
        assert!(above.exceeded(10, 6) && !above.exceeded(10, 5));
    }

    #[test]
    fn impossible_settings_are_refused() {
        let wrong = [
            BreakerSettings { failures: 0, ..SAMPLE },
            BreakerSettings { failure_rate: 1_000_001, ..SAMPLE },
            BreakerSettings { window_ms: 0, ..SAMPLE },
            BreakerSettings { window_ms: 101, ..SAMPLE },
            BreakerSettings { buckets: 0, ..SAMPLE },
            BreakerSettings { buckets: 17, window_ms: 170, ..SAMPLE },
            BreakerSettings { cooldown_ms: 0, ..SAMPLE },
            BreakerSettings { cooldown_ms: SPAN_MS_MAX + 1, ..SAMPLE },
            BreakerSettings { trials: 0, ..SAMPLE },
            BreakerSettings { trials: 32, ..SAMPLE },
            BreakerSettings { trial_successes: 3, ..SAMPLE },
            BreakerSettings { trial_successes: 0, ..SAMPLE },
            BreakerSettings { trial_timeout_ms: 0, ..SAMPLE },
            BreakerSettings { minimum_calls: 0, ..SAMPLE },
        ];
        for settings in wrong {
            assert_eq!(settings.checked().map_err(|e| e.code()), Err(Code::ConfigInvalid));
        }
        assert_eq!(SAMPLE.checked(), Ok(SAMPLE));
    }

    #[test]
    fn cb_09_a_reader_never_has_half_of_two_settings() {
        let memory = layout::memory();
        let cell = SettingsCell::at(&memory).unwrap();
        cell.write(SAMPLE).unwrap();
        let stop = std::sync::atomic::AtomicBool::new(false);
        // Nobody writes before all read, however busy the machine is.
        let ready = std::sync::Barrier::new(3);
        std::thread::scope(|scope| {
            let readers: Vec<_> = (0..2)
                .map(|_| {
                    scope.spawn(|| {
                        let mut reads = u64::from(cell.read() == SAMPLE);
                        ready.wait();
                        while !stop.load(Ordering::Relaxed) {
                            let settings = cell.read();
                            assert_eq!(settings.failures, settings.slow_call_ms + 3);
                            assert_eq!(settings.minimum_calls, settings.slow_call_ms + 4);
                            reads += 1;
                        }
                        reads
                    })
                })
                .collect();
            ready.wait();
            for round in 0..20_000 {
                let settings = BreakerSettings {
                    failures: round + 3,
                    minimum_calls: round + 4,
                    slow_call_ms: round,
                    ..SAMPLE
                };
                cell.write(settings).unwrap();
                assert_eq!(cell.read(), settings);
            }
            stop.store(true, Ordering::Relaxed);
            for reader in readers {
                assert!(reader.join().unwrap() > 0);
            }
        });
    }

    #[test]
    fn a_second_writer_is_told_so() {
        let memory = layout::memory();
        let cell = SettingsCell::at(&memory).unwrap();
        memory[0].0[WRITING].store(1, Ordering::Relaxed);
        assert_eq!(cell.write(SAMPLE).map_err(|e| e.code()), Err(Code::CircuitReloadConflict));
    }
}
