import type { ControlCode } from '#ts/core/controls.generated.js';
import type { Command } from '#ts/native/command-memory.js';
import type { LimitsOptions } from '#ts/risk/limits.js';
import { DAY_NS, intentKey, type ReferenceAccount } from './reference-account.js';
import { portfolioCodes, type ToldPortfolio } from './reference-portfolio.js';

/**
 * The gate again, slow and obvious: every sum is added up anew for every order, nothing is kept between them. It judges
 * market and limit orders on instruments of one currency with a tick of a cent and a lot of one.
 */

const PARTS = 1_000_000n;
const CENT = 10n ** 16n;
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
  /** When executions disabled the strategy; null while they have not. */
  disabled: boolean;
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
): ReferenceVerdict {
  return new Judgement(world, command, nowNs).verdict();
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
  readonly #codes: ControlCode[] = [];
  readonly #isBuy: boolean;

  constructor(world: ReferenceWorld, command: Command, nowNs: bigint) {
    this.#world = world;
    this.#command = command;
    this.#nowNs = nowNs;
    this.#isBuy = command.side === 0;
  }

  verdict(): ReferenceVerdict {
    const reducing = this.#isReducing();
    this.#prices(reducing);
    if (!reducing) {
      this.#conditions();
      this.#behaviour();
      this.#losses();
      this.#sizes();
      this.#codes.push(...portfolioCodes(this.#world, this.#command, this.#nowNs));
    }
    return { codes: [...new Set(this.#codes)].sort(), reducing };
  }

  #deny(code: ControlCode, denied: boolean): void {
    if (denied) this.#codes.push(code);
  }

  /** A limit's value; undefined while it is off. */
  #limit(name: keyof LimitsOptions): string | undefined {
    const value = this.#world.limits[name];
    return value === undefined || value === 'unlimited' ? undefined : String(value);
  }

  #millionths(name: keyof LimitsOptions): bigint | undefined {
    const text = this.#limit(name);
    if (text === undefined) return undefined;
    const [whole = '0', rest = ''] = text.split('.');
    return BigInt(whole) * PARTS + BigInt(rest.padEnd(6, '0'));
  }

  #count(name: keyof LimitsOptions): bigint | undefined {
    const text = this.#limit(name);
    return text === undefined ? undefined : BigInt(text);
  }

  #ns(name: keyof LimitsOptions): bigint | undefined {
    const ms = this.#count(name);
    return ms === undefined ? undefined : ms * 1_000_000n;
  }

  #isReducing(): boolean {
    const { reduceOnly, instrument, lots } = this.#command;
    const held = this.#world.account.worst(instrument, null);
    if (reduceOnly) return this.#isBuy ? held.lots < 0n : held.lots > 0n;
    const left = this.#isBuy ? -(held.lots + held.buys) : held.lots - held.sells;
    return left > 0n && lots <= left;
  }

  #prices(reducing: boolean): void {
    const { instrument, limitTicks } = this.#command;
    const price = this.#world.account.priced(instrument);
    const band = this.#millionths('priceBandFracMax');
    const collar = this.#millionths('priceCollarFracMax');
    const age = this.#ns('priceAgeMsMax');
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
    const window = this.#ns('priceCollarWindowMsMin') ?? 0n;
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
    const accountAge = this.#ns('accountAgeMsMax');
    if (accountAge !== undefined) {
      const at = signals.accountAt;
      this.#deny('ACCOUNT_STALE', at === null || this.#nowNs - at > accountAge);
    }
    const intentAge = this.#ns('intentAgeMsMax');
    const price = account.priced(instrument);
    if (intentAge !== undefined) {
      this.#deny('INTENT_STALE', price === undefined || this.#nowNs - price.tsNs > intentAge);
    }
    const drift = this.#ns('clockDriftMsMax');
    if (drift !== undefined) {
      const offset = signals.clockOffsetNs;
      this.#deny('CLOCK_DRIFT_EXCEEDED', offset === null || abs(offset) > drift);
    }
    const open = this.#count('openOrdersMax');
    this.#deny('OPEN_ORDERS_EXCEEDED', open !== undefined && BigInt(account.open.size) >= open);
    const uncovered = this.#ns('stopUncoveredMsMax');
    const since = account.uncoveredSince[instrument] ?? null;
    this.#deny(
      'STOP_COVERAGE_MISSING',
      uncovered !== undefined && since !== null && this.#nowNs - since > uncovered,
    );
  }

  #behaviour(): void {
    const { account } = this.#world;
    const now = this.#nowNs;
    const perMinute = this.#count('ordersPerMinuteMax');
    const minute = account.sent.filter(({ tsNs }) => tsNs > now - 60_000_000_000n).length;
    this.#deny('ORDER_RATE_EXCEEDED', perMinute !== undefined && BigInt(minute) >= perMinute);
    const trades = this.#count('dailyTradesMax');
    const today = account.sent.filter(
      ({ tsNs, reducing }) => !reducing && tsNs / DAY_NS === now / DAY_NS,
    ).length;
    this.#deny('DAILY_TRADES_EXCEEDED', trades !== undefined && BigInt(today) >= trades);
    const window = this.#ns('duplicateWindowMsMin');
    const key = intentKey(this.#command);
    const twice = account.sent.some(
      ({ tsNs, intent }) => window !== undefined && intent === key && now - tsNs < window,
    );
    this.#deny('DUPLICATE_INTENT', twice);
    this.#deny('EXECUTIONS_THROTTLED', this.#world.disabled);
    this.#deny('MESSAGE_RATE_EXCEEDED', this.#isTalkative());
    const losses = this.#count('consecutiveLossesMax');
    let row = 0n;
    for (const { tsNs, sign } of account.closes) {
      if (tsNs / DAY_NS !== now / DAY_NS || tsNs < this.#world.signals.enabledAt) continue;
      row = sign < 0n ? row + 1n : sign > 0n ? 0n : row;
    }
    this.#deny('CONSECUTIVE_LOSSES', losses !== undefined && row >= losses);
  }

  /** Whether the bucket of a second's messages has no room beside its reserve. */
  #isTalkative(): boolean {
    const rate = this.#count('messagesPerSecondMax');
    if (rate === undefined) return false;
    const interval = 1_000_000_000n / rate;
    let used = 0n;
    let last = 0n;
    for (const ts of [...this.#world.account.messages, this.#nowNs]) {
      used = larger(used - (ts - last), 0n) + interval;
      last = ts;
    }
    const reserve = this.#millionths('cancelReserveFracMin') ?? 0n;
    const kept = (rate * reserve + PARTS - 1n) / PARTS;
    const usable = larger(rate - kept, 1n);
    return used > usable * interval;
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
      return marks
        .slice(first)
        .some(({ cents }) => cents < start && (start - cents) * PARTS >= start * limit);
    };
    const week = (tsNs: bigint) => (tsNs / DAY_NS + 3n) / 7n;
    const isToday = (tsNs: bigint) => tsNs / DAY_NS === last.tsNs / DAY_NS;
    const isThisWeek = (tsNs: bigint) => week(tsNs) === week(last.tsNs);
    this.#deny('DAILY_LOSS_EXCEEDED', lost(this.#millionths('dailyLossFracMax'), isToday));
    this.#deny('WEEKLY_LOSS_EXCEEDED', lost(this.#millionths('weeklyLossFracMax'), isThisWeek));
    this.#deny(
      'TOTAL_LOSS_EXCEEDED',
      lost(this.#millionths('totalLossFracMax'), () => true),
    );
    const hard = this.#millionths('drawdownFracMax');
    let peak = account.startCents;
    let fell = false;
    for (const { cents } of marks) {
      peak = larger(peak, cents);
      fell ||= hard !== undefined && (peak - cents) * PARTS > peak * hard;
    }
    this.#deny('DRAWDOWN_EXCEEDED', fell);
  }

  /** The part of every size that the present drawdown leaves, in millionths. */
  #cut(): bigint {
    const { account } = this.#world;
    const soft = this.#millionths('drawdownSoftFracMax');
    const hard = this.#millionths('drawdownFracMax');
    if (soft === undefined || hard === undefined) return PARTS;
    const peak = account.equities.reduce(
      (most, { cents }) => larger(most, cents),
      account.startCents,
    );
    const fall = peak - account.equity;
    if (fall * PARTS <= peak * soft) return PARTS;
    const left = larger(peak * hard - fall * PARTS, 0n);
    return (left * PARTS) / (peak * (hard - soft));
  }

  /** Denies a size past its limit, and says when only the drawdown has made the limit too small. */
  #bounded(code: ControlCode, passes: (cut: bigint) => boolean): void {
    const cut = this.#cut();
    if (passes(cut)) return;
    this.#codes.push(code);
    if (passes(PARTS)) this.#codes.push('DRAWDOWN_GUARD');
  }

  #sizes(): void {
    const { account, limits, assets, group } = this.#world;
    const { instrument, lots, limitTicks } = this.#command;
    const mark = account.mark(instrument);
    const amount = (name: keyof LimitsOptions, code: ControlCode, value: bigint) => {
      const limit = this.#limit(name);
      if (limit === undefined) return;
      this.#bounded(code, (cut) => value <= (BigInt(limit) * 10n ** 18n * cut) / PARTS);
    };
    amount('orderQtyMax', 'ORDER_QTY_EXCEEDED', lots * 10n ** 18n);
    if (mark === undefined) return;
    amount('orderNotionalQuoteMax', 'ORDER_NOTIONAL_EXCEEDED', lots * (limitTicks ?? mark) * CENT);
    this.#stopLoss(limitTicks ?? mark);
    const price = larger(mark, limitTicks ?? mark);
    const own = account.worst(instrument, { isBuy: this.#isBuy, lots });
    amount('positionQtyMax', 'POSITION_QTY_EXCEEDED', own.largest * 10n ** 18n);
    amount('positionNotionalQuoteMax', 'POSITION_NOTIONAL_EXCEEDED', own.largest * price * CENT);
    this.#deny(
      'SHORT_SALE_DENIED',
      limits.shortSaleDenied === true && !this.#isBuy && own.least < 0n,
    );
    const others = account.holdings.flatMap((_, index) => {
      if (index === instrument) return [];
      return [{ index, ticks: account.mark(index) ?? 0n, ...account.worst(index, null) }];
    });
    const sum = (values: readonly bigint[]) => values.reduce((total, each) => total + each, 0n);
    const power = this.#millionths('buyingPowerFracMax');
    if (power !== undefined && this.#isBuy) {
      const open = sum(others.map(({ buys, ticks }) => buys * ticks));
      const cost = open + account.worst(instrument, null).buys * mark + lots * price;
      const cash = larger(account.cash, 0n);
      this.#deny('BUYING_POWER_EXCEEDED', cost * PARTS > cash * power);
    }
    const { equity } = account;
    if (equity <= 0n) return;
    const share = (
      name: keyof LimitsOptions,
      code: ControlCode,
      value: bigint,
      { whole = equity, cuts = false } = {},
    ) => {
      const limit = this.#millionths(name);
      if (limit === undefined) return;
      const passes = (cut: bigint) =>
        value * PARTS <= (cuts ? (limit * cut) / PARTS : limit) * whole;
      this.#bounded(code, passes);
    };
    const position = own.largest * price;
    const gross = position + sum(others.map(({ largest, ticks }) => largest * ticks));
    share('positionFracMax', 'POSITION_LIMIT_EXCEEDED', position, { cuts: true });
    share('grossExposureFracMax', 'GROSS_EXPOSURE_EXCEEDED', gross, { cuts: true });
    share('leverageMax', 'LEVERAGE_EXCEEDED', gross);
    const whole = larger(gross, equity);
    share('concentrationFracMax', 'CONCENTRATION_EXCEEDED', position, { whole });
    const among = (isOf: (index: number) => boolean) =>
      position +
      sum(others.filter(({ index }) => isOf(index)).map((each) => each.largest * each.ticks));
    const asset = among((index) => assets[index] === assets[instrument]);
    share('assetExposureFracMax', 'ASSET_EXPOSURE_EXCEEDED', asset);
    if (group.has(instrument)) {
      share(
        'groupExposureFracMax',
        'GROUP_EXPOSURE_EXCEEDED',
        among((index) => group.has(index)),
      );
    }
    const long = own.most * price + sum(others.map(({ most, ticks }) => most * ticks));
    const short = own.least * price + sum(others.map(({ least, ticks }) => least * ticks));
    share('netExposureFracMax', 'NET_EXPOSURE_EXCEEDED', larger(abs(long), abs(short)));
  }

  #stopLoss(price: bigint): void {
    if (!this.#world.limits.stopLossRequired) return;
    const stop = this.#command.stopLossTicks;
    const protects = stop !== undefined && (this.#isBuy ? stop < price : stop > price);
    this.#deny('STOP_LOSS_REQUIRED', !protects);
  }
}
