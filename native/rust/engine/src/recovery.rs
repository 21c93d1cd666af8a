//! An engine after a crash: what survived of the journal is replayed, and what the crash cut off is given again.

use crate::engine::Engine;
use crate::replica::Replica;
use holdfast_core::journal_group::{GroupReader, OpenGroup};
use holdfast_core::journal_record::{Chain, Record, RecordKind};
use holdfast_core::{Code, Error, Result, Timestamp};

/// An output of the last input that the crash kept from the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOff {
    /// Kind of the record.
    pub kind: RecordKind,
    /// Its time.
    pub ts: Timestamp,
    /// Its content.
    pub payload: Vec<u8>,
}

/// What a recovery gives.
#[derive(Debug)]
pub struct Recovered {
    /// The engine after the last intact input.
    pub engine: Engine,
    /// Bytes of intact records; what stands after them is a torn write and has to be cut.
    pub intact_bytes: usize,
    /// The chain after the intact records: their sequence, and the head behind the last whole group.
    pub chain: Chain,
    /// Outputs that have to be appended before the next input.
    pub cut_off: Vec<CutOff>,
}

/// A replay that goes on where it stood when more of the journal has been written; what it has read stays read, so that the
/// bytes may only grow behind it.
#[derive(Debug, Default)]
pub struct Recovery {
    replica: Replica,
    chain: GroupReader,
    intact_bytes: usize,
}

impl Recovery {
    /// Replays what was written since the last call. A torn last record is left out: a command goes out after its records
    /// are safe, so nothing that was torn has been sent.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`, `JOURNAL_DIVERGED`; after an error the replay is of no more use.
    pub fn follow(&mut self, bytes: &[u8]) -> Result<()> {
        self.follow_read(bytes, |chain, _, rest| chain.advance(rest))
    }

    /// As `follow`, for a caller that knows of some groups of records that they are intact: `read` is given the reader, the
    /// place of the next record and the bytes from there on, and must do what `GroupReader::advance` would.
    ///
    /// # Errors
    /// As `follow`.
    pub fn follow_read<'a>(
        &mut self,
        bytes: &'a [u8],
        read: impl Fn(&mut GroupReader, usize, &'a [u8]) -> Result<Option<Record<'a>>>,
    ) -> Result<()> {
        while let Some(rest) = bytes.get(self.intact_bytes..) {
            match read(&mut self.chain, self.intact_bytes, rest) {
                Ok(Some(record)) => {
                    self.intact_bytes += record.bytes;
                    self.replica.apply(&record)?;
                }
                Ok(None) => break,
                Err(error) if error.code() == Code::JournalTruncated => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Ends the replay with what it gave.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` when nothing is intact.
    pub fn finish(self) -> Result<Recovered> {
        let Self { replica, chain, intact_bytes } = self;
        let (engine, cut_off) = replica.into_engine();
        let (engine, chain) = (engine.ok_or_else(nothing_intact)?, *chain.chain());
        Ok(Recovered { engine, intact_bytes, chain, cut_off })
    }

    /// Returns the engine after the last intact input.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` when nothing is intact.
    pub fn engine(&self) -> Result<&Engine> {
        self.replica.engine().ok_or_else(nothing_intact)
    }

    /// Returns the bytes of intact records; what stands after them is a torn write and has to be cut.
    #[must_use]
    pub const fn intact_bytes(&self) -> usize {
        self.intact_bytes
    }

    /// Returns the sequence after the intact records, and the head of the chain behind the last whole group.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        self.chain.chain()
    }

    /// Returns the intact records of a last group that has no end, for a writer that goes on with it.
    #[must_use]
    pub fn open(&self) -> OpenGroup {
        self.chain.open()
    }

    /// Returns the outputs that have to be appended before the next input.
    #[must_use]
    pub fn cut_off(&self) -> Vec<CutOff> {
        self.replica.cut_off()
    }
}

fn nothing_intact() -> Error {
    Error::new(Code::JournalCorrupt, "journal must begin with session_opened, nothing is intact")
}

/// Rebuilds an engine from records without segment headers, from the first on. A torn last record is left out.
///
/// # Errors
/// `JOURNAL_CORRUPT`, also when nothing is intact, and `JOURNAL_DIVERGED`.
pub fn recover(bytes: &[u8]) -> Result<Recovered> {
    let mut recovery = Recovery::default();
    recovery.follow(bytes)?;
    recovery.finish()
}
