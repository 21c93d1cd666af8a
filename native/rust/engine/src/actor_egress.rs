//! The way out of all actors: one fuse over the account, asked in the one order of the requests, last before the wire.
//!
//! Its counters are the account's, so that it stands where the requests of the actors are merged and not in each of them. What
//! it has to know of an order (notional, what is held, whether it is denied already) is looked up where the actor is, ahead
//! and for many requests at once; what a refusal changes is looked up again. So the outcome is that of looking at one request
//! after the other, for any number of threads.

use crate::actor::Actor;
use crate::actor_desk::ActorDesk;
use crate::actor_merge::Merged;
use crate::actor_outbox::Outbox;
use crate::actor_plan::ActorSpec;
use crate::config::EngineConfig;
use crate::egress::{Egress, Look, each_of_the_last_day, reduces, sent_by};
use crate::engine::Engine;
use crate::input::Input;
use crate::request_record::REQUEST_BYTES;
use holdfast_core::{Amount, ClientOrderId, Error, InstrumentId, Result, Timestamp, TradingMode};
use holdfast_risk::fuse::latch::{Latch, LatchState};
use holdfast_risk::fuse::{FuseSpec, Moment, Outgoing};
use std::collections::{BTreeSet, VecDeque};
use std::path::Path;

/// Requests of an actor that are looked at ahead, at most.
const LOOKS_MAX: usize = 4_096;

/// The account's fuse, with what it has to know of the actors.
#[derive(Debug)]
pub(crate) struct ActorEgress {
    egress: Egress,
    /// The account's ids of each actor's instruments.
    instruments: Vec<Vec<u32>>,
    /// Requests of each actor that were judged and that its outbox still holds.
    judged: Vec<usize>,
    /// Numbers of the refusals that were sent and not gathered, in their order.
    refusals: VecDeque<u64>,
    /// Why an actor could not take one.
    failure: Option<Error>,
}

/// What an actor says of the requests that it wants sent next.
struct Outlook {
    looks: Vec<Look>,
    now: Timestamp,
    mode: TradingMode,
    equity: Amount,
    failure: Option<Error>,
}

/// What was looked at ahead of an actor's requests.
struct Ahead {
    looks: VecDeque<Look>,
    now: Timestamp,
    mode: TradingMode,
    /// How many are looked at when these are used up.
    next: usize,
}

impl ActorEgress {
    pub(crate) fn new(
        spec: &FuseSpec,
        account: &EngineConfig,
        actors: &[ActorSpec],
        latch: Latch,
    ) -> Result<Self> {
        Ok(Self {
            egress: Egress::new(spec, account, latch)?,
            instruments: actors.iter().map(|each| each.instruments.clone()).collect(),
            judged: vec![0; actors.len()],
            refusals: VecDeque::new(),
            failure: None,
        })
    }

    /// Returns whether a step was a refusal of the fuse, which answers nobody's input.
    pub(crate) fn took_refusal(&mut self, number: u64, failure: Option<&Error>) -> bool {
        // That of an actor which stopped before it has no step.
        let place = self.refusals.binary_search(&number).ok();
        let is_one = place.and_then(|place| self.refusals.remove(place)).is_some();
        if is_one {
            self.failure = self.failure.take().or_else(|| failure.cloned());
        }
        is_one
    }

    /// The venue has said something about an order.
    pub(crate) fn answered(&mut self, id: ClientOrderId) {
        self.egress.answered(id);
    }

    /// Keeps only these orders as unanswered: what a comparison with the venue showed is known.
    pub(crate) fn keep_unanswered(&mut self, ids: &BTreeSet<ClientOrderId>) {
        self.egress.keep_unanswered(ids);
    }

