//! What the gate is told: other limits, and changes outside.

use super::NativeSession;
use crate::limits::limits_of;
use holdfast_core::{Code, Error, Timestamp};
use holdfast_risk::{GateSignal, RiskMeasured};
use napi::bindgen_prelude::BigInt64Array;
use napi_derive::napi;

#[napi]
impl NativeSession {
    /// Puts other limits in force, now or when they are due.
    #[napi]
    pub fn change_limits(
        &mut self,
        limits: String,
        key: Option<String>,
        until_ns: Option<String>,
    ) -> napi::Result<(), String> {
        self.contained(|session| {
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
            session.open()?.change_limits(limits_of(&limits)?, key.as_deref(), until)
        })
    }

    /// Tells the gate of a change outside: the number of a signal with its target and value.
    #[napi]
    pub fn gate_signal(&mut self, number: u8, target: u32, value: f64) -> napi::Result<(), String> {
        self.contained(|session| {
            let signal = GateSignal::of_parts(number, target, value as i64)?;
            session.open()?.signal(signal)
        })
    }

    /// Tells the gate of the portfolio: kind 0 are correlations, kind 1 is risk, as the numbers that the native core reads.
    #[napi]
    pub fn risk_measured(&mut self, kind: u8, values: BigInt64Array) -> napi::Result<(), String> {
        self.contained(|session| {
            let measured = RiskMeasured::of_values(kind, &values)?;
            session.open()?.risk_measured(&measured)
        })
    }

    /// Returns the fingerprint of the limits in force.
    #[napi]
    pub fn limits_in_force(&mut self) -> napi::Result<String, String> {
        self.contained(|session| {
            let limits = session.open()?.engine().limits();
            Ok(holdfast_core::journal_record::hex(limits.fingerprint()))
        })
    }
}
