import { Amount, AMOUNT_SCALE } from '../../core/amount.js';
import type { Code } from '../../core/codes.generated.js';
import { formatDecimal } from '../../core/decimal.js';
import { instrumentAt } from '../../core/instrument-at.js';
import type { Instrument } from '../../core/instrument.js';
import type { Quantity } from '../../core/quantity.js';
import type { FuseCeiling } from '../../core/vocabulary.generated.js';
import type {
  FillNotice,
  FuseNotice,
  Notice,
  OrderNotice,
  PositionNotice,
} from '../../native/notice-reader.js';
import type { FillEvent, OrderEvent } from '../../strategies/strategy-context.js';
import { type ClosedTrade, closedTrade } from './closed-trade.js';

/** A position after a fill; amounts in the instrument's settlement currency. */
export interface PositionEvent {
  readonly tsMs: number;
  readonly instrument: Instrument;
  /** Signed; of the side that changed when hedging. */
  readonly quantity: Quantity;
  readonly openCost: Amount;
  readonly realizedPnl: Amount;
  readonly cash: Amount;
}

/** The account at the last market event of a UTC day, in its own currency. */
export interface DayEvent {
  readonly tsMs: number;
  readonly equity: Amount;
  readonly cash: Amount;
  readonly realizedPnl: Amount;
  readonly unrealizedPnl: Amount;
  readonly fees: Amount;
}

/** A request that the egress fuse kept from leaving; its order was denied, or its amendment refused. */
export interface FuseEvent {
  readonly tsMs: number;
  readonly clientOrderId: number;
  /** Whether it was an amendment; then the order stays as it was. */
  readonly isAmendment: boolean;
  readonly code: Code;
  readonly ceiling: FuseCeiling;
  /** Money in the account's currency, a count, or lots, as the ceiling says. */
  readonly limit: string;
  readonly observed: string;
  /** Whether the fuse has blown by it: only cancels and reducing orders leave until a person resets it. */
  readonly isTrip: boolean;
}

/** What happened inside an engine. */
export type EngineEvent =
  | { readonly kind: 'order'; readonly order: OrderEvent }
  | { readonly kind: 'fill'; readonly fill: FillEvent }
  | { readonly kind: 'position'; readonly position: PositionEvent }
  | { readonly kind: 'closed'; readonly closed: ClosedTrade }
  | { readonly kind: 'day'; readonly day: DayEvent }
  | { readonly kind: 'fuse'; readonly fuse: FuseEvent };

/** Makes events of what the native core tells; a fill is told whole when its position and order are known. */
export class EngineEvents {
  readonly #instruments: readonly Instrument[];
  readonly #currencies: readonly string[];
  #fill: FillNotice | undefined;
  #position: PositionNotice | undefined;

  /** @param currencies those of the account, its own first */
  constructor(instruments: readonly Instrument[], currencies: readonly string[]) {
    this.#instruments = instruments;
    this.#currencies = currencies;
  }

