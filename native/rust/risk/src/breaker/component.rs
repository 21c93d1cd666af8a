//! One component in the shared memory: its state, its window, its counters.

use super::layout::{BUCKETS_MAX, COMPONENT_LINES, DEPENDENCIES_MAX, LINE_WORDS, Line, body, part};
use super::settings::{BreakerSettings, SettingsCell};
use super::state_word::{BreakerState, StateWord};
use super::window::{Window, WindowCounts};
use holdfast_core::Result;
use std::sync::atomic::{AtomicU64, Ordering};

/// A component whose opening opens the global circuit.
pub(super) const CRITICAL: u64 = 1;
/// A component that no manual override closes.
pub(super) const PROTECTED: u64 = 2;

/// Counters of outcomes, in the order of their words.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outcomes {
    Succeeded = 0,
    Failed = 1,
    Slow = 2,
    Ignored = 3,
    Late = 4,
    Trips = 5,
    LastFailureMs = 6,
    LastAttemptMs = 7,
}

/// Counters of refusals, in the order of their words.
#[derive(Debug, Clone, Copy)]
pub(super) enum Refusals {
    Open = 0,
    Exhausted = 1,
    Global = 2,
    Dependency = 3,
    Confidence = 4,
    Admitted = 5,
}

/// What was counted since the component was first used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Calls admitted.
    pub admitted: u64,
    /// Calls that succeeded.
    pub succeeded: u64,
    /// Calls that failed, slow ones included.
    pub failed: u64,
    /// Calls that succeeded too slowly.
    pub slow: u64,
    /// Calls that said nothing.
    pub ignored: u64,
    /// Outcomes that came after the breaker had changed; they stand in the counts above too.
    pub late: u64,
    /// How often the breaker opened.
    pub trips: u64,
    /// Calls refused: open, exhausted, global, dependency, confidence.
    pub refused: [u64; 5],
}

/// A component at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentSnapshot {
    /// Its name.
    pub name: String,
    /// Its own state.
    pub state: BreakerState,
    /// Whether it is held open by hand.
    pub held: bool,
    /// When the state was entered, milliseconds since the origin.
    pub entered_ms: u64,
    /// Counts of the window.
    pub window: WindowCounts,
    /// Counts since the beginning.
    pub counts: Counts,
    /// Last failure, milliseconds since the origin.
    pub last_failure_ms: Option<u64>,
    /// Last call that was admitted, milliseconds since the origin.
    pub last_attempt_ms: Option<u64>,
}

/// A view of one component's lines.
#[derive(Clone, Copy)]
pub(super) struct Component<'a> {
    lines: &'a [Line; COMPONENT_LINES],
    shared: &'a [Line],
}

impl<'a> Component<'a> {
    pub(super) const fn new(lines: &'a [Line; COMPONENT_LINES], shared: &'a [Line]) -> Self {
        Self { lines, shared }
    }

