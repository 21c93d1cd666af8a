import { AMOUNT_SCALE, Amount } from '../core/amount.js';
import { formatDecimal } from '../core/decimal.js';
import { instrumentAt } from '../core/instrument-at.js';
import type { Instrument } from '../core/instrument.js';
import type { ClosedNotice } from '../native/closed-notice.js';
import type { OpenTripSnapshot } from '../native/native-session.js';
import type { PositionNotice } from '../native/notice-reader.js';
import { type OrderReason, reasonOf } from './order-reason.js';
import { RoundTripLog } from './report/round-trip-log.js';
import type { ExitReason } from './session-result.js';

/** How a run ended for a trip that was open. */
export interface RunEnd {
  readonly tsNs: bigint;
  readonly markTicks: bigint;
  /** Profit of what is open, at the mark. */
  readonly unrealized: Amount;
}

/** What a trip came to, in sums. */
interface Outcome {
  readonly instrument: number;
  readonly side: 'long' | 'short';
  readonly openedNs: bigint;
  readonly tsNs: bigint;
  readonly entryTickLots: bigint;
  readonly exitTickLots: bigint;
  readonly lots: bigint;
  readonly mostLots: bigint;
  readonly pnlRaw: bigint;
  readonly feesRaw: bigint;
  readonly exitReason: ExitReason;
}

/**
 * Gathers the round trips that the native core tells, with what it does not know: the bars that each lasted. Those that are
 * open at the end of a run are ended by it, at their marks.
 */
export class RoundTripTracker {
  readonly log = new RoundTripLog();
  readonly #instruments: readonly Instrument[];
  /** Market events of each instrument so far. */
  readonly #events: number[];
  /** Market events of its instrument before each open trip; the long ones by instrument, then the short ones. */
  readonly #entries: (number | undefined)[];

  constructor(instruments: readonly Instrument[]) {
    this.#instruments = instruments;
    this.#events = instruments.map(() => 0);
    this.#entries = Array.from({ length: instruments.length * 2 }, () => undefined);
  }

  /** Counts a bar or a tick of an instrument. */
  onMark(instrument: number): void {
    this.#events[instrument] = (this.#events[instrument] ?? 0) + 1;
  }

  /** Notes when a trip begins; one that a fill turns over is still open until it is told to be closed. */
  onPosition({ instrument, lots }: PositionNotice): void {
    if (lots === 0n) return;
    this.#entries[this.#place(instrument, lots > 0n ? 'long' : 'short')] ??=
      this.#events[instrument];
  }

  onClosed(notice: ClosedNotice): void {
    const { instrument, side, openedNs, tsNs, entryTickLots, exitTickLots } = notice;
    const { lots, mostLots, pnlRaw, feesRaw } = notice;
    const sums = { entryTickLots, exitTickLots, lots, mostLots, pnlRaw, feesRaw };
    const exitReason = tableReason(reasonOf(notice.role));
    this.#end({ instrument, side, openedNs, tsNs, ...sums, exitReason });
  }

  /** Ends a trip that is open when the run ends. */
  onEnd(trip: OpenTripSnapshot, { tsNs, markTicks, unrealized }: RunEnd): void {
    const lots = BigInt(trip.entry_lots);
    const left = lots - BigInt(trip.exit_lots);
    const feesRaw = Amount.parse(trip.fees, '').raw;
    this.#end({
      instrument: trip.instrument,
      side: trip.side,
      openedNs: BigInt(trip.opened_ns),
      tsNs,
      entryTickLots: BigInt(trip.entry_tick_lots),
      exitTickLots: BigInt(trip.exit_tick_lots) + markTicks * left,
      lots,
      mostLots: BigInt(trip.most_lots),
      pnlRaw: Amount.parse(trip.realized, '').raw + unrealized.raw - feesRaw,
      feesRaw,
      exitReason: 'end',
    });
  }

  #place(instrument: number, side: 'long' | 'short'): number {
    return side === 'long' ? instrument : this.#instruments.length + instrument;
  }

  #end(trip: Outcome): void {
    const instrument = instrumentAt(this.#instruments, trip.instrument);
    const place = this.#place(trip.instrument, trip.side);
    const { side, exitReason, pnlRaw, feesRaw, lots } = trip;
    const bars = (this.#events[trip.instrument] ?? 0) - (this.#entries[place] ?? 0);
    this.#entries[place] = undefined;
    const amount = (raw: bigint) => formatDecimal(raw, AMOUNT_SCALE);
    const tick = instrument.priceOfTicks(1n).toNumber();
    const average = (tickLots: bigint) => (Number(tickLots) / Number(lots)) * tick;
    this.log.add({ side, bars, exitReason, pnlRaw, feesRaw }, () => ({
      instrument: instrument.symbol,
      side,
      entryTsMs: Number(trip.openedNs / 1_000_000n),
      exitTsMs: Number(trip.tsNs / 1_000_000n),
      entryPx: average(trip.entryTickLots),
      exitPx: average(trip.exitTickLots),
      quantity: instrument.quantityOfLots(trip.mostLots).toString(),
      pnl: amount(pnlRaw),
      fees: amount(feesRaw),
      bars,
      exitReason,
    }));
  }
}

/** An order that was adopted from the venue was somebody's wish, as a strategy's is. */
function tableReason(reason: OrderReason): ExitReason {
  return reason === 'external' ? 'signal' : reason;
}
