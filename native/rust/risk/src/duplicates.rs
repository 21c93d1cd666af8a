//! Remembers what was sent a moment ago, so that the same intent twice is told from two intents.

use crate::folding::Folding;
use holdfast_core::persist::Persist;
use holdfast_core::wire::Reader;
use holdfast_core::{OrderIntent, Result, Timestamp};
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

/// Most orders that are remembered; while the memory is full of orders within the window, nothing more is sent.
pub const DUPLICATES_MAX: usize = 16_384;

/// What makes two intents the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntentKey {
    strategy: u16,
    instrument: u32,
    is_sell: bool,
    lots: i64,
    limit: Option<i64>,
    trigger: Option<i64>,
}

impl Hash for IntentKey {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let place = u64::from(self.instrument) << 17 | u64::from(self.strategy) << 1;
        state.write_u64(place | u64::from(self.is_sell));
        state.write_i64(self.lots);
        state.write_i64(self.limit.unwrap_or(i64::MIN));
        state.write_i64(self.trigger.unwrap_or(i64::MIN));
    }
}

impl IntentKey {
    /// Returns the key of an intent.
    #[must_use]
    pub fn of(intent: &OrderIntent) -> Self {
        Self {
            strategy: intent.terms.strategy,
            instrument: intent.instrument.0,
            is_sell: intent.side == holdfast_core::Side::Sell,
            lots: intent.quantity.lots(),
            limit: intent.limit_price.map(holdfast_core::Price::ticks),
            trigger: intent.trigger_price.map(holdfast_core::Price::ticks),
        }
    }
}

/// A place of the index: part of a key's hash, and the number of the intent that had the key last; no hash is 0.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    hash: u32,
    number: u32,
}

/// Twice as many places as intents, so that a look-up ends soon.
const PLACES: usize = DUPLICATES_MAX * 2;

fn hash_of(key: &IntentKey) -> u32 {
    let mut folding = Folding::default();
    key.hash(&mut folding);
    let hash = folding.finish();
    ((hash >> 32) as u32 ^ hash as u32).max(1)
}

const fn home_of(hash: u32) -> usize {
    hash as usize % PLACES
}

/// The intents of the longest window, in memory that is allocated once. The index holds numbers and no keys, so that a look-up
/// and what follows it touch few cache lines.
#[derive(Debug, Clone)]
pub struct RecentIntents {
    sent: VecDeque<(i64, IntentKey)>,
    /// Number of the oldest of them; numbers rise by one and wrap.
    first: u32,
    /// By the key's hash, each in its own place or in one of those behind it.
    index: Vec<Place>,
    window_ns: i64,
}

/// What the memory knows of an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recurrence {
    /// It was not sent within the window.
    New,
    /// It was sent so many nanoseconds ago.
    Repeated(i64),
    /// The memory is full, so that nobody knows.
    Unknown,
}

impl RecentIntents {
    /// Makes a memory for a window; without one it takes no memory.
    #[must_use]
    pub fn new(window_ns: Option<i64>) -> Self {
        let (capacity, places) = match window_ns {
            Some(_) => (DUPLICATES_MAX, PLACES),
            None => (0, 0),
        };
        Self {
            sent: VecDeque::with_capacity(capacity),
            first: 0,
            index: vec![Place::default(); places],
            window_ns: window_ns.unwrap_or(0),
        }
    }

    /// Returns where the index holds a key, or where it would, and when an intent had the key last.
    #[inline]
    fn find(&self, key: &IntentKey, hash: u32) -> (usize, Option<i64>) {
        let mut at = home_of(hash);
        while let Some(place) = self.index.get(at).filter(|place| place.hash != 0) {
            if place.hash == hash
                && let Some((ts, known)) =
                    self.sent.get(place.number.wrapping_sub(self.first) as usize)
                && known == key
            {
                return (at, Some(*ts));
            }
            at = (at + 1) % PLACES;
        }
        (at, None)
    }

    /// Empties a place and moves those behind it up that it kept from their own.
    fn clear(&mut self, mut empty: usize) {
        let mut at = empty;
        loop {
            at = (at + 1) % PLACES;
            let Some(place) = self.index.get(at).copied().filter(|place| place.hash != 0) else {
                break;
            };
            let distance = |from: usize| (at + PLACES - from) % PLACES;
            if distance(home_of(place.hash)) >= distance(empty) {
                self.put(empty, place);
                empty = at;
            }
        }
        self.put(empty, Place::default());
    }

