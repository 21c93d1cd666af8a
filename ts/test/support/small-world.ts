import { Instrument } from '#ts/core/instrument.js';
import type { RiskMeasure } from '#ts/core/risk-measure.js';
import { Engine } from '#ts/engine/orders/engine.js';
import type { Command } from '#ts/native/command-memory.js';
import type { LimitsOptions } from '#ts/risk/limits.js';
import { MARKET_BUY } from './native-fixture.js';
import { ReferenceAccount } from './reference-account.js';
import { type ReferenceWorld, referenceSuggestion, referenceVerdict } from './reference-gate.js';
import { planRecord, ReferenceCapital, type SharePlan } from './reference-strategies.js';

/** Two instruments at 100.00, few orders, and everything that can happen to the oldest of them. */

const TICKS = 10_000n;
const START_NS = 1_700_000_000_000_000_000n;
const START_CENTS = 100_000n;
const LIMIT_TYPE = 1;
const INSTRUMENTS = ['A', 'B'].map((symbol) =>
  Instrument.create({ symbol, baseCurrency: symbol, tickSize: '0.01', lotSize: '1' }),
);

export type Step =
  | {
      readonly kind: 'submit';
      readonly instrument: number;
      readonly isBuy: boolean;
      readonly lots: 1 | 2;
    }
  | { readonly kind: 'fill' | 'cancel' | 'doubt' };

export const STEPS: readonly Step[] = [
  ...[0, 1].flatMap((instrument) =>
    [true, false].flatMap((isBuy) =>
      ([1, 2] as const).map((lots) => ({ kind: 'submit' as const, instrument, isBuy, lots })),
    ),
  ),
  { kind: 'fill' },
  { kind: 'cancel' },
  { kind: 'doubt' },
];

export interface SmallWorldOptions {
  readonly limits: LimitsOptions;
  readonly told: ReferenceWorld['told'];
  readonly measures: readonly RiskMeasure[];
  /** Shares of the strategies of the limits; the orders of each instrument are of one. */
  readonly plan?: SharePlan;
}

interface Open {
  readonly id: number;
  readonly instrument: number;
  readonly isBuy: boolean;
  readonly strategy: number;
  left: bigint;
  isDoubted: boolean;
}

/** The engine and the reference, moved together; what differs is an error. */
export class SmallWorld {
  readonly #engine: Engine;
  readonly #world: ReferenceWorld;
  readonly #open: Open[] = [];
  /** Names of the strategies by the instrument whose orders are theirs. */
  readonly #strategies: readonly string[];
  #trades = 0;
  approved = 0;
  denied = 0;

