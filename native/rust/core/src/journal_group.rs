//! Groups of records that share one link of the chain.
//!
//! Every record has its checksum, and the last of a group also the chain's hash over all of it: one hash over some kilobytes
//! costs a fraction of one over each record. A record with a hash has `RECORD_VERSION`, so that a journal in which every
//! record has its own is one of groups of one; a record before the last has `OPEN_RECORD_VERSION` and is shorter by the hash.

mod writer;

pub use writer::GroupWriter;

use crate::clock::Timestamp;
use crate::code::Code;
use crate::error::{Error, Result};
use crate::journal_record::{
    Chain, HEADER_BYTES, PAYLOAD_BYTES_MAX, RECORD_VERSION, Record, RecordKind, TRAILER_BYTES,
    later_version,
};
use blake3::Hasher;

/// Version of a record whose hash stands with a later one.
pub const OPEN_RECORD_VERSION: u8 = 2;
/// Bytes after the payload of such a record: its checksum.
pub const OPEN_TRAILER_BYTES: usize = 4;
/// A group ends when it has grown to this many bytes: as many as the hash can take at once.
pub const GROUP_BYTES: usize = 16 << 10;
/// Longest group that is read: what damaged or forged bytes can make a reader wait for.
pub const GROUP_BYTES_MAX: usize = GROUP_BYTES + HEADER_BYTES + PAYLOAD_BYTES_MAX + TRAILER_BYTES;

pub(crate) const VERSION_AT: usize = 5;

/// A group of which some records were written, or given out, and not the one with its hash.
pub type OpenGroup = Option<Box<Hasher>>;

/// A record whose checksum holds, as it lies in the bytes.
struct Frame<'a> {
    version: u8,
    kind: u8,
    /// Bytes of header and payload, and of all of it.
    content: usize,
    total: usize,
    /// The chain's hash, where it has one.
    hash: Option<&'a [u8; 32]>,
}

fn corrupt(sequence: u64, what: &str) -> Error {
    Error::new(Code::JournalCorrupt, format!("record {sequence} is corrupt: {what}"))
        .with("sequence", sequence)
}

fn truncated(sequence: u64) -> Error {
    Error::new(Code::JournalTruncated, format!("journal ends inside record {sequence}"))
        .with("sequence", sequence)
}

/// Checks the record at the start of the bytes as the one of this sequence, but for its hash and its kind.
fn framed(bytes: &[u8], sequence: u64) -> Result<Frame<'_>> {
    let head = bytes.first_chunk::<HEADER_BYTES>().ok_or_else(|| truncated(sequence))?;
    let (length, version) = length_and_version(head);
    if length > PAYLOAD_BYTES_MAX {
        return Err(corrupt(sequence, "its length is past the bound"));
    }
    let content = HEADER_BYTES + length;
    let total = content + trailer_bytes(version);
    let whole = bytes.get(..total).ok_or_else(|| truncated(sequence))?;
    let (body, checksum) = whole.split_at(total - 4);
    if crc32fast::hash(body).to_le_bytes() != checksum {
        return Err(corrupt(sequence, "its checksum differs"));
    }
    let mut found = [0_u8; 8];
    found.copy_from_slice(&head[8..16]);
    if u64::from_le_bytes(found) != sequence || version < RECORD_VERSION {
        return Err(corrupt(sequence, "its sequence or version differs"));
    }
    let hash = body.get(content..).and_then(|rest| rest.first_chunk::<32>());
    Ok(Frame { version, kind: head[4], content, total, hash })
}

fn kind_of(number: u8, sequence: u64) -> Result<RecordKind> {
    RecordKind::from_number(number).map_err(|_| corrupt(sequence, "its kind is unknown"))
}

fn length_and_version(head: &[u8; HEADER_BYTES]) -> (usize, u8) {
    (u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize, head[VERSION_AT])
}

/// Returns the bytes behind the payload; of a version that is not known as those of a record with a hash.
const fn trailer_bytes(version: u8) -> usize {
    if version == OPEN_RECORD_VERSION { OPEN_TRAILER_BYTES } else { TRAILER_BYTES }
}

