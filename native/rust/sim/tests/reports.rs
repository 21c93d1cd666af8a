//! Reports under stress: repeated, contradicting, late, too many, out of order, in other currencies.

mod support;

use holdfast_core::journal_record::RecordKind;
use holdfast_core::{
    AccountId, Amount, BaseState, Code, InstrumentId, Price, Quantity, ReportKind, Result, Side,
    Timestamp, VenueReport,
};
use holdfast_engine::replay::replay;
use holdfast_engine::sequence::HELD_MAX;
use holdfast_engine::{Engine, Input, JournalReader, JournalWriter, Sink, SyncPolicy};
use proptest::prelude::*;
use support::desk::Desk;
use support::*;

fn code(result: Result<()>) -> Option<Code> {
    result.err().map(|error| error.code())
}

#[test]
fn ord_12_a_trade_is_applied_once_whatever_the_order_of_the_ids() {
    let mut desk = Desk::new();
    let id = desk.rest(limit(Side::Buy, 10, 9_900));
    for trade in [900, 3, 900, 17, 3, 17] {
        desk.fill(id, trade, 2).unwrap();
    }
    assert_eq!(desk.case(), (6, 4, 0));
    let counts = desk.engine.counts();
    assert_eq!((counts.fills, counts.alarms), (3, 3));
    assert_eq!(desk.engine.account().fees, Amount::from_raw(21));
}

#[test]
fn fill_conflict_a_known_trade_with_other_numbers_changes_nothing() {
    let mut desk = Desk::new();
    let id = desk.rest(limit(Side::Buy, 10, 9_900));
    desk.fill(id, 5, 2).unwrap();
    let before = desk.engine.state_hash();
    let told = desk.fill_report(id, 5, 2);
    for other in [
        VenueReport { last_quantity: Quantity::from_lots(3), ..told },
        VenueReport { last_price: Price::from_ticks(9_999), ..told },
        VenueReport { fee: Amount::ZERO, ..told },
    ] {
        assert_eq!(code(desk.hear(other)), Some(Code::FillConflict));
    }
    assert_eq!(desk.engine.state_hash(), before);
    assert_eq!(desk.engine.counts().alarms, 3);
}

#[test]
fn report_mismatch_and_fill_invalid_change_nothing() {
    let mut desk = Desk::new();
    let id = desk.rest(limit(Side::Buy, 10, 9_900));
    let before = desk.engine.state_hash();
    let told = desk.fill_report(id, 5, 2);
    let own = (Some(InstrumentId(0)), Some(AccountId(0)));
    for (wrong, expected) in [
        (VenueReport { instrument: Some(InstrumentId(1)), ..told }, Code::ReportMismatch),
        (VenueReport { account: Some(AccountId(9)), ..told }, Code::ReportMismatch),
        (VenueReport { last_quantity: Quantity::from_lots(-2), ..told }, Code::FillInvalid),
        (VenueReport { last_quantity: Quantity::ZERO, ..told }, Code::FillInvalid),
        (desk.fill_report(id + 1, 5, 2), Code::FillInvalid),
        (
            VenueReport {
                last_quantity: Quantity::from_lots(-1),
                ..desk.told(id, ReportKind::Replaced)
            },
            Code::FillInvalid,
        ),
    ] {
        assert_eq!(code(desk.hear(wrong)), Some(expected));
    }
    assert_eq!(desk.engine.state_hash(), before);
    desk.hear(VenueReport { instrument: own.0, account: own.1, ..told }).unwrap();
    assert_eq!(desk.case(), (2, 8, 0));
}

#[test]
fn ord_12_an_overfill_is_accounted_and_alarmed() {
    let mut desk = Desk::new();
    let id = desk.rest(limit(Side::Sell, 10, 10_100));
    desk.fill(id, 1, 8).unwrap();
    assert_eq!(desk.engine.counts().alarms, 0);
    desk.fill(id, 2, 5).unwrap();
    assert_eq!((desk.case(), desk.engine.counts().alarms), ((-13, 0, 0), 1));
    desk.fill(id, 3, 1).unwrap();
    assert_eq!((desk.case(), desk.engine.counts().alarms), ((-14, 0, 0), 2));
}

