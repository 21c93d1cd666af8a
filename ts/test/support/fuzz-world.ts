import { Instrument } from '#ts/core/instrument.js';
import type { Command } from '#ts/native/command-memory.js';
import type { FillNotice, Notice } from '#ts/native/notice-reader.js';
import type { LimitsOptions } from '#ts/risk/limits.js';
import { ReferenceAccount } from './reference-account.js';
import { type ReferenceWorld, referenceVerdict } from './reference-gate.js';
import { ReferenceCapital, type SharePlan, throttle } from './reference-strategies.js';

/** What the slow reference knows while hostile orders come: the account, and a verdict for any order that is sound. */

export const FUZZ_ASSETS = ['X', 'X', 'Y'] as const;
export const FUZZ_INSTRUMENTS = FUZZ_ASSETS.map((baseCurrency, index) =>
  Instrument.create({ symbol: `I${index}`, baseCurrency, tickSize: '0.01', lotSize: '1' }),
);
export const FUZZ_START_NS = 20_000n * 86_400_000_000_000n;
/** Open orders that an engine under hostile orders has room for: more than one world sends. */
export const FUZZ_ORDERS_MAX = 1_024;
const START_CENTS = 10_000_000n;
export const FUZZ_STRATEGIES = ['slow', 'fast'] as const;
/** Beyond it native code may find a product too large for its numbers, and must deny where the reference need not. */
const ORDINARY_MAX = 10_000_000n;

const PARTS = 1_000_000n;
/** Codes that look at the price an order names, and at the order as it is; all others look at the price it may cost. */
const NAMED_PRICE_CODES: ReadonlySet<string> = new Set([
  'PRICE_STALE',
  'PRICE_BAND_EXCEEDED',
  'PRICE_COLLAR_EXCEEDED',
  'DUPLICATE_INTENT',
]);

/** What a world begins with; a plan divides its capital among the strategies. */
export interface FuzzSetting {
  readonly limits: LimitsOptions;
  readonly plan: SharePlan | null;
}

/** An order that the reference has read: soundness is no matter of limits. */
export interface SoundOrder {
  readonly command: Command;
  readonly trailing: { readonly kind: 'ticks' | 'share'; readonly value: bigint } | null;
}

export interface Judged {
  readonly codes: readonly string[];
  readonly reducing: boolean;
}

export class FuzzWorld {
  readonly reference: ReferenceWorld;
  nowNs = FUZZ_START_NS;
  /** Whether something is under way that only one direction of the comparison can bear. */
  isOneSided = false;

  constructor({ limits, plan }: FuzzSetting) {
    this.reference = {
      limits,
      assets: FUZZ_ASSETS,
      group: new Set([0, 2]),
      account: new ReferenceAccount(FUZZ_INSTRUMENTS.length, START_CENTS),
      signals: {
        halted: new Set(),
        breakers: 0,
        accountAt: null,
        clockOffsetNs: null,
        enabledAt: 0n,
        governor: PARTS,
      },
      told: { correlations: null, risk: null },
      capital: new ReferenceCapital(0n),
      rules: null,
      disabled: new Set(),
    };
    if (plan === null) return;
    this.reference.capital.plan(plan, { equity: START_CENTS, nowNs: this.nowNs });
  }

  /** Takes a price that the engine has taken. */
  priced(instrument: number, ticks: bigint): void {
    this.reference.account.onPrice(instrument, ticks, this.nowNs);
    if (ticks > ORDINARY_MAX) this.isOneSided = true;
  }

  judge({ command, trailing }: SoundOrder): Judged {
    const named = referenceVerdict(this.reference, command, this.nowNs);
    const cost = this.#costs(command, trailing);
    if (cost === command.limitTicks) return named;
    const priced = { ...command, limitTicks: cost };
    const { codes } = referenceVerdict(this.reference, priced, this.nowNs);
    const all = [
      ...named.codes.filter((code) => NAMED_PRICE_CODES.has(code)),
      ...codes.filter((code) => !NAMED_PRICE_CODES.has(code)),
    ];
    return { codes: all.sort(), reducing: named.reducing };
  }

  /** Whether both gates must say the same of it, and not only the native one no more than the reference. */
  isOrdinary({ command, trailing }: SoundOrder): boolean {
    const { lots, limitTicks, triggerTicks, stopLossTicks, takeProfitTicks } = command;
    const values = [lots, limitTicks, triggerTicks, stopLossTicks, takeProfitTicks];
    const distance = trailing?.kind === 'ticks' ? trailing.value : 0n;
    return !this.isOneSided && [...values, distance].every((value = 0n) => value < ORDINARY_MAX);
  }

  sent(id: number, order: SoundOrder, reducing: boolean): void {
    const { reduceOnly, stopLossTicks, takeProfitTicks } = order.command;
    const isExit = reduceOnly || stopLossTicks !== undefined || takeProfitTicks !== undefined;
    // The reference does not count the cancels of exits that the engine sends of its own.
    const talks = isExit && this.reference.limits.messagesPerSecondMax !== undefined;
    if (talks || !this.isOrdinary(order)) this.isOneSided = true;
    this.reference.account.onSent(id, order.command, reducing, this.nowNs);
  }

  /** Lets the reference hear what happened. */
  hear(notices: readonly Notice[]): void {
    const { account } = this.reference;
    for (const notice of notices) {
      // An exit that waits for its cancel is told again as it was.
      const isExit = notice.kind === 'order' && notice.role !== 'strategy';
      if (isExit && notice.status === 'submitted' && account.open.has(notice.clientOrderId))
        continue;
      if (notice.kind === 'fill') this.#book(notice);
      account.hear([notice]);
      if (notice.kind === 'fill') {
        throttle(this.reference, account.sideOf(notice.clientOrderId)?.strategy ?? 0, notice.tsNs);
      }
    }
  }

  #book({ clientOrderId, lastTicks, lastLots, tsNs }: FillNotice): void {
    const { account } = this.reference;
    const order = account.sideOf(clientOrderId);
    if (order === undefined) throw new Error('a fill must belong to an order');
    account.book({ ...order, ticks: lastTicks, lots: lastLots, tsNs });
  }

  /** The highest price that an order names or implies; undefined for the market's own. */
  #costs(command: Command, trailing: SoundOrder['trailing']): bigint | undefined {
    const { instrument, side, limitTicks, triggerTicks } = command;
    const mark = this.reference.account.mark(instrument);
    if (trailing !== null) {
      if (mark === undefined || side !== 0) return undefined;
      const { kind, value } = trailing;
      return mark + (kind === 'ticks' ? value : (mark * value + PARTS - 1n) / PARTS);
    }
    if (limitTicks === undefined || triggerTicks === undefined) return limitTicks ?? triggerTicks;
    return limitTicks > triggerTicks ? limitTicks : triggerTicks;
  }
}
