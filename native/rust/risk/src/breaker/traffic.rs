//! Calls and their outcomes: what happens on every call, without a lock and without an allocation (CB-03, CB-10).

use super::change::{Cause, ChangeSubject, StateChange};
use super::component::{CRITICAL, Component, Outcomes, PROTECTED, Refusals};
use super::layout::{COMPONENTS_MAX, Line, body, head};
use super::refusal::{Pass, Refusal, RefusalReason};
use super::registry::{Breakers, ComponentId};
use super::settings::{BreakerSettings, RATE_PARTS};
use super::state_word::{
    Admission, BreakerState, CallOutcome, OverrideAction, Settlement, StateWord,
};
use holdfast_core::{Code, Error, Result, Timestamp, contain};
use std::sync::atomic::Ordering;

/// Words of the set of components that are not closed.
const SET_WORDS: usize = COMPONENTS_MAX / 64;

/// A component that cannot be looked up keeps calls away: fail closed.
const UNKNOWN: Refusal = Refusal {
    reason: RefusalReason::Open,
    state: BreakerState::Open,
    by: None,
    retry_after_ms: None,
};

impl<M: AsRef<[Line]>> Breakers<M> {
    /// Lets a call pass or refuses it. A call that passes owes its outcome to [`Self::settle`]. With `confident`, it
    /// passes only when the window holds the minimum of calls, so that the breaker's being closed means something.
    ///
    /// # Errors
    /// The refusal: global, dependency, confidence, open, or exhausted, the first of these that holds.
    pub fn acquire(
        &self,
        id: ComponentId,
        now: Timestamp,
        confident: bool,
    ) -> std::result::Result<Pass, Refusal> {
        let now_ms = self.since_origin(now);
        let component = self.at(id).ok_or(UNKNOWN)?;
        let settings = component.settings().ok_or(UNKNOWN)?;
        self.judge(id, &component, &settings, now_ms, confident)
            .inspect_err(|refusal| component.count_refusal(counter_of(refusal.reason)))?;
        loop {
            let seen = component.state();
            let (stay, trial) = match seen.admit(&settings, now_ms) {
                Admission::Pass => (seen.stay(), false),
                Admission::Trial(next) => {
                    if !component.swap_state(seen, next) {
                        continue;
                    }
                    if next.stay() != seen.stay() {
                        let expired = seen.state() == BreakerState::HalfOpen;
                        let cause = if expired { Cause::TrialsExpired } else { Cause::Cooldown };
                        self.changed(id, (seen, next), cause, now_ms);
                    }
                    (next.stay(), true)
                }
                refused => {
                    let refusal = refusal_of(refused);
                    component.count_refusal(counter_of(refusal.reason));
                    return Err(refusal);
                }
            };
            component.count_refusal(Refusals::Admitted);
            component.note_time(Outcomes::LastAttemptMs, now_ms);
            return Ok(Pass { component: id, stay, trial });
        }
    }

    /// Tells whether a call would pass at this instant, and takes no token for it.
    ///
    /// # Errors
    /// The refusal that [`Self::acquire`] would give.
    pub fn permits(&self, id: ComponentId, now: Timestamp) -> std::result::Result<(), Refusal> {
        let now_ms = self.since_origin(now);
        let component = self.at(id).ok_or(UNKNOWN)?;
        let settings = component.settings().ok_or(UNKNOWN)?;
        self.judge(id, &component, &settings, now_ms, false)?;
        match component.state().admit(&settings, now_ms) {
            Admission::Pass | Admission::Trial(_) => Ok(()),
            refused => Err(refusal_of(refused)),
        }
    }

    /// What the other components and the window say, before the component's own state does.
    fn judge(
        &self,
        id: ComponentId,
        component: &Component<'_>,
        settings: &BreakerSettings,
        now_ms: u64,
        confident: bool,
    ) -> std::result::Result<(), Refusal> {
        let refused = |reason, by| Refusal {
            reason,
            state: component.state().state(),
            by,
            retry_after_ms: None,
        };
        if self.head(head::UNSETTLED).load(Ordering::SeqCst) != 0 {
            if self.observe_global(now_ms) {
                return Err(refused(RefusalReason::Global, None));
            }
            if let Some(by) = self.observe_blocked(id, component, now_ms) {
                return Err(refused(RefusalReason::Dependency, Some(by)));
            }
        }
        if confident && !settings.confident(component.window(settings, now_ms).calls) {
            return Err(refused(RefusalReason::Confidence, None));
        }
        Ok(())
    }

