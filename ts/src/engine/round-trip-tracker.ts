import { instrumentAt } from '../core/instrument-at.js';
import { AMOUNT_SCALE } from '../core/amount.js';
import { formatDecimal } from '../core/decimal.js';
import type { Instrument } from '../core/instrument.js';
import type { OrderRole, Side } from '../core/vocabulary.generated.js';
import type { FillNotice, PositionNotice } from '../native/notice-reader.js';
import { RoundTripLog } from './report/round-trip-log.js';
import type { ExitReason } from './session-result.js';

interface OpenTrip {
  readonly side: 'long' | 'short';
  readonly entryNs: bigint;
  readonly entryBar: number;
  entryTickLots: bigint;
  entryLots: bigint;
  exitTickLots: bigint;
  exitLots: bigint;
  maxLots: bigint;
  realizedRaw: bigint;
  feesRaw: bigint;
}

export interface TrackedFill {
  readonly fill: FillNotice;
  readonly position: PositionNotice;
  readonly side: Side;
  readonly role: OrderRole;
}

const magnitude = (value: bigint) => (value < 0n ? -value : value);

/**
 * Follows positions from flat to flat; a fill that turns a position over ends one trip and begins the next. When hedging
 * the two sides of an instrument are followed apart, the long one first.
 */
export class RoundTripTracker {
  readonly log = new RoundTripLog();
  readonly #instruments: readonly Instrument[];
  /** Sides that an instrument can have open at once. */
  readonly #sides: 1 | 2;
  readonly #open: (OpenTrip | null)[];
  readonly #lots: bigint[];
  /** Market events of each instrument so far. */
  readonly #events: number[];

  constructor(instruments: readonly Instrument[], isHedging = false) {
    this.#instruments = instruments;
    this.#sides = isHedging ? 2 : 1;
    this.#open = Array.from({ length: instruments.length * this.#sides }, () => null);
    this.#lots = this.#open.map(() => 0n);
    this.#events = instruments.map(() => 0);
  }

  /** Counts a bar or a tick of an instrument. */
  onMark(instrument: number): void {
    this.#events[instrument] = (this.#events[instrument] ?? 0) + 1;
  }

  onFill({ fill, position, side, role }: TrackedFill): void {
    const index = this.#indexOf(position, side);
    const before = this.#lots[index] ?? 0n;
    const after = position.lots;
    this.#lots[index] = after;
    const signed = side === 'buy' ? fill.lastLots : -fill.lastLots;
    const opposite = before !== 0n && before > 0n !== signed > 0n;
    const closed = opposite ? smaller(fill.lastLots, magnitude(before)) : 0n;
    const opened = fill.lastLots - closed;
    // The fee follows the lots; the part that cannot be divided goes with what was opened.
    const closingFee = closed === 0n ? 0n : (fill.feeRaw * closed) / fill.lastLots;
    const trip = this.#open[index] ?? null;
    if (trip !== null && closed > 0n) {
      trip.exitTickLots += fill.lastTicks * closed;
      trip.exitLots += closed;
      trip.realizedRaw += position.realizedByFillRaw;
      trip.feesRaw += closingFee;
      if (closed === magnitude(before)) this.#end(index, trip, fill.tsNs, reason(role));
    }
    if (opened > 0n) this.#add(index, fill, opened, fill.feeRaw - closingFee, after);
  }

  /** A leg that was closed tells by the side of its fill which one it was. */
  #indexOf({ instrument, lots }: PositionNotice, side: Side): number {
    if (this.#sides === 1) return instrument;
    const isLong = lots > 0n || (lots === 0n && side === 'sell');
    return instrument * 2 + (isLong ? 0 : 1);
  }

  #instrumentOf(index: number): number {
    return Math.floor(index / this.#sides);
  }

  /** Ends what is still open, valued at the marks; profits by side, marks by instrument. */
  close(tsNs: bigint, unrealizedRaw: readonly bigint[], markTicks: readonly bigint[]): void {
    for (const [index, trip] of this.#open.entries()) {
      if (trip === null) continue;
      const lots = magnitude(this.#lots[index] ?? 0n);
      trip.exitTickLots += (markTicks[this.#instrumentOf(index)] ?? 0n) * lots;
      trip.exitLots += lots;
      trip.realizedRaw += unrealizedRaw[index] ?? 0n;
      this.#end(index, trip, tsNs, 'end');
    }
  }

  #add(index: number, fill: FillNotice, lots: bigint, feeRaw: bigint, after: bigint): void {
    const trip: OpenTrip = this.#open[index] ?? {
      side: after > 0n ? 'long' : 'short',
      entryNs: fill.tsNs,
      entryBar: this.#events[this.#instrumentOf(index)] ?? 0,
      entryTickLots: 0n,
      entryLots: 0n,
      exitTickLots: 0n,
      exitLots: 0n,
      maxLots: 0n,
      realizedRaw: 0n,
      feesRaw: 0n,
    };
    trip.entryTickLots += fill.lastTicks * lots;
    trip.entryLots += lots;
    trip.feesRaw += feeRaw;
    trip.maxLots = magnitude(after) > trip.maxLots ? magnitude(after) : trip.maxLots;
    this.#open[index] = trip;
  }

  #end(index: number, trip: OpenTrip, tsNs: bigint, exitReason: ExitReason): void {
    this.#open[index] = null;
    const at = this.#instrumentOf(index);
    const instrument = instrumentAt(this.#instruments, at);
    const outcome = {
      side: trip.side,
      bars: (this.#events[at] ?? 0) - trip.entryBar,
      exitReason,
      pnlRaw: trip.realizedRaw - trip.feesRaw,
      feesRaw: trip.feesRaw,
    };
    const amount = (raw: bigint) => formatDecimal(raw, AMOUNT_SCALE);
    const tick = instrument.priceOfTicks(1n).toNumber();
    const average = (tickLots: bigint, lots: bigint) => (Number(tickLots) / Number(lots)) * tick;
    this.log.add(outcome, () => ({
      instrument: instrument.symbol,
      side: trip.side,
      entryTsMs: Number(trip.entryNs / 1_000_000n),
      exitTsMs: Number(tsNs / 1_000_000n),
      entryPx: average(trip.entryTickLots, trip.entryLots),
      exitPx: average(trip.exitTickLots, trip.exitLots),
      quantity: instrument.quantityOfLots(trip.maxLots).toString(),
      pnl: amount(outcome.pnlRaw),
      fees: amount(outcome.feesRaw),
      bars: outcome.bars,
      exitReason,
    }));
  }
}

function smaller(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}

function reason(role: OrderRole): ExitReason {
  // An order that was adopted from the venue was somebody's wish, as a strategy's is.
  return role === 'strategy' || role === 'external' ? 'signal' : role;
}
