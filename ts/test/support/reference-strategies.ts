import type { ControlCode } from '#ts/core/controls.generated.js';
import type { Command } from '#ts/native/command-memory.js';
import type { CapitalPlan } from '#ts/risk/capital-governor.js';
import type { LimitsOptions } from '#ts/risk/limits.js';
import type { ReferenceAccount, StrategyAct } from './reference-account.js';

/** What single strategies may do, said again slowly: their messages, their executions and their capital. */

const PARTS = 1_000_000n;
const SECOND_NS = 1_000_000_000n;

const larger = (one: bigint, other: bigint) => (one > other ? one : other);
const smaller = (one: bigint, other: bigint) => (one < other ? one : other);

/** What a strategy is allocated: a share of equity in millionths, and at most so many cents. */
export interface Share {
  readonly parts: bigint;
  readonly capCents: bigint | null;
}

/** A plan of fixed shares or amounts, by strategy. */
export type SharePlan = readonly ({ readonly frac: bigint } | { readonly cents: bigint })[];

/** The plan as native code reads it. */
export function planRecord(plan: SharePlan): CapitalPlan {
  return {
    rule: 'fixed',
    reserve_frac: '0',
    strategies: plan.map((each) =>
      'frac' in each
        ? { frac: (Number(each.frac) / Number(PARTS)).toFixed(6) }
        : { amount: (Number(each.cents) / 100).toFixed(2) },
    ),
  };
}

/** Capital among the strategies: what a plan takes away holds at once, what it gives waits for the delay of the limits. */
export class ReferenceCapital {
  readonly #delayNs: bigint;
  #current: readonly Share[] | null = null;
  #coming: { readonly atNs: bigint; readonly shares: readonly Share[] } | null = null;

  constructor(delayNs: bigint) {
    this.#delayNs = delayNs;
  }

  plan(plan: SharePlan, { equity, nowNs }: { readonly equity: bigint; readonly nowNs: bigint }) {
    const target = plan.map((each): Share => {
      if ('frac' in each) return { parts: each.frac, capCents: null };
      return { parts: (each.cents * PARTS + equity - 1n) / equity, capCents: each.cents };
    });
    const held = this.#at(nowNs);
    if (held === null) {
      this.#current = target;
      return;
    }
    const lower = target.map((share, place) => stricter(share, held[place] ?? share));
    const isLower = lower.every(
      ({ parts, capCents }, place) =>
        parts === target[place]?.parts && capCents === target[place].capCents,
    );
    this.#coming = isLower ? null : { atNs: nowNs + this.#delayNs, shares: target };
    this.#current = lower;
  }

  /** The most that a strategy may have at risk, in millionths of a cent; null while there is no plan. */
  bound(strategy: number, equity: bigint, nowNs: bigint): bigint | null {
    const shares = this.#at(nowNs);
    if (shares === null) return null;
    const share = shares[strategy - 1];
    if (share === undefined) return 0n;
    const part = larger(equity, 0n) * share.parts;
    return share.capCents === null ? part : smaller(part, share.capCents * PARTS);
  }

  #at(nowNs: bigint): readonly Share[] | null {
    return this.#coming !== null && this.#coming.atNs <= nowNs
      ? this.#coming.shares
      : this.#current;
  }
}

function stricter(one: Share, other: Share): Share {
  const caps = [one.capCents, other.capCents].filter((cap) => cap !== null);
  return {
    parts: smaller(one.parts, other.parts),
    capCents: caps.length === 0 ? null : caps.reduce(smaller),
  };
}

interface StrategyWorld {
  readonly limits: LimitsOptions;
  readonly account: ReferenceAccount;
  readonly capital: ReferenceCapital;
  readonly disabled: Set<number>;
}

/** Whether the order's strategy would have more at risk than it is allocated; the order counts at this price. */
export function capitalCodes(
  { account, capital }: StrategyWorld,
  command: Command,
  { price, nowNs }: { readonly price: bigint; readonly nowNs: bigint },
): ControlCode[] {
  const { strategy, instrument, side, lots } = command;
  const bound = capital.bound(strategy, account.equity, nowNs);
  if (bound === null) return [];
  const risk = account.holdings.map((_, index) => {
    const isOwn = index === instrument;
    const added = isOwn ? { isBuy: side === 0, lots } : null;
    const at = isOwn ? price : (account.mark(index) ?? 0n);
    return account.worst(index, added, strategy).largest * at;
  });
  const sum = risk.reduce((total, each) => total + each, 0n);
  return sum * PARTS > bound ? ['CAPITAL_ALLOCATION_EXCEEDED'] : [];
}

/** Disables a strategy whose executions have passed their limit. */
export function throttle(world: StrategyWorld, strategy: number, tsNs: bigint): void {
  const limit = world.limits.executionsMax;
  if (limit === undefined || limit === 'unlimited') return;
  const within = world.account.fills.filter(
    (fill) => fill.strategy === strategy && fill.tsNs > tsNs - 60n * SECOND_NS,
  ).length;
  if (within > Number(limit)) world.disabled.add(strategy);
}

/** A person enables a strategy again, which ends the row of losses too. */
export function enable({ account, disabled }: StrategyWorld, strategy: number): void {
  account.closes.length = 0;
  account.fills = account.fills.filter((fill) => fill.strategy !== strategy);
  disabled.delete(strategy);
}

/** Whether the bucket of a second's messages has no room for one more beside its reserve. */
export function isBucketEmpty(
  messages: readonly StrategyAct[],
  { perSecond, reserve, nowNs }: BucketOptions,
): boolean {
  const interval = (SECOND_NS + perSecond - 1n) / perSecond;
  let used = 0n;
  let last = 0n;
  for (const ts of [...messages.map(({ tsNs }) => tsNs), nowNs]) {
    used = larger(used - (ts - last), 0n) + interval;
    last = ts;
  }
  const kept = (perSecond * reserve + PARTS - 1n) / PARTS;
  return used > larger(perSecond - kept, 1n) * interval;
}

interface BucketOptions {
  readonly perSecond: bigint;
  /** The share that is kept for cancels, in millionths. */
  readonly reserve: bigint;
  readonly nowNs: bigint;
}
