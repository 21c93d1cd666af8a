//! Actors that keep their journals in one folder: begun, resumed after an end or a crash, and compared with the venue.
//!
//! Each actor has a journal of its own and is resumed by itself. What reached one journal of several before a crash, and not
//! the others, can only be a trading mode: the strictest that any actor has is then in force for all.

use crate::actor::{Actor, ActorInput, opened};
use crate::actor_desk::{ActorDesk, ActorDeskOptions};
use crate::actor_plan::ActorPlan;
use crate::config::EngineConfig;
use crate::desk_restart::check_recorded;
use crate::egress::is_unanswered;
use crate::engine::Engine;
use crate::input::Input;
use crate::journal_policy::JournalOptions;
use crate::journal_segment::list_segments;
use crate::journal_writer::JournalWriter;
use crate::reconciler::{decision_of, state_value};
use crate::reconciliation::EXTERNAL_EPOCH;
use crate::restart::{RestartReport, reopen};
use crate::snapshot_policy::{SnapshotKeeper, SnapshotPolicy};
use holdfast_core::{ClientOrderId, Code, Error, Result, Timestamp, TradingMode};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where the journals of actors are, `actor-0` and so on, and how they are kept.
#[allow(missing_debug_implementations)]
pub struct ActorJournals<'a> {
    /// The folder over theirs.
    pub folder: &'a Path,
    /// How each is kept.
    pub options: &'a dyn Fn() -> Result<JournalOptions>,
    /// When snapshots are taken.
    pub snapshots: SnapshotPolicy,
}

impl ActorJournals<'_> {
    fn of(&self, actor: usize) -> PathBuf {
        self.folder.join(format!("actor-{actor}"))
    }

    /// Returns whether no actor has a journal here.
    #[must_use]
    pub fn is_empty(&self, actors: usize) -> bool {
        (0..actors).all(|actor| list_segments(&self.of(actor)).is_err())
    }

    /// A journal of an actor that is not one of them holds orders that nobody would look after.
    fn check_last(&self, actors: usize) -> Result<()> {
        if list_segments(&self.of(actors)).is_err() {
            return Ok(());
        }
        let rule = format!("actors must be as many as have journals, {actors} are fewer");
        Err(Error::new(Code::ConfigDiffers, rule).with("field", "actors").with("value", actors))
    }
}

impl ActorDesk {
    /// Opens actors whose journals begin in a folder that holds none.
    ///
    /// # Errors
    /// As `open`, and `JOURNAL_LOCKED`.
    pub fn create_in(
        account: &EngineConfig,
        mut options: ActorDeskOptions<'_>,
        journals: &ActorJournals<'_>,
    ) -> Result<Self> {
        let plan = ActorPlan::new(account, options.actors)?;
        let egress = options.egress(account)?;
        // Actors that cannot begin must not leave empty journals behind.
        plan.configs().iter().try_for_each(|config| Engine::new(config).map(|_| ()))?;
        journals.check_last(plan.configs().len())?;
        let mut actors = Vec::with_capacity(plan.configs().len());
        for (number, config) in plan.configs().iter().enumerate() {
            let folder = journals.of(number);
            let journal = JournalWriter::create_with(&folder, (journals.options)()?)?;
            let keeper =
                SnapshotKeeper::new(&folder, journals.snapshots, opened(config)?, &journal);
            let mut outbox = options.outbox(number, Some(journal));
            outbox.snapshots = Some(keeper);
            let mut actor = Actor::open(config, outbox)?;
            let (engine, port) = actor.parts_mut();
            port.commit(engine)?;
            actors.push(actor);
        }
        Self::of(plan, actors, egress, options.workers)
    }

