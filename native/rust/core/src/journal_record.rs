//! The journal's record: header, payload, BLAKE3 chain and checksum.
//!
//! `chain(n)` is BLAKE3 of header and payload, keyed with `chain(n-1)`, so a change of any byte breaks every later record; the
//! CRC-32 over all of it tells a torn tail from a forged record without the chain. Keying costs no input, where a prefix of
//! 32 bytes would. Here every record has a hash of its own; the journal's files have one for several, see `journal_group`.

use crate::clock::Timestamp;
use crate::code::Code;
use crate::error::{Error, Result};
use crate::order::vocabulary;
use crate::wire::{Encode, Layout, append_encoded};

/// Bytes before the payload: length, kind, version, reserved, sequence, time.
pub const HEADER_BYTES: usize = 24;
/// Bytes after the payload: chain and checksum.
pub const TRAILER_BYTES: usize = 36;
/// Longest payload; the session's configuration is the largest record.
pub const PAYLOAD_BYTES_MAX: usize = 1 << 20;
/// Version of the layout of a record with a hash.
pub const RECORD_VERSION: u8 = 1;

/// The value of the chain before the first record.
pub const GENESIS: [u8; 32] = *b"holdfast journal genesis v1.....";

vocabulary! {
    /// Kind of a record. Inputs are replayed; outputs are compared with what the replay gives.
    RecordKind {
        SessionOpened = 1 "session_opened", Bar = 2 "bar", OrderSubmitted = 3 "order_submitted",
        CancelRequested = 4 "cancel_requested", VenueReport = 5 "venue_report", Funding = 6 "funding",
        Failure = 7 "failure", Trade = 8 "trade", Quote = 9 "quote",
        AmendRequested = 10 "amend_requested", TrackLost = 11 "track_lost", JournalResumed = 12 "journal_resumed",
        ModeChanged = 14 "mode_changed", RateChanged = 15 "rate_changed",
        Verdict = 16 "verdict", OrderChanged = 17 "order_changed",
        PositionChanged = 18 "position_changed", DayClosed = 19 "day_closed", OrderDerived = 20 "order_derived",
        OrderListJudged = 21 "order_list_judged", InterestCharged = 22 "interest_charged",
        ReconciliationItem = 23 "reconciliation_item", ReconciliationClosed = 24 "reconciliation_closed",
        ReconciliationState = 25 "reconciliation_state",
        LimitsChanged = 26 "limits_changed", StrategyThrottled = 27 "strategy_throttled",
        SessionClosed = 32 "session_closed",
        VenueSnapshot = 40 "venue_snapshot", ReconciliationDecision = 41 "reconciliation_decision",
        LimitsRequested = 48 "limits_requested", GateSignal = 49 "gate_signal",
        FuseRefused = 50 "fuse_refused", CapitalPlanned = 51 "capital_planned",
        RiskMeasured = 52 "risk_measured", TradeClosed = 55 "trade_closed",
        RouteChosen = 56 "route_chosen",
    }
}

impl RecordKind {
    /// Returns whether the record came from outside the engine: numbers below 16, from 40 to 52, and 56.
    #[must_use]
    pub const fn is_input(self) -> bool {
        matches!(self as u8, 0..16 | 40..53 | 56)
    }
}

/// The running chain of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain {
    /// Hash of the last record.
    pub head: [u8; 32],
    /// Sequence of the next record.
    pub next_sequence: u64,
}

impl Default for Chain {
    fn default() -> Self {
        Self { head: GENESIS, next_sequence: 0 }
    }
}

/// A record that was read and verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// Place in the journal, from 0.
    pub sequence: u64,
    /// Kind.
    pub kind: RecordKind,
    /// Time of the event it records.
    pub ts: Timestamp,
    /// Encoded content.
    pub payload: &'a [u8],
    /// Head of the chain with this record, where the chain has one there.
    pub head: Option<&'a [u8; 32]>,
    /// Bytes it takes in the file.
    pub bytes: usize,
    /// Whether it stands in a segment of the format before this one, in which an engine told less; who knows the segment says
    /// so.
    pub is_of_old: bool,
}

/// Returns the header but for the length, which is known when the payload stands.
pub(crate) fn header(kind: RecordKind, sequence: u64, ts: Timestamp) -> [u8; HEADER_BYTES] {
    let mut bytes = [0_u8; HEADER_BYTES];
    bytes[4] = kind as u8;
    bytes[5] = RECORD_VERSION;
    bytes[8..16].copy_from_slice(&sequence.to_le_bytes());
    bytes[16..24].copy_from_slice(&ts.0.to_le_bytes());
    bytes
}

/// Returns the most bytes that the payload may have.
pub(crate) fn payload_bound(content: &(impl Encode + ?Sized)) -> Result<usize> {
    let bound = content.encoded_bytes_max();
    if bound <= PAYLOAD_BYTES_MAX {
        return Ok(bound);
    }
    Err(Error::new(
        Code::CapacityExhausted,
        format!("payload must have at most {PAYLOAD_BYTES_MAX} bytes, may have {bound}"),
    ))
}

