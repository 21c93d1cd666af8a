//! The engine as JavaScript drives it, without a venue of its own: orders, reports and market records are read from arrays
//! that JavaScript filled, outcomes and requests are written in place.

mod actors;
mod batches;
mod checks;
mod gate;
mod inspection;
mod opening;
mod reconciling;
mod requests;

use crate::command::{COMMAND_BYTES, COMMANDS_MAX};
use crate::failure::{failure, guarded};
use crate::fuse::{armed_latch, state_json};
use crate::held::{Held, call};
use crate::memory::SharedBytes;
use crate::plain_function::{Operation, plain_function};
use holdfast_core::{Code, Error, Fraction, OrderIdText, Result, Timestamp};
use holdfast_engine::{Desk, DeskConfig};
use holdfast_risk::GateCoverage;
use napi::Env;
use napi::bindgen_prelude::{Function, Uint8Array};
use napi_derive::napi;
use opening::EngineJournal;
use std::cell::RefCell;
use std::rc::Rc;

/// The view of the position that was asked for last, see `position_view`.
const POSITION_VIEW: usize = 0;
/// Time of the call, ns (i64), and how many records of a batch it is about (u32); JavaScript sets both before.
const CALL_TIME: usize = 64;
const COUNT: usize = 72;
/// Bytes of notices after a call, or `FAILED` (u32); not zero while more wait than fitted (u32).
const OUTCOME: usize = 76;
const NOTICES_WAIT: usize = 80;
/// Not zero while somebody listens, so that batches gather notices too (u32).
const LISTENS: usize = 84;
/// Id of the order that was judged last (f64).
const LAST_ORDER: usize = 88;
/// Requests that wait after `drain` (u32).
const WAITING: usize = 96;
/// From which part of its limit on a control is near it.
const NEAR_FRAC: Fraction = Fraction::from_millionths(800_000);
/// Where single commands and lists stand.
const COMMANDS: usize = 256;

/// One of the functions that take their arguments from memory. A call that comes while another one runs finds the engine
/// borrowed and does nothing; JavaScript cannot make one.
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

struct Inner {
    desk: Option<Desk>,
    id_form: OrderIdText,
    exchange: SharedBytes,
    notices: SharedBytes,
    orders: SharedBytes,
    reports: SharedBytes,
    requests: SharedBytes,
    market: SharedBytes,
    /// What the controls did to the orders of a gate.
    coverage: GateCoverage,
    /// Orders that are judged and not sent, since somebody asked for it.
    checks: Option<checks::Checks>,
    /// What a function without result failed with; `take_failure` throws it.
    failed: Option<Error>,
}

/// The arrays that an engine and JavaScript share; each begins at a cache line.
#[napi(object)]
pub struct EngineArrays {
    pub exchange: Uint8Array,
    pub notices: Uint8Array,
    pub orders: Uint8Array,
    pub reports: Uint8Array,
    pub requests: Uint8Array,
    pub market: Uint8Array,
}

#[napi]
pub struct NativeEngine {
    inner: Rc<RefCell<Inner>>,
    /// What a restart found, as JSON.
    restart: Option<String>,
}

#[napi]
impl NativeEngine {
    /// Opens an engine; without a journal nothing is recorded. The fuse's latch is in its own folder, or in the journal's.
    #[napi(constructor)]
    pub fn new(
        config: String,
        id_prefix: String,
        journal: Option<EngineJournal>,
        arrays: EngineArrays,
        latch_folder: Option<String>,
    ) -> napi::Result<Self, String> {
        guarded(|| {
            let config: DeskConfig = serde_json::from_str(&config).map_err(|error| {
                Error::new(
                    Code::ConfigInvalid,
                    format!("configuration must have its fields, {error}"),
                )
            })?;
            let mut inner = Inner {
                desk: None,
                id_form: OrderIdText::new(&id_prefix)?,
                exchange: SharedBytes::new(
                    arrays.exchange,
                    "exchange",
                    COMMANDS + COMMANDS_MAX * COMMAND_BYTES,
                )?,
                notices: SharedBytes::new(arrays.notices, "notices", 4_096)?,
                orders: SharedBytes::new(arrays.orders, "orders", 128)?,
                reports: SharedBytes::new(arrays.reports, "reports", 128)?,
                requests: SharedBytes::new(arrays.requests, "requests", 128)?,
                market: SharedBytes::new(arrays.market, "market", 128)?,
                coverage: GateCoverage::new(NEAR_FRAC),
                checks: None,
                failed: None,
            };
            let latch_folder =
                latch_folder.or_else(|| journal.as_ref().map(|journal| journal.folder.clone()));
            let latch = || armed_latch(latch_folder.as_deref());
            let (desk, restart) = match journal {
                None => (Desk::open_latched(&config, None, latch())?, None),
                Some(journal) => journal.open(&config, latch)?,
            };
            inner.desk = Some(desk);
            let restart = restart.map(|report| report.json().to_string());
            Ok(Self { inner: Rc::new(RefCell::new(inner)), restart })
        })
    }

