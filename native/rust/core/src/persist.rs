//! State as bytes, for snapshots: every value has one form, and the form has every field.
//!
//! The macros take a type apart by a pattern without `..`, so that a field which is added to a type and not to its list
//! is an error of the compiler. Numbers are written in the compact layout of the journal.

mod values;

use crate::code::Code;
use crate::error::{Error, Result};
use crate::wire::Reader;

/// A value that can be written whole and made again from what was written.
pub trait Persist: Sized {
    /// Appends every field.
    fn save(&self, out: &mut Vec<u8>);

    /// Makes the value from what `save` wrote.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` when bytes are missing or a number is too large, `ARGUMENT_INVALID` for an unknown number.
    fn load(reader: &mut Reader<'_>) -> Result<Self>;
}

/// A value that is made from a configuration first, and then takes over the parts that moved since.
pub trait PersistParts {
    /// Appends every part that moves.
    fn save_parts(&self, out: &mut Vec<u8>);

    /// Takes the parts over.
    ///
    /// # Errors
    /// As `Persist::load`, and `JOURNAL_CORRUPT` when the parts are of another configuration.
    fn load_parts(&mut self, reader: &mut Reader<'_>) -> Result<()>;
}

impl<T: PersistParts> PersistParts for Vec<T> {
    fn save_parts(&self, out: &mut Vec<u8>) {
        (self.len() as u64).save(out);
        self.iter().for_each(|part| part.save_parts(out));
    }

