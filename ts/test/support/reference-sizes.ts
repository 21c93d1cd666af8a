import type { ControlCode } from '#ts/core/controls.generated.js';
import type { Command } from '#ts/native/command-memory.js';
import type { LimitsOptions } from '#ts/risk/limits.js';
import type { ReferenceWorld } from './reference-gate.js';
import { AMOUNT_MAX, CENT, ReferenceLimits } from './reference-limits.js';
import { capitalCodes } from './reference-strategies.js';

/** How large an order may be, and what the account could come to hold with it, added up anew for every order. */

const PARTS = 1_000_000n;
const abs = (value: bigint) => (value < 0n ? -value : value);
const larger = (one: bigint, other: bigint) => (one > other ? one : other);

interface Sized {
  readonly nowNs: bigint;
  /** What of the order may fill. */
  readonly leaves: bigint;
}

/** What the limits of sizes deny of an order that may open something. */
export function sizeCodes(
  world: ReferenceWorld,
  command: Command,
  sized: Sized,
): readonly ControlCode[] {
  return new SizeJudgement(world, command, sized).codes();
}

class SizeJudgement {
  readonly #world: ReferenceWorld;
  readonly #command: Command;
  readonly #nowNs: bigint;
  readonly #leaves: bigint;
  readonly #of: ReferenceLimits;
  readonly #codes: ControlCode[] = [];
  readonly #isBuy: boolean;

  constructor(world: ReferenceWorld, command: Command, { nowNs, leaves }: Sized) {
    this.#world = world;
    this.#command = command;
    this.#nowNs = nowNs;
    this.#leaves = leaves;
    this.#of = new ReferenceLimits(world.limits);
    this.#isBuy = command.side === 0;
  }

  #deny(code: ControlCode, denied: boolean): void {
    if (denied) this.#codes.push(code);
  }

  get #filling(): Command {
    return { ...this.#command, lots: this.#leaves };
  }

  /** The part of every size that the present drawdown leaves, in millionths. */
  #cut(): bigint {
    const { account } = this.#world;
    const soft = this.#of.millionths('drawdownSoftFracMax');
    const hard = this.#of.millionths('drawdownFracMax');
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
    if (passes(this.#cut())) return;
    this.#codes.push(code);
    if (passes(PARTS)) this.#codes.push('DRAWDOWN_GUARD');
  }

  /** What governor and drawdown leave of a limit. */
  #cutLimit(limit: bigint, cut: bigint): bigint {
    return (((limit * this.#world.signals.governor) / PARTS) * cut) / PARTS;
  }

  codes(): readonly ControlCode[] {
    this.#sizes();
    return this.#codes;
  }

  #sizes(): void {
    const { account, limits, assets, group } = this.#world;
    const { instrument, lots, limitTicks } = this.#command;
    const leaves = this.#leaves;
    const mark = account.mark(instrument);
    const amount = (name: keyof LimitsOptions, code: ControlCode, value: bigint) => {
      const limit = this.#of.limit(name);
      if (limit === undefined) return;
      this.#bounded(code, (cut) => value <= this.#cutLimit(BigInt(limit) * 10n ** 18n, cut));
    };
    amount('orderQtyMax', 'ORDER_QTY_EXCEEDED', lots * 10n ** 18n);
    if (mark === undefined) return;
    if (lots * (limitTicks ?? mark) * CENT > AMOUNT_MAX) {
      // Nothing that comes after can be judged either.
      this.#codes.push('RISK_ARITHMETIC');
      return;
    }
    amount('orderNotionalQuoteMax', 'ORDER_NOTIONAL_EXCEEDED', lots * (limitTicks ?? mark) * CENT);
    this.#stopLoss(limitTicks ?? mark);
    const price = larger(mark, limitTicks ?? mark);
    this.#codes.push(...capitalCodes(this.#world, this.#filling, { price, nowNs: this.#nowNs }));
    const own = account.worst(instrument, { isBuy: this.#isBuy, lots: leaves });
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
    const power = this.#of.millionths('buyingPowerFracMax');
    if (power !== undefined && this.#isBuy) {
      const open = sum(others.map(({ buys, ticks }) => buys * ticks));
      const cost = open + account.worst(instrument, null).buys * mark + leaves * price;
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
      const limit = this.#of.millionths(name);
      if (limit === undefined) return;
      const passes = (cut: bigint) =>
        value * PARTS <= (cuts ? this.#cutLimit(limit, cut) : limit) * whole;
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
