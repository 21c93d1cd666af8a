//! The egress fuse by itself: its ceilings at their bounds, against a slow model, and its latch on disk.

use holdfast_core::{
    Amount, ClientOrderId, Code, ContractSpec, FuseCeiling, Instrument, InstrumentId,
    InstrumentSpec, Quantity, Side, Timestamp, TradingMode,
};
use holdfast_risk::Fuse;
use holdfast_risk::fuse::ceilings::Ceilings;
use holdfast_risk::fuse::latch::{LATCH_NAME, Latch, LatchState, read, reset};
use holdfast_risk::fuse::{FuseSpec, Moment, Outgoing, Refused};
use proptest::prelude::*;
use std::path::PathBuf;

const SECOND_NS: i64 = 1_000_000_000;

fn instrument(symbol: &str) -> Instrument {
    Instrument::new(InstrumentSpec {
        symbol: symbol.into(),
        venue: "SIM".into(),
        base_currency: "BTC".into(),
        quote_currency: "USD".into(),
        settlement_currency: "USD".into(),
        tick_size: "1".into(),
        lot_size: "0.1".into(),
        contract_multiplier: "1".into(),
        min_quantity: None,
        max_quantity: None,
        min_notional: None,
        max_notional: None,
        percent_price_frac: None,
        perpetual: false,
        contract: ContractSpec::default(),
    })
    .unwrap()
}

fn ceilings(json: serde_json::Value) -> Result<Ceilings, Code> {
    let mut spec = serde_json::to_value(FuseSpec::unlimited()).unwrap();
    for (key, value) in json.as_object().unwrap() {
        match (spec.get_mut(key), value.as_object()) {
            (Some(scope), Some(fields)) => {
                for (field, value) in fields {
                    scope[field] = value.clone();
                }
            }
            _ => spec[key] = value.clone(),
        }
    }
    let spec: FuseSpec = serde_json::from_value(spec).unwrap();
    let instruments = [instrument("AAA"), instrument("BBB")];
    Ceilings::new(&spec, instruments.iter()).map_err(|error| error.code())
}

fn fuse(json: serde_json::Value) -> Fuse {
    Fuse::new(ceilings(json).unwrap(), Latch::in_memory())
}

fn order(id: u64) -> Outgoing {
    Outgoing {
        client_order_id: ClientOrderId(id),
        parent: ClientOrderId::NONE,
        instrument: InstrumentId(0),
        side: Side::Buy,
        quantity: Quantity::from_lots(id as i64),
        notional: Some(Amount::ONE),
        reduce_only: false,
        amends: false,
        strategy: 0,
        cause: None,
    }
}

fn moment(now: i64) -> Moment {
    Moment { now: Timestamp(now), mode: TradingMode::Normal, equity: Amount::ONE }
}

fn pass(fuse: &mut Fuse, request: &Outgoing, moment: &Moment) -> Result<(), Refused> {
    fuse.pass(request, moment, || false).map_err(|refused| *refused)
}

#[test]
fn knight_a_loop_that_sends_one_parent_ten_thousand_times_is_stopped_within_the_cap() {
    let instruments = [instrument("AAA")];
    let by_default = Ceilings::new(&FuseSpec::default(), instruments.iter()).unwrap();
    let mut fuse = Fuse::new(by_default, Latch::in_memory());
    let (mut left, mut codes) = (0, Vec::new());
    for id in 1..=10_000_u64 {
        let child = Outgoing { parent: ClientOrderId(7), ..order(id) };
        let at =
            Moment { equity: Amount::parse("1000000").unwrap(), ..moment(id as i64 * 20_000_000) };
        match pass(&mut fuse, &child, &at) {
            Ok(()) => left += 1,
            Err(refused) => codes.push(refused.code),
        }
    }
    assert_eq!(left, 100, "the cap of repeats, at fifty a second of different quantities");
    assert_eq!(codes.first(), Some(&Code::FuseRepeated));
    assert!(codes[1..].iter().all(|code| *code == Code::FuseTripped));
    let exit = Outgoing { reduce_only: true, ..order(10_001) };
    assert_eq!(pass(&mut fuse, &exit, &moment(SECOND_NS * 300)), Ok(()), "an exit leaves");
}

