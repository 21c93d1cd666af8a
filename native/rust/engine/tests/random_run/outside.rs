//! What comes from outside of strategies: the venue's own word, signals to the gate, and limits.

use super::Act;
use holdfast_core::{
    Amount, Fraction, InstrumentId, OrderTerms, OrderType, Price, Quantity, Side, TimeInForce,
    Timestamp,
};
use holdfast_engine::CurrencyId;
use holdfast_engine::venue_snapshot::{
    VenueBalance, VenueOrder, VenueOrderStatus, VenuePosition, VenueSnapshot,
};
use holdfast_risk::RiskMeasured;
use holdfast_risk::limit_document::ChangeRules;
use holdfast_risk::limits::LimitsSpec;
use holdfast_risk::signal::GateSignal;

/// Further limits, of which a gate keeps a state of its own; `looser` of 0 is the strictest set.
pub fn limits_of(base: &LimitsSpec, looser: u8) -> LimitsSpec {
    let more = |value: u32| (value + u32::from(looser) * 3).to_string();
    LimitsSpec {
        position_qty_max: more(60),
        messages_per_second_max: more(6),
        strategy_messages_per_second_max: more(5),
        cancel_reserve_frac_min: "0.2".into(),
        duplicate_window_ms_min: "2500".into(),
        executions_max: more(4),
        executions_window_ms_min: "60000".into(),
        weekly_loss_frac_max: "0.55".into(),
        total_loss_frac_max: "0.7".into(),
        drawdown_soft_frac_max: "0.01".into(),
        consecutive_losses_max: more(2),
        price_collar_frac_max: "0.02".into(),
        price_collar_window_ms_min: "5000".into(),
        stop_uncovered_ms_max: more(60_000),
        net_exposure_frac_max: "3".into(),
        asset_exposure_frac_max: "3".into(),
        account_age_ms_max: more(86_400_000),
        change: ChangeRules { loosen_delay_ms: "4000".into(), ..ChangeRules::default() },
        ..base.clone()
    }
}

/// A signal to the gate.
pub fn signal(act: &Act) -> GateSignal {
    match act.which % 7 {
        0 => GateSignal::Halted {
            instrument: InstrumentId(u32::from(act.which) % 3),
            halted: act.flag,
        },
        1 => GateSignal::Breaker { component: act.which % 3, open: act.flag },
        2 | 3 => GateSignal::AccountConfirmed,
        4 => GateSignal::ClockMeasured { offset_ns: act.number },
        5 => GateSignal::Enabled { strategy: 0 },
        _ => GateSignal::Governor {
            factor: Fraction::from_millionths(1_000_000 - act.number * 1_000),
        },
    }
}

/// Correlations or risk of the three instruments; some are older than the last ones.
pub fn measured(act: &Act, ts: Timestamp) -> RiskMeasured {
    let as_of = ts.0 - i64::from(act.which) * 1_000_000;
    let rho = act.number * 20_000;
    let (kind, values) = if act.flag {
        (0, vec![as_of, 3, rho, -rho, 2_000_000])
    } else {
        let part = |held: i64| [held * 1_000_000, 20_000, 30_000];
        let mut values = vec![as_of, act.number * 1_000_000, act.number * 1_500_000, act.number];
        values.extend([act.number, -act.number, 0].into_iter().flat_map(part));
        (1, values)
    };
    RiskMeasured::of_values(kind, &values).unwrap()
}

/// The venue has an order of others, a position and a balance, and not every order of ours.
pub fn venue_word(act: &Act, now: i64) -> VenueSnapshot {
    let foreign = VenueOrder {
        venue_order_id: format!("X{}", act.which % 8),
        client_order_id: None,
        instrument: InstrumentId(u32::from(act.which) % 3),
        side: if act.flag { Side::Buy } else { Side::Sell },
        order_type: OrderType::Limit,
        time_in_force: TimeInForce::Gtc,
        reduce_only: false,
        status: VenueOrderStatus::Open,
        quantity: Quantity::from_lots(act.number),
        filled: Quantity::ZERO,
        average_price: None,
        limit_price: Some(Price::from_ticks(990)),
        trigger_price: None,
        terms: OrderTerms::default(),
    };
    let position = VenuePosition {
        instrument: InstrumentId(0),
        is_short: false,
        lots: Quantity::from_lots(act.number - 20),
        average_price: None,
    };
    VenueSnapshot {
        ts_event: Timestamp(now),
        orders_complete_until: act.flag.then_some(Timestamp(now - 1_000_000_000)),
        fills_complete_from: Some(Timestamp(0)),
        positions_complete: false,
        orders: vec![foreign],
        fills: Vec::new(),
        positions: if act.which.is_multiple_of(2) { vec![position] } else { Vec::new() },
        balances: vec![VenueBalance {
            currency: CurrencyId(u16::from(act.which) % 3),
            cash: Amount::from_raw(i128::from(act.number) << 62),
        }],
    }
}
