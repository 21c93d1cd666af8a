//! What the gate's path allocates for an order once everything has its place: nothing.

mod desk;

use desk::{config, spec};
use holdfast_core::{
    Fraction, InstrumentId, InstrumentKind, OrderIntent, Price, Quantity, Quote, ReportKind, Side,
    Timestamp, VenueReport,
};
use holdfast_engine::{AccountSpec, Desk, DeskConfig};
use holdfast_risk::GateCoverage;
use holdfast_risk::fuse::FuseSpec;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

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

fn intent(lots: i64) -> OrderIntent {
    OrderIntent::limit(
        InstrumentId(0),
        Side::Buy,
        Quantity::from_lots(lots),
        Price::from_ticks(100_000),
    )
}

/// One order that is checked, submitted, counted and refused by its venue.
fn round(desk: &mut Desk, coverage: &mut GateCoverage, at: i64) {
    let order = intent(1 + at % 50);
    let checked = desk.check(&order, Timestamp(at)).unwrap();
    desk.recycle(checked);
    // Whole verdicts and those of what is news take turns.
    let quiet = (at % 2 == 0).then(|| coverage.quiet());
    let verdict = desk.submit_quietly(order, Timestamp(at), quiet).unwrap();
    assert!(verdict.approved());
    coverage.note(&verdict);
    let id = verdict.client_order_id;
    desk.recycle(verdict);
    desk.report(&VenueReport::without_fill(id, ReportKind::Rejected, Timestamp(at))).unwrap();
}

#[test]
fn an_order_through_the_gate_allocates_nothing() {
    let engine = config(vec![spec(InstrumentKind::Spot)], "1000000", AccountSpec::default());
    let config = DeskConfig { engine, about: serde_json::Value::Null, fuse: FuseSpec::unlimited() };
    let mut desk = Desk::open(&config, None).unwrap();
    desk.hears = false;
    let (price, lots) = (Price::from_ticks(100_000), Quantity::ZERO);
    let (instrument, ts_event) = (InstrumentId(0), Timestamp(1));
    desk.on_quote(&Quote {
        instrument,
        ts_event,
        bid: price,
        bid_quantity: lots,
        ask: price,
        ask_quantity: lots,
    })
    .unwrap();
    let mut coverage = GateCoverage::new(Fraction::from_millionths(800_000));
    // More than the ended orders that are kept, so that the store has its full size.
    for at in 2..10_000 {
        round(&mut desk, &mut coverage, at);
    }
    let before = ALLOCATIONS.get();
    for at in 10_000..12_000 {
        round(&mut desk, &mut coverage, at);
    }
    assert_eq!(ALLOCATIONS.get() - before, 0);
    assert_eq!(coverage.orders(), (11_998, 0));
}
