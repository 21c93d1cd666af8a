import { z } from 'zod';

import type { Amount } from '../core/amount.js';
import { formatDecimal, parseDecimal } from '../core/decimal.js';
import { HoldfastError } from '../core/holdfast-error.js';
import { decimalText, parseConfig } from '../core/schema.js';
import { monotonicMs } from './monotonic-clock.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const fraction = z.union([z.literal('unlimited'), decimalText]);

const optionsSchema = z.strictObject({
  /** Loss since the day's opening equity ÷ that equity; once reached, no new trade until the next UTC day. */
  dailyLossFracMax: fraction,
  /** Fall of equity from its peak ÷ the peak; once passed, no new trade from this breaker. */
  drawdownFracMax: fraction,
  /** Orders in any 60 seconds; while it is reached, no new trade. */
  ordersPerMinuteMax: z.union([z.literal('unlimited'), z.number().int().min(1).max(100_000)]),
  /** Age of the last equity; an older one, or none, allows no new trade. */
  equityAgeMsMax: z.number().int().min(1).max(DAY_MS),
});

/** Every limit is a value or the word `unlimited`; none has a default. */
export type TradingBreakerOptions = z.input<typeof optionsSchema>;

/** One reason why no new trade starts. */
export interface TradingCondition {
  readonly name: 'daily_loss' | 'drawdown' | 'order_rate' | 'equity_stale' | 'equity_not_positive';
  readonly limit: string;
  readonly observed: string;
  /** When it ends by itself, milliseconds since 1970; undefined is never, or when equity is told. */
  readonly untilMs: number | undefined;
}

/** The state as a summary of a session shows it. */
export interface TradingBreakerSummary {
  readonly circuit_breaker_active: boolean;
  readonly conditions: readonly TradingCondition[];
  readonly equity: string | null;
  readonly day_opening_equity: string | null;
  readonly peak_equity: string | null;
  readonly orders_last_minute: number;
  readonly trips: number;
}

interface ExactFraction {
  readonly mantissa: bigint;
  readonly one: bigint;
  readonly text: string;
}

function exact(text: string): ExactFraction | undefined {
  if (text === 'unlimited') return undefined;
  const { mantissa, scale } = parseDecimal(text);
  const one = 10n ** BigInt(scale);
  if (mantissa <= 0n || mantissa > one) {
    throw new HoldfastError(
      'CONFIG_INVALID',
      `a fraction must be above 0 and at most 1, was ${text}`,
      {
        context: { value: text },
      },
    );
  }
  return { mantissa, one, text };
}

/** A fraction as text, rounded down to a millionth, to be read by people. */
function ratioText(part: bigint, whole: bigint): string {
  return whole > 0n ? formatDecimal((part * 1_000_000n) / whole, 6) : 'none';
}

/**
 * Halts new trades by itself when a day's loss, the drawdown or the rate of orders is dangerous (CB-20). No manual override
 * exists. It judges by what it is told: the equity, and each order.
 *
 * @example
 * const breaker = new TradingBreaker({
 *   dailyLossFracMax: '0.05', drawdownFracMax: '0.15', ordersPerMinuteMax: 10, equityAgeMsMax: 5_000,
 * });
 * breaker.observeEquity(equity);
 * if (breaker.allowRequest()) { breaker.observeOrder(); send(order); }
 */
export class TradingBreaker {
  readonly #dailyLoss: ExactFraction | undefined;
  readonly #drawdown: ExactFraction | undefined;
  readonly #ordersMax: number | undefined;
  readonly #equityAgeMsMax: number;
  readonly #clock: () => number;
  /** Times of the last orders, as many as the limit, oldest next to be written over. */
  readonly #orderTimes: Float64Array;
  #orders = 0;
  #nowMs = Number.NEGATIVE_INFINITY;
  #equity: Amount | undefined;
  #equityMs = 0;
  #day = Number.NEGATIVE_INFINITY;
  #opening: Amount | undefined;
  #peak: Amount | undefined;
  #lossDay: number | undefined;
  #lossSeen = '';
  #drawdownSeen: string | undefined;
  #wasActive = false;
  #trips = 0;

  /** @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY` */
  constructor(options: TradingBreakerOptions, clock: () => number = monotonicMs) {
    const given = parseConfig(optionsSchema, options, 'tradingBreaker', 'CONFIG_INVALID');
    this.#dailyLoss = exact(given.dailyLossFracMax);
    this.#drawdown = exact(given.drawdownFracMax);
    this.#ordersMax =
      given.ordersPerMinuteMax === 'unlimited' ? undefined : given.ordersPerMinuteMax;
    this.#equityAgeMsMax = given.equityAgeMsMax;
    this.#orderTimes = new Float64Array(this.#ordersMax ?? 1).fill(Number.NEGATIVE_INFINITY);
    this.#clock = clock;
  }

