//! Results by the caller's own key, so that an order that is submitted twice is sent once.

use holdfast_core::persist::{Persist, PersistParts, unfit};
use holdfast_core::wire::Reader;
use holdfast_core::{ClientOrderId, Code, Error, Result, Timestamp};
use std::collections::{HashMap, VecDeque};

/// How long a key is remembered, by the engine's time; longer while its order is live.
pub const KEY_LIFE_NS: i64 = 24 * 3_600_000_000_000;
/// Longest text of a key.
pub const KEY_CHARS_MAX: usize = 256;

/// Returns the key of a text: the first 128 bits of its BLAKE3 hash.
///
/// # Errors
/// `ARGUMENT_INVALID` for an empty text or one above 256 bytes.
pub fn key_of(text: &str) -> Result<u128> {
    if text.is_empty() || text.len() > KEY_CHARS_MAX {
        return Err(Error::new(
            Code::ArgumentInvalid,
            format!("idempotency key must have 1 to {KEY_CHARS_MAX} bytes, had {}", text.len()),
        ));
    }
    let hash = blake3::derive_key("holdfast 2026 idempotency key", text.as_bytes());
    let mut low = [0_u8; 16];
    low.copy_from_slice(&hash[..16]);
    Ok(u128::from_le_bytes(low))
}

#[derive(Debug)]
struct Entry<T> {
    since: Timestamp,
    order: ClientOrderId,
    result: T,
    /// Which turn in the queue is this entry's: a key that was forgotten and came again has an older one too.
    turn: u64,
}

/// First results by key, bounded in time and in number; the key of a live order is never forgotten.
#[derive(Debug)]
pub struct FirstResults<T> {
    entries: HashMap<u128, Entry<T>>,
    /// Keys in the order in which they may be forgotten.
    queue: VecDeque<(u128, u64)>,
    next_turn: u64,
    max: usize,
}

impl<T> FirstResults<T> {
    /// Makes room for so many keys.
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self { entries: HashMap::new(), queue: VecDeque::new(), next_turn: 0, max }
    }

    /// Returns the first result of a key that is remembered.
    pub fn find(
        &self,
        key: u128,
        now: Timestamp,
        is_live: impl Fn(ClientOrderId) -> bool,
    ) -> Option<&T> {
        let entry = self.entries.get(&key)?;
        let remembered = now.since(entry.since) < KEY_LIFE_NS || is_live(entry.order);
        remembered.then_some(&entry.result)
    }

    /// Forgets what is too old, and the oldest when all places are taken; a key whose order is live gets another turn.
    ///
    /// # Errors
    /// `CAPACITY_EXHAUSTED` when every key's order is live; nothing is forgotten then.
    pub fn make_room(
        &mut self,
        now: Timestamp,
        is_live: impl Fn(ClientOrderId) -> bool,
    ) -> Result<()> {
        for _ in 0..self.queue.len() {
            let Some((key, turn)) = self.queue.front().copied() else { break };
            let held = self.entries.get(&key).filter(|entry| entry.turn == turn);
            let (order, old) = match held {
                Some(entry) => (entry.order, now.since(entry.since) >= KEY_LIFE_NS),
                None => (ClientOrderId::NONE, true),
            };
            let is_full = self.entries.len() >= self.max;
            if !old && !is_full {
                break;
            }
            self.queue.pop_front();
            if held.is_some() && is_live(order) {
                self.queue.push_back((key, turn));
            } else if held.is_some() {
                self.entries.remove(&key);
            }
        }
        if self.entries.len() < self.max {
            return Ok(());
        }
        Err(Error::new(
            Code::CapacityExhausted,
            format!("keys of live orders must number below {}", self.max),
        ))
    }

    /// Remembers the first result of a key, after `make_room`.
    pub fn remember(&mut self, key: u128, now: Timestamp, order: ClientOrderId, result: T) {
        let turn = self.next_turn;
        self.next_turn += 1;
        self.entries.insert(key, Entry { since: now, order, result, turn });
        self.queue.push_back((key, turn));
    }

    /// Returns how many keys are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether no key is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

holdfast_core::persist_fields!(Entry<T> { since, order, result, turn });

/// The map goes by rising key, so that one state has one form.
impl<T: Persist> PersistParts for FirstResults<T> {
    fn save_parts(&self, out: &mut Vec<u8>) {
        let Self { entries, queue, next_turn, max: _ } = self;
        let mut keys: Vec<&u128> = entries.keys().collect();
        keys.sort_unstable();
        keys.len().save(out);
        for (key, entry) in keys.into_iter().filter_map(|key| entries.get_key_value(key)) {
            key.save(out);
            entry.save(out);
        }
        queue.save(out);
        next_turn.save(out);
    }

