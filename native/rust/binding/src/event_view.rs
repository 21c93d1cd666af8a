//! What a strategy sees of a market event: doubles in the memory that JavaScript reads.

use holdfast_core::{Bar, Instrument, Quote, Timestamp, Trade};

/// Doubles of an event's view.
pub(crate) type EventView = [f64; 8];

/// Close time ms, open, high, low, close, volume, instrument, open time ms.
pub(crate) fn bar_view(instrument: &Instrument, bar: &Bar) -> EventView {
    [
        milliseconds(bar.ts_close),
        instrument.price_f64(bar.open),
        instrument.price_f64(bar.high),
        instrument.price_f64(bar.low),
        instrument.price_f64(bar.close),
        instrument.quantity_f64(bar.volume),
        f64::from(bar.instrument.0),
        milliseconds(bar.ts_open),
    ]
}

/// Time ms, price, quantity, 1 when the aggressor sold, two spares, instrument.
pub(crate) fn trade_view(instrument: &Instrument, trade: &Trade) -> EventView {
    let sold = f64::from(trade.aggressor_side as u8);
    let (price, quantity) =
        (instrument.price_f64(trade.price), instrument.quantity_f64(trade.quantity));
    [
        milliseconds(trade.ts_event),
        price,
        quantity,
        sold,
        0.0,
        0.0,
        f64::from(trade.instrument.0),
        0.0,
    ]
}

/// Time ms, bid, bid quantity, ask, ask quantity, a spare, instrument.
pub(crate) fn quote_view(instrument: &Instrument, quote: &Quote) -> EventView {
    [
        milliseconds(quote.ts_event),
        instrument.price_f64(quote.bid),
        instrument.quantity_f64(quote.bid_quantity),
        instrument.price_f64(quote.ask),
        instrument.quantity_f64(quote.ask_quantity),
        0.0,
        f64::from(quote.instrument.0),
        0.0,
    ]
}

fn milliseconds(ts: Timestamp) -> f64 {
    ts.0.div_euclid(1_000_000) as f64
}