    /// Goes on with the journals of a folder, with any number of threads. Every command that was sent and not answered is in
    /// doubt, and a query for it waits to be drained; what opens anything is refused until `compare` was called. The fuse
    /// counts what all journals say left.
    ///
    /// # Errors
    /// `CONFIG_DIFFERS`, `JOURNAL_NOT_FOUND` also when only some actors have a journal, `JOURNAL_LOCKED`, `JOURNAL_VERSION`,
    /// `JOURNAL_CORRUPT`, `JOURNAL_DIVERGED`, `SNAPSHOT_MISSING`, `JOURNAL_IO`, and as `open`.
    pub fn resume_in(
        account: &EngineConfig,
        mut options: ActorDeskOptions<'_>,
        journals: &ActorJournals<'_>,
    ) -> Result<(Self, Vec<RestartReport>)> {
        let plan = ActorPlan::new(account, options.actors)?;
        let mut egress = options.egress(account)?;
        let count = plan.configs().len();
        // Every journal must be there before the first one is written to.
        (0..count).try_for_each(|actor| list_segments(&journals.of(actor)).map(|_| ()))?;
        journals.check_last(count)?;
        let (mut actors, mut reports) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for (number, config) in plan.configs().iter().enumerate() {
            let folder = journals.of(number);
            let admits = |opened: &[u8]| check_recorded(config, opened);
            let (engine, opened, journal, report) = reopen(&folder, (journals.options)()?, admits)?;
            let keeper = SnapshotKeeper::new(&folder, journals.snapshots, opened, &journal);
            let mut outbox = options.outbox(number, Some(journal));
            outbox.snapshots = Some(keeper);
            actors.push(Actor::resume(engine, outbox));
            reports.push(report);
        }
        let folders: Vec<PathBuf> = (0..count).map(|actor| journals.of(actor)).collect();
        let engines = actors.iter().map(Actor::engine).zip(folders.iter().map(PathBuf::as_path));
        egress.recall(&engines.collect::<Vec<_>>())?;
        let mut desk = Self::of(plan, actors, egress, options.workers)?;
        desk.awaits_venue = true;
        desk.take_up(&reports)?;
        Ok((desk, reports))
    }

    /// Puts in doubt what nobody answered, and the strictest mode in force for all.
    fn take_up(&mut self, reports: &[RestartReport]) -> Result<()> {
        let seen =
            self.actors.visit(|actor| (actor.engine().requested_mode(), actor.engine().now()))?;
        let strictest = seen.iter().map(|(mode, _)| *mode as u8).max().unwrap_or_default();
        let strictest = TradingMode::read(strictest);
        for (actor, ((mode, ts), report)) in seen.into_iter().zip(reports).enumerate() {
            for client_order_id in report.in_doubt.iter().copied() {
                let lost = Input::LoseTrack { client_order_id, ts };
                self.actors.send_own(actor, lost.into())?;
            }
            if mode != strictest {
                let reason = "in force for another actor before the restart".to_string();
                let told = ActorInput::Mode { mode: strictest, reason, ts };
                self.actors.send_own(actor, told)?;
            }
        }
        self.round()?;
        self.commit()?;
        self.refusal().map_or(Ok(()), |error| Err(error.clone()))
    }

    /// Returns when everything that the actors recorded is as durable as the policy of their journals says.
    ///
    /// # Errors
    /// `JOURNAL_IO`, `JOURNAL_STOPPED`, `ACTOR_STOPPED` when a thread has ended; the actor whose journal failed stops.
    pub fn commit(&mut self) -> Result<()> {
        let committed = self.actors.visit(|actor| {
            let (engine, port) = actor.parts_mut();
            port.commit(engine)
        })?;
        let mut failed = None;
        for (committed, stopped) in committed.into_iter().zip(&mut self.stopped) {
            let failure = committed.err();
            failed = failed.or_else(|| failure.clone());
            *stopped = stopped.take().or(failure);
        }
        failed.map_or(Ok(()), Err)
    }

    /// Returns whether not every actor was compared with the venue since the journals were resumed.
    #[must_use]
    pub const fn awaits_venue(&self) -> bool {
        self.awaits_venue
    }