/// Every way to an end, and what each late report makes of it: base state, position, reserved buys.
#[test]
fn ord_02_what_comes_after_an_end_is_applied_and_alarmed_for_every_end() {
    use BaseState as B;
    use ReportKind as R;
    let lives_again = [B::Rejected, B::Denied];
    for end in [B::Filled, B::Canceled, B::Rejected, B::Expired] {
        for late in [R::Accepted, R::Triggered, R::Fill, R::Canceled, R::Expired, R::Rejected] {
            let mut desk = Desk::new();
            let id = desk.submit(limit(Side::Buy, 10, 9_900));
            let (filled, ending) = match end {
                B::Filled => (10, None),
                B::Canceled => (4, Some(R::Canceled)),
                B::Expired => (4, Some(R::Expired)),
                _ => (0, Some(R::Rejected)),
            };
            if filled > 0 {
                desk.fill(id, 1, filled).unwrap();
            }
            ending.into_iter().for_each(|kind| desk.report(id, kind).unwrap());
            assert_eq!((desk.case(), desk.state(id)), ((filled, 0, 0), None), "{end:?}");
            if late == R::Fill {
                desk.fill(id, 2, 3).unwrap();
            } else {
                desk.report(id, late).unwrap();
            }
            let name = format!("{} then {}", end.name(), late.name());
            let gained = if late == R::Fill { 3 } else { 0 };
            let revived =
                lives_again.contains(&end) && matches!(late, R::Accepted | R::Triggered | R::Fill);
            let reserved = if revived { 10 - gained } else { 0 };
            assert_eq!(desk.case(), (filled + gained, reserved, 0), "{name}");
            assert_eq!(desk.state(id).is_some(), revived, "{name}");
            assert_eq!(desk.engine.counts().alarms, 1, "{name}");
        }
    }
}

#[test]
fn ord_12_a_fee_in_an_unknown_currency_is_refused_until_it_is_told_rightly() {
    let mut desk = Desk::new();
    let id = desk.rest(limit(Side::Buy, 10, 9_900));
    let cash = desk.engine.account().cash;
    let report = desk.fill_report(id, 1, 1);
    let told = desk.hear(VenueReport { fee_currency: 9, ..report });
    assert_eq!((code(told), desk.case()), (Some(Code::CurrencyUnknown), (0, 10, 0)));
    // Number 1 is the account's own currency; the lot costs 100 in the desk's fill.
    desk.hear(VenueReport { fee_currency: 1, ..report }).unwrap();
    let account = desk.engine.account();
    let spent = cash.minus(account.cash).unwrap().minus(account.fees).unwrap();
    assert_eq!((account.fees.raw(), spent.to_string()), (7, "100".into()));
}

#[test]
fn ord_11_a_late_clock_of_the_venue_does_not_stop_a_fill() {
    let mut desk = Desk::new();
    let id = desk.rest(limit(Side::Buy, 10, 9_900));
    let now = desk.now();
    desk.hear(VenueReport { ts_event: Timestamp(1), ..desk.fill_report(id, 1, 2) }).unwrap();
    assert_eq!((desk.case(), desk.now()), ((2, 8, 0), now));
}

fn numbered(report: VenueReport, sequence: u64) -> VenueReport {
    VenueReport { sequence: Some(sequence), ..report }
}

#[test]
fn ord_11_numbered_reports_are_applied_in_the_venues_order() {
    let mut desk = Desk::new();
    let id = desk.submit(limit(Side::Buy, 10, 9_900));
    desk.hear(numbered(desk.told(id, ReportKind::Accepted), 1)).unwrap();
    desk.hear(numbered(desk.told(id, ReportKind::Canceled), 4)).unwrap();
    desk.hear(numbered(desk.fill_report(id, 2, 3), 3)).unwrap();
    assert_eq!(desk.case(), (0, 10, 0), "both wait for number 2");
    assert!(desk.engine.reports_held_since().is_some());
    desk.hear(numbered(desk.fill_report(id, 1, 4), 2)).unwrap();
    assert_eq!((desk.case(), desk.state(id)), ((7, 0, 0), None));
    let before = desk.engine.state_hash();
    desk.hear(numbered(desk.fill_report(id, 1, 4), 2)).unwrap();
    assert_eq!(desk.engine.state_hash(), before, "a repeated number is ignored");
    assert_eq!(desk.engine.counts().alarms, 1);
    assert_eq!(desk.engine.reports_held_since(), None);
}

/// Keeps the codes of the failures that were recorded.
#[derive(Default)]
struct Failures(Vec<String>);

impl Sink for Failures {
    fn record(
        &mut self,
        kind: RecordKind,
        _: Timestamp,
        content: &(impl holdfast_core::wire::Encode + ?Sized),
    ) -> Result<()> {
        if kind == RecordKind::Failure {
            let mut bytes = Vec::new();
            let layout = holdfast_core::wire::Layout::Compact;
            holdfast_core::wire::append_encoded(&mut bytes, layout, content);
            let mut reader = holdfast_core::wire::Reader::new(&bytes);
            self.0.push(Code::from_number(reader.u16().unwrap()).unwrap().name().to_string());
        }
        Ok(())
    }
}