    pub(super) const fn word(&self, word: usize) -> &'a AtomicU64 {
        &self.lines[0].0[word]
    }

    pub(super) fn state(&self) -> StateWord {
        StateWord(self.word(body::STATE).load(Ordering::SeqCst))
    }

    /// Puts a word in place of the one that was read.
    pub(super) fn swap_state(&self, seen: StateWord, next: StateWord) -> bool {
        self.word(body::STATE)
            .compare_exchange(seen.0, next.0, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok()
    }

    pub(super) fn has_flag(&self, flag: u64) -> bool {
        self.word(body::FLAGS).load(Ordering::Relaxed) & flag != 0
    }

    pub(super) fn dependencies(&self) -> impl Iterator<Item = usize> + use<'a> {
        let words: [u64; 2] = std::array::from_fn(|word| {
            self.lines[0].0[body::DEPENDENCIES + word].load(Ordering::Acquire)
        });
        (0..DEPENDENCIES_MAX).filter_map(move |slot| {
            let entry = (words[slot / 4] >> (slot % 4 * 16)) & 0xffff;
            usize::try_from(entry).ok()?.checked_sub(1)
        })
    }

    pub(super) fn set_dependencies(&self, dependencies: &[usize]) {
        let mut words = [0_u64; 2];
        for (slot, index) in dependencies.iter().take(DEPENDENCIES_MAX).enumerate() {
            words[slot / 4] |= (*index as u64 + 1) << (slot % 4 * 16);
        }
        for (word, value) in words.into_iter().enumerate() {
            self.word(body::DEPENDENCIES + word).store(value, Ordering::Release);
        }
    }

    fn own_settings(&self) -> Option<SettingsCell<'a>> {
        SettingsCell::at(self.lines.get(part::SETTINGS..)?)
    }

    /// Settings of its own, or those that all share.
    pub(super) fn settings(&self) -> Option<BreakerSettings> {
        let own = self.word(body::OWN_SETTINGS).load(Ordering::Acquire) != 0;
        let cell = if own { self.own_settings() } else { SettingsCell::at(self.shared) };
        Some(cell?.read())
    }

    pub(super) fn set_settings(&self, settings: BreakerSettings) -> Result<()> {
        let before = self.settings();
        if let Some(cell) = self.own_settings() {
            cell.write(settings)?;
            self.word(body::OWN_SETTINGS).store(1, Ordering::Release);
        }
        if before.is_none_or(|before| !before.same_window(&settings)) {
            self.clear_window();
        }
        Ok(())
    }

    pub(super) fn has_own_settings(&self) -> bool {
        self.word(body::OWN_SETTINGS).load(Ordering::Acquire) != 0
    }

    fn buckets(&self) -> [&'a [AtomicU64; LINE_WORDS]; 2] {
        [&self.lines[part::BUCKETS].0, &self.lines[part::BUCKETS + 1].0]
    }

    pub(super) fn clear_window(&self) {
        for line in self.buckets() {
            for word in line {
                word.store(0, Ordering::SeqCst);
            }
        }
    }

    pub(super) fn record(
        &self,
        settings: &BreakerSettings,
        generation: u16,
        now_ms: u64,
        failed: bool,
    ) -> bool {
        Window::new(self.buckets(), generation).record(settings, now_ms, failed)
    }

    pub(super) fn window(&self, settings: &BreakerSettings, now_ms: u64) -> WindowCounts {
        Window::new(self.buckets(), self.state().generation()).counts(settings, now_ms)
    }

    pub(super) fn count(&self, counter: Outcomes) {
        self.lines[part::OUTCOMES].0[counter as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Keeps the latest instant; one more than it is, since zero is none.
    pub(super) fn note_time(&self, which: Outcomes, now_ms: u64) {
        self.lines[part::OUTCOMES].0[which as usize].fetch_max(now_ms + 1, Ordering::Relaxed);
    }

    pub(super) fn count_refusal(&self, counter: Refusals) {
        self.lines[part::REFUSALS].0[counter as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn set_name(&self, name: &str) {
        let mut bytes = [0_u8; LINE_WORDS * 8];
        for (slot, byte) in bytes.iter_mut().zip(name.bytes()) {
            *slot = byte;
        }
        let (words, _) = bytes.as_chunks::<8>();
        for (word, chunk) in self.lines[part::NAME].0.iter().zip(words) {
            word.store(u64::from_le_bytes(*chunk), Ordering::Release);
        }
    }

    pub(super) fn name(&self) -> String {
        let bytes: Vec<u8> = self.lines[part::NAME]
            .0
            .iter()
            .flat_map(|word| word.load(Ordering::Acquire).to_le_bytes())
            .take_while(|byte| *byte != 0)
            .collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(super) fn counts(&self) -> Counts {
        let outcome =
            |which: Outcomes| self.lines[part::OUTCOMES].0[which as usize].load(Ordering::Relaxed);
        let refusal =
            |which: Refusals| self.lines[part::REFUSALS].0[which as usize].load(Ordering::Relaxed);
        Counts {
            admitted: refusal(Refusals::Admitted),
            succeeded: outcome(Outcomes::Succeeded),
            failed: outcome(Outcomes::Failed),
            slow: outcome(Outcomes::Slow),
            ignored: outcome(Outcomes::Ignored),
            late: outcome(Outcomes::Late),
            trips: outcome(Outcomes::Trips),
            refused: [
                refusal(Refusals::Open),
                refusal(Refusals::Exhausted),
                refusal(Refusals::Global),
                refusal(Refusals::Dependency),
                refusal(Refusals::Confidence),
            ],
        }
    }

    pub(super) fn snapshot(&self, now_ms: u64) -> ComponentSnapshot {
        let state = self.state();
        let time = |which: Outcomes| {
            self.lines[part::OUTCOMES].0[which as usize].load(Ordering::Relaxed).checked_sub(1)
        };
        ComponentSnapshot {
            name: self.name(),
            state: state.state(),
            held: state.held(),
            entered_ms: state.entered_ms(),
            window: self
                .settings()
                .map_or_else(WindowCounts::default, |settings| self.window(&settings, now_ms)),
            counts: self.counts(),
            last_failure_ms: time(Outcomes::LastFailureMs),
            last_attempt_ms: time(Outcomes::LastAttemptMs),
        }
    }
}

const _: () = assert!(BUCKETS_MAX == 2 * LINE_WORDS);
