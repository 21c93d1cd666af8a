import { inspect, isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Instrument } from '#ts/core/instrument.js';
import { ORDER_TYPES } from '#ts/core/vocabulary.generated.js';
import type { Command } from '#ts/native/command-memory.js';
import type { LimitsOptions } from '#ts/risk/limits.js';
import { MARKET_BUY, NativeFixture } from '../../support/native-fixture.js';
import { ReferenceAccount } from '../../support/reference-account.js';
import {
  type ReferenceWorld,
  referenceSuggestion,
  referenceVerdict,
} from '../../support/reference-gate.js';
import { UNLIMITED } from '../../support/scripted-session.js';

const ASSETS = ['X', 'X', 'Y'];
const INSTRUMENTS = ASSETS.map((baseCurrency, index) =>
  Instrument.create({ symbol: `I${index}`, baseCurrency, tickSize: '0.01', lotSize: '1' }),
);
const MS = 1_000_000n;
const START_NS = 20_000n * 86_400_000n * MS;
const START_CENTS = 10_000_000n;

/** Values that limits may have: near to what the orders below reach, so that each is met from both sides. */
const SIZE_LIMITS = {
  orderQtyMax: ['120', '250'],
  orderNotionalQuoteMax: ['15000', '30000'],
  positionFracMax: ['0.25', '0.4'],
  grossExposureFracMax: ['0.5', '0.9'],
  positionQtyMax: ['300', '500'],
  positionNotionalQuoteMax: ['30000', '45000'],
  netExposureFracMax: ['0.2', '0.45'],
  assetExposureFracMax: ['0.3', '0.5'],
  groupExposureFracMax: ['0.35', '0.5'],
  concentrationFracMax: ['0.2', '0.4'],
  leverageMax: ['0.6', '0.95'],
  buyingPowerFracMax: ['0.5', '0.9'],
} as const;
const OTHER_LIMITS = {
  priceBandFracMax: ['0.01', '0.03'],
  priceCollarFracMax: ['0.02', '0.05'],
  ordersPerMinuteMax: ['6', '20'],
  dailyTradesMax: ['3', '8'],
  dailyLossFracMax: ['0.004', '0.006'],
  weeklyLossFracMax: ['0.006', '0.01'],
  totalLossFracMax: ['0.01', '0.02'],
  openOrdersMax: ['3', '8'],
  duplicateWindowMsMin: ['200', '5000'],
  executionsMax: ['4', '9'],
  consecutiveLossesMax: ['1', '3'],
  priceAgeMsMax: ['900', '30000'],
  intentAgeMsMax: ['700', '30000'],
  accountAgeMsMax: ['2000', '60000'],
  clockDriftMsMax: ['20'],
} as const;

/** A few of the limits, each at one of its values: with many nothing would ever pass. */
function some(of: Readonly<Record<string, readonly string[]>>) {
  return fc
    .shuffledSubarray(Object.entries(of), { maxLength: 3 })
    .chain((chosen) =>
      fc.tuple(
        ...chosen.map(([name, values]) => fc.constantFrom(...values).map((value) => [name, value])),
      ),
    )
    .map((entries): unknown => Object.fromEntries(entries));
}

const anyLimits = fc
  .record({
    sizes: some(SIZE_LIMITS),
    others: some(OTHER_LIMITS),
    guard: fc.boolean(),
    flags: fc.record({ restricted: fc.boolean(), shortSaleDenied: fc.boolean() }),
    isRestricted: fc.nat(9),
    /** Messages of stops and their cancels are the engine's own, so one of the two is looked at. */
    kind: fc.constantFrom('stops', 'messages'),
  })
  .map(({ sizes, others, guard, flags, isRestricted, kind }) => {
    const drawdown = guard ? { drawdownSoftFracMax: '0.004', drawdownFracMax: '0.012' } : {};
    const limits = {
      ...UNLIMITED,
      ...(sizes as LimitsOptions),
      ...(others as LimitsOptions),
      ...drawdown,
      ...(guard ? { positionFracMax: '0.3' } : {}),
      priceCollarWindowMsMin: '3000',
      executionsWindowMsMin: '60000',
      restricted: flags.restricted && isRestricted === 0,
      shortSaleDenied: flags.shortSaleDenied && isRestricted > 6,
      groups: { g: ['I0', 'I2'] },
      ...(kind === 'stops'
        ? { stopLossRequired: isRestricted < 5, stopUncoveredMsMax: '1500' }
        : { messagesPerSecondMax: '5', cancelReserveFracMin: '0.4' }),
    };
    return { limits: withoutContradictions(limits), kind };
  });

