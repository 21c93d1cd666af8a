//! Round trips: what became of each position from flat to flat.
//!
//! A fill that turns a position over ends one trip and begins the next. Its fee follows its lots; the part that cannot be
//! divided goes with what it opened. A trip keeps sums and no averages, so that nothing is rounded and a fill costs no
//! division, but for the fee of one that turns over. Fees in another currency than the instrument settles in stand apart.

use crate::exposure::Leg;
use crate::position::PositionChange;
use crate::wallet::CurrencyId;
use holdfast_core::{
    Amount, ClientOrderId, Code, Error, InstrumentId, Price, Result, Rounding, Timestamp,
};
use holdfast_core::{persist_fields, persist_parts};

/// What a trip paid in a currency that its instrument does not settle in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherFee {
    /// Which currency.
    pub currency: CurrencyId,
    /// How much of it.
    pub fee: Amount,
}

/// A position from the fill that opened it on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoundTrip {
    /// Its number, from 1 in each epoch of ids; 0 while the position is flat.
    pub trade_id: u64,
    /// The order that opened it.
    pub opened_by: ClientOrderId,
    /// When it was opened.
    pub ts_opened: Timestamp,
    /// Whether it is a short one.
    pub is_short: bool,
    /// Sum of price × quantity of what was opened, ticks × lots.
    pub entry_tick_lots: i128,
    /// Lots that were opened; they may count more than a position can hold at once.
    pub entry_lots: i128,
    /// Sum of price × quantity of what was closed.
    pub exit_tick_lots: i128,
    /// Lots that were closed.
    pub exit_lots: i128,
    /// Most lots that were open at once.
    pub most_lots: i64,
    /// Gross profit that was realised.
    pub realized: Amount,
    /// Fees in the currency in which the instrument settles.
    pub fees: Amount,
    /// Fees in other currencies, in the order in which they came up.
    pub other_fees: Vec<OtherFee>,
}

persist_fields!(OtherFee { currency, fee });
persist_fields!(RoundTrip {
    trade_id,
    opened_by,
    ts_opened,
    is_short,
    entry_tick_lots,
    entry_lots,
    exit_tick_lots,
    exit_lots,
    most_lots,
    realized,
    fees,
    other_fees,
});

/// What a fill did, as trips need it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TripFill {
    pub client_order_id: ClientOrderId,
    pub ts: Timestamp,
    pub price: Price,
    pub change: PositionChange,
    /// Signed lots of the leg behind the fill.
    pub lots: i64,
    pub fee: Amount,
    /// Currency of the fee, where the instrument settles in another one.
    pub other_currency: Option<CurrencyId>,
}

impl TripFill {
    /// Returns whether the fill closed all that was open.
    const fn ends(&self) -> bool {
        self.change.closed.lots() > 0 && (self.lots == 0 || self.change.opened.lots() > 0)
    }

    /// Returns the part of the fee that goes with what was closed.
    fn closing_fee(&self) -> Result<Amount> {
        let (closed, opened) = (self.change.closed.lots(), self.change.opened.lots());
        if closed == 0 {
            return Ok(Amount::ZERO);
        }
        if opened == 0 {
            return Ok(self.fee);
        }
        let (closed, all) = (i128::from(closed), i128::from(closed) + i128::from(opened));
        self.fee.times_ratio(closed, all, Rounding::TowardsZero)
    }

    fn tick_lots(&self, lots: i64) -> i128 {
        i128::from(self.price.ticks()) * i128::from(lots)
    }
}

impl RoundTrip {
    /// Returns whether a position is open.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.trade_id != 0
    }

    /// Returns what was realised, fees in the settlement currency taken off.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn pnl(&self) -> Result<Amount> {
        self.realized.minus(self.fees)
    }

    fn close(&mut self, fill: &TripFill, fee: Amount) -> Result<()> {
        let lots = fill.change.closed.lots();
        self.exit_tick_lots = sum(self.exit_tick_lots, fill.tick_lots(lots))?;
        self.exit_lots = sum(self.exit_lots, i128::from(lots))?;
        self.realized = self.realized.plus(fill.change.realized)?;
        self.charge(fee, fill.other_currency)
    }

    fn open(&mut self, fill: &TripFill, fee: Amount) -> Result<()> {
        let lots = fill.change.opened.lots();
        self.entry_tick_lots = sum(self.entry_tick_lots, fill.tick_lots(lots))?;
        self.entry_lots = sum(self.entry_lots, i128::from(lots))?;
        self.most_lots = self.most_lots.max(fill.lots.saturating_abs());
        self.charge(fee, fill.other_currency)
    }

    fn charge(&mut self, fee: Amount, other: Option<CurrencyId>) -> Result<()> {
        let Some(currency) = other else {
            self.fees = self.fees.plus(fee)?;
            return Ok(());
        };
        match self.other_fees.iter_mut().find(|known| known.currency == currency) {
            Some(known) => known.fee = known.fee.plus(fee)?,
            None => self.other_fees.push(OtherFee { currency, fee }),
        }
        Ok(())
    }

    /// Makes it flat; the memory for fees in other currencies stays.
    fn reset(&mut self) {
        let mut other_fees = std::mem::take(&mut self.other_fees);
        other_fees.clear();
        *self = Self { other_fees, ..Self::default() };
    }
}

