//! Whole sessions of accounts with several currencies, two sides and interest: money is conserved, and the journal
//! replays to the same hash.

mod support;

use holdfast_core::margin::{MarginSpec, TierSpec};
use holdfast_core::{
    Code, ContractSpec, InstrumentId, InstrumentKind, InstrumentSpec, MarginMode, OrderIntent,
    Side, Timestamp,
};
use holdfast_engine::SyncPolicy;
use holdfast_engine::account_spec::{BalanceSpec, BorrowSpec, InterestPeriod};
use holdfast_engine::record_json::record_json;
use holdfast_engine::replay::replay;
use holdfast_engine::{AccountSpec, JournalReader, JournalWriter, PositionMode};
use holdfast_sim::{AssumptionsSpec, Session, SessionConfig};
use support::*;

fn margined(kind: InstrumentKind) -> InstrumentSpec {
    let tier = TierSpec {
        notional_max: None,
        initial_frac: "0.1".into(),
        maintenance_frac: "0.05".into(),
    };
    let contract = ContractSpec {
        kind,
        margin: Some(MarginSpec { mode: MarginMode::Cross, tiers: vec![tier] }),
        ..ContractSpec::default()
    };
    let settlement_currency = if kind == InstrumentKind::Inverse { "TEST" } else { "USD" }.into();
    InstrumentSpec { perpetual: true, contract, settlement_currency, ..spec() }
}

fn several() -> SessionConfig {
    let mut config = config();
    config.engine.instruments =
        vec![spec(), margined(InstrumentKind::Linear), margined(InstrumentKind::Inverse)];
    config.engine.account = AccountSpec {
        currency: Some("USD".into()),
        position_mode: PositionMode::Hedging,
        balances: vec![BalanceSpec { currency: "TEST".into(), amount: "50".into() }],
        rate_age_ms_max: Some("unlimited".into()),
        borrow: vec![BorrowSpec {
            currency: "USD".into(),
            rate_frac: "0.0003".into(),
            per: InterestPeriod::Day,
        }],
        ..AccountSpec::default()
    };
    config.assumptions = AssumptionsSpec {
        taker_fee_bps: "5".into(),
        funding_bps: "1".into(),
        funding_interval_h: 8,
        ..config.assumptions
    };
    config
}

fn on(instrument: u32, intent: OrderIntent) -> OrderIntent {
    OrderIntent { instrument: InstrumentId(instrument), ..intent }
}

/// Ten days: every instrument is bought and sold on both sides, and closed again in part.
fn play(session: &mut Session) {
    session.on_rate("TEST", "100", Timestamp(0)).unwrap();
    for day in 0..10_i64 {
        for instrument in 0..3_u32 {
            let price = 10_000 + 137 * day * (1 - 2 * (day % 2));
            let bar =
                holdfast_core::Bar { instrument: InstrumentId(instrument), ..flat_bar(day, price) };
            session.on_bar(&bar).unwrap();
        }
        let (side, reduce_only) = (if day % 2 == 0 { Side::Buy } else { Side::Sell }, day > 5);
        let rate = format!("{}.5", 95 + day);
        session.on_rate("TEST", &rate, Timestamp((day + 1) * DAY_NS - 1)).unwrap();
        for (instrument, lots) in [(0, 1_500), (1, 40), (2, 3_000)] {
            let intent = OrderIntent { reduce_only, ..market(side, lots) };
            session.submit(on(instrument, intent)).unwrap();
        }
    }
}

#[test]
fn ord_14_a_session_with_two_sides_several_currencies_and_interest_replays_to_the_same_hash() {
    let folder = std::env::temp_dir().join(format!("holdfast-accounts-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let writer = JournalWriter::create(&folder, SyncPolicy::Os).unwrap();
    let mut session = open_with_journal(&several(), writer);
    play(&mut session);
    let closed = session.close().unwrap();
    let reader = JournalReader::open(&folder).unwrap();
    let replayed = replay(&reader).unwrap();
    assert_eq!(replayed.state_hash, closed.snapshot.state_hash);
    assert!(replayed.compared_with_close);
    let mut kinds = std::collections::BTreeSet::new();
    reader
        .visit(|record| {
            kinds.insert(record_json(record)?["kind"].as_str().unwrap_or_default().to_string());
            Ok(())
        })
        .unwrap();
    for kind in ["rate_changed", "interest_charged", "funding", "position_changed"] {
        assert!(kinds.contains(kind), "{kind} in {kinds:?}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
    let account = closed.snapshot.account.unwrap();
    assert_eq!(account.currencies.len(), 2);
    assert!(account.positions.iter().any(|leg| leg.side == "short"));
    assert_ne!(account.interest, "0");
}

#[test]
fn the_books_of_every_currency_add_up_after_a_session() {
    let mut session = open(&several());
    play(&mut session);
    let engine = session.engine();
    for (place, wallet) in engine.wallets().all().enumerate() {
        let id = holdfast_engine::CurrencyId(u16::try_from(place).unwrap());
        let mut profit = wallet.account.start_cash;
        for state in engine.instruments().iter().filter(|state| state.currency == id) {
            let made = state.realized().unwrap().plus(state.unrealized().unwrap()).unwrap();
            profit = profit.plus(made).unwrap();
        }
        let account = &wallet.account;
        for paid in [account.fees, account.funding, account.interest] {
            profit = profit.minus(paid).unwrap();
        }
        assert_eq!(wallet.equity().unwrap(), profit, "{}", wallet.currency);
        assert_ne!(account.fees.raw(), 0);
    }
}

#[test]
fn a_rate_for_a_currency_that_is_not_held_is_refused() {
    let mut session = open(&several());
    let unknown = session.on_rate("EUR", "1", Timestamp(0)).unwrap_err();
    assert_eq!(unknown.code(), Code::CurrencyUnknown);
    let zero = session.on_rate("TEST", "0", Timestamp(0)).unwrap_err();
    assert_eq!(zero.code(), Code::RateInvalid);
}
