//! How a journal is kept: when it reaches the disk, how its segments are cut, packed and given up, and who hears of its head.

use crate::journal_anchor::AnchorStore;
use crate::journal_segment::SEGMENT_BYTES_MAX;
use holdfast_core::{Code, Error, Result, Timestamp};
use std::num::NonZeroU64;

/// Longest age that `SyncPolicy::Batch` takes: a minute.
pub const BATCH_AGE_MS_MAX: u32 = 60_000;

/// When records reach the disk itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SyncPolicy {
    /// `fsync` at each commit: for sessions whose commands leave the machine.
    #[default]
    Always,
    /// `fsync` at the first record or commit that finds unsynced records this old, by the times that records carry.
    Batch {
        /// Bound of the age, milliseconds.
        age_ms_max: u32,
    },
    /// Leave it to the operating system: for simulations, which can be run again.
    Os,
}

impl SyncPolicy {
    /// Reads `always`, `os` or `batch:MILLISECONDS`.
    ///
    /// # Errors
    /// `CONFIG_INVALID`.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = || {
            Error::new(
                Code::ConfigInvalid,
                format!(
                    "journal policy must be always, os or batch:1 to batch:{BATCH_AGE_MS_MAX}, was {text}"
                ),
            )
            .with("value", text)
        };
        match (text, text.strip_prefix("batch:")) {
            ("always", _) => Ok(Self::Always),
            ("os", _) => Ok(Self::Os),
            (_, Some(age)) => age
                .parse()
                .ok()
                .filter(|age| (1..=BATCH_AGE_MS_MAX).contains(age))
                .map(|age_ms_max| Self::Batch { age_ms_max })
                .ok_or_else(invalid),
            _ => Err(invalid()),
        }
    }

    /// Returns whether records are due on the disk at a commit.
    pub(crate) fn is_due(self, oldest_unsynced: Timestamp, newest: Timestamp) -> bool {
        match self {
            Self::Always => true,
            Self::Batch { .. } => self.is_too_old(oldest_unsynced, newest),
            Self::Os => false,
        }
    }

    /// Returns whether records wait longer than the policy lets them, commit or not.
    pub(crate) fn is_too_old(self, oldest_unsynced: Timestamp, newest: Timestamp) -> bool {
        match self {
            Self::Batch { age_ms_max } => {
                newest.since(oldest_unsynced) >= i64::from(age_ms_max) * 1_000_000
            }
            Self::Always | Self::Os => false,
        }
    }
}

/// How many sealed segments stay; the one that is being written always does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Most sealed segments; `None` keeps all.
    pub segments_max: Option<u32>,
    /// Most bytes of sealed segments on the disk; `None` keeps all.
    pub bytes_max: Option<u64>,
    /// Whether only segments are given up that end before every valid snapshot: what a restart needs stays then.
    pub behind_snapshots: bool,
}

/// How a journal is kept.
#[derive(Debug)]
pub struct JournalOptions {
    /// When records reach the disk.
    pub policy: SyncPolicy,
    /// A segment is sealed when it has grown past this.
    pub segment_bytes_max: usize,
    /// Whether sealed segments are packed.
    pub packs_sealed: bool,
    /// Which sealed segments stay.
    pub retention: Retention,
    /// Who keeps the head of the chain outside.
    pub anchor: Option<Anchoring>,
    /// The time at which the journal is opened, for the age of a lock that is held by somebody else.
    pub opened_at: Option<Timestamp>,
    /// Whether a thread of the journal's own hashes and writes while the engine goes on. What stands on the disk, and when
    /// a commit returns, is the same without. It helps where many records lie between two commits and a processor is free;
    /// where none is, waiting for the thread costs more than it saves.
    pub pipelined: bool,
}

/// Hands the head of the chain out every so many records.
#[derive(Debug)]
pub struct Anchoring {
    /// Who takes it.
    pub store: Box<dyn AnchorStore>,
    /// Records between two heads; the last head is handed out at the close in any case.
    pub every_records: NonZeroU64,
}

impl JournalOptions {
    /// Returns options with a policy: segments of 64 MiB, none packed, none given up, no anchor, no thread.
    #[must_use]
    pub const fn new(policy: SyncPolicy) -> Self {
        Self {
            policy,
            segment_bytes_max: SEGMENT_BYTES_MAX,
            packs_sealed: false,
            retention: Retention { segments_max: None, bytes_max: None, behind_snapshots: false },
            anchor: None,
            opened_at: None,
            pipelined: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_three_policies_and_nothing_else() {
        assert_eq!(SyncPolicy::parse("always"), Ok(SyncPolicy::Always));
        assert_eq!(SyncPolicy::parse("os"), Ok(SyncPolicy::Os));
        assert_eq!(SyncPolicy::parse("batch:50"), Ok(SyncPolicy::Batch { age_ms_max: 50 }));
        for text in ["", "batch", "batch:0", "batch:60001", "batch:-1", "never", "Always"] {
            assert_eq!(SyncPolicy::parse(text).unwrap_err().code(), Code::ConfigInvalid, "{text}");
        }
        assert_eq!(SyncPolicy::default(), SyncPolicy::Always);
    }
}