    fn put(&mut self, at: usize, place: Place) {
        if let Some(slot) = self.index.get_mut(at) {
            *slot = place;
        }
    }

    /// Forgets the oldest intent.
    fn forget(&mut self, (at, key): (i64, IntentKey)) {
        let (place, last) = self.find(&key, hash_of(&key));
        if last == Some(at) {
            self.clear(place);
        }
        self.sent.pop_front();
        self.first = self.first.wrapping_add(1);
    }

    /// Returns what is known of an intent for a window that is not longer than the memory's.
    #[must_use]
    pub fn recurrence(&self, key: &IntentKey, now: Timestamp, window_ns: i64) -> Recurrence {
        if let (_, Some(at)) = self.find(key, hash_of(key)) {
            let since = now.0.saturating_sub(at);
            if since < window_ns {
                return Recurrence::Repeated(since);
            }
        }
        let oldest = self.sent.front().map_or(i64::MIN, |(at, _)| *at);
        if self.sent.len() >= DUPLICATES_MAX && now.0.saturating_sub(oldest) < self.window_ns {
            return Recurrence::Unknown;
        }
        Recurrence::New
    }

    /// Notes an intent that was sent.
    pub fn note(&mut self, key: IntentKey, now: Timestamp) {
        if self.window_ns == 0 {
            return;
        }
        while let Some((at, oldest)) = self.sent.front().copied()
            && (now.0.saturating_sub(at) >= self.window_ns || self.sent.len() >= DUPLICATES_MAX)
        {
            self.forget((at, oldest));
        }
        let hash = hash_of(&key);
        let (place, _) = self.find(&key, hash);
        let number = self.first.wrapping_add(self.sent.len() as u32);
        self.sent.push_back((now.0, key));
        self.put(place, Place { hash, number });
    }

    /// Returns the intents that are remembered, the oldest first.
    pub fn sent(&self) -> impl Iterator<Item = &(i64, IntentKey)> {
        self.sent.iter()
    }
}

holdfast_core::persist_fields!(IntentKey { strategy, instrument, is_sell, lots, limit, trigger });