    /// Counts what the journals of all actors say left within the longest window, in their one order: a time that runs back
    /// would count as the latest one.
    pub(crate) fn recall(&mut self, journals: &[(&Engine, &Path)]) -> Result<()> {
        let mut streams = Vec::with_capacity(journals.len());
        for (actor, (engine, folder)) in journals.iter().enumerate() {
            let mut sent = Vec::new();
            each_of_the_last_day(engine, folder, |record| {
                if let Some(own) = sent_by(engine, record)? {
                    sent.push((record.ts, self.of_account(actor, &own)));
                }
                Ok(())
            })?;
            streams.push(sent.into_iter());
        }
        for (actor, ts, request) in Merged::new(streams) {
            if let Some((engine, _)) = journals.get(actor) {
                self.egress.recall_sent(engine, &request, ts);
            }
        }
        Ok(())
    }

    pub(crate) fn judged_of(&self, actor: usize) -> usize {
        self.judged.get(actor).copied().unwrap_or(0)
    }

    pub(crate) fn judged_of_all(&self) -> &[usize] {
        &self.judged
    }

    /// The account's id of an actor's instrument.
    pub(crate) fn account_id(&self, actor: usize, own: InstrumentId) -> InstrumentId {
        let ids = self.instruments.get(actor);
        InstrumentId(ids.and_then(|ids| ids.get(own.index())).copied().unwrap_or(u32::MAX))
    }

    /// The request with the instrument's id in the account.
    fn of_account(&self, actor: usize, own: &Outgoing) -> Outgoing {
        Outgoing { instrument: self.account_id(actor, own.instrument), ..*own }
    }
}

/// Looks at an actor's next requests, behind those that were judged.
fn outlook(actor: &mut Actor<Outbox>, judged: usize, most: usize) -> Outlook {
    let failure = actor.failure().cloned();
    let (engine, port) = actor.parts_mut();
    let looks = port.look(engine, judged, most);
    let (now, mode, equity) = (engine.now(), engine.mode(), engine.equity());
    Outlook { looks, now, mode, equity, failure }
}

impl ActorDesk {
    /// Hands out the oldest requests, at most so many, after every journal was committed, and when the fuse lets them. The
    /// requests of an actor that stopped, or whose journal cannot be committed, never leave; those of the others do.
    ///
    /// # Errors
    /// `ACTOR_STOPPED` when a thread has ended, `AMOUNT_OVERFLOW`, and why an actor could not take a refusal of the fuse; then
    /// nothing was handed out.
    pub fn drain(
        &mut self,
        most: usize,
        mut each: impl FnMut(&[u8; REQUEST_BYTES]),
    ) -> Result<usize> {
        if self.requests.is_empty() {
            return Ok(0);
        }
        let (mut ahead, moment) = self.look_ahead(most)?;
        let mut taken = 0;
        let mut failed = None;
        while taken < most
            && failed.is_none()
            && let Some((actor, record)) = self.requests.pop_front()
        {
            match self.judge(actor, &mut ahead, &moment) {
                Ok(true) => {
                    each(&record);
                    taken += 1;
                }
                Ok(false) => {}
                Err(error) => {
                    self.requests.push_front((actor, record));
                    failed = Some(error);
                }
            }
        }
        // What a refusal made an actor ask for stands behind these, and leaves after the next commit.
        if !self.egress.refusals.is_empty() {
            failed = self.gather().err().or(failed);
            // A refusal that an actor did not take has no step, because the actor stopped.
            self.egress.refusals.clear();
        }
        failed = self.egress.failure.take().or(failed);
        match failed {
            // What was handed out is on its way; what failed fails the next call as well.
            Some(error) if taken == 0 => Err(error),
            _ => Ok(taken),
        }
    }

