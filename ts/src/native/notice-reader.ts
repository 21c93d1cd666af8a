import type { Code } from '../core/codes.generated.js';
import {
  FUSE_CEILINGS,
  type FuseCeiling,
  LIQUIDITY_SIDES,
  type LiquiditySide,
  ORDER_ROLES,
  ORDER_STATUSES,
  ORDER_TYPES,
  type OrderRole,
  type OrderStatus,
  type OrderType,
  RECORD_KINDS,
  type Side,
  SIDES,
  TIMES_IN_FORCE,
  type TimeInForce,
} from '../core/vocabulary.generated.js';
import { CONTROL_BITS, CONTROL_CODES, type ControlCode } from '../core/controls.generated.js';
import { CODE_NAMES } from './batch-record.js';
import { type ClosedNotice, closedNotice } from './closed-notice.js';

const HEADER_BYTES = 16;
/** Bytes of a report up to where the currency of its fee may stand. */
const FILL_BYTES = 74;
/** The number that stands for none. */
const NONE = -(2n ** 63n);

/** A fill as the venue reported it; money as counts of 10⁻¹⁸. */
export interface FillNotice {
  readonly kind: 'fill';
  readonly tsNs: bigint;
  readonly clientOrderId: number;
  readonly tradeId: bigint;
  readonly lastTicks: bigint;
  readonly lastLots: bigint;
  readonly liquiditySide: LiquiditySide;
  readonly feeRaw: bigint;
  readonly slippageRaw: bigint;
  /** 0: the instrument's settlement currency; n: currency n - 1 of the account. */
  readonly feeCurrency: number;
}

/** A position after a fill. */
export interface PositionNotice {
  readonly kind: 'position';
  readonly tsNs: bigint;
  readonly instrument: number;
  readonly clientOrderId: number;
  readonly lots: bigint;
  readonly openCostRaw: bigint;
  readonly realizedByFillRaw: bigint;
  readonly realizedRaw: bigint;
  readonly cashRaw: bigint;
}

/** An order after a transition. */
export interface OrderNotice {
  readonly kind: 'order';
  readonly tsNs: bigint;
  readonly clientOrderId: number;
  readonly parent: number;
  readonly instrument: number;
  readonly status: OrderStatus;
  readonly alarm: boolean;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly role: OrderRole;
  readonly timeInForce: TimeInForce;
  readonly lots: bigint;
  readonly cumLots: bigint;
  readonly filledTickLots: bigint;
  readonly feesRaw: bigint;
  /** Zero stands for a price that the order has not. */
  readonly limitTicks: bigint;
  readonly triggerTicks: bigint;
  readonly stopLossTicks: bigint;
  readonly takeProfitTicks: bigint;
}

/** One control that an order failed; the numbers are in the control's unit. */
export interface FailedCheck {
  readonly code: ControlCode;
  readonly limit: bigint | null;
  readonly observed: bigint;
  readonly ageNs: bigint;
}

export interface VerdictNotice {
  readonly kind: 'verdict';
  readonly tsNs: bigint;
  readonly clientOrderId: number;
  readonly reducing: boolean;
  readonly failed: readonly FailedCheck[];
  /** The largest quantity that would have passed, of an order that was denied for its size alone. */
  readonly suggestedLots: bigint | null;
  /** First bytes of the fingerprint of the limits that were in force. */
  readonly limitsMark: bigint;
}

/** A request that the egress fuse kept from leaving. */
export interface FuseNotice {
  readonly kind: 'fuse';
  readonly tsNs: bigint;
  readonly clientOrderId: number;
  /** Number of the amendment; 0 for a placement. */
  readonly amendment: number;
  readonly code: Code;
  readonly ceiling: FuseCeiling;
  /** Money as counts of 10⁻¹⁸, a count, or lots, as the ceiling says. */
  readonly limitRaw: bigint;
  readonly observedRaw: bigint;
  /** Whether the fuse has blown by it. */
  readonly trips: boolean;
}

