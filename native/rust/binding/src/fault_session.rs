//! One run of a strategy under the fault simulator, as JavaScript drives it: the same memory as a session's, and between
//! two market events a call for each thing that the strategy hears of.

mod requests;

use crate::command::{COMMAND_BYTES, COMMANDS_MAX, intent_at, list_at};
use crate::event_view::{bar_view, quote_view, trade_view};
use crate::failure::{failure, guarded};
use crate::held::{Held, call};
use crate::memory::SharedBytes;
use crate::plain_function::{Operation, plain_function};
use crate::position_view::{POSITION_VIEW_BYTES, write_position_view};
use crate::session::{
    ACCOUNT_VIEW, EVENT_INDEX, EVENT_VIEW, NOTICES_WAIT, OUTCOME, POSITION_VIEWS,
};
use holdfast_core::market_event::{KIND_QUOTE, KIND_TRADE, MARKET_EVENT_BYTES, bar_of_records};
use holdfast_core::{ClientOrderId, Code, Error, InstrumentId, MarketEvent, Quote, Result, Trade};
use holdfast_engine::Input;
use holdfast_sim::fault::{Pause, RunOptions, StrategyRun};
use napi::Env;
use napi::bindgen_prelude::{Function, Uint8Array};
use napi_derive::napi;
use std::cell::RefCell;
use std::rc::Rc;

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
            inner.run(|inner| inner.submit(None));
        }
    }
}

struct Inner {
    run: Option<StrategyRun>,
    commands: usize,
    instruments: usize,
    exchange: SharedBytes,
    notices: SharedBytes,
    records: SharedBytes,
    failed: Option<Error>,
}

#[napi]
pub struct NativeFaultSession {
    inner: Rc<RefCell<Inner>>,
}

#[napi]
impl NativeFaultSession {
    /// Makes a run; `records` holds every market event of it.
    #[napi(constructor)]
    pub fn new(
        options: String,
        exchange: Uint8Array,
        notices: Uint8Array,
        records: Uint8Array,
    ) -> napi::Result<Self, String> {
        guarded(|| {
            let options: RunOptions = serde_json::from_str(&options).map_err(|error| {
                Error::new(
                    Code::ConfigInvalid,
                    format!("configuration must have its fields, {error}"),
                )
            })?;
            let instruments = options.engine.instruments.len();
            let commands = POSITION_VIEWS + instruments * POSITION_VIEW_BYTES;
            let exchange_bytes = commands + COMMANDS_MAX * COMMAND_BYTES;
            let mut inner = Inner {
                run: Some(StrategyRun::new(&options)?),
                commands,
                instruments,
                exchange: SharedBytes::new(exchange, "exchange", exchange_bytes)?,
                notices: SharedBytes::new(notices, "notices", 4_096)?,
                records: SharedBytes::new(records, "records", MARKET_EVENT_BYTES * 2)?,
                failed: None,
            };
            inner.write_account()?;
            Ok(Self { inner: Rc::new(RefCell::new(inner)) })
        })
    }

    /// Lets everything happen up to the market event at a record, or up to what the strategy hears of. Returns 0 when it is
    /// reached, 1 for news, 2 when the process began anew, 3 when it is reached and the process is dead.
    #[napi]
    pub fn advance(&mut self, record: u32) -> napi::Result<u32, String> {
        self.contained(|inner| {
            let event = inner.event(record as usize)?;
            let run = inner.open()?;
            let pause = match run.advance(&event)? {
                Pause::Reached if run.is_down() => 3,
                Pause::Reached => 0,
                Pause::News => 1,
                Pause::Restarted => 2,
            };
            if pause == 1 || pause == 2 {
                inner.write_views()?;
            }
            Ok(pause)
        })
    }

    /// Writes the view of the event at a record without playing it: what has passed, for indicators that begin anew.
    #[napi]
    pub fn show_event(&mut self, record: u32) -> napi::Result<(), String> {
        self.contained(|inner| {
            let event = inner.event(record as usize)?;
            inner.write_event(&event)
        })
    }

    /// Returns virtual time in milliseconds since 1970.
    #[napi]
    pub fn now_ms(&self) -> f64 {
        let inner = self.inner.borrow();
        inner.run.as_ref().map_or(0.0, |run| run.now().0.div_euclid(1_000_000) as f64)
    }

    /// Returns whether the process is dead.
    #[napi]
    pub fn is_down(&self) -> bool {
        self.inner.borrow().run.as_ref().is_none_or(StrategyRun::is_down)
    }

    /// Returns the lots of an instrument that the venue keeps.
    #[napi]
    pub fn venue_lots(&self, instrument: u32) -> f64 {
        let inner = self.inner.borrow();
        inner.run.as_ref().map_or(0.0, |run| run.venue_lots(InstrumentId(instrument)) as f64)
    }

    /// Stops the faults, waits until both sides agree, and replays the journal.
    #[napi]
    pub fn finish(&mut self) -> napi::Result<(), String> {
        self.contained(|inner| inner.open()?.finish())
    }

    /// Returns what became of the run so far, as JSON.
    #[napi]
    pub fn outcome(&mut self) -> napi::Result<String, String> {
        self.contained(|inner| {
            let outcome = inner.open()?.outcome();
            serde_json::to_string(&outcome)
                .map_err(|error| Error::new(Code::ArgumentInvalid, error.to_string()))
        })
    }