#[test]
fn every_ceiling_lets_its_bound_pass_and_nothing_more() {
    let money = |amount: &str| Some(Amount::parse(amount).unwrap());
    let plain = |id| order(id);
    let dear = |id| Outgoing { notional: money("50"), ..order(id) };
    let alike = |id| Outgoing { quantity: Quantity::from_lots(3), ..order(id) };
    let caused = |id| Outgoing { strategy: 2, cause: Some(Timestamp(9)), ..order(id) };
    type Make<'a> = &'a dyn Fn(u64) -> Outgoing;
    let rows: &[(serde_json::Value, u64, FuseCeiling, Make)] = &[
        (
            serde_json::json!({"account": {"orders_per_second_max": "3"}}),
            3,
            FuseCeiling::OrdersPerSecond,
            &plain,
        ),
        (
            serde_json::json!({"account": {"orders_per_minute_max": "4"}}),
            4,
            FuseCeiling::OrdersPerMinute,
            &plain,
        ),
        (
            serde_json::json!({"account": {"orders_per_day_max": "5"}}),
            5,
            FuseCeiling::OrdersPerDay,
            &plain,
        ),
        (
            serde_json::json!({"account": {"notional_per_second_max": "150"}}),
            3,
            FuseCeiling::NotionalPerSecond,
            &dear,
        ),
        (
            serde_json::json!({"account": {"notional_per_minute_max": "200"}}),
            4,
            FuseCeiling::NotionalPerMinute,
            &dear,
        ),
        (
            serde_json::json!({"account": {"notional_per_day_max": "250x"}}),
            5,
            FuseCeiling::NotionalPerDay,
            &dear,
        ),
        (
            serde_json::json!({"each_instrument": {"orders_per_second_max": "3"}}),
            3,
            FuseCeiling::OrdersPerSecond,
            &plain,
        ),
        (
            serde_json::json!({"instruments": {"AAA": {"notional_per_day_max": "100"}}}),
            2,
            FuseCeiling::NotionalPerDay,
            &dear,
        ),
        (
            serde_json::json!({"each_instrument": {"order_quantity_max": "0.6"}}),
            6,
            FuseCeiling::OrderQuantity,
            &plain,
        ),
        (
            serde_json::json!({"unanswered_notional_max": "100"}),
            2,
            FuseCeiling::UnansweredNotional,
            &dear,
        ),
        (serde_json::json!({"repeats_max": "6"}), 6, FuseCeiling::Repeats, &alike),
        (serde_json::json!({"repeats_max": "6"}), 6, FuseCeiling::Repeats, &caused),
    ];
    for (spec, bound, ceiling, make) in rows {
        let mut fuse = fuse(spec.clone());
        let at = |id| moment(id as i64);
        for id in 1..=*bound {
            assert_eq!(pass(&mut fuse, &make(id), &at(id)), Ok(()), "{spec} order {id}");
        }
        let refused = pass(&mut fuse, &make(bound + 1), &at(bound + 1)).unwrap_err();
        assert_eq!((refused.ceiling, refused.trips), (*ceiling, true), "{spec}");
        assert!(refused.observed > refused.limit, "{spec}");
        assert_eq!(refused.code, ceiling.code());
        assert!(matches!(fuse.state(), LatchState::Tripped(trip) if trip.ceiling() == *ceiling));
        let later = pass(&mut fuse, &make(1), &moment(i64::MAX / 2)).unwrap_err();
        assert_eq!((later.code, later.trips), (Code::FuseTripped, false), "{spec} stays blown");
    }
}

#[test]
fn an_order_of_the_bound_passes_and_a_larger_one_blows_the_fuse() {
    let spec = serde_json::json!({"account": {"order_notional_max": "50"}});
    let sized =
        |amount: &str| Outgoing { notional: Some(Amount::parse(amount).unwrap()), ..order(1) };
    let mut fuse = fuse(spec);
    assert_eq!(pass(&mut fuse, &sized("50"), &moment(0)), Ok(()));
    let refused = pass(&mut fuse, &sized("50.000000000000000001"), &moment(0)).unwrap_err();
    assert_eq!((refused.code, refused.ceiling), (Code::FuseOrderSize, FuseCeiling::OrderNotional));
}

#[test]
fn many_small_orders_are_too_much_money_together() {
    let mut fuse = fuse(serde_json::json!({"account": {"notional_per_second_max": "2"}}));
    for id in 1..=2 {
        assert_eq!(pass(&mut fuse, &order(id), &moment(0)), Ok(()));
    }
    assert_eq!(pass(&mut fuse, &order(3), &moment(0)).unwrap_err().code, Code::FuseNotional);
}