/// Returns whether the bytes begin with a record whose checksum holds, whatever chain it belongs to.
#[must_use]
pub fn holds_checksum(bytes: &[u8]) -> bool {
    let Some(head) = bytes.first_chunk::<HEADER_BYTES>() else { return false };
    let (length, version) = length_and_version(head);
    let body = HEADER_BYTES + length + trailer_bytes(version) - 4;
    let is_known = matches!(version, RECORD_VERSION | OPEN_RECORD_VERSION);
    if length > PAYLOAD_BYTES_MAX || !is_known {
        return false;
    }
    let (Some(content), Some(checksum)) = (bytes.get(..body), bytes.get(body..body + 4)) else {
        return false;
    };
    crc32fast::hash(content).to_le_bytes() == checksum
}

/// Returns whether a record, of which header and payload are given, is the last of its group.
#[must_use]
pub fn ends_group(content: &[u8]) -> bool {
    content.get(VERSION_AT) != Some(&OPEN_RECORD_VERSION)
}

/// Returns whether the bytes begin with all records of a group; nothing of it is verified.
///
/// # Errors
/// `JOURNAL_CORRUPT` for a record or a group past its bound.
pub fn holds_group(bytes: &[u8]) -> Result<bool> {
    let mut offset = 0;
    while let Some(head) = bytes.get(offset..).and_then(|rest| rest.first_chunk::<HEADER_BYTES>()) {
        let (length, version) = length_and_version(head);
        if length > PAYLOAD_BYTES_MAX || offset > GROUP_BYTES_MAX {
            return Err(Error::new(
                Code::JournalCorrupt,
                format!(
                    "record must have a payload of at most {PAYLOAD_BYTES_MAX} bytes and end its group, has {length}"
                ),
            ));
        }
        offset += HEADER_BYTES + length + trailer_bytes(version);
        if version != OPEN_RECORD_VERSION {
            return Ok(bytes.len() >= offset);
        }
    }
    Ok(false)
}

/// What is known of the records that come next.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// Sequence behind the last of them.
    end: u64,
    /// The chain's head behind them; `None` when their group does not end before damage or the end of the bytes.
    head: Option<[u8; 32]>,
}

/// Reads records group by group: a group is proven before its first record is given out. What stands whole before damage or
/// a torn end is given out as well, and the error follows.
#[derive(Debug, Clone, Default)]
pub struct GroupReader {
    chain: Chain,
    seen: Option<Seen>,
    /// The records that were given out of a group whose end was not there.
    open: OpenGroup,
}

impl GroupReader {
    /// Stands where the chain stands.
    #[must_use]
    pub const fn at(chain: Chain) -> Self {
        Self { chain, seen: None, open: None }
    }

    /// Returns the sequence of the next record, and the head of the chain behind the last group that was given out whole.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Returns whether the next record was looked at already, with its group.
    #[must_use]
    pub const fn has_seen(&self) -> bool {
        self.seen.is_some()
    }

    /// Returns whether a group was given out in part whose end was not there.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Returns what was given out of a group whose end was not there, for a writer that goes on with it.
    #[must_use]
    pub fn open(&self) -> OpenGroup {
        self.open.clone()
    }

    /// Takes the group that comes next as one that was looked at, for a caller that knows it to be intact: its last record is
    /// the one before `end`, and `head` the hash that stands with it. In the midst of a group it changes nothing.
    pub const fn trust(&mut self, end: u64, head: [u8; 32]) {
        if self.seen.is_none() && self.open.is_none() {
            self.seen = Some(Seen { end, head: Some(head) });
        }
    }

