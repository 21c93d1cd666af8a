//! Reading ahead: one thread verifies the records that another one is about to visit.
//!
//! The chain makes verification as slow as its hashes, and a replay as slow as its engine; neither waits for the other's
//! result, so that the slower of the two is what a replay takes.

use crate::journal_reader::{JournalReader, JournalSummary};
use holdfast_core::journal_record::{Record, RecordKind};
use holdfast_core::{Code, Error, Result, Timestamp};
use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

/// A block is handed over when it has grown past this: large enough that handing over costs nothing beside its records,
/// small enough to stay in a core's cache.
const BLOCK_BYTES: usize = 256 << 10;
/// Blocks that wait for the visitor; the verifying thread pauses beyond them.
const BLOCKS_AHEAD: usize = 4;

/// Where a verified record lies in its block.
#[derive(Debug)]
struct Place {
    sequence: u64,
    kind: RecordKind,
    ts: Timestamp,
    payload: Range<usize>,
    head: Option<[u8; 32]>,
    bytes: usize,
    is_of_old: bool,
}

/// Verified records, on their way to the visitor.
#[derive(Debug, Default)]
struct Block {
    payloads: Vec<u8>,
    places: Vec<Place>,
}

impl Block {
    fn push(&mut self, record: &Record<'_>) {
        let start = self.payloads.len();
        self.payloads.extend_from_slice(record.payload);
        self.places.push(Place {
            sequence: record.sequence,
            kind: record.kind,
            ts: record.ts,
            payload: start..self.payloads.len(),
            head: record.head.copied(),
            bytes: record.bytes,
            is_of_old: record.is_of_old,
        });
    }

    /// A block of records without payload is full as well: their places take memory, too.
    fn is_full(&self) -> bool {
        self.payloads.len() + self.places.len() * size_of::<Place>() >= BLOCK_BYTES
    }

    fn emptied(mut self) -> Self {
        self.payloads.clear();
        self.places.clear();
        self
    }

    fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.places.iter().map(|place| Record {
            sequence: place.sequence,
            kind: place.kind,
            ts: place.ts,
            payload: &self.payloads[place.payload.clone()],
            head: place.head.as_ref(),
            bytes: place.bytes,
            is_of_old: place.is_of_old,
        })
    }
}

/// The two ends of the verifying thread: blocks go out full and come back to be filled again.
struct Belt {
    full: SyncSender<Block>,
    empty: Receiver<Block>,
}

impl Belt {
    /// Hands a block over and returns the next to fill.
    ///
    /// # Errors
    /// `SESSION_ABORTED` when nobody visits any more: the visitor's own error is the one that is told.
    fn exchange(&self, block: Block) -> Result<Block> {
        self.full.send(block).map_err(|_| {
            Error::new(Code::SessionAborted, "the visit of the journal ended early")
        })?;
        Ok(self.empty.try_recv().map_or_else(|_| Block::default(), Block::emptied))
    }
}

impl JournalReader {
    /// Visits every record in order as `visit` does, while a second thread verifies those that follow.
    ///
    /// # Errors
    /// As `visit`: every record before a bad one is visited first.
    pub fn visit_ahead(
        &self,
        mut visitor: impl FnMut(&Record<'_>) -> Result<()>,
    ) -> Result<JournalSummary> {
        let (full, to_visit) = sync_channel(BLOCKS_AHEAD);
        let (visited, empty) = channel();
        thread::scope(|scope| {
            let verifying = thread::Builder::new()
                .name("holdfast-journal".into())
                .spawn_scoped(scope, move || self.verify_ahead(&Belt { full, empty }))
                .map_err(|error| {
                    Error::new(Code::JournalIo, format!("journal must be read ahead: {error}"))
                })?;
            visit_blocks(to_visit, &visited, &mut visitor)?;
            verifying.join().unwrap_or_else(|_| {
                Err(Error::new(Code::NativePanic, "the verification of the journal panicked"))
            })
        })
    }

    fn verify_ahead(&self, belt: &Belt) -> Result<JournalSummary> {
        let mut block = Block::default();
        let summary = self.visit(|record| {
            block.push(record);
            if block.is_full() {
                block = belt.exchange(std::mem::take(&mut block))?;
            }
            Ok(())
        });
        // What stands before a bad record was verified, and is visited before the error is told.
        belt.exchange(block)?;
        summary
    }
}

/// Visits blocks until no more come; dropping the receiver at an error ends the verifying thread.
fn visit_blocks(
    to_visit: Receiver<Block>,
    visited: &Sender<Block>,
    visitor: &mut impl FnMut(&Record<'_>) -> Result<()>,
) -> Result<()> {
    for block in to_visit {
        for record in block.records() {
            visitor(&record)?;
        }
        // The verifying thread may have ended: then no block is needed any more.
        let _ = visited.send(block);
    }
    Ok(())
}