  constructor({ limits, told, measures, plan }: SmallWorldOptions) {
    this.#engine = Engine.open({
      instruments: INSTRUMENTS,
      limits,
      account: { cash: '1000' },
      clock: () => START_NS,
    });
    this.#strategies = limits.strategies ?? [];
    this.#world = {
      limits,
      assets: ['A', 'B'],
      group: new Set(),
      account: new ReferenceAccount(INSTRUMENTS.length, START_CENTS),
      signals: {
        halted: new Set(),
        breakers: 0,
        accountAt: null,
        clockOffsetNs: null,
        enabledAt: 0n,
        governor: 1_000_000n,
      },
      told,
      capital: new ReferenceCapital(0n),
      rules: null,
      disabled: new Set(),
    };
    for (const [index, { symbol }] of INSTRUMENTS.entries()) {
      this.#engine.trade({ instrument: symbol, price: '100', quantity: '1', side: 'buy' });
      this.#world.account.onPrice(index, TICKS, START_NS);
    }
    for (const measure of measures) this.#engine.tellRisk(measure);
    if (plan === undefined) return;
    this.#engine.planCapital(planRecord(plan));
    this.#world.capital.plan(plan, { equity: START_CENTS, nowNs: START_NS });
  }

  /** Whether a step can be made now. */
  permits(step: Step): boolean {
    const [oldest] = this.#open;
    if (step.kind === 'submit') return true;
    return oldest !== undefined && (step.kind !== 'doubt' || !oldest.isDoubted);
  }

  play(step: Step): void {
    if (step.kind === 'submit') this.#submit(step);
    else this.#move(step.kind);
  }

  close(): void {
    this.#engine.close();
  }

  #submit({ instrument, isBuy, lots }: Step & { readonly kind: 'submit' }): void {
    const command: Command = {
      ...MARKET_BUY,
      instrument,
      side: isBuy ? 0 : 1,
      lots: BigInt(lots),
      limitTicks: TICKS,
      orderType: LIMIT_TYPE,
      strategy: this.#strategies[instrument] === undefined ? 0 : instrument + 1,
    };
    const strategy = this.#strategies[instrument];
    const expected = referenceVerdict(this.#world, command, START_NS);
    const suggested = referenceSuggestion(this.#world, command, START_NS);
    const result = this.#engine.submit({
      instrument,
      side: isBuy ? 'buy' : 'sell',
      quantity: lots,
      orderType: 'limit',
      limitPrice: '100',
      ...(strategy === undefined ? {} : { strategy }),
    });
    const codes = result.verdict === 'denied' ? [...result.codes].sort() : [];
    const native = result.verdict === 'denied' ? (result.suggestedQuantity ?? null) : null;
    if (codes.join() !== expected.codes.join() || native !== (suggested?.toString() ?? null)) {
      throw new Error(
        `native ${codes.join()} (${native}) and reference ${expected.codes.join()} (${suggested}) differ`,
      );
    }
    this.denied += codes.length > 0 ? 1 : 0;
    if (codes.length > 0) return;
    this.approved += 1;
    const id = result.clientOrderId;
    this.#world.account.onSent(id, command, expected.reducing, START_NS);
    this.#open.push({
      id,
      instrument,
      isBuy,
      strategy: command.strategy,
      left: BigInt(lots),
      isDoubted: false,
    });
    this.#engine.report({ kind: 'accepted', clientOrderId: id });
    this.#keep();
  }

  /** One lot of the oldest order fills, or it is canceled, or nobody knows what became of it. */
  #move(kind: 'fill' | 'cancel' | 'doubt'): void {
    const [oldest] = this.#open;
    if (oldest === undefined) return;
    const clientOrderId = oldest.id;
    if (kind === 'doubt') {
      this.#engine.loseTrack(clientOrderId);
      oldest.isDoubted = true;
    } else if (kind === 'cancel') {
      this.#engine.report({ kind: 'canceled', clientOrderId });
      this.#open.shift();
    } else {
      const { instrument, isBuy, strategy } = oldest;
      this.#trades += 1;
      this.#engine.report({
        kind: 'fill',
        clientOrderId,
        tradeId: this.#trades,
        lastPx: '100',
        lastQty: 1,
      });
      this.#world.account.book({
        instrument,
        isBuy,
        strategy,
        ticks: TICKS,
        lots: 1n,
        tsNs: START_NS,
      });
      oldest.left -= 1n;
      if (oldest.left === 0n) this.#open.shift();
    }
    this.#keep();
  }

  #keep(): void {
    const { open } = this.#world.account;
    open.clear();
    for (const { id, instrument, isBuy, strategy, left } of this.#open) {
      open.set(id, {
        instrument,
        isBuy,
        reduceOnly: false,
        isStop: false,
        isLive: true,
        leaves: left,
        strategy,
        reachTicks: TICKS,
      });
    }
  }
}

/** Plays every sequence of so many steps that can be made; returns what was judged. */
export function playEverySequence(options: SmallWorldOptions, length: number) {
  const counts = { sequences: 0, approved: 0, denied: 0 };
  const places = Array.from({ length }, () => 0);
  for (;;) {
    const world = new SmallWorld(options);
    let played = 0;
    try {
      for (; played < length; played += 1) {
        const step = STEPS[places[played] ?? 0];
        if (step === undefined || !world.permits(step)) break;
        world.play(step);
      }
    } catch (cause) {
      throw new Error(`steps ${places.slice(0, played + 1).join()}`, { cause });
    }
    if (played === length) {
      counts.sequences += 1;
      counts.approved += world.approved;
      counts.denied += world.denied;
    }
    world.close();
    // What stands behind a step that cannot be made is left out with it.
    let place = Math.min(played, length - 1);
    places.fill(0, place + 1);
    while (place >= 0 && (places[place] ?? 0) === STEPS.length - 1) {
      places[place] = 0;
      place -= 1;
    }
    if (place < 0) return counts;
    places[place] = (places[place] ?? 0) + 1;
  }
}