    /// Refuses what is no reduction while the state of before the restart was not compared with the venue's.
    pub(crate) fn check_compared(&self, input: &ActorInput) -> Result<()> {
        let is_reduction = match input {
            ActorInput::Plain(Input::Submit(intent) | Input::SubmitOnce { intent, .. }) => {
                intent.reduce_only
            }
            ActorInput::List { orders, .. } => orders.iter().all(|order| order.reduce_only),
            ActorInput::Plain(Input::SubmitList(list)) => {
                list.orders.iter().all(|order| order.reduce_only)
            }
            ActorInput::Plain(Input::Amend(_)) => false,
            _ => true,
        };
        if is_reduction || !self.awaits_venue {
            return Ok(());
        }
        Err(Error::new(
            Code::RestartUnreconciled,
            "resumed actors must be compared with the venue before they open or amend anything",
        ))
    }

    /// Finds the actor of an order that others placed: its id does not tell. Such orders are few, so that all are asked.
    pub(crate) fn find_adopted(&mut self, id: ClientOrderId) -> Result<()> {
        if id.epoch() != EXTERNAL_EPOCH || self.actors.plan_mut().adopted.contains_key(&id.0) {
            return Ok(());
        }
        let known = self.actors.visit(move |actor| actor.engine().order(id).is_some())?;
        if let Some(actor) = known.iter().position(|is_known| *is_known) {
            self.actors.plan_mut().adopted.insert(id.0, actor);
        }
        Ok(())
    }

    /// Compares every actor with its part of what the venue says, given as JSON, in one round. While differences stand, the
    /// actors that have them trade reduced.
    ///
    /// # Errors
    /// `VENUE_SNAPSHOT_INVALID` also for balances, which no actor has a whole one of, `VENUE_SNAPSHOT_STALE`, `ACTOR_STOPPED`.
    pub fn compare(&mut self, venue: &str) -> Result<()> {
        let symbols = self.actors.visit(|actor| symbols_of(actor.engine()))?;
        let parts = divided(venue, &symbols)?;
        let read = self.actors.visit_numbered(move |number, actor| {
            let part = parts.get(number).map_or("", String::as_str);
            actor.engine().read_venue(part)
        })?;
        let told: Vec<_> = read.into_iter().collect::<Result<_>>()?;
        let numbers: Result<Vec<u64>> = told
            .into_iter()
            .enumerate()
            .map(|(actor, told)| self.actors.send_own(actor, ActorInput::Venue(Box::new(told))))
            .collect();
        self.settle(numbers?)?;
        self.awaits_venue = false;
        Ok(())
    }

    /// Decides about a difference of an actor: `adopt`, `flatten` or `ignore`, the last with a reason.
    ///
    /// # Errors
    /// `RECONCILIATION_ITEM_UNKNOWN`, `RECONCILIATION_DECISION_INVALID`, `ARGUMENT_INVALID`, `EVENT_INVALID` when time runs
    /// back, `ACTOR_STOPPED`.
    pub fn decide(
        &mut self,
        actor: usize,
        decision: (&str, &str),
        reason: &str,
        ts: Timestamp,
    ) -> Result<()> {
        let decided = decision_of(decision, reason, ts)?;
        let (item, kind, reason) = (decided.item, decided.kind, reason.to_string());
        let number = self.actors.send_own(actor, ActorInput::Decide { item, kind, reason, ts })?;
        self.settle(vec![number])
    }

