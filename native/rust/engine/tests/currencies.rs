//! Several currencies: rates with an age, denials without one, fees and interest in any of them.

mod desk;

use desk::{Desk, SECOND_NS, amount, config, spec};
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{
    Code, InstrumentId, InstrumentKind, InstrumentSpec, Price, Quantity, Side, Trade,
};
use holdfast_engine::account_spec::{BalanceSpec, BorrowSpec, InterestPeriod, RateSourceSpec};
use holdfast_engine::{AccountSpec, Engine, EngineConfig, Input};
use holdfast_risk::{Control, Verdict};

/// An account in USD that trades an inverse contract settling in BTC, with 2 BTC.
fn two_currencies() -> AccountSpec {
    AccountSpec {
        currency: Some("USD".into()),
        balances: vec![BalanceSpec { currency: "BTC".into(), amount: "2".into() }],
        rate_age_ms_max: Some("5000".into()),
        ..AccountSpec::default()
    }
}

fn codes(verdict: &Verdict) -> Vec<Code> {
    verdict.checks().filter(|check| !check.passed).map(|check| check.control.code()).collect()
}

#[test]
fn rate_stale_denies_while_a_rate_is_missing_or_too_old_and_lets_reducing_orders_pass() {
    let inverse = vec![spec(InstrumentKind::Inverse)];
    let mut desk = Desk::new(&config(inverse, "10000", two_currencies()));
    desk.mark(0, 80_000);
    let missing = desk.submit(0, Side::Buy, 100, false);
    assert!(codes(&missing).contains(&Code::RateStale));
    desk.rate(1, "40000").unwrap();
    assert_eq!(desk.engine.equity().to_string(), "90000");
    desk.trade(0, Side::Buy, 100, 80_000, false);
    desk.wait(5 * SECOND_NS + 1);
    desk.mark(0, 80_000);
    let old = desk.submit(0, Side::Buy, 100, false);
    assert_eq!(codes(&old), [Code::RateStale]);
    let check = old.checks().find(|check| check.control == Control::RateAge).unwrap();
    assert_eq!((check.limit, check.observed), (Some(5_000_000_000), 5_000_000_001));
    assert!(desk.submit(0, Side::Sell, 100, true).approved());
    desk.rate(1, "41000").unwrap();
    assert_eq!(codes(&desk.submit(0, Side::Buy, 100, false)), []);
}

#[test]
fn ord_14_equity_is_the_sum_of_every_currency_at_its_rate() {
    let instruments = vec![spec(InstrumentKind::Inverse), spec(InstrumentKind::Spot)];
    let mut desk = Desk::new(&config(instruments, "10000", two_currencies()));
    desk.rate(1, "40000").unwrap();
    desk.mark(0, 80_000);
    desk.mark(1, 80_000);
    desk.trade_with_fee(0, Side::Buy, 500, 80_000, false, amount("0.001"));
    desk.trade_with_fee(1, Side::Buy, 100, 80_000, false, amount("4"));
    desk.mark(0, 100_000);
    desk.mark(1, 100_000);
    desk.rate(1, "50000").unwrap();
    // 2 − 0.001 + 0.25 BTC at 50,000, and 10,000 − 4,000 − 4 + 5,000 USD.
    assert_eq!(desk.engine.equity().to_string(), "123446");
    let shown = desk.engine.account_snapshot().unwrap();
    let btc = &shown.currencies[1];
    assert_eq!(
        [&btc.currency, &btc.cash, &btc.equity, &btc.fees],
        ["BTC", "1.999", "2.249", "0.001"]
    );
    assert_eq!((btc.rate.as_deref(), btc.rate_age_ns.as_deref()), (Some("50000"), Some("0")));
    let all = desk.engine.snapshot().unwrap();
    // The books at the present rate: 2.249 − 2 = 0.25 − 0.001.
    assert_eq!([all.start_cash, all.fees, all.unrealized], ["110000", "54", "13500"]);
    assert!(desk.records.0.iter().any(|(kind, _)| *kind == RecordKind::RateChanged));
}

#[test]
fn a_rate_can_follow_the_mark_of_an_instrument() {
    let account = AccountSpec {
        rate_sources: vec![RateSourceSpec { currency: "BTC".into(), instrument: 0 }],
        ..two_currencies()
    };
    let mut desk = Desk::new(&config(vec![spec(InstrumentKind::Inverse)], "10000", account));
    desk.mark(0, 80_001);
    assert_eq!(desk.engine.equity().to_string(), "90001");
    desk.trade(0, Side::Sell, 500, 80_000, false);
    desk.mark(0, 100_000);
    // 10,000 USD and 2 − 0.25 BTC at 50,000.
    assert_eq!(desk.engine.equity().to_string(), "97500");
    assert_eq!(desk.engine.gross_exposure().to_string(), "50000");
}

