//! The record of a round trip that has ended, and the engine's part in it.

use crate::engine::Engine;
use crate::fills::fee_currency;
use crate::position::PositionChange;
use crate::round_trips::{OtherFee, RoundTrip, RoundTrips, TripFill};
use crate::sink::Sink;
use crate::wallet::CurrencyId;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::wire::{AMOUNT_BYTES_MAX, Encode, Reader, U32_BYTES_MAX, U64_BYTES_MAX, Writer};
use holdfast_core::{
    Amount, ClientOrderId, Clock, InstrumentId, OrderIntent, OrderRole, Result, Rounding,
    Timestamp, VenueReport,
};
use serde::Serialize;
use serde_json::{Value, json};
use std::borrow::Cow;

/// A round trip at its end; the time of the record is that of the fill that closed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradeClosed<'a> {
    /// What was traded.
    pub instrument: InstrumentId,
    /// The order that closed it.
    pub client_order_id: ClientOrderId,
    /// That order's role: why the trip ended.
    pub role: OrderRole,
    /// Profit net of fees in the settlement currency.
    pub pnl: Amount,
    /// Its sums; as many lots left as came.
    pub trip: Cow<'a, RoundTrip>,
}

/// Returns why a trip ended in one word, by the role of the order that closed it.
#[must_use]
pub const fn exit_reason(role: OrderRole) -> &'static str {
    match role {
        OrderRole::Strategy => "signal",
        _ => role.name(),
    }
}

