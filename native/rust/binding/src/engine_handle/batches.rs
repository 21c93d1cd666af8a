//! The functions that take their arguments from memory: one order, report or market record, or many of them.

use super::{COMMANDS, COUNT, Inner, LAST_ORDER, LISTENS, WAITING, closed};
use crate::command::{COMMAND_BYTES, intent_at, list_at};
use crate::memory::SharedBytes;
use holdfast_core::market_event::{KIND_QUOTE, KIND_TRADE, MARKET_EVENT_BYTES, bar_of_records};
use holdfast_core::{
    ClientOrderId, Code, Error, MarketEvent, Quantity, Quote, Result, Timestamp, Trade, VenueReport,
};
use holdfast_engine::report_record::{
    REPORT_BYTES, REPORT_OUTCOME, report_of_record, report_outcome,
};
use holdfast_engine::request_record::{REQUEST_BYTES, request_record};
use holdfast_risk::{Control, Verdict};

/// Where the outcome of an order begins in its command: approved, denied or failed (u8), a spare, the code (u16), a spare
/// (u32), the id (u64), the failed controls (u64), the lots that would have passed (i64, the least where there are none).
pub(super) const ORDER_OUTCOME: usize = 80;
const OUTCOME_BYTES: usize = 32;
const APPROVED: u8 = 1;
const DENIED: u8 = 2;
const REFUSED: u8 = 3;

impl Inner {
    /// Judges the order or list in the command area.
    pub(super) fn submit(&mut self) -> Result<u32> {
        let Some((contingency, orders)) = list_at(&self.exchange, COMMANDS)? else {
            return self.submit_with(None);
        };
        let now = self.now();
        let (first, verdict) = self.desk_telling(true)?.submit_list(contingency, &orders, now)?;
        self.told_of(first, verdict)
    }

    pub(super) fn submit_with(&mut self, key: Option<u128>) -> Result<u32> {
        let intent = intent_at(&self.exchange, COMMANDS)?;
        let now = self.now();
        let desk = self.desk_telling(true)?;
        let verdict = match key {
            None => desk.submit(intent, now)?,
            Some(key) => desk.submit_once(intent, key, now)?,
        };
        self.told_of(verdict.client_order_id, verdict)
    }

    /// Leaves the id of the order that was judged, and what its submission caused.
    fn told_of(&mut self, id: ClientOrderId, verdict: Box<Verdict>) -> Result<u32> {
        self.exchange.put_f64(LAST_ORDER, &[id.0 as f64]);
        self.desk()?.recycle(verdict);
        self.take_notices()
    }

    /// Judges the orders of the batch, one after the other; each has an outcome of its own.
    pub(super) fn submit_batch(&mut self) -> Result<u32> {
        let (count, now) = (self.count(self.orders.read().len() / COMMAND_BYTES)?, self.now());
        for slot in 0..count {
            let at = slot * COMMAND_BYTES;
            let intent = intent_at(&self.orders, at);
            let desk = self.desk_telling(false)?;
            let outcome = match intent.and_then(|intent| desk.submit(intent, now)) {
                Ok(verdict) => {
                    let outcome = order_outcome(&verdict);
                    desk.recycle(verdict);
                    outcome
                }
                Err(error) => refusal(&error),
            };
            self.orders.put_bytes(at + ORDER_OUTCOME, &outcome);
        }
        self.take_notices()
    }

    /// Takes the report in the last record, which is no part of the batch: what is being gathered there stays untouched.
    pub(super) fn report(&mut self) -> Result<u32> {
        let last = (self.reports.read().len() / REPORT_BYTES).saturating_sub(1);
        let report = report_at(&self.reports, last * REPORT_BYTES, self.now())?;
        let desk = self.desk_telling(false)?;
        // A report that is refused is told as well, since the refusal is recorded.
        let outcome = desk.report(&report);
        self.take_notices().and_then(|bytes| outcome.map(|()| bytes))
    }

    /// Takes the reports of the batch, one after the other; each has an outcome of its own.
    pub(super) fn apply_reports(&mut self) -> Result<u32> {
        let (count, now) = (self.count(self.reports.read().len() / REPORT_BYTES)?, self.now());
        for slot in 0..count {
            let at = slot * REPORT_BYTES;
            let report = report_at(&self.reports, at, now);
            let id = ClientOrderId(self.reports.i64_at(at).cast_unsigned());
            let desk = self.desk_telling(false)?;
            let outcome = report.and_then(|report| desk.report(&report));
            let outcome = report_outcome(desk.engine(), id, &outcome);
            self.reports.put_bytes(at + REPORT_OUTCOME, &outcome);
        }
        self.take_notices()
    }

