//! How often the same thing left within a window: the same order, the same parent, the same cause.

use crate::folding::Folding;
use holdfast_core::{ClientOrderId, InstrumentId, Quantity, Side, Timestamp};
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// Keys that are remembered; past them the window is as short as the last so many orders took.
pub const KEYS_MAX: usize = 6_144;

/// What may come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// The same instrument, side and quantity.
    Form(InstrumentId, Side, Quantity),
    /// The same order that it protects or follows.
    Parent(ClientOrderId),
    /// The same strategy because of the same market event, on the same instrument.
    Cause(u16, Timestamp, InstrumentId),
}

/// In two words, the first of which tells the kinds apart.
impl Hash for Key {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (kind, detail) = match self {
            Self::Form(instrument, side, quantity) => (
                u64::from(instrument.0) << 8 | u64::from(*side as u8) << 2,
                quantity.lots().cast_unsigned(),
            ),
            Self::Parent(id) => (1, id.0),
            Self::Cause(strategy, cause, instrument) => (
                u64::from(instrument.0) << 24 | u64::from(*strategy) << 8 | 2,
                cause.0.cast_unsigned(),
            ),
        };
        state.write_u64(kind);
        state.write_u64(detail);
    }
}

/// Counts of keys within a window. The map is looked up and never gone through, so that its order does not matter.
#[derive(Debug, Clone)]
pub struct Pattern {
    window_ns: i64,
    seen: VecDeque<(Timestamp, Key)>,
    counts: HashMap<Key, u32, BuildHasherDefault<Folding>>,
}

impl Pattern {
    /// Makes one that has seen nothing.
    #[must_use]
    pub fn new(window_ns: i64) -> Self {
        Self {
            window_ns,
            seen: VecDeque::with_capacity(KEYS_MAX + 1),
            counts: HashMap::with_capacity_and_hasher(2 * KEYS_MAX, BuildHasherDefault::default()),
        }
    }

    /// Returns how often a key came within the window.
    pub fn count(&mut self, key: &Key, now: Timestamp) -> u32 {
        while let Some((at, _)) = self.seen.front()
            && now.0.saturating_sub(at.0) >= self.window_ns
        {
            self.forget_oldest();
        }
        self.counts.get(key).copied().unwrap_or(0)
    }

    /// Counts a key.
    pub fn note(&mut self, key: Key, now: Timestamp) {
        if self.seen.len() >= KEYS_MAX {
            self.forget_oldest();
        }
        self.seen.push_back((now, key));
        *self.counts.entry(key).or_insert(0) += 1;
    }

    fn forget_oldest(&mut self) {
        let Some((_, key)) = self.seen.pop_front() else { return };
        if let Some(count) = self.counts.get_mut(&key) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_of_different_kinds_and_parts_have_different_hashes() {
        let hash = |key: Key| {
            let mut folding = Folding::default();
            key.hash(&mut folding);
            folding.finish()
        };
        let instrument = InstrumentId;
        let mut keys = Vec::new();
        for number in 0..20_u32 {
            for other in 0..20_u16 {
                let lots = Quantity::from_lots(i64::from(other));
                let at = Timestamp(i64::from(number));
                keys.push(Key::Form(instrument(number), Side::Buy, lots));
                keys.push(Key::Form(instrument(number), Side::Sell, lots));
                keys.push(Key::Cause(other, at, instrument(0)));
                keys.push(Key::Cause(0, at, instrument(1 + u32::from(other))));
                let id = u64::from(number) << 32 | u64::from(other);
                keys.push(Key::Parent(ClientOrderId(id)));
            }
        }
        let mut hashes: Vec<u64> = keys.into_iter().map(hash).collect();
        let count = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), count);
    }

    #[test]
    fn past_its_room_the_oldest_keys_are_forgotten() {
        let mut pattern = Pattern::new(1_000);
        let key = |number: u64| Key::Parent(ClientOrderId(number));
        for number in 0..=KEYS_MAX as u64 {
            pattern.note(key(number), Timestamp(0));
        }
        assert_eq!(pattern.count(&key(0), Timestamp(0)), 0);
        assert_eq!(pattern.count(&key(1), Timestamp(0)), 1);
        assert_eq!(pattern.counts.len(), KEYS_MAX);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        #[test]
        fn counts_are_those_of_a_list_of_all_that_was_seen(
            seen in prop::collection::vec((0_i64..400, 0_u64..4), 1..100),
        ) {
            let (mut pattern, mut all, mut now) = (Pattern::new(1_000), Vec::new(), 0);
            for (gap, number) in seen {
                now += gap;
                let key = Key::Parent(ClientOrderId(number));
                let model = all.iter().filter(|(at, k)| now - at < 1_000 && *k == key).count();
                prop_assert_eq!(pattern.count(&key, Timestamp(now)) as usize, model);
                pattern.note(key, Timestamp(now));
                all.push((now, key));
            }
        }
    }
}