    fn load_parts(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        if u64::load(reader)? != self.len() as u64 {
            return Err(unfit("a list must be as long as its configuration says"));
        }
        self.iter_mut().try_for_each(|part| part.load_parts(reader))
    }
}

/// Returns the error of a form that does not fit.
#[must_use]
pub fn unfit(rule: &str) -> Error {
    Error::new(Code::JournalCorrupt, format!("saved state does not fit: {rule}"))
}

/// Persists a type field by field; the list must name every one.
#[macro_export]
macro_rules! persist_fields {
    ($type:ident $(<$generic:ident>)? { $($field:ident),* $(,)? }) => {
        impl $(<$generic: $crate::persist::Persist>)? $crate::persist::Persist for $type $(<$generic>)? {
            fn save(&self, out: &mut Vec<u8>) {
                let Self { $($field),* } = self;
                $($crate::persist::Persist::save($field, out);)*
            }

            fn load(reader: &mut $crate::wire::Reader<'_>) -> $crate::Result<Self> {
                Ok(Self { $($field: $crate::persist::Persist::load(reader)?),* })
            }
        }
    };
}

/// Persists what moved of a type: `saved` fields whole, `parts` by their own parts; `given` ones come from the
/// configuration or follow from it. Together they must name every field.
#[macro_export]
macro_rules! persist_parts {
    ($type:ident { saved: [$($saved:ident),* $(,)?], parts: [$($part:ident),* $(,)?], given: [$($given:ident),* $(,)?] $(,)? }) => {
        impl $crate::persist::PersistParts for $type {
            fn save_parts(&self, out: &mut Vec<u8>) {
                let Self { $($saved,)* $($part,)* $($given: _,)* } = self;
                $($crate::persist::Persist::save($saved, out);)*
                $($crate::persist::PersistParts::save_parts($part, out);)*
            }

            fn load_parts(&mut self, reader: &mut $crate::wire::Reader<'_>) -> $crate::Result<()> {
                let Self { $($saved,)* $($part,)* $($given: _,)* } = self;
                $(*$saved = $crate::persist::Persist::load(reader)?;)*
                $($crate::persist::PersistParts::load_parts($part, reader)?;)*
                Ok(())
            }
        }
    };
}

/// Persists a word of a vocabulary by its number.
#[macro_export]
macro_rules! persist_words {
    ($($type:ty),* $(,)?) => {
        $(impl $crate::persist::Persist for $type {
            fn save(&self, out: &mut Vec<u8>) {
                out.push(*self as u8);
            }

            fn load(reader: &mut $crate::wire::Reader<'_>) -> $crate::Result<Self> {
                Self::from_number(reader.u8()?)
            }
        })*
    };
}

/// Persists an enum whose variants hold named fields, by a number for each variant and its fields.
#[macro_export]
macro_rules! persist_variants {
    ($type:ident { $($number:literal $variant:ident { $($field:ident),* }),* $(,)? }) => {
        impl $crate::persist::Persist for $type {
            fn save(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant { $($field),* } => {
                        out.push($number);
                        $($crate::persist::Persist::save($field, out);)*
                    })*
                }
            }

            fn load(reader: &mut $crate::wire::Reader<'_>) -> $crate::Result<Self> {
                match reader.u8()? {
                    $($number => Ok(Self::$variant {
                        $($field: $crate::persist::Persist::load(reader)?),*
                    }),)*
                    _ => Err($crate::persist::unfit("a variant must be known")),
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order_state::{BaseState, OrderState};
    use crate::{Fraction, ManualClock, TrailingDistance};
    use std::collections::{BTreeMap, BTreeSet, VecDeque};

    #[derive(Debug, PartialEq)]
    struct Whole {
        number: u64,
        name: String,
        list: Vec<Option<i64>>,
    }
    persist_fields!(Whole { number, name, list });

    #[derive(Debug, PartialEq)]
    enum Choice {
        One { left: u8 },
        Two { right: bool, far: i128 },
    }
    persist_variants!(Choice { 0 One { left }, 1 Two { right, far } });

    fn round_trip<T: Persist + PartialEq + std::fmt::Debug>(value: &T) {
        let mut bytes = Vec::new();
        value.save(&mut bytes);
        let mut reader = Reader::new(&bytes);
        assert_eq!(&T::load(&mut reader).unwrap(), value);
        assert!(reader.rest().is_empty());
        for cut in 0..bytes.len() {
            assert!(T::load(&mut Reader::new(&bytes[..cut])).is_err(), "{value:?} cut at {cut}");
        }
    }

    #[test]
    fn every_kind_of_value_comes_back_and_every_cut_is_refused() {
        round_trip(&Whole { number: u64::MAX, name: "é".into(), list: vec![None, Some(-3)] });
        round_trip(&Choice::One { left: 9 });
        round_trip(&Choice::Two { right: true, far: i128::MIN });
        round_trip(&(1.5_f64, u128::MAX, Box::new(7_u16)));
        round_trip(&VecDeque::from([u32::MAX, 0]));
        round_trip(&BTreeMap::from([(1_u64, 2_i64), (3, i64::MIN)]));
        round_trip(&BTreeSet::from([5_usize, 9]));
        round_trip(&[Some(1_i32), None]);
        round_trip(&TrailingDistance::Ticks(7));
        round_trip(&TrailingDistance::Share(Fraction::from_millionths(7)));
    }

    #[test]
    fn a_clock_and_a_state_that_could_not_be_are_refused() {
        let loads = |clock: i64| {
            let mut bytes = Vec::new();
            clock.save(&mut bytes);
            ManualClock::load(&mut Reader::new(&bytes)).is_ok()
        };
        assert!(loads(0) && loads(5) && !loads(-1));
        let known = |word: u64| {
            let mut bytes = Vec::new();
            word.save(&mut bytes);
            <OrderState as Persist>::load(&mut Reader::new(&bytes)).is_ok()
        };
        let bases = BaseState::VOCABULARY.len() as u64;
        assert!(known(0) && known(bases - 1) && known(7 << 8));
        assert!(!known(bases) && !known(8 << 8) && !known(bases | 8 << 8));
    }

    #[test]
    fn one_value_has_one_form() {
        let unsorted: &[&[u8]] = &[&[5, 7, 5], &[5, 7, 7]];
        for bytes in unsorted {
            assert!(BTreeSet::<u64>::load(&mut Reader::new(bytes)).is_err());
        }
        let unsorted: &[&[u8]] = &[&[5, 7, 1, 5, 1], &[5, 7, 1, 7, 1]];
        for bytes in unsorted {
            assert!(BTreeMap::<u64, u64>::load(&mut Reader::new(bytes)).is_err());
        }
        assert!(bool::load(&mut Reader::new(&[2])).is_err());
        assert!(Option::<u8>::load(&mut Reader::new(&[2, 0])).is_err());
        assert!(Choice::load(&mut Reader::new(&[2])).is_err());
        assert!(String::load(&mut Reader::new(&[3, 0xff])).is_err());
    }
}
