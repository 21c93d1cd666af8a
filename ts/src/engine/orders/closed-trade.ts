import { Amount, divide } from '../../core/amount.js';
import { type Decimal, formatDecimal, parseDecimal } from '../../core/decimal.js';
import type { Instrument } from '../../core/instrument.js';
import type { ClosedNotice } from '../../native/closed-notice.js';
import { type OrderReason, reasonOf } from '../order-reason.js';

/** Decimals of an average price that does not divide. */
const AVERAGE_SCALE = 18;

/** A position from the fill that opened it to the one that left it flat or turned it over. */
export interface ClosedTrade {
  /** Its own number, in the order in which trades were opened; never used twice on an account. */
  readonly tradeId: number;
  readonly instrument: Instrument;
  readonly side: 'long' | 'short';
  /** Role of the order that closed it; `signal` for one of a strategy. */
  readonly exitReason: OrderReason;
  readonly openedMs: number;
  /** When it was closed. */
  readonly tsMs: number;
  readonly openedByOrderId: number;
  readonly closedByOrderId: number;
  /** All that was opened, and closed again. */
  readonly quantity: string;
  /** Most that was open at once. */
  readonly mostQuantity: string;
  /** Averages weighted by quantity, rounded half-even to 18 decimals where they do not divide. */
  readonly entryPx: string;
  readonly exitPx: string;
  /** Sums of price × quantity in ticks × lots, from which the averages come. */
  readonly entryTickLots: bigint;
  readonly exitTickLots: bigint;
  /** Realised, net of `fees`, in the instrument's settlement currency. */
  readonly pnl: Amount;
  readonly fees: Amount;
  /** Fees in other currencies, which `pnl` does not know of. */
  readonly otherFees: readonly Amount[];
}

/** Makes the event of a notice. @param currencies those of the account, its own first */
export function closedTrade(
  notice: ClosedNotice,
  instrument: Instrument,
  currencies: readonly string[],
): ClosedTrade {
  const settled = (raw: bigint) => Amount.fromRaw(raw, instrument.settlementCurrency);
  const tick = parseDecimal(instrument.options.tickSize);
  const lot = parseDecimal(instrument.options.lotSize);
  const sized = (count: bigint, { mantissa, scale }: Decimal) =>
    formatDecimal(count * mantissa, scale);
  return {
    tradeId: notice.tradeId,
    instrument,
    side: notice.side,
    exitReason: reasonOf(notice.role),
    openedMs: milliseconds(notice.openedNs),
    tsMs: milliseconds(notice.tsNs),
    openedByOrderId: notice.openedBy,
    closedByOrderId: notice.clientOrderId,
    quantity: sized(notice.lots, lot),
    mostQuantity: sized(notice.mostLots, lot),
    entryPx: average(notice.entryTickLots, notice.lots, tick),
    exitPx: average(notice.exitTickLots, notice.lots, tick),
    entryTickLots: notice.entryTickLots,
    exitTickLots: notice.exitTickLots,
    pnl: settled(notice.pnlRaw),
    fees: settled(notice.feesRaw),
    otherFees: notice.otherFees.map(({ currency, feeRaw }) =>
      Amount.fromRaw(feeRaw, currencies[currency] ?? ''),
    ),
  };
}

function average(tickLots: bigint, lots: bigint, tick: Decimal): string {
  const scale = Math.max(AVERAGE_SCALE, tick.scale);
  const sum = tickLots * tick.mantissa * 10n ** BigInt(scale - tick.scale);
  return formatDecimal(divide(sum, lots, 'half_even'), scale);
}

function milliseconds(ns: bigint): number {
  return Math.floor(Number(ns / 1_000n) / 1_000);
}
