//! What the gateway remembers of one order.

use holdfast_core::{OrderIntent, Quantity, Replacement, Timestamp};

/// An order that is not known to have ended.
#[derive(Debug)]
pub(super) struct Tracked {
    /// `None` for one that the gateway did not place: it is never placed again.
    pub intent: Option<OrderIntent>,
    /// Whether the venue has shown that it has the order.
    pub confirmed: bool,
    /// Whether the engine surely takes it for open; doubt is told for such an order only.
    pub engine_open: bool,
    /// Whether its end was told, and it is tracked for its missing fills only.
    pub end_told: bool,
    pub in_doubt: bool,
    pub wants_cancel: bool,
    /// What was asked for by an amendment that is not answered.
    pub wants: Option<Replacement>,
    /// Whether the venue refused what is wanted; only an answer to a later query proves it.
    pub refused: bool,
    pub quantity: Quantity,
    pub filled: Quantity,
    pub last_placed: Timestamp,
    /// How often the placement was sent.
    pub places: u32,
    /// Number of the amendment that left last.
    pub amendment_left: Option<u32>,
    /// The query under way, with its time.
    pub query: Option<(u64, Timestamp)>,
    pub queries_failed: u32,
    pub wake: Option<Timestamp>,
}

impl Tracked {
    pub fn placed(intent: OrderIntent, now: Timestamp) -> Self {
        Self {
            intent: Some(intent),
            confirmed: false,
            engine_open: true,
            end_told: false,
            in_doubt: false,
            wants_cancel: false,
            wants: None,
            refused: false,
            quantity: intent.quantity,
            filled: Quantity::ZERO,
            last_placed: now,
            places: 0,
            amendment_left: None,
            query: None,
            queries_failed: 0,
            wake: None,
        }
    }

    pub fn found() -> Self {
        Self {
            intent: None,
            confirmed: true,
            engine_open: false,
            end_told: false,
            in_doubt: false,
            wants_cancel: false,
            wants: None,
            refused: false,
            quantity: Quantity::from_lots(i64::MAX),
            filled: Quantity::ZERO,
            last_placed: Timestamp(0),
            places: 0,
            amendment_left: None,
            query: None,
            queries_failed: 0,
            wake: None,
        }
    }

    /// Whether all has filled, also of what was asked for.
    pub fn is_over(&self) -> bool {
        let wanted = self.wants.map_or(self.quantity, |wanted| wanted.quantity);
        self.filled >= self.quantity.max(wanted)
    }

    /// Takes an answer about what is wanted. A query that is under way may have been answered before it, and counts no more.
    pub fn hear_answer(&mut self, refused: bool) -> bool {
        self.refused = refused;
        self.query.take().is_some()
    }

    /// Whether a command is unanswered.
    pub const fn awaits_answer(&self) -> bool {
        !self.confirmed || self.wants_cancel || self.wants.is_some()
    }
}
