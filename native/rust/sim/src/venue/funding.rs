//! Funding payments of perpetuals.

use super::{SimulatedVenue, VenueEvent};
use holdfast_core::{Bar, Fraction, Instrument, Quantity, Result, Rounding, Timestamp};
use holdfast_engine::Funding;

impl SimulatedVenue {
    /// Pays what fell due between the last bar of an instrument and the close of this one.
    pub(super) fn fund(&mut self, bar: &Bar, instrument: &Instrument) -> Result<()> {
        if !instrument.spec().perpetual || self.assumptions.funding.millionths() == 0 {
            return Ok(());
        }
        let index = bar.instrument.index();
        let (Some(until), Some(long), Some(short)) =
            (self.funded_until.get_mut(index), self.positions.get(index), self.shorts.get(index))
        else {
            return Ok(());
        };
        let position = long.saturating_add(*short);
        let interval = self.assumptions.funding_interval_ns;
        let due =
            |from: Timestamp| bar.ts_close.0.div_euclid(interval) - from.0.div_euclid(interval);
        let intervals = until.map_or(0, due);
        *until = Some(bar.ts_close);
        if intervals > 0 && position != 0 {
            let value = instrument.exposure(bar.open, Quantity::from_lots(position))?;
            let rate = i128::from(self.assumptions.funding.millionths()) * i128::from(intervals);
            let paid = value.times_ratio(rate, Fraction::PARTS, Rounding::HalfEven)?;
            self.events.push_back(VenueEvent::Funding(Funding {
                instrument: bar.instrument,
                ts_event: self.now,
                paid,
            }));
        }
        Ok(())
    }
}
