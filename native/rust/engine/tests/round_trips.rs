//! Round trips account for every fill, fee and profit, whatever is filled in whatever order, and go on after a restart.

mod desk;
mod random_run;
mod support;

use desk::{Desk, amount, config, spec};
use holdfast_core::journal_record::RecordKind;
use holdfast_core::wire::{Encode, Layout, Reader, Writer, append_encoded};
use holdfast_core::{
    Amount, ClientOrderId, InstrumentId, InstrumentKind, OrderRole, Result, Side, Timestamp,
};
use holdfast_engine::account_spec::BalanceSpec;
use holdfast_engine::exposure::Leg;
use holdfast_engine::round_trips::{OtherFee, RoundTrip};
use holdfast_engine::trade_closed::TradeClosed;
use holdfast_engine::{
    AccountSpec, CurrencyId, Engine, EngineConfig, Input, JournalOptions, JournaledEngine,
    PositionMode, Replica, Sink, SnapshotCadence, SnapshotPolicy, SyncPolicy,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use random_run::{Driven, Player, Recorded, Stream, acts, rich_config};
use std::borrow::Cow;
use std::num::NonZeroU64;
use support::Folder;

/// A fill: instrument, side, price, lots, fee, and whether it closes and its fee is in another currency.
type Trade = (u32, bool, i64, i64, i64, bool, bool);

fn trades() -> impl Strategy<Value = Vec<Trade>> {
    let trade = (
        0_u32..2,
        any::<bool>(),
        2_000_i64..400_000,
        1_i64..50,
        -900_i64..900,
        any::<bool>(),
        prop::bool::weighted(0.2),
    );
    prop::collection::vec(trade, 1..40)
}

/// What a leg must have come to, worked out lot by lot.
#[derive(Debug, Clone, Default, PartialEq)]
struct Told {
    is_short: bool,
    entries: Vec<i64>,
    exits: Vec<i64>,
    most: usize,
}

impl Told {
    fn of(trip: &RoundTrip) -> (bool, i128, i128, i128, i128, i64) {
        let (entry, exit) =
            ((trip.entry_lots, trip.entry_tick_lots), (trip.exit_lots, trip.exit_tick_lots));
        (trip.is_short, entry.0, entry.1, exit.0, exit.1, trip.most_lots)
    }

    fn sums(&self) -> (bool, i128, i128, i128, i128, i64) {
        let sum = |prices: &[i64]| prices.iter().map(|price| i128::from(*price)).sum();
        let (entry, exit) = (sum(&self.entries), sum(&self.exits));
        let (opened, closed) = (self.entries.len() as i128, self.exits.len() as i128);
        (self.is_short, opened, entry, closed, exit, self.most as i64)
    }
}

/// Plays one lot after the other; returns the trips that ended.
fn told_fill(open: &mut Option<Told>, is_buy: bool, ticks: i64, lots: i64) -> Vec<Told> {
    let mut ended = Vec::new();
    for _ in 0..lots {
        let trip = open.get_or_insert_with(|| Told { is_short: !is_buy, ..Told::default() });
        if trip.is_short == is_buy {
            trip.exits.push(ticks);
        } else {
            trip.entries.push(ticks);
            trip.most = trip.most.max(trip.entries.len() - trip.exits.len());
        }
        if trip.entries.len() == trip.exits.len() {
            ended.extend(open.take());
        }
    }
    ended
}

fn account(mode: PositionMode) -> AccountSpec {
    AccountSpec {
        position_mode: mode,
        balances: vec![BalanceSpec { currency: "EUR".into(), amount: "1000".into() }],
        rate_age_ms_max: Some("unlimited".into()),
        ..AccountSpec::default()
    }
}

fn closed_trades(desk: &Desk) -> Vec<TradeClosed<'static>> {
    let records = desk.records.0.iter().filter(|(kind, _)| *kind == RecordKind::TradeClosed);
    records.map(|(_, payload)| TradeClosed::decode(&mut Reader::new(payload)).unwrap()).collect()
}

/// Sums of trips: gross profit of an instrument, fees in the account's currency, and those in the other one.
fn totals<'a>(trips: impl Iterator<Item = &'a RoundTrip>) -> (Amount, Amount, Amount) {
    trips.fold((Amount::ZERO, Amount::ZERO, Amount::ZERO), |(realized, fees, others), trip| {
        let other = trip.other_fees.iter().fold(others, |sum, other| sum.plus(other.fee).unwrap());
        (realized.plus(trip.realized).unwrap(), fees.plus(trip.fees).unwrap(), other)
    })
}

