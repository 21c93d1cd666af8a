//! What is asked of an engine beside placing orders and reporting on them.

use super::{COMMANDS, NativeEngine};
use crate::amendment::{amendment, order_id};
use holdfast_core::{Amount, Code, Error, InstrumentId, Timestamp, TradingMode};
use holdfast_engine::Funding;
use holdfast_engine::idempotency::key_of;
use holdfast_risk::RiskMeasured;
use holdfast_risk::capital::CapitalPlan;
use napi::bindgen_prelude::BigInt64Array;
use napi_derive::napi;

#[napi]
impl NativeEngine {
    /// Judges the order in the command area once for each key. Returns bytes of notices; a repeat's is the first verdict.
    #[napi]
    pub fn submit_once(&mut self, key: String) -> napi::Result<u32, String> {
        self.contained(|inner| inner.submit_with(Some(key_of(&key)?)))
    }

    /// Asks for an order to be cancelled. Returns bytes of notices.
    #[napi]
    pub fn cancel(&mut self, client_order_id: f64) -> napi::Result<u32, String> {
        self.contained(|inner| {
            let (id, now) = (order_id(client_order_id)?, inner.now());
            inner.desk_telling(false)?.cancel(id, now)?;
            inner.take_notices()
        })
    }

    /// Changes an order to what stands in the command area. Returns bytes of notices; the verdict is among them.
    #[napi]
    pub fn amend(&mut self, client_order_id: f64) -> napi::Result<u32, String> {
        self.contained(|inner| {
            let amendment = amendment(&inner.exchange, COMMANDS, client_order_id)?;
            let now = inner.now();
            let desk = inner.desk_telling(true)?;
            let verdict = desk.amend(amendment, now)?;
            desk.recycle(verdict);
            inner.take_notices()
        })
    }

    /// The outcome of an order's last command is unknown. Returns bytes of notices.
    #[napi]
    pub fn lose_track(&mut self, client_order_id: f64) -> napi::Result<u32, String> {
        self.contained(|inner| {
            let (id, now) = (order_id(client_order_id)?, inner.now());
            inner.desk_telling(false)?.lose_track(id, now)?;
            inner.take_notices()
        })
    }

    /// Puts a trading mode in force, a looser one only as a reset. Returns bytes of notices.
    #[napi]
    pub fn set_mode(
        &mut self,
        mode: u8,
        reason: String,
        is_reset: bool,
    ) -> napi::Result<u32, String> {
        self.contained(|inner| {
            let (mode, now) = (TradingMode::read(mode), inner.now());
            let desk = inner.desk_telling(false)?;
            if is_reset {
                desk.reset_mode(mode, &reason, now)?;
            } else {
                desk.set_mode(mode, &reason, now)?;
            }
            inner.take_notices()
        })
    }

    /// Takes a rate of exchange. Returns bytes of notices.
    #[napi]
    pub fn set_rate(&mut self, currency: String, rate: String) -> napi::Result<u32, String> {
        self.contained(|inner| {
            let now = inner.now();
            inner.desk_telling(false)?.on_rate(&currency, &rate, now)?;
            inner.take_notices()
        })
    }

    /// Tells the gate of the portfolio: kind 0 are correlations, kind 1 is risk. Returns bytes of notices.
    #[napi]
    pub fn risk_measured(&mut self, kind: u8, values: BigInt64Array) -> napi::Result<u32, String> {
        self.contained(|inner| {
            let (measured, now) = (RiskMeasured::of_values(kind, &values)?, inner.now());
            inner.desk_telling(false)?.on_risk(&measured, now)?;
            inner.take_notices()
        })
    }

    /// Takes a funding payment; what the account receives is negative. Returns bytes of notices.
    #[napi]
    pub fn funding(&mut self, instrument: u32, paid: String) -> napi::Result<u32, String> {
        self.contained(|inner| {
            let funding = Funding {
                instrument: InstrumentId(instrument),
                ts_event: Timestamp(inner.now().0),
                paid: Amount::parse(&paid)?,
            };
            inner.desk_telling(false)?.on_funding(funding)?;
            inner.take_notices()
        })
    }

    /// Divides the capital among the strategies by a plan in JSON; the key is the second key of the limits.
    #[napi]
    pub fn plan_capital(&mut self, plan: String, key: Option<String>) -> napi::Result<u32, String> {
        self.contained(|inner| {
            let mut plan: CapitalPlan = serde_json::from_str(&plan).map_err(|error| {
                Error::new(Code::LimitsInvalid, format!("a plan must have its fields, {error}"))
            })?;
            let now = inner.now();
            let desk = inner.desk_telling(false)?;
            plan.second_key = match key {
                None => false,
                Some(key) if desk.engine().limits().spec().change.accepts(&key) => true,
                Some(_) => {
                    let rule = "second key must fit, did not";
                    return Err(Error::new(Code::LimitsLooseningDenied, rule));
                }
            };
            desk.plan_capital(&plan, now)?;
            inner.take_notices()
        })
    }

    /// Returns what each strategy may have at risk, in the order of the limits, as JSON of decimal texts.
    #[napi]
    pub fn allocations(&mut self) -> napi::Result<String, String> {
        self.contained(|inner| {
            let allocations = inner.desk()?.engine().allocations()?;
            let texts: Vec<String> = allocations.iter().map(Amount::to_string).collect();
            Ok(serde_json::json!(texts).to_string())
        })
    }

    /// Records that something outside failed.
    #[napi]
    pub fn note_failure(&mut self, code: String, message: String) -> napi::Result<(), String> {
        self.contained(|inner| {
            let known = Code::ALL.iter().find(|entry| entry.name() == code).copied();
            let known = known.ok_or_else(|| {
                Error::new(Code::ArgumentInvalid, format!("code must be a known one, was {code}"))
            })?;
            let now = inner.now();
            let desk = inner.desk_telling(false)?;
            desk.note_failure(known, &message, now)?;
            desk.commit()
        })
    }

    /// Records how a venue was chosen for the order that is submitted next; the text is JSON.
    #[napi]
    pub fn note_route(&mut self, route: String) -> napi::Result<(), String> {
        self.contained(|inner| {
            let now = inner.now();
            inner.desk_telling(false)?.note_route(&route, now)
        })
    }

    /// Returns the index of the instrument of a key's first order, while the key is remembered.
    #[napi]
    pub fn instrument_of_key(&mut self, key: String) -> napi::Result<Option<u32>, String> {
        self.contained(|inner| {
            let now = inner.now();
            let found = inner.desk()?.engine().instrument_of_key(key_of(&key)?, now);
            Ok(found.map(|instrument| instrument.0))
        })
    }

    /// Returns when everything recorded so far is as durable as the journal's policy says.
    #[napi]
    pub fn commit(&mut self) -> napi::Result<(), String> {
        self.contained(|inner| inner.desk()?.commit())
    }
}
