//! What the path of an order allocates once everything has its place: nothing.

mod support;

use holdfast_core::{
    Amendment, ClientOrderId, InstrumentId, OrderIdText, OrderIntent, Price, Quantity, ReportKind,
    Side, Timestamp, Trade, TradeId, VenueReport,
};
use holdfast_engine::report_record::{REPORT_BYTES, report_of_record};
use holdfast_engine::request_record::{REQUEST_BYTES, request_record};
use holdfast_engine::{
    Command, DeskConfig, Engine, EngineConfig, Input, JournalWriter, SyncPolicy,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use support::*;

/// Counts what the present thread allocates; the test harness has threads of its own.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `GlobalAlloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `GlobalAlloc`.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `GlobalAlloc`.
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A desk that journals, and keeps its buffers.
struct Desk {
    engine: Engine,
    journal: JournalWriter,
    commands: Vec<Command>,
    trade: u64,
}

impl Desk {
    fn step(&mut self, input: &Input<'_>) {
        self.commands.clear();
        let verdict = self.engine.step(input, &mut self.journal, &mut self.commands).unwrap();
        if let Some(verdict) = verdict {
            assert!(verdict.approved());
            self.engine.recycle(verdict);
        }
    }

    fn report(&mut self, id: ClientOrderId, kind: ReportKind, lots: i64) {
        self.trade += 1;
        let report = VenueReport {
            trade_id: TradeId(self.trade),
            last_price: Price::from_ticks(10_000),
            last_quantity: Quantity::from_lots(lots),
            ..VenueReport::without_fill(id, kind, self.engine.now())
        };
        self.step(&Input::Report(report));
    }

    fn pass(&mut self, ns: i64) {
        self.step(&Input::Trade(Trade {
            instrument: InstrumentId(0),
            ts_event: Timestamp(self.engine.now().0 + ns),
            price: Price::from_ticks(10_000),
            quantity: Quantity::from_lots(1),
            aggressor_side: Side::Buy,
        }));
    }

    /// From submission to the end: accepted, amended, filled twice, or cancelled.
    fn life(&mut self, side: Side, cancels: bool) {
        let id = self.engine.next_client_order_id();
        let ts = self.engine.now();
        let intent = OrderIntent { client_order_id: id, ts_intent: ts, ..limit(side, 10, 10_000) };
        self.step(&Input::Submit(intent));
        self.report(id, ReportKind::Accepted, 0);
        let quantity = Some(Quantity::from_lots(12));
        let (limit_price, trigger_price) = (None, None);
        let wish = Amendment { client_order_id: id, quantity, limit_price, trigger_price, ts };
        self.step(&Input::Amend(wish));
        self.report(id, ReportKind::Replaced, 12);
        self.report(id, ReportKind::Fill, 5);
        if cancels {
            self.step(&Input::Cancel { client_order_id: id, ts });
            self.report(id, ReportKind::Canceled, 0);
        } else {
            self.report(id, ReportKind::Fill, 7);
        }
    }
}

#[test]
fn nat_01_an_order_allocates_nothing_after_warm_up() {
    lives_allocate_nothing("plain", &config().engine);
}

#[test]
fn nat_06_an_order_past_every_control_allocates_nothing() {
    let mut engine = config().engine;
    engine.limits = serde_json::from_str(EVERY_LIMIT).unwrap();
    lives_allocate_nothing("limited", &engine);
}

/// Every limit, far away.
const EVERY_LIMIT: &str = r#"{
    "order_qty_max": "1000", "order_notional_quote_max": "1000000", "position_frac_max": "50",
    "gross_exposure_frac_max": "100", "price_band_frac_max": "0.1", "orders_per_minute_max": "100000",
    "daily_trades_max": "1000000", "daily_loss_frac_max": "0.5", "drawdown_frac_max": "0.5",
    "stop_loss_required": false, "price_age_ms_max": "1000", "position_qty_max": "100000",
    "position_notional_quote_max": "100000000", "net_exposure_frac_max": "100",
    "asset_exposure_frac_max": "100", "group_exposure_frac_max": "100", "concentration_frac_max": "1",
    "leverage_max": "100", "buying_power_frac_max": "100", "margin_cover_frac_min": "1.1",
    "open_orders_max": "1000", "messages_per_second_max": "100000",
    "strategy_messages_per_second_max": "100000", "cancel_reserve_frac_min": "0.1",
    "duplicate_window_ms_min": "1", "executions_max": "100000", "executions_window_ms_min": "1",
    "weekly_loss_frac_max": "0.5", "total_loss_frac_max": "0.5", "drawdown_soft_frac_max": "0.4",
    "consecutive_losses_max": "1000000", "price_collar_frac_max": "0.1",
    "price_collar_window_ms_min": "1000", "stop_uncovered_ms_max": "1000000", "intent_age_ms_max": "1000",
    "groups": { "all": ["TEST"] }, "trading_hours": "always",
    "calendars": { "always": [["0", "9000000000000000000"]] }
}"#;

