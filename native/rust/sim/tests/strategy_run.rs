//! A strategy from outside under the faults: the rules hold, and the same seed gives the same run.

use holdfast_core::{
    Bar, Code, InstrumentId, OrderIntent, OrderTerms, OrderType, Price, Quantity, Quote, Side,
    TimeInForce, Timestamp, Trade, TrailingDistance,
};
use holdfast_core::{ClientOrderId, Result};
use holdfast_engine::Input;
use holdfast_sim::fault::{Pause, RunOptions, RunOutcome, StrategyRun};

const SEEDS: u64 = if cfg!(debug_assertions) { 40 } else { 400 };
const MINUTE_NS: i64 = 60_000_000_000;

fn options(seed: u64, faults: &str) -> RunOptions {
    let unlimited = "unlimited";
    serde_json::from_value(serde_json::json!({
        "seed": seed,
        "faults": faults,
        "engine": {
            "instruments": [{
                "symbol": "SIM", "venue": "SIM", "base_currency": "SIM", "quote_currency": "USD",
                "settlement_currency": "USD", "tick_size": "0.01", "lot_size": "1",
                "contract_multiplier": "1", "min_quantity": null, "max_quantity": null,
                "min_notional": null, "max_notional": null, "percent_price_frac": null,
                "perpetual": false
            }],
            "limits": {
                "order_qty_max": unlimited, "order_notional_quote_max": unlimited,
                "position_frac_max": "0.5", "gross_exposure_frac_max": "0.5",
                "price_band_frac_max": unlimited, "orders_per_minute_max": "600",
                "daily_trades_max": unlimited, "daily_loss_frac_max": unlimited,
                "drawdown_frac_max": unlimited, "stop_loss_required": false,
                "price_age_ms_max": "120000"
            },
            "start_cash": "100000",
            "max_open_orders": 64
        }
    }))
    .unwrap()
}

/// A price walk without a generator: the seed's bits decide.
fn bar(number: i64, seed: u64) -> Input<'static> {
    let level = |at: i64| 10_000 + ((at * 37 + seed as i64 * 11) % 90 - 45).abs() * 4;
    let (open, close) = (level(number), level(number + 1));
    Input::Bar(Bar {
        instrument: InstrumentId(0),
        ts_open: Timestamp(number * MINUTE_NS),
        ts_close: Timestamp((number + 1) * MINUTE_NS - 1),
        open: Price::from_ticks(open),
        high: Price::from_ticks(open.max(close) + 6),
        low: Price::from_ticks(open.min(close) - 6),
        close: Price::from_ticks(close),
        volume: Quantity::from_lots(1_000),
    })
}

/// Two quotes and a trade in turn, a second apart.
fn tick(number: i64, seed: u64) -> Input<'static> {
    let price = 10_000 + ((number * 37 + seed as i64 * 11) % 90 - 45).abs() * 4;
    let (instrument, ts_event) = (InstrumentId(0), Timestamp(number * 1_000_000_000));
    if number % 3 == 0 {
        let (price, quantity) = (Price::from_ticks(price), Quantity::from_lots(5));
        let aggressor_side = Side::Sell;
        return Input::Trade(Trade { instrument, ts_event, price, quantity, aggressor_side });
    }
    let quantity = Quantity::from_lots(9);
    Input::Quote(Quote {
        instrument,
        ts_event,
        bid: Price::from_ticks(price - 1),
        bid_quantity: quantity,
        ask: Price::from_ticks(price + 1),
        ask_quantity: quantity,
    })
}

fn intent(number: i64, close: i64) -> OrderIntent {
    let side = if number % 5 < 3 { Side::Buy } else { Side::Sell };
    let kinds = [
        OrderType::Market,
        OrderType::Limit,
        OrderType::StopMarket,
        OrderType::StopLimit,
        OrderType::TakeProfitMarket,
        OrderType::TrailingStop,
    ];
    let order_type = kinds[number as usize % kinds.len()];
    let at = |away: i64| Some(Price::from_ticks(close + side.signed(away)));
    let trigger = if order_type == OrderType::TakeProfitMarket { at(-30) } else { at(30) };
    let trailing = (order_type == OrderType::TrailingStop).then_some(TrailingDistance::Ticks(25));
    let immediate = number % 7 == 0 && matches!(order_type, OrderType::Limit | OrderType::Market);
    OrderIntent {
        order_type,
        time_in_force: if immediate { TimeInForce::Fok } else { TimeInForce::Gtc },
        limit_price: order_type.has_limit().then(|| at(10)).flatten(),
        trigger_price: order_type.has_trigger().then_some(trigger).flatten(),
        stop_loss: (number % 4 == 0).then(|| at(-90)).flatten(),
        take_profit: (number % 8 == 0).then(|| at(90)).flatten(),
        terms: OrderTerms { trailing, ..OrderTerms::default() },
        ..OrderIntent::market(InstrumentId(0), side, Quantity::from_lots(1 + number % 9))
    }
}

