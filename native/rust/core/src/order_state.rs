//! The order's state machine: ten base states, three overlays and a version in one atomic word, moved by
//! compare-and-swap against a table that is built at compile time.

use crate::code::Code;
use crate::error::{Error, Result};
use crate::order::vocabulary;
use crate::persist::{Persist, unfit};
use crate::wire::Reader;
use std::sync::atomic::{AtomicU64, Ordering};

vocabulary! {
    /// Base state of an order (FIX 39).
    BaseState {
        Initialized = 0 "initialized", Denied = 1 "denied", Submitted = 2 "submitted", Accepted = 3 "accepted",
        Triggered = 4 "triggered", PartiallyFilled = 5 "partially_filled", Filled = 6 "filled",
        Canceled = 7 "canceled", Rejected = 8 "rejected", Expired = 9 "expired",
    }
}

vocabulary! {
    /// What can happen to an order.
    OrderEvent {
        Deny = 0 "deny", Submit = 1 "submit", Accept = 2 "accept", Reject = 3 "reject", Trigger = 4 "trigger",
        PartialFill = 5 "partial_fill", CompleteFill = 6 "complete_fill", Cancel = 7 "cancel", Expire = 8 "expire",
        RequestCancel = 9 "request_cancel", RefuseCancel = 10 "refuse_cancel",
        RequestReplace = 11 "request_replace", Replace = 12 "replace", RefuseReplace = 13 "refuse_replace",
        LoseTrack = 14 "lose_track", ProveUnknown = 15 "prove_unknown",
    }
}

impl BaseState {
    /// Returns whether nothing is expected to happen any more. A late fill may still arrive.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(
            self,
            Self::Denied | Self::Filled | Self::Canceled | Self::Rejected | Self::Expired
        )
    }
}

/// The overlays that stand over a base state, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overlays(u8);

impl Overlays {
    /// No overlay.
    pub const NONE: Self = Self(0);
    /// A cancel was sent and not answered.
    pub const PENDING_CANCEL: Self = Self(1);
    /// An amendment was sent and not answered.
    pub const PENDING_REPLACE: Self = Self(2);
    /// The outcome of a command is unknown; the whole reservation stays.
    pub const IN_DOUBT: Self = Self(4);
    /// Number of combinations.
    pub const COMBINATIONS: u8 = 8;
    /// Each overlay with its text.
    pub const VOCABULARY: [(Self, &'static str); 3] = [
        (Self::PENDING_CANCEL, "pending_cancel"),
        (Self::PENDING_REPLACE, "pending_replace"),
        (Self::IN_DOUBT, "in_doubt"),
    ];

    /// Returns the bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Makes overlays from bits; higher bits are dropped.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & (Self::COMBINATIONS - 1))
    }

    /// Returns whether all overlays of `other` stand.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// A legal transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// Base state afterwards.
    pub base: BaseState,
    /// Overlays afterwards.
    pub overlays: Overlays,
    /// Whether the event came after an end state: it is applied, and somebody must look.
    pub alarm: bool,
}

const BASES: usize = BaseState::VOCABULARY.len();
const EVENTS: usize = OrderEvent::VOCABULARY.len();
type Table = [[[Option<Transition>; EVENTS]; Overlays::COMBINATIONS as usize]; BASES];

/// The rule of one base state: which base follows an event, before overlays are looked at.
const fn next_base(base: BaseState, event: OrderEvent) -> Option<(BaseState, bool)> {
    use BaseState as B;
    use OrderEvent as E;
    match (base, event) {
        (B::Initialized, E::Deny) => Some((B::Denied, false)),
        (B::Initialized, E::Submit) => Some((B::Submitted, false)),
        // Nothing was sent yet, so nothing can be answered, cancelled or lost.
        (B::Initialized, _) => None,
        // The egress fuse kept the order here: it was approved and never left.
        (B::Submitted, E::Deny) => Some((B::Denied, false)),
        // Each order is judged once and sent once; a retry uses the same id and is no second submit.
        (_, E::Deny | E::Submit) => None,
        // An end is known: a command for it is a mistake, and there is nothing to lose track of.
        (
            B::Denied | B::Filled | B::Canceled | B::Rejected | B::Expired,
            E::RequestCancel | E::RequestReplace | E::LoseTrack | E::ProveUnknown,
        ) => None,
        // Venue reports after an end are legal and raise an alarm. Where the end came from the venue in
        // another order of arrival, the end stands; where the order evidently lives, it lives again.
        (B::Denied | B::Rejected, E::Accept) => Some((B::Accepted, true)),
        (B::Denied | B::Rejected, E::Trigger) => Some((B::Triggered, true)),
        (B::Denied | B::Rejected, E::PartialFill) => Some((B::PartiallyFilled, true)),
        (B::Canceled | B::Expired | B::Filled, E::Accept | E::Trigger | E::PartialFill) => {
            Some((base, true))
        }
        (B::Denied | B::Canceled | B::Rejected | B::Expired | B::Filled, E::CompleteFill) => {
            Some((B::Filled, true))
        }
        (B::Denied | B::Canceled | B::Rejected | B::Expired | B::Filled, _) => Some((base, true)),
        (_, E::PartialFill) => Some((B::PartiallyFilled, false)),
        (_, E::CompleteFill) => Some((B::Filled, false)),
        (_, E::Cancel) => Some((B::Canceled, false)),
        (_, E::Expire) => Some((B::Expired, false)),
        (
            _,
            E::RequestCancel
            | E::RefuseCancel
            | E::RequestReplace
            | E::Replace
            | E::RefuseReplace
            | E::LoseTrack,
        ) => Some((base, false)),
        (B::Submitted, E::Accept) => Some((B::Accepted, false)),
        (B::Submitted | B::Accepted, E::Trigger) => Some((B::Triggered, false)),
        // An acknowledgement may be overtaken by what follows it.
        (B::Accepted | B::Triggered | B::PartiallyFilled, E::Accept) => Some((base, false)),
        (B::Triggered | B::PartiallyFilled, E::Trigger) => Some((base, false)),
        (B::Submitted | B::Accepted | B::Triggered, E::Reject) => Some((B::Rejected, false)),
        // What has filled was not rejected: the rest is gone, the fills stay.
        (B::PartiallyFilled, E::Reject) => Some((B::Canceled, true)),
        (B::Submitted, E::ProveUnknown) => Some((B::Rejected, false)),
        // The venue had answered for it before; that it is unknown now is a contradiction to look at.
        (_, E::ProveUnknown) => Some((B::Canceled, true)),
    }
}