    fn load_parts(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        let Self { entries, queue, next_turn, max: _ } = self;
        let count = usize::load(reader)?;
        *entries = HashMap::new();
        let mut last = None;
        for _ in 0..count {
            let key = u128::load(reader)?;
            if last.replace(key).is_some_and(|last| last >= key) {
                return Err(unfit("a map must be sorted and without repeats"));
            }
            entries.insert(key, Entry::load(reader)?);
        }
        *queue = VecDeque::load(reader)?;
        *next_turn = u64::load(reader)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    const HOUR_NS: i64 = 3_600_000_000_000;

    #[test]
    fn ord_04_a_key_has_one_number_and_its_bounds() {
        assert_eq!(key_of("entry-1"), key_of("entry-1"));
        assert_ne!(key_of("entry-1"), key_of("entry-2"));
        for text in [String::new(), "k".repeat(KEY_CHARS_MAX + 1)] {
            assert_eq!(key_of(&text).map_err(|e| e.code()), Err(Code::ArgumentInvalid));
        }
    }

    #[test]
    fn ord_05_the_oldest_goes_first_and_a_live_one_stays() {
        let mut results = FirstResults::new(2);
        let live = |order: ClientOrderId| order.0 == 1;
        for order in 1..=3 {
            results.make_room(Timestamp(0), live).unwrap();
            results.remember(u128::from(order), Timestamp(0), ClientOrderId(order), order);
        }
        assert_eq!(
            [1, 2, 3].map(|key| results.find(key, Timestamp(0), live).copied()),
            [Some(1), None, Some(3)]
        );
        let full = results.make_room(Timestamp(0), |_| true);
        assert_eq!(full.map_err(|e| e.code()), Err(Code::CapacityExhausted));
        assert_eq!(results.len(), 2);
    }

    #[test]
    fn ord_04_a_key_is_remembered_for_a_day_exactly() {
        let mut results = FirstResults::new(8);
        results.remember(1, Timestamp(5), ClientOrderId(1), 'a');
        let dead = |_| false;
        assert_eq!(results.find(1, Timestamp(4 + KEY_LIFE_NS), dead), Some(&'a'));
        assert_eq!(results.find(1, Timestamp(5 + KEY_LIFE_NS), dead), None);
        assert_eq!(results.find(1, Timestamp(5 + KEY_LIFE_NS), |_| true), Some(&'a'));
        results.make_room(Timestamp(5 + KEY_LIFE_NS), dead).unwrap();
        assert!(results.is_empty());
    }

    /// The slow twin: a list in order of turns, searched from end to end.
    #[derive(Default)]
    struct Model(Vec<(u128, i64, u64)>);

    impl Model {
        fn find(&self, key: u128, now: i64, live: &HashSet<u64>) -> Option<u64> {
            let entry = self.0.iter().find(|entry| entry.0 == key)?;
            (now - entry.1 < KEY_LIFE_NS || live.contains(&entry.2)).then_some(entry.2)
        }

        fn submit(
            &mut self,
            key: u128,
            now: i64,
            order: u64,
            live: &HashSet<u64>,
            max: usize,
        ) -> bool {
            for _ in 0..self.0.len() {
                let Some(first) = self.0.first().copied() else { break };
                if now - first.1 < KEY_LIFE_NS && self.0.len() < max {
                    break;
                }
                self.0.remove(0);
                if live.contains(&first.2) {
                    self.0.push(first);
                }
            }
            if self.0.len() >= max {
                return false;
            }
            self.0.retain(|entry| entry.0 != key);
            self.0.push((key, now, order));
            true
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Submits, repeats and ends of orders in any mixture, over hours and days.
        #[test]
        fn ord_05_equals_the_slow_model(
            max in 1_usize..8,
            steps in prop::collection::vec((0_u128..12, 0_i64..9, 0_u8..4, any::<u8>()), 1..120),
        ) {
            let (mut results, mut model) = (FirstResults::new(max), Model::default());
            let (mut now, mut next, mut live) = (0, 1, HashSet::new());
            for (key, hours, what, pick) in steps {
                now += hours * HOUR_NS;
                if what == 0 {
                    let mut ids: Vec<u64> = live.iter().copied().collect();
                    ids.sort_unstable();
                    if let Some(id) = ids.get(usize::from(pick) % ids.len().max(1)) {
                        live.remove(id);
                    }
                    continue;
                }
                let is_live = |order: ClientOrderId| live.contains(&order.0);
                let found = results.find(key, Timestamp(now), is_live).copied();
                prop_assert_eq!(found, model.find(key, now, &live));
                if found.is_some() {
                    continue;
                }
                let made = results.make_room(Timestamp(now), is_live).is_ok();
                prop_assert_eq!(made, model.submit(key, now, next, &live, max));
                if made {
                    results.remember(key, Timestamp(now), ClientOrderId(next), next);
                    live.insert(next);
                    next += 1;
                }
                prop_assert!(results.len() <= max);
            }
        }
    }
}
