//! Reconciliation of a journal by hand or by a program: on a copy of the state, or written to the journal.

use crate::engine::Engine;
use crate::input::{Command, Input};
use crate::journal_policy::JournalOptions;
use crate::journaled_engine::JournaledEngine;
use crate::reconciliation::{Decision, DecisionKind, ItemId};
use crate::restart::{RestartReport, rebuild};
use crate::sink::NoSink;
use crate::snapshot_policy::SnapshotPolicy;
use holdfast_core::{Code, Error, Result, Timestamp};
use serde_json::{Value, json};
use std::path::Path;

/// Who holds the engine.
#[derive(Debug)]
enum Holder {
    /// Nothing is written: the journal may belong to a running session.
    Copy(Box<Engine>, Vec<Command>),
    /// What is decided is in the journal.
    Written(Box<JournaledEngine>, Vec<Command>),
    /// It was closed.
    Closed,
}

/// A journal's engine beside its venue.
#[derive(Debug)]
pub struct Reconciler {
    holder: Holder,
    report: RestartReport,
}

impl Reconciler {
    /// Rebuilds the engine of a journal without writing to it: what is decided shows and is lost.
    ///
    /// # Errors
    /// As `rebuild`.
    pub fn look(folder: &Path) -> Result<Self> {
        let (engine, report) = rebuild(folder)?;
        Ok(Self { holder: Holder::Copy(Box::new(engine), Vec::new()), report })
    }

    /// Restarts the engine of a journal, and writes to it what is compared and decided.
    ///
    /// # Errors
    /// As `JournaledEngine::restart`.
    pub fn open(folder: &Path, options: JournalOptions) -> Result<Self> {
        let (engine, report) =
            JournaledEngine::restart(folder, options, SnapshotPolicy::default())?;
        Ok(Self { holder: Holder::Written(Box::new(engine), Vec::new()), report })
    }

    fn engine(&self) -> Result<&Engine> {
        match &self.holder {
            Holder::Copy(engine, _) => Ok(engine),
            Holder::Written(engine, _) => Ok(engine.engine()),
            Holder::Closed => Err(closed()),
        }
    }

    /// Steps, and keeps the commands, which may leave when this has returned.
    fn step(&mut self, input: &Input<'_>) -> Result<()> {
        match &mut self.holder {
            Holder::Copy(engine, commands) => engine.step(input, &mut NoSink, commands).map(|_| ()),
            Holder::Written(engine, commands) => {
                let outcome = engine.step(input).map(|_| ());
                commands.extend(engine.commit()?);
                outcome
            }
            Holder::Closed => Err(closed()),
        }
    }

    /// Compares with what the venue said, given as JSON.
    ///
    /// # Errors
    /// `VENUE_SNAPSHOT_INVALID`, `VENUE_SNAPSHOT_STALE`, `JOURNAL_IO`, `HANDLE_CLOSED`.
    pub fn compare(&mut self, venue: &str) -> Result<()> {
        let told = self.engine()?.read_venue(venue)?;
        self.step(&Input::VenueState(&told))
    }

    /// Decides about an item at the engine's time.
    ///
    /// # Errors
    /// `RECONCILIATION_ITEM_UNKNOWN`, `RECONCILIATION_DECISION_INVALID`, `ARGUMENT_INVALID`, `JOURNAL_IO`, `HANDLE_CLOSED`.
    pub fn decide(&mut self, item: &str, kind: &str, reason: &str) -> Result<()> {
        let ts = self.engine()?.now();
        self.step(&Input::Decide(decision_of((item, kind), reason, ts)?))
    }

    /// Returns items, mode and the commands that wait to be sent, in exact text.
    ///
    /// # Errors
    /// `HANDLE_CLOSED`.
    pub fn state(&self) -> Result<Value> {
        let engine = self.engine()?;
        let commands = match &self.holder {
            Holder::Copy(_, commands) | Holder::Written(_, commands) => commands.as_slice(),
            Holder::Closed => &[],
        };
        Ok(state_value(engine, commands))
    }

    /// Returns what the restart found.
    #[must_use]
    pub fn report(&self) -> Value {
        self.report.json()
    }