    /// Returns the record at the start of the bytes and moves behind it; `None` at the end of the bytes.
    ///
    /// # Errors
    /// `JOURNAL_TRUNCATED` when the bytes end inside the record or before its group does, `JOURNAL_CORRUPT` when a byte differs,
    /// `JOURNAL_VERSION`; all name the sequence, and nothing moves.
    #[inline]
    pub fn advance<'a>(&mut self, bytes: &'a [u8]) -> Result<Option<Record<'a>>> {
        let sequence = self.chain.next_sequence;
        if bytes.is_empty() {
            return if self.open.is_none() { Ok(None) } else { Err(without_end(sequence)) };
        }
        let seen = match self.seen {
            Some(seen) => seen,
            None => self.look(bytes)?,
        };
        let record = trusted(bytes, sequence)?;
        if seen.head.is_none() {
            let bytes = bytes.get(..record.bytes).unwrap_or_default();
            let head = self.chain.head;
            self.open.get_or_insert_with(|| Box::new(Hasher::new_keyed(&head))).update(bytes);
        }
        self.chain.next_sequence += 1;
        self.seen = Some(seen).filter(|seen| seen.end > self.chain.next_sequence);
        if let (None, Some(head)) = (self.seen, seen.head) {
            self.chain.head = head;
            self.open = None;
        }
        Ok(Some(record))
    }

    /// Looks at the rest of the group that begins the bytes, or at what is whole of it.
    fn look(&self, bytes: &[u8]) -> Result<Seen> {
        let first = self.chain.next_sequence;
        let (mut sequence, mut offset) = (first, 0);
        loop {
            let rest = bytes.get(offset..).unwrap_or_default();
            let frame = match framed(rest, sequence) {
                Ok(frame) => frame,
                Err(error) if sequence == first => return Err(error),
                Err(_) => return Ok(Seen { end: sequence, head: None }),
            };
            if let Some(hash) = frame.hash {
                self.prove(
                    bytes.get(..offset + frame.content).unwrap_or_default(),
                    hash,
                    sequence,
                )?;
                if frame.version != RECORD_VERSION {
                    return Err(later_version(sequence, frame.version, OPEN_RECORD_VERSION));
                }
            } else if offset > GROUP_BYTES_MAX {
                return Err(corrupt(first, "its group is past the bound"));
            }
            kind_of(frame.kind, sequence)?;
            (sequence, offset) = (sequence + 1, offset + frame.total);
            if let Some(hash) = frame.hash {
                return Ok(Seen { end: sequence, head: Some(*hash) });
            }
        }
    }

    /// Compares the hash of a group with what its records give.
    fn prove(&self, records: &[u8], hash: &[u8; 32], last: u64) -> Result<()> {
        let found = match &self.open {
            None => blake3::keyed_hash(&self.chain.head, records),
            Some(open) => open.clone().update(records).finalize(),
        };
        if found.as_bytes() == hash {
            Ok(())
        } else {
            Err(unlinked(self.chain.next_sequence, last))
        }
    }
}

/// Every record of the group has a checksum that holds, so that it cannot be told which of them was changed.
fn unlinked(first: u64, last: u64) -> Error {
    if first == last {
        return corrupt(first, "its hash does not continue the chain");
    }
    corrupt(first, &format!("the hash of records {first} to {last} does not continue the chain"))
        .with("last_sequence", last)
}

fn without_end(sequence: u64) -> Error {
    Error::new(
        Code::JournalTruncated,
        format!("journal ends before record {sequence}, in the midst of a group"),
    )
    .with("sequence", sequence)
}

/// Reads a record that was verified before.
#[inline]
fn trusted(bytes: &[u8], sequence: u64) -> Result<Record<'_>> {
    let head = bytes.first_chunk::<HEADER_BYTES>().ok_or_else(|| truncated(sequence))?;
    let (length, version) = length_and_version(head);
    let content = HEADER_BYTES + length;
    let total = content + trailer_bytes(version);
    let (Some(payload), Some(trailer)) =
        (bytes.get(HEADER_BYTES..content), bytes.get(content..total))
    else {
        return Err(truncated(sequence));
    };
    let mut ts = [0_u8; 8];
    ts.copy_from_slice(&head[16..24]);
    Ok(Record {
        sequence,
        kind: kind_of(head[4], sequence)?,
        ts: Timestamp(i64::from_le_bytes(ts)),
        payload,
        head: trailer.first_chunk::<32>(),
        bytes: total,
        is_of_old: false,
    })
}
