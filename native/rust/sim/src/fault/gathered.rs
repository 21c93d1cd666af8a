//! What every restart reads of the journal, gathered once: fills for the books, and orders that left for the fuse.
//!
//! Records are only ever added behind those that a restart has found intact, so that what was gathered of them stays.

use super::verified;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::wire::Reader;
use holdfast_core::{OrderEvent, ReportKind, Result, VenueReport};
use holdfast_engine::output::OrderChanged;

/// What was found up to a place.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    until: usize,
    /// Every fill that was told, repeated ones too.
    pub fills: Vec<VenueReport>,
    /// Places of the records that say that an order was sent.
    pub sent: Vec<usize>,
}

impl Gathered {
    /// Goes on behind what was gathered; the bytes are intact.
    pub fn go_on(&mut self, bytes: &[u8]) -> Result<()> {
        for record in verified::records(bytes.get(self.until..).unwrap_or_default()) {
            let mut reader = Reader::new(record.payload);
            match record.kind {
                RecordKind::VenueReport => {
                    let report = VenueReport::decode(&mut reader)?;
                    self.fills.extend(Some(report).filter(|told| told.kind == ReportKind::Fill));
                }
                RecordKind::OrderChanged => {
                    let event = OrderChanged::decode_event(&mut reader)?;
                    let is_sent = event == OrderEvent::Submit as u8;
                    self.sent.extend(Some(self.until).filter(|_| is_sent));
                }
                _ => {}
            }
            self.until += record.bytes;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::journal::MemoryJournal;
    use super::super::setting::engine_config;
    use super::*;
    use holdfast_core::{
        ClientOrderId, InstrumentId, Price, Quantity, Side, Timestamp, Trade, TradeId,
    };
    use holdfast_engine::{Engine, Input};

    #[test]
    fn gathering_step_by_step_finds_what_gathering_at_once_finds() {
        let mut engine = Engine::new(&engine_config()).unwrap();
        let mut journal = MemoryJournal::default();
        let mut gathered = Gathered::default();
        let price = Price::from_ticks(10_000);
        for at in 1..9_u64 {
            let ts = Timestamp(at as i64);
            let trade = Trade {
                instrument: InstrumentId(0),
                ts_event: ts,
                price,
                quantity: Quantity::from_lots(1),
                aggressor_side: Side::Buy,
            };
            let id = ClientOrderId(at);
            let drawn = super::super::lists::Drawn {
                instrument: 0,
                side: Side::Buy,
                lots: 1,
                offset_ticks: 0,
            };
            let entry = drawn.entry(10_000, holdfast_core::OrderType::Market);
            let intent = holdfast_core::OrderIntent { client_order_id: id, ts_intent: ts, ..entry };
            let fill = VenueReport {
                trade_id: TradeId(at),
                last_price: price,
                last_quantity: Quantity::from_lots(1),
                ..VenueReport::without_fill(id, ReportKind::Fill, ts)
            };
            let accepted = VenueReport::without_fill(id, ReportKind::Accepted, ts);
            for input in [
                Input::Trade(trade),
                Input::Submit(intent),
                Input::Report(accepted),
                Input::Report(fill),
            ] {
                engine.step(&input, &mut journal, &mut Vec::new()).unwrap();
            }
            journal.commit().unwrap();
            if at % 3 == 0 {
                gathered.go_on(&journal.bytes).unwrap();
                assert_eq!((gathered.fills.len(), gathered.sent.len()), (at as usize, at as usize));
            }
        }
        gathered.go_on(&journal.bytes).unwrap();
        let mut whole = Gathered::default();
        whole.go_on(&journal.bytes).unwrap();
        assert_eq!((&whole.fills, &whole.sent), (&gathered.fills, &gathered.sent));
        assert_eq!((whole.fills.len(), whole.sent.len()), (8, 8));
    }
}