type Market = fn(i64, u64) -> Input<'static>;

fn mark(run: &StrategyRun) -> i64 {
    run.engine().instruments()[0].mark.map_or(10_000, |(price, _)| price.ticks())
}

/// Plays market events; returns what became of the run and how often the strategy was asked to begin anew.
fn play(options: &RunOptions, market: Market, events: i64) -> Result<(RunOutcome, u64)> {
    let mut run = StrategyRun::new(options)?;
    let mut restarts = 0;
    for number in 0..events {
        let event = market(number, options.seed);
        loop {
            match run.advance(&event)? {
                Pause::Reached => break,
                Pause::News => {}
                Pause::Restarted => restarts += 1,
            }
            let mut heard = [0_u8; 65_536];
            while run.notices().take(&mut heard) > 0 {}
        }
        if run.is_down() {
            continue;
        }
        run.play(&event)?;
        if run.is_down() {
            continue;
        }
        let open = run.engine().open_orders().next().map(|order| order.intent.client_order_id);
        let asked = match open.filter(|_| number % 3 == 0) {
            Some(id) => run.cancel(id),
            None => run.submit(intent(number, mark(&run))).map(|_| ()),
        };
        match asked {
            // The process died in the middle of the request, or the order cannot be asked for: neither breaks a rule.
            Err(error)
                if matches!(
                    error.code(),
                    Code::SessionAborted | Code::OrderTransitionIllegal | Code::OrderInvalid
                ) => {}
            other => other?,
        }
    }
    run.finish()?;
    Ok((run.outcome(), restarts))
}

#[test]
fn str_07_the_rules_hold_for_a_strategy_from_outside_under_all_faults() {
    let (mut fills, mut crashes, mut restarts, mut faults) = (0, 0, 0, 0);
    for seed in 0..SEEDS {
        let (outcome, begun) = play(&options(seed, "all"), bar, 100)
            .unwrap_or_else(|error| panic!("seed {seed}: {error} {:?}", error.context()));
        fills += outcome.fills;
        crashes += outcome.crashes;
        restarts += begun;
        faults += outcome.faults.len() as u64;
    }
    assert!(fills > SEEDS * 20 && crashes > SEEDS / 8, "{fills} fills, {crashes} crashes");
    assert!(restarts > 0 && restarts <= crashes, "{restarts} restarts of {crashes} crashes");
    assert!(faults > SEEDS * 5, "{faults} faults");
}

#[test]
fn str_07_the_rules_hold_for_a_strategy_on_trades_and_quotes() {
    let (mut fills, mut faults) = (0, 0);
    for seed in 0..SEEDS {
        let (outcome, _) = play(&options(seed, "all"), tick, 300)
            .unwrap_or_else(|error| panic!("seed {seed}: {error} {:?}", error.context()));
        fills += outcome.fills;
        faults += outcome.faults.len() as u64;
    }
    assert!(fills > SEEDS * 50 && faults > SEEDS * 2, "{fills} fills, {faults} faults");
}

#[test]
fn tst_09_the_same_seed_gives_the_same_run_and_a_fault_can_be_left_out() {
    let whole = play(&options(3, "all"), bar, 100).unwrap();
    assert_eq!(whole, play(&options(3, "all"), bar, 100).unwrap());
    let first = whole.0.faults.first().unwrap().number;
    let mut fewer = options(3, "all");
    fewer.left_out.insert(first);
    let smaller = play(&fewer, bar, 100).unwrap().0;
    assert_eq!(smaller.faults, whole.0.faults[1..]);
    assert_ne!(smaller.hash, whole.0.hash);
}

#[test]
fn without_faults_nothing_dies() {
    let (outcome, _) = play(&options(1, "none"), bar, 100).unwrap();
    assert_eq!((outcome.crashes, outcome.faults.len()), (0, 0));
}

#[test]
fn what_the_rules_do_not_know_is_refused() {
    let code = |options: &RunOptions| StrategyRun::new(options).map(|_| ()).map_err(|e| e.code());
    assert_eq!(code(&options(1, "los")), Err(Code::FaultUnknown));
    let mut hedging = options(1, "all");
    hedging.engine.account.position_mode = holdfast_engine::PositionMode::Hedging;
    assert_eq!(code(&hedging), Err(Code::ConfigInvalid));
    let mut run = StrategyRun::new(&options(1, "all")).unwrap();
    assert_eq!(run.finish().map_err(|e| e.code()), Err(Code::DataEmpty));
    let cancel = Input::Cancel { client_order_id: ClientOrderId(1), ts: Timestamp(1) };
    assert_eq!(run.advance(&cancel).map_err(|e| e.code()), Err(Code::EventInvalid));
    run.advance(&bar(5, 1)).unwrap();
    assert_eq!(run.advance(&bar(1, 1)).map_err(|e| e.code()), Err(Code::EventInvalid));
}
