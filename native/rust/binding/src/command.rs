//! The orders that JavaScript wrote into the exchange area, read back; `ts/src/native/command-memory.ts` writes them.

use crate::memory::SharedBytes;
use holdfast_core::{
    ClientOrderId, Code, Contingency, Error, Fraction, InstrumentId, OrderIntent, OrderRole,
    OrderTerms, OrderType, Price, Quantity, Result, Side, TimeInForce, Timestamp, TrailingDistance,
};

/// Bytes of one command; the commands stand behind the position views.
pub(crate) const COMMAND_BYTES: usize = 128;
/// Most orders of one list.
pub(crate) const COMMANDS_MAX: usize = 8;

const POST_ONLY: u8 = 1;
const TRAILING_TICKS: u8 = 2;
const TRAILING_SHARE: u8 = 4;
const DISPLAY: u8 = 8;
const EXPIRES: u8 = 16;
const CAUSE: u8 = 32;

/// When what caused the order happened (i64), and the number of its strategy (u16); they stand behind the outcome.
const CAUSE_TIME: usize = 112;
const STRATEGY: usize = 120;

/// Reads the orders of a list, whose first command says how many they are; `None` when it stands alone.
pub(crate) fn list_at(
    memory: &SharedBytes,
    commands: usize,
) -> Result<Option<(Contingency, Vec<OrderIntent>)>> {
    let count = usize::from(memory.u8_at(commands + 14));
    if count == 0 {
        return Ok(None);
    }
    if count > COMMANDS_MAX {
        return Err(Error::new(
            Code::ArgumentInvalid,
            format!("a list must have at most {COMMANDS_MAX} orders, has {count}"),
        ));
    }
    let contingency = Contingency::from_number(memory.u8_at(commands + 13))?;
    let orders: Result<Vec<OrderIntent>> =
        (0..count).map(|slot| intent_at(memory, commands + slot * COMMAND_BYTES)).collect();
    Ok(Some((contingency, orders?)))
}

/// Reads the command at an offset; id and time are set by the session.
pub(crate) fn intent_at(memory: &SharedBytes, at: usize) -> Result<OrderIntent> {
    let optional = |offset: usize| {
        let ticks = memory.i64_at(at + offset);
        (ticks != i64::MIN).then_some(Price::from_ticks(ticks))
    };
    let instrument = u32::try_from(memory.i64_at(at))
        .map_err(|_| Error::new(Code::InstrumentUnknown, "instrument must be an index"))?;
    Ok(OrderIntent {
        client_order_id: ClientOrderId::NONE,
        parent: ClientOrderId::NONE,
        instrument: InstrumentId(instrument),
        side: Side::from_number(memory.u8_at(at + 8))?,
        order_type: OrderType::from_number(memory.u8_at(at + 9))?,
        time_in_force: TimeInForce::from_number(memory.u8_at(at + 10))?,
        role: OrderRole::Strategy,
        reduce_only: memory.u8_at(at + 11) != 0,
        quantity: Quantity::from_lots(memory.i64_at(at + 16)),
        limit_price: optional(24),
        trigger_price: optional(32),
        stop_loss: optional(40),
        take_profit: optional(48),
        ts_intent: Timestamp(0),
        terms: terms_at(memory, at),
    })
}

fn terms_at(memory: &SharedBytes, at: usize) -> OrderTerms {
    let flags = memory.u8_at(at + 12);
    let word = |flag: u8, offset: usize| (flags & flag != 0).then(|| memory.i64_at(at + offset));
    let share = |millionths| TrailingDistance::Share(Fraction::from_millionths(millionths));
    OrderTerms {
        post_only: flags & POST_ONLY != 0,
        trailing: word(TRAILING_TICKS, 56)
            .map(TrailingDistance::Ticks)
            .or_else(|| word(TRAILING_SHARE, 56).map(share)),
        display: word(DISPLAY, 64).map(Quantity::from_lots),
        expires: word(EXPIRES, 72).map(Timestamp),
        strategy: memory.u16_at(at + STRATEGY),
        cause: word(CAUSE, CAUSE_TIME).map(Timestamp),
    }
}