impl TradeClosed<'static> {
    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`, `ARGUMENT_INVALID` for an unknown role.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        let instrument = InstrumentId(reader.u32()?);
        let trade_id = reader.u64()?;
        let client_order_id = ClientOrderId(reader.u64()?);
        let opened_by = ClientOrderId(reader.u64()?);
        let is_short = reader.u8()? != 0;
        let role = OrderRole::from_number(reader.u8()?)?;
        let ts_opened = Timestamp(reader.i64()?);
        let most_lots = reader.i64()?;
        let lots = reader.amount()?.raw();
        let entry_tick_lots = reader.amount()?.raw();
        let exit_tick_lots = reader.amount()?.raw();
        let (pnl, fees) = (reader.amount()?, reader.amount()?);
        let count = reader.u16()?;
        let mut other_fees = Vec::new();
        for _ in 0..count {
            other_fees
                .push(OtherFee { currency: CurrencyId(reader.u16()?), fee: reader.amount()? });
        }
        let trip = RoundTrip {
            trade_id,
            opened_by,
            ts_opened,
            is_short,
            entry_tick_lots,
            entry_lots: lots,
            exit_tick_lots,
            exit_lots: lots,
            most_lots,
            realized: pnl.plus(fees)?,
            fees,
            other_fees,
        };
        Ok(Self { instrument, client_order_id, role, pnl, trip: Cow::Owned(trip) })
    }

    pub(crate) fn json(&self) -> Value {
        let trip = &self.trip;
        let others = trip.other_fees.iter();
        let others: Vec<Value> = others
            .map(|other| json!({ "currency": other.currency.0, "fee": other.fee.to_string() }))
            .collect();
        json!({
            "trade_id": trip.trade_id, "instrument": self.instrument.0,
            "side": side_name(trip), "exit_reason": exit_reason(self.role), "client_order_id": self.client_order_id.0,
            "opened_by": trip.opened_by.0, "opened_ns": trip.ts_opened.0.to_string(),
            "lots": trip.exit_lots.to_string(), "most_lots": trip.most_lots,
            "entry_ticks": average(trip.entry_tick_lots, trip.entry_lots),
            "exit_ticks": average(trip.exit_tick_lots, trip.exit_lots),
            "entry_tick_lots": trip.entry_tick_lots.to_string(),
            "exit_tick_lots": trip.exit_tick_lots.to_string(),
            "pnl": self.pnl.to_string(), "fees": trip.fees.to_string(), "other_fees": others,
        })
    }
}

const fn side_name(trip: &RoundTrip) -> &'static str {
    if trip.is_short { "short" } else { "long" }
}

/// Returns the average price in ticks, for people; rounded half-even to 18 decimals where it does not divide.
fn average(tick_lots: i128, lots: i128) -> Option<String> {
    let ticks =
        Amount::from_raw(tick_lots).times_ratio(Amount::ONE.raw(), lots, Rounding::HalfEven);
    ticks.ok().map(|ticks| ticks.to_string())
}

impl Encode for TradeClosed<'_> {
    fn encoded_bytes_max(&self) -> usize {
        let others = self.trip.other_fees.len() * (U32_BYTES_MAX + AMOUNT_BYTES_MAX);
        2 * U32_BYTES_MAX + 5 * U64_BYTES_MAX + 2 + 5 * AMOUNT_BYTES_MAX + others
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        let trip = &self.trip;
        writer.row(|writer| {
            writer.u32(self.instrument.0);
            writer.u64(trip.trade_id);
            writer.u64(self.client_order_id.0);
            writer.u64(trip.opened_by.0);
            writer.u8(u8::from(trip.is_short));
            writer.u8(self.role as u8);
            writer.i64(trip.ts_opened.0);
            writer.i64(trip.most_lots);
            for raw in [trip.exit_lots, trip.entry_tick_lots, trip.exit_tick_lots] {
                writer.amount(Amount::from_raw(raw));
            }
            writer.amount(self.pnl);
            writer.amount(trip.fees);
            writer.u16(trip.other_fees.len() as u16);
        });
        for other in &trip.other_fees {
            writer.u16(other.currency.0);
            writer.amount(other.fee);
        }
    }
}

/// A round trip that is open, in exact text.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct OpenTripSnapshot {
    pub trade_id: u64,
    pub instrument: u32,
    pub side: &'static str,
    pub opened_by: u64,
    pub opened_ns: String,
    pub most_lots: String,
    pub entry_tick_lots: String,
    pub entry_lots: String,
    pub exit_tick_lots: String,
    pub exit_lots: String,
    /// Gross profit of what was closed.
    pub realized: String,
    pub fees: String,
}

impl Engine {
    /// Returns the round trips that are open.
    #[must_use]
    pub const fn round_trips(&self) -> &RoundTrips {
        &self.round_trips
    }

    /// Returns the open round trips in exact text, by instrument, the long leg of each first.
    pub(crate) fn open_trips(&self) -> Vec<OpenTripSnapshot> {
        let open = self.round_trips.open();
        open.map(|(instrument, trip)| OpenTripSnapshot {
            trade_id: trip.trade_id,
            instrument: instrument.0,
            side: side_name(trip),
            opened_by: trip.opened_by.0,
            opened_ns: trip.ts_opened.0.to_string(),
            most_lots: trip.most_lots.to_string(),
            entry_tick_lots: trip.entry_tick_lots.to_string(),
            entry_lots: trip.entry_lots.to_string(),
            exit_tick_lots: trip.exit_tick_lots.to_string(),
            exit_lots: trip.exit_lots.to_string(),
            realized: trip.realized.to_string(),
            fees: trip.fees.to_string(),
        })
        .collect()
    }

    /// Lets a fill that was booked go into its round trip; what it ends is recorded.
    pub(crate) fn follow_trip(
        &mut self,
        intent: &OrderIntent,
        report: &VenueReport,
        change: PositionChange,
        sink: &mut impl Sink,
    ) -> Result<()> {
        let leg = self.position_mode.leg(intent.side, intent.reduce_only);
        let state = self.state(intent.instrument)?;
        let paid_in = fee_currency(report, state.currency);
        let fill = TripFill {
            client_order_id: intent.client_order_id,
            ts: self.clock.now(),
            price: report.last_price,
            change,
            lots: state.leg(leg).lots().lots(),
            fee: report.fee,
            other_currency: (paid_in != state.currency).then_some(paid_in),
        };
        let place = (intent.instrument, leg);
        self.round_trips.book(place, &fill, |trip| {
            let closed = TradeClosed {
                instrument: intent.instrument,
                client_order_id: intent.client_order_id,
                role: intent.role,
                pnl: trip.pnl()?,
                trip: Cow::Borrowed(trip),
            };
            sink.record(RecordKind::TradeClosed, fill.ts, &closed)
        })
    }
}
