//! Symbol actors driven in rounds: inputs are sent, a round waits until all of them are taken, and what they came to is
//! merged in the order in which they were sent. That is one order for any number of threads, and that of one engine.

use crate::account_figures::AccountFigures;
use crate::actor::{Actor, ActorInput};
use crate::actor_egress::ActorEgress;
use crate::actor_outbox::{ANSWER_BYTES, AnswerForm, Outbox, Round};
use crate::actor_plan::{ActorPlan, ActorSpec};
use crate::actor_restart::order_of;
use crate::actors::{ActorOptions, Actors};
use crate::config::EngineConfig;
use crate::desk::REQUESTS_MAX;
use crate::journal_writer::JournalWriter;
use crate::notices::Notices;
use crate::request_record::REQUEST_BYTES;
use holdfast_core::{Code, Error, OrderIdText, Result, TradingMode};
use holdfast_risk::fuse::FuseSpec;
use holdfast_risk::fuse::latch::Latch;
use std::collections::VecDeque;

/// How actors are opened.
#[allow(missing_debug_implementations)]
pub struct ActorDeskOptions<'a> {
    /// What each actor owns.
    pub actors: &'a [ActorSpec],
    /// Worker threads; 0 steps in the caller's.
    pub workers: usize,
    /// How venues see the ids of orders.
    pub id_form: OrderIdText,
    /// Begins the journal of an actor, by its place.
    pub journal: Option<&'a dyn Fn(usize) -> Result<JournalWriter>>,
    /// What is told of each input.
    pub answer: AnswerForm,
    /// Ceilings of the egress fuse, which is one over all actors.
    pub fuse: &'a FuseSpec,
    /// Its latch.
    pub latch: Latch,
}

impl ActorDeskOptions<'_> {
    /// Makes the port of an actor.
    pub(crate) fn outbox(&self, actor: usize, journal: Option<JournalWriter>) -> Outbox {
        let spec = self.actors.get(actor);
        let instruments = spec.map(|spec| spec.instruments.clone()).unwrap_or_default();
        Outbox::new(journal, instruments, self.id_form.clone(), self.answer)
    }

    /// Makes the way out, which takes the latch.
    pub(crate) fn egress(&mut self, account: &EngineConfig) -> Result<ActorEgress> {
        let latch = std::mem::replace(&mut self.latch, Latch::in_memory());
        ActorEgress::new(self.fuse, account, self.actors, latch)
    }
}

/// Why an actor takes nothing more.
#[derive(Debug, Clone)]
pub struct StoppedActor {
    /// Its place in the plan.
    pub actor: usize,
    /// What it failed with.
    pub failure: Error,
}

/// Actors with what surrounds them.
#[derive(Debug)]
pub struct ActorDesk {
    pub(crate) actors: Actors<Outbox>,
    pub(crate) egress: ActorEgress,
    /// Whether it was resumed, and not every actor was compared with the venue since.
    pub(crate) awaits_venue: bool,
    hears: bool,
    pub(crate) stopped: Vec<Option<Error>>,
    /// Numbers that were sent since the last round.
    pub(crate) sent: Vec<u64>,
    is_unanswered: bool,
    answers: Vec<(u64, [u8; ANSWER_BYTES])>,
    refusal: Option<Box<Error>>,
    /// What was gathered for the next round.
    gathered: Vec<(u64, [u8; ANSWER_BYTES])>,
    gathered_refusal: Option<Box<Error>>,
    notices: Notices,
    pub(crate) requests: VecDeque<(usize, [u8; REQUEST_BYTES])>,
    /// Those that can never leave, because their actor stopped.
    pub(crate) requests_held: usize,
}

impl ActorDesk {
    /// Divides an account among actors and opens them.
    ///
    /// # Errors
    /// `ACTOR_PLAN_INVALID`, `ACTOR_STOPPED` when a thread cannot be started, `CONFIG_INVALID`, `INSTRUMENT_INVALID`,
    /// `LIMITS_INVALID`, `JOURNAL_IO`.
    pub fn open(account: &EngineConfig, mut options: ActorDeskOptions<'_>) -> Result<Self> {
        let plan = ActorPlan::new(account, options.actors)?;
        let egress = options.egress(account)?;
        let mut actors = Vec::with_capacity(options.actors.len());
        for (number, config) in plan.configs().iter().enumerate() {
            let journal = options.journal.map(|begin| begin(number)).transpose()?;
            actors.push(Actor::open(config, options.outbox(number, journal))?);
        }
        Self::of(plan, actors, egress, options.workers)
    }

