import { HoldfastError } from '../../core/holdfast-error.js';
import type { Instrument } from '../../core/instrument.js';
import { nearestKey } from '../../core/schema.js';
import { feeNumbers, tradeNumber } from '../../core/venue-report-numbers.js';
import type { LiquiditySide, ReportKind } from '../../core/vocabulary.generated.js';
import type { BatchReport } from '../../native/report-batch.js';
import type { PriceInput, QuantityInput } from '../../strategies/strategy-context.js';

/** What a venue says about an order. */
export interface VenueReport {
  /** `unknown` is the proof that the venue never had the order: the answer to a query that could not have come too early. */
  readonly kind: ReportKind;
  /** The id, or its text as the venue sees it. */
  readonly clientOrderId: number | string;
  /** Of a fill: the venue's id of the execution, a number from 1 or any text. It is applied once. */
  readonly tradeId?: string | number | bigint;
  /** Price of a fill; after `replaced` the limit price in force. */
  readonly lastPx?: PriceInput;
  /**
   * Quantity of a fill; the one in force after `replaced` and of an `accepted` that answers a query; what had filled
   * before a `canceled` or `expired`, where the venue says it.
   */
  readonly lastQty?: QuantityInput;
  /** Default `taker`. */
  readonly liquiditySide?: LiquiditySide;
  /** Of a fill; a rebate is negative. Without a currency it is the instrument's settlement currency. */
  readonly fee?: { readonly amount: string | number; readonly currency?: string };
  /** When it happened; a time before the engine's counts as now, because late news is news. */
  readonly tsNs?: bigint;
  /** Symbol, where the venue says so; it must be the order's. */
  readonly symbol?: string;
  /** Account, where the venue says so; it must be the engine's. */
  readonly account?: number;
  /** The venue's number of the report among those of its instrument. */
  readonly sequence?: number | bigint;
  /**
   * Of `replaced` and `replace_rejected`: the number of the request that is answered, where the venue tells it. Without
   * it an answer is matched by the quantity and the price that it names.
   */
  readonly amendment?: number;
}

const KEYS = new Set<string>([
  'kind',
  'clientOrderId',
  'tradeId',
  'lastPx',
  'lastQty',
  'liquiditySide',
  'fee',
  'tsNs',
  'symbol',
  'account',
  'sequence',
  'amendment',
] satisfies readonly (keyof VenueReport)[]);

/** What a report needs to know of the engine it is for. */
export interface ReportPlace {
  readonly clientOrderId: number;
  /** The order's instrument; undefined when neither the report nor the order tells it. */
  readonly instrument: Instrument | undefined;
  /** Index of the instrument that the report names itself. */
  readonly named: number | undefined;
  readonly currencyIndex: (currency: string) => number;
}

/** A misspelt fee must not become a fill without one. @throws HoldfastError `ARGUMENT_INVALID` */
export function checkReportKeys(report: VenueReport): void {
  for (const key in report) {
    if (KEYS.has(key)) continue;
    const nearest = nearestKey(key, [...KEYS]) ?? '';
    throw new HoldfastError(
      'ARGUMENT_INVALID',
      `a report has no "${key}"; did you mean "${nearest}"?`,
      { context: { key, nearest } },
    );
  }
}

/**
 * Makes the exact form of a report.
 *
 * @throws HoldfastError `ARGUMENT_INVALID`, `DECIMAL_INVALID`, `AMOUNT_TOO_PRECISE`, `CURRENCY_UNKNOWN`, and what the
 * instrument refuses a price or quantity with
 */
export function batchReport(report: VenueReport, place: ReportPlace): BatchReport {
  const { instrument, named } = place;
  const { lastPx, lastQty, fee, tradeId, tsNs, account, sequence, amendment } = report;
  const unplaced = instrument === undefined;
  return {
    kind: report.kind,
    clientOrderId: place.clientOrderId,
    // Without an instrument the report is refused in any case, and is recorded as far as it can be.
    ...(lastPx === undefined || unplaced ? {} : { lastTicks: instrument.price(lastPx).ticks }),
    ...(lastQty === undefined || unplaced ? {} : { lastLots: instrument.quantity(lastQty).lots }),
    ...(report.liquiditySide === undefined ? {} : { liquiditySide: report.liquiditySide }),
    ...(tradeId === undefined ? {} : { tradeId: tradeNumber(tradeId) }),
    ...(fee === undefined ? {} : feeOf(fee, place)),
    ...(tsNs === undefined ? {} : { tsNs }),
    ...(named === undefined ? {} : { instrument: named }),
    ...(account === undefined ? {} : { account }),
    ...(sequence === undefined ? {} : { sequence }),
    ...(amendment === undefined ? {} : { amendment }),
  };
}

function feeOf(
  { amount, currency }: NonNullable<VenueReport['fee']>,
  { currencyIndex }: ReportPlace,
): Pick<BatchReport, 'feeUnits' | 'feeScale' | 'feeCurrency'> {
  const feeCurrency = currency === undefined ? 0 : currencyIndex(currency) + 1;
  return { ...feeNumbers(amount), feeCurrency };
}