#[test]
fn time_gives_room_again_and_other_instruments_have_their_own() {
    let spec = serde_json::json!({"instruments": {"AAA": {"orders_per_second_max": "1"}}});
    let mut fuse = fuse(spec);
    assert_eq!(pass(&mut fuse, &order(1), &moment(0)), Ok(()));
    let other = Outgoing { instrument: InstrumentId(1), ..order(2) };
    assert_eq!(pass(&mut fuse, &other, &moment(0)), Ok(()));
    assert_eq!(pass(&mut fuse, &order(3), &moment(SECOND_NS * 2)), Ok(()));
}

#[test]
fn what_is_answered_makes_room_and_an_amendment_counts_its_surplus_only() {
    let money =
        |amount: &str, id| Outgoing { notional: Some(Amount::parse(amount).unwrap()), ..order(id) };
    let mut fuse = fuse(serde_json::json!({"unanswered_notional_max": "100"}));
    assert_eq!(pass(&mut fuse, &money("60", 1), &moment(0)), Ok(()));
    let amended = Outgoing { amends: true, ..money("100", 1) };
    assert_eq!(pass(&mut fuse, &amended, &moment(0)), Ok(()));
    fuse.answered(ClientOrderId(1));
    assert_eq!(pass(&mut fuse, &money("100", 2), &moment(0)), Ok(()));
    fuse.keep_unanswered(|id| id != ClientOrderId(2));
    assert_eq!(pass(&mut fuse, &money("100", 3), &moment(0)), Ok(()));
    let refused = pass(&mut fuse, &money("0.1", 4), &moment(0)).unwrap_err();
    assert_eq!(refused.code, Code::FuseUnanswered);
}

#[test]
fn outside_of_the_normal_mode_only_what_reduces_leaves_and_no_mode_blows_the_fuse() {
    for mode in [TradingMode::Paused, TradingMode::Reduced, TradingMode::Emergency] {
        let mut fuse = fuse(serde_json::json!({}));
        let at = Moment { mode, ..moment(0) };
        let refused = pass(&mut fuse, &order(1), &at).unwrap_err();
        assert_eq!((refused.code, refused.trips), (Code::FuseMode, false));
        assert_eq!(fuse.pass(&order(1), &at, || true), Ok(()), "proven to reduce");
        let flagged = Outgoing { reduce_only: true, ..order(2) };
        assert_eq!(pass(&mut fuse, &flagged, &at), Ok(()), "clipped by the venue");
        assert_eq!(*fuse.state(), LatchState::Armed);
    }
}

#[test]
fn exits_have_counters_of_their_own_and_only_rates_hold_them() {
    let mut fuse = fuse(serde_json::json!({
        "account": {"orders_per_second_max": "3", "order_notional_max": "0.5", "orders_per_day_max": "3"},
        "repeats_max": "1"
    }));
    let exit = Outgoing { reduce_only: true, notional: None, ..order(1) };
    for _ in 0..3 {
        assert_eq!(pass(&mut fuse, &exit, &moment(0)), Ok(()));
    }
    let refused = pass(&mut fuse, &exit, &moment(0)).unwrap_err();
    assert_eq!((refused.ceiling, refused.trips), (FuseCeiling::ExitsPerSecond, true));
    assert_eq!(pass(&mut fuse, &exit, &moment(2 * SECOND_NS)), Ok(()), "a second later they leave");
    let opening = pass(&mut fuse, &order(9), &moment(2 * SECOND_NS)).unwrap_err();
    assert_eq!(opening.code, Code::FuseTripped, "the loop of exits has blown it");
}

#[test]
fn a_notional_that_nobody_can_tell_does_not_leave_where_money_is_bounded() {
    let unknown = Outgoing { notional: None, ..order(1) };
    let mut bounded = fuse(serde_json::json!({"account": {"order_notional_max": "5"}}));
    let refused = pass(&mut bounded, &unknown, &moment(0)).unwrap_err();
    assert_eq!((refused.code, refused.trips), (Code::FuseNotionalUnknown, false));
    assert_eq!(pass(&mut fuse(serde_json::json!({})), &unknown, &moment(0)), Ok(()));
    let foreign = Outgoing { instrument: InstrumentId(9), ..order(1) };
    assert!(pass(&mut fuse(serde_json::json!({})), &foreign, &moment(0)).is_err());
}

