//! Where each word of the breakers' memory stands. `ts/src/native/breaker-layout.ts` repeats what JavaScript reads, and a
//! test compares both.

use std::sync::atomic::AtomicU64;

/// Words of a line: one cache line, so that what one thread writes does not slow a neighbour's reads.
pub const LINE_WORDS: usize = 8;

/// One cache line of the memory.
#[derive(Debug, Default)]
#[repr(C, align(64))]
pub struct Line(pub [AtomicU64; LINE_WORDS]);

/// Most components; the bound keeps names that are made up at run time from filling the memory.
pub const COMPONENTS_MAX: usize = 256;
/// Most buckets of a window.
pub const BUCKETS_MAX: usize = 16;
/// Most components that one depends on directly.
pub const DEPENDENCIES_MAX: usize = 8;
/// Most bytes of a component's name: one line.
pub const NAME_BYTES_MAX: usize = 64;

/// Says that memory holds breakers, and in which layout.
pub const MAGIC: u64 = 0x0001_5345_4b41_5242;

/// Words of the first line.
pub mod head {
    /// [`super::MAGIC`].
    pub const MAGIC: usize = 0;
    /// The instant in milliseconds from which times are counted.
    pub const ORIGIN_MS: usize = 1;
    /// How many components there are.
    pub const REGISTERED: usize = 2;
    /// How many components are not closed; JavaScript reads it before it calls native code.
    pub const UNSETTLED: usize = 3;
    /// 1 while the global circuit was last seen open.
    pub const GLOBAL_OPEN: usize = 4;
    /// 1 while no manual override is possible.
    pub const OVERRIDES_FORBIDDEN: usize = 5;
    /// The global rule: components, and millionths of all.
    pub const GLOBAL_RULE: usize = 6;
    /// Listeners that failed.
    pub const LISTENER_FAILURES: usize = 7;
}

/// Line of the set of components that are not closed, 64 a word.
pub const UNSETTLED_SET_LINE: usize = 1;
/// First of the lines of the settings that components share.
pub const SHARED_SETTINGS_LINE: usize = 2;
/// Lines of settings: which slot is in force, and two slots.
pub const SETTINGS_LINES: usize = 3;
/// First line of the components.
pub const COMPONENTS_LINE: usize = SHARED_SETTINGS_LINE + SETTINGS_LINES;

/// Words of a component's first line.
pub mod body {
    /// The packed state, see [`super::super::state_word`].
    pub const STATE: usize = 0;
    /// Hash of the name; 0 is free.
    pub const HASH: usize = 1;
    /// 1 when the component has settings of its own.
    pub const OWN_SETTINGS: usize = 2;
    /// First of two words of four components each that this one depends on, plus one; 0 is none.
    pub const DEPENDENCIES: usize = 3;
    /// Whether the component is critical or protected.
    pub const FLAGS: usize = 5;
    /// 1 while a dependency was last seen open.
    pub const BLOCKED: usize = 6;
}

/// Lines of a component after its first.
pub mod part {
    /// Two lines of buckets.
    pub const BUCKETS: usize = 1;
    /// Outcomes and trips.
    pub const OUTCOMES: usize = 3;
    /// Refusals and times.
    pub const REFUSALS: usize = 4;
    /// Settings of its own.
    pub const SETTINGS: usize = 5;
    /// The name.
    pub const NAME: usize = 8;
}

/// Lines of one component.
pub const COMPONENT_LINES: usize = 9;
/// Lines of the whole memory.
pub const MEMORY_LINES: usize = COMPONENTS_LINE + COMPONENTS_MAX * COMPONENT_LINES;

/// Makes memory for breakers of this process.
#[must_use]
pub fn memory() -> Box<[Line]> {
    (0..MEMORY_LINES).map(|_| Line::default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cb_10_words_are_padded_to_cache_lines() {
        assert_eq!(std::mem::size_of::<Line>(), 64);
        assert_eq!(std::mem::align_of::<Line>(), 64);
    }

    #[test]
    fn cb_18_all_breakers_take_far_less_than_ten_megabytes() {
        assert_eq!(memory().len() * std::mem::size_of::<Line>(), 147_776);
    }
}