    /// Puts a desk around actors.
    pub(crate) fn of(
        plan: ActorPlan,
        actors: Vec<Actor<Outbox>>,
        egress: ActorEgress,
        workers: usize,
    ) -> Result<Self> {
        let stopped = vec![None; actors.len()];
        let options = ActorOptions { workers, ..ActorOptions::default() };
        Ok(Self {
            actors: Actors::resume(plan, actors, options)?,
            egress,
            awaits_venue: false,
            hears: false,
            stopped,
            sent: Vec::new(),
            is_unanswered: false,
            answers: Vec::new(),
            refusal: None,
            gathered: Vec::new(),
            gathered_refusal: None,
            notices: Notices::default(),
            requests: VecDeque::new(),
            requests_held: 0,
        })
    }

    /// Says whether notices are gathered from the next input on.
    ///
    /// # Errors
    /// `ACTOR_STOPPED` when a thread has ended.
    pub fn hear(&mut self, hears: bool) -> Result<()> {
        if self.hears != hears {
            self.actors.visit(move |actor| actor.port_mut().hears = hears)?;
            self.hears = hears;
        }
        Ok(())
    }

    /// Sends an input and returns its number; what it came to is known after `round`.
    ///
    /// # Errors
    /// As `Actors::send`, and `RESTART_UNRECONCILED` for what is no reduction while actors that were resumed were not compared
    /// with the venue.
    pub fn send(&mut self, input: impl Into<ActorInput>) -> Result<u64> {
        let input = input.into();
        self.check_compared(&input)?;
        if let Some(id) = order_of(&input) {
            self.find_adopted(id)?;
        }
        let number = self.actors.send(input)?;
        self.sent.push(number);
        Ok(number)
    }

    /// Refuses an order while requests pile up that nobody drains.
    ///
    /// # Errors
    /// `CAPACITY_EXHAUSTED`.
    pub fn check_room(&self) -> Result<()> {
        if self.requests.len() < REQUESTS_MAX {
            return Ok(());
        }
        Err(Error::new(
            Code::CapacityExhausted,
            format!("at most {REQUESTS_MAX} requests must wait to be drained"),
        ))
    }

    /// Waits until everything that was sent is taken, and merges what it came to.
    ///
    /// # Errors
    /// `ACTOR_STOPPED` when a thread has ended; an actor that stopped by itself is told by `stopped`.
    pub fn round(&mut self) -> Result<()> {
        self.gather()?;
        std::mem::swap(&mut self.answers, &mut self.gathered);
        self.gathered.clear();
        self.refusal = self.gathered_refusal.take();
        let answers = &self.answers;
        let is_answered = |sent: &u64| answers.binary_search_by_key(sent, |(it, _)| *it).is_ok();
        self.is_unanswered = !self.sent.iter().all(is_answered);
        self.sent.clear();
        Ok(())
    }

    /// Waits until everything that was sent is taken, and merges it behind what was gathered before.
    pub(crate) fn gather(&mut self) -> Result<()> {
        let told = self.actors.visit(|actor| {
            let failure = actor.failure().cloned();
            (actor.port_mut().take_round(), failure)
        })?;
        let mut rounds = Vec::with_capacity(told.len());
        for ((round, failure), stopped) in told.into_iter().zip(&mut self.stopped) {
            rounds.push(round);
            if stopped.is_none() {
                *stopped = failure;
            }
        }
        self.merge(rounds);
        Ok(())
    }

    fn merge(&mut self, rounds: Vec<Round>) {
        let mut order: Vec<(u64, usize, usize)> = Vec::new();
        for (actor, round) in rounds.iter().enumerate() {
            order.extend(round.steps.iter().enumerate().map(|(at, step)| (step.number, actor, at)));
        }
        order.sort_unstable();
        let mut requests: Vec<_> = rounds.iter().map(|round| round.requests.iter()).collect();
        let mut told = vec![0_usize; rounds.len()];
        for (number, actor, at) in order {
            let (Some(round), Some(requests), Some(told)) =
                (rounds.get(actor), requests.get_mut(actor), told.get_mut(actor))
            else {
                continue;
            };
            let Some(step) = round.steps.get(at) else { continue };
            if !self.egress.took_refusal(number, step.refused.as_deref()) {
                self.gathered.push((number, step.answer));
                if self.gathered_refusal.is_none() {
                    self.gathered_refusal.clone_from(&step.refused);
                }
            }
            if let Some(id) = step.answered {
                self.egress.answered(id);
            }
            self.requests.extend(requests.by_ref().take(step.requests).map(|each| (actor, *each)));
            self.notices.append(round.notices.get(*told..step.notices_end).unwrap_or_default());
            *told = step.notices_end;
        }
    }