#[test]
fn ord_11_sequence_gap_is_recorded_and_evidence_behind_it_is_not_held_up() {
    let mut desk = Desk::new();
    let id = desk.rest(limit(Side::Buy, 1_000, 9_900));
    let mut failures = Failures::default();
    desk.hear(numbered(desk.fill_report(id, 1, 1), 1)).unwrap();
    for number in 3..=3 + HELD_MAX as u64 {
        let report = numbered(desk.fill_report(id, number, 1), number);
        desk.engine.step(&Input::Report(report), &mut failures, &mut desk.commands).unwrap();
    }
    assert_eq!(failures.0, ["SEQUENCE_GAP"]);
    assert_eq!(desk.case().0, 2 + HELD_MAX as i64);
    let missing = |engine: &Engine| engine.missing_reports(InstrumentId(0)).collect::<Vec<_>>();
    assert_eq!(missing(&desk.engine), [(2, 2)]);
    desk.hear(numbered(desk.fill_report(id, 2, 1), 2)).unwrap();
    assert_eq!((desk.case().0, missing(&desk.engine)), (3 + HELD_MAX as i64, vec![]));
    // A report does not wait for ever.
    desk.hear(numbered(desk.fill_report(id, 100, 1), 100)).unwrap();
    assert_eq!(desk.case().0, 3 + HELD_MAX as i64);
    desk.step(&Input::Bar(flat_bar(1, 10_000))).unwrap();
    assert_eq!(desk.case().0, 4 + HELD_MAX as i64);
    assert_eq!(missing(&desk.engine), [(4 + HELD_MAX as u64, 99)]);
}

/// What a misbehaving venue tells of three orders.
fn told() -> impl Strategy<Value = Vec<(u64, u8, u64, i64, Option<u64>)>> {
    let sequence = prop::option::of(1_u64..60);
    prop::collection::vec((1_u64..5, 0_u8..10, 1_u64..12, -1_i64..9, sequence), 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Whatever a venue tells: the journal replays to the same hash, each trade counts once, and what is reserved is what can fill.
    #[test]
    fn ord_12_any_reports_leave_a_consistent_account_and_a_journal_that_replays(told in told()) {
        let name = format!("holdfast-reports-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&folder);
        let mut journal = JournalWriter::create(&folder, SyncPolicy::Os).unwrap();
        let config = config();
        let opened = serde_json::to_vec(&config).unwrap();
        journal.record(RecordKind::SessionOpened, Timestamp(0), opened.as_slice()).unwrap();
        let mut engine = Engine::new(&config.engine).unwrap();
        let mut commands = Vec::new();
        engine.step(&Input::Bar(flat_bar(0, 10_000)), &mut journal, &mut commands).unwrap();
        for side in [Side::Buy, Side::Sell, Side::Buy] {
            let mut intent = limit(side, 20, 9_900);
            intent.client_order_id = engine.next_client_order_id();
            intent.ts_intent = engine.now();
            engine.step(&Input::Submit(intent), &mut journal, &mut commands).unwrap();
        }
        let mut accepted = std::collections::HashSet::new();
        for (order, kind, trade, lots, sequence) in told {
            let kind = ReportKind::from_number(kind).unwrap_or(ReportKind::Fill);
            // What an end says was filled stays reserved until those fills arrive; here no end says so.
            let lots = match kind {
                ReportKind::Fill | ReportKind::Replaced | ReportKind::ReplaceRejected => lots,
                _ => 0,
            };
            let report = VenueReport {
                trade_id: holdfast_core::TradeId(trade),
                last_price: Price::from_ticks(9_900),
                last_quantity: Quantity::from_lots(lots),
                sequence,
                ..VenueReport::without_fill(holdfast_core::ClientOrderId(order), kind, engine.now())
            };
            match engine.step(&Input::Report(report), &mut journal, &mut commands) {
                Ok(_) if kind == ReportKind::Fill => { accepted.insert((order, trade)); }
                Ok(_) => {}
                Err(error) => prop_assert!(
                    matches!(error.code(), Code::FillInvalid | Code::FillConflict), "{error}"
                ),
            }
            let state = &engine.instruments()[0];
            let leaves = |side: Side| -> i64 {
                engine.open_orders().filter(|order| order.intent.side == side)
                    .map(|order| order.worst_leaves().lots()).sum()
            };
            prop_assert_eq!((state.case.open_buy, state.case.open_sell), (leaves(Side::Buy), leaves(Side::Sell)));
            prop_assert_eq!(state.case.position, state.position.lots().lots());
        }
        prop_assert!(engine.counts().fills as usize <= accepted.len());
        engine.close(&mut journal).unwrap();
        journal.commit().unwrap();
        let replayed = replay(&JournalReader::open(&folder).unwrap()).unwrap();
        prop_assert!(replayed.compared_with_close);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
