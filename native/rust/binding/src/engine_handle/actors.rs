//! Symbol actors as JavaScript drives them: batches are read from arrays that JavaScript filled and sent to the actors, and
//! each call ends when all of its inputs were taken. Only this thread touches the arrays.

mod orders;
mod rounds;
mod venue;

use super::opening::EngineJournal;
use super::{COMMANDS, EngineArrays, OUTCOME};
use crate::amendment::order_id;
use crate::command::{COMMAND_BYTES, COMMANDS_MAX};
use crate::failure::{failure, guarded};
use crate::fuse::{armed_latch, state_json};
use crate::held::{Held, call};
use crate::memory::SharedBytes;
use crate::plain_function::{Operation, plain_function};
use holdfast_core::journal_record::hex;
use holdfast_core::market_event::MARKET_EVENT_BYTES;
use holdfast_core::{Code, Error, OrderIdText, Result, TradingMode};
use holdfast_engine::account_figures::AccountFigures;
use holdfast_engine::actor::ActorFigures;
use holdfast_engine::report_record::REPORT_BYTES;
use holdfast_engine::request_record::REQUEST_BYTES;
use holdfast_engine::restart::RestartReport;
use holdfast_engine::{ActorDesk, ActorDeskOptions, ActorInput, ActorSpec, DeskConfig, Input};
use napi::Env;
use napi::bindgen_prelude::Function;
use napi_derive::napi;
use serde_json::json;
use std::cell::RefCell;
use std::rc::Rc;

/// What one actor owns.
#[napi(object)]
pub struct ActorPart {
    /// Places of its instruments in the account's list.
    pub instruments: Vec<u32>,
    /// Its part of the account's cash.
    pub budget: String,
}

struct Inner {
    desk: Option<ActorDesk>,
    exchange: SharedBytes,
    notices: SharedBytes,
    orders: SharedBytes,
    reports: SharedBytes,
    requests: SharedBytes,
    market: SharedBytes,
    /// Number of each input of a batch that was sent, and the slot that it came from.
    slots: Vec<(u64, usize)>,
    failed: Option<Error>,
}

struct Call {
    inner: Rc<RefCell<Inner>>,
    operation: fn(&mut Inner) -> Result<u32>,
}

impl Operation for Call {
    fn run(&self) {
        if let Ok(mut inner) = self.inner.try_borrow_mut() {
            inner.run(self.operation);
        }
    }
}

#[napi]
pub struct NativeActors {
    inner: Rc<RefCell<Inner>>,
    /// What each actor's restart found, as JSON; nothing where the journals were begun.
    restart: Option<String>,
}

#[napi]
impl NativeActors {
    /// Divides an account among actors and opens them on worker threads; a journal is a folder with one for each. The latch of
    /// the fuse over all of them is in its own folder, or in the journal's.
    #[napi(constructor)]
    pub fn new(
        config: String,
        parts: Vec<ActorPart>,
        workers: u32,
        id_prefix: String,
        journal: Option<EngineJournal>,
        arrays: EngineArrays,
        latch_folder: Option<String>,
    ) -> napi::Result<Self, String> {
        guarded(|| {
            let config: DeskConfig = serde_json::from_str(&config).map_err(|error| {
                let rule = format!("configuration must have its fields, {error}");
                Error::new(Code::ConfigInvalid, rule)
            })?;
            let parts: Vec<ActorSpec> = parts
                .into_iter()
                .map(|ActorPart { instruments, budget }| ActorSpec { instruments, budget })
                .collect();
            let exchange_bytes = COMMANDS + COMMANDS_MAX * COMMAND_BYTES;
            let mut inner = Inner {
                desk: None,
                exchange: SharedBytes::new(arrays.exchange, "exchange", exchange_bytes)?,
                notices: SharedBytes::new(arrays.notices, "notices", 4_096)?,
                orders: SharedBytes::new(arrays.orders, "orders", COMMAND_BYTES)?,
                reports: SharedBytes::new(arrays.reports, "reports", REPORT_BYTES)?,
                requests: SharedBytes::new(arrays.requests, "requests", REQUEST_BYTES)?,
                market: SharedBytes::new(arrays.market, "market", 2 * MARKET_EVENT_BYTES)?,
                slots: Vec::new(),
                failed: None,
            };
            let latch_folder =
                latch_folder.or_else(|| journal.as_ref().map(|journal| journal.folder.clone()));
            let options = ActorDeskOptions {
                actors: &parts,
                workers: workers as usize,
                id_form: OrderIdText::new(&id_prefix)?,
                journal: None,
                answer: rounds::answer,
                fuse: &config.fuse,
                latch: armed_latch(latch_folder.as_deref()),
            };
            let (desk, reports) = match &journal {
                None => (ActorDesk::open(&config.engine, options)?, None),
                Some(journal) => journal.open_actors(&config.engine, options)?,
            };
            inner.desk = Some(desk);
            let restart = reports.map(|reports| {
                reports.iter().map(RestartReport::json).collect::<serde_json::Value>().to_string()
            });
            Ok(Self { inner: Rc::new(RefCell::new(inner)), restart })
        })
    }