fn lives_allocate_nothing(name: &str, config: &EngineConfig) {
    let folder = std::env::temp_dir().join(format!("holdfast-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let mut desk = Desk {
        engine: Engine::new(config).unwrap(),
        journal: JournalWriter::create(&folder, SyncPolicy::Os).unwrap(),
        commands: Vec::with_capacity(16),
        trade: 0,
    };
    desk.step(&Input::Bar(flat_bar(0, 10_000)));
    let lives = |desk: &mut Desk, count: u64| {
        for life in 0..count {
            // Orders of one instant would be duplicates, and executions without end.
            desk.pass(2_000_000);
            let side = if life % 2 == 0 { Side::Buy } else { Side::Sell };
            desk.life(side, life % 4 > 1);
        }
    };
    // Past the number of ended orders that are remembered, so that their places are used again.
    lives(&mut desk, 5_000);
    let before = ALLOCATIONS.get();
    lives(&mut desk, 10_000);
    let allocated = ALLOCATIONS.get() - before;
    assert_eq!(desk.engine.counts().fills, 22_500);
    assert_eq!(allocated, 0);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Orders from the desk to the bytes of their requests, in batches, and their fills back from records.
#[test]
fn nat_01_a_batch_allocates_nothing_from_intents_to_request_bytes_and_fills() {
    const BATCH: u64 = 8;
    let folder = std::env::temp_dir().join(format!("holdfast-batches-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let journal = JournalWriter::create(&folder, SyncPolicy::Os).unwrap();
    let desk_config = DeskConfig {
        engine: config().engine,
        about: serde_json::Value::String("batches".into()),
        fuse: holdfast_risk::fuse::FuseSpec::unlimited(),
    };
    let mut desk = holdfast_engine::Desk::open(&desk_config, Some(journal)).unwrap();
    desk.hears = false;
    desk.on_bar(&flat_bar(0, 10_000)).unwrap();
    let (form, ts) = (OrderIdText::new("hf").unwrap(), desk.engine().now());
    let mut fill = [0_u8; REPORT_BYTES];
    fill[8] = ReportKind::Fill as u8;
    fill[24..32].copy_from_slice(&10_000_i64.to_le_bytes());
    fill[32] = 10;
    let mut bytes = [0_u8; REQUEST_BYTES];
    let mut batches = |desk: &mut holdfast_engine::Desk, count: u64| {
        for batch in 0..count {
            let first = desk.engine().next_client_order_id().0;
            for _ in 0..BATCH {
                let side = if batch % 2 == 0 { Side::Buy } else { Side::Sell };
                let verdict = desk.submit(limit(side, 10, 10_000), ts).unwrap();
                assert!(verdict.approved());
                desk.recycle(verdict);
            }
            let each = |engine: &Engine, command: &Command| {
                bytes = request_record(engine, command, &form);
            };
            assert_eq!(desk.drain(usize::MAX, each), Ok(BATCH as usize));
            for id in first..first + BATCH {
                fill[..8].copy_from_slice(&id.to_le_bytes());
                fill[16..24].copy_from_slice(&id.to_le_bytes());
                desk.report(&report_of_record(&fill, ts).unwrap()).unwrap();
            }
        }
    };
    batches(&mut desk, 700);
    let before = ALLOCATIONS.get();
    batches(&mut desk, 1_000);
    let allocated = ALLOCATIONS.get() - before;
    assert_eq!(desk.engine().counts().filled, 1_700 * BATCH);
    assert_eq!(allocated, 0);
    assert_eq!(bytes[88..91], *b"hf-");
    std::fs::remove_dir_all(&folder).unwrap();
}