impl Chain {
    /// Appends one record to `out` and moves the chain.
    ///
    /// # Errors
    /// `CAPACITY_EXHAUSTED` when the payload is longer than `PAYLOAD_BYTES_MAX`.
    pub fn append(
        &mut self,
        out: &mut Vec<u8>,
        kind: RecordKind,
        ts: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        payload_bound(content)?;
        let start = out.len();
        out.extend_from_slice(&header(kind, self.next_sequence, ts));
        let length = append_encoded(out, Layout::Compact, content) as u32;
        out[start..start + 4].copy_from_slice(&length.to_le_bytes());
        self.close_record(out, start);
        Ok(())
    }

    /// Appends a record of which header and payload stand in `content`, with its hash and checksum.
    pub fn append_stripped(&mut self, out: &mut Vec<u8>, content: &[u8]) {
        let start = out.len();
        out.extend_from_slice(content);
        self.close_record(out, start);
    }

    fn close_record(&mut self, out: &mut Vec<u8>, start: usize) {
        let head = *blake3::keyed_hash(&self.head, &out[start..]).as_bytes();
        out.extend_from_slice(&head);
        let checksum = crc32fast::hash(&out[start..]);
        out.extend_from_slice(&checksum.to_le_bytes());
        self.head = head;
        self.next_sequence += 1;
    }

    /// Verifies the record at the start of `bytes`, which must have a hash of its own, and moves the chain; `None` at the end
    /// of the bytes.
    ///
    /// # Errors
    /// `JOURNAL_TRUNCATED` when the bytes end inside the record, `JOURNAL_CORRUPT` when a byte differs; both name the
    /// sequence and the chain does not move.
    pub fn verify<'a>(&mut self, bytes: &'a [u8]) -> Result<Option<Record<'a>>> {
        if bytes.is_empty() {
            return Ok(None);
        }
        let sequence = self.next_sequence;
        let corrupt = |what: &str| {
            Error::new(Code::JournalCorrupt, format!("record {sequence} is corrupt: {what}"))
                .with("sequence", sequence)
        };
        let truncated = || {
            Error::new(Code::JournalTruncated, format!("journal ends inside record {sequence}"))
                .with("sequence", sequence)
        };
        let head = bytes.first_chunk::<HEADER_BYTES>().ok_or_else(truncated)?;
        let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
        if length > PAYLOAD_BYTES_MAX {
            return Err(corrupt("its length is past the bound"));
        }
        let total = HEADER_BYTES + length + TRAILER_BYTES;
        let record = bytes.get(..total).ok_or_else(truncated)?;
        let (body, checksum) = record.split_at(total - 4);
        if crc32fast::hash(body).to_le_bytes() != checksum {
            return Err(corrupt("its checksum differs"));
        }
        let (content, chain) = body.split_at(HEADER_BYTES + length);
        let expected = *blake3::keyed_hash(&self.head, content).as_bytes();
        if expected != chain {
            return Err(corrupt("its hash does not continue the chain"));
        }
        let mut eight = [0_u8; 8];
        eight.copy_from_slice(&content[8..16]);
        if content[5] > RECORD_VERSION {
            return Err(later_version(sequence, content[5], RECORD_VERSION));
        }
        if u64::from_le_bytes(eight) != sequence || content[5] != RECORD_VERSION {
            return Err(corrupt("its sequence or version differs"));
        }
        eight.copy_from_slice(&content[16..24]);
        let kind =
            RecordKind::from_number(content[4]).map_err(|_| corrupt("its kind is unknown"))?;
        let head = chain.first_chunk::<32>().ok_or_else(truncated)?;
        // The bytes that were just compared and not the hash that was computed: so the next record's hash can begin before
        // this one's has ended.
        self.head = *head;
        self.next_sequence += 1;
        Ok(Some(Record {
            sequence,
            kind,
            ts: Timestamp(i64::from_le_bytes(eight)),
            payload: &content[HEADER_BYTES..],
            head: Some(head),
            bytes: total,
            is_of_old: false,
        }))
    }
}

/// The checksum and the chain hold, so that the version is what was written and no damage.
pub(crate) fn later_version(sequence: u64, found: u8, supported: u8) -> Error {
    Error::new(
        Code::JournalVersion,
        format!(
            "record {sequence} must have version {supported}, which this version reads; it has version {found}"
        ),
    )
    .with("sequence", sequence)
    .with("found", found)
    .with("supported", supported)
}