    /// Commits the journals, and looks at the next requests of every actor at once.
    fn look_ahead(&mut self, most: usize) -> Result<(Vec<Ahead>, Moment)> {
        let mut counts = vec![0_usize; self.stopped.len()];
        for (actor, _) in self.requests.iter().take(most) {
            if let Some(count) = counts.get_mut(*actor) {
                *count += 1;
            }
        }
        let asked: Vec<(usize, usize)> = counts
            .into_iter()
            .enumerate()
            .map(|(actor, count)| (self.egress.judged_of(actor), count.min(LOOKS_MAX)))
            .collect();
        let seen = self.actors.visit_numbered(move |number, actor| {
            let (engine, port) = actor.parts_mut();
            let committed = port.commit(engine);
            let (judged, count) = asked.get(number).copied().unwrap_or_default();
            let outlook = outlook(actor, judged, count);
            Outlook { failure: outlook.failure.or(committed.err()), ..outlook }
        })?;
        self.egress.judged.fill(0);
        let mut moment =
            Moment { now: Timestamp(0), mode: TradingMode::Normal, equity: Amount::ZERO };
        let mut ahead = Vec::with_capacity(seen.len());
        for (Outlook { looks, now, mode, equity, failure }, stopped) in
            seen.into_iter().zip(&mut self.stopped)
        {
            *stopped = stopped.take().or(failure);
            // What an actor has that stopped is not sure; what it lacks counts.
            let counted = if stopped.is_some() { equity.min(Amount::ZERO) } else { equity };
            moment.equity = moment.equity.plus(counted)?;
            moment.now = moment.now.max(now);
            ahead.push(Ahead { looks: looks.into(), now, mode, next: LOOKS_MAX });
        }
        let (stopped, waited) = (&self.stopped, self.requests.len());
        self.requests.retain(|(actor, _)| stopped.get(*actor).is_some_and(Option::is_none));
        self.requests_held += waited - self.requests.len();
        Ok((ahead, moment))
    }

    /// Says whether an actor's next request leaves. What must not is told to the actor, which gives its order back.
    fn judge(&mut self, actor: usize, ahead: &mut [Ahead], moment: &Moment) -> Result<bool> {
        let Some(ahead) = ahead.get_mut(actor) else { return Ok(false) };
        let Some(look) = self.next_look(actor, ahead)? else {
            self.requests_held += 1;
            return Ok(false);
        };
        let (own, amendment) = match look {
            Look::Leaves => return Ok(true),
            Look::Void => return Ok(false),
            Look::Asks(own, amendment) => (own, amendment),
        };
        let request = self.egress.of_account(actor, &own);
        let moment = Moment { mode: ahead.mode, ..*moment };
        let actors = &mut self.actors;
        // Without an answer nothing proves that the order reduces.
        let reduces = || {
            let asked = actors.visit_one(actor, move |actor| reduces(actor.engine(), &own));
            asked.unwrap_or(false)
        };
        let asked = (&request, amendment);
        let Some(refused) = self.egress.egress.judge_asked(asked, &moment, ahead.now, reduces)
        else {
            return Ok(true);
        };
        // An actor that has stopped says so when it is looked at next.
        if let Ok(number) = self.actors.send(Input::FuseRefused(refused)) {
            self.egress.refusals.push_back(number);
        }
        ahead.looks.clear();
        ahead.next = 1;
        Ok(false)
    }

    /// Takes the next look at an actor's requests; `None` when it has stopped.
    fn next_look(&mut self, actor: usize, ahead: &mut Ahead) -> Result<Option<Look>> {
        let Some(stopped) = self.stopped.get_mut(actor) else { return Ok(None) };
        if ahead.looks.is_empty() && stopped.is_none() {
            let (judged, most) = (self.egress.judged_of(actor), ahead.next);
            let seen = self.actors.visit_one(actor, move |actor| outlook(actor, judged, most))?;
            if let Some(judged) = self.egress.judged.get_mut(actor) {
                *judged = 0;
            }
            *stopped = seen.failure;
            ahead.looks = seen.looks.into();
            ahead.mode = seen.mode;
            ahead.next = ahead.next.saturating_mul(2).min(LOOKS_MAX);
        }
        if stopped.is_some() {
            return Ok(None);
        }
        if let Some(judged) = self.egress.judged.get_mut(actor) {
            *judged += 1;
        }
        Ok(ahead.looks.pop_front())
    }

    /// Returns how the fuse's latch stands.
    #[must_use]
    pub const fn fuse(&self) -> &LatchState {
        self.egress.egress.latch()
    }
}
