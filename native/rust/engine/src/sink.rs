//! Where records go: a journal file, a queue towards JavaScript, or a replay's comparison.

use holdfast_core::journal_record::RecordKind;
use holdfast_core::wire::Encode;
use holdfast_core::{Result, Timestamp};
use holdfast_risk::Quiet;

/// Receives every record of a step in order.
pub trait Sink {
    /// Takes one record.
    ///
    /// # Errors
    /// What the destination fails with; the step fails with it.
    fn record(
        &mut self,
        kind: RecordKind,
        ts: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()>;

    /// Returns which values of an order that passes are no news, where nobody reads whole verdicts: only the others are
    /// worked out then. Whoever takes verdicts as records reads them whole.
    fn quiet(&self) -> Option<&Quiet> {
        None
    }
}

/// Passes records on and notes that there was one.
pub(crate) struct Noted<'a, S> {
    pub(crate) sink: &'a mut S,
    pub(crate) any: bool,
}

impl<S: Sink> Sink for Noted<'_, S> {
    fn record(
        &mut self,
        kind: RecordKind,
        ts: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        self.any = true;
        self.sink.record(kind, ts, content)
    }

    fn quiet(&self) -> Option<&Quiet> {
        self.sink.quiet()
    }
}

/// Drops every record.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoSink;

impl Sink for NoSink {
    fn record(
        &mut self,
        _kind: RecordKind,
        _ts: Timestamp,
        _content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        Ok(())
    }
}
