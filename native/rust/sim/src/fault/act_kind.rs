//! What the strategy of a simulation does besides single orders, by name.

use holdfast_core::{Code, Error, Result};

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        /// A way in which the strategy orders.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum ActKind { $($(#[$doc])* $name,)* }

        impl ActKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the name on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

acts! {
    /// Brackets, one-cancels-other, one-updates-other and one-triggers-other.
    Lists "lists";
    /// Orders with idempotency keys, which are repeated.
    Keys "keys";
    /// Orders that wait for a trigger; the venue lacks some of the kinds.
    Triggers "triggers";
    /// Pauses of half a day to two days.
    Days "days";
}

/// Which acts may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActSet(u32);

impl ActSet {
    /// Every kind.
    pub const ALL: Self = Self((1 << ActKind::ALL.len()) - 1);
    /// Single orders only.
    pub const NONE: Self = Self(0);

    /// Reads names with commas between them, `all` or `none`.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID`.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "all" => return Ok(Self::ALL),
            "none" => return Ok(Self::NONE),
            _ => {}
        }
        let mut set = Self::NONE;
        for name in text.split(',').map(str::trim) {
            let Some(kind) = ActKind::ALL.iter().find(|kind| kind.name() == name) else {
                let known: Vec<&str> = ActKind::ALL.iter().map(|kind| kind.name()).collect();
                return Err(Error::new(
                    Code::ArgumentInvalid,
                    format!("acts must be all, none or of {}, was {name}", known.join(", ")),
                )
                .with("acts", name));
            };
            set.0 |= 1 << *kind as u8;
        }
        Ok(set)
    }

    /// Returns whether a kind is among them.
    #[must_use]
    pub const fn has(self, kind: ActKind) -> bool {
        self.0 >> kind as u8 & 1 == 1
    }

    /// Returns those for which `keeps` holds, which is asked for each of the set in order.
    pub(super) fn filter(self, mut keeps: impl FnMut() -> bool) -> Self {
        let kept = ActKind::ALL.iter().filter(|kind| self.has(**kind) && keeps());
        Self(kept.fold(0, |bits, kind| bits | 1 << *kind as u8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_and_refuses_others() {
        let two = ActSet::parse("lists, days").unwrap();
        let has = ActKind::ALL.iter().map(|kind| two.has(*kind));
        assert_eq!(has.collect::<Vec<_>>(), [true, false, false, true]);
        assert_eq!(ActSet::parse("all").unwrap(), ActSet::ALL);
        assert_eq!(ActSet::parse("none").unwrap(), ActSet::NONE);
        assert_eq!(ActSet::parse("list").map_err(|e| e.code()), Err(Code::ArgumentInvalid));
    }
}
