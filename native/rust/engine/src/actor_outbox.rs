//! What an actor gathers on its thread until a round ends: its journal, and what its inputs came to, as the bytes that
//! somebody else reads.

use crate::actor::{ActorPort, ActorStep};
use crate::egress::{Look, look};
use crate::engine::Engine;
use crate::input::Command;
use crate::journal_writer::JournalWriter;
use crate::notices::Notices;
use crate::request_record::{REQUEST_BYTES, rename_instrument, request_record};
use crate::sink::Sink;
use crate::snapshot_policy::SnapshotKeeper;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::wire::Encode;
use holdfast_core::{ClientOrderId, Error, OrderIdText, Result, Timestamp};
use std::collections::VecDeque;

/// Bytes of an answer.
pub const ANSWER_BYTES: usize = 48;

/// What is told of a step to whoever sent the input, in the form that the caller of the actors wants.
pub type AnswerForm = fn(&ActorStep<'_>) -> [u8; ANSWER_BYTES];

/// What one input came to.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) number: u64,
    pub(crate) answer: [u8; ANSWER_BYTES],
    /// Why it was refused.
    pub(crate) refused: Option<Box<Error>>,
    /// The order that a report was taken about.
    pub(crate) answered: Option<ClientOrderId>,
    /// How many of the requests are of this step, and where its notices end.
    pub(crate) requests: usize,
    pub(crate) notices_end: usize,
}

/// What the inputs of a round came to, in their order.
#[derive(Debug, Default)]
pub(crate) struct Round {
    pub(crate) steps: Vec<Step>,
    pub(crate) requests: Vec<[u8; REQUEST_BYTES]>,
    pub(crate) notices: Vec<u8>,
}

/// The port of an actor whose work is gathered in rounds.
#[derive(Debug)]
pub struct Outbox {
    journal: Option<JournalWriter>,
    pub(crate) snapshots: Option<SnapshotKeeper>,
    /// Whether notices are gathered.
    pub(crate) hears: bool,
    /// The account's ids of the actor's instruments.
    instruments: Vec<u32>,
    id_form: OrderIdText,
    answer: AnswerForm,
    notices: Notices,
    round: Round,
    /// What is to be sent, the oldest first, for the fuse to be asked about.
    waiting: VecDeque<Command>,
}

impl Outbox {
    pub(crate) fn new(
        journal: Option<JournalWriter>,
        instruments: Vec<u32>,
        id_form: OrderIdText,
        answer: AnswerForm,
    ) -> Self {
        Self {
            journal,
            snapshots: None,
            hears: false,
            instruments,
            id_form,
            answer,
            notices: Notices::default(),
            round: Round::default(),
            waiting: VecDeque::new(),
        }
    }

    /// Lets go of what was judged, and looks at the commands behind it.
    pub(crate) fn look(&mut self, engine: &Engine, judged: usize, most: usize) -> Vec<Look> {
        self.waiting.drain(..judged.min(self.waiting.len()));
        self.waiting.iter().take(most).map(|command| look(engine, command)).collect()
    }

    pub(crate) fn take_round(&mut self) -> Round {
        self.round.notices = self.notices.take_all();
        std::mem::take(&mut self.round)
    }

    /// Makes what was recorded as durable as the policy says, and takes the snapshot that is due.
    pub(crate) fn commit(&mut self, engine: &Engine) -> Result<()> {
        let Some(journal) = self.journal.as_mut() else { return Ok(()) };
        journal.commit()?;
        match self.snapshots.as_mut().filter(|snapshots| snapshots.is_due(journal)) {
            Some(snapshots) => snapshots.take(engine, journal).map(|_| ()),
            None => Ok(()),
        }
    }

    /// Takes the last snapshot and closes the journal.
    pub(crate) fn close(&mut self, engine: &Engine) -> Result<()> {
        let Some(journal) = self.journal.as_mut() else { return Ok(()) };
        if let Some(snapshots) = self.snapshots.as_mut() {
            snapshots.take(engine, journal)?;
        }
        journal.close()
    }

    /// What is to be sent and was not judged.
    pub(crate) fn waiting(&self, judged: usize) -> Vec<Command> {
        self.waiting.iter().skip(judged).copied().collect()
    }

    pub(crate) fn journal(&mut self) -> Option<&mut JournalWriter> {
        self.journal.as_mut()
    }

    /// The id that the account has for an instrument; an actor knows none but its own.
    fn name(instruments: &[u32], own: u32) -> u32 {
        instruments.get(own as usize).copied().unwrap_or(u32::MAX)
    }

    fn request(&self, step: &ActorStep<'_>, command: &Command) -> [u8; REQUEST_BYTES] {
        let mut record = request_record(step.engine, command, &self.id_form);
        rename_instrument(&mut record, |own| Self::name(&self.instruments, own));
        record
    }
}

impl Sink for Outbox {
    fn record(
        &mut self,
        kind: RecordKind,
        ts: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        if let Some(journal) = self.journal.as_mut() {
            journal.record(kind, ts, content)?;
        }
        if self.hears {
            let (start, instruments) = (self.notices.len(), &self.instruments);
            self.notices.note(kind, ts, content);
            self.notices.rename_instruments(start, |own| Self::name(instruments, own));
        }
        Ok(())
    }
}

impl ActorPort for Outbox {
    fn stepped(&mut self, step: ActorStep<'_>) {
        for command in step.commands {
            let record = self.request(&step, command);
            self.round.requests.push(record);
        }
        self.waiting.extend(step.commands);
        self.round.steps.push(Step {
            number: step.number,
            answer: (self.answer)(&step),
            refused: step.outcome.as_ref().err().map(|error| Box::new(error.clone())),
            answered: step.reported.filter(|_| step.outcome.is_ok()),
            requests: step.commands.len(),
            notices_end: self.notices.len(),
        });
    }
}