    /// Returns one of the functions that take their arguments from memory and leave their outcome there: `submit`, `report`,
    /// `market`, `submitBatch`, `applyReports`, `drain`, and those of a gate.
    #[napi]
    pub fn function<'env>(
        &self,
        env: &'env Env,
        name: String,
    ) -> napi::Result<Function<'env, (), ()>> {
        let operation: fn(&mut Inner) -> Result<u32> = match name.as_str() {
            "submit" => Inner::submit,
            "report" => Inner::report,
            "market" => Inner::play_market,
            "submitBatch" => Inner::submit_batch,
            "applyReports" => Inner::apply_reports,
            "drain" => Inner::drain,
            "gateCheck" => Inner::gate_check,
            "gateSubmit" => Inner::gate_submit,
            "gateReduce" => Inner::gate_reduce,
            "gateMarket" => Inner::gate_market,
            "gateReport" => Inner::gate_report,
            _ => return Err(napi::Error::from_reason(format!("no function {name}"))),
        };
        let inner = Rc::clone(&self.inner);
        plain_function(env, &name, Rc::new(Call { inner, operation }))
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
        self.contained(Inner::take_notices)
    }

    /// Closes the journal and returns the final state as JSON; the last notices wait in the array.
    #[napi]
    pub fn close(&mut self) -> napi::Result<String, String> {
        self.contained(|inner| {
            let closed = inner.desk()?.close()?;
            serde_json::to_string(&closed)
                .map_err(|error| Error::new(Code::ArgumentInvalid, error.to_string()))
        })
    }

    /// Returns how the egress fuse stands, as JSON.
    #[napi]
    pub fn fuse(&mut self) -> napi::Result<String, String> {
        self.contained(|inner| Ok(state_json(inner.desk()?.fuse())))
    }

    /// Lets go of everything; a later call is an error.
    #[napi]
    pub fn dispose(&mut self) {
        self.inner.borrow_mut().let_go();
    }
}

impl NativeEngine {
    fn contained<T>(
        &self,
        operation: impl FnOnce(&mut Inner) -> Result<T>,
    ) -> napi::Result<T, String> {
        call(&self.inner, operation)
    }
}

impl Held for Inner {
    const OUTCOME: usize = OUTCOME;

    fn let_go(&mut self) {
        self.desk = None;
        self.checks = None;
    }

    fn outcome(&mut self) -> (&mut SharedBytes, &mut Option<Error>) {
        (&mut self.exchange, &mut self.failed)
    }
}

impl Inner {
    fn desk(&mut self) -> Result<&mut Desk> {
        self.desk.as_mut().ok_or_else(closed)
    }

    /// As `desk`, gathering notices when `told` says that the caller reads them, or when somebody listens.
    fn desk_telling(&mut self, told: bool) -> Result<&mut Desk> {
        let listens = told || self.exchange.u32_at(LISTENS) != 0;
        let desk = self.desk()?;
        desk.hears = listens;
        Ok(desk)
    }

    fn now(&self) -> Timestamp {
        Timestamp(self.exchange.i64_at(CALL_TIME))
    }

    fn take_notices(&mut self) -> Result<u32> {
        let Some(desk) = self.desk.as_mut() else { return Ok(0) };
        let waiting = desk.notices();
        if waiting.is_empty() {
            return Ok(0);
        }
        let bytes = waiting.take(self.notices.write());
        let rest = u32::from(!waiting.is_empty());
        self.exchange.put_u32(NOTICES_WAIT, rest);
        u32::try_from(bytes)
            .map_err(|_| Error::new(Code::CapacityExhausted, "notices must fit 32 bits"))
    }
}

fn closed() -> Error {
    Error::new(Code::HandleClosed, "engine must be open, it was closed")
}