#[test]
fn ord_12_a_fee_is_booked_in_its_own_currency() {
    let mut desk = Desk::new(&config(vec![spec(InstrumentKind::Spot)], "10000", two_currencies()));
    desk.rate(1, "40000").unwrap();
    desk.mark(0, 80_000);
    let order = desk.submit(0, Side::Buy, 100, false).client_order_id;
    let before = desk.records.0.len();
    let unknown = desk.fill_with_fee_in(order, 100, 80_000, amount("1"), 9).unwrap_err();
    assert_eq!(unknown.code(), Code::CurrencyUnknown);
    // The acceptance and the order's change, then the refused fill and why it was refused: nothing of it is booked.
    assert_eq!(desk.records.0.len(), before + 4);
    assert_eq!(desk.engine.instruments()[0].position.lots().lots(), 0);
    let order = desk.submit(0, Side::Buy, 100, false).client_order_id;
    desk.fill_with_fee_in(order, 100, 80_000, amount("0.001"), 2).unwrap();
    desk.mark(0, 80_000);
    let wallets: Vec<_> = desk.engine.wallets().all().collect();
    assert_eq!(wallets[0].account.cash.to_string(), "6000");
    assert_eq!(wallets[1].account.fees.to_string(), "0.001");
    assert_eq!(desk.engine.equity().to_string(), "89960");
}

#[test]
fn rates_that_cannot_be_are_refused_and_leave_nothing_behind() {
    let inverse = vec![spec(InstrumentKind::Inverse)];
    let mut desk = Desk::new(&config(inverse, "10000", two_currencies()));
    for (currency, rate, code) in [
        (1, "0", Code::RateInvalid),
        (1, "-1", Code::RateInvalid),
        (0, "1", Code::CurrencyUnknown),
        (2, "1", Code::CurrencyUnknown),
    ] {
        assert_eq!(desk.rate(currency, rate).map_err(|e| e.code()), Err(code));
    }
    assert!(desk.records.0.is_empty());
    assert_eq!(desk.engine.equity().to_string(), "10000");
}

fn refused(account: AccountSpec) -> Code {
    let instruments: Vec<InstrumentSpec> = vec![spec(InstrumentKind::Inverse)];
    let config: EngineConfig = config(instruments, "10000", account);
    Engine::new(&config).map(|_| ()).unwrap_err().code()
}

#[test]
fn accounts_that_contradict_themselves_are_refused() {
    let balance = |currency: &str, amount: &str| {
        vec![BalanceSpec { currency: currency.into(), amount: amount.into() }]
    };
    let borrow = |rate: &str| BorrowSpec {
        currency: "USD".into(),
        rate_frac: rate.into(),
        per: InterestPeriod::Day,
    };
    let source =
        |currency: &str, instrument| vec![RateSourceSpec { currency: currency.into(), instrument }];
    let base = two_currencies;
    for account in [
        AccountSpec { rate_age_ms_max: None, ..base() },
        AccountSpec { rate_age_ms_max: Some("0".into()), ..base() },
        AccountSpec { currency: Some(String::new()), ..base() },
        AccountSpec { balances: balance("USD", "1"), ..base() },
        AccountSpec { balances: balance("BTC", "-1"), ..base() },
        AccountSpec { rate_sources: source("BTC", 1), ..base() },
        AccountSpec { borrow: vec![borrow("0")], ..base() },
        AccountSpec { borrow: vec![borrow("0.1"), borrow("0.2")], ..base() },
    ] {
        assert_eq!(refused(account), Code::ConfigInvalid);
    }
    let unknown = AccountSpec { rate_sources: source("EUR", 0), ..base() };
    assert_eq!(refused(unknown), Code::CurrencyUnknown);
}