/// The two positions that an instrument may have; only the first is in use when netting.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Legs {
    long: RoundTrip,
    short: RoundTrip,
}

persist_parts!(Legs { saved: [long, short], parts: [], given: [] });

/// The trips of an engine: those that are open, and the number of the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundTrips {
    next_id: u64,
    legs: Vec<Legs>,
}

persist_parts!(RoundTrips { saved: [next_id], parts: [legs], given: [] });

impl RoundTrips {
    /// Makes the book of so many instruments. Numbers begin in an epoch, as the ids of orders do: so none is used twice on
    /// an account.
    pub(crate) fn new(instruments: usize, first: ClientOrderId) -> Self {
        Self { next_id: first.0, legs: vec![Legs::default(); instruments] }
    }

    /// Returns the trip of a leg; it is not open while that is flat.
    #[must_use]
    pub fn leg(&self, instrument: InstrumentId, leg: Leg) -> Option<&RoundTrip> {
        let legs = self.legs.get(instrument.index())?;
        Some(if leg == Leg::Long { &legs.long } else { &legs.short })
    }

    /// Returns the open trips by instrument, the long leg of each first.
    pub fn open(&self) -> impl Iterator<Item = (InstrumentId, &RoundTrip)> {
        let legs = self.legs.iter().enumerate();
        let legs = legs.flat_map(|(at, legs)| {
            [(InstrumentId(at as u32), &legs.long), (InstrumentId(at as u32), &legs.short)]
        });
        legs.filter(|(_, trip)| trip.is_open())
    }

    /// Takes a fill. What it ends is shown to `ended` before the place is used again.
    pub(crate) fn book(
        &mut self,
        (instrument, leg): (InstrumentId, Leg),
        fill: &TripFill,
        ended: impl FnOnce(&RoundTrip) -> Result<()>,
    ) -> Result<()> {
        let Some(legs) = self.legs.get_mut(instrument.index()) else { return Ok(()) };
        let trip = if leg == Leg::Long { &mut legs.long } else { &mut legs.short };
        let closing_fee = fill.closing_fee()?;
        if fill.change.closed.lots() > 0 {
            trip.close(fill, closing_fee)?;
            if fill.ends() {
                ended(trip)?;
                trip.reset();
            }
        }
        if fill.change.opened.lots() > 0 {
            if !trip.is_open() {
                trip.trade_id = self.next_id;
                trip.opened_by = fill.client_order_id;
                trip.ts_opened = fill.ts;
                trip.is_short = fill.lots < 0;
                self.next_id += 1;
            }
            trip.open(fill, fill.fee.minus(closing_fee)?)?;
        }
        Ok(())
    }

    /// Returns what the hash of the state takes in: the next number, and the open trips with their places.
    pub(crate) fn words(&self) -> impl Iterator<Item = i128> {
        let places = self.legs.iter().flat_map(|legs| [&legs.long, &legs.short]).enumerate();
        let open = places.filter(|(_, trip)| trip.is_open()).flat_map(|(place, trip)| {
            let own = [
                place as i128,
                i128::from(trip.trade_id),
                i128::from(trip.opened_by.0),
                i128::from(trip.ts_opened.0),
                i128::from(trip.is_short),
                trip.entry_tick_lots,
                trip.entry_lots,
                trip.exit_tick_lots,
                trip.exit_lots,
                i128::from(trip.most_lots),
                trip.realized.raw(),
                trip.fees.raw(),
                trip.other_fees.len() as i128,
            ];
            let others = trip.other_fees.iter();
            let others = others.flat_map(|other| [i128::from(other.currency.0), other.fee.raw()]);
            own.into_iter().chain(others)
        });
        std::iter::once(i128::from(self.next_id)).chain(open)
    }
}

