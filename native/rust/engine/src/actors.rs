//! Actors on worker threads: each instrument's inputs are taken one at a time and in order, and the threads are only where that
//! happens. Any number of them gives the records, verdicts, commands and states that one gives.
//!
//! Why that is so: an actor's state is touched by nobody else, its inputs come through one queue in the order of sending, and
//! nothing that it decides depends on a clock, on chance, or on another actor. The one place where all meet is `figures`, a
//! barrier that the caller puts at a point of its own stream.

use crate::account_figures::AccountFigures;
use crate::actor::{Actor, ActorInput, ActorPort};
use crate::actor_plan::ActorPlan;
use holdfast_core::pool::Pool;
use holdfast_core::{Code, Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Most worker threads.
pub const WORKERS_MAX: usize = 256;

/// How the actors are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActorOptions {
    /// Worker threads; 0 steps in the caller's thread. More than there are actors are not started.
    pub workers: usize,
    /// Batches that wait for a worker; the sender waits when there are more.
    pub queue_max: usize,
    /// Inputs that are gathered for a worker before they are handed over; `flush` hands over what there is.
    pub batch_max: usize,
}

impl Default for ActorOptions {
    fn default() -> Self {
        Self { workers: 1, queue_max: 64, batch_max: 256 }
    }
}

type Inputs = Vec<(usize, u64, ActorInput)>;

/// What is done with each actor of a worker, between two of its inputs.
type Visit<P> = Arc<dyn Fn(usize, &mut Actor<P>) + Send + Sync>;

enum Message<P> {
    Inputs(Inputs),
    Visit(Visit<P>),
}

struct Worker<P> {
    queue: SyncSender<Message<P>>,
    thread: JoinHandle<Vec<Option<Actor<P>>>>,
    gathered: Inputs,
    /// Emptied batches, which come back from the thread.
    batches: Arc<Pool<Inputs>>,
}

/// Actors at work.
pub struct Actors<P> {
    plan: ActorPlan,
    options: ActorOptions,
    workers: Vec<Worker<P>>,
    /// Without workers the actors stay here; taken ones are a worker's.
    own: Vec<Option<Actor<P>>>,
    stopped: Arc<Vec<AtomicBool>>,
    next_number: u64,
}

impl<P> std::fmt::Debug for Actors<P> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Actors").field("options", &self.options).finish_non_exhaustive()
    }
}