#[test]
fn ord_14_negative_cash_and_short_units_pay_simple_interest_by_the_nanosecond() {
    let borrow = |currency: &str, rate: &str, per| BorrowSpec {
        currency: currency.into(),
        rate_frac: rate.into(),
        per,
    };
    let account = AccountSpec {
        borrow: vec![
            borrow("USD", "0.001", InterestPeriod::Day),
            borrow("BTC", "0.0001", InterestPeriod::Hour),
        ],
        ..AccountSpec::default()
    };
    let mut desk = Desk::new(&config(vec![spec(InstrumentKind::Spot)], "10000", account));
    desk.mark(0, 80_000);
    desk.trade(0, Side::Buy, 1_000, 80_000, false);
    // 30,000 below zero: 30 a day, 15 for half of one.
    desk.wait(43_200 * SECOND_NS);
    desk.mark(0, 80_000);
    assert_eq!(desk.engine.account().interest.to_string(), "15");
    assert_eq!(desk.engine.equity().to_string(), "9985");
    desk.trade(0, Side::Sell, 2_000, 80_000, false);
    // One BTC short at 40,000: 4 an hour, and no cash is owed.
    desk.wait(3_600 * SECOND_NS / 4);
    desk.mark(0, 80_000);
    assert_eq!(desk.engine.account().interest.to_string(), "16");
    desk.wait(1);
    desk.mark(0, 80_000);
    // 4 ÷ 3.6e12 of the hour, rounded half-even at 10⁻¹⁸.
    assert_eq!(desk.engine.account().interest.to_string(), "16.000000000001111111");
    desk.wait(86_400 * SECOND_NS);
    desk.mark(0, 80_000);
    let charged = |(kind, _): &&(RecordKind, Vec<u8>)| *kind == RecordKind::InterestCharged;
    assert_eq!(desk.records.0.iter().filter(charged).count(), 1);
}

#[test]
fn an_event_that_is_refused_costs_no_interest_of_its_own() {
    let account = AccountSpec {
        borrow: vec![BorrowSpec {
            currency: "USD".into(),
            rate_frac: "0.000777".into(),
            per: InterestPeriod::Day,
        }],
        ..AccountSpec::default()
    };
    let run = |refused: bool| {
        let mut desk =
            Desk::new(&config(vec![spec(InstrumentKind::Spot)], "10000", account.clone()));
        desk.mark(0, 80_000);
        desk.trade(0, Side::Buy, 1_000, 80_000, false);
        desk.wait(777_777_777_777);
        if refused {
            let error = desk.rate(1, "1").unwrap_err();
            assert_eq!(error.code(), Code::CurrencyUnknown);
        }
        desk.wait(333_333_333_333);
        desk.mark(0, 80_000);
        desk.engine.state_hash()
    };
    assert_eq!(run(true), run(false));
}

#[test]
fn an_inverse_contract_refuses_a_price_at_which_it_has_no_value_and_records_nothing() {
    let instruments = vec![spec(InstrumentKind::Inverse)];
    let mut desk = Desk::new(&config(instruments, "10", AccountSpec::default()));
    desk.mark(0, 80_000);
    let order = desk.submit(0, Side::Buy, 1, false).client_order_id;
    let (records, hash) = (desk.records.0.len(), desk.engine.state_hash());
    let trade = Trade {
        instrument: InstrumentId(0),
        ts_event: desk.now(),
        price: Price::ZERO,
        quantity: Quantity::from_lots(1),
        aggressor_side: Side::Buy,
    };
    let refused = desk.step(&Input::Trade(trade)).unwrap_err();
    assert_eq!(refused.code(), Code::PriceOutOfRange);
    assert_eq!((desk.records.0.len(), desk.engine.state_hash()), (records, hash));
    let filled = desk.fill_with_fee_in(order, 1, -5, amount("0"), 0).unwrap_err();
    assert_eq!(filled.code(), Code::PriceOutOfRange);
    assert_eq!(desk.engine.instruments()[0].position.lots(), Quantity::ZERO);
}

#[test]
fn a_price_that_is_no_rate_leaves_the_last_one_to_grow_old() {
    let account = AccountSpec {
        rate_sources: vec![RateSourceSpec { currency: "BTC".into(), instrument: 1 }],
        ..two_currencies()
    };
    let instruments = vec![spec(InstrumentKind::Inverse), spec(InstrumentKind::Spot)];
    let mut desk = Desk::new(&config(instruments, "10000", account));
    desk.mark(0, 80_000);
    desk.mark(1, 80_000);
    desk.wait(6 * SECOND_NS);
    desk.mark(1, -80_000);
    assert_eq!(desk.engine.equity().to_string(), "90000");
    assert_eq!(codes(&desk.submit(0, Side::Buy, 1, false)), [Code::RateStale]);
}
