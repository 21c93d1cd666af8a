//! One call of actors: its inputs are sent, it waits for them, and what they came to is written where they came from.

use super::super::batches::{ORDER_OUTCOME, order_outcome, refusal, report_at};
use super::super::{CALL_TIME, COUNT, LISTENS, NOTICES_WAIT, WAITING};
use super::{Inner, closed};
use crate::command::{COMMAND_BYTES, intent_at};
use holdfast_core::market_event::{KIND_QUOTE, KIND_TRADE, MARKET_EVENT_BYTES, bar_of_records};
use holdfast_core::{Code, Error, MarketEvent, Quote, Result, Timestamp, Trade};
use holdfast_engine::actor_outbox::ANSWER_BYTES;
use holdfast_engine::report_record::{REPORT_BYTES, REPORT_OUTCOME, report_outcome};
use holdfast_engine::request_record::REQUEST_BYTES;
use holdfast_engine::{ActorDesk, ActorInput, ActorStep, Input};

impl Inner {
    pub(super) fn desk(&mut self) -> Result<&mut ActorDesk> {
        self.desk.as_mut().ok_or_else(closed)
    }

    /// The desk, gathering notices when somebody listens.
    pub(super) fn desk_telling(&mut self) -> Result<&mut ActorDesk> {
        let listens = self.exchange.u32_at(LISTENS) != 0;
        let desk = self.desk()?;
        desk.hear(listens)?;
        Ok(desk)
    }

    pub(super) fn now(&self) -> Timestamp {
        Timestamp(self.exchange.i64_at(CALL_TIME))
    }

    pub(super) fn take_notices(&mut self) -> Result<u32> {
        let Some(desk) = self.desk.as_mut() else { return Ok(0) };
        let waiting = desk.notices();
        let bytes = waiting.take(self.notices.write());
        self.exchange.put_u32(NOTICES_WAIT, u32::from(!waiting.is_empty()));
        u32::try_from(bytes)
            .map_err(|_| Error::new(Code::CapacityExhausted, "notices must fit 32 bits"))
    }

    /// Sends one input, waits for it, and fails with why it was refused.
    pub(super) fn single(&mut self, input: impl Into<ActorInput>) -> Result<u32> {
        self.desk_telling()?;
        self.sent(input)
    }

    /// As `single`, whoever listens.
    pub(super) fn sent(&mut self, input: impl Into<ActorInput>) -> Result<u32> {
        self.desk()?.send(input)?;
        self.round()
    }

    /// Waits until everything that was sent is taken; fails with why the first input was refused.
    pub(super) fn round(&mut self) -> Result<u32> {
        let desk = self.desk()?;
        desk.round()?;
        match desk.refusal() {
            Some(error) => Err(error.clone()),
            None if desk.is_unanswered() => Err(stopped()),
            None => self.take_notices(),
        }
    }

    /// As `round`, where another failure is told.
    pub(super) fn settle(&mut self) -> Result<u32> {
        self.desk()?.round()?;
        self.take_notices()
    }

    /// Sends the orders of the batch to their actors and waits; each has an outcome of its own.
    pub(super) fn submit_batch(&mut self) -> Result<u32> {
        let (count, now) = (self.count(self.orders.read().len() / COMMAND_BYTES)?, self.now());
        self.desk_telling()?.check_room()?;
        self.slots.clear();
        // An actor that stops before an order's turn leaves no other answer.
        let unanswered = refusal(&stopped());
        for slot in 0..count {
            let at = slot * COMMAND_BYTES;
            let desk = self.desk.as_mut().ok_or_else(closed)?;
            let intent = intent_at(&self.orders, at);
            let sent = intent.and_then(|mut intent| {
                intent.ts_intent = now;
                desk.send(Input::Submit(intent))
            });
            let outcome = match sent {
                Ok(number) => {
                    self.slots.push((number, slot));
                    unanswered
                }
                Err(error) => refusal(&error),
            };
            self.orders.put_bytes(at + ORDER_OUTCOME, &outcome);
        }
        self.desk()?.round()?;
        for (slot, answer) in self.answered() {
            let answer = answer.get(..unanswered.len()).unwrap_or_default();
            self.orders.put_bytes(slot * COMMAND_BYTES + ORDER_OUTCOME, answer);
        }
        self.take_notices()
    }

