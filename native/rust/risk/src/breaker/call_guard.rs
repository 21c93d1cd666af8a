//! A permission that cannot be forgotten: its outcome is counted when it goes out of scope (CB-08).

use super::layout::Line;
use super::refusal::{Pass, Refusal};
use super::registry::{Breakers, ComponentId};
use super::state_word::CallOutcome;
use holdfast_core::{Clock, Timestamp};

/// The permission for one call. Dropped without a word, as by an early return or a panic, it counts as a failure.
pub struct CallGuard<'b, M: AsRef<[Line]>, C: Clock> {
    breakers: &'b Breakers<M>,
    clock: &'b C,
    pass: Pass,
    started: Timestamp,
    outcome: CallOutcome,
}

impl<M: AsRef<[Line]>, C: Clock> CallGuard<'_, M, C> {
    /// The call succeeded.
    pub fn success(self) {
        self.finish(CallOutcome::Success);
    }

    /// The call failed.
    pub fn failure(self) {
        self.finish(CallOutcome::Failure);
    }

    /// The call says nothing about the component.
    pub fn ignore(self) {
        self.finish(CallOutcome::Ignored);
    }

    fn finish(mut self, outcome: CallOutcome) {
        self.outcome = outcome;
    }
}

impl<M: AsRef<[Line]>, C: Clock> Drop for CallGuard<'_, M, C> {
    fn drop(&mut self) {
        let now = self.clock.now();
        let took_ms = u64::try_from(now.since(self.started) / 1_000_000).unwrap_or(0);
        self.breakers.settle(self.pass, self.outcome, took_ms, now);
    }
}

/// Why a call through a breaker has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError<E> {
    /// It was not made.
    Refused(Refusal),
    /// It failed.
    Failed(E),
}

impl<M: AsRef<[Line]>> Breakers<M> {
    /// Lets a call pass, with a guard that owes its outcome.
    ///
    /// # Errors
    /// The refusal of [`Self::acquire`].
    pub fn guard<'b, C: Clock>(
        &'b self,
        component: ComponentId,
        clock: &'b C,
    ) -> Result<CallGuard<'b, M, C>, Refusal> {
        let started = clock.now();
        let pass = self.acquire(component, started, false)?;
        Ok(CallGuard { breakers: self, clock, pass, started, outcome: CallOutcome::Failure })
    }

    /// Runs an operation through a breaker; an error of it is a failure, and so is a panic, which goes on.
    ///
    /// # Errors
    /// The refusal, or the operation's own error.
    pub fn call<T, E, C: Clock>(
        &self,
        component: ComponentId,
        clock: &C,
        operation: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, CallError<E>> {
        let guard = self.guard(component, clock).map_err(CallError::Refused)?;
        match operation() {
            Ok(value) => {
                guard.success();
                Ok(value)
            }
            Err(error) => {
                guard.failure();
                Err(CallError::Failed(error))
            }
        }
    }
}
