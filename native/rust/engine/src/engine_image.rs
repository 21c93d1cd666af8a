//! The engine's whole state as bytes: what a snapshot holds, and what two engines are compared by.
//!
//! What comes from the configuration is not in it. Everything else is: the lists below name every field, and one that is
//! added to a type without a word here does not compile.

use crate::coverage::Coverage;
use crate::engine::{Engine, InstrumentState, OrderCounts};
use crate::exposure_totals::{ExposureTotals, Part};
use holdfast_core::persist::{PersistParts, unfit};
use holdfast_core::wire::Reader;
use holdfast_core::{Result, persist_fields, persist_parts};

/// Version of the form: raised with every change of a list of fields, so that another version refuses the bytes instead of
/// reading them wrongly.
pub const IMAGE_VERSION: u16 = 3;

persist_fields!(OrderCounts {
    submitted,
    accepted,
    denied,
    filled,
    partially_filled,
    canceled,
    expired,
    rejected,
    fills,
    alarms,
    strategy_sent,
    strategy_filled,
});

persist_fields!(Part { long, short, worst, added, asset, group });
persist_fields!(ExposureTotals { long, short, added, by_asset, by_group });
persist_fields!(Coverage { sell_stops, buy_stops, uncovered_since });

persist_parts!(InstrumentState {
    saved: [mark, position, short, sums, case, value, net, gross, worst, part, coverage],
    parts: [],
    given: [instrument, currency],
});

persist_parts!(Engine {
    saved: [
        ended_in_order,
        interest_until,
        held,
        clock,
        next_order_id,
        net_value,
        gross_value,
        worst_exposure,
        equity,
        last_mark,
        counts,
        statistics,
        sequences,
        reconciliation,
        held_since,
        totals_of_exposure,
        held_sides,
        watches_stops,
        watches_totals,
        limits_due,
        capital_book,
    ],
    parts: [instruments, orders, wallets, gate, first_results, round_trips],
    given: [
        max_open_orders,
        position_mode,
        borrow,
        emulated,
        account_id,
        self_trade,
        venue_protects,
        spare_verdict,
        trial_verdict,
    ],
});

impl Engine {
    /// Returns the whole state; two engines of one configuration with equal images go on alike.
    #[must_use]
    pub fn image(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.save_parts(&mut bytes);
        bytes
    }

    /// Writes the whole state over what stands in `bytes`, whose memory is used again.
    pub fn write_image(&self, bytes: &mut Vec<u8>) {
        bytes.clear();
        self.save_parts(bytes);
    }

    /// Returns BLAKE3 of the image: any difference in any part of the state changes it.
    #[must_use]
    pub fn image_hash(&self) -> [u8; 32] {
        *blake3::hash(&self.image()).as_bytes()
    }

    /// Takes over the state of another engine of the same configuration. After an error this one is of no more use.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`, `ARGUMENT_INVALID` and `RATE_INVALID` when the bytes are no image of this configuration.
    pub fn take_image(&mut self, bytes: &[u8]) -> Result<()> {
        let mut reader = Reader::new(bytes);
        self.load_parts(&mut reader)?;
        let instruments = self.instruments.len();
        if self.sequences.len() != instruments {
            return Err(unfit("each instrument must have its sequence"));
        }
        if reader.rest().is_empty() { Ok(()) } else { Err(unfit("nothing must follow it")) }
    }
}

#[cfg(test)]
mod tests {
    use crate::reconciliation::tests::engine;

    #[test]
    fn an_image_that_does_not_fit_is_refused_though_every_part_of_it_can_be_read() {
        let mut other = engine();
        assert!(engine().take_image(&other.image()).is_ok());
        let followed = [other.image(), vec![0]].concat();
        assert!(engine().take_image(&followed).is_err(), "a byte follows");
        other.sequences.pop();
        assert!(engine().take_image(&other.image()).is_err(), "a sequence is missing");
    }
}
