//! What the tests of actors in rounds share: how they are opened, and what leaves of them.

use super::Drawn;
use holdfast_core::{ClientOrderId, OrderIdText, Result};
use holdfast_engine::actor_outbox::ANSWER_BYTES;
use holdfast_engine::request_record::REQUEST_BYTES;
use holdfast_engine::{ActorDesk, ActorDeskOptions, ActorSpec, ActorStep, JournalWriter};
use holdfast_risk::fuse::latch::Latch;
use holdfast_risk::fuse::{FuseScopeSpec, FuseSpec};

pub type Begin<'a> = Option<&'a dyn Fn(usize) -> Result<JournalWriter>>;

/// Whether an input was taken, and the code of its refusal.
pub fn answer(step: &ActorStep<'_>) -> [u8; ANSWER_BYTES] {
    let mut bytes = [0; ANSWER_BYTES];
    let code = step.outcome.as_ref().map_or_else(|error| error.code() as u16, |_| 1);
    bytes[..2].copy_from_slice(&code.to_le_bytes());
    bytes
}

pub fn options<'a>(
    actors: &'a [ActorSpec],
    workers: usize,
    (fuse, latch): (&'a FuseSpec, Latch),
    journal: Begin<'a>,
) -> ActorDeskOptions<'a> {
    let id_form = OrderIdText::new("t").unwrap();
    ActorDeskOptions { actors, workers, id_form, journal, answer, fuse, latch }
}

/// Ceilings that a drawn stream meets now and then.
pub fn tight(drawn: [u8; 5]) -> FuseSpec {
    let some = |value: u8, text: String| value.is_multiple_of(2).then_some(text);
    let [minute, repeats, notional, quantity, unanswered] = drawn;
    let (day, unsaid) = (u32::from(notional), u32::from(unanswered));
    FuseSpec {
        account: FuseScopeSpec {
            orders_per_minute_max: some(minute, (3 + minute % 24).to_string()),
            notional_per_day_max: some(notional, (10_000 + 1_000 * day).to_string()),
            ..FuseScopeSpec::default()
        },
        each_instrument: FuseScopeSpec {
            order_quantity_max: some(quantity, (30 + quantity % 50).to_string()),
            ..FuseScopeSpec::default()
        },
        unanswered_notional_max: some(unanswered, (4_000 + 500 * unsaid).to_string()),
        repeats_max: Some((1 + repeats % 8).to_string()),
        ..FuseSpec::default()
    }
}

/// Drains everything, at most so many at once.
pub fn drained(desk: &mut ActorDesk, most: usize) -> Vec<[u8; REQUEST_BYTES]> {
    let mut left = Vec::new();
    while desk.waiting() > 0 {
        desk.drain(most, |record| left.push(*record)).unwrap();
    }
    left
}

/// Kind, instrument and order of a request.
pub fn seen(record: &[u8; REQUEST_BYTES]) -> (u8, u32, ClientOrderId) {
    let instrument = u32::from_le_bytes(record[16..20].try_into().unwrap());
    let id = u64::from_le_bytes(record[8..16].try_into().unwrap());
    (record[0], instrument, ClientOrderId(id))
}

/// Prices for two instruments, and orders of the same form on them in turn.
pub fn loop_of(orders: usize) -> Vec<Drawn> {
    (0..orders).map(|order| (8, order as u8, 2, 0)).collect()
}