/** Takes back what contradicts another limit, since such limits are refused as a whole. */
function withoutContradictions(limits: LimitsOptions): LimitsOptions {
  const gross = limits.grossExposureFracMax;
  const above = (one: unknown, other: unknown) =>
    one !== undefined &&
    one !== 'unlimited' &&
    other !== 'unlimited' &&
    Number(one) > Number(other);
  const kept: Record<string, unknown> = { ...limits };
  const pairs = [
    ['positionFracMax', gross],
    ['netExposureFracMax', gross],
    ['assetExposureFracMax', gross],
    ['groupExposureFracMax', gross],
    ['orderQtyMax', limits.positionQtyMax],
    ['orderNotionalQuoteMax', limits.positionNotionalQuoteMax],
  ] as const;
  for (const [name, other] of pairs) if (above(kept[name], other)) kept[name] = other;
  if (above(gross, limits.leverageMax ?? 'unlimited')) kept['leverageMax'] = gross;
  return kept as unknown as LimitsOptions;
}

const anyAct = fc.record({
  act: fc.constantFrom(
    'order',
    'order',
    'order',
    'order',
    'again',
    'price',
    'price',
    'price',
    'cancel',
    'signal',
  ),
  instrument: fc.nat(2),
  side: fc.nat(1),
  lots: fc.constantFrom(1, 40, 100, 130, 200, 260, 400),
  offset: fc.integer({ min: -400, max: 400 }),
  pause: fc.constantFrom(0, 0, 1, 90, 400, 2_000, 40_000, 90_000_000),
  form: fc.constantFrom('market', 'limit', 'limit', 'reduce'),
  stop: fc.constantFrom('none', 'right', 'right', 'wrong'),
  signal: fc.nat(6),
});
type Act = typeof anyAct extends fc.Arbitrary<infer Value> ? Value : never;

/** The engine and the reference side by side. */
class Pair {
  readonly fixture: NativeFixture;
  readonly world: ReferenceWorld;
  readonly seen = new Map<string, number>();
  suggestions = 0;
  #nowNs = START_NS;
  #last: Act | undefined;

  constructor(limits: LimitsOptions) {
    this.fixture = new NativeFixture({ instruments: INSTRUMENTS, limits });
    this.world = {
      limits,
      assets: ASSETS,
      group: new Set([0, 2]),
      account: new ReferenceAccount(INSTRUMENTS.length, START_CENTS),
      signals: {
        halted: new Set(),
        breakers: 0,
        accountAt: null,
        clockOffsetNs: null,
        enabledAt: 0n,
      },
      disabled: false,
    };
    for (const index of INSTRUMENTS.keys()) this.price(index, 10_000);
  }

