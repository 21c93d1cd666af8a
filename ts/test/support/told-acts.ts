import type { LimitsOptions } from '#ts/risk/limits.js';
import { limitsOf } from './gate-limits.js';
import { choiceOf, type Draw, of } from './gate-sequences.js';
import type { ReferenceRules } from './reference-rules.js';

/** What a gate that stands alone is told: orders of strategies, what became of them, and what people decide. */

const MS = 1_000_000n;
export const TOLD_START_NS = 20_000n * 86_400_000n * MS;
export const TOLD_STRATEGIES = ['one', 'other'] as const;
const CAPITAL_DELAY_MS = 5_000;
const ACTS = [
  ...['order', 'order', 'order', 'order', 'order', 'again', 'amend', 'amend'],
  ...['answer', 'answer', 'cancel', 'fill', 'fill', 'fill', 'doubt', 'price', 'price'],
  ...['signal', 'mode', 'rate', 'rate', 'plan'],
] as const;
const LOTS = [1n, 20n, 40n, 100n, 130n, 200n, 260n, 400n, 600n, 1_500n] as const;
const PAUSES_MS = [0, 0, 0, 0, 0, 0, 1, 90, 400, 400, 2_000, 7_000] as const;
/** Past the ages of rates and prices, and past a day. */
const LONG_PAUSES_MS = [40_000, 90_000_000] as const;
const CAUSES_MS = [0n, -500n, -2_000n, 10n, 60n] as const;

export interface ToldAct {
  readonly act: string;
  readonly instrument: number;
  readonly side: number;
  readonly lots: bigint;
  readonly offset: number;
  readonly pause: number;
  readonly form: 'market' | 'limit' | 'reduce' | 'huge';
  readonly strategy: number;
  /** When what caused it happened, from now; null is not told. */
  readonly causeNs: bigint | null;
  /** Which of the orders, or which signal. */
  readonly place: number;
}

export interface ToldWorld {
  readonly limits: LimitsOptions;
  readonly rules: ReferenceRules;
  /** Whether capital is divided among the strategies now and then. */
  readonly hasPlans: boolean;
}

export function toldAct(draw: Draw): ToldAct {
  return {
    act: of(draw, ACTS),
    instrument: draw(3),
    side: draw(2),
    lots: of(draw, LOTS),
    offset: draw(801) - 400,
    pause: draw(25) === 0 ? of(draw, LONG_PAUSES_MS) : of(draw, PAUSES_MS),
    form: draw(40) === 0 ? 'huge' : of(draw, ['market', 'limit', 'limit', 'reduce'] as const),
    strategy: draw(3),
    causeNs: draw(3) === 0 ? of(draw, CAUSES_MS) * MS : null,
    place: draw(64),
  };
}

/** Limits and rules of which some are off, so that orders pass. */
export function toldWorld(draw: Draw): ToldWorld {
  const chosen = choiceOf(draw);
  // With all limits of sizes off it is capital and margin that bound an order.
  const isMargined = draw(2) === 0;
  const isFree = draw(isMargined ? 2 : 3) === 0;
  const choice = isFree ? { ...chosen, sizes: {}, others: {}, isRestricted: 5 } : chosen;
  // The reference does not follow the messages by which exits make own orders give way.
  const limits = limitsOf({ ...choice, portfolio: {}, guard: draw(3) === 0 });
  const talks = choice.kind === 'messages';
  const hours = draw(4) === 0;
  const sessions = [
    [TOLD_START_NS, TOLD_START_NS + 40_000n * MS],
    [TOLD_START_NS + 80_000n * MS, TOLD_START_NS + 900_000_000n * MS],
  ] as const;
  const calendars = {
    day: sessions.map(([from, until]): [string, string] => [String(from), String(until)]),
  };
  return {
    hasPlans: !isFree,
    limits: {
      ...limits,
      // Its orders have no stops, and each currency has cash of its own.
      stopLossRequired: false,
      buyingPowerFracMax: 'unlimited',
      strategies: [...TOLD_STRATEGIES],
      change: { loosenDelayMs: String(CAPITAL_DELAY_MS) },
      ...(isMargined && draw(2) === 0 ? { marginCoverFracMin: '1.1' } : {}),
      ...(talks && draw(2) === 0 ? { strategyMessagesPerSecondMax: '3' } : {}),
      ...(hours ? { tradingHours: 'day', calendars } : {}),
    },
    rules: {
      instruments: [
        draw(2) === 0 ? FILTERED : {},
        isMargined ? { initialFrac: 900_000n } : {},
        { isForeign: true },
      ],
      ordersMax: draw(3) === 0 ? 4 : 1_000,
      keepsApart: !talks && draw(2) === 0,
      sessions: hours ? sessions : null,
      rateAgeNs: 30_000n * MS,
      mode: 'normal',
      rateAtNs: TOLD_START_NS,
    },
  };
}

const FILTERED = {
  minLots: 20n,
  maxLots: 300n,
  minNotionalCents: 250_000n,
  maxNotionalCents: 2_400_000n,
  percentPrice: 20_000n,
};

export const CAPITAL_DELAY_NS = BigInt(CAPITAL_DELAY_MS) * MS;
