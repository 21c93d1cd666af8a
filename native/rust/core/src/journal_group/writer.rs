//! Records put into groups as they are written.

use super::{GROUP_BYTES, OPEN_RECORD_VERSION, OPEN_TRAILER_BYTES, OpenGroup, VERSION_AT};
use crate::journal_record::{Chain, RECORD_VERSION};
use crate::record_checksum::Checksums;
use crate::stripped_records::StrippedRecord;

/// Puts records into groups.
#[derive(Debug)]
pub struct GroupWriter {
    /// Where the chain stands behind the last whole group.
    sealed: Chain,
    next_sequence: u64,
    /// What an earlier writer left open.
    open: OpenGroup,
    /// The group in the bytes that are being written.
    place: Option<Place>,
    checksums: Checksums,
}

/// Where a group stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Its beginning, and that of its last record.
    group: usize,
    last: usize,
    form: Form,
}

/// How the last record of a group stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As it was given, without anything behind it.
    Given,
    /// As one that others follow, without its checksum, and with it.
    Open,
    Closed,
}

impl Default for GroupWriter {
    fn default() -> Self {
        Self::behind(Chain::default(), None)
    }
}

impl GroupWriter {
    /// Goes on behind the last record of a journal.
    #[must_use]
    pub fn behind(chain: Chain, open: OpenGroup) -> Self {
        let (next_sequence, checksums) = (chain.next_sequence, Checksums::default());
        Self { sealed: chain, next_sequence, open, place: None, checksums }
    }

    /// Returns where the chain stands behind the last whole group.
    #[must_use]
    pub const fn sealed(&self) -> &Chain {
        &self.sealed
    }

    /// Returns the sequence of the next record.
    #[must_use]
    pub const fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// Appends a record of which header and payload stand in `content`; `out` holds all of the group, and the group ends with
    /// it when it has become long.
    pub fn append(&mut self, out: &mut Vec<u8>, content: &[u8]) {
        let group = self.go_on(out);
        self.place = Some(Place { group, last: out.len(), form: Form::Given });
        out.extend_from_slice(content);
        self.next_sequence += 1;
        if out.len() - group >= GROUP_BYTES {
            self.seal(out);
        }
    }

    /// As `append`, of a record that was kept for a group: it gets its checksum at once, as if others followed it, and what is
    /// different in the last of a group is put right where the group ends.
    pub fn append_kept(&mut self, out: &mut Vec<u8>, record: StrippedRecord<'_>) {
        let content = record.content();
        if content.get(VERSION_AT) != Some(&OPEN_RECORD_VERSION) {
            return self.append(out, content);
        }
        let group = self.go_on(out);
        let last = out.len();
        out.extend_from_slice(content);
        self.next_sequence += 1;
        let is_full = out.len() - group >= GROUP_BYTES;
        let form = if is_full { Form::Open } else { Form::Closed };
        self.place = Some(Place { group, last, form });
        if is_full {
            self.seal(out);
        } else {
            out.extend_from_slice(&record.checksum(&self.checksums).to_le_bytes());
        }
    }

    /// Returns how many bytes at the end are written anew when the group ends.
    #[must_use]
    pub fn provisional_bytes(&self) -> usize {
        let is_closed = self.place.is_some_and(|place| place.form == Form::Closed);
        if is_closed { OPEN_TRAILER_BYTES } else { 0 }
    }

    /// Ends the record before the next one, and returns where the group begins.
    fn go_on(&self, out: &mut Vec<u8>) -> usize {
        let Some(place) = self.place else { return out.len() };
        if place.form != Form::Closed {
            close_open(out, place.last);
        }
        place.group
    }

    /// Ends the group; without a record since the last end there is nothing to do.
    pub fn seal(&mut self, out: &mut Vec<u8>) {
        self.seal_known(out, |_| None);
    }

    /// As `seal`, for a caller that may know the hash of the group's records behind the head that stands before them.
    pub fn seal_known(&mut self, out: &mut Vec<u8>, known: impl FnOnce(&[u8]) -> Option<[u8; 32]>) {
        let provisional = self.provisional_bytes();
        let Some(Place { group, last, form }) = self.place.take() else { return };
        out.truncate(out.len() - provisional);
        if let (Form::Open | Form::Closed, Some(version)) = (form, out.get_mut(last + VERSION_AT)) {
            *version = RECORD_VERSION;
        }
        let records = out.get(group..).unwrap_or_default();
        let head = match self.open.take() {
            None => known(records)
                .unwrap_or_else(|| *blake3::keyed_hash(&self.sealed.head, records).as_bytes()),
            Some(mut open) => *open.update(records).finalize().as_bytes(),
        };
        out.extend_from_slice(&head);
        let checksum = crc32fast::hash(out.get(last..).unwrap_or_default());
        out.extend_from_slice(&checksum.to_le_bytes());
        self.sealed = Chain { head, next_sequence: self.next_sequence };
    }
}

/// Ends a record that another one of its group follows.
fn close_open(out: &mut Vec<u8>, record: usize) {
    if let Some(version) = out.get_mut(record + VERSION_AT) {
        *version = OPEN_RECORD_VERSION;
    }
    let checksum = crc32fast::hash(out.get(record..).unwrap_or_default());
    out.extend_from_slice(&checksum.to_le_bytes());
}