/// Prints a hash as lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8; 32]) -> String {
    blake3::Hash::from_bytes(*bytes).to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal_group::holds_checksum;
    use proptest::prelude::*;

    fn journal(payloads: &[Vec<u8>]) -> Vec<u8> {
        let mut chain = Chain::default();
        let mut out = Vec::new();
        for (index, payload) in payloads.iter().enumerate() {
            chain
                .append(&mut out, RecordKind::Bar, Timestamp(index as i64), payload.as_slice())
                .unwrap();
        }
        out
    }

    /// Returns how many records are intact and the error that ends the reading.
    fn read(bytes: &[u8]) -> (u64, Option<Code>) {
        let mut chain = Chain::default();
        let mut rest = bytes;
        loop {
            match chain.verify(rest) {
                Ok(Some(record)) => rest = &rest[record.bytes..],
                Ok(None) => return (chain.next_sequence, None),
                Err(error) => return (chain.next_sequence, Some(error.code())),
            }
        }
    }

    #[test]
    fn what_was_appended_is_verified() {
        let bytes = journal(&[vec![1, 2, 3], vec![], vec![9; 100]]);
        assert_eq!(read(&bytes), (3, None));
        assert!(RecordKind::Bar.is_input() && !RecordKind::Verdict.is_input());
        assert_eq!(hex(&GENESIS).len(), 64);
    }

    #[test]
    fn a_record_of_a_later_version_is_refused_with_both_versions_named() {
        let mut bytes = journal(&[vec![1, 2, 3]]);
        bytes[5] = RECORD_VERSION + 1;
        let content = HEADER_BYTES + 3;
        let head = *blake3::keyed_hash(&GENESIS, &bytes[..content]).as_bytes();
        bytes[content..content + 32].copy_from_slice(&head);
        let checksum = crc32fast::hash(&bytes[..content + 32]);
        bytes[content + 32..].copy_from_slice(&checksum.to_le_bytes());
        let error = Chain::default().verify(&bytes).unwrap_err();
        assert_eq!(error.code(), Code::JournalVersion);
        assert!(error.to_string().contains("version 1") && error.to_string().contains("version 2"));
    }

    #[test]
    fn too_long_a_payload_is_refused() {
        let mut out = Vec::new();
        let long = vec![0; PAYLOAD_BYTES_MAX + 1];
        let error = Chain::default()
            .append(&mut out, RecordKind::Bar, Timestamp(0), long.as_slice())
            .unwrap_err();
        assert_eq!(error.code(), Code::CapacityExhausted);
        assert!(out.is_empty());
    }

    #[test]
    fn every_flipped_bit_is_found_in_its_record() {
        let payloads = [vec![1, 2, 3], vec![4; 40], vec![5]];
        let bytes = journal(&payloads);
        let lengths: Vec<usize> =
            payloads.iter().map(|p| HEADER_BYTES + p.len() + TRAILER_BYTES).collect();
        for index in 0..bytes.len() {
            for bit in 0..8 {
                let mut forged = bytes.clone();
                forged[index] ^= 1 << bit;
                let record = if index < lengths[0] {
                    0
                } else if index < lengths[0] + lengths[1] {
                    1
                } else {
                    2
                };
                let (intact, code) = read(&forged);
                assert_eq!(intact, record, "byte {index} bit {bit}");
                assert!(code.is_some());
            }
        }
    }

    #[test]
    fn every_cut_is_found() {
        let bytes = journal(&[vec![1, 2, 3], vec![4; 40]]);
        let first = HEADER_BYTES + 3 + TRAILER_BYTES;
        for length in 0..bytes.len() {
            let (intact, code) = read(&bytes[..length]);
            assert_eq!(intact, u64::from(length >= first));
            assert_eq!(code, (length != 0 && length != first).then_some(Code::JournalTruncated));
        }
    }

    #[test]
    fn inputs_are_the_numbers_below_16_from_40_to_52_and_56() {
        for number in 0..=u8::MAX {
            if let Ok(kind) = RecordKind::from_number(number) {
                let is_input = number < 16 || (40..=52).contains(&number) || number == 56;
                assert_eq!(kind.is_input(), is_input, "{number}");
            }
        }
    }

    #[test]
    fn a_payload_of_the_largest_length_is_written_and_read_and_a_longer_one_is_corrupt() {
        let mut bytes = journal(&[vec![7; PAYLOAD_BYTES_MAX]]);
        assert_eq!(read(&bytes), (1, None));
        assert!(holds_checksum(&bytes));
        bytes[..4].copy_from_slice(&(PAYLOAD_BYTES_MAX as u32 + 1).to_le_bytes());
        assert_eq!(read(&bytes), (0, Some(Code::JournalCorrupt)));
        bytes.insert(HEADER_BYTES, 7);
        let body = bytes.len() - 4;
        let checksum = crc32fast::hash(&bytes[..body]);
        bytes[body..].copy_from_slice(&checksum.to_le_bytes());
        assert!(!holds_checksum(&bytes), "whatever its checksum says");
        bytes[..4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(read(&bytes), (0, Some(Code::JournalCorrupt)));
        assert!(!holds_checksum(&bytes));
    }

    #[test]
    fn a_sequence_or_a_version_that_continues_no_chain_is_corrupt_even_when_its_hash_holds() {
        for (byte, value) in [(8, 1), (5, RECORD_VERSION - 1)] {
            let mut bytes = journal(&[vec![1, 2, 3]])[..HEADER_BYTES + 3].to_vec();
            bytes[byte] = value;
            let mut forged = Vec::new();
            Chain::default().append_stripped(&mut forged, &bytes);
            assert_eq!(read(&forged), (0, Some(Code::JournalCorrupt)), "byte {byte}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 1..300)) {
            prop_assert!(read(&bytes).1.is_some());
        }
    }
}