#[test]
fn without_equity_a_multiple_of_it_permits_nothing() {
    let mut fuse = fuse(serde_json::json!({"account": {"order_notional_max": "25x"}}));
    let broke = Moment { equity: Amount::from_raw(-1), ..moment(0) };
    assert_eq!(pass(&mut fuse, &order(1), &broke).unwrap_err().code, Code::FuseOrderSize);
}

#[test]
fn wrong_ceilings_are_refused_by_name() {
    let rows = [
        serde_json::json!({"account": {"orders_per_second_max": "0"}}),
        serde_json::json!({"account": {"orders_per_minute_max": "1.5"}}),
        serde_json::json!({"account": {"notional_per_day_max": "-1"}}),
        serde_json::json!({"account": {"notional_per_day_max": "0x"}}),
        serde_json::json!({"account": {"order_notional_max": "NaN"}}),
        serde_json::json!({"account": {"order_quantity_max": "1"}}),
        serde_json::json!({"repeats_max": ""}),
        serde_json::json!({"repeat_window_ms": 0}),
        serde_json::json!({"unanswered_notional_max": "none"}),
    ];
    for spec in rows {
        assert_eq!(ceilings(spec.clone()), Err(Code::LimitsInvalid), "{spec}");
    }
    let off = ceilings(serde_json::json!({"each_instrument": {"order_quantity_max": "0.05"}}));
    assert_eq!(off, Err(Code::QtyOffLot));
    let unknown = ceilings(serde_json::json!({"instruments": {"CCC": {}}}));
    assert_eq!(unknown, Err(Code::LimitsUnknownKey));
}

/// What left, as a list that is gone through for every request.
#[derive(Default)]
struct Slow {
    left: Vec<(i64, Outgoing)>,
    unanswered: Vec<(u64, i128)>,
    blown: bool,
}

const BOUNDS: [(u64, i128, i64); 3] =
    [(4, 300, SECOND_NS), (9, 900, 60 * SECOND_NS), (40, 5_000, 86_400 * SECOND_NS)];