impl<P: ActorPort + 'static> Actors<P> {
    /// Opens an actor for each part of the plan; `ports` are in the order of the actors.
    ///
    /// # Errors
    /// As `resume`, and `Actor::open`.
    pub fn open(plan: ActorPlan, ports: Vec<P>, options: ActorOptions) -> Result<Self> {
        let configs = plan.configs().iter();
        let actors: Result<Vec<Actor<P>>> =
            configs.zip(ports).map(|(config, port)| Actor::open(config, port)).collect();
        Self::resume(plan, actors?, options)
    }

    /// Goes on with actors that exist, in the order of the plan.
    ///
    /// # Errors
    /// `ACTOR_PLAN_INVALID` when there are not as many actors as the plan has, or too many workers or empty queues are asked
    /// for; `ACTOR_STOPPED` when a thread cannot be started.
    pub fn resume(plan: ActorPlan, actors: Vec<Actor<P>>, options: ActorOptions) -> Result<Self> {
        let count = plan.configs().len();
        let ActorOptions { workers, queue_max, batch_max } = options;
        if actors.len() != count || workers > WORKERS_MAX || queue_max == 0 || batch_max == 0 {
            return Err(Error::new(
                Code::ActorPlanInvalid,
                format!(
                    "actors must be {count} with at most {WORKERS_MAX} workers and room in queues, were {} with {workers}",
                    actors.len()
                ),
            ));
        }
        let stopped: Arc<Vec<AtomicBool>> =
            Arc::new((0..count).map(|_| AtomicBool::new(false)).collect());
        let mut own: Vec<Option<Actor<P>>> = actors.into_iter().map(Some).collect();
        let threads = workers.min(count);
        let mut started = Vec::with_capacity(threads);
        for number in 0..threads {
            let taken: Vec<Option<Actor<P>>> = own
                .iter_mut()
                .enumerate()
                .map(|(actor, slot)| if actor % threads == number { slot.take() } else { None })
                .collect();
            let (queue, messages) = sync_channel(queue_max);
            let flags = Arc::clone(&stopped);
            let batches = Arc::new(Pool::new(queue_max, Inputs::new));
            let emptied = Arc::clone(&batches);
            let thread = std::thread::Builder::new()
                .name(format!("holdfast-actors-{number}"))
                .spawn(move || work(taken, &messages, &flags, &emptied))
                .map_err(|error| {
                    Error::new(Code::ActorStopped, "a worker thread must be startable")
                        .with("cause", error)
                })?;
            let gathered = Vec::with_capacity(batch_max);
            started.push(Worker { queue, thread, gathered, batches });
        }
        Ok(Self { plan, options, workers: started, own, stopped, next_number: 0 })
    }

    /// Sends an input, of which instruments are named as in the account, to its actor; a mode or a failure goes to all. The
    /// sender waits while the actor's queue is full. Returns the input's number.
    ///
    /// # Errors
    /// `INSTRUMENT_UNKNOWN`, `ORDER_UNKNOWN` for an order that no actor named, `ORDER_INVALID` for a list over several
    /// actors, `ACTOR_STOPPED`.
    pub fn send(&mut self, input: impl Into<ActorInput>) -> Result<u64> {
        let routed = self.plan.route(input.into())?;
        let number = self.number();
        match routed {
            (Some(actor), input) => self.hand_over(actor, number, input)?,
            (None, input) => {
                for actor in 0..self.stopped.len() {
                    self.hand_over(actor, number, input.clone())?;
                }
            }
        }
        Ok(number)
    }

    /// Sends an input to one actor only: after a recovery, what the others have in their journals and this one has lost.
    ///
    /// # Errors
    /// As `send`, and `ACTOR_PLAN_INVALID` for an input that is another actor's.
    pub fn send_to(&mut self, actor: usize, input: impl Into<ActorInput>) -> Result<u64> {
        let (owner, input) = self.plan.route(input.into())?;
        if owner.is_some_and(|owner| owner != actor) {
            return Err(Error::new(
                Code::ActorPlanInvalid,
                format!("an input must be sent to its own actor, not to {actor}"),
            ));
        }
        self.send_own(actor, input)
    }

    /// Sends an input to one actor, which names instruments as itself does.
    pub(crate) fn send_own(&mut self, actor: usize, input: ActorInput) -> Result<u64> {
        let number = self.number();
        self.hand_over(actor, number, input).map(|()| number)
    }

    fn number(&mut self) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        number
    }

    /// Returns how the account is divided.
    pub(crate) const fn plan_mut(&mut self) -> &mut ActorPlan {
        &mut self.plan
    }

    fn hand_over(&mut self, actor: usize, number: u64, input: ActorInput) -> Result<()> {
        if self.stopped.get(actor).is_none_or(|flag| flag.load(Ordering::Acquire)) {
            return Err(stopped(actor));
        }
        let threads = self.workers.len();
        if threads == 0 {
            take(&mut self.own, &self.stopped, (actor, number, input));
            return Ok(());
        }
        let Some(worker) = self.workers.get_mut(actor % threads) else {
            return Err(stopped(actor));
        };
        worker.gathered.push((actor, number, input));
        if worker.gathered.len() < self.options.batch_max {
            return Ok(());
        }
        worker.flush(self.options.batch_max)
    }

    /// Hands over what was gathered.
    ///
    /// # Errors
    /// `ACTOR_STOPPED`.
    pub fn flush(&mut self) -> Result<()> {
        let batch_max = self.options.batch_max;
        self.workers.iter_mut().try_for_each(|worker| worker.flush(batch_max))
    }

    /// Waits until everything that was sent is taken, and adds the account up. This is the barrier: it costs as long as the
    /// slowest worker still needs.
    ///
    /// # Errors
    /// `ACTOR_STOPPED`, `AMOUNT_OVERFLOW`.
    pub fn figures(&mut self) -> Result<AccountFigures> {
        let figures = self.visit(|actor| actor.figures())?;
        if let Some(actor) = self.stopped.iter().position(|flag| flag.load(Ordering::Acquire)) {
            return Err(stopped(actor));
        }
        AccountFigures::of(figures)
    }

    /// Waits until everything that was sent is taken, does something with each actor, where it is, and returns what came of
    /// it in the order of the plan. A barrier as `figures` is one, and stopped actors are visited too.
    ///
    /// # Errors
    /// `ACTOR_STOPPED` when a thread has ended.
    pub fn visit<T: Send + 'static>(
        &mut self,
        visit: impl Fn(&mut Actor<P>) -> T + Send + Sync + 'static,
    ) -> Result<Vec<T>> {
        self.visit_numbered(move |_, actor| visit(actor))
    }

    /// As `visit`, with each actor's place in the plan.
    ///
    /// # Errors
    /// As `visit`.
    pub fn visit_numbered<T: Send + 'static>(
        &mut self,
        visit: impl Fn(usize, &mut Actor<P>) -> T + Send + Sync + 'static,
    ) -> Result<Vec<T>> {
        self.flush()?;
        // There is room for what every actor answers, so that no worker waits to be heard.
        let (answer, answers) = sync_channel(self.stopped.len().max(1));
        // Who asked may have gone; that is no concern of the actors.
        let each: Visit<P> = Arc::new(move |number, actor: &mut Actor<P>| {
            drop(answer.send((number, visit(number, actor))));
        });
        for worker in &self.workers {
            let asked = worker.queue.send(Message::Visit(Arc::clone(&each)));
            asked.map_err(|_| worker_ended())?;
        }
        visit_all(&mut self.own, &each);
        drop(each);
        let mut all = Vec::with_capacity(self.stopped.len());
        for _ in 0..self.stopped.len() {
            all.push(answers.recv().map_err(|_| worker_ended())?);
        }
        all.sort_unstable_by_key(|(number, _)| *number);
        Ok(all.into_iter().map(|(_, came)| came).collect())
    }

    /// As `visit`, one actor only: waits for its worker, and for no other.
    ///
    /// # Errors
    /// `ACTOR_STOPPED` when its thread has ended, or no actor has this place.
    pub fn visit_one<T: Send + 'static>(
        &mut self,
        place: usize,
        visit: impl Fn(&mut Actor<P>) -> T + Send + Sync + 'static,
    ) -> Result<T> {
        let threads = self.workers.len();
        if threads == 0 {
            return match self.own.get_mut(place) {
                Some(Some(actor)) => Ok(visit(actor)),
                _ => Err(stopped(place)),
            };
        }
        let worker = self.workers.get_mut(place % threads).ok_or_else(worker_ended)?;
        worker.flush(self.options.batch_max)?;
        let (answer, answers) = sync_channel(1);
        let asked = worker.queue.send(Message::Visit(Arc::new(move |number, actor| {
            if number == place {
                drop(answer.send(visit(actor)));
            }
        })));
        asked.map_err(|_| worker_ended())?;
        answers.recv().map_err(|_| stopped(place))
    }

    /// Waits until everything that was sent is taken, ends the threads, and returns the actors in the order of the plan;
    /// one that stopped says why.
    ///
    /// # Errors
    /// `ACTOR_STOPPED` when a thread did not end in order.
    pub fn finish(mut self) -> Result<Vec<Actor<P>>> {
        let flushed = self.flush();
        let Self { mut own, workers, .. } = self;
        for Worker { queue, thread, .. } in workers {
            drop(queue);
            let returned = thread.join().map_err(|_| worker_ended())?;
            for (slot, actor) in own.iter_mut().zip(returned) {
                if actor.is_some() {
                    *slot = actor;
                }
            }
        }
        flushed?;
        Ok(own.into_iter().flatten().collect())
    }
}

