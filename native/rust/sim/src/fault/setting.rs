//! The fixed setting of a simulation: instruments, limits, and the bounds of venue and gateway.

use holdfast_core::InstrumentSpec;
use holdfast_engine::EngineConfig;
use holdfast_engine::gateway::GatewayConfig;
use holdfast_risk::LimitsSpec;

/// Instruments of a simulation.
pub(super) const INSTRUMENTS: u32 = 2;
/// Price at the start, in ticks of 0.01.
pub(super) const START_TICKS: i64 = 10_000;
/// Furthest that the venue's clock jumps from the true time.
pub(super) const JUMP_NS_MAX: i64 = 2_000_000_000;
/// The venue refuses a placement whose time is further than this from its own clock.
pub(super) const WINDOW_NS: i64 = 5_000_000_000;
/// Longest that a late accept takes.
pub(super) const LATE_NS_MAX: i64 = 3_000_000_000;
/// Longest that a delayed message takes.
pub(super) const DELAY_NS_MAX: i64 = 3_000_000_000;
/// Time between two signs of life of the stream.
pub(super) const HEARTBEAT_NS: i64 = 1_000_000_000;
/// Both sides must agree so long after the faults stopped.
pub(super) const LIVENESS_NS: i64 = 60_000_000_000;

/// Bounds of the gateway; a placement can be accepted this late at most, with a second to spare.
pub(super) const GATEWAY: GatewayConfig = GatewayConfig {
    answer_ns: 500_000_000,
    settle_ns: WINDOW_NS + 2 * JUMP_NS_MAX + LATE_NS_MAX + 1_000_000_000,
    backoff_ns: (100_000_000, 2_000_000_000),
    silence_ns: 3_500_000_000,
    resync_ns: 5_000_000_000,
    repeats_max: 2,
};

pub(super) fn engine_config() -> EngineConfig {
    let instruments = (0..INSTRUMENTS).map(|index| InstrumentSpec {
        symbol: format!("SIM{index}"),
        venue: "SIM".into(),
        base_currency: "SIM".into(),
        quote_currency: "USD".into(),
        settlement_currency: "USD".into(),
        tick_size: "0.01".into(),
        lot_size: "1".into(),
        contract_multiplier: "1".into(),
        min_quantity: None,
        max_quantity: None,
        min_notional: None,
        max_notional: None,
        percent_price_frac: None,
        perpetual: false,
        contract: holdfast_core::ContractSpec::default(),
    });
    EngineConfig {
        instruments: instruments.collect(),
        limits: LimitsSpec {
            // 50 lots at the price of the start, so that a few orders reach it.
            position_frac_max: "0.05".into(),
            gross_exposure_frac_max: "0.08".into(),
            orders_per_minute_max: "600".into(),
            price_age_ms_max: "10000".into(),
            ..LimitsSpec::unlimited()
        },
        start_cash: "100000".into(),
        max_open_orders: 64,
        account: holdfast_engine::AccountSpec::default(),
        emulated_order_types: Vec::new(),
        orders: holdfast_engine::config::OrderConfig::default(),
    }
}
