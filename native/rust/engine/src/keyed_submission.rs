//! Orders that carry a key of the caller's: the first is submitted, a repeat gets the first one's verdict.

use crate::engine::Engine;
use crate::input::Command;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::wire::{Encode, Reader, U64_BYTES_MAX, Writer};
use holdfast_core::{ClientOrderId, Code, Error, InstrumentId, OrderIntent, Result, Timestamp};
use holdfast_risk::Verdict;

/// What is remembered of the first order of a key.
#[derive(Debug)]
pub(crate) struct FirstResult {
    intent: OrderIntent,
    verdict: Box<Verdict>,
}

/// Stands before a key, where a list of orders has its contingency.
const KEY_MARK: u8 = u8::MAX;

/// The content of a record of submission: the intent, and the key where there is one.
pub(crate) struct Submission<'a> {
    pub(crate) intent: &'a OrderIntent,
    pub(crate) key: Option<u128>,
}

impl Submission<'_> {
    /// Reads the key that may stand behind an intent.
    pub(crate) fn decode_key(reader: &mut Reader<'_>) -> Result<Option<u128>> {
        if reader.rest().first() != Some(&KEY_MARK) {
            return Ok(None);
        }
        reader.u8()?;
        Ok(Some(u128::from(reader.u64()?) | u128::from(reader.u64()?) << 64))
    }
}

impl Encode for Submission<'_> {
    fn encoded_bytes_max(&self) -> usize {
        self.intent.encoded_bytes_max() + 2 * U64_BYTES_MAX + 1
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        self.intent.encode(writer);
        if let Some(key) = self.key {
            writer.u8(KEY_MARK);
            writer.u64(key as u64);
            writer.u64((key >> 64) as u64);
        }
    }
}

impl Engine {
    /// Returns the instrument of the first order of a key that is remembered at this time.
    #[must_use]
    pub fn instrument_of_key(&self, key: u128, ts: Timestamp) -> Option<InstrumentId> {
        let is_live = |order: ClientOrderId| self.orders.contains_key(&order.0);
        self.first_results.find(key, ts, is_live).map(|first| first.intent.instrument)
    }

    /// Returns the first verdict of a key that is remembered; a repeat changes nothing and leaves no record.
    ///
    /// # Errors
    /// `IDEMPOTENCY_CONFLICT` when the key belongs to another order.
    pub(crate) fn first_result(
        &self,
        key: u128,
        intent: &OrderIntent,
        ts: Timestamp,
    ) -> Result<Option<Box<Verdict>>> {
        let found = self.first_results.find(key, ts, |order| self.orders.contains_key(&order.0));
        let Some(first) = found else { return Ok(None) };
        // A repeat comes at another time, and its caller cannot know the id that the first one got.
        let same = OrderIntent {
            client_order_id: first.intent.client_order_id,
            ts_intent: first.intent.ts_intent,
            ..*intent
        };
        if same != first.intent {
            return Err(Error::new(
                Code::IdempotencyConflict,
                "idempotency key must be used again with the same order only",
            )
            .with("client_order_id", first.intent.client_order_id.0));
        }
        Ok(Some(first.verdict.clone()))
    }

    /// Submits the first order of a key.
    pub(crate) fn submit_keyed(
        &mut self,
        intent: OrderIntent,
        key: u128,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<Box<Verdict>> {
        // Everything that can fail without a record comes before anything is forgotten: a replay must forget the same.
        self.check_intent(&intent)?;
        let orders = &self.orders;
        self.first_results.make_room(intent.ts_intent, |order| orders.contains_key(&order.0))?;
        let verdict =
            self.submit_with(&intent, Some(key), RecordKind::OrderSubmitted, sink, commands)?;
        let first = FirstResult { intent, verdict: verdict.clone() };
        self.first_results.remember(key, self.now(), intent.client_order_id, first);
        Ok(verdict)
    }
}

holdfast_core::persist_fields!(FirstResult { intent, verdict });

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_core::wire::{Layout, append_encoded};
    use holdfast_core::{ClientOrderId, InstrumentId, Quantity, Side};

    #[test]
    fn the_room_asked_for_grows_by_what_the_longest_key_takes() {
        let intent = OrderIntent {
            client_order_id: ClientOrderId(1),
            ..OrderIntent::market(InstrumentId(0), Side::Buy, Quantity::from_lots(1))
        };
        let keyed = Submission { intent: &intent, key: Some(u128::MAX) };
        let (mut plain, mut longer) = (Vec::new(), Vec::new());
        append_encoded(&mut plain, Layout::Compact, &intent);
        append_encoded(&mut longer, Layout::Compact, &keyed);
        let room = keyed.encoded_bytes_max() - intent.encoded_bytes_max();
        assert_eq!((longer.len() - plain.len(), room), (19, 19));
    }
}
