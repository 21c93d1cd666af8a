import type { Amount } from '../core/amount.js';
import { HoldfastError } from '../core/holdfast-error.js';
import { FeeRate } from './fee-rate.js';

/** A funding rate as a venue tells it: longs pay shorts a share of the notional, once an interval. */
export interface FundingRate {
  readonly symbol: string;
  /** Fraction of the notional; negative when shorts pay. */
  readonly rate: string;
  readonly intervalMs: number;
  /** When it was told. */
  readonly atMs: number;
}

interface Tracked {
  readonly rate: FeeRate;
  readonly intervalMs: number;
  readonly atMs: number;
}

/** Most instruments whose rates are tracked. */
const SYMBOLS_MAX = 10_000;

/** The latest funding rates, and what holding a position costs by them (FEE-04). */
export class FundingRates {
  readonly #ageMsMax: number;
  readonly #bySymbol = new Map<string, Tracked>();

  /** Takes the age beyond which a rate is not used. */
  constructor(ageMsMax: number) {
    if (!(ageMsMax > 0)) {
      throw new HoldfastError('ARGUMENT_INVALID', `ageMsMax must be positive, was ${ageMsMax}`);
    }
    this.#ageMsMax = ageMsMax;
  }

  /** Keeps a rate unless a later one is known. @throws HoldfastError `ARGUMENT_INVALID`, `CAPACITY_EXHAUSTED` */
  observe({ symbol, rate, intervalMs, atMs }: FundingRate): void {
    if (!(intervalMs > 0) || !Number.isFinite(atMs)) {
      throw new HoldfastError(
        'ARGUMENT_INVALID',
        'a funding rate must have an interval and a time',
        {
          context: { symbol, intervalMs, atMs },
        },
      );
    }
    const known = this.#bySymbol.get(symbol);
    if (known !== undefined && known.atMs > atMs) return;
    if (known === undefined && this.#bySymbol.size >= SYMBOLS_MAX) {
      throw new HoldfastError('CAPACITY_EXHAUSTED', `at most ${SYMBOLS_MAX} rates are tracked`);
    }
    this.#bySymbol.set(symbol, { rate: FeeRate.parse(rate), intervalMs, atMs });
  }

  /**
   * What holding a notional costs over the intervals that end while it is held; negative is income.
   *
   * @throws HoldfastError `FUNDING_RATE_STALE`
   */
  cost(
    symbol: string,
    position: { readonly side: 'buy' | 'sell'; readonly notional: Amount; readonly holdMs: number },
    nowMs: number,
  ): Amount {
    const tracked = this.#bySymbol.get(symbol);
    const ageMs = tracked === undefined ? undefined : nowMs - tracked.atMs;
    if (tracked === undefined || ageMs === undefined || ageMs > this.#ageMsMax) {
      throw new HoldfastError(
        'FUNDING_RATE_STALE',
        `the funding rate of ${symbol} must be at most ${this.#ageMsMax} ms old, was ${ageMs ?? 'never told'}`,
        { context: { symbol, ageMs: ageMs ?? null, ageMsMax: this.#ageMsMax } },
      );
    }
    const intervals = BigInt(Math.floor(Math.max(0, position.holdMs) / tracked.intervalMs));
    const paid = tracked.rate.of(
      position.side === 'buy' ? position.notional : position.notional.negated(),
    );
    return paid.times(intervals);
  }
}