impl Persist for RecentIntents {
    fn save(&self, out: &mut Vec<u8>) {
        // The index follows from the intents in their order.
        let Self { sent, first: _, index: _, window_ns } = self;
        window_ns.save(out);
        sent.save(out);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        let window_ns = i64::load(reader)?;
        let mut recent = Self::new((window_ns != 0).then_some(window_ns));
        for (ts, key) in VecDeque::<(i64, IntentKey)>::load(reader)? {
            recent.note(key, Timestamp(ts));
        }
        Ok(recent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(lots: i64) -> IntentKey {
        IntentKey { strategy: 1, instrument: 0, is_sell: false, lots, limit: None, trigger: None }
    }

    #[test]
    fn the_same_intent_is_known_until_its_window_has_passed() {
        let mut recent = RecentIntents::new(Some(100));
        recent.note(key(1), Timestamp(0));
        assert_eq!(recent.recurrence(&key(1), Timestamp(99), 100), Recurrence::Repeated(99));
        assert_eq!(
            recent.recurrence(&key(1), Timestamp(50), 40),
            Recurrence::New,
            "a shorter window"
        );
        assert_eq!(recent.recurrence(&key(1), Timestamp(100), 100), Recurrence::New);
        assert_eq!(recent.recurrence(&key(2), Timestamp(0), 100), Recurrence::New);
        recent.note(key(1), Timestamp(60));
        recent.note(key(2), Timestamp(120));
        assert_eq!(recent.recurrence(&key(1), Timestamp(130), 100), Recurrence::Repeated(70));
        assert_eq!(recent.sent().count(), 2, "what left the window is forgotten");
    }

    #[test]
    fn a_full_memory_lets_nothing_pass_for_new() {
        let mut recent = RecentIntents::new(Some(100));
        (0..DUPLICATES_MAX as i64).for_each(|lots| recent.note(key(lots), Timestamp(0)));
        assert_eq!(recent.recurrence(&key(-1), Timestamp(99), 100), Recurrence::Unknown);
        assert_eq!(recent.recurrence(&key(-1), Timestamp(100), 100), Recurrence::New);
    }

    fn places_taken(recent: &RecentIntents) -> usize {
        recent.index.iter().filter(|place| place.hash != 0).count()
    }

    #[test]
    fn what_has_left_the_window_or_the_memory_is_forgotten_wholly() {
        let mut recent = RecentIntents::new(Some(100));
        recent.note(key(1), Timestamp(0));
        recent.note(key(2), Timestamp(100));
        assert_eq!((recent.sent().count(), places_taken(&recent)), (1, 1));
        recent.note(key(2), Timestamp(150));
        recent.note(key(3), Timestamp(200));
        assert_eq!((recent.sent().count(), places_taken(&recent)), (2, 2), "the later time stays");
        let more = 10 + DUPLICATES_MAX as i64;
        (10..=more).for_each(|lots| recent.note(key(lots), Timestamp(201)));
        assert_eq!(
            (recent.sent().count(), places_taken(&recent)),
            (DUPLICATES_MAX, DUPLICATES_MAX)
        );
    }

    #[test]
    fn a_memory_without_a_window_remembers_nothing() {
        let mut recent = RecentIntents::new(None);
        recent.note(key(1), Timestamp(0));
        assert_eq!(recent.sent().count(), 0);
    }

    #[test]
    fn a_snapshot_keeps_what_was_sent_within_the_window() {
        let (mut recent, mut bytes) = (RecentIntents::new(Some(100)), Vec::new());
        recent.note(key(1), Timestamp(7));
        recent.save(&mut bytes);
        let read = RecentIntents::load(&mut Reader::new(&bytes)).unwrap();
        assert_eq!(read.recurrence(&key(1), Timestamp(106), 100), Recurrence::Repeated(99));
        let (none, mut bytes) = (RecentIntents::new(None), Vec::new());
        none.save(&mut bytes);
        assert_eq!(RecentIntents::load(&mut Reader::new(&bytes)).unwrap().window_ns, 0);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(1_000))]

        /// Against a map of every key to when it was sent last, also where a memory is full and where hashes meet.
        #[test]
        fn knows_what_a_map_of_the_last_times_knows(
            steps in proptest::collection::vec((0_i64..60, 0_i64..12), 1..120), start in 0_u32..3,
        ) {
            let mut recent = RecentIntents::new(Some(100));
            recent.first = u32::MAX.wrapping_sub(start * 20);
            let (mut last, mut sent, mut now) = (std::collections::HashMap::new(), VecDeque::new(), 0);
            for (gap, lots) in steps {
                now += gap;
                let known = last.get(&lots).map(|at| now - at).filter(|since| *since < 100);
                let expected = known.map_or(Recurrence::New, Recurrence::Repeated);
                proptest::prop_assert_eq!(recent.recurrence(&key(lots), Timestamp(now), 100), expected);
                recent.note(key(lots), Timestamp(now));
                while let Some((at, oldest)) = sent.front().copied().filter(|(at, _)| now - at >= 100) {
                    sent.pop_front();
                    if last.get(&oldest) == Some(&at) {
                        last.remove(&oldest);
                    }
                }
                sent.push_back((now, lots));
                last.insert(lots, now);
            }
            let kept = (recent.sent().count(), places_taken(&recent));
            proptest::prop_assert_eq!(kept, (sent.len(), last.len()));
        }
    }

    #[test]
    fn keys_that_share_a_place_are_told_apart_after_one_of_them_is_forgotten() {
        let mut recent = RecentIntents::new(Some(1_000));
        // Of so many keys several begin at the same place; they leave in the order in which they came.
        let keys: Vec<IntentKey> = (0..8_000).map(key).collect();
        for (at, key) in keys.iter().enumerate() {
            recent.note(*key, Timestamp(at as i64 / 16));
        }
        let homes: std::collections::HashSet<usize> =
            keys.iter().map(|key| home_of(hash_of(key))).collect();
        assert!(homes.len() < keys.len());
        for now in [1_000, 1_200, 1_499] {
            recent.note(key(-1), Timestamp(now));
            for (at, key) in keys.iter().enumerate() {
                let since = now - at as i64 / 16;
                let expected =
                    if since < 1_000 { Recurrence::Repeated(since) } else { Recurrence::New };
                assert_eq!(recent.recurrence(key, Timestamp(now), 1_000), expected, "{at} {now}");
            }
        }
    }
}
