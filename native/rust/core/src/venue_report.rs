//! What a venue says about an order: the same record from the simulated venue and from a gateway.

use crate::amount::Amount;
use crate::clock::Timestamp;
use crate::code::Code;
use crate::error::{Error, Result};
use crate::identifier::{AccountId, ClientOrderId, InstrumentId, TradeId};
use crate::order::vocabulary;
use crate::price::Price;
use crate::quantity::Quantity;
use crate::wire::{AMOUNT_BYTES_MAX, Encode, Reader, U32_BYTES_MAX, U64_BYTES_MAX, Writer};

vocabulary! {
    /// Kind of a report (FIX 150).
    ReportKind {
        Accepted = 0 "accepted", Rejected = 1 "rejected", Triggered = 2 "triggered", Fill = 3 "fill",
        Canceled = 4 "canceled", Expired = 5 "expired", Replaced = 6 "replaced",
        CancelRejected = 7 "cancel_rejected", ReplaceRejected = 8 "replace_rejected", Unknown = 9 "unknown",
    }
}

vocabulary! {
    /// Whether a fill added liquidity or removed it (FIX 851).
    LiquiditySide { Maker = 0 "maker", Taker = 1 "taker" }
}

/// A venue's report about one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VenueReport {
    /// Which order.
    pub client_order_id: ClientOrderId,
    /// What happened.
    pub kind: ReportKind,
    /// When, by the venue's clock.
    pub ts_event: Timestamp,
    /// Execution id, zero when nothing was executed.
    pub trade_id: TradeId,
    /// Price of a fill (FIX 31); after `Replaced` the limit price in force, where the venue names it.
    pub last_price: Price,
    /// Quantity of a fill (FIX 32), the quantity in force after `Replaced`, the one refused by `ReplaceRejected`,
    /// the one in force by `Accepted` that answers a query, or
    /// what filled before the end by `Canceled` and `Expired` (FIX 14), where the venue tells it: zero otherwise.
    pub last_quantity: Quantity,
    /// Maker or taker.
    pub liquidity_side: LiquiditySide,
    /// Fee of the fill; a rebate is negative.
    pub fee: Amount,
    /// What the fill cost against the price before slippage; zero or positive in the simulated venue.
    pub slippage: Amount,
    /// Currency of the fee: 0 is the instrument's settlement currency, `n` is currency `n − 1` of the account.
    pub fee_currency: u16,
    /// Which instrument, where the venue says so; it must be the order's.
    pub instrument: Option<InstrumentId>,
    /// Which account, where the venue says so; it must be the engine's.
    pub account: Option<AccountId>,
    /// The venue's number of the report among those of its instrument, where it numbers them.
    pub sequence: Option<u64>,
    /// The number of the amendment that `Replaced` or `ReplaceRejected` answers, where the venue names it.
    pub amendment: Option<u32>,
}

impl VenueReport {
    /// Makes a report without an execution.
    #[must_use]
    pub const fn without_fill(
        client_order_id: ClientOrderId,
        kind: ReportKind,
        ts_event: Timestamp,
    ) -> Self {
        Self {
            client_order_id,
            kind,
            ts_event,
            trade_id: TradeId(0),
            last_price: Price::ZERO,
            last_quantity: Quantity::ZERO,
            liquidity_side: LiquiditySide::Taker,
            fee: Amount::ZERO,
            slippage: Amount::ZERO,
            fee_currency: 0,
            instrument: None,
            account: None,
            sequence: None,
            amendment: None,
        }
    }

    /// Checks a fill's numbers.
    ///
    /// # Errors
    /// `FILL_INVALID`.
    pub fn validate(&self) -> Result<()> {
        if self.kind == ReportKind::Fill && (self.last_quantity.lots() <= 0 || self.trade_id.0 == 0)
        {
            return Err(Error::new(
                Code::FillInvalid,
                "a fill must have a positive quantity and a trade id",
            )
            .with("client_order_id", self.client_order_id.0)
            .with("quantity_lots", self.last_quantity.lots()));
        }
        if self.last_quantity.lots() < 0 {
            return Err(Error::new(
                Code::FillInvalid,
                "a report must not have a negative quantity",
            )
            .with("client_order_id", self.client_order_id.0)
            .with("quantity_lots", self.last_quantity.lots()));
        }
        Ok(())
    }