/// The rule of the overlays: requests set them, answers clear them, doubt ends on any word of the venue.
const fn next_overlays(overlays: Overlays, event: OrderEvent) -> Option<Overlays> {
    use OrderEvent as E;
    let known = overlays.without(Overlays::IN_DOUBT);
    match event {
        // A second cancel may be sent while the first is unanswered: cancels are never blocked.
        E::RequestCancel => Some(overlays.with(Overlays::PENDING_CANCEL)),
        E::RequestReplace if overlays.has(Overlays::PENDING_REPLACE) => None,
        E::RequestReplace => Some(overlays.with(Overlays::PENDING_REPLACE)),
        E::LoseTrack => Some(overlays.with(Overlays::IN_DOUBT)),
        E::RefuseCancel => Some(known.without(Overlays::PENDING_CANCEL)),
        E::Replace | E::RefuseReplace => Some(known.without(Overlays::PENDING_REPLACE)),
        E::ProveUnknown if !overlays.has(Overlays::IN_DOUBT) => None,
        _ => Some(known),
    }
}

const fn transition_of(
    base: BaseState,
    overlays: Overlays,
    event: OrderEvent,
) -> Option<Transition> {
    let Some((next, alarm)) = next_base(base, event) else { return None };
    let Some(after) = next_overlays(overlays, event) else { return None };
    let overlays = if next.is_end() { Overlays::NONE } else { after };
    Some(Transition { base: next, overlays, alarm })
}

const fn build_table() -> Table {
    let mut table: Table = [[[None; EVENTS]; Overlays::COMBINATIONS as usize]; BASES];
    let mut b = 0;
    while b < BASES {
        let mut o = 0;
        while o < Overlays::COMBINATIONS {
            let mut e = 0;
            while e < EVENTS {
                let (base, event) = (BaseState::VOCABULARY[b].0, OrderEvent::VOCABULARY[e].0);
                table[b][o as usize][e] = transition_of(base, Overlays::from_bits(o), event);
                e += 1;
            }
            o += 1;
        }
        b += 1;
    }
    table
}

static TABLE: Table = build_table();

/// Looks a transition up; `None` is an illegal pair.
#[must_use]
pub fn transition(base: BaseState, overlays: Overlays, event: OrderEvent) -> Option<Transition> {
    TABLE[base as usize][overlays.bits() as usize][event as usize]
}

/// The state word of one order: base in bits 0–7, overlays in 8–15, version in 16–63.
#[derive(Debug, Default)]
pub struct OrderState(AtomicU64);

impl OrderState {
    /// Makes the state of an order that was not judged yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Returns base state, overlays and version as one consistent reading.
    #[must_use]
    pub fn load(&self) -> (BaseState, Overlays, u64) {
        Self::unpack(self.0.load(Ordering::Acquire))
    }

    /// Returns the base state.
    #[must_use]
    pub fn base(&self) -> BaseState {
        self.load().0
    }

    fn unpack(word: u64) -> (BaseState, Overlays, u64) {
        let [base, overlays, ..] = word.to_le_bytes();
        // Only `apply` writes the word, with a base of the table.
        let base = BaseState::VOCABULARY
            .get(base as usize)
            .map_or(BaseState::Initialized, |entry| entry.0);
        (base, Overlays::from_bits(overlays), word >> 16)
    }

    /// Applies an event by compare-and-swap.
    ///
    /// # Errors
    /// `ORDER_TRANSITION_ILLEGAL`; the state is unchanged then.
    pub fn apply(&self, event: OrderEvent) -> Result<Transition> {
        let mut word = self.0.load(Ordering::Acquire);
        loop {
            let (base, overlays, version) = Self::unpack(word);
            let Some(next) = transition(base, overlays, event) else {
                return Err(Error::new(
                    Code::OrderTransitionIllegal,
                    format!("{} must not happen to an order that is {}", event.name(), base.name()),
                )
                .with("state", base.name())
                .with("overlays", overlays.bits())
                .with("event", event.name()));
            };
            let packed =
                (next.base as u64) | (u64::from(next.overlays.bits()) << 8) | ((version + 1) << 16);
            match self.0.compare_exchange_weak(word, packed, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Ok(next),
                Err(actual) => word = actual,
            }
        }
    }
}

/// The whole word, so that the version goes on where it was.
impl Persist for OrderState {
    fn save(&self, out: &mut Vec<u8>) {
        self.0.load(Ordering::Acquire).save(out);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        let word = u64::load(reader)?;
        let [base, overlays, ..] = word.to_le_bytes();
        let is_known = (base as usize) < BASES && overlays < Overlays::COMBINATIONS;
        if is_known { Ok(Self(AtomicU64::new(word))) } else { Err(unfit("a state must be known")) }
    }
}

#[cfg(test)]
mod tests;
