//! What the egress fuse kept from leaving, as an input: the order is denied, or its amendment refused, and a replay does the
//! same without a fuse.

use crate::engine::Engine;
use crate::input::Command;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::order_state::transition;
use holdfast_core::wire::{AMOUNT_BYTES_MAX, Encode, Reader, U32_BYTES_MAX, U64_BYTES_MAX, Writer};
use holdfast_core::{
    Amount, ClientOrderId, Code, Error, FuseCeiling, Order, OrderEvent, OrderRole, ReportKind,
    Result, Timestamp, VenueReport,
};
use serde_json::{Value, json};

/// A request that did not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FuseRefused {
    /// Whose request.
    pub client_order_id: ClientOrderId,
    /// Number of the amendment; 0 for a placement.
    pub amendment: u32,
    /// Why.
    pub code: Code,
    /// The ceiling that was met.
    pub ceiling: FuseCeiling,
    /// Its value: money at 18 decimals, a count, or lots.
    pub limit: i128,
    /// What the request would have made of it.
    pub observed: i128,
    /// Whether the fuse has blown by it.
    pub trips: bool,
    /// Whether an equal placement left before: then the order lives, and nothing is denied.
    pub sent_before: bool,
    /// When.
    pub ts: Timestamp,
}

impl FuseRefused {
    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`, `ARGUMENT_INVALID`.
    pub fn decode(reader: &mut Reader<'_>, ts: Timestamp) -> Result<Self> {
        Ok(Self {
            client_order_id: ClientOrderId(reader.u64()?),
            amendment: reader.u32()?,
            code: Code::from_number(reader.u16()?).ok_or_else(|| {
                Error::new(Code::JournalCorrupt, "a refusal of the fuse must name a known code")
            })?,
            ceiling: FuseCeiling::from_number(reader.u8()?)?,
            trips: reader.u8()? != 0,
            sent_before: reader.u8()? != 0,
            limit: reader.amount()?.raw(),
            observed: reader.amount()?.raw(),
            ts,
        })
    }

    fn text(&self, value: i128) -> String {
        match self.ceiling.is_money() {
            true => Amount::from_raw(value).to_string(),
            false => value.to_string(),
        }
    }

    /// Returns the refusal as an error, for a caller that was to send the request itself.
    #[must_use]
    pub fn error(&self) -> Error {
        let (ceiling, limit) = (self.ceiling.name(), self.text(self.limit));
        let observed = self.text(self.observed);
        let message = match self.ceiling {
            // What is no ceiling has no numbers.
            FuseCeiling::None => self.code.meaning().to_owned(),
            _ => format!("{ceiling} must be at most {limit}, would be {observed}"),
        };
        Error::new(self.code, message)
            .with("ceiling", ceiling)
            .with("limit", limit)
            .with("observed", observed)
    }

    /// Returns the record's JSON form.
    #[must_use]
    pub fn json(&self) -> Value {
        let text = |value: i128| self.text(value);
        json!({
            "client_order_id": self.client_order_id.0, "code": self.code.name(),
            "amendment": (self.amendment > 0).then_some(self.amendment), "ceiling": self.ceiling.name(),
            "limit": text(self.limit), "observed": text(self.observed), "trips": self.trips,
            "sent_before": self.sent_before,
        })
    }
}

impl Encode for FuseRefused {
    fn encoded_bytes_max(&self) -> usize {
        U64_BYTES_MAX + 2 * U32_BYTES_MAX + 3 + 2 * AMOUNT_BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u64(self.client_order_id.0);
        writer.u32(self.amendment);
        writer.u16(self.code as u16);
        for byte in [self.ceiling as u8, u8::from(self.trips), u8::from(self.sent_before)] {
            writer.u8(byte);
        }
        writer.amount(Amount::from_raw(self.limit));
        writer.amount(Amount::from_raw(self.observed));
    }
}

impl Engine {
    /// Takes back what the fuse kept here: it never left, so that its reservation is given back.
    pub(crate) fn take_fuse_refusal(
        &mut self,
        refused: &FuseRefused,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        self.emit(RecordKind::FuseRefused, refused, sink)?;
        self.counts.alarms += u64::from(refused.trips);
        if refused.sent_before {
            return Ok(());
        }
        let id = refused.client_order_id;
        if refused.amendment > 0 {
            let report = VenueReport {
                amendment: Some(refused.amendment),
                ..VenueReport::without_fill(id, ReportKind::ReplaceRejected, self.now())
            };
            return if self.order(id).is_some() {
                self.on_report(&report, sink, commands)
            } else {
                Ok(())
            };
        }
        let is_kept_release = |order: &Order| order.released.is_some() && order.is_unshown();
        if self.orders.get(&id.0).is_some_and(is_kept_release) {
            // It was held here until its trigger: it is past being denied, and ends without having left.
            let ended = VenueReport::without_fill(id, ReportKind::Canceled, self.now());
            return self.on_report(&ended, sink, commands);
        }
        let deniable = self.orders.get(&id.0).filter(|order| {
            let (base, overlays, _) = order.state.load();
            transition(base, overlays, OrderEvent::Deny).is_some()
        });
        let Some(role) = deniable.map(|order| order.intent.role) else {
            // The venue has spoken of it already, so that it did leave: it stays as the venue says.
            self.counts.alarms += 1;
            return Ok(());
        };
        self.transition(id, OrderEvent::Deny, sink)?;
        self.counts.denied += 1;
        if role == OrderRole::Strategy {
            self.counts.strategy_sent = self.counts.strategy_sent.saturating_sub(1);
        }
        Ok(())
    }
}
