import type { ControlCode } from '#ts/core/controls.generated.js';
import type { Command } from '#ts/native/command-memory.js';
import type { LimitsOptions } from '#ts/risk/limits.js';
import { DAY_NS, intentKey, type ReferenceAccount } from './reference-account.js';
import { portfolioCodes, type ToldPortfolio } from './reference-portfolio.js';
import { openingRuleCodes, type ReferenceRules, ruleCodes } from './reference-rules.js';
import { ReferenceLimits } from './reference-limits.js';
import { sizeCodes } from './reference-sizes.js';
import { isBucketEmpty, type ReferenceCapital } from './reference-strategies.js';

/**
 * The gate again, slow and obvious: every sum is added up anew for every order, nothing is kept between them. It judges
 * market and limit orders on instruments of one currency with a tick of a cent and a lot of one.
 */

const PARTS = 1_000_000n;
/** Codes of controls that a smaller order may pass. */
export const SIZE_CODES: ReadonlySet<string> = new Set<ControlCode>([
  'ORDER_QTY_EXCEEDED',
  'ORDER_NOTIONAL_EXCEEDED',
  'POSITION_LIMIT_EXCEEDED',
  'GROSS_EXPOSURE_EXCEEDED',
  'POSITION_QTY_EXCEEDED',
  'POSITION_NOTIONAL_EXCEEDED',
  'NET_EXPOSURE_EXCEEDED',
  'ASSET_EXPOSURE_EXCEEDED',
  'GROUP_EXPOSURE_EXCEEDED',
  'CONCENTRATION_EXCEEDED',
  'LEVERAGE_EXCEEDED',
  'BUYING_POWER_EXCEEDED',
  'DRAWDOWN_GUARD',
  'SHORT_SALE_DENIED',
  'CAPITAL_ALLOCATION_EXCEEDED',
  'QTY_ABOVE_MAX',
  'NOTIONAL_ABOVE_MAX',
  'MARGIN_INSUFFICIENT',
  'RISK_ARITHMETIC',
  'VAR_EXCEEDED',
  'CVAR_EXCEEDED',
]);

const abs = (value: bigint) => (value < 0n ? -value : value);
const larger = (one: bigint, other: bigint) => (one > other ? one : other);

/** What signals have told the gate. */
export interface ReferenceSignals {
  halted: Set<number>;
  breakers: number;
  accountAt: bigint | null;
  clockOffsetNs: bigint | null;
  enabledAt: bigint;
  /** What the risk governor permits of every size, in millionths. */
  governor: bigint;
}

export interface ReferenceWorld {
  readonly limits: LimitsOptions;
  /** Base currency of each instrument, and the instruments of the only group. */
  readonly assets: readonly string[];
  readonly group: ReadonlySet<number>;
  readonly account: ReferenceAccount;
  readonly signals: ReferenceSignals;
  /** What the gate was told of the portfolio. */
  readonly told: ToldPortfolio;
  readonly capital: ReferenceCapital;
  /** What instruments and account ask besides the limits; null where nothing does. */
  readonly rules: ReferenceRules | null;
  /** Strategies that their executions have disabled. */
  readonly disabled: Set<number>;
}

/** What of an order may still fill when it is an amendment, and whether that only takes quantity away. */
export interface AmendedOrder {
  readonly leaves: bigint;
  /** What it has reserved, which the account is seen without. */
  readonly reserved: bigint;
  readonly lessens: boolean;
}

export interface ReferenceVerdict {
  readonly codes: readonly ControlCode[];
  readonly reducing: boolean;
}

/** Judges an order. */
export function referenceVerdict(
  world: ReferenceWorld,
  command: Command,
  nowNs: bigint,
  amended: AmendedOrder | null = null,
): ReferenceVerdict {
  return new Judgement(world, command, { nowNs, amended }).verdict();
}

/** The largest smaller quantity that passes, by trying all of them; null when the order was not denied for its size. */
export function referenceSuggestion(
  world: ReferenceWorld,
  command: Command,
  nowNs: bigint,
): bigint | null {
  const { codes } = referenceVerdict(world, command, nowNs);
  if (codes.length === 0 || !codes.every((code) => SIZE_CODES.has(code))) return null;
  for (let lots = command.lots - 1n; lots > 0n; lots -= 1n) {
    if (referenceVerdict(world, { ...command, lots }, nowNs).codes.length === 0) return lots;
  }
  return null;
}

class Judgement {
  readonly #world: ReferenceWorld;
  readonly #command: Command;
  readonly #nowNs: bigint;
  readonly #amended: AmendedOrder | null;
  readonly #of: ReferenceLimits;
  readonly #codes: ControlCode[] = [];
  readonly #isBuy: boolean;
  /** What could fill of it. */
  readonly #leaves: bigint;

  constructor(
    world: ReferenceWorld,
    command: Command,
    { nowNs, amended }: { readonly nowNs: bigint; readonly amended: AmendedOrder | null },
  ) {
    this.#world = world;
    this.#command = command;
    this.#of = new ReferenceLimits(world.limits);
    this.#nowNs = nowNs;
    this.#amended = amended;
    this.#isBuy = command.side === 0;
    this.#leaves = amended?.leaves ?? command.lots;
  }

