//! Changes of breakers' states on their way to JavaScript.

use holdfast_risk::breaker::{ChangeSubject, StateChange};
use serde_json::json;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Changes that are kept until JavaScript takes them; older ones are dropped.
const CHANGES_MAX: usize = 1_024;

/// Changes until JavaScript takes them. Their number stands apart, so that a call takes no lock to look.
#[derive(Default)]
pub(crate) struct BreakerChanges {
    waiting: AtomicUsize,
    queue: Mutex<VecDeque<StateChange>>,
}

impl BreakerChanges {
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    pub(crate) fn push(&self, change: StateChange) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.len() >= CHANGES_MAX {
            queue.pop_front();
        }
        queue.push_back(change);
        self.waiting.store(queue.len(), Ordering::Release);
    }

    /// Takes all of them, oldest first, as JSON.
    pub(crate) fn take_json(&self) -> String {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.store(0, Ordering::Release);
        let rows: Vec<_> = queue
            .drain(..)
            .map(|change| {
                let (whose, index) = match change.subject {
                    ChangeSubject::Component(index) => ("component", index),
                    ChangeSubject::Dependant(index) => ("dependant", index),
                    ChangeSubject::Global => ("global", 0),
                };
                json!({
                    "whose": whose, "index": index, "from": change.from.name(),
                    "to": change.to.name(), "cause": change.cause.name(), "atMs": change.at_ms,
                })
            })
            .collect();
        json!(rows).to_string()
    }
}