fn accounts_for_all(
    kind: InstrumentKind,
    mode: PositionMode,
    list: &[Trade],
) -> std::result::Result<(), TestCaseError> {
    let hedging = mode == PositionMode::Hedging;
    let second = holdfast_core::InstrumentSpec { symbol: "SECOND".into(), ..spec(kind) };
    let mut desk = Desk::new(&config(vec![spec(kind), second], "900000000000", account(mode)));
    desk.mark(0, 50_000);
    desk.mark(1, 50_000);
    let euro = desk.engine.wallets().id("EUR").unwrap();
    desk.rate(euro.0, "1.1").unwrap();
    let mut open: [Option<Told>; 4] = Default::default();
    let mut ended = Vec::new();
    for (at, is_buy, ticks, lots, cost, closes, in_euro) in list.iter().copied() {
        let side = if is_buy { Side::Buy } else { Side::Sell };
        let is_short = hedging && is_buy == closes;
        let place = at as usize * 2 + usize::from(is_short);
        let held = open[place].as_ref().map_or(0, |trip| trip.entries.len() - trip.exits.len());
        // When hedging a venue clips what closes to what is open.
        let (closes, lots) =
            (hedging && closes, if hedging && closes { lots.min(held as i64) } else { lots });
        if lots == 0 {
            continue;
        }
        let fee = Amount::from_raw(i128::from(cost) * 1_234_567_891);
        let verdict = desk.submit(at, side, lots, closes);
        prop_assert!(verdict.approved());
        let currency = if in_euro { euro.0 + 1 } else { 0 };
        desk.fill_with_fee_in(verdict.client_order_id, lots, ticks, fee, currency).unwrap();
        let trips = told_fill(&mut open[place], is_buy, ticks, lots);
        ended.extend(trips.into_iter().map(|trip| (at, trip.sums())));
    }
    let closed = closed_trades(&desk);
    let book = desk.engine.round_trips();
    let found: Vec<_> =
        closed.iter().map(|trade| (trade.instrument.0, Told::of(&trade.trip))).collect();
    prop_assert_eq!(found, ended, "what ended is what the lots say");
    for (place, told) in open.iter().enumerate() {
        let leg = if place % 2 == 0 { Leg::Long } else { Leg::Short };
        let trip = book.leg(InstrumentId(place as u32 / 2), leg).unwrap();
        prop_assert_eq!(trip.is_open().then(|| Told::of(trip)), told.as_ref().map(Told::sums));
    }
    let mut ids: Vec<u64> = closed.iter().map(|trade| trade.trip.trade_id).collect();
    ids.extend(book.open().map(|(_, trip)| trip.trade_id));
    ids.sort_unstable();
    prop_assert_eq!(
        &ids,
        &(1..=ids.len() as u64).collect::<Vec<_>>(),
        "no id is left out or given twice"
    );
    for (at, state) in desk.engine.instruments().iter().enumerate() {
        let own = closed.iter().filter(|trade| trade.instrument.index() == at);
        let own = own.map(|trade| trade.trip.as_ref());
        let left = book.open().filter(|(id, _)| id.index() == at).map(|(_, trip)| trip);
        prop_assert_eq!(totals(own.chain(left)).0, state.realized().unwrap());
    }
    let all =
        || closed.iter().map(|trade| trade.trip.as_ref()).chain(book.open().map(|(_, trip)| trip));
    let (realized, fees, euros) = totals(all());
    let wallets = desk.engine.wallets();
    let settled = wallets.get(desk.engine.instruments()[0].currency).unwrap().account.fees;
    prop_assert_eq!((fees, euros), (settled, wallets.get(euro).unwrap().account.fees));
    let pnl = closed.iter().fold(Amount::ZERO, |sum, trade| sum.plus(trade.pnl).unwrap());
    let rest = totals(book.open().map(|(_, trip)| trip));
    let rest = rest.0.minus(rest.1).unwrap();
    prop_assert_eq!(pnl.plus(rest).unwrap(), realized.minus(settled).unwrap());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn ord_15_netted_trips_and_the_open_remainder_are_all_profit_and_fees(list in trades()) {
        accounts_for_all(InstrumentKind::Linear, PositionMode::Netting, &list)?;
    }

    #[test]
    fn ord_15_hedged_trips_and_the_open_remainder_are_all_profit_and_fees(list in trades()) {
        accounts_for_all(InstrumentKind::Linear, PositionMode::Hedging, &list)?;
    }

    #[test]
    fn ord_15_trips_of_inverse_contracts_lose_nothing_to_rounding(list in trades(), hedging in any::<bool>()) {
        let mode = if hedging { PositionMode::Hedging } else { PositionMode::Netting };
        accounts_for_all(InstrumentKind::Inverse, mode, &list)?;
    }

    #[test]
    fn ord_15_a_trade_reads_back_from_its_record(
        ids in any::<[u64; 3]>(), sums in any::<[i128; 3]>(), money in any::<[i64; 2]>(),
        most in any::<i64>(), short in any::<bool>(), role in 0_u8..5,
        others in prop::collection::vec((any::<u16>(), any::<i128>()), 0..4),
    ) {
        let trip = RoundTrip {
            trade_id: ids[0],
            opened_by: ClientOrderId(ids[1]),
            ts_opened: Timestamp(money[0]),
            is_short: short,
            entry_tick_lots: sums[0],
            entry_lots: sums[1],
            exit_tick_lots: sums[2],
            exit_lots: sums[1],
            most_lots: most,
            realized: Amount::from_raw(i128::from(money[0]) + i128::from(money[1])),
            fees: Amount::from_raw(i128::from(money[1])),
            other_fees: others
                .into_iter()
                .map(|(currency, fee)| OtherFee { currency: CurrencyId(currency), fee: Amount::from_raw(fee) })
                .collect(),
        };
        let trade = TradeClosed {
            instrument: InstrumentId(ids[2] as u32),
            client_order_id: ClientOrderId(ids[2]),
            role: OrderRole::from_number(role).unwrap(),
            pnl: trip.pnl().unwrap(),
            trip: Cow::Owned(trip),
        };
        let mut bytes = Vec::new();
        append_encoded(&mut bytes, Layout::Compact, &trade);
        let mut reader = Reader::new(&bytes);
        prop_assert_eq!(TradeClosed::decode(&mut reader).unwrap(), trade);
        prop_assert!(reader.rest().is_empty());
        for cut in 0..bytes.len() {
            prop_assert!(TradeClosed::decode(&mut Reader::new(&bytes[..cut])).is_err());
        }
    }
}

