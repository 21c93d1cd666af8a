//! The order as the engine sees it: the rules of reports, fills and requests over the real transition table.

use holdfast_core::order_state::{Transition, transition};
use holdfast_core::{BaseState, OrderEvent, Overlays};

/// What the venue may tell; a fill is one lot and its number is its trade id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    Accepted,
    Rejected,
    Fill(u8),
    /// Cancelled, with the quantity that the venue filled before.
    Canceled(u8),
    /// Expired, with the quantity that the venue filled before.
    Expired(u8),
    Replaced(u8),
    CancelRejected,
    ReplaceRejected(u8),
    Unknown,
}

/// The engine's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Local {
    pub base: BaseState,
    pub overlays: u8,
    /// Applied trades, as bits.
    pub applied: u8,
    pub reserved: u8,
    pub quantity: u8,
    /// Quantity of an unanswered amendment, 0 for none.
    pub pending: u8,
}

impl Local {
    /// An order that passed the gate and was sent.
    pub fn sent(quantity: u8) -> Self {
        let sent = transition(BaseState::Initialized, Overlays::NONE, OrderEvent::Submit).unwrap();
        Self {
            base: sent.base,
            overlays: sent.overlays.bits(),
            applied: 0,
            reserved: quantity,
            quantity,
            pending: 0,
        }
    }

    pub fn filled(&self) -> u8 {
        self.applied.count_ones() as u8
    }

    pub fn has(&self, overlay: Overlays) -> bool {
        Overlays::from_bits(self.overlays).has(overlay)
    }

    pub fn look_up(&self, event: OrderEvent) -> Option<Transition> {
        transition(self.base, Overlays::from_bits(self.overlays), event)
    }

    /// Moves by an event that must be legal; `ended_filled` is what the venue says it filled before an end.
    fn apply(&mut self, event: OrderEvent, ended_filled: u8) {
        let next =
            self.look_up(event).unwrap_or_else(|| panic!("{event:?} must be legal for {self:?}"));
        let before = self.base;
        (self.base, self.overlays) = (next.base, next.overlays.bits());
        if next.base.is_end() && !before.is_end() {
            self.reserved = self.reserved.min(ended_filled.saturating_sub(self.filled()));
            self.pending = 0;
        } else if before.is_end() && !next.base.is_end() {
            self.reserved = self.most().saturating_sub(self.filled());
        }
    }

    /// The largest quantity that may be in force at the venue.
    fn most(&self) -> u8 {
        self.quantity.max(self.pending)
    }

    pub fn request(&mut self, event: OrderEvent) {
        self.apply(event, 0);
    }

    pub fn request_replace(&mut self, quantity: u8) {
        self.apply(OrderEvent::RequestReplace, 0);
        self.pending = quantity;
        self.reserved = self.reserved.max(self.most().saturating_sub(self.filled()));
    }

    /// Applies a report. What answers no open question is put aside, as the engine does it.
    pub fn hear(&mut self, report: Report) {
        match report {
            Report::Accepted => self.apply(OrderEvent::Accept, 0),
            Report::Rejected => self.apply(OrderEvent::Reject, 0),
            Report::Canceled(filled) => self.apply(OrderEvent::Cancel, filled),
            Report::Expired(filled) => self.apply(OrderEvent::Expire, filled),
            Report::CancelRejected => self.apply(OrderEvent::RefuseCancel, 0),
            Report::Replaced(quantity) if quantity == self.pending => {
                self.quantity = quantity;
                self.answer_replace(OrderEvent::Replace);
            }
            Report::ReplaceRejected(quantity) if quantity == self.pending => {
                self.answer_replace(OrderEvent::RefuseReplace);
            }
            Report::Replaced(_) | Report::ReplaceRejected(_) => {}
            Report::Fill(trade) => self.fill(1 << trade),
            Report::Unknown => {
                if self.look_up(OrderEvent::ProveUnknown).is_some() {
                    self.apply(OrderEvent::ProveUnknown, 0);
                }
            }
        }
    }

    fn answer_replace(&mut self, event: OrderEvent) {
        self.pending = 0;
        self.apply(event, 0);
        if self.base.is_end() {
            return;
        }
        self.reserved = self.quantity.saturating_sub(self.filled());
        if self.filled() >= self.quantity {
            self.apply(OrderEvent::CompleteFill, 0);
        }
    }

    fn fill(&mut self, bit: u8) {
        if self.applied & bit != 0 {
            return;
        }
        self.applied |= bit;
        self.reserved = self.reserved.saturating_sub(1);
        let complete = self.filled() >= self.most();
        self.apply(if complete { OrderEvent::CompleteFill } else { OrderEvent::PartialFill }, 0);
    }
}
