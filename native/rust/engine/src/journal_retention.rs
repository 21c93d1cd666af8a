//! What becomes of sealed segments: packed, and given up when there are too many.

use crate::journal_lock::JournalLock;
use crate::journal_packing::pack_file;
use crate::journal_policy::Retention;
use crate::journal_segment::{SegmentFile, io_error, list_segments, sync_folder};
use crate::snapshot_file::oldest_valid;
use holdfast_core::{Result, Timestamp};
use serde::Serialize;
use std::fs;
use std::path::Path;

/// What was done to the sealed segments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Compacted {
    /// Segments that were packed.
    pub packed: u32,
    /// Segments that were removed.
    pub removed: u32,
    /// Bytes of all segments before.
    pub bytes_before: u64,
    /// Bytes of all segments after.
    pub bytes_after: u64,
}

/// Packs the sealed segments of a journal that nobody is writing, and removes those that are not to be kept.
///
/// # Errors
/// `JOURNAL_NOT_FOUND`, `JOURNAL_LOCKED`, `JOURNAL_IO`, and what a segment does not verify with.
pub fn compact(
    folder: &Path,
    packs: bool,
    retention: Retention,
    now: Option<Timestamp>,
) -> Result<Compacted> {
    list_segments(folder)?;
    let _lock = JournalLock::take(folder, now)?;
    compact_sealed(folder, packs, retention)
}

/// Does the same without a lock: for the journal's own writer, which begins a segment before it tidies the ones before.
pub(crate) fn compact_sealed(
    folder: &Path,
    packs: bool,
    retention: Retention,
) -> Result<Compacted> {
    let mut done = Compacted::default();
    let segments = list_segments(folder)?;
    done.bytes_before = total(&segments)?;
    let sealed = segments.split_last().map_or(&[][..], |(_, rest)| rest);
    if packs {
        for segment in sealed.iter().filter(|segment| !segment.packed) {
            pack_file(folder, segment)?;
            done.packed += 1;
        }
    }
    let segments = list_segments(folder)?;
    let sealed = segments.split_last().map_or(&[][..], |(_, rest)| rest);
    let mut kept = sealed.len();
    let mut bytes = total(sealed)?;
    let needed_from = if retention.behind_snapshots { oldest_valid(folder)? } else { u64::MAX };
    // The oldest go first, so that what stays is one unbroken chain.
    for (segment, next) in sealed.iter().zip(segments.iter().skip(1)) {
        if needed_from != u64::MAX && next.start()?.next_sequence > needed_from {
            break;
        }
        let too_many = retention.segments_max.is_some_and(|most| kept > most as usize);
        if !too_many && retention.bytes_max.is_none_or(|most| bytes <= most) {
            break;
        }
        bytes -= segment.size()?;
        kept -= 1;
        fs::remove_file(&segment.path)
            .map_err(|error| io_error("removed", &segment.path, &error))?;
        done.removed += 1;
    }
    sync_folder(folder)?;
    done.bytes_after = total(&list_segments(folder)?)?;
    Ok(done)
}

fn total(segments: &[SegmentFile]) -> Result<u64> {
    segments.iter().try_fold(0, |sum, segment| Ok(sum + segment.size()?))
}