    /// Sends the reports of the batch to their actors and waits; each has an outcome of its own.
    pub(super) fn apply_reports(&mut self) -> Result<u32> {
        let (count, now) = (self.count(self.reports.read().len() / REPORT_BYTES)?, self.now());
        self.desk_telling()?;
        self.slots.clear();
        let unanswered = refusal(&stopped());
        for slot in 0..count {
            let at = slot * REPORT_BYTES;
            let desk = self.desk.as_mut().ok_or_else(closed)?;
            let report = report_at(&self.reports, at, now);
            let refused = match report.and_then(|report| desk.send(Input::Report(report))) {
                Ok(number) => {
                    self.slots.push((number, slot));
                    unanswered
                }
                Err(error) => refusal(&error),
            };
            let mut outcome = [0_u8; ANSWER_BYTES];
            outcome[..refused.len()].copy_from_slice(&refused);
            self.reports.put_bytes(at + REPORT_OUTCOME, &outcome);
        }
        self.desk()?.round()?;
        for (slot, answer) in self.answered() {
            self.reports.put_bytes(slot * REPORT_BYTES + REPORT_OUTCOME, &answer);
        }
        self.take_notices()
    }

    /// Pairs the answers of the last round with the slots of the batch.
    fn answered(&self) -> Vec<(usize, [u8; ANSWER_BYTES])> {
        let answers = self.desk.as_ref().map_or(&[][..], ActorDesk::answers);
        let mut answers = answers.iter();
        let pairs = self.slots.iter().filter_map(|(number, slot)| {
            // Both are in the order of the numbers; what was never taken has no answer.
            let rest = answers.as_slice();
            let place = rest.partition_point(|(answered, _)| answered < number);
            answers = rest.get(place..).unwrap_or_default().iter();
            let (answered, answer) = answers.as_slice().first()?;
            (answered == number).then_some((*slot, *answer))
        });
        pairs.collect()
    }

    /// Sends the market record, or the two of a bar, and does not wait.
    pub(super) fn send_market(&mut self) -> Result<u32> {
        let record = self.market_record(0)?;
        let input = match record.kind {
            KIND_TRADE => Input::Trade(Trade::of_record(&record)?),
            KIND_QUOTE => Input::Quote(Quote::of_record(&record)?),
            _ => {
                let bar = bar_of_records(&record, &self.market_record(1)?)?;
                bar.validate()?;
                Input::Bar(bar)
            }
        };
        self.desk_telling()?.send(input)?;
        Ok(0)
    }

    fn market_record(&self, index: usize) -> Result<MarketEvent> {
        let bytes = self.market.read().get(index * MARKET_EVENT_BYTES..);
        let record = bytes.and_then(|rest| rest.first_chunk::<MARKET_EVENT_BYTES>());
        let missing = || Error::new(Code::EventInvalid, "an event must have its records");
        record.map(MarketEvent::decode).ok_or_else(missing)
    }

    /// Commits the journals, writes the oldest requests into their array, and leaves their count. What the fuse refuses is
    /// told by notices.
    pub(super) fn drain(&mut self) -> Result<u32> {
        self.desk_telling()?;
        let desk = self.desk.as_mut().ok_or_else(closed)?;
        let (requests, mut slot) = (&mut self.requests, 0);
        let room = requests.read().len() / REQUEST_BYTES;
        let count = desk.drain(room, |record| {
            requests.put_bytes(slot * REQUEST_BYTES, record);
            slot += 1;
        })?;
        self.exchange.put_u32(COUNT, count as u32);
        self.exchange.put_u32(WAITING, desk.waiting() as u32);
        self.take_notices()
    }

    fn count(&self, room: usize) -> Result<usize> {
        let count = self.exchange.u32_at(COUNT) as usize;
        if count <= room {
            return Ok(count);
        }
        let rule = format!("a batch must have at most {room} records, has {count}");
        Err(Error::new(Code::ArgumentInvalid, rule))
    }
}

/// What stands behind an order or a report in its batch.
pub(super) fn answer(step: &ActorStep<'_>) -> [u8; ANSWER_BYTES] {
    let mut bytes = [0_u8; ANSWER_BYTES];
    if let Some(id) = step.reported {
        let outcome = step.outcome.as_ref().map(|_| ()).map_err(Clone::clone);
        return report_outcome(step.engine, id, &outcome);
    }
    let outcome = match step.outcome {
        Ok(Some(verdict)) => order_outcome(verdict),
        Ok(None) => return bytes,
        Err(error) => refusal(error),
    };
    bytes[..outcome.len()].copy_from_slice(&outcome);
    bytes
}

fn stopped() -> Error {
    Error::new(Code::ActorStopped, "an actor must be at work, it has stopped")
}
