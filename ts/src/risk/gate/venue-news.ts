import type { Instrument } from '../../core/instrument.js';
import type { LiquiditySide, ReportKind } from '../../core/vocabulary.generated.js';
import { feeNumbers, tradeNumber } from '../../core/venue-report-numbers.js';
import type { BatchReport } from '../../native/report-batch.js';
import { type ExactInput, lotsOf, ticksOf } from './exact-value.js';

/** One execution of an order, as the venue told it. */
export interface GateFill {
  /** The gate's id of the order, or its text as the venue sees it. */
  readonly id: number | string;
  /** The venue's id of the execution, a number from 1 or any text. It is applied once. */
  readonly tradeId: string | number | bigint;
  readonly price: ExactInput;
  readonly quantity: ExactInput;
  /** A rebate is negative. Without a currency it is the instrument's settlement currency. */
  readonly fee?: { readonly amount: string | number; readonly currency?: string };
  /** Default `taker`. */
  readonly liquiditySide?: LiquiditySide;
  /** When it happened; a time before the gate's counts as now, because late news is news. */
  readonly tsNs?: bigint;
}

/** Makes the exact form of a fill. @throws HoldfastError for what is none */
export function fillReport(
  fill: GateFill,
  clientOrderId: number,
  instrument: Instrument,
  currencyIndex: (currency: string) => number,
): BatchReport {
  const { fee, liquiditySide, tsNs } = fill;
  return {
    kind: 'fill',
    clientOrderId,
    tradeId: tradeNumber(fill.tradeId),
    lastTicks: ticksOf(instrument, fill.price),
    lastLots: lotsOf(instrument, fill.quantity),
    ...(liquiditySide === undefined ? {} : { liquiditySide }),
    ...(tsNs === undefined ? {} : { tsNs }),
    ...(fee === undefined
      ? {}
      : {
          ...feeNumbers(fee.amount),
          feeCurrency: fee.currency === undefined ? 0 : currencyIndex(fee.currency) + 1,
        }),
  };
}

/** Makes a report about an order that names no price. */
export function plainReport(
  kind: ReportKind,
  clientOrderId: number,
  lots: number | bigint | undefined,
): BatchReport {
  return { kind, clientOrderId, ...(lots === undefined ? {} : { lastLots: lots }) };
}