    /// Takes the market records; a bar has two.
    pub(super) fn play_market(&mut self) -> Result<u32> {
        let count = self.count(self.market.read().len() / MARKET_EVENT_BYTES)?;
        let mut index = 0;
        while index < count {
            let record = self.market_record(index)?;
            let desk = self.desk.as_mut().ok_or_else(closed)?;
            desk.hears = self.exchange.u32_at(LISTENS) != 0;
            match record.kind {
                KIND_TRADE => desk.on_trade(&Trade::of_record(&record)?)?,
                KIND_QUOTE => desk.on_quote(&Quote::of_record(&record)?)?,
                _ => {
                    let bar = bar_of_records(&record, &self.market_record(index + 1)?)?;
                    self.desk()?.on_bar(&bar)?;
                    index += 1;
                }
            }
            index += 1;
        }
        self.take_notices()
    }

    /// Commits the journal, writes the oldest requests into their array, and leaves their count. What the fuse refuses is
    /// told by notices.
    pub(super) fn drain(&mut self) -> Result<u32> {
        let now = self.now();
        let desk = self.desk.as_mut().ok_or_else(closed)?;
        desk.hears = self.exchange.u32_at(LISTENS) != 0;
        let (form, requests, mut slot) = (&self.id_form, &mut self.requests, 0);
        let room = requests.read().len() / REQUEST_BYTES;
        let count = desk.drain_at(room, now, |engine, command| {
            let record = request_record(engine, command, form);
            requests.put_bytes(slot * REQUEST_BYTES, &record);
            slot += 1;
        })?;
        self.exchange.put_u32(COUNT, count as u32);
        self.exchange.put_u32(WAITING, desk.waiting() as u32);
        self.take_notices()
    }

    /// Returns how many records of an array a call is about.
    fn count(&self, room: usize) -> Result<usize> {
        let count = self.exchange.u32_at(COUNT) as usize;
        if count <= room {
            return Ok(count);
        }
        Err(Error::new(
            Code::ArgumentInvalid,
            format!("a batch must have at most {room} records, has {count}"),
        ))
    }

    fn market_record(&self, index: usize) -> Result<MarketEvent> {
        self.market
            .read()
            .get(index * MARKET_EVENT_BYTES..)
            .and_then(|rest| rest.first_chunk::<MARKET_EVENT_BYTES>())
            .map(MarketEvent::decode)
            .ok_or_else(|| {
                Error::new(
                    Code::EventInvalid,
                    format!("an event must have its records, none at {index}"),
                )
            })
    }
}

pub(super) fn report_at(reports: &SharedBytes, at: usize, now: Timestamp) -> Result<VenueReport> {
    let bytes = reports.read().get(at..).and_then(|rest| rest.first_chunk::<REPORT_BYTES>());
    let bytes = bytes
        .ok_or_else(|| Error::new(Code::ArgumentInvalid, "a report must have its whole record"))?;
    report_of_record(bytes, now)
}

pub(super) fn order_outcome(verdict: &Verdict) -> [u8; OUTCOME_BYTES] {
    let failed = Control::from_number(verdict.failed().trailing_zeros() as u8);
    let code = failed.map_or(0, |control| control.code() as u16);
    let mut bytes = outcome(if code == 0 { APPROVED } else { DENIED }, code);
    bytes[8..16].copy_from_slice(&verdict.client_order_id.0.to_le_bytes());
    bytes[16..24].copy_from_slice(&verdict.failed().to_le_bytes());
    let suggested = verdict.suggested.map_or(i64::MIN, Quantity::lots);
    bytes[24..32].copy_from_slice(&suggested.to_le_bytes());
    bytes
}

pub(super) fn refusal(error: &Error) -> [u8; OUTCOME_BYTES] {
    outcome(REFUSED, error.code() as u16)
}

fn outcome(kind: u8, code: u16) -> [u8; OUTCOME_BYTES] {
    let mut bytes = [0_u8; OUTCOME_BYTES];
    bytes[0] = kind;
    bytes[2..4].copy_from_slice(&code.to_le_bytes());
    bytes
}
