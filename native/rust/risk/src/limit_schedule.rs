//! The limits in force and those that are to come: tightening is instant, loosening waits or needs the second key, and may end
//! by itself.

use crate::limit_table::LimitTable;
use crate::limits::LimitsSpec;
use holdfast_core::persist::{Persist, unfit};
use holdfast_core::wire::{Encode, Reader, Writer};
use holdfast_core::{Code, Error, InstrumentSpec, Result, Timestamp};
use serde::{Deserialize, Serialize};

/// A wish for other limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitsChange {
    request: Request,
    /// The journal's form.
    written: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    limits: LimitsSpec,
    /// Whether the second key was brought; the key itself is in no journal.
    second_key: bool,
    /// When a loosening ends by itself.
    until_ns: Option<i64>,
}

impl LimitsChange {
    /// Makes a wish; `keyed` says whether the second key was brought and fits.
    ///
    /// # Errors
    /// `LIMITS_INVALID`.
    pub fn new(limits: LimitsSpec, keyed: bool, until: Option<Timestamp>) -> Result<Self> {
        let request = Request { limits, second_key: keyed, until_ns: until.map(|ts| ts.0) };
        let written = serde_json::to_vec(&request).map_err(|error| {
            Error::new(Code::LimitsInvalid, format!("limits must be representable, {error}"))
        })?;
        Ok(Self { request, written })
    }

    /// Returns the limits that are wished for.
    #[must_use]
    pub const fn limits(&self) -> &LimitsSpec {
        &self.request.limits
    }

    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        let written = reader.rest().to_vec();
        let request = serde_json::from_slice(&written).map_err(|error| {
            Error::new(Code::JournalCorrupt, format!("limits_requested must hold limits, {error}"))
        })?;
        Ok(Self { request, written })
    }
}

impl Encode for LimitsChange {
    fn encoded_bytes_max(&self) -> usize {
        self.written.len()
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.bytes(&self.written);
    }
}

/// Why other limits are in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ChangeCause {
    /// Every limit is as strict as before or stricter.
    Tightened = 0,
    /// The second key was brought.
    LoosenedByKey = 1,
    /// What is stricter holds at once; the rest waits for the delay.
    LooseningWaits = 2,
    /// The delay has passed.
    LoosenedByDelay = 3,
    /// The time of a loosening has ended.
    Ended = 4,
}

impl ChangeCause {
    /// Returns the name used in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tightened => "tightened",
            Self::LoosenedByKey => "loosened_by_key",
            Self::LooseningWaits => "loosening_waits",
            Self::LoosenedByDelay => "loosened_by_delay",
            Self::Ended => "ended",
        }
    }

    /// Returns the cause with this number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Tightened,
            1 => Self::LoosenedByKey,
            2 => Self::LooseningWaits,
            3 => Self::LoosenedByDelay,
            4 => Self::Ended,
            _ => return None,
        })
    }
}

impl Persist for ChangeCause {
    fn save(&self, out: &mut Vec<u8>) {
        out.push(*self as u8);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        Self::from_number(reader.u8()?).ok_or_else(|| unfit("a change of limits must have a cause"))
    }
}

/// Limits that come into force at an instant.
#[derive(Debug, Clone)]
struct Coming {
    at: Timestamp,
    table: LimitTable,
    until: Option<Timestamp>,
}

/// The limits in force, and what is to become of them.
#[derive(Debug, Clone)]
pub struct LimitSchedule {
    table: LimitTable,
    loosening: Option<Coming>,
    /// What comes back when the time of a loosening has ended.
    back: Option<(Timestamp, LimitTable)>,
    /// The earliest of the two, so that a step compares one number.
    next_ns: i64,
}

holdfast_core::persist_fields!(Coming { at, table, until });
holdfast_core::persist_fields!(LimitSchedule { table, loosening, back, next_ns });

impl LimitSchedule {
    /// Starts with these limits.
    #[must_use]
    pub const fn new(table: LimitTable) -> Self {
        Self { table, loosening: None, back: None, next_ns: i64::MAX }
    }

    /// Returns the limits in force.
    #[must_use]
    #[inline]
    pub const fn table(&self) -> &LimitTable {
        &self.table
    }

