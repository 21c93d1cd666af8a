//! A venue's report as a record of fixed layout, and what became of it; `ts/src/native/report-batch.ts` writes and reads it.

use crate::engine::Engine;
use holdfast_core::venue_report::LiquiditySide;
use holdfast_core::{
    AccountId, Amount, ClientOrderId, Code, Error, InstrumentId, Price, Quantity, ReportKind,
    Result, Timestamp, TradeId, VenueReport,
};

/// Bytes of a report.
pub const REPORT_BYTES: usize = 128;
/// Where the outcome begins: it stands behind what the caller wrote.
pub const REPORT_OUTCOME: usize = 80;

const HAS_INSTRUMENT: u8 = 1;
const HAS_ACCOUNT: u8 = 2;
const HAS_SEQUENCE: u8 = 4;
const HAS_TIME: u8 = 8;
const HAS_AMENDMENT: u8 = 16;

/// Decimals of an amount.
const AMOUNT_SCALE: u8 = 18;

fn word<const N: usize>(bytes: &[u8; REPORT_BYTES], at: usize) -> [u8; N] {
    let mut out = [0_u8; N];
    if let Some(source) = bytes.get(at..at + N) {
        out.copy_from_slice(source);
    }
    out
}

/// Reads a report; one without a time of its own happened now.
///
/// # Errors
/// `ARGUMENT_INVALID` for a kind, a liquidity side or a scale that does not exist, `AMOUNT_OVERFLOW`.
pub fn report_of_record(bytes: &[u8; REPORT_BYTES], now: Timestamp) -> Result<VenueReport> {
    let i64_at = |at| i64::from_le_bytes(word(bytes, at));
    let u32_at = |at| u32::from_le_bytes(word(bytes, at));
    let flags = bytes[10];
    let given = |flag: u8| flags & flag != 0;
    let scale = bytes[11];
    let Some(zeros) = AMOUNT_SCALE.checked_sub(scale) else {
        return Err(Error::new(
            Code::ArgumentInvalid,
            format!("fee must have at most {AMOUNT_SCALE} decimals, has {scale}"),
        ));
    };
    Ok(VenueReport {
        client_order_id: ClientOrderId(i64_at(0).cast_unsigned()),
        kind: ReportKind::from_number(bytes[8])?,
        ts_event: if given(HAS_TIME) { Timestamp(i64_at(48)) } else { now },
        trade_id: TradeId(i64_at(16).cast_unsigned()),
        last_price: Price::from_ticks(i64_at(24)),
        last_quantity: Quantity::from_lots(i64_at(32)),
        liquidity_side: LiquiditySide::from_number(bytes[9])?,
        // At most 2^63 · 10^18, which 128 bits hold.
        fee: Amount::from_raw(i128::from(i64_at(40)) * 10_i128.pow(u32::from(zeros))),
        slippage: Amount::ZERO,
        fee_currency: u16::from_le_bytes(word(bytes, 12)),
        instrument: given(HAS_INSTRUMENT).then(|| InstrumentId(u32_at(56))),
        account: given(HAS_ACCOUNT).then(|| AccountId(u32_at(60))),
        sequence: given(HAS_SEQUENCE).then(|| i64_at(64).cast_unsigned()),
        amendment: given(HAS_AMENDMENT).then(|| u32_at(72)),
    })
}

/// The outcome of a report: refused or applied, the code of a refusal, and the order and its position as they are then.
#[must_use]
pub fn report_outcome(
    engine: &Engine,
    id: ClientOrderId,
    outcome: &Result<()>,
) -> [u8; REPORT_BYTES - REPORT_OUTCOME] {
    let mut bytes = [0_u8; REPORT_BYTES - REPORT_OUTCOME];
    let code = outcome.as_ref().map_or_else(|error| error.code() as u16, |()| 0);
    bytes[0] = if code == 0 { 1 } else { 3 };
    bytes[2..4].copy_from_slice(&code.to_le_bytes());
    let Some(order) = engine.order(id) else { return bytes };
    let (base, overlays, _) = order.state.load();
    (bytes[4], bytes[5]) = (base as u8, overlays.bits());
    bytes[8..16].copy_from_slice(&order.cum_quantity.lots().to_le_bytes());
    bytes[16..24].copy_from_slice(&order.leaves().lots().to_le_bytes());
    let held = engine.instruments().get(order.intent.instrument.index());
    let net = held.and_then(|state| state.net_lots().ok()).map_or(0, Quantity::lots);
    bytes[24..32].copy_from_slice(&net.to_le_bytes());
    bytes
}
