import type { Code } from '../core/codes.generated.js';
import { HoldfastError } from '../core/holdfast-error.js';
import {
  LIQUIDITY_SIDES,
  type LiquiditySide,
  ORDER_STATUSES,
  type OrderStatus,
  OVERLAY_BITS,
  REPORT_KINDS,
  type ReportKind,
} from '../core/vocabulary.generated.js';
import { type BatchOutcome, BatchRecords } from './batch-record.js';

/** A report of a batch in whole ticks and lots. */
export interface BatchReport {
  readonly kind: ReportKind;
  readonly clientOrderId: number;
  /** Of a fill; from 1. */
  readonly tradeId?: number | bigint;
  readonly lastTicks?: number | bigint;
  readonly lastLots?: number | bigint;
  /** Default `taker`. */
  readonly liquiditySide?: LiquiditySide;
  /** The fee is `feeUnits` × 10^-`feeScale`; a rebate is negative. */
  readonly feeUnits?: number | bigint;
  readonly feeScale?: number;
  /** 0: the instrument's settlement currency; n: currency n - 1 of the account. */
  readonly feeCurrency?: number;
  /** Time of the venue; the time of the call when left out. */
  readonly tsNs?: number | bigint;
  readonly instrument?: number;
  readonly account?: number;
  readonly sequence?: number | bigint;
  /** The amendment that is answered. */
  readonly amendment?: number;
}

/** Fields of a report; the same stand in native/rust/engine/src/report_record.rs. */
const KIND = 8;
const LIQUIDITY = 9;
const FLAGS = 10;
const FEE_SCALE = 11;
const FEE_CURRENCY = 12;
const TRADE_ID = 16;
const LAST_TICKS = 24;
const LAST_LOTS = 32;
const FEE_UNITS = 40;
const TIME = 48;
const INSTRUMENT = 56;
const ACCOUNT = 60;
const SEQUENCE = 64;
const AMENDMENT = 72;
const STATUS = 84;
const OVERLAYS = 85;
const CUM_LOTS = 88;
const LEAVES_LOTS = 96;
const POSITION_LOTS = 104;

const HAS_INSTRUMENT = 1;
const HAS_ACCOUNT = 2;
const HAS_SEQUENCE = 4;
const HAS_TIME = 8;
const HAS_AMENDMENT = 16;

const UINT16_MAX = 65_535;
const UINT32_MAX = 0xffff_ffff;
const FEE_SCALE_MAX = 18;

/** Reports that are taken in one call, and what became of each; memory that is allocated once. */
export class ReportBatch {
  readonly #records: BatchRecords;
  #length = 0;

  constructor(bytes: Uint8Array) {
    this.#records = new BatchRecords(bytes);
  }

  get capacity(): number {
    return this.#records.capacity;
  }

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /**
   * Adds a report and returns its place in the batch.
   *
   * @throws HoldfastError `CAPACITY_EXHAUSTED`, `ARGUMENT_INVALID` for what is no integer or no word of reports
   */
  add(report: BatchReport): number {
    const [records, slot] = [this.#records, this.#length];
    records.checkRoom(slot, 'reports');
    records.setInt64(slot, 0, 'clientOrderId', report.clientOrderId);
    records.setByte(slot, KIND, indexOf('kind', REPORT_KINDS, report.kind));
    const liquidity = indexOf('liquiditySide', LIQUIDITY_SIDES, report.liquiditySide ?? 'taker');
    records.setByte(slot, LIQUIDITY, liquidity);
    const { feeScale = 0, feeCurrency = 0 } = report;
    records.setByte(slot, FEE_SCALE, whole('feeScale', feeScale, FEE_SCALE_MAX));
    whole('feeCurrency', feeCurrency, UINT16_MAX);
    records.setByte(slot, FEE_CURRENCY, feeCurrency & 0xff);
    records.setByte(slot, FEE_CURRENCY + 1, feeCurrency >>> 8);
    records.setInt64(slot, TRADE_ID, 'tradeId', asSigned(report.tradeId ?? 0));
    records.setInt64(slot, LAST_TICKS, 'lastTicks', report.lastTicks ?? 0);
    records.setInt64(slot, LAST_LOTS, 'lastLots', report.lastLots ?? 0);
    records.setInt64(slot, FEE_UNITS, 'feeUnits', report.feeUnits ?? 0);
    records.setByte(slot, FLAGS, this.#extras(slot, report));
    records.clearOutcome(slot);
    this.#length = slot + 1;
    return slot;
  }

  /** Writes what most venues do not say, and returns the flags of what is there. */
  #extras(slot: number, report: BatchReport): number {
    const records = this.#records;
    const { tsNs, instrument, account, sequence, amendment } = report;
    let flags = 0;
    if (tsNs !== undefined) {
      records.setInt64(slot, TIME, 'tsNs', tsNs);
      flags |= HAS_TIME;
    }
    if (instrument !== undefined) {
      records.setUint32(slot, INSTRUMENT, whole('instrument', instrument, UINT32_MAX));
      flags |= HAS_INSTRUMENT;
    }
    if (account !== undefined) {
      records.setUint32(slot, ACCOUNT, whole('account', account, UINT32_MAX));
      flags |= HAS_ACCOUNT;
    }
    if (sequence !== undefined) {
      records.setInt64(slot, SEQUENCE, 'sequence', asSigned(sequence));
      flags |= HAS_SEQUENCE;
    }
    if (amendment !== undefined) {
      records.setUint32(slot, AMENDMENT, whole('amendment', amendment, UINT32_MAX));
      flags |= HAS_AMENDMENT;
    }
    return flags;
  }

  /** `done`: taken, or told before; `refused`: it does not fit its order, and changed nothing. */
  outcome(slot: number): BatchOutcome {
    return this.#records.outcome(slot);
  }

  code(slot: number): Code | null {
    return this.#records.code(slot);
  }

  /** State of the order after the report; meaningless when the order is not known. */
  status(slot: number): OrderStatus {
    return ORDER_STATUSES[this.#records.byte(slot, STATUS)] ?? 'initialized';
  }

  isInDoubt(slot: number): boolean {
    return (this.#records.byte(slot, OVERLAYS) & OVERLAY_BITS.in_doubt) !== 0;
  }

  cumLots(slot: number): number {
    return this.#records.safeInteger(slot, CUM_LOTS);
  }

  leavesLots(slot: number): number {
    return this.#records.safeInteger(slot, LEAVES_LOTS);
  }

  /** Net lots of the order's instrument after the report. */
  positionLots(slot: number): number {
    return this.#records.safeInteger(slot, POSITION_LOTS);
  }
}

/** The same 64 bits as a signed number. */
function asSigned(value: number | bigint): number | bigint {
  return typeof value === 'bigint' && BigInt.asUintN(64, value) === value
    ? BigInt.asIntN(64, value)
    : value;
}

function whole(field: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new HoldfastError(
    'ARGUMENT_INVALID',
    `${field} must be a whole number up to ${most}, was ${value}`,
    { context: { field, value } },
  );
}

function indexOf<Word extends string>(field: string, words: readonly Word[], word: Word): number {
  const index = words.indexOf(word);
  if (index >= 0) return index;
  throw new HoldfastError(
    'ARGUMENT_INVALID',
    `${field} must be one of ${words.join(', ')}, was ${word}`,
    { context: { field, value: word } },
  );
}
