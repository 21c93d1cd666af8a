//! Identifiers: small integers inside, one type for each kind of thing.

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

impl ClientOrderId {
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