    /// Returns the instant from which other limits are due.
    #[must_use]
    pub const fn next_ns(&self) -> i64 {
        self.next_ns
    }

    fn plan(&mut self) {
        let loosening = self.loosening.as_ref().map_or(i64::MAX, |coming| coming.at.0);
        let back = self.back.as_ref().map_or(i64::MAX, |(at, _)| at.0);
        self.next_ns = loosening.min(back);
    }

    /// Takes a wish; a later one replaces a loosening that still waits.
    ///
    /// # Errors
    /// `LIMITS_LOOSENING_DENIED`, `LIMITS_INVALID`, `LIMITS_UNKNOWN_KEY`, `LIMITS_CONTRADICTORY`; nothing changes then.
    pub fn request(
        &mut self,
        change: &LimitsChange,
        instruments: &[&InstrumentSpec],
        now: Timestamp,
    ) -> Result<ChangeCause> {
        let (next, until) = (&change.request.limits, change.request.until_ns.map(Timestamp));
        if next.strategies != self.table.spec().strategies {
            return Err(Error::new(
                Code::LimitsInvalid,
                "strategies must stay as they are while a session runs",
            ));
        }
        let next = LimitTable::new(next, instruments)?;
        if next.is_within(&self.table) {
            if let Some((_, before)) = &mut self.back {
                *before = before.tightened_by(&next);
            }
            self.table = next;
            self.loosening = None;
            self.plan();
            return Ok(ChangeCause::Tightened);
        }
        let delay = self.table.spec().change.delay_ns()?;
        let keyed = change.request.second_key;
        let at = match (keyed, delay) {
            (true, _) => now,
            (false, Some(delay)) => Timestamp(now.0.saturating_add(delay)),
            (false, None) => {
                return Err(Error::new(
                    Code::LimitsLooseningDenied,
                    "limits must not become looser without the second key or a delay",
                ));
            }
        };
        if let Some(until) = until.filter(|until| *until <= at) {
            return Err(Error::new(
                Code::LimitsInvalid,
                format!("until_ns must be after the loosening, at {} ns, was {}", at.0, until.0),
            ));
        }
        let before = self.table.clone();
        let coming = Coming { at, table: next, until };
        self.loosening = None;
        if keyed {
            self.loosen(coming, before);
        } else {
            self.table = before.tightened_by(&coming.table);
            self.loosening = Some(coming);
        }
        self.plan();
        Ok(if keyed { ChangeCause::LoosenedByKey } else { ChangeCause::LooseningWaits })
    }

    fn loosen(&mut self, coming: Coming, before: LimitTable) {
        // A loosening within another goes back to what held before both.
        let first = self.back.take().map_or(before, |(_, first)| first);
        self.back = coming.until.map(|until| (until, first));
        self.table = coming.table;
    }

    /// Puts in force what has become due; returns why, if anything has.
    pub fn advance(&mut self, now: Timestamp) -> Option<ChangeCause> {
        if now.0 < self.next_ns {
            return None;
        }
        let mut cause = None;
        if let Some(coming) = self.loosening.take_if(|coming| coming.at <= now) {
            let before = self.table.clone();
            self.loosen(coming, before);
            cause = Some(ChangeCause::LoosenedByDelay);
        }
        if let Some((_, before)) = self.back.take_if(|(at, _)| *at <= now) {
            self.table = before;
            cause = Some(ChangeCause::Ended);
        }
        self.plan();
        cause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_keeps_its_name_and_its_number_in_a_snapshot() {
        let names =
            ["tightened", "loosened_by_key", "loosening_waits", "loosened_by_delay", "ended"];
        for (number, name) in (0_u8..).zip(names) {
            let cause = ChangeCause::from_number(number).unwrap();
            assert_eq!(cause.name(), name);
            let mut bytes = Vec::new();
            cause.save(&mut bytes);
            assert_eq!(bytes, [number]);
            assert_eq!(ChangeCause::load(&mut Reader::new(&bytes)), Ok(cause));
        }
        assert!(ChangeCause::load(&mut Reader::new(&[5])).is_err());
    }
}