export interface DayNotice {
  readonly kind: 'day';
  readonly tsNs: bigint;
  readonly tsLastBarNs: bigint;
  readonly equityRaw: bigint;
  readonly cashRaw: bigint;
  readonly positionValueRaw: bigint;
  readonly grossExposureRaw: bigint;
  readonly realizedRaw: bigint;
  readonly unrealizedRaw: bigint;
  readonly feesRaw: bigint;
  readonly benchmarkTicks: bigint;
}

export type Notice =
  FillNotice | PositionNotice | ClosedNotice | OrderNotice | VerdictNotice | DayNotice | FuseNotice;

/** Reads the notices that a native call left; every value is copied out, since the next call writes over them. */
export class NoticeReader {
  /** Whether somebody wants to hear of every step of an order, and not only of its beginning, fills and end. */
  wantsEveryStep = true;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Appends the notices in the first `length` bytes to `into`. */
  read(length: number, into: Notice[]): void {
    for (let at = 0; at < length;) {
      const payload = at + HEADER_BYTES;
      const notice = this.#notice(this.#view.getUint8(at + 4), this.#i64(at + 8), payload);
      if (notice !== undefined) into.push(notice);
      at = payload + this.#view.getUint32(at, true);
    }
  }

  #notice(kind: number, tsNs: bigint, at: number): Notice | undefined {
    switch (kind) {
      case RECORD_KINDS.venue_report:
        return this.#fill(tsNs, at);
      case RECORD_KINDS.position_changed:
        return this.#position(tsNs, at);
      case RECORD_KINDS.order_changed:
        return this.wantsEveryStep || !isPassing(this.#view.getUint8(at + 20))
          ? this.#order(tsNs, at)
          : undefined;
      case RECORD_KINDS.verdict:
        return this.#verdict(tsNs, at);
      case RECORD_KINDS.trade_closed:
        return closedNotice(this.#view, tsNs, at);
      case RECORD_KINDS.day_closed:
        return this.#day(tsNs, at);
      case RECORD_KINDS.fuse_refused:
        return this.#fuse(tsNs, at);
      default:
        return undefined;
    }
  }

  #i64(at: number): bigint {
    return this.#view.getBigInt64(at, true);
  }