    /// Whether the report says more than most venues do.
    const fn has_extras(&self) -> bool {
        self.instrument.is_some()
            || self.account.is_some()
            || self.sequence.is_some()
            || self.amendment.is_some()
    }

    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` when bytes are missing, `ARGUMENT_INVALID` for an unknown number.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        let client_order_id = ClientOrderId(reader.u64()?);
        let kind = ReportKind::from_number(reader.u8()?)?;
        let liquidity_side = LiquiditySide::from_number(reader.u8()?)?;
        let report = Self {
            client_order_id,
            kind,
            liquidity_side,
            ts_event: Timestamp(reader.i64()?),
            trade_id: TradeId(reader.u64()?),
            last_price: Price::from_ticks(reader.i64()?),
            last_quantity: Quantity::from_lots(reader.i64()?),
            fee: reader.amount()?,
            slippage: reader.amount()?,
            ..Self::without_fill(client_order_id, kind, Timestamp(0))
        };
        if reader.rest().is_empty() {
            return Ok(report);
        }
        let fee_currency = reader.u16()?;
        if reader.rest().is_empty() {
            return Ok(Self { fee_currency, ..report });
        }
        let present = reader.u8()?;
        let given = |bit: u8| present & bit != 0;
        let instrument = InstrumentId(reader.u32()?);
        let account = AccountId(reader.u32()?);
        let sequence = reader.u64()?;
        let amendment = if given(8) { Some(reader.u32()?) } else { None };
        Ok(Self {
            fee_currency,
            instrument: given(1).then_some(instrument),
            account: given(2).then_some(account),
            sequence: given(4).then_some(sequence),
            amendment,
            ..report
        })
    }
}

impl Encode for VenueReport {
    fn encoded_bytes_max(&self) -> usize {
        6 * U64_BYTES_MAX + 4 * U32_BYTES_MAX + 3 + 2 * AMOUNT_BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.row(|writer| {
            writer.u64(self.client_order_id.0);
            writer.u8(self.kind as u8);
            writer.u8(self.liquidity_side as u8);
            writer.i64(self.ts_event.0);
            writer.u64(self.trade_id.0);
            writer.i64(self.last_price.ticks());
            writer.i64(self.last_quantity.lots());
            writer.amount(self.fee);
            writer.amount(self.slippage);
        });
        // Left out where it says nothing, so that most reports stay short.
        if self.fee_currency == 0 && !self.has_extras() {
            return;
        }
        writer.u16(self.fee_currency);
        if !self.has_extras() {
            return;
        }
        let bits = [
            self.instrument.is_some(),
            self.account.is_some(),
            self.sequence.is_some(),
            self.amendment.is_some(),
        ];
        writer.u8(bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit)));
        writer.u32(self.instrument.map_or(0, |id| id.0));
        writer.u32(self.account.map_or(0, |id| id.0));
        writer.u64(self.sequence.unwrap_or(0));
        if let Some(amendment) = self.amendment {
            writer.u32(amendment);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Layout, append_encoded};

    #[test]
    fn encodes_and_decodes_every_field() {
        let extreme = VenueReport {
            trade_id: TradeId(u64::MAX),
            last_price: Price::from_ticks(i64::MIN),
            last_quantity: Quantity::from_lots(i64::MAX),
            fee: Amount::from_raw(i128::MIN),
            slippage: Amount::from_raw(i128::MAX),
            fee_currency: u16::MAX,
            instrument: Some(InstrumentId(u32::MAX)),
            account: Some(AccountId(u32::MAX)),
            sequence: Some(u64::MAX),
            amendment: Some(u32::MAX),
            ..VenueReport::without_fill(
                ClientOrderId(u64::MAX),
                ReportKind::Fill,
                Timestamp(i64::MIN),
            )
        };
        let one_each = [
            VenueReport { account: None, sequence: None, fee_currency: 0, ..extreme },
            VenueReport { instrument: None, sequence: None, fee_currency: 0, ..extreme },
            VenueReport { instrument: None, account: None, amendment: None, ..extreme },
            VenueReport { instrument: None, account: None, sequence: None, ..extreme },
        ];
        for report in one_each.into_iter().chain([extreme]) {
            let mut bytes = Vec::new();
            append_encoded(&mut bytes, Layout::Compact, &report);
            assert!(bytes.len() <= report.encoded_bytes_max());
            let length = crate::wire::compact_length(&report);
            assert!(report != extreme || length + 3 >= report.encoded_bytes_max());
            assert_eq!(VenueReport::decode(&mut Reader::new(&bytes)), Ok(report));
        }
        let report = VenueReport {
            trade_id: TradeId(3),
            last_price: Price::from_ticks(4),
            last_quantity: Quantity::from_lots(5),
            liquidity_side: LiquiditySide::Maker,
            fee: Amount::from_raw(-6),
            slippage: Amount::from_raw(7),
            ..VenueReport::without_fill(ClientOrderId(1), ReportKind::Fill, Timestamp(2))
        };
        let mut bytes = Vec::new();
        append_encoded(&mut bytes, Layout::Compact, &report);
        assert_eq!(VenueReport::decode(&mut Reader::new(&bytes)), Ok(report));
        assert!(report.validate().is_ok());
        let foreign = VenueReport { fee_currency: 2, ..report };
        let mut longer = Vec::new();
        append_encoded(&mut longer, Layout::Compact, &foreign);
        assert_eq!(longer.len(), bytes.len() + 1, "what is not said takes no byte");
        assert_eq!(VenueReport::decode(&mut Reader::new(&longer)), Ok(foreign));
    }

    #[test]
    fn a_fill_without_quantity_or_id_is_refused() {
        let empty = VenueReport::without_fill(ClientOrderId(1), ReportKind::Fill, Timestamp(2));
        assert_eq!(empty.validate().map_err(|e| e.code()), Err(Code::FillInvalid));
        let canceled = VenueReport { kind: ReportKind::Canceled, ..empty };
        assert!(canceled.validate().is_ok());
        let negative = VenueReport { last_quantity: Quantity::from_lots(-1), ..canceled };
        assert_eq!(negative.validate().map_err(|e| e.code()), Err(Code::FillInvalid));
    }
}
