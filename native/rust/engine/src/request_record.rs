//! What is to be sent to a venue as a record of fixed layout; `ts/src/native/request-reader.ts` reads it.

use crate::engine::Engine;
use crate::input::Command;
use holdfast_core::order_id_text::{ORDER_ID_CHARS_MAX, OrderIdText};
use holdfast_core::{ClientOrderId, OrderIntent, Price, Quantity, Replacement, TrailingDistance};

/// Bytes of a request.
pub const REQUEST_BYTES: usize = 128;

/// Kind, side, type, time in force, flags, role, length of the id's text.
const KIND: usize = 0;
const SIDE: usize = 1;
const ORDER_TYPE: usize = 2;
const TIME_IN_FORCE: usize = 3;
const FLAGS: usize = 4;
const ROLE: usize = 5;
const TEXT_LENGTH: usize = 6;
/// Client order id, its text, and the order whose fill it follows.
const ID: usize = 8;
const TEXT: usize = 88;
const PARENT: usize = 72;
/// Instrument (u32), lots, limit and trigger in ticks, trailing distance, lots that are shown, expiry in ns.
const INSTRUMENT: usize = 16;
const LOTS: usize = 24;
const LIMIT: usize = 32;
const TRIGGER: usize = 40;
const TRAILING: usize = 48;
const DISPLAY: usize = 56;
const EXPIRES: usize = 64;
/// Number of an amendment, and of the one whose form it changes (u32 each).
const AMENDMENT: usize = 80;
const FOLLOWS: usize = 84;

const REDUCE_ONLY: u8 = 1;
const POST_ONLY: u8 = 2;
const HAS_LIMIT: u8 = 4;
const HAS_TRIGGER: u8 = 8;
const TRAILS_TICKS: u8 = 16;
const TRAILS_SHARE: u8 = 32;
const HAS_DISPLAY: u8 = 64;
const HAS_EXPIRY: u8 = 128;

const PLACE: u8 = 0;
const CANCEL: u8 = 1;
const REPLACE: u8 = 2;
const QUERY: u8 = 3;

/// A record that is being written.
struct RequestRecord([u8; REQUEST_BYTES]);

impl RequestRecord {
    fn byte(&mut self, at: usize, value: u8) {
        if let Some(place) = self.0.get_mut(at) {
            *place = value;
        }
    }

    fn word(&mut self, at: usize, value: u64) {
        if let Some(place) = self.0.get_mut(at..at + 8) {
            place.copy_from_slice(&value.to_le_bytes());
        }
    }

    fn half_word(&mut self, at: usize, value: u32) {
        if let Some(place) = self.0.get_mut(at..at + 4) {
            place.copy_from_slice(&value.to_le_bytes());
        }
    }

    /// Writes a number where there is one, and returns the flag that says so.
    fn optional(&mut self, at: usize, value: Option<i64>, flag: u8) -> u8 {
        value.map_or(0, |value| {
            self.word(at, value.cast_unsigned());
            flag
        })
    }

    fn id(&mut self, id: ClientOrderId, form: &OrderIdText) {
        self.word(ID, id.0);
        let length = self
            .0
            .get_mut(TEXT..TEXT + ORDER_ID_CHARS_MAX)
            .map_or(0, |place| form.write_into(id, place));
        self.byte(TEXT_LENGTH, length as u8);
    }

    /// What the venue has to know to find the order.
    fn order(&mut self, intent: &OrderIntent) {
        self.byte(SIDE, intent.side as u8);
        self.byte(ORDER_TYPE, intent.order_type as u8);
        self.byte(TIME_IN_FORCE, intent.time_in_force as u8);
        self.byte(ROLE, intent.role as u8);
        self.word(INSTRUMENT, u64::from(intent.instrument.0));
        self.word(PARENT, intent.parent.0);
    }

    /// Writes quantity and prices and returns their flags.
    fn form(&mut self, form: &Replacement) -> u8 {
        self.word(LOTS, form.quantity.lots().cast_unsigned());
        self.optional(LIMIT, form.limit_price.map(Price::ticks), HAS_LIMIT)
            | self.optional(TRIGGER, form.trigger_price.map(Price::ticks), HAS_TRIGGER)
    }

    fn terms(&mut self, intent: &OrderIntent) -> u8 {
        let terms = &intent.terms;
        let (ticks, share) = match terms.trailing {
            Some(TrailingDistance::Ticks(ticks)) => (Some(ticks), None),
            Some(TrailingDistance::Share(share)) => (None, Some(share.millionths())),
            None => (None, None),
        };
        self.optional(TRAILING, ticks, TRAILS_TICKS)
            | self.optional(TRAILING, share, TRAILS_SHARE)
            | self.optional(DISPLAY, terms.display.map(Quantity::lots), HAS_DISPLAY)
            | self.optional(EXPIRES, terms.expires.map(|expires| expires.0), HAS_EXPIRY)
            | if terms.post_only { POST_ONLY } else { 0 }
            | if intent.reduce_only { REDUCE_ONLY } else { 0 }
    }
}

/// Names the instrument of a request anew, for an engine that knows it by another id than its caller.
pub fn rename_instrument(record: &mut [u8; REQUEST_BYTES], name: impl Fn(u32) -> u32) {
    let place = record.get_mut(INSTRUMENT..).and_then(|rest| rest.first_chunk_mut::<4>());
    if let Some(bytes) = place {
        *bytes = name(u32::from_le_bytes(*bytes)).to_le_bytes();
    }
}

/// Writes a request; what it does not say about its order is taken from the engine.
#[must_use]
pub fn request_record(
    engine: &Engine,
    command: &Command,
    form: &OrderIdText,
) -> [u8; REQUEST_BYTES] {
    let mut record = RequestRecord([0; REQUEST_BYTES]);
    let (kind, id) = match command {
        Command::Place(intent) => (PLACE, intent.client_order_id),
        Command::Cancel(id) => (CANCEL, *id),
        Command::Replace(replacement) => (REPLACE, replacement.client_order_id),
        Command::Query(id) => (QUERY, *id),
    };
    record.byte(KIND, kind);
    record.id(id, form);
    let flags = match command {
        Command::Place(intent) => {
            record.order(intent);
            record.form(&Replacement::of_intent(intent)) | record.terms(intent)
        }
        Command::Replace(replacement) => {
            record.half_word(AMENDMENT, replacement.number);
            record.half_word(FOLLOWS, replacement.follows);
            engine.order(id).map_or(0, |order| {
                record.order(&order.intent);
                record.terms(&order.intent)
            }) | record.form(replacement)
        }
        Command::Cancel(_) | Command::Query(_) => engine.order(id).map_or(0, |order| {
            record.order(&order.intent);
            record.form(&Replacement::of(order)) | record.terms(&order.intent)
        }),
    };
    record.byte(FLAGS, flags);
    record.0
}