#[test]
fn the_room_of_a_trade_is_what_its_longest_form_takes() {
    let most = Amount::from_raw(i128::MIN);
    let trip = RoundTrip {
        trade_id: u64::MAX,
        opened_by: ClientOrderId(u64::MAX),
        ts_opened: Timestamp(i64::MIN),
        is_short: true,
        entry_tick_lots: i128::MIN,
        entry_lots: i128::MIN,
        exit_tick_lots: i128::MIN,
        exit_lots: i128::MIN,
        most_lots: i64::MIN,
        realized: Amount::ZERO,
        fees: most,
        other_fees: vec![OtherFee { currency: CurrencyId(u16::MAX), fee: most }; 32],
    };
    let trade = TradeClosed {
        instrument: InstrumentId(u32::MAX),
        client_order_id: ClientOrderId(u64::MAX),
        role: OrderRole::External,
        pnl: most,
        trip: Cow::Borrowed(&trip),
    };
    for (layout, spare) in [(Layout::Compact, 1 + 4 + 32 * 2), (Layout::Fixed, 400)] {
        let mut bytes = [0_u8; 2_048];
        let mut writer = Writer::new(&mut bytes, layout);
        trade.encode(&mut writer);
        let room = trade.encoded_bytes_max();
        assert!(writer.len() <= room && room - writer.len() <= spare, "{} of {room}", writer.len());
    }
}

fn begun(config: &EngineConfig) -> Recorded {
    let opened = serde_json::to_vec(&serde_json::json!({ "engine": config })).unwrap();
    let mut stream = Stream::default();
    stream.record(RecordKind::SessionOpened, Timestamp(0), opened.as_slice()).unwrap();
    Recorded { engine: Engine::new(config).unwrap(), stream }
}

