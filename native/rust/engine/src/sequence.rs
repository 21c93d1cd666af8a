//! Events of one instrument put into the order in which the venue numbered them.
//!
//! An event that comes too early waits for those before it, as many as a bound allows; then what is missing is declared a
//! gap, and the waiting ones go on. Evidence is never dropped: a missing event that comes after all is applied late.

use std::collections::VecDeque;

/// Events that wait for an earlier one.
pub const HELD_MAX: usize = 64;
/// Missing ranges that are remembered. Of an older one it is not known any more which of its events came, so that each
/// counts as late: what applies it must bear a repeat, as fills with their trade ids do.
pub const GAPS_KEPT: usize = 1_024;

/// What to do with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It is the next: apply it, then those that waited for it.
    Apply,
    /// It came before: ignore it.
    Duplicate,
    /// It waits for earlier ones.
    Held,
    /// It belongs to a gap that was declared, or to the time before the first event: apply it, out of its order.
    Late,
    /// It waits no longer: this range is missing and must be asked for. Those that waited go on, this one among them.
    Gap {
        /// First number that is missing.
        from: u64,
        /// Last number that is missing.
        to: u64,
    },
}

/// The order of one instrument's events.
#[derive(Debug)]
pub struct Sequencer<T> {
    /// Number of the next event; `None` before the first.
    next: Option<u64>,
    /// Those that wait, by number.
    held: VecDeque<(u64, T)>,
    /// Ranges that are missing, oldest first.
    missing: VecDeque<(u64, u64)>,
    /// Below it nothing is known about what came.
    known_from: u64,
}

impl<T> Default for Sequencer<T> {
    fn default() -> Self {
        Self { next: None, held: VecDeque::new(), missing: VecDeque::new(), known_from: 0 }
    }
}

impl<T> Sequencer<T> {
    /// Takes an event. After `Apply` and `Gap`, `release` gives those whose turn has come.
    pub fn arrive(&mut self, number: u64, event: T) -> Arrival {
        if self.next.is_none() {
            self.known_from = number;
        }
        let next = *self.next.get_or_insert(number);
        if number < next {
            return self.arrive_late(number);
        }
        if number == next {
            self.next = Some(next.saturating_add(1));
            return Arrival::Apply;
        }
        let Err(place) = self.held.binary_search_by_key(&number, |(each, _)| *each) else {
            return Arrival::Duplicate;
        };
        self.held.insert(place, (number, event));
        if self.held.len() <= HELD_MAX {
            return Arrival::Held;
        }
        self.declare_gap().unwrap_or(Arrival::Held)
    }

    fn arrive_late(&mut self, number: u64) -> Arrival {
        let holding = self.missing.iter().position(|(from, to)| (*from..=*to).contains(&number));
        let Some(index) = holding else {
            return if number < self.known_from { Arrival::Late } else { Arrival::Duplicate };
        };
        if let Some((from, to)) = self.missing.remove(index) {
            if number < to {
                self.missing.insert(index, (number + 1, to));
            }
            if from < number {
                self.missing.insert(index, (from, number - 1));
            }
            self.forget_oldest();
        }
        Arrival::Late
    }

    /// Stops waiting: what is missing before the first event that waits is a gap. `None` when nothing waits.
    pub fn declare_gap(&mut self) -> Option<Arrival> {
        let (from, first) = (self.next?, self.held.front()?.0);
        let to = first.checked_sub(1).filter(|to| *to >= from)?;
        self.next = Some(first);
        self.missing.push_back((from, to));
        self.forget_oldest();
        Some(Arrival::Gap { from, to })
    }

    fn forget_oldest(&mut self) {
        while self.missing.len() > GAPS_KEPT {
            if let Some((_, to)) = self.missing.pop_front() {
                self.known_from = self.known_from.max(to.saturating_add(1));
            }
        }
    }

    /// Returns the next event that waited for its turn.
    pub fn release(&mut self) -> Option<T> {
        let next = self.next?;
        if self.held.front()?.0 != next {
            return None;
        }
        self.next = Some(next.saturating_add(1));
        self.held.pop_front().map(|(_, event)| event)
    }

    /// Returns the ranges that are missing, oldest first.
    pub fn missing(&self) -> impl Iterator<Item = (u64, u64)> {
        self.missing.iter().copied()
    }

    /// Returns the events that wait, with their numbers.
    pub fn held(&self) -> impl Iterator<Item = &(u64, T)> {
        self.held.iter()
    }

    /// Returns the number of the next event.
    #[must_use]
    pub const fn next_number(&self) -> Option<u64> {
        self.next
    }
}

