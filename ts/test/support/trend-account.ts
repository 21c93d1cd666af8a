import { rawOfAmount } from '#ts/engine/report/amount-text.js';
import { RoundTripLog } from '#ts/engine/report/round-trip-log.js';
import type { ExitReason, FillMark, RoundTrip } from '#ts/engine/session-result.js';

const FEE_FRAC = 0.0002;
const SLIPPAGE_FRAC = 0.0003;

interface OpenTrip {
  readonly entryTsMs: number;
  readonly entryBar: number;
  bought: number;
  boughtQty: number;
  sold: number;
  soldQty: number;
  largest: number;
  fees: number;
}

/**
 * A float account for one long instrument: enough to make a realistic result for the report's
 * tests.
 */
export class TrendAccount {
  cash: number;
  quantity = 0;
  fees = 0;
  slippage = 0;
  turnover = 0;
  realized = 0;
  averagePx = 0;
  readonly marks: FillMark[] = [];
  readonly trips = new RoundTripLog();
  readonly #symbol: string;
  #trip: OpenTrip | null = null;

  constructor(symbol: string, cash: number) {
    this.#symbol = symbol;
    this.cash = cash;
  }

  trade(fill: {
    readonly tsMs: number;
    readonly bar: number;
    readonly px: number;
    readonly change: number;
    readonly reason: ExitReason;
  }): void {
    const { change } = fill;
    if (change === 0) return;
    const px = fill.px * (1 + Math.sign(change) * SLIPPAGE_FRAC);
    const notional = Math.abs(change) * px;
    const fee = notional * FEE_FRAC;
    this.fees += fee;
    this.slippage += Math.abs(change) * Math.abs(px - fill.px);
    this.turnover += notional;
    this.cash -= change * px + fee;
    if (change > 0) {
      this.averagePx = (this.averagePx * this.quantity + notional) / (this.quantity + change);
    } else {
      this.realized += (px - this.averagePx) * -change;
    }
    this.quantity = Math.round((this.quantity + change) * 100) / 100;
    this.marks.push({
      tsMs: fill.tsMs,
      instrument: this.#symbol,
      side: change > 0 ? 'buy' : 'sell',
      px,
      qty: Math.abs(change),
      reason: fill.reason,
    });
    this.#follow(fill, { px, fee });
  }

  #follow(
    fill: {
      readonly tsMs: number;
      readonly bar: number;
      readonly change: number;
      readonly reason: ExitReason;
    },
    paid: { readonly px: number; readonly fee: number },
  ): void {
    const trip = (this.#trip ??= {
      entryTsMs: fill.tsMs,
      entryBar: fill.bar,
      bought: 0,
      boughtQty: 0,
      sold: 0,
      soldQty: 0,
      largest: 0,
      fees: 0,
    });
    trip.fees += paid.fee;
    if (fill.change > 0) {
      trip.bought += fill.change * paid.px;
      trip.boughtQty += fill.change;
    } else {
      trip.sold -= fill.change * paid.px;
      trip.soldQty -= fill.change;
    }
    trip.largest = Math.max(trip.largest, this.quantity);
    if (this.quantity !== 0) return;
    this.#trip = null;
    this.averagePx = 0;
    const record: RoundTrip = {
      instrument: this.#symbol,
      side: 'long',
      entryTsMs: trip.entryTsMs,
      exitTsMs: fill.tsMs,
      entryPx: trip.bought / trip.boughtQty,
      exitPx: trip.sold / trip.soldQty,
      quantity: trip.largest.toFixed(2),
      pnl: (trip.sold - trip.bought - trip.fees).toFixed(2),
      fees: trip.fees.toFixed(2),
      bars: fill.bar - trip.entryBar,
      exitReason: fill.reason,
    };
    const [pnlRaw, feesRaw] = [rawOfAmount(record.pnl), rawOfAmount(record.fees)];
    this.trips.add({ ...record, pnlRaw, feesRaw }, () => record);
  }
}