impl<P> Worker<P> {
    fn flush(&mut self, batch_max: usize) -> Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let mut empty = self.batches.acquire();
        empty.reserve(batch_max);
        let batch = std::mem::replace(&mut self.gathered, empty);
        self.queue.send(Message::Inputs(batch)).map_err(|_| worker_ended())
    }
}

fn work<P: ActorPort>(
    mut actors: Vec<Option<Actor<P>>>,
    messages: &Receiver<Message<P>>,
    stopped: &[AtomicBool],
    batches: &Pool<Inputs>,
) -> Vec<Option<Actor<P>>> {
    while let Ok(message) = messages.recv() {
        match message {
            Message::Inputs(mut inputs) => {
                for input in inputs.drain(..) {
                    take(&mut actors, stopped, input);
                }
                batches.release(inputs);
            }
            Message::Visit(visit) => visit_all(&mut actors, &visit),
        }
    }
    actors
}

fn take<P: ActorPort>(
    actors: &mut [Option<Actor<P>>],
    stopped: &[AtomicBool],
    (actor, number, input): (usize, u64, ActorInput),
) {
    let Some(Some(each)) = actors.get_mut(actor) else { return };
    each.take(number, input);
    if each.failure().is_some()
        && let Some(flag) = stopped.get(actor)
    {
        flag.store(true, Ordering::Release);
    }
}

fn visit_all<P>(actors: &mut [Option<Actor<P>>], visit: &Visit<P>) {
    for (number, actor) in actors.iter_mut().enumerate() {
        if let Some(actor) = actor {
            visit(number, actor);
        }
    }
}

fn stopped(actor: usize) -> Error {
    Error::new(Code::ActorStopped, format!("actor {actor} must be at work, it has stopped"))
        .with("actor", actor)
}

fn worker_ended() -> Error {
    Error::new(Code::ActorStopped, "a worker thread must be at work, it has ended")
}