holdfast_core::persist_fields!(Sequencer<T> { next, held, missing, known_from });

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// The same rules over plain sets, without any memory of ranges.
    #[derive(Default)]
    struct Model {
        first: Option<u64>,
        next: u64,
        came: BTreeSet<u64>,
        held: BTreeSet<u64>,
        applied: Vec<u64>,
    }

    impl Model {
        fn arrive(&mut self, number: u64) -> Arrival {
            let first = *self.first.get_or_insert(number);
            if self.came.is_empty() {
                self.next = number;
            }
            let is_new = self.came.insert(number);
            if number < first {
                self.applied.push(number);
                return Arrival::Late;
            }
            if !is_new {
                return Arrival::Duplicate;
            }
            if number < self.next {
                self.applied.push(number);
                return Arrival::Late;
            }
            self.held.insert(number);
            let from = self.next;
            let mut arrival = if number == from { Arrival::Apply } else { Arrival::Held };
            if self.held.len() > HELD_MAX && number != from {
                let to = self.held.first().unwrap() - 1;
                self.next = to + 1;
                arrival = Arrival::Gap { from, to };
            }
            while self.held.remove(&self.next) {
                self.applied.push(self.next);
                self.next += 1;
            }
            arrival
        }
    }

    /// Returns what `arrive` said to each, and the numbers in the order in which they were applied.
    fn play(numbers: &[u64]) -> (Vec<Arrival>, Vec<u64>, Sequencer<u64>) {
        let (mut sequencer, mut applied) = (Sequencer::default(), Vec::new());
        let said = numbers.iter().map(|number| {
            let arrival = sequencer.arrive(*number, *number);
            if matches!(arrival, Arrival::Apply | Arrival::Late) {
                applied.push(*number);
            }
            applied.extend(std::iter::from_fn(|| sequencer.release()));
            arrival
        });
        (said.collect(), applied, sequencer)
    }

    #[test]
    fn ord_11_a_swap_is_put_right_and_a_repeat_ignored() {
        use Arrival::{Apply, Duplicate, Held};
        let (said, applied, _) = play(&[5, 7, 7, 6, 6, 8]);
        assert_eq!(said, [Apply, Held, Duplicate, Apply, Duplicate, Apply]);
        assert_eq!(applied, [5, 6, 7, 8]);
    }

    #[test]
    fn ord_11_a_gap_is_declared_when_too_many_wait_and_its_events_may_still_come() {
        let mut numbers = vec![1];
        numbers.extend(4..=4 + HELD_MAX as u64);
        numbers.extend([3, 3, 0, 2]);
        let (said, applied, sequencer) = play(&numbers);
        assert_eq!(said[HELD_MAX + 1], Arrival::Gap { from: 2, to: 3 });
        assert_eq!(
            said[HELD_MAX + 2..],
            [Arrival::Late, Arrival::Duplicate, Arrival::Late, Arrival::Late]
        );
        assert_eq!((applied.len(), sequencer.missing().count()), (numbers.len() - 1, 0));
    }

    #[test]
    fn ord_11_waiting_can_be_given_up_and_the_largest_number_has_no_next() {
        let mut sequencer = Sequencer::default();
        assert_eq!(sequencer.declare_gap(), None);
        sequencer.arrive(1, 'a');
        assert_eq!(sequencer.arrive(u64::MAX, 'z'), Arrival::Held);
        assert_eq!(sequencer.declare_gap(), Some(Arrival::Gap { from: 2, to: u64::MAX - 1 }));
        assert_eq!((sequencer.release(), sequencer.release()), (Some('z'), None));
        assert_eq!(sequencer.next_number(), Some(u64::MAX));
    }

    #[test]
    fn ord_11_gaps_beyond_those_kept_make_an_event_late_rather_than_lost() {
        let mut sequencer = Sequencer::default();
        sequencer.arrive(1, ());
        for gap in 1..=GAPS_KEPT as u64 + 3 {
            sequencer.arrive(gap * 10, ());
            sequencer.declare_gap();
            while sequencer.release().is_some() {}
        }
        assert_eq!(sequencer.missing().count(), GAPS_KEPT);
        assert_eq!(sequencer.arrive(2, ()), Arrival::Late);
        assert_eq!(sequencer.arrive(10, ()), Arrival::Late, "not known any more whether it came");
        assert_eq!(sequencer.arrive((GAPS_KEPT as u64 + 3) * 10, ()), Arrival::Duplicate);
    }

    fn streams() -> impl Strategy<Value = Vec<u64>> {
        prop_oneof![
            prop::collection::vec(1_u64..40, 1..80),
            prop::collection::vec(1_u64..400, 1..300),
            // A stream that was cut and shuffled within a window.
            (1_usize..90, prop::collection::vec((any::<u16>(), 0_u8..20), 1..300)).prop_map(
                |(window, luck)| {
                    let mut keyed: Vec<(u64, u64)> = luck
                        .iter()
                        .enumerate()
                        .filter(|(_, (_, lost))| *lost != 0)
                        .map(|(index, (jitter, _))| {
                            (index as u64 + u64::from(*jitter) % window as u64, index as u64 + 1)
                        })
                        .collect();
                    keyed.sort_unstable();
                    keyed.into_iter().map(|(_, number)| number).collect()
                }
            ),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn ord_11_equals_the_model_for_any_stream(numbers in streams()) {
            let mut model = Model::default();
            let (said, applied, sequencer) = play(&numbers);
            let expected: Vec<Arrival> = numbers.iter().map(|number| model.arrive(*number)).collect();
            // Before the first number the sequencer cannot tell a repeat from a late event; the model says late too.
            prop_assert_eq!(&said, &expected);
            prop_assert_eq!(&applied, &model.applied);
            let held: Vec<u64> = sequencer.held().map(|(number, _)| *number).collect();
            prop_assert_eq!(held, model.held.iter().copied().collect::<Vec<_>>());
            prop_assert!(sequencer.held().count() <= HELD_MAX);
        }

        #[test]
        fn ord_11_nothing_that_came_is_lost_or_applied_twice(numbers in streams()) {
            let (_, mut applied, mut sequencer) = play(&numbers);
            while sequencer.declare_gap().is_some() {
                applied.extend(std::iter::from_fn(|| sequencer.release()));
            }
            // Of a short stream everything may have been lost.
            let Some(first) = numbers.first().copied() else { return Ok(()) };
            applied.retain(|number| *number >= first);
            applied.sort_unstable();
            let came: BTreeSet<u64> = numbers.iter().copied().filter(|number| *number >= first).collect();
            prop_assert_eq!(applied, came.into_iter().collect::<Vec<_>>());
        }
    }
}
