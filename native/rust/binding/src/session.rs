//! The simulated session as JavaScript drives it: market records and commands are read from arrays that JavaScript
//! filled, views and notices are written to arrays that it reads.

mod gate_requests;
mod order_requests;

use crate::amendment::order_id;
use crate::command::{COMMAND_BYTES, COMMANDS_MAX, intent_at, list_at};
use crate::event_view::{EventView, bar_view, quote_view, trade_view};
use crate::failure::{failure, guarded};
use crate::held::{Held, call};
use crate::memory::SharedBytes;
use crate::plain_function::{Operation, plain_function};
use crate::position_view::{POSITION_VIEW_BYTES, write_position_view};
use holdfast_core::market_event::{KIND_QUOTE, KIND_TRADE, MARKET_EVENT_BYTES, bar_of_records};
use holdfast_core::{
    Amount, ClientOrderId, Code, Error, Instrument, InstrumentId, MarketEvent, Quote, Result, Trade,
};
use holdfast_engine::{JournalWriter, SyncPolicy};
use holdfast_risk::fuse::latch::Latch;
use holdfast_sim::{Session, SessionConfig};
use napi::Env;
use napi::bindgen_prelude::{Function, Uint8Array};
use napi_derive::napi;
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

/// Event of the last call, see `event_view`; doubles.
pub(crate) const EVENT_VIEW: usize = 0;
/// Equity, cash, net position value, drawdown, fees, open orders, gross exposure, order id of the last verdict; doubles.
pub(crate) const ACCOUNT_VIEW: usize = 64;
/// One view an instrument, see `position_view`; behind them stand the commands.
pub(crate) const POSITION_VIEWS: usize = 256;

/// Index of the event's first record, set by JavaScript before a call of the event function (u32).
pub(crate) const EVENT_INDEX: usize = 192;
/// Bytes of notices after a call of the event or submit function, or `FAILED` (u32).
pub(crate) const OUTCOME: usize = 196;
/// Not zero while more notices wait than fitted (u32).
pub(crate) const NOTICES_WAIT: usize = 200;

/// A call that comes while another one runs finds the session borrowed and does nothing; JavaScript cannot make one.
struct PlayEvent(Rc<RefCell<Inner>>);

impl Operation for PlayEvent {
    fn run(&self) {
        if let Ok(mut inner) = self.0.try_borrow_mut() {
            inner.run(Inner::play_event);
        }
    }
}

struct Submit(Rc<RefCell<Inner>>);

impl Operation for Submit {
    fn run(&self) {
        if let Ok(mut inner) = self.0.try_borrow_mut() {
            inner.run(Inner::submit);
        }
    }
}

struct Inner {
    session: Option<Session>,
    /// Where the commands begin in the exchange area.
    commands: usize,
    exchange: SharedBytes,
    notices: SharedBytes,
    records: SharedBytes,
    /// What a function without result failed with; `take_failure` throws it.
    failed: Option<Error>,
    /// Equity, cash, net value, fees and gross exposure as they were last written, and their floats.
    amounts: [Amount; 5],
    floats: [f64; 5],
}

#[napi]
pub struct NativeSession {
    inner: Rc<RefCell<Inner>>,
}

#[napi]
impl NativeSession {
    /// Opens a session; without a folder there is no journal. The policy is `os`, `always` or `batch:MILLISECONDS`.
    #[napi(constructor)]
    pub fn new(
        config: String,
        journal_folder: Option<String>,
        exchange: Uint8Array,
        notices: Uint8Array,
        records: Uint8Array,
        journal_policy: Option<String>,
    ) -> napi::Result<Self, String> {
        guarded(|| {
            let config: SessionConfig = serde_json::from_str(&config).map_err(|error| {
                Error::new(
                    Code::ConfigInvalid,
                    format!("configuration must have its fields, {error}"),
                )
            })?;
            let commands = POSITION_VIEWS + config.engine.instruments.len() * POSITION_VIEW_BYTES;
            let exchange_bytes = commands + COMMANDS_MAX * COMMAND_BYTES;
            let exchange = SharedBytes::new(exchange, "exchange", exchange_bytes)?;
            let notices = SharedBytes::new(notices, "notices", 4_096)?;
            let records = SharedBytes::new(records, "records", MARKET_EVENT_BYTES * 2)?;
            let policy =
                journal_policy.map_or(Ok(SyncPolicy::Os), |text| SyncPolicy::parse(&text))?;
            // A session that cannot begin must not leave an empty journal behind.
            Session::open(&config, None)?;
            let journal = journal_folder
                .as_ref()
                .map(|folder| JournalWriter::create(Path::new(folder), policy))
                .transpose()?;
            // A simulation can be run again, so that its latch is written only when the fuse blows.
            let latch = journal_folder
                .map_or_else(Latch::in_memory, |folder| Latch::open(Path::new(&folder), false));
            let session = Some(Session::open_latched(&config, journal, latch)?);
            let mut inner = Inner {
                session,
                commands,
                exchange,
                notices,
                records,
                failed: None,
                amounts: [Amount::ZERO; 5],
                floats: [0.0; 5],
            };
            inner.write_account()?;
            Ok(Self { inner: Rc::new(RefCell::new(inner)) })
        })
    }