    /// Returns whether an input of the last round was never taken, because its actor stopped.
    #[must_use]
    pub const fn is_unanswered(&self) -> bool {
        self.is_unanswered
    }

    /// Returns number and answer of each input of the last round, in their order.
    #[must_use]
    pub fn answers(&self) -> &[(u64, [u8; ANSWER_BYTES])] {
        &self.answers
    }

    /// Returns why the first input of the last round that was refused was refused.
    #[must_use]
    pub fn refusal(&self) -> Option<&Error> {
        self.refusal.as_deref()
    }

    /// Returns how many requests wait to be drained.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.requests.len()
    }

    /// Refuses a mode that is looser than the one in force.
    ///
    /// # Errors
    /// `MODE_RESET_REQUIRED`, `ACTOR_STOPPED` when a thread has ended.
    pub fn check_tightens(&mut self, mode: TradingMode) -> Result<()> {
        let checked = self.actors.visit(move |actor| actor.engine().check_tightens(mode))?;
        checked.into_iter().collect()
    }

    /// Adds the account up.
    ///
    /// # Errors
    /// `ACTOR_STOPPED`, `AMOUNT_OVERFLOW`.
    pub fn figures(&mut self) -> Result<AccountFigures> {
        // A journal that could not be committed is news that its actor does not have yet.
        if let Some(StoppedActor { actor, failure }) = self.stopped().next() {
            let rule = format!("actor {actor} must be at work, it stopped: {failure}");
            return Err(Error::new(Code::ActorStopped, rule).with("actor", actor));
        }
        self.actors.figures()
    }

    /// Returns the actors that stopped, as of the last round or commit.
    pub fn stopped(&self) -> impl Iterator<Item = StoppedActor> + '_ {
        let actors = self.stopped.iter().enumerate();
        actors
            .filter_map(|(actor, failure)| Some(StoppedActor { actor, failure: failure.clone()? }))
    }

    /// Returns the queue of notices.
    pub const fn notices(&mut self) -> &mut Notices {
        &mut self.notices
    }

    /// Ends the threads, closes the journals, and returns the account as it is then. An actor that stopped is not closed:
    /// what its journal holds is all that is sure of it.
    ///
    /// # Errors
    /// `ACTOR_STOPPED` when a thread did not end in order, `AMOUNT_OVERFLOW`, `JOURNAL_IO`, `JOURNAL_STOPPED`.
    pub fn close(self) -> Result<ActorDeskClosed> {
        let (mut figures, mut journals) = (Vec::new(), Vec::new());
        let actors = self.actors.finish()?.into_iter().zip(&self.stopped);
        // Every journal is closed before the first one that failed is told.
        let ended: Vec<Result<(Actor<Outbox>, Journal)>> = actors
            .map(|(actor, stopped)| {
                let is_stopped = stopped.is_some() || actor.failure().is_some();
                closed(actor, is_stopped)
            })
            .collect();
        for each in ended {
            let (actor, journal) = each?;
            figures.push(actor.figures());
            journals.push(journal);
        }
        Ok(ActorDeskClosed {
            figures: AccountFigures::of(figures)?,
            requests_unsent: self.requests_held + self.requests.len(),
            journals,
        })
    }
}

/// What closed actors leave behind.
#[derive(Debug)]
pub struct ActorDeskClosed {
    /// The account.
    pub figures: AccountFigures,
    /// Requests that nobody drained: they were never sent.
    pub requests_unsent: usize,
    /// Records and head of each actor's journal; `None` without one.
    pub journals: Vec<Option<(u64, [u8; 32])>>,
}

type Journal = Option<(u64, [u8; 32])>;

fn closed(actor: Actor<Outbox>, is_stopped: bool) -> Result<(Actor<Outbox>, Journal)> {
    let (mut engine, mut outbox) = actor.into_parts();
    if !is_stopped {
        engine.close(&mut outbox)?;
        outbox.close(&engine)?;
    }
    let chain = outbox.journal().map(|journal| journal.chain());
    let journal = chain.map(|chain| (chain.next_sequence, chain.head));
    Ok((Actor::resume(engine, outbox), journal))
}