    /// Returns one of the functions that take their arguments from memory: `submitBatch`, `applyReports`, `market` (which
    /// sends and does not wait), `round`, `settle`, `drain`, `submitList`.
    #[napi]
    pub fn function<'env>(
        &self,
        env: &'env Env,
        name: String,
    ) -> napi::Result<Function<'env, (), ()>> {
        let operation: fn(&mut Inner) -> Result<u32> = match name.as_str() {
            "submitBatch" => Inner::submit_batch,
            "applyReports" => Inner::apply_reports,
            "market" => Inner::send_market,
            "round" => Inner::round,
            "settle" => Inner::settle,
            "drain" => Inner::drain,
            "submitList" => Inner::submit_list,
            _ => return Err(napi::Error::from_reason(format!("no function {name}"))),
        };
        plain_function(env, &name, Rc::new(Call { inner: Rc::clone(&self.inner), operation }))
    }

    /// Throws what a function without result failed with.
    #[napi]
    pub fn take_failure(&mut self) -> napi::Result<(), String> {
        match self.inner.borrow_mut().failed.take() {
            Some(error) => Err(failure(&error)),
            None => Ok(()),
        }
    }

    /// Returns bytes of further notices, for when they did not all fit.
    #[napi]
    pub fn more_notices(&mut self) -> napi::Result<u32, String> {
        call(&self.inner, Inner::take_notices)
    }

    /// Asks for an order to be cancelled. Returns bytes of notices.
    #[napi]
    pub fn cancel(&mut self, client_order_id: f64) -> napi::Result<u32, String> {
        call(&self.inner, |inner| {
            let (client_order_id, ts) = (order_id(client_order_id)?, inner.now());
            inner.single(Input::Cancel { client_order_id, ts })
        })
    }

    /// The outcome of an order's last command is unknown. Returns bytes of notices.
    #[napi]
    pub fn lose_track(&mut self, client_order_id: f64) -> napi::Result<u32, String> {
        call(&self.inner, |inner| {
            let (client_order_id, ts) = (order_id(client_order_id)?, inner.now());
            inner.single(Input::LoseTrack { client_order_id, ts })
        })
    }

    /// Puts a trading mode in force for every actor, a looser one only as a reset. Returns bytes of notices.
    #[napi]
    pub fn set_mode(
        &mut self,
        mode: u8,
        reason: String,
        is_reset: bool,
    ) -> napi::Result<u32, String> {
        call(&self.inner, |inner| {
            let (mode, ts) = (TradingMode::read(mode), inner.now());
            if !is_reset {
                inner.desk()?.check_tightens(mode)?;
            }
            inner.single(ActorInput::Mode { mode, reason, ts })
        })
    }

    /// Returns the account added up, and each actor's part, as JSON.
    #[napi]
    pub fn figures(&mut self) -> napi::Result<String, String> {
        call(&self.inner, |inner| Ok(account_json(&inner.desk()?.figures()?).to_string()))
    }

    /// Returns how the egress fuse over all actors stands, as JSON.
    #[napi]
    pub fn fuse(&mut self) -> napi::Result<String, String> {
        call(&self.inner, |inner| Ok(state_json(inner.desk()?.fuse())))
    }

    /// Returns the actors that stopped and why, as JSON.
    #[napi]
    pub fn stopped(&mut self) -> napi::Result<String, String> {
        call(&self.inner, |inner| {
            let stopped: Vec<_> = inner
                .desk()?
                .stopped()
                .map(|each| {
                    let code = each.failure.code().name();
                    json!({ "actor": each.actor, "code": code, "message": each.failure.to_string() })
                })
                .collect();
            Ok(json!(stopped).to_string())
        })
    }

    /// Ends the threads, closes the journals, and returns the final state as JSON.
    #[napi]
    pub fn close(&mut self) -> napi::Result<String, String> {
        call(&self.inner, |inner| {
            let closed = inner.desk.take().ok_or_else(closed)?.close()?;
            let mut shown = account_json(&closed.figures);
            shown["requests_unsent"] = closed.requests_unsent.into();
            let journals = closed.journals.iter().map(|journal| {
                let journal = journal.as_ref();
                journal.map(|(records, head)| json!({ "records": records, "head": hex(head) }))
            });
            shown["journals"] = journals.collect();
            Ok(shown.to_string())
        })
    }

    /// Lets go of everything; a later call is an error.
    #[napi]
    pub fn dispose(&mut self) {
        self.inner.borrow_mut().let_go();
    }
}

impl Held for Inner {
    const OUTCOME: usize = OUTCOME;

    fn let_go(&mut self) {
        self.desk = None;
    }

    fn outcome(&mut self) -> (&mut SharedBytes, &mut Option<Error>) {
        (&mut self.exchange, &mut self.failed)
    }
}

fn closed() -> Error {
    Error::new(Code::HandleClosed, "actors must be open, they were closed")
}

fn figures_json(figures: &ActorFigures) -> serde_json::Value {
    json!({
        "equity": figures.equity.to_string(), "cash": figures.cash.to_string(),
        "fees": figures.fees.to_string(), "net_value": figures.net_value.to_string(),
        "gross_exposure": figures.gross_exposure.to_string(),
        "worst_exposure": figures.worst_exposure.to_string(),
        "open_orders": figures.open_orders, "denied": figures.denied, "state_hash": hex(&figures.state_hash),
    })
}

fn account_json(account: &AccountFigures) -> serde_json::Value {
    let mut shown = figures_json(&account.sum);
    shown["actors"] = account.actors.iter().map(figures_json).collect();
    shown
}