  /** Appends the events of notices to `into`. */
  read(notices: readonly Notice[], into: EngineEvent[]): void {
    for (const notice of notices) {
      if (notice.kind === 'fill') this.#fill = notice;
      else if (notice.kind === 'position') {
        this.#position = notice;
        into.push({ kind: 'position', position: this.#positionEvent(notice) });
      } else if (notice.kind === 'order') {
        this.#told(notice, into);
        into.push({ kind: 'order', order: this.#orderEvent(notice) });
      } else if (notice.kind === 'closed') {
        const instrument = instrumentAt(this.#instruments, notice.instrument);
        const closed = closedTrade(notice, instrument, this.#currencies);
        into.push({ kind: 'closed', closed });
      } else if (notice.kind === 'day') into.push({ kind: 'day', day: this.#dayEvent(notice) });
      else if (notice.kind === 'fuse') into.push({ kind: 'fuse', fuse: fuseEvent(notice) });
    }
    this.#fill = undefined;
    this.#position = undefined;
  }

  /** A report that was refused or repeated has no position with it, and is no fill. */
  #told(order: OrderNotice, into: EngineEvent[]): void {
    const [fill, position] = [this.#fill, this.#position];
    if (fill === undefined || position?.clientOrderId !== order.clientOrderId) return;
    this.#fill = undefined;
    this.#position = undefined;
    if (fill.clientOrderId !== order.clientOrderId) return;
    const instrument = instrumentAt(this.#instruments, order.instrument);
    const settled = (raw: bigint) => Amount.fromRaw(raw, instrument.settlementCurrency);
    const feeCurrency = this.#currencies[fill.feeCurrency - 1] ?? instrument.settlementCurrency;
    into.push({
      kind: 'fill',
      fill: {
        tsMs: milliseconds(fill.tsNs),
        instrument,
        clientOrderId: fill.clientOrderId,
        role: order.role,
        side: order.side,
        lastPx: instrument.priceOfTicks(fill.lastTicks),
        lastQty: instrument.quantityOfLots(fill.lastLots),
        liquiditySide: fill.liquiditySide,
        fee: Amount.fromRaw(fill.feeRaw, feeCurrency),
        slippage: settled(fill.slippageRaw),
        realizedPnl: settled(position.realizedByFillRaw),
      },
    });
  }

  #orderEvent(notice: OrderNotice): OrderEvent {
    const instrument = instrumentAt(this.#instruments, notice.instrument);
    return {
      tsMs: milliseconds(notice.tsNs),
      instrument,
      clientOrderId: notice.clientOrderId,
      parentOrderId: notice.parent === 0 ? null : notice.parent,
      role: notice.role,
      side: notice.side,
      orderType: notice.orderType,
      status: notice.status,
      quantity: instrument.quantityOfLots(notice.lots),
      cumQty: instrument.quantityOfLots(notice.cumLots),
      alarm: notice.alarm,
    };
  }

  #positionEvent(notice: PositionNotice): PositionEvent {
    const instrument = instrumentAt(this.#instruments, notice.instrument);
    const amount = (raw: bigint) => Amount.fromRaw(raw, instrument.settlementCurrency);
    return {
      tsMs: milliseconds(notice.tsNs),
      instrument,
      quantity: instrument.quantityOfLots(notice.lots),
      openCost: amount(notice.openCostRaw),
      realizedPnl: amount(notice.realizedRaw),
      cash: amount(notice.cashRaw),
    };
  }

  #dayEvent(notice: Extract<Notice, { kind: 'day' }>): DayEvent {
    const amount = (raw: bigint) => Amount.fromRaw(raw, this.#currencies[0] ?? '');
    return {
      tsMs: milliseconds(notice.tsLastBarNs),
      equity: amount(notice.equityRaw),
      cash: amount(notice.cashRaw),
      realizedPnl: amount(notice.realizedRaw),
      unrealizedPnl: amount(notice.unrealizedRaw),
      fees: amount(notice.feesRaw),
    };
  }
}

/** Ceilings of money have notional in their names. */
export function fuseValue(ceiling: FuseCeiling, raw: bigint): string {
  return ceiling.includes('notional') ? formatDecimal(raw, AMOUNT_SCALE) : raw.toString();
}

function fuseEvent(notice: FuseNotice): FuseEvent {
  const { ceiling } = notice;
  return {
    tsMs: milliseconds(notice.tsNs),
    clientOrderId: notice.clientOrderId,
    isAmendment: notice.amendment > 0,
    code: notice.code,
    ceiling,
    limit: fuseValue(ceiling, notice.limitRaw),
    observed: fuseValue(ceiling, notice.observedRaw),
    isTrip: notice.trips,
  };
}

function milliseconds(ns: bigint): number {
  return Math.floor(Number(ns / 1_000n) / 1_000);
}