fn sum(left: i128, right: i128) -> Result<i128> {
    left.checked_add(right)
        .ok_or_else(|| Error::new(Code::AmountOverflow, "sums of a round trip must fit 128 bits"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_core::Quantity;

    const PLACE: (InstrumentId, Leg) = (InstrumentId(0), Leg::Long);

    /// A fill by what it closed and opened, and the signed lots behind it.
    fn fill(closed: i64, opened: i64, lots: i64, fee: i128) -> TripFill {
        let change = PositionChange {
            realized: Amount::from_raw(i128::from(closed) * 3),
            closed: Quantity::from_lots(closed),
            opened: Quantity::from_lots(opened),
        };
        TripFill {
            client_order_id: ClientOrderId(9),
            ts: Timestamp(4),
            price: Price::from_ticks(10),
            change,
            lots,
            fee: Amount::from_raw(fee),
            other_currency: None,
        }
    }

    fn ended(trips: &mut RoundTrips, fill: &TripFill) -> Option<RoundTrip> {
        let mut found = None;
        trips
            .book(PLACE, fill, |trip| {
                found = Some(trip.clone());
                Ok(())
            })
            .unwrap();
        found
    }

    #[test]
    fn ord_15_a_fee_follows_the_lots_and_what_cannot_be_divided_goes_with_what_was_opened() {
        for (fee, closing) in [(100, 33), (-100, -33), (101, 33), (0, 0)] {
            let mut trips = RoundTrips::new(1, ClientOrderId(5));
            assert_eq!(ended(&mut trips, &fill(0, 1, 1, 7)), None);
            let first = ended(&mut trips, &fill(1, 2, -2, fee)).unwrap();
            assert_eq!((first.trade_id, first.is_short), (5, false));
            assert_eq!(first.fees, Amount::from_raw(7 + closing));
            assert_eq!((first.entry_lots, first.exit_lots, first.most_lots), (1, 1, 1));
            let next = trips.leg(PLACE.0, PLACE.1).unwrap();
            assert_eq!((next.trade_id, next.is_short, next.entry_lots), (6, true, 2));
            assert_eq!(next.fees, Amount::from_raw(fee - closing));
        }
    }

    #[test]
    fn ord_15_fees_in_other_currencies_stand_apart_and_leave_with_their_trip() {
        let mut trips = RoundTrips::new(1, ClientOrderId(1));
        let other = |fill: TripFill, currency| TripFill {
            other_currency: Some(CurrencyId(currency)),
            ..fill
        };
        ended(&mut trips, &other(fill(0, 4, 4, 8), 2));
        ended(&mut trips, &other(fill(1, 0, 3, 1), 1));
        ended(&mut trips, &other(fill(1, 0, 2, 2), 2));
        let trip = ended(&mut trips, &fill(2, 0, 0, 5)).unwrap();
        let fees: Vec<_> =
            trip.other_fees.iter().map(|other| (other.currency.0, other.fee.raw())).collect();
        assert_eq!((fees, trip.fees.raw()), (vec![(2, 10), (1, 1)], 5));
        assert_eq!(trip.pnl().unwrap().raw(), 4 * 3 - 5);
        assert_eq!(trips.open().count(), 0);
        assert!(trips.leg(PLACE.0, PLACE.1).unwrap().other_fees.is_empty());
    }

    #[test]
    fn a_sum_past_128_bits_is_refused() {
        let mut trips = RoundTrips::new(1, ClientOrderId(1));
        let huge =
            TripFill { price: Price::from_ticks(i64::MAX), ..fill(0, i64::MAX, i64::MAX, 0) };
        for _ in 0..2 {
            ended(&mut trips, &huge);
        }
        let error = trips.book(PLACE, &huge, |_| Ok(())).unwrap_err();
        assert_eq!(error.code(), Code::AmountOverflow);
    }

    #[test]
    fn the_words_tell_apart_whatever_differs() {
        let words = |trips: &RoundTrips| trips.words().collect::<Vec<_>>();
        let flat = RoundTrips::new(2, ClientOrderId(1));
        assert_eq!(words(&flat), [1]);
        let mut open = flat.clone();
        ended(&mut open, &fill(0, 1, 1, 7));
        let mut more = open.clone();
        let other = TripFill { other_currency: Some(CurrencyId(3)), ..fill(0, 1, 2, 7) };
        ended(&mut more, &other);
        assert_eq!((words(&open).len(), words(&more).len()), (14, 16));
    }
}