    /// Counts the outcome of a call that passed and took some milliseconds; the breaker may open or close.
    pub fn settle(&self, pass: Pass, outcome: CallOutcome, took_ms: u64, now: Timestamp) {
        let now_ms = self.since_origin(now);
        let Some(component) = self.at(pass.component) else { return };
        let Some(settings) = component.settings() else { return };
        let slow = outcome == CallOutcome::Success
            && settings.slow_call_ms > 0
            && took_ms >= u64::from(settings.slow_call_ms);
        let outcome = if slow { CallOutcome::Failure } else { outcome };
        if slow {
            component.count(Outcomes::Slow);
        }
        match outcome {
            CallOutcome::Success => component.count(Outcomes::Succeeded),
            CallOutcome::Ignored => component.count(Outcomes::Ignored),
            CallOutcome::Failure => {
                component.count(Outcomes::Failed);
                component.note_time(Outcomes::LastFailureMs, now_ms);
            }
        }
        loop {
            let seen = component.state();
            match seen.settle(pass.stay, outcome, &settings, now_ms) {
                Settlement::Keep => return,
                Settlement::Late => return component.count(Outcomes::Late),
                Settlement::Count => {
                    let failed = outcome == CallOutcome::Failure;
                    if !component.record(&settings, seen.generation(), now_ms, failed) {
                        component.count(Outcomes::Late);
                    }
                    if failed {
                        self.trip_when_due(pass.component, seen, &settings, now_ms);
                    }
                    return;
                }
                Settlement::Move(next) => {
                    // Emptied before others can count in it: until the swap nobody does.
                    if next.state() == BreakerState::Closed {
                        component.clear_window();
                    }
                    if component.swap_state(seen, next) {
                        let cause = match next.state() {
                            BreakerState::Closed => Cause::TrialSucceeded,
                            BreakerState::Open => Cause::TrialFailed,
                            BreakerState::HalfOpen => return,
                        };
                        return self.changed(pass.component, (seen, next), cause, now_ms);
                    }
                }
            }
        }
    }

    fn trip_when_due(
        &self,
        id: ComponentId,
        seen: StateWord,
        settings: &BreakerSettings,
        now_ms: u64,
    ) {
        let Some(component) = self.at(id) else { return };
        let counts = component.window(settings, now_ms);
        if !settings.confident(counts.calls) || !settings.exceeded(counts.calls, counts.failures) {
            return;
        }
        // When the swap fails, somebody else has changed the state for as good a reason.
        if let Some(next) = seen.trip(now_ms)
            && component.swap_state(seen, next)
        {
            self.changed(id, (seen, next), Cause::Failures, now_ms);
        }
    }

    /// Changes a breaker by hand; false when it is so already. Who may do it, and the record of it, is the caller's part.
    ///
    /// # Errors
    /// `CIRCUIT_OVERRIDE_FORBIDDEN` while overrides are, and for closing a protected component.
    pub fn override_state(
        &self,
        id: ComponentId,
        action: OverrideAction,
        now: Timestamp,
    ) -> Result<bool> {
        let forbidden = |why: &str| Error::new(Code::CircuitOverrideForbidden, why);
        let now_ms = self.since_origin(now);
        let Some(component) = self.at(id) else { return Ok(false) };
        if self.head(head::OVERRIDES_FORBIDDEN).load(Ordering::SeqCst) != 0 {
            return Err(forbidden("no breaker must be overridden under the discipline profile"));
        }
        if action != OverrideAction::ForceOpen && component.has_flag(PROTECTED) {
            return Err(forbidden("a breaker of risk must recover by its own rule"));
        }
        loop {
            let seen = component.state();
            let Some(next) = seen.overridden(action, now_ms) else { return Ok(false) };
            if next.state() == BreakerState::Closed {
                component.clear_window();
            }
            if component.swap_state(seen, next) {
                let cause = match action {
                    OverrideAction::ForceOpen => Cause::ForcedOpen,
                    OverrideAction::Reset => Cause::Reset,
                    OverrideAction::Release => Cause::Released,
                };
                self.changed(id, (seen, next), cause, now_ms);
                return Ok(true);
            }
        }
    }

    /// Returns whether the global circuit is open at an instant.
    #[must_use]
    pub fn is_global_open(&self, now: Timestamp) -> bool {
        self.observe_global(self.since_origin(now))
    }

    /// Tells a change, and judges again what is derived from it (CB-15).
    fn changed(
        &self,
        id: ComponentId,
        (from, to): (StateWord, StateWord),
        cause: Cause,
        now_ms: u64,
    ) {
        if to.state() == BreakerState::Open
            && from.state() != BreakerState::Open
            && let Some(component) = self.at(id)
        {
            component.count(Outcomes::Trips);
        }
        self.publish(id);
        let subject = ChangeSubject::Component(u16::try_from(id.index()).unwrap_or(u16::MAX));
        self.tell(subject, (from.state(), to.state()), cause, now_ms);
        for other in self.registered() {
            if let Some(component) = self.at(other) {
                self.observe_blocked(other, &component, now_ms);
            }
        }
        self.observe_global(now_ms);
    }

