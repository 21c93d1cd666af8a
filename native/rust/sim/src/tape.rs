//! A market event as resting orders meet it.

use crate::assumptions::Assumptions;
use holdfast_core::{Bar, Fraction, InstrumentId, Price, Quote, Side, Trade};

/// What the market did in the present event, as orders of either side meet it: a bar and a trade are the same to
/// both, of a quote buyers meet the ask and sellers the bid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tape {
    pub(crate) for_buyers: Bar,
    for_sellers: Bar,
    /// Lots that own orders may take; one pool of a bar's volume, or the quantity on each side of a quote.
    pub(crate) capacity: Capacity,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Capacity {
    Shared(i64),
    PerSide { buyers: i64, sellers: i64 },
}

impl Capacity {
    pub(crate) fn of(&mut self, side: Side) -> &mut i64 {
        match (self, side) {
            (Self::Shared(lots), _) => lots,
            (Self::PerSide { buyers, .. }, Side::Buy) => buyers,
            (Self::PerSide { sellers, .. }, Side::Sell) => sellers,
        }
    }
}

/// A bar of one instant and one price.
fn instant(trade: &Trade) -> Bar {
    Bar {
        instrument: trade.instrument,
        ts_open: trade.ts_event,
        ts_close: trade.ts_event,
        open: trade.price,
        high: trade.price,
        low: trade.price,
        close: trade.price,
        volume: trade.quantity,
    }
}

/// Returns the whole lots of a share of a volume; 64 bits suffice for nearly every volume, and cost far less.
fn share_of(lots: i64, share: Fraction) -> i64 {
    match lots.checked_mul(share.millionths()) {
        Some(product) => product / 1_000_000,
        None => {
            let product = i128::from(lots) * i128::from(share.millionths());
            i64::try_from(product / Fraction::PARTS).unwrap_or(i64::MAX)
        }
    }
}

impl Tape {
    fn new(bar: Bar, assumptions: &Assumptions) -> Self {
        let lots = match assumptions.participation {
            None if bar.volume.lots() > 0 => i64::MAX,
            None => 0,
            Some(share) => share_of(bar.volume.lots(), share),
        };
        Self { for_buyers: bar, for_sellers: bar, capacity: Capacity::Shared(lots) }
    }

    pub(crate) fn of_bar(bar: &Bar, assumptions: &Assumptions) -> Self {
        Self::new(*bar, assumptions)
    }

    pub(crate) fn of_trade(trade: &Trade, assumptions: &Assumptions) -> Self {
        Self::new(instant(trade), assumptions)
    }

    /// What stands in the book can be taken whole, so the quantities of a quote are not cut to a share.
    pub(crate) fn of_quote(quote: &Quote) -> Self {
        let side = |price, quantity, aggressor_side| {
            instant(&Trade {
                instrument: quote.instrument,
                ts_event: quote.ts_event,
                price,
                quantity,
                aggressor_side,
            })
        };
        Self {
            for_buyers: side(quote.ask, quote.ask_quantity, Side::Buy),
            for_sellers: side(quote.bid, quote.bid_quantity, Side::Sell),
            capacity: Capacity::PerSide {
                buyers: quote.ask_quantity.lots(),
                sellers: quote.bid_quantity.lots(),
            },
        }
    }

    pub(crate) fn for_side(&self, side: Side) -> &Bar {
        match side {
            Side::Buy => &self.for_buyers,
            Side::Sell => &self.for_sellers,
        }
    }

    /// Returns the first price that buyers and that sellers meet.
    pub(crate) fn opens(&self) -> [Price; 2] {
        [self.for_buyers.open, self.for_sellers.open]
    }

    /// Returns the last price that buyers and that sellers meet.
    pub(crate) fn closes(&self) -> [Price; 2] {
        [self.for_buyers.close, self.for_sellers.close]
    }

    pub(crate) fn instrument(&self) -> InstrumentId {
        self.for_buyers.instrument
    }
}