impl Slow {
    fn pass(&mut self, request: &Outgoing, now: i64) -> bool {
        let notional = request.notional.unwrap().raw();
        let fits = BOUNDS.iter().all(|(orders, most, span)| {
            let width = (*span as u64).div_ceil(60) as i64;
            let within = self
                .left
                .iter()
                .filter(|(at, _)| at.div_euclid(width) > now.div_euclid(width) - 61);
            let (count, sum) = within.fold((0, 0), |(count, sum), (_, each)| {
                (count + 1, sum + each.notional.unwrap().raw())
            });
            count < *orders && sum + notional <= *most
        });
        let same = self.left.iter().filter(|(at, each)| {
            now - at < 60 * SECOND_NS
                && (each.side, each.quantity, each.instrument)
                    == (request.side, request.quantity, request.instrument)
        });
        let open: i128 = self.unanswered.iter().map(|(_, each)| each).sum();
        let passes = !self.blown && fits && same.count() < 3 && open + notional <= 450;
        if passes {
            self.left.push((now, *request));
            self.unanswered.push((request.client_order_id.0, notional));
        }
        self.blown |= !passes;
        passes
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn the_fuse_decides_as_a_slow_model_that_keeps_everything(
        steps in prop::collection::vec(
            (0_i64..30, 1_i128..200, 1_i64..4, any::<bool>(), 0_u32..2, any::<bool>()), 1..80
        ),
    ) {
        let raw = |value: i128| Amount::from_raw(value).to_string();
        let mut fuse = fuse(serde_json::json!({
            "account": {
                "orders_per_second_max": "4", "orders_per_minute_max": "9", "orders_per_day_max": "40",
                "notional_per_second_max": raw(300), "notional_per_minute_max": raw(900),
                "notional_per_day_max": raw(5_000),
            },
            "unanswered_notional_max": raw(450), "repeats_max": "3",
        }));
        let (mut slow, mut now) = (Slow::default(), 0);
        for (index, (gap, notional, lots, buys, instrument, answers)) in steps.into_iter().enumerate() {
            now += gap * gap * 100_000_000;
            let request = Outgoing {
                instrument: InstrumentId(instrument),
                side: if buys { Side::Buy } else { Side::Sell },
                quantity: Quantity::from_lots(lots),
                notional: Some(Amount::from_raw(notional)),
                ..order(index as u64 + 1)
            };
            let fast = pass(&mut fuse, &request, &moment(now)).is_ok();
            prop_assert_eq!(fast, slow.pass(&request, now), "request {}", index);
            if answers && let Some((id, _)) = slow.unanswered.pop() {
                fuse.answered(ClientOrderId(id));
            }
        }
    }
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("holdfast-fuse-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn latched(latch: Latch) -> Fuse {
    Fuse::new(ceilings(serde_json::json!({"account": {"orders_per_day_max": "1"}})).unwrap(), latch)
}

#[test]
fn a_trip_is_on_disk_before_it_is_told_and_stays_until_a_person_resets_it() {
    let folder = Folder::new("trip");
    let mut fuse = latched(Latch::open(&folder.0, true));
    assert_eq!(pass(&mut fuse, &order(1), &moment(0)), Ok(()));
    assert!(read(&folder.0).unwrap().tripped.is_none());
    assert_eq!(pass(&mut fuse, &order(2), &moment(5)).unwrap_err().code, Code::FuseOrderRate);
    let trip = read(&folder.0).unwrap().tripped.unwrap();
    assert_eq!((trip.client_order_id, trip.ts_ns.as_str(), trip.observed.as_str()), (2, "5", "2"));
    let mut again = latched(Latch::open(&folder.0, true));
    assert_eq!(pass(&mut again, &order(3), &moment(9)).unwrap_err().code, Code::FuseTripped);

    for (by, reason) in [("", "mended"), ("ada", " "), ("ada", "x".repeat(300).as_str())] {
        let refused = reset(&folder.0, by, reason, Timestamp(7)).map_err(|error| error.code());
        assert_eq!(refused, Err(Code::ArgumentInvalid));
    }
    let content = reset(&folder.0, "ada", "loop mended", Timestamp(7)).unwrap();
    assert_eq!(content, read(&folder.0).unwrap());
    assert_eq!(content.resets[0].tripped, Some(trip));
    let mut mended = latched(Latch::open(&folder.0, true));
    assert_eq!(pass(&mut mended, &order(4), &moment(9)), Ok(()));
    for round in 0..100 {
        reset(&folder.0, "ada", "again", Timestamp(round)).unwrap();
    }
    assert_eq!(read(&folder.0).unwrap().resets.len(), 64, "the last resets are kept");
}

#[test]
fn a_latch_that_cannot_be_read_refuses_and_a_reset_writes_it_anew() {
    let folder = Folder::new("unreadable");
    reset(&folder.0, "ada", "first", Timestamp(0)).unwrap();
    let path = folder.0.join(LATCH_NAME);
    let whole = std::fs::read(&path).unwrap();
    let mut damaged: Vec<Vec<u8>> = (0..whole.len() - 1).map(|end| whole[..end].to_vec()).collect();
    damaged.extend((0..whole.len() - 1).map(|at| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    }));
    damaged.push(vec![b' '; 1 << 17]);
    for bytes in damaged {
        std::fs::write(&path, &bytes).unwrap();
        let mut fuse = latched(Latch::open(&folder.0, true));
        let refused = pass(&mut fuse, &order(1), &moment(0)).unwrap_err();
        assert_eq!(refused.code, Code::FuseLatchUnusable);
        assert!(matches!(fuse.state(), LatchState::Unusable(_)));
    }
    reset(&folder.0, "ada", "damaged", Timestamp(1)).unwrap();
    assert_eq!(pass(&mut latched(Latch::open(&folder.0, true)), &order(1), &moment(0)), Ok(()));
}

#[test]
fn a_latch_that_cannot_be_written_is_told_and_the_fuse_has_blown_all_the_same() {
    let folder = Folder::new("unwritable");
    let gone = folder.0.join("missing");
    let mut armed = latched(Latch::open(&gone, true));
    assert_eq!(pass(&mut armed, &order(1), &moment(0)).unwrap_err().code, Code::FuseLatchUnusable);
    let mut lazy = latched(Latch::open(&gone, false));
    assert_eq!(pass(&mut lazy, &order(1), &moment(0)), Ok(()));
    let refused = pass(&mut lazy, &order(2), &moment(0)).unwrap_err();
    assert_eq!((refused.code, refused.trips), (Code::FuseLatchUnusable, true));
    assert_eq!(pass(&mut lazy, &order(3), &moment(0)).unwrap_err().code, Code::FuseTripped);
}
