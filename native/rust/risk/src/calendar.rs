//! When orders may be sent: sessions as instants, which the edge has resolved from local times.

use crate::limit_values::invalid;
use holdfast_core::persist::Persist;
use holdfast_core::wire::Reader;
use holdfast_core::{Result, Timestamp};

/// Most sessions of a calendar: four a day for ten years.
pub const SESSIONS_MAX: usize = 16_384;

/// Sessions by rising time, from an instant and until before another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hours(Box<[(i64, i64)]>);

impl Hours {
    /// Reads the written sessions.
    ///
    /// # Errors
    /// `LIMITS_INVALID` when they are no instants, empty, or not by rising time.
    pub fn read(name: &str, sessions: &[[String; 2]]) -> Result<Self> {
        if sessions.len() > SESSIONS_MAX {
            let rule = format!("must have at most {SESSIONS_MAX} sessions");
            return Err(invalid(name, &rule, &sessions.len().to_string()));
        }
        let mut read: Vec<(i64, i64)> = Vec::with_capacity(sessions.len());
        for [from, until] in sessions {
            let before = read.last().map_or(i64::MIN, |session| session.1);
            match (from.parse::<i64>(), until.parse::<i64>()) {
                (Ok(from), Ok(until)) if from < until && from >= before => read.push((from, until)),
                _ => {
                    let rule =
                        "must have sessions by rising time, each from an instant until a later one";
                    return Err(invalid(name, rule, &format!("{from}..{until}")));
                }
            }
        }
        Ok(Self(read.into()))
    }

    /// Returns the instants that are in both; `None` has no bound.
    #[must_use]
    pub fn both(one: Option<&Self>, other: Option<&Self>) -> Option<Self> {
        let (Some(one), Some(other)) = (one, other) else { return one.or(other).cloned() };
        let mut shared = Vec::new();
        for (from, until) in &one.0 {
            for (other_from, other_until) in &other.0 {
                let (start, end) = (*from.max(other_from), *until.min(other_until));
                if start < end {
                    shared.push((start, end));
                }
            }
        }
        Some(Self(shared.into()))
    }

    /// Returns nothing while a session is open, and otherwise the time since the last one ended, or the largest number
    /// before the first.
    #[must_use]
    pub fn closed_for(&self, now: Timestamp) -> Option<i64> {
        let begun = self.0.partition_point(|(from, _)| *from <= now.0);
        match begun.checked_sub(1).and_then(|last| self.0.get(last)) {
            Some((_, until)) if now.0 < *until => None,
            Some((_, until)) => Some(now.0.saturating_sub(*until)),
            None => Some(i64::MAX),
        }
    }
}

impl Persist for Hours {
    fn save(&self, out: &mut Vec<u8>) {
        (self.0.len() as u64).save(out);
        self.0.iter().for_each(|session| session.save(out));
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self(Vec::load(reader)?.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(sessions: &[(i64, i64)]) -> Hours {
        let written: Vec<[String; 2]> =
            sessions.iter().map(|(from, until)| [from.to_string(), until.to_string()]).collect();
        Hours::read("calendars.x", &written).unwrap()
    }

    #[test]
    fn a_session_is_open_from_its_first_instant_until_before_its_last() {
        let day = hours(&[(10, 20), (20, 25), (30, 40)]);
        let closed: Vec<Option<i64>> =
            [9, 10, 19, 20, 25, 29, 30, 41].map(|ns| day.closed_for(Timestamp(ns))).to_vec();
        assert_eq!(closed, [Some(i64::MAX), None, None, None, Some(0), Some(4), None, Some(1)]);
        assert_eq!(Hours::default().closed_for(Timestamp(0)), Some(i64::MAX), "never open");
    }

    #[test]
    fn two_calendars_leave_what_is_in_both() {
        let both = Hours::both(Some(&hours(&[(0, 10), (20, 30)])), Some(&hours(&[(5, 25)])));
        assert_eq!(both, Some(hours(&[(5, 10), (20, 25)])));
        assert_eq!(Hours::both(None, Some(&hours(&[(1, 2)]))), Some(hours(&[(1, 2)])));
    }

    #[test]
    fn sessions_that_run_back_are_refused() {
        for sessions in [vec![["5", "5"]], vec![["0", "9"], ["8", "12"]], vec![["x", "9"]]] {
            let written: Vec<[String; 2]> =
                sessions.iter().map(|pair| pair.map(str::to_string)).collect();
            assert!(Hours::read("calendars.x", &written).is_err());
        }
    }

    #[test]
    fn a_calendar_holds_so_many_sessions_and_not_one_more() {
        let written = |count: usize| -> Vec<[String; 2]> {
            (0..count).map(|at| [(2 * at).to_string(), (2 * at + 1).to_string()]).collect()
        };
        assert!(Hours::read("calendars.x", &written(SESSIONS_MAX)).is_ok());
        assert!(Hours::read("calendars.x", &written(SESSIONS_MAX + 1)).is_err());
    }

    #[test]
    fn sessions_that_only_touch_or_lie_apart_share_no_instant() {
        for other in [(10, 20), (15, 20)] {
            let both = Hours::both(Some(&hours(&[(0, 10)])), Some(&hours(&[other])));
            assert_eq!(both, Some(Hours::default()));
        }
    }

    #[test]
    fn a_snapshot_keeps_every_session() {
        let (day, mut bytes) = (hours(&[(10, 20), (30, 40)]), Vec::new());
        day.save(&mut bytes);
        assert_eq!(Hours::load(&mut Reader::new(&bytes)), Ok(day));
    }
}
