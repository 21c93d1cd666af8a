//! The faults, by name.

use holdfast_core::{Code, Error, Result};

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        /// A way in which venue, network or disk misbehave.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum FaultKind { $($(#[$doc])* $name,)* }

        impl FaultKind {
            /// Every fault.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the name on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

faults! {
    /// Messages are lost.
    Loss "loss";
    /// Messages come seconds late.
    Delay "delay";
    /// Messages overtake each other.
    Reorder "reorder";
    /// Messages come twice.
    Duplicate "duplicate";
    /// The acknowledgement comes after the fills.
    AckAfterFill "ack_after_fill";
    /// An order is taken and no report of it is sent.
    SilentAccept "silent_accept";
    /// The venue answers "unavailable" and takes the order seconds later.
    LateAccept "late_accept";
    /// The venue rejects an order that it has taken, and fills it.
    WrongReject "wrong_reject";
    /// The private stream falls silent until the next connection.
    StreamExpiry "stream_expiry";
    /// Commands, queries or both get no answer.
    Outage "outage";
    /// The venue's clock jumps.
    ClockJump "clock_jump";
    /// The journal's disk is full.
    DiskFull "disk_full";
    /// The process dies at some record, which may be torn.
    Crash "crash";
}

/// Which faults may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultSet(u32);

impl FaultSet {
    /// Every fault.
    pub const ALL: Self = Self((1 << FaultKind::ALL.len()) - 1);
    /// None.
    pub const NONE: Self = Self(0);

    /// Reads names with commas between them, `all` or `none`.
    ///
    /// # Errors
    /// `FAULT_UNKNOWN`.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "all" => return Ok(Self::ALL),
            "none" => return Ok(Self::NONE),
            _ => {}
        }
        let mut set = Self::NONE;
        for name in text.split(',').map(str::trim) {
            let Some(kind) = FaultKind::ALL.iter().find(|kind| kind.name() == name) else {
                let known: Vec<&str> = FaultKind::ALL.iter().map(|kind| kind.name()).collect();
                return Err(Error::new(
                    Code::FaultUnknown,
                    format!("faults must be all, none or of {}, was {name}", known.join(", ")),
                )
                .with("fault", name));
            };
            set.0 |= 1 << *kind as u8;
        }
        Ok(set)
    }

    /// Returns the faults of the set.
    pub fn iter(self) -> impl Iterator<Item = FaultKind> {
        FaultKind::ALL.iter().copied().filter(move |kind| self.0 >> *kind as u8 & 1 == 1)
    }
}

/// Until when each fault lasts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Windows([i64; FaultKind::ALL.len()]);

impl Windows {
    pub fn open(&mut self, kind: FaultKind, until_ns: i64) {
        if let Some(end) = self.0.get_mut(kind as usize) {
            *end = (*end).max(until_ns);
        }
    }

    pub fn active(&self, kind: FaultKind, now_ns: i64) -> bool {
        self.0.get(kind as usize).is_some_and(|end| *end > now_ns)
    }

    pub fn close_all(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_and_refuses_others() {
        let two: Vec<FaultKind> = FaultSet::parse("loss, crash").unwrap().iter().collect();
        assert_eq!(two, [FaultKind::Loss, FaultKind::Crash]);
        assert_eq!(FaultSet::parse("all").unwrap().iter().count(), FaultKind::ALL.len());
        assert_eq!(FaultSet::parse("none").unwrap().iter().count(), 0);
        assert_eq!(FaultSet::parse("los").map_err(|e| e.code()), Err(Code::FaultUnknown));
    }
}