    /// Returns the function that plays a market event. It takes its argument from memory and leaves its outcome there, because
    /// a call without arguments and results costs a fraction of a method call.
    #[napi]
    pub fn event_function<'env>(&self, env: &'env Env) -> napi::Result<Function<'env, (), ()>> {
        plain_function(env, "playEvent", Rc::new(PlayEvent(Rc::clone(&self.inner))))
    }

    /// Returns the function that judges the order or list in the command area, in the same way; the account view then holds
    /// the id of the first order.
    #[napi]
    pub fn submit_function<'env>(&self, env: &'env Env) -> napi::Result<Function<'env, (), ()>> {
        plain_function(env, "submit", Rc::new(Submit(Rc::clone(&self.inner))))
    }

    /// Throws what the event or submit function failed with.
    #[napi]
    pub fn take_failure(&mut self) -> napi::Result<(), String> {
        match self.inner.borrow_mut().failed.take() {
            Some(error) => Err(failure(&error)),
            None => Ok(()),
        }
    }

    /// Cancels an order. Returns bytes of notices.
    #[napi]
    pub fn cancel(&mut self, client_order_id: f64) -> napi::Result<u32, String> {
        self.contained(|session| {
            session.open()?.cancel(order_id(client_order_id)?)?;
            session.write_account()?;
            session.take_notices()
        })
    }

    /// Returns bytes of further notices, for when they did not all fit.
    #[napi]
    pub fn more_notices(&mut self) -> napi::Result<u32, String> {
        self.contained(Inner::take_notices)
    }

    /// Records that something outside failed.
    #[napi]
    pub fn note_failure(&mut self, code: String, message: String) -> napi::Result<(), String> {
        self.contained(|session| {
            let known = Code::ALL.iter().find(|entry| entry.name() == code).copied();
            session.open()?.note_failure(known.unwrap_or(Code::ArgumentInvalid), &message)
        })
    }

    /// Returns the state in exact text, as JSON.
    #[napi]
    pub fn snapshot(&mut self) -> napi::Result<String, String> {
        self.contained(|session| {
            let snapshot = session.open()?.engine().snapshot()?;
            serde_json::to_string(&snapshot)
                .map_err(|error| Error::new(Code::ArgumentInvalid, error.to_string()))
        })
    }

    /// Returns the account with currencies, margin and liquidation prices in exact text, as JSON.
    #[napi]
    pub fn account_snapshot(&mut self) -> napi::Result<String, String> {
        self.contained(|session| {
            let snapshot = session.open()?.engine().account_snapshot()?;
            serde_json::to_string(&snapshot)
                .map_err(|error| Error::new(Code::ArgumentInvalid, error.to_string()))
        })
    }

    /// Takes a rate of exchange at the present time of the session. Returns bytes of notices.
    #[napi]
    pub fn set_rate(&mut self, currency: String, rate: String) -> napi::Result<u32, String> {
        self.contained(|session| {
            let open = session.open()?;
            let now = open.engine().now();
            open.on_rate(&currency, &rate, now)?;
            session.write_account()?;
            session.take_notices()
        })
    }

    /// Closes the journal and returns the final state as JSON; the last notices wait in the array.
    #[napi]
    pub fn close(&mut self) -> napi::Result<String, String> {
        self.contained(|session| {
            let closed = session.open()?.close()?;
            serde_json::to_string(&closed)
                .map_err(|error| Error::new(Code::ArgumentInvalid, error.to_string()))
        })
    }

    /// Lets go of everything; a later call is an error.
    #[napi]
    pub fn dispose(&mut self) {
        self.inner.borrow_mut().let_go();
    }
}