    /// Waits for what was sent, and notes which orders the venue has not spoken of.
    fn settle(&mut self, numbers: Vec<u64>) -> Result<()> {
        self.sent.extend(numbers);
        self.round()?;
        let open = self.actors.visit(|actor| {
            let open = actor.engine().open_orders().filter(|order| is_unanswered(order));
            open.map(|order| order.intent.client_order_id).collect::<Vec<ClientOrderId>>()
        })?;
        let open: BTreeSet<ClientOrderId> = open.into_iter().flatten().collect();
        self.egress.keep_unanswered(&open);
        match self.refusal() {
            Some(error) => Err(error.clone()),
            None if self.is_unanswered() => {
                let rule = "an actor must be at work, it has stopped";
                Err(Error::new(Code::ActorStopped, rule))
            }
            None => Ok(()),
        }
    }

    /// Returns items, mode and the requests that wait to be drained of each actor, in exact text.
    ///
    /// # Errors
    /// `ACTOR_STOPPED` when a thread has ended.
    pub fn reconciliation(&mut self) -> Result<Vec<Value>> {
        let judged = self.egress.judged_of_all().to_vec();
        self.actors.visit_numbered(move |number, actor| {
            let judged = judged.get(number).copied().unwrap_or_default();
            let (engine, port) = actor.parts_mut();
            state_value(engine, &port.waiting(judged))
        })
    }

    /// Returns the venue's id of an order that was adopted from it.
    ///
    /// # Errors
    /// `ACTOR_STOPPED` when a thread has ended.
    pub fn venue_order_id(&mut self, id: ClientOrderId) -> Result<Option<String>> {
        let told = self
            .actors
            .visit(move |actor| actor.engine().venue_order_id(id).map(str::to_string))?;
        Ok(told.into_iter().flatten().next())
    }
}

fn symbols_of(engine: &Engine) -> Vec<String> {
    engine.instruments().iter().map(|state| state.instrument.spec().symbol.clone()).collect()
}

fn invalid(field: &str, rule: &str) -> Error {
    Error::new(Code::VenueSnapshotInvalid, format!("{field} {rule}")).with("field", field)
}

/// Divides what a venue says among actors by the symbols of its entries.
fn divided(venue: &str, symbols: &[Vec<String>]) -> Result<Vec<String>> {
    let told: Map<String, Value> = serde_json::from_str(venue)
        .map_err(|error| invalid("venue", &format!("must have its fields, {error}")))?;
    let mut parts = vec![told.clone(); symbols.len()];
    for field in ["orders", "fills", "positions"] {
        for part in &mut parts {
            part.insert(field.to_string(), Value::Array(Vec::new()));
        }
        let entries = told.get(field).and_then(Value::as_array);
        for entry in entries.ok_or_else(|| invalid(field, "must be a list"))? {
            let symbol = entry.get("symbol").and_then(Value::as_str).unwrap_or_default();
            let owner = symbols.iter().position(|own| own.iter().any(|known| known == symbol));
            let owner = owner.and_then(|owner| parts.get_mut(owner));
            let list = owner.and_then(|part| part.get_mut(field)).and_then(Value::as_array_mut);
            let Some(list) = list else {
                let rule = format!("must be one of the account's, was {symbol}");
                return Err(invalid("symbol", &rule).with("value", symbol));
            };
            list.push(entry.clone());
        }
    }
    let has_balances =
        told.get("balances").and_then(Value::as_array).is_some_and(|b| !b.is_empty());
    if symbols.len() > 1 && has_balances {
        let rule =
            "must be left out: cash is divided among the actors, and none has that of the account";
        return Err(invalid("balances", rule));
    }
    Ok(parts.into_iter().map(|part| Value::Object(part).to_string()).collect())
}

/// The order that an input is about, where it names one that exists.
pub(crate) fn order_of(input: &ActorInput) -> Option<ClientOrderId> {
    let ActorInput::Plain(input) = input else { return None };
    match input {
        Input::Report(report) => Some(report.client_order_id),
        Input::Cancel { client_order_id, .. } | Input::LoseTrack { client_order_id, .. } => {
            Some(*client_order_id)
        }
        Input::Amend(amendment) => Some(amendment.client_order_id),
        _ => None,
    }
}