  #id(at: number): number {
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32;
  }

  #i128(at: number): bigint {
    const low = this.#view.getBigUint64(at, true);
    // Most amounts are less than 18 units or far more; the former need no second bigint.
    if (this.#view.getInt32(at + 8, true) === 0 && this.#view.getInt32(at + 12, true) === 0) {
      return low;
    }
    return (this.#view.getBigInt64(at + 8, true) << 64n) | low;
  }

  #fill(tsNs: bigint, at: number): FillNotice {
    return {
      kind: 'fill',
      tsNs,
      clientOrderId: this.#id(at),
      liquiditySide: entry(LIQUIDITY_SIDES, this.#view.getUint8(at + 9)),
      tradeId: this.#i64(at + 18),
      lastTicks: this.#i64(at + 26),
      lastLots: this.#i64(at + 34),
      feeRaw: this.#i128(at + 42),
      slippageRaw: this.#i128(at + 58),
      // Left out by the venue that takes its fee in the settlement currency and says no more.
      feeCurrency:
        this.#view.getUint32(at - HEADER_BYTES, true) > FILL_BYTES
          ? this.#view.getUint16(at + FILL_BYTES, true)
          : 0,
    };
  }

  #position(tsNs: bigint, at: number): PositionNotice {
    return {
      kind: 'position',
      tsNs,
      instrument: this.#view.getUint32(at, true),
      clientOrderId: this.#id(at + 4),
      lots: this.#i64(at + 12),
      openCostRaw: this.#i128(at + 20),
      realizedByFillRaw: this.#i128(at + 36),
      realizedRaw: this.#i128(at + 52),
      cashRaw: this.#i128(at + 68),
    };
  }

  #order(tsNs: bigint, at: number): OrderNotice {
    const cumLots = this.#i64(at + 36);
    const hasFilled = cumLots !== 0n;
    return {
      kind: 'order',
      tsNs,
      clientOrderId: this.#id(at),
      parent: this.#id(at + 8),
      instrument: this.#view.getUint32(at + 16, true),
      status: entry(ORDER_STATUSES, this.#view.getUint8(at + 20)),
      alarm: this.#view.getUint8(at + 23) !== 0,
      side: entry(SIDES, this.#view.getUint8(at + 24)),
      orderType: entry(ORDER_TYPES, this.#view.getUint8(at + 25)),
      role: entry(ORDER_ROLES, this.#view.getUint8(at + 26)),
      timeInForce: entry(TIMES_IN_FORCE, this.#view.getUint8(at + 27)),
      lots: this.#i64(at + 28),
      cumLots,
      filledTickLots: hasFilled ? this.#i128(at + 44) : 0n,
      feesRaw: hasFilled ? this.#i128(at + 60) : 0n,
      limitTicks: this.#i64(at + 76),
      triggerTicks: this.#i64(at + 84),
      stopLossTicks: this.#i64(at + 92),
      takeProfitTicks: this.#i64(at + 100),
    };
  }

  #verdict(tsNs: bigint, at: number): VerdictNotice {
    const failed: FailedCheck[] = [];
    const count = this.#view.getUint8(at + 9);
    const end = at + 10 + count * 43;
    for (let check = at + 10; check < end; check += 43) {
      if (this.#view.getUint8(check + 1) !== 0) continue;
      failed.push({
        code: entry(CONTROL_OF_BIT, this.#view.getUint8(check)),
        limit: this.#view.getUint8(check + 2) === 0 ? null : this.#i128(check + 3),
        observed: this.#i128(check + 19),
        ageNs: this.#i64(check + 35),
      });
    }
    const reducing = this.#view.getUint8(at + 8) !== 0;
    const suggested = this.#i64(end);
    return {
      kind: 'verdict',
      tsNs,
      clientOrderId: this.#id(at),
      reducing,
      failed,
      suggestedLots: suggested === NONE ? null : suggested,
      limitsMark: this.#view.getBigUint64(end + 8, true),
    };
  }

  #fuse(tsNs: bigint, at: number): FuseNotice {
    return {
      kind: 'fuse',
      tsNs,
      clientOrderId: this.#id(at),
      amendment: this.#view.getUint32(at + 8, true),
      code: codeOf(this.#view.getUint16(at + 12, true)),
      ceiling: entry(FUSE_CEILINGS, this.#view.getUint8(at + 14)),
      trips: this.#view.getUint8(at + 15) !== 0,
      limitRaw: this.#i128(at + 17),
      observedRaw: this.#i128(at + 33),
    };
  }

  #day(tsNs: bigint, at: number): DayNotice {
    return {
      kind: 'day',
      tsNs,
      tsLastBarNs: this.#i64(at),
      equityRaw: this.#i128(at + 8),
      cashRaw: this.#i128(at + 24),
      positionValueRaw: this.#i128(at + 40),
      grossExposureRaw: this.#i128(at + 56),
      realizedRaw: this.#i128(at + 72),
      unrealizedRaw: this.#i128(at + 88),
      feesRaw: this.#i128(at + 104),
      benchmarkTicks: this.#i64(at + 120),
    };
  }
}

const PASSING = new Set<number>([
  ORDER_STATUSES.indexOf('accepted'),
  ORDER_STATUSES.indexOf('triggered'),
]);

/** Whether a status is a step between an order's submission and its fills. */
function isPassing(status: number): boolean {
  return PASSING.has(status);
}

function codeOf(number: number): Code {
  const code = CODE_NAMES[number];
  if (code === undefined) throw new RangeError(`native code ${number} is not in the table`);
  return code;
}

/** Controls by their bit; a bit that is none is left open. */
const CONTROL_OF_BIT: readonly (ControlCode | undefined)[] = Array.from(
  { length: 64 },
  (_, bit) => {
    const place = CONTROL_BITS.indexOf(bit);
    return place < 0 ? undefined : CONTROL_CODES[place];
  },
);

function entry<Value>(values: readonly (Value | undefined)[], index: number): Value {
  const value = values[index];
  // The vocabulary is generated from the native enums, so an index past it means two builds were mixed.
  if (value === undefined) throw new RangeError(`native value ${index} is not in the vocabulary`);
  return value;
}