impl NativeSession {
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
        self.session = None;
    }

    fn outcome(&mut self) -> (&mut SharedBytes, &mut Option<Error>) {
        (&mut self.exchange, &mut self.failed)
    }
}

impl Inner {
    fn play_event(&mut self) -> Result<u32> {
        let index = self.exchange.u32_at(EVENT_INDEX) as usize;
        let id = self.play_record(index)?;
        self.write_account()?;
        self.write_position(id)?;
        self.take_notices()
    }

    fn submit(&mut self) -> Result<u32> {
        let Some((contingency, orders)) = list_at(&self.exchange, self.commands)? else {
            return self.submit_with(None);
        };
        let first = self.open()?.submit_list(contingency, &orders)?.0;
        self.told_of(first)
    }

    fn submit_with(&mut self, key: Option<u128>) -> Result<u32> {
        let intent = intent_at(&self.exchange, self.commands)?;
        let session = self.open()?;
        let verdict = match key {
            None => session.submit(intent)?,
            Some(key) => session.submit_once(intent, key)?,
        };
        let id = verdict.client_order_id;
        session.recycle(verdict);
        self.told_of(id)
    }

    /// Leaves the id of the order that was judged, and what its submission caused.
    fn told_of(&mut self, id: ClientOrderId) -> Result<u32> {
        self.exchange.put_f64(ACCOUNT_VIEW + 56, &[id.0 as f64]);
        self.write_account()?;
        self.take_notices()
    }

    fn play_record(&mut self, index: usize) -> Result<InstrumentId> {
        let record = self.record(index)?;
        match record.kind {
            KIND_TRADE => {
                let trade = Trade::of_record(&record)?;
                self.open()?.on_trade(&trade)?;
                self.write_event(trade.instrument, |instrument| trade_view(instrument, &trade));
                Ok(trade.instrument)
            }
            KIND_QUOTE => {
                let quote = Quote::of_record(&record)?;
                self.open()?.on_quote(&quote)?;
                self.write_event(quote.instrument, |instrument| quote_view(instrument, &quote));
                Ok(quote.instrument)
            }
            _ => {
                let bar = bar_of_records(&record, &self.record(index + 1)?)?;
                self.open()?.on_bar(&bar)?;
                self.write_event(bar.instrument, |instrument| bar_view(instrument, &bar));
                Ok(bar.instrument)
            }
        }
    }

    fn open(&mut self) -> Result<&mut Session> {
        self.session.as_mut().ok_or_else(closed)
    }

    fn record(&self, index: usize) -> Result<MarketEvent> {
        self.records
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

    fn instrument(&self, id: InstrumentId) -> Option<&Instrument> {
        let session = self.session.as_ref()?;
        session.engine().instruments().get(id.index()).map(|state| &state.instrument)
    }

    fn write_event(&mut self, id: InstrumentId, view: impl FnOnce(&Instrument) -> EventView) {
        if let Some(view) = self.instrument(id).map(view) {
            self.exchange.put_f64(EVENT_VIEW, &view);
        }
    }

    fn write_account(&mut self) -> Result<()> {
        let engine = self.session.as_ref().map(Session::engine);
        let engine = engine.ok_or_else(closed)?;
        let account = engine.account();
        let amounts = [
            engine.equity(),
            account.cash,
            engine.net_value(),
            account.fees,
            engine.gross_exposure(),
        ];
        // Most market events leave most of these as they are, and a float of 128 bits is not free.
        for (index, amount) in amounts.into_iter().enumerate() {
            if amount != self.amounts[index] {
                self.amounts[index] = amount;
                self.floats[index] = amount.to_f64();
            }
        }
        let [equity, cash, net_value, fees, gross] = self.floats;
        let drawdown = engine.statistics().drawdown_frac;
        let view =
            [equity, cash, net_value, drawdown, fees, engine.open_order_count() as f64, gross];
        self.exchange.put_f64(ACCOUNT_VIEW, &view);
        Ok(())
    }

    fn write_position(&mut self, id: InstrumentId) -> Result<()> {
        let session = self.session.as_ref();
        let Some(state) = session.and_then(|inner| inner.engine().instruments().get(id.index()))
        else {
            return Ok(());
        };
        let offset = POSITION_VIEWS + id.index() * POSITION_VIEW_BYTES;
        write_position_view(&mut self.exchange, offset, state)
    }

    fn take_notices(&mut self) -> Result<u32> {
        let Some(session) = self.session.as_mut() else { return Ok(0) };
        let waiting = session.notices();
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
    Error::new(Code::HandleClosed, "session must be open, it was closed")
}