    /// Returns the function that plays the event that was advanced to, as a session's.
    #[napi]
    pub fn event_function<'env>(&self, env: &'env Env) -> napi::Result<Function<'env, (), ()>> {
        plain_function(env, "playEvent", Rc::new(PlayEvent(Rc::clone(&self.inner))))
    }

    /// Returns the function that judges the order or list in the command area, as a session's.
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

    /// Returns bytes of further notices.
    #[napi]
    pub fn more_notices(&mut self) -> napi::Result<u32, String> {
        self.contained(Inner::take_notices)
    }

    /// Returns the account with currencies, margin and liquidation prices in exact text, as JSON.
    #[napi]
    pub fn account_snapshot(&mut self) -> napi::Result<String, String> {
        self.contained(|inner| {
            let snapshot = inner.open()?.engine().account_snapshot()?;
            serde_json::to_string(&snapshot)
                .map_err(|error| Error::new(Code::ArgumentInvalid, error.to_string()))
        })
    }

    /// Lets go of everything; a later call is an error.
    #[napi]
    pub fn dispose(&mut self) {
        self.inner.borrow_mut().let_go();
    }
}

impl NativeFaultSession {
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
        self.run = None;
    }

    fn outcome(&mut self) -> (&mut SharedBytes, &mut Option<Error>) {
        (&mut self.exchange, &mut self.failed)
    }
}

impl Inner {
    fn open(&mut self) -> Result<&mut StrategyRun> {
        self.run.as_mut().ok_or_else(closed)
    }

    fn play_event(&mut self) -> Result<u32> {
        let event = self.event(self.exchange.u32_at(EVENT_INDEX) as usize)?;
        let run = self.open()?;
        run.play(&event)?;
        if run.is_down() {
            return Err(Error::new(
                Code::SessionAborted,
                "the process died while it took an event, as simulated",
            ));
        }
        self.write_event(&event)?;
        self.write_views()?;
        self.take_notices()
    }

    fn submit(&mut self, key: Option<u128>) -> Result<u32> {
        let list = list_at(&self.exchange, self.commands)?;
        let id = if let (Some((contingency, orders)), None) = (list, key) {
            self.open()?.submit_list(contingency, &orders)?
        } else {
            let intent = intent_at(&self.exchange, self.commands)?;
            match key {
                None => self.open()?.submit(intent)?,
                Some(key) => self.open()?.submit_once(intent, key)?,
            }
        };
        self.told_of(id)
    }

    fn told_of(&mut self, id: ClientOrderId) -> Result<u32> {
        self.exchange.put_f64(ACCOUNT_VIEW + 56, &[id.0 as f64]);
        self.write_views()?;
        self.take_notices()
    }

    fn event(&self, index: usize) -> Result<Input<'static>> {
        let record = self.record(index)?;
        match record.kind {
            KIND_TRADE => Trade::of_record(&record).map(Input::Trade),
            KIND_QUOTE => Quote::of_record(&record).map(Input::Quote),
            _ => bar_of_records(&record, &self.record(index + 1)?).map(Input::Bar),
        }
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

    fn write_event(&mut self, event: &Input<'static>) -> Result<()> {
        let run = self.run.as_ref().ok_or_else(closed)?;
        let id = match event {
            Input::Bar(bar) => bar.instrument,
            Input::Trade(trade) => trade.instrument,
            Input::Quote(quote) => quote.instrument,
            _ => return Ok(()),
        };
        let Some(state) = run.engine().instruments().get(id.index()) else { return Ok(()) };
        let view = match event {
            Input::Trade(trade) => trade_view(&state.instrument, trade),
            Input::Quote(quote) => quote_view(&state.instrument, quote),
            Input::Bar(bar) => bar_view(&state.instrument, bar),
            _ => return Ok(()),
        };
        self.exchange.put_f64(EVENT_VIEW, &view);
        Ok(())
    }

    fn write_views(&mut self) -> Result<()> {
        self.write_account()?;
        for index in 0..self.instruments {
            let run = self.run.as_ref().ok_or_else(closed)?;
            if let Some(state) = run.engine().instruments().get(index) {
                let offset = POSITION_VIEWS + index * POSITION_VIEW_BYTES;
                write_position_view(&mut self.exchange, offset, state)?;
            }
        }
        Ok(())
    }

    fn write_account(&mut self) -> Result<()> {
        let engine = self.run.as_ref().ok_or_else(closed)?.engine();
        let account = engine.account();
        let view = [
            engine.equity().to_f64(),
            account.cash.to_f64(),
            engine.net_value().to_f64(),
            engine.statistics().drawdown_frac,
            account.fees.to_f64(),
            engine.open_order_count() as f64,
            engine.gross_exposure().to_f64(),
        ];
        self.exchange.put_f64(ACCOUNT_VIEW, &view);
        Ok(())
    }

    fn take_notices(&mut self) -> Result<u32> {
        let Some(run) = self.run.as_mut() else { return Ok(0) };
        let waiting = run.notices();
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
    Error::new(Code::HandleClosed, "simulation must be open, it was closed")
}
