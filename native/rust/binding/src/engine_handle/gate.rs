//! The engine as a gate beside somebody else's bot: an order crosses in memory, its verdict comes back there, and the caller
//! sends what was allowed.

use super::batches::{ORDER_OUTCOME, order_outcome};
use super::{COMMANDS, Inner, NativeEngine, closed};
use crate::amendment::{amendment, order_id};
use crate::command::intent_at;
use crate::limits::limits_of;
use holdfast_core::journal_record::{RecordKind, hex};
use holdfast_core::{Code, Error, Result, Timestamp};
use holdfast_risk::{GateSignal, Verdict};
use napi_derive::napi;
use serde_json::{Value, json};

/// Controls that are near their limit, and those that have tripped, as bits (u64 each).
const NEAR: usize = 192;
const TRIPPED: usize = 200;

impl Inner {
    /// Judges the order in the command area and changes nothing.
    pub(super) fn gate_check(&mut self) -> Result<u32> {
        let intent = intent_at(&self.exchange, COMMANDS)?;
        let now = self.now();
        // Nobody reads what passed: of an order that is allowed the answer is that it is.
        let quiet = self.coverage.quiet();
        let desk = self.desk.as_mut().ok_or_else(closed)?;
        let verdict = desk.check_quietly(&intent, now, Some(quiet))?;
        self.leave_verdict(verdict)
    }

    /// Judges the order in the command area and reserves it when it is allowed.
    pub(super) fn gate_submit(&mut self) -> Result<u32> {
        let intent = intent_at(&self.exchange, COMMANDS)?;
        let now = self.now();
        self.desk_telling(false)?;
        // The coverage alone reads what passed, and what it does not need to know is not worked out.
        let quiet = self.coverage.quiet();
        let desk = self.desk.as_mut().ok_or_else(closed)?;
        let verdict = desk.submit_quietly(intent, now, Some(quiet))?;
        self.counted(verdict)
    }

    /// As `gate_submit`, for an order that reduces a position: its side and most of its quantity follow from that.
    pub(super) fn gate_reduce(&mut self) -> Result<u32> {
        let asked = intent_at(&self.exchange, COMMANDS)?;
        let now = self.now();
        let verdict = self.desk_telling(false)?.reduce(asked, now)?;
        self.counted(verdict)
    }

    /// Takes market records and tells what tripped.
    pub(super) fn gate_market(&mut self) -> Result<u32> {
        let outcome = self.play_market();
        self.tell_trips();
        outcome
    }

    /// Takes a report and tells what tripped.
    pub(super) fn gate_report(&mut self) -> Result<u32> {
        let outcome = self.report();
        self.tell_trips();
        outcome
    }

    fn counted(&mut self, verdict: Box<Verdict>) -> Result<u32> {
        let near = self.coverage.note(&verdict);
        self.exchange.put_bytes(NEAR, &near.to_le_bytes());
        self.tell_trips();
        self.leave_verdict(verdict)
    }

    fn tell_trips(&mut self) {
        let tripped = self.desk.as_ref().map_or(0, |desk| desk.engine().gate().tripped());
        self.exchange.put_bytes(TRIPPED, &tripped.to_le_bytes());
    }

    /// Leaves the outcome behind the command, and of a denial every check as a notice.
    fn leave_verdict(&mut self, verdict: Box<Verdict>) -> Result<u32> {
        self.exchange.put_bytes(COMMANDS + ORDER_OUTCOME, &order_outcome(&verdict));
        let desk = self.desk()?;
        if !verdict.approved() {
            let now = desk.engine().now();
            desk.notices().push(RecordKind::Verdict, now, verdict.as_ref());
        }
        desk.recycle(verdict);
        self.take_notices()
    }
}

#[napi]
impl NativeEngine {
    /// Notes that the caller asks the venue to cancel an order. Returns bytes of notices.
    #[napi]
    pub fn gate_cancel(&mut self, client_order_id: f64) -> napi::Result<u32, String> {
        self.contained(|inner| {
            let (id, now) = (order_id(client_order_id)?, inner.now());
            inner.desk_telling(false)?.cancel_for_caller(id, now)?;
            inner.take_notices()
        })
    }

    /// Judges a change of an order to what stands in the command area; the caller sends it. Leaves a verdict as a submission
    /// does, and returns bytes of notices.
    #[napi]
    pub fn gate_amend(&mut self, client_order_id: f64) -> napi::Result<u32, String> {
        self.contained(|inner| {
            let amendment = amendment(&inner.exchange, COMMANDS, client_order_id)?;
            let now = inner.now();
            let verdict = inner.desk_telling(false)?.amend_for_caller(amendment, now)?;
            inner.counted(verdict)
        })
    }

    /// Puts other limits in force, now or when they are due.
    #[napi]
    pub fn change_limits(
        &mut self,
        limits: String,
        key: Option<String>,
        until_ns: Option<String>,
    ) -> napi::Result<(), String> {
        self.contained(|inner| {
            let until = until_ns
                .map(|text| {
                    text.parse().map(Timestamp).map_err(|_| {
                        Error::new(
                            Code::ArgumentInvalid,
                            format!("until_ns must be nanoseconds, was {text}"),
                        )
                    })
                })
                .transpose()?;
            let now = inner.now();
            let desk = inner.desk_telling(false)?;
            desk.change_limits(limits_of(&limits)?, (key.as_deref(), until), now)?;
            desk.commit()
        })
    }

    /// Tells the gate of a change outside: the number of a signal with its target and value.
    #[napi]
    pub fn gate_signal(&mut self, number: u8, target: u32, value: f64) -> napi::Result<(), String> {
        self.contained(|inner| {
            let signal = GateSignal::of_parts(number, target, value as i64)?;
            let now = inner.now();
            inner.desk_telling(false)?.signal(signal, now)?;
            inner.tell_trips();
            Ok(())
        })
    }

    /// Returns the fingerprint of the limits in force.
    #[napi]
    pub fn limits_in_force(&mut self) -> napi::Result<String, String> {
        self.contained(|inner| Ok(hex(inner.desk()?.engine().limits().fingerprint())))
    }

    /// Returns what the controls did so far, as JSON; numbers are texts in the control's unit.
    #[napi]
    pub fn gate_coverage(&mut self) -> napi::Result<String, String> {
        self.contained(|inner| {
            let (orders, denied) = inner.coverage.orders();
            let controls: Vec<Value> = inner
                .coverage
                .report()
                .map(|row| {
                    json!({
                        "code": row.control.code().name(),
                        "judged": row.judged,
                        "fired": row.fired,
                        "limit": row.peak.map(|(limit, _)| limit.to_string()),
                        "observed": row.peak.map(|(_, observed)| observed.to_string()),
                        "used_frac": row.peak_frac,
                    })
                })
                .collect();
            Ok(json!({ "orders": orders, "denied": denied, "controls": controls }).to_string())
        })
    }

    /// Returns the hash over the whole state, hexadecimal.
    #[napi]
    pub fn image_hash(&mut self) -> napi::Result<String, String> {
        self.contained(|inner| Ok(hex(&inner.desk()?.engine().image_hash())))
    }
}