    /// Makes the set of components that are not closed agree with the state. Whoever changes it last looks last.
    fn publish(&self, id: ComponentId) {
        let Some(component) = self.at(id) else { return };
        let (word, bit) = (self.unsettled_set(id.index() / 64), 1_u64 << (id.index() % 64));
        loop {
            let unsettled = component.state().state() != BreakerState::Closed;
            if unsettled {
                if word.fetch_or(bit, Ordering::SeqCst) & bit == 0 {
                    self.head(head::UNSETTLED).fetch_add(1, Ordering::SeqCst);
                }
            } else if word.fetch_and(!bit, Ordering::SeqCst) & bit != 0 {
                self.head(head::UNSETTLED).fetch_sub(1, Ordering::SeqCst);
            }
            if (component.state().state() != BreakerState::Closed) == unsettled {
                return;
            }
        }
    }

    /// Judges the global circuit; tells when that differs from what was seen last.
    fn observe_global(&self, now_ms: u64) -> bool {
        let open = self.judge_global(now_ms);
        let seen = self.head(head::GLOBAL_OPEN).swap(u64::from(open), Ordering::SeqCst) != 0;
        if seen != open {
            self.tell(ChangeSubject::Global, derived(open), Cause::Derived, now_ms);
        }
        open
    }

    fn judge_global(&self, now_ms: u64) -> bool {
        let mut open = 0_u64;
        for word in 0..SET_WORDS {
            let mut bits = self.unsettled_set(word).load(Ordering::SeqCst);
            while bits != 0 {
                let index = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let Some(component) = ComponentId::from_index(index).and_then(|id| self.at(id))
                else {
                    continue;
                };
                let Some(settings) = component.settings() else { return true };
                if component.state().bars(&settings, now_ms) {
                    if component.has_flag(CRITICAL) {
                        return true;
                    }
                    open += 1;
                }
            }
        }
        let rule = self.head(head::GLOBAL_RULE).load(Ordering::Relaxed);
        let (components, fraction) = (rule & 0xffff_ffff, rule >> 32);
        let registered = self.head(head::REGISTERED).load(Ordering::Relaxed);
        (components > 0 && open >= components)
            || (fraction > 0 && open >= 2 && open * RATE_PARTS >= fraction * registered)
    }

    /// Returns the open component that keeps calls of this one away; tells when that has changed.
    fn observe_blocked(
        &self,
        id: ComponentId,
        component: &Component<'_>,
        now_ms: u64,
    ) -> Option<ComponentId> {
        component.dependencies().next()?;
        let mut by = None;
        self.each_dependency(id, |dependency, lines| {
            let bars =
                lines.settings().is_none_or(|settings| lines.state().bars(&settings, now_ms));
            if bars {
                by = Some(dependency);
            }
            bars
        });
        let blocked = by.is_some();
        let word = component.word(body::BLOCKED);
        // Read first: nearly always nothing has changed, and a read leaves the line shared.
        if (word.load(Ordering::SeqCst) != 0) != blocked
            && (word.swap(u64::from(blocked), Ordering::SeqCst) != 0) != blocked
        {
            let subject = ChangeSubject::Dependant(u16::try_from(id.index()).unwrap_or(u16::MAX));
            self.tell(subject, derived(blocked), Cause::Derived, now_ms);
        }
        by
    }

    /// Tells a change; a listener that panics is counted and changes nothing (CB-07, NAT-30).
    fn tell(
        &self,
        subject: ChangeSubject,
        (from, to): (BreakerState, BreakerState),
        cause: Cause,
        at_ms: u64,
    ) {
        let Some(listener) = &self.listener else { return };
        let change = StateChange { subject, from, to, cause, at_ms };
        let told = contain::contain(|| {
            listener(&change);
            Ok(())
        });
        if told.is_err() {
            self.head(head::LISTENER_FAILURES).fetch_add(1, Ordering::Relaxed);
        }
    }
}

const fn derived(open: bool) -> (BreakerState, BreakerState) {
    if open {
        (BreakerState::Closed, BreakerState::Open)
    } else {
        (BreakerState::Open, BreakerState::Closed)
    }
}

const fn counter_of(reason: RefusalReason) -> Refusals {
    match reason {
        RefusalReason::Open => Refusals::Open,
        RefusalReason::Exhausted => Refusals::Exhausted,
        RefusalReason::Global => Refusals::Global,
        RefusalReason::Dependency => Refusals::Dependency,
        RefusalReason::Confidence => Refusals::Confidence,
    }
}

const fn refusal_of(admission: Admission) -> Refusal {
    match admission {
        Admission::Exhausted(after) => Refusal {
            reason: RefusalReason::Exhausted,
            state: BreakerState::HalfOpen,
            by: None,
            retry_after_ms: Some(after),
        },
        Admission::Open(after) => Refusal {
            reason: RefusalReason::Open,
            state: BreakerState::Open,
            by: None,
            retry_after_ms: after,
        },
        Admission::Pass | Admission::Trial(_) => UNKNOWN,
    }
}
