//! What the tests of the gateway share: one order, and what is sent, told and asked about it.
#![allow(dead_code)]

use holdfast_core::{
    ClientOrderId, InstrumentId, OrderIntent, Price, Quantity, Replacement, ReportKind, Side,
    Timestamp, VenueReport,
};
use holdfast_engine::gateway::{
    AccountStatus, Effects, Gateway, GatewayConfig, Heard, OrderStatus, Request, StatusOf,
};
use holdfast_engine::{Command, Input};

pub const MS: i64 = 1_000_000;
pub const ID: ClientOrderId = ClientOrderId(1);
pub const CONFIG: GatewayConfig = GatewayConfig {
    answer_ns: 500 * MS,
    settle_ns: 10_000 * MS,
    backoff_ns: (100 * MS, 2_000 * MS),
    silence_ns: 60_000 * MS,
    resync_ns: 60_000 * MS,
    repeats_max: 1,
};

pub fn intent() -> OrderIntent {
    OrderIntent {
        client_order_id: ID,
        terms: holdfast_core::OrderTerms::default(),
        ..OrderIntent::limit(
            InstrumentId(0),
            Side::Buy,
            Quantity::from_lots(5),
            Price::from_ticks(100),
        )
    }
}

/// A gateway whose connection stands and whose first comparison with the account is answered.
pub fn connected(config: GatewayConfig) -> Gateway {
    let mut gateway = Gateway::new(config, Timestamp(0));
    let mut effects = Effects::default();
    gateway.tick(Timestamp(0), &mut effects);
    assert_eq!(effects.requests, [Request::Reconnect]);
    let asked = hear(&mut gateway, 0, Heard::Connected).requests;
    let [Request::QueryAccount { query, .. }] = asked[..] else { panic!("{asked:?}") };
    let status = AccountStatus { query, open: Vec::new(), fills: Vec::new() };
    hear(&mut gateway, 0, Heard::Account(status));
    gateway
}

pub fn command(gateway: &mut Gateway, at_ms: i64, command: Command) -> Effects {
    let mut effects = Effects::default();
    gateway.command(command, Timestamp(at_ms * MS), &mut effects);
    effects
}

pub fn hear(gateway: &mut Gateway, at_ms: i64, heard: Heard) -> Effects {
    let mut effects = Effects::default();
    gateway.hear(heard, Timestamp(at_ms * MS), &mut effects);
    effects
}

pub fn tick(gateway: &mut Gateway, at_ms: i64) -> Effects {
    let mut effects = Effects::default();
    gateway.tick(Timestamp(at_ms * MS), &mut effects);
    effects
}

pub fn report(kind: ReportKind) -> Heard {
    Heard::Report(VenueReport::without_fill(ID, kind, Timestamp(0)))
}

pub fn query_of(effects: &Effects) -> u64 {
    match effects.requests[..] {
        [Request::QueryOrder { client_order_id: ID, query }] => query,
        _ => panic!("one query must be sent: {effects:?}"),
    }
}

pub fn answer(query: u64, status: StatusOf) -> Heard {
    let in_force = Replacement::of_intent(&intent());
    Heard::Order(OrderStatus { query, client_order_id: ID, status, in_force, fills: Vec::new() })
}

pub fn kinds(effects: &Effects) -> Vec<&'static str> {
    effects
        .inputs
        .iter()
        .map(|input| match input {
            Input::LoseTrack { .. } => "lose_track",
            Input::Report(report) => report.kind.name(),
            _ => "other",
        })
        .collect()
}

/// A gateway whose order rests, and the order's amendment of that number to a quantity.
pub fn resting() -> Gateway {
    let mut gateway = connected(CONFIG);
    command(&mut gateway, 0, Command::Place(intent()));
    hear(&mut gateway, 1, report(ReportKind::Accepted));
    gateway
}

pub fn form(number: u32, lots: i64) -> Replacement {
    Replacement { quantity: Quantity::from_lots(lots), number, ..Replacement::of_intent(&intent()) }
}

pub fn answer_to(kind: ReportKind, form: Replacement) -> Heard {
    Heard::Report(VenueReport {
        last_quantity: form.quantity,
        last_price: form.limit_price.unwrap(),
        amendment: Some(form.number),
        ..VenueReport::without_fill(ID, kind, Timestamp(0))
    })
}

pub fn open_as(query: u64, in_force: Replacement) -> Heard {
    let (status, fills) = (StatusOf::Open, Vec::new());
    Heard::Order(OrderStatus { query, client_order_id: ID, status, in_force, fills })
}