/// In any run: a trade is told as soon as its leg is flat, a leg has a trip exactly while it has lots, and a replay has them
/// all.
#[test]
fn ord_15_a_replay_tells_the_same_trades_and_has_the_same_open_ones() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut told = 0;
    for round in 0..300 {
        let list = acts(250).new_tree(&mut runner).unwrap().current();
        let mut run = begun(&rich_config(round % 2 == 0));
        Player::default().play(&mut run, &list);
        for (at, state) in run.engine.instruments().iter().enumerate() {
            for leg in [Leg::Long, Leg::Short] {
                let trip = run.engine.round_trips().leg(InstrumentId(at as u32), leg).unwrap();
                let lots = i128::from(state.leg(leg).lots().lots());
                assert_eq!(trip.entry_lots - trip.exit_lots, lots.abs());
                assert_eq!(trip.is_open(), lots != 0);
                assert_eq!(trip.is_short, lots < 0);
            }
        }
        let mut replica = Replica::default();
        run.stream.each(|record, _| {
            replica.apply(record).unwrap();
            told += u32::from(record.kind == RecordKind::TradeClosed);
        });
        assert_eq!(replica.engine().unwrap().round_trips(), run.engine.round_trips());
    }
    assert!(told > 100, "{told}");
}

struct OnDisk(JournaledEngine);

impl Driven for OnDisk {
    fn engine(&self) -> &Engine {
        self.0.engine()
    }

    fn take(&mut self, input: &Input<'_>) -> Result<()> {
        let taken = self.0.step(input).map(|_| ());
        self.0.commit().unwrap();
        taken
    }
}

/// Trips that are open when a process ends go on with their numbers in the next, from a snapshot and from records alone.
#[test]
fn ord_15_numbers_and_open_trips_go_on_after_a_restart() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut open = 0;
    for round in 0..20_u64 {
        let folder = Folder::new("round-trips");
        let config = rich_config(round % 2 == 0);
        let opened = serde_json::to_vec(&serde_json::json!({ "engine": config })).unwrap();
        let cadence = SnapshotCadence::EveryRecords(NonZeroU64::new(1 + round * 40).unwrap());
        let policy = SnapshotPolicy { cadence, kept: 2 };
        let options = || JournalOptions::new(SyncPolicy::Os);
        let journaled = JournaledEngine::create(&folder.0, &opened, options(), policy).unwrap();
        let mut run = OnDisk(journaled);
        let list = acts(250).new_tree(&mut runner).unwrap().current();
        Player::default().play(&mut run, &list);
        let before = run.engine().round_trips().clone();
        drop(run);
        let (resumed, _) = JournaledEngine::restart(&folder.0, options(), policy).unwrap();
        assert_eq!(*resumed.engine().round_trips(), before);
        open += before.open().count();
    }
    assert!(open > 5, "{open}");
}

/// Ids begin in the epoch of the session, so that no two sessions of an account share one.
#[test]
fn ord_15_the_reason_is_the_role_of_the_order_that_closed_and_ids_begin_in_their_epoch() {
    let mut config = config(vec![spec(InstrumentKind::Linear)], "1000000", AccountSpec::default());
    config.orders.id_epoch = 3;
    let mut desk = Desk::new(&config);
    desk.mark(0, 80_000);
    desk.trade_with_fee(0, Side::Buy, 30, 80_000, false, amount("0.3"));
    desk.wait(5);
    desk.trade_with_fee(0, Side::Sell, 50, 82_000, false, amount("0.5"));
    let closed = closed_trades(&desk);
    assert_eq!(closed.len(), 1);
    let (trade, trip) = (&closed[0], &closed[0].trip);
    assert_eq!(trip.trade_id, (3 << 32) + 1);
    assert_eq!((trip.opened_by.0, trade.client_order_id.0), ((3 << 32) + 1, (3 << 32) + 2));
    assert_eq!(holdfast_engine::trade_closed::exit_reason(trade.role), "signal");
    assert_eq!(holdfast_engine::trade_closed::exit_reason(OrderRole::TakeProfit), "take_profit");
    // 0.03 BTC from 40,000 to 41,000, less the first fee and three fifths of the second.
    assert_eq!((trade.pnl.to_string(), trip.fees.to_string()), ("29.4".into(), "0.6".into()));
    let (_, next) = desk.engine.round_trips().open().next().unwrap();
    assert_eq!((next.trade_id, next.is_short), ((3 << 32) + 2, true));
    assert_eq!(next.fees.to_string(), "0.2");
    assert_eq!(next.ts_opened.0 - trip.ts_opened.0, 5);
}