  verdict(): ReferenceVerdict {
    const lessens = this.#amended?.lessens === true;
    const reducing = lessens || this.#isReducing();
    const rules = this.#world.rules === null ? null : { ...this.#world, rules: this.#world.rules };
    const order = {
      command: this.#filling,
      whole: this.#command.lots,
      reducing,
      lessens,
      reserved: this.#amended?.reserved ?? 0n,
      nowNs: this.#nowNs,
    };
    if (rules !== null) this.#codes.push(...ruleCodes(rules, order));
    if (!lessens) this.#prices(reducing);
    if (!reducing) {
      this.#conditions();
      this.#behaviour();
      this.#losses();
      this.#codes.push(
        ...sizeCodes(this.#world, this.#command, { nowNs: this.#nowNs, leaves: this.#leaves }),
      );
      if (rules !== null) this.#codes.push(...openingRuleCodes(rules, order));
      this.#codes.push(...portfolioCodes(this.#world, this.#filling, this.#nowNs));
    }
    return { codes: [...new Set(this.#codes)].sort(), reducing };
  }

  /** The order with the quantity that could fill. */
  get #filling(): Command {
    return { ...this.#command, lots: this.#leaves };
  }

  #deny(code: ControlCode, denied: boolean): void {
    if (denied) this.#codes.push(code);
  }

  #isReducing(): boolean {
    const { reduceOnly, instrument } = this.#command;
    const lots = this.#leaves;
    const held = this.#world.account.worst(instrument, null);
    if (reduceOnly) return this.#isBuy ? held.lots < 0n : held.lots > 0n;
    const left = this.#isBuy ? -(held.lots + held.buys) : held.lots - held.sells;
    return left > 0n && lots <= left;
  }

  #prices(reducing: boolean): void {
    const { instrument, limitTicks } = this.#command;
    const price = this.#world.account.priced(instrument);
    const band = this.#of.millionths('priceBandFracMax');
    const collar = this.#of.millionths('priceCollarFracMax');
    const age = this.#of.ns('priceAgeMsMax');
    const bounded = band !== undefined || collar !== undefined;
    if (!reducing || (limitTicks !== undefined && bounded)) {
      const isOld = price !== undefined && age !== undefined && this.#nowNs - price.tsNs > age;
      this.#deny('PRICE_STALE', price === undefined || isOld);
    }
    const outside = (from: bigint, at: bigint, frac: bigint) =>
      abs(at - from) * PARTS > from * frac;
    if (limitTicks !== undefined && price !== undefined && band !== undefined) {
      this.#deny('PRICE_BAND_EXCEEDED', outside(price.ticks, limitTicks, band));
    }
    const at = limitTicks ?? price?.ticks;
    if (collar === undefined || at === undefined || (reducing && limitTicks === undefined)) return;
    const anchors = this.#anchors(instrument);
    this.#deny(
      'PRICE_COLLAR_EXCEEDED',
      anchors.length === 0 || anchors.some((anchor) => outside(anchor, at, collar)),
    );
  }

  /** Where the market stood when the running window began, and the one before it, where they follow each other. */
  #anchors(instrument: number): bigint[] {
    const window = this.#of.ns('priceCollarWindowMsMin') ?? 0n;
    const windows: { readonly ticks: bigint; readonly began: bigint }[] = [];
    for (const price of this.#world.account.prices) {
      const last = windows.at(-1);
      if (price.instrument !== instrument) continue;
      if (last === undefined || price.tsNs - last.began >= window) {
        windows.push({ ticks: price.ticks, began: price.tsNs });
      }
    }
    const [running, before] = [windows.at(-1), windows.at(-2)];
    if (running === undefined) return [];
    const follows = before !== undefined && running.began - before.began < 2n * window;
    return follows ? [running.ticks, before.ticks] : [running.ticks];
  }

  #conditions(): void {
    const { limits, account, signals } = this.#world;
    const { instrument } = this.#command;
    this.#deny('INSTRUMENT_RESTRICTED', limits.restricted === true);
    this.#deny('INSTRUMENT_HALTED', signals.halted.has(instrument));
    this.#deny('BREAKER_OPEN', signals.breakers !== 0);
    const accountAge = this.#of.ns('accountAgeMsMax');
    if (accountAge !== undefined) {
      const at = signals.accountAt;
      this.#deny('ACCOUNT_STALE', at === null || this.#nowNs - at > accountAge);
    }
    const intentAge = this.#of.ns('intentAgeMsMax');
    const told = this.#command.terms?.causeNs;
    if (intentAge !== undefined && this.#amended === null) {
      const cause = told ?? account.priced(instrument)?.tsNs;
      this.#deny('INTENT_STALE', cause === undefined || this.#nowNs - cause > intentAge);
    }
    const drift = this.#of.ns('clockDriftMsMax');
    if (drift !== undefined) {
      const offset = signals.clockOffsetNs;
      const ahead = (told ?? this.#nowNs) - this.#nowNs;
      this.#deny('CLOCK_DRIFT_EXCEEDED', offset === null || larger(abs(offset), ahead) > drift);
    }
    const open = this.#of.count('openOrdersMax');
    this.#deny('OPEN_ORDERS_EXCEEDED', open !== undefined && BigInt(account.open.size) >= open);
    const uncovered = this.#of.ns('stopUncoveredMsMax');
    const since = account.uncoveredSince[instrument] ?? null;
    this.#deny(
      'STOP_COVERAGE_MISSING',
      uncovered !== undefined && since !== null && this.#nowNs - since > uncovered,
    );
  }

  #behaviour(): void {
    const { account } = this.#world;
    const now = this.#nowNs;
    const perMinute = this.#of.count('ordersPerMinuteMax');
    const minute = account.sent.filter(({ tsNs }) => tsNs > now - 60_000_000_000n).length;
    this.#deny('ORDER_RATE_EXCEEDED', perMinute !== undefined && BigInt(minute) >= perMinute);
    const trades = this.#of.count('dailyTradesMax');
    const today = account.sent.filter(
      ({ tsNs, reducing }) => !reducing && tsNs / DAY_NS === now / DAY_NS,
    ).length;
    const isOrder = this.#amended === null;
    this.#deny('DAILY_TRADES_EXCEEDED', isOrder && trades !== undefined && BigInt(today) >= trades);
    const window = this.#of.ns('duplicateWindowMsMin');
    const key = intentKey(this.#command);
    const twice = account.sent.some(
      ({ tsNs, intent }) => window !== undefined && intent === key && now - tsNs < window,
    );
    this.#deny('DUPLICATE_INTENT', isOrder && twice);
    const { strategy } = this.#command;
    const throttled = this.#of.limit('executionsMax') !== undefined;
    this.#deny('EXECUTIONS_THROTTLED', throttled && this.#world.disabled.has(strategy));
    const own = account.messages.filter((message) => message.strategy === strategy);
    const isTalkative = (name: keyof LimitsOptions, messages: typeof own) => {
      const perSecond = this.#of.count(name);
      if (perSecond === undefined) return false;
      const reserve = this.#of.millionths('cancelReserveFracMin') ?? 0n;
      return isBucketEmpty(messages, { perSecond, reserve, nowNs: now });
    };
    this.#deny('MESSAGE_RATE_EXCEEDED', isTalkative('messagesPerSecondMax', account.messages));
    this.#deny('STRATEGY_MESSAGE_RATE_EXCEEDED', isTalkative('strategyMessagesPerSecondMax', own));
    const losses = this.#of.count('consecutiveLossesMax');
    let row = 0n;
    for (const { tsNs, sign } of account.closes) {
      if (tsNs / DAY_NS !== now / DAY_NS || tsNs < this.#world.signals.enabledAt) continue;
      row = sign < 0n ? row + 1n : sign > 0n ? 0n : row;
    }
    this.#deny('CONSECUTIVE_LOSSES', losses !== undefined && row >= losses);
  }

  #losses(): void {
    const { account } = this.#world;
    const marks = account.equities;
    const last = marks.at(-1);
    this.#deny('ACCOUNT_UNAVAILABLE', account.equity <= 0n);
    if (last === undefined) return;
    const lost = (limit: bigint | undefined, isOf: (tsNs: bigint) => boolean) => {
      if (limit === undefined) return false;
      const first = marks.findIndex(({ tsNs }) => isOf(tsNs));
      const start = marks[first - 1]?.cents ?? account.startCents;
      // Of nothing there is no fraction; that there is no equity is a denial of its own.
      if (start <= 0n) return false;
      return marks
        .slice(first)
        .some(({ cents }) => cents < start && (start - cents) * PARTS >= start * limit);
    };
    const week = (tsNs: bigint) => (tsNs / DAY_NS + 3n) / 7n;
    const isToday = (tsNs: bigint) => tsNs / DAY_NS === last.tsNs / DAY_NS;
    const isThisWeek = (tsNs: bigint) => week(tsNs) === week(last.tsNs);
    this.#deny('DAILY_LOSS_EXCEEDED', lost(this.#of.millionths('dailyLossFracMax'), isToday));
    this.#deny('WEEKLY_LOSS_EXCEEDED', lost(this.#of.millionths('weeklyLossFracMax'), isThisWeek));
    this.#deny(
      'TOTAL_LOSS_EXCEEDED',
      lost(this.#of.millionths('totalLossFracMax'), () => true),
    );
    const hard = this.#of.millionths('drawdownFracMax');
    let peak = account.startCents;
    let fell = false;
    for (const { cents } of marks) {
      peak = larger(peak, cents);
      fell ||= hard !== undefined && (peak - cents) * PARTS > peak * hard;
    }
    this.#deny('DRAWDOWN_EXCEEDED', fell);
  }
}