  /** Tells the equity, marked to the market. @throws HoldfastError `CURRENCY_MISMATCH` */
  observeEquity(equity: Amount): void {
    const nowMs = this.#now();
    const day = Math.floor(nowMs / DAY_MS);
    if (day !== this.#day) {
      // What was lost between the last mark of a day and the first of the next belongs to the next.
      this.#opening = this.#equity ?? equity;
      this.#day = day;
    }
    if (this.#peak === undefined || equity.compare(this.#peak) > 0) this.#peak = equity;
    this.#equity = equity;
    this.#equityMs = nowMs;
    this.#latchLoss(equity, day);
    this.#latchDrawdown(equity);
    this.#conditions();
  }

  /** Counts an order that is sent. */
  observeOrder(): void {
    this.#orderTimes[this.#orders % this.#orderTimes.length] = this.#now();
    this.#orders += 1;
    this.#conditions();
  }

  /** Tells whether a new trade may start; reducing orders need not ask. */
  allowRequest(): boolean {
    return this.#conditions().length === 0;
  }

  /**
   * Passes when a new trade may start.
   *
   * @throws HoldfastError `CIRCUIT_TRADING_OPEN` with every condition
   */
  demand(): void {
    const conditions = this.#conditions();
    if (conditions.length === 0) return;
    const names = conditions.map(({ name }) => name);
    throw new HoldfastError(
      'CIRCUIT_TRADING_OPEN',
      `the trading breaker must be closed for a new trade, is open: ${names.join(', ')}`,
      {
        context: {
          conditions: conditions.map(({ untilMs, ...rest }) => ({
            ...rest,
            untilMs: untilMs ?? null,
          })),
        },
      },
    );
  }

  summary(): TradingBreakerSummary {
    const conditions = this.#conditions();
    return {
      circuit_breaker_active: conditions.length > 0,
      conditions,
      equity: this.#equity?.toString() ?? null,
      day_opening_equity: this.#opening?.toString() ?? null,
      peak_equity: this.#peak?.toString() ?? null,
      orders_last_minute: this.#recentOrders(this.#now()),
      trips: this.#trips,
    };
  }

  /** A clock that goes back stands still here. */
  #now(): number {
    const nowMs = this.#clock();
    if (nowMs > this.#nowMs) this.#nowMs = nowMs;
    return this.#nowMs;
  }

  #latchLoss(equity: Amount, day: number): void {
    const limit = this.#dailyLoss;
    const opening = this.#opening;
    if (limit === undefined || opening === undefined || this.#lossDay === day) return;
    const loss = opening.raw - equity.raw;
    if (opening.raw <= 0n || loss * limit.one < limit.mantissa * opening.raw) return;
    this.#lossDay = day;
    this.#lossSeen = ratioText(loss, opening.raw);
  }

  #latchDrawdown(equity: Amount): void {
    const limit = this.#drawdown;
    const peak = this.#peak;
    if (limit === undefined || peak === undefined || this.#drawdownSeen !== undefined) return;
    const fall = peak.raw - equity.raw;
    if (peak.raw <= 0n || fall * limit.one <= limit.mantissa * peak.raw) return;
    this.#drawdownSeen = ratioText(fall, peak.raw);
  }

  #recentOrders(nowMs: number): number {
    return this.#orderTimes.reduce((count, at) => (nowMs - at < MINUTE_MS ? count + 1 : count), 0);
  }

  #conditions(): readonly TradingCondition[] {
    const nowMs = this.#now();
    const conditions = [...this.#equityConditions(nowMs), ...this.#orderConditions(nowMs)];
    const isActive = conditions.length > 0;
    if (isActive && !this.#wasActive) this.#trips += 1;
    this.#wasActive = isActive;
    return conditions;
  }

  #equityConditions(nowMs: number): readonly TradingCondition[] {
    if (this.#dailyLoss === undefined && this.#drawdown === undefined) return [];
    const found: TradingCondition[] = [];
    const ageMs = this.#equity === undefined ? undefined : nowMs - this.#equityMs;
    if (ageMs === undefined || ageMs > this.#equityAgeMsMax) {
      const limit = `${this.#equityAgeMsMax} ms`;
      const observed = ageMs === undefined ? 'none' : `${ageMs} ms`;
      found.push({ name: 'equity_stale', limit, observed, untilMs: undefined });
    }
    if (this.#equity !== undefined && this.#equity.raw <= 0n) {
      const observed = this.#equity.toString();
      found.push({ name: 'equity_not_positive', limit: '0', observed, untilMs: undefined });
    }
    const day = Math.floor(nowMs / DAY_MS);
    if (this.#dailyLoss !== undefined && this.#lossDay === day) {
      const [limit, untilMs] = [this.#dailyLoss.text, (day + 1) * DAY_MS];
      found.push({ name: 'daily_loss', limit, observed: this.#lossSeen, untilMs });
    }
    if (this.#drawdown !== undefined && this.#drawdownSeen !== undefined) {
      const limit = this.#drawdown.text;
      found.push({ name: 'drawdown', limit, observed: this.#drawdownSeen, untilMs: undefined });
    }
    return found;
  }

  #orderConditions(nowMs: number): readonly TradingCondition[] {
    const max = this.#ordersMax;
    if (max === undefined) return [];
    const recent = this.#recentOrders(nowMs);
    if (recent < max) return [];
    const oldest = this.#orderTimes[this.#orders % max] ?? nowMs;
    const untilMs = oldest + MINUTE_MS;
    return [{ name: 'order_rate', limit: String(max), observed: String(recent), untilMs }];
  }
}
