//! Identifiers: small integers inside, one type for each kind of thing.

use crate::code::Code;
use crate::error::{Error, Result};
use crate::wire::{Encode, U64_BYTES_MAX, Writer};

/// Index of an instrument in its session's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct InstrumentId(pub u32);

impl InstrumentId {
    /// Returns the position in the session's list.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Our id of an order (FIX 11); sortable, never used twice in a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ClientOrderId(pub u64);

/// Highest epoch of an id: with the 32 bits of the number an id stays below 2^53, where JavaScript counts exactly.
pub const EPOCH_MAX: u32 = (1 << 21) - 1;

impl ClientOrderId {
    /// Makes the id of an order by its number, from 1, in an epoch. Every start of a session on the same account takes an
    /// epoch of its own, above the last: so an id is never used twice, and ids sort by time.
    ///
    /// # Errors
    /// `ORDER_ID_INVALID` for an epoch above `EPOCH_MAX`, or number 0.
    pub fn compose(epoch: u32, number: u32) -> Result<Self> {
        if epoch > EPOCH_MAX || number == 0 {
            return Err(Error::new(
                Code::OrderIdInvalid,
                format!(
                    "order id must have an epoch up to {EPOCH_MAX} and a number from 1, was {epoch} and {number}"
                ),
            ));
        }
        Ok(Self(u64::from(epoch) << 32 | u64::from(number)))
    }

    /// Returns the epoch.
    #[must_use]
    pub const fn epoch(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// Returns the number within the epoch.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0 as u32
    }

    /// Returns the epoch of the session that follows one whose last order was this; `NONE` when it had no order.
    ///
    /// # Errors
    /// `ORDER_ID_INVALID` when the last epoch was taken.
    pub fn next_epoch(self) -> Result<u32> {
        Self::compose(self.epoch() + 1, 1).map(Self::epoch)
    }

    /// The absence of an order, for optional links.
    pub const NONE: Self = Self(0);

    /// Returns whether this names an order.
    #[must_use]
    pub const fn is_some(self) -> bool {
        self.0 != 0
    }
}

/// The content of a record that only names an order.
impl Encode for ClientOrderId {
    fn encoded_bytes_max(&self) -> usize {
        U64_BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u64(self.0);
    }
}

/// Which account of the venue an engine trades for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct AccountId(pub u32);

/// The venue's id of one execution; a fill is applied once per trade id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TradeId(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_an_order_and_stands_alone_in_a_record() {
        assert!(!ClientOrderId::NONE.is_some() && ClientOrderId(1).is_some());
        assert_eq!([0, 1, 7].map(|id| InstrumentId(id).index()), [0, 1, 7]);
        for id in [ClientOrderId(5), ClientOrderId(u64::MAX)] {
            let mut bytes = Vec::new();
            crate::wire::append_encoded(&mut bytes, crate::wire::Layout::Compact, &id);
            assert_eq!(crate::wire::Reader::new(&bytes).u64(), Ok(id.0));
        }
    }

    #[test]
    fn ord_04_every_epoch_has_ids_of_its_own_above_the_last() {
        let last = ClientOrderId::compose(7, u32::MAX).unwrap();
        let epoch = last.next_epoch().unwrap();
        let next = ClientOrderId::compose(epoch, 1).unwrap();
        assert!(next > last);
        assert_eq!((next.epoch(), next.number()), (8, 1));
        assert_eq!(ClientOrderId::compose(0, 5), Ok(ClientOrderId(5)));
        let end = ClientOrderId::compose(EPOCH_MAX, 1).unwrap();
        assert_eq!(end.next_epoch().map_err(|e| e.code()), Err(Code::OrderIdInvalid));
        assert_eq!(ClientOrderId::compose(0, 0).map_err(|e| e.code()), Err(Code::OrderIdInvalid));
    }
}