  price(instrument: number, ticks: number): void {
    this.fixture.trade(instrument, ticks, this.#nowNs);
    this.#hear();
    this.world.account.onPrice(instrument, BigInt(ticks), this.#nowNs);
  }

  play(act: Act, kind: string): void {
    this.#nowNs += BigInt(act.pause) * MS;
    const ticks = 10_000 + act.offset;
    if (act.act === 'price' || act.pause > 0) this.price(act.instrument, ticks);
    if (act.act === 'order') {
      this.#last = act;
      this.#order(act, kind);
    }
    if (act.act === 'again') this.#order(this.#last ?? act, kind);
    if (act.act === 'cancel') this.#cancel();
    if (act.act === 'signal') this.#signal(act);
  }

  #order({ instrument, side, lots, offset, form, stop }: Act, kind: string): void {
    const isBuy = side === 0;
    const limitTicks = form === 'limit' ? BigInt(10_000 + offset) : undefined;
    const reduceOnly = form === 'reduce' && kind === 'stops';
    const away = (stop === 'right') === isBuy ? -300n : 300n;
    const from = limitTicks ?? this.world.account.mark(instrument) ?? 0n;
    const hasStop = kind === 'stops' && stop !== 'none' && !reduceOnly;
    const command: Command = {
      ...MARKET_BUY,
      instrument,
      side,
      lots: BigInt(lots),
      limitTicks,
      orderType: ORDER_TYPES.indexOf(limitTicks === undefined ? 'market' : 'limit'),
      reduceOnly,
      stopLossTicks: hasStop ? from + away : undefined,
    };
    const expected = referenceVerdict(this.world, command, this.#nowNs);
    const suggested = referenceSuggestion(this.world, command, this.#nowNs);
    const id = this.fixture.submit(command);
    const verdict = this.fixture.notices.find(
      (notice) => notice.kind === 'verdict' && notice.clientOrderId === id,
    );
    if (verdict?.kind !== 'verdict') throw new Error('an order must have a verdict');
    const codes = verdict.failed.map(({ code }) => code).sort();
    const native = { codes, reducing: verdict.reducing, suggested: verdict.suggestedLots };
    const slow = { ...expected, suggested };
    if (!isDeepStrictEqual(native, slow)) {
      throw new Error(`native ${inspect(native)} and reference ${inspect(slow)} differ`);
    }
    for (const code of codes) this.seen.set(code, (this.seen.get(code) ?? 0) + 1);
    this.suggestions += suggested === null ? 0 : 1;
    if (codes.length === 0) {
      this.world.account.onSent(id, command, expected.reducing, this.#nowNs);
    }
    this.#hear();
  }

  #cancel(): void {
    const [id] = [...this.world.account.open].find(([, order]) => !order.reduceOnly) ?? [];
    if (id === undefined) return;
    this.fixture.session.cancel(id, this.fixture.notices);
    this.world.account.messages.push(this.#nowNs);
    this.#hear();
  }

  #signal({ signal, instrument, offset, lots }: Act): void {
    const { signals } = this.world;
    const tell = (number: number, target: number, value: number) =>
      this.fixture.session.gateSignal({ number, target, value });
    if (signal === 0 || signal === 1) {
      tell(0, instrument, signal);
      if (signal === 1) signals.halted.add(instrument);
      else signals.halted.delete(instrument);
    } else if (signal === 2) {
      const open = lots === 1 ? 1 : 0;
      tell(1, 3, open);
      signals.breakers = open;
    } else if (signal === 3 || signal === 4) {
      tell(2, 0, 0);
      signals.accountAt = this.#nowNs;
    } else if (signal === 5) {
      tell(3, 0, offset * 100_000);
      signals.clockOffsetNs = BigInt(offset) * 100_000n;
    } else {
      tell(4, 0, 0);
      signals.enabledAt = this.#nowNs;
      this.world.account.closes.length = 0;
      this.world.account.fills.length = 0;
      this.world.disabled = false;
    }
  }

  /** Lets the reference hear what happened. */
  #hear(): void {
    const { account } = this.world;
    for (const notice of this.fixture.notices) {
      if (notice.kind === 'fill') {
        const order = account.sideOf(notice.clientOrderId);
        if (order === undefined) throw new Error('a fill must belong to an order');
        const { instrument, isBuy } = order;
        account.book({
          instrument,
          isBuy,
          ticks: notice.lastTicks,
          lots: notice.lastLots,
          tsNs: notice.tsNs,
        });
      }
      account.hear([notice]);
      if (notice.kind === 'fill') this.#throttle(notice.tsNs);
    }
    this.fixture.notices.length = 0;
  }

  #throttle(tsNs: bigint): void {
    const limit = this.world.limits.executionsMax;
    if (limit === undefined || limit === 'unlimited') return;
    const within = this.world.account.fills.filter((ts) => ts > tsNs - 60_000n * MS).length;
    this.world.disabled ||= within > Number(limit);
  }
}

/** What both of them know. */
const EXPECTED = [
  'ORDER_QTY_EXCEEDED',
  'POSITION_LIMIT_EXCEEDED',
  'NET_EXPOSURE_EXCEEDED',
  'ASSET_EXPOSURE_EXCEEDED',
  'GROUP_EXPOSURE_EXCEEDED',
  'CONCENTRATION_EXCEEDED',
  'LEVERAGE_EXCEEDED',
  'BUYING_POWER_EXCEEDED',
  'MESSAGE_RATE_EXCEEDED',
  'DUPLICATE_INTENT',
  'EXECUTIONS_THROTTLED',
  'DRAWDOWN_GUARD',
  'CONSECUTIVE_LOSSES',
  'PRICE_COLLAR_EXCEEDED',
  'STOP_COVERAGE_MISSING',
  'ACCOUNT_STALE',
  'INTENT_STALE',
  'CLOCK_DRIFT_EXCEEDED',
  'INSTRUMENT_HALTED',
  'BREAKER_OPEN',
  'SHORT_SALE_DENIED',
  'WEEKLY_LOSS_EXCEEDED',
  'ORDER_NOTIONAL_EXCEEDED',
  'GROSS_EXPOSURE_EXCEEDED',
  'POSITION_QTY_EXCEEDED',
  'POSITION_NOTIONAL_EXCEEDED',
  'ORDER_RATE_EXCEEDED',
  'DAILY_TRADES_EXCEEDED',
  'DAILY_LOSS_EXCEEDED',
  'TOTAL_LOSS_EXCEEDED',
  'DRAWDOWN_EXCEEDED',
  'PRICE_BAND_EXCEEDED',
  'PRICE_STALE',
  'OPEN_ORDERS_EXCEEDED',
  'STOP_LOSS_REQUIRED',
  'INSTRUMENT_RESTRICTED',
];

describe('the native gate and a slow reference', () => {
  const seen = new Map<string, number>();
  let suggestions = 0;

  it('RISK-29: agree on every verdict and every suggested quantity', () => {
    fc.assert(
      fc.property(
        anyLimits,
        fc.array(anyAct, { minLength: 20, maxLength: 60 }),
        ({ limits, kind }, acts) => {
          const pair = new Pair(limits);
          for (const act of acts) pair.play(act, kind);
          pair.fixture.session.dispose();
          for (const [code, count] of pair.seen) seen.set(code, (seen.get(code) ?? 0) + count);
          suggestions += pair.suggestions;
        },
      ),
      { numRuns: 400, seed: 20_260_729 },
    );
  }, 120_000);

  it('meet every control that they both know, many times', () => {
    expect(suggestions).toBeGreaterThan(100);
    expect(EXPECTED.filter((code) => (seen.get(code) ?? 0) < 5)).toEqual([]);
  });
});
