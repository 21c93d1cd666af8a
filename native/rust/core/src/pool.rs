//! Objects that are made once and used again, also by another thread than the one that gave them back.
//!
//! Each thread has a cache of its own; what overflows it, and what it lacks, goes through one lock-free queue in halves of a
//! cache, so that a thread that only takes and one that only gives meet once in many calls.

use crossbeam_queue::ArrayQueue;
use std::cell::RefCell;
use thread_local::ThreadLocal;

/// Objects that a thread keeps for itself at most.
pub const CACHE_MAX: usize = 64;

/// A bounded pool of objects.
///
/// An object is given back by the caller: a pool holds what is at rest, and forgets what is dropped elsewhere. What does not
/// fit is dropped, so that memory stays bounded.
#[derive(Debug)]
pub struct Pool<T: Send> {
    shared: ArrayQueue<T>,
    caches: ThreadLocal<RefCell<Vec<T>>>,
    make: fn() -> T,
}

impl<T: Send> Pool<T> {
    /// Makes an empty pool: `capacity` objects at most wait between threads, beside the threads' own caches.
    #[must_use]
    pub fn new(capacity: usize, make: fn() -> T) -> Self {
        Self { shared: ArrayQueue::new(capacity.max(1)), caches: ThreadLocal::new(), make }
    }

    /// Makes objects until the queue is full, so that the first calls allocate nothing either.
    pub fn fill(&self) {
        while !self.shared.is_full() {
            if self.shared.push((self.make)()).is_err() {
                return;
            }
        }
    }

    /// Takes an object that was given back, as it was left, or makes one.
    #[must_use]
    pub fn acquire(&self) -> T {
        let mut cache = self.cache().borrow_mut();
        if let Some(object) = cache.pop() {
            return object;
        }
        for _ in 0..CACHE_MAX / 2 {
            match self.shared.pop() {
                Some(object) => cache.push(object),
                None => break,
            }
        }
        cache.pop().unwrap_or_else(self.make)
    }

    /// Gives an object back.
    pub fn release(&self, object: T) {
        let mut cache = self.cache().borrow_mut();
        if cache.len() >= CACHE_MAX {
            for surplus in cache.drain(CACHE_MAX / 2..) {
                // A full queue drops it: there are enough.
                drop(self.shared.push(surplus));
            }
        }
        cache.push(object);
    }

    /// Returns how many objects wait between the threads.
    #[must_use]
    pub fn shared_len(&self) -> usize {
        self.shared.len()
    }

    fn cache(&self) -> &RefCell<Vec<T>> {
        self.caches.get_or(|| RefCell::new(Vec::with_capacity(CACHE_MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::{CACHE_MAX, Pool};
    use proptest::prelude::*;
    use std::collections::HashSet;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::mpsc::sync_channel;

    static MADE: AtomicU64 = AtomicU64::new(0);

    fn numbered() -> u64 {
        MADE.fetch_add(1, Ordering::Relaxed)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn nat_02_no_object_is_held_twice_and_none_is_kept_beyond_the_bounds(
            steps in prop::collection::vec(any::<bool>(), 1..600),
            capacity in 1_usize..100,
        ) {
            let pool = Pool::new(capacity, numbered);
            let mut held = Vec::new();
            let mut seen = HashSet::new();
            for acquires in steps {
                if acquires || held.is_empty() {
                    let object = pool.acquire();
                    prop_assert!(!held.contains(&object));
                    seen.insert(object);
                    held.push(object);
                } else if let Some(object) = held.pop() {
                    pool.release(object);
                }
                prop_assert!(pool.shared_len() <= capacity);
            }
            prop_assert!(held.len() <= seen.len());
        }
    }

    #[test]
    fn nat_02_an_object_comes_back_before_another_is_made() {
        let pool: Pool<Vec<u8>> = Pool::new(8, Vec::new);
        let mut first = pool.acquire();
        first.reserve(1_000);
        let place = first.as_ptr();
        pool.release(first);
        let again = pool.acquire();
        assert_eq!((again.as_ptr(), again.capacity() >= 1_000), (place, true));
    }

    #[test]
    fn nat_02_what_one_thread_gives_back_another_takes() {
        let pool: Pool<Vec<u8>> = Pool::new(1_024, Vec::new);
        let (sender, receiver) = sync_channel::<Vec<u8>>(64);
        let rounds = 20_000;
        let fresh = std::thread::scope(|scope| {
            let given = &pool;
            scope.spawn(move || receiver.iter().for_each(|object| given.release(object)));
            let mut fresh = 0;
            for _ in 0..rounds {
                let mut object = pool.acquire();
                if object.capacity() == 0 {
                    fresh += 1;
                    object.reserve(64);
                }
                assert!(sender.send(object).is_ok());
            }
            drop(sender);
            fresh
        });
        // Under way, in both caches, and what stood in the queue when it looked empty.
        assert!(fresh <= 64 + 4 * CACHE_MAX, "{fresh} of {rounds} were made");
    }

    #[test]
    fn nat_03_a_filled_pool_holds_its_capacity() {
        let pool = Pool::new(10_000, numbered);
        pool.fill();
        assert_eq!(pool.shared_len(), 10_000);
        let all: HashSet<u64> = (0..10_000).map(|_| pool.acquire()).collect();
        assert_eq!((all.len(), pool.shared_len()), (10_000, 0));
    }
}