    /// Lets go of the engine as it is.
    pub fn abandon(&mut self) {
        self.holder = Holder::Closed;
    }

    /// Takes a snapshot where the journal was written, and lets go of it. Closing twice does nothing.
    ///
    /// # Errors
    /// `JOURNAL_IO`.
    pub fn close(&mut self) -> Result<()> {
        match std::mem::replace(&mut self.holder, Holder::Closed) {
            Holder::Written(mut engine, _) => {
                engine.snapshot()?;
                engine.leave()
            }
            _ => Ok(()),
        }
    }
}

impl RestartReport {
    /// Returns what a restart found, in exact text.
    #[must_use]
    pub fn json(&self) -> Value {
        let refused: Vec<Value> = self
            .refused
            .iter()
            .map(|each| {
                let (code, message) = (each.error.code().name(), each.error.to_string());
                json!({ "file": each.file, "code": code, "message": message })
            })
            .collect();
        let in_doubt: Vec<String> = self.in_doubt.iter().map(|id| id.0.to_string()).collect();
        json!({
            "snapshot": self.snapshot, "refused": refused, "replayed": self.replayed,
            "cut_bytes": self.resumed.cut_bytes, "first_lost_sequence": self.resumed.first_lost_sequence,
            "in_doubt": in_doubt,
        })
    }
}

/// Reads a decision about an item from the words of a person or a program.
pub(crate) fn decision_of<'a>(
    (item, kind): (&str, &str),
    reason: &'a str,
    ts: Timestamp,
) -> Result<Decision<'a>> {
    let id = ItemId::parse(item).ok_or_else(|| {
        Error::new(
            Code::ReconciliationItemUnknown,
            format!("item must be the sixteen digits of an open difference, was {item}"),
        )
        .with("item", item)
    })?;
    let known = DecisionKind::ALL.iter().find(|(_, text)| *text == kind);
    let kind = known.map(|(kind, _)| *kind).ok_or_else(|| {
        Error::new(
            Code::ArgumentInvalid,
            format!("decision must be adopt, flatten or ignore, was {kind}"),
        )
        .with("value", kind)
    })?;
    Ok(Decision { item: id, kind, reason, ts })
}

/// Returns items, mode and the commands that wait to be sent, in exact text.
pub(crate) fn state_value(engine: &Engine, commands: &[Command]) -> Value {
    let views = |items: Vec<_>| -> Vec<Value> {
        items.into_iter().map(|item| engine.item_view(item)).collect()
    };
    let commands: Vec<Value> = commands.iter().map(|each| command_json(engine, each)).collect();
    json!({
        "mode": engine.mode().name(), "open": views(engine.open_items().collect()),
        "ignored": views(engine.ignored_items().collect()), "commands": commands,
        "balances_wait": engine.balances_wait(),
    })
}

fn closed() -> Error {
    Error::new(Code::HandleClosed, "reconciliation must be open, it was closed")
}

fn command_json(engine: &Engine, command: &Command) -> Value {
    let symbol = |id: holdfast_core::InstrumentId| {
        let state = engine.instruments().get(id.index());
        state.map(|state| state.instrument.spec().symbol.clone())
    };
    match command {
        Command::Place(intent) => {
            let state = engine.instruments().get(intent.instrument.index());
            json!({
                "command": "place", "client_order_id": intent.client_order_id.0.to_string(),
                "symbol": symbol(intent.instrument), "side": intent.side.name(),
                "type": intent.order_type.name(), "reduce_only": intent.reduce_only,
                "quantity": state.map(|state| state.instrument.format_quantity(intent.quantity)),
            })
        }
        Command::Cancel(id) => json!({
            "command": "cancel", "client_order_id": id.0.to_string(), "venue_order_id": engine.venue_order_id(*id),
        }),
        Command::Query(id) => json!({
            "command": "query", "client_order_id": id.0.to_string(), "venue_order_id": engine.venue_order_id(*id),
        }),
        Command::Replace(wish) => json!({
            "command": "replace", "client_order_id": wish.client_order_id.0.to_string(),
            "venue_order_id": engine.venue_order_id(wish.client_order_id),
        }),
    }
}
