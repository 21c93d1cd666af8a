//! What a strategy sees of a position: exact lots and doubles in the memory that JavaScript reads.

use crate::memory::SharedBytes;
use holdfast_core::Result;
use holdfast_engine::engine::InstrumentState;

/// Bytes of one instrument: net lots (i64), quantity, mark, value, open cost, open profit (doubles), lots of the short
/// side when hedging (i64), and a spare word.
pub(crate) const POSITION_VIEW_BYTES: usize = 64;

/// Writes the view at an offset. The cost of two open sides is no one number and reads NaN.
pub(crate) fn write_position_view(
    exchange: &mut SharedBytes,
    offset: usize,
    state: &InstrumentState,
) -> Result<()> {
    let (lots, short) = (state.net_lots()?, state.short.lots().lots());
    let mark = state.mark.map_or(f64::NAN, |(price, _)| state.instrument.price_f64(price));
    let cost = match (state.position.lots().lots(), short) {
        (_, 0) => state.position.open_cost()?.magnitude()?.to_f64(),
        (0, _) => state.short.open_cost()?.magnitude()?.to_f64(),
        _ => f64::NAN,
    };
    let profit = state.unrealized()?.to_f64();
    let view = [state.instrument.quantity_f64(lots), mark, state.value.to_f64(), cost, profit];
    for (at, word) in [(offset, lots.lots()), (offset + 48, short)] {
        if let Some(slot) = exchange.write().get_mut(at..at + 8) {
            slot.copy_from_slice(&word.to_le_bytes());
        }
    }
    exchange.put_f64(offset + 8, &view);
    Ok(())
}
