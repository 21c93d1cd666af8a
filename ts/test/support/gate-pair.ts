import { inspect, isDeepStrictEqual } from 'node:util';

import { Instrument } from '#ts/core/instrument.js';
import { ORDER_TYPES } from '#ts/core/vocabulary.generated.js';
import type { Command } from '#ts/native/command-memory.js';
import type { LimitsOptions } from '#ts/risk/limits.js';
import { MARKET_BUY, NativeFixture } from './native-fixture.js';
import { ReferenceAccount } from './reference-account.js';
import {
  type ReferenceWorld,
  referenceSuggestion,
  referenceVerdict,
  SIZE_CODES,
} from './reference-gate.js';
import { enable, ReferenceCapital, throttle } from './reference-strategies.js';

const ASSETS = ['X', 'X', 'Y'];
const INSTRUMENTS = ASSETS.map((baseCurrency, index) =>
  Instrument.create({ symbol: `I${index}`, baseCurrency, tickSize: '0.01', lotSize: '1' }),
);
const MS = 1_000_000n;
const START_NS = 20_000n * 86_400_000n * MS;
const START_CENTS = 10_000_000n;
const MICROS_PER_CENT = 10_000n;
/** VaR and CVaR of one unit of exposure, in millionths. */
const PART_RISK = [20_000n, 30_000n] as const;

/** One thing that happens to both gates; the numbers say what exactly. */
export interface Act {
  readonly act: 'order' | 'again' | 'price' | 'cancel' | 'signal' | 'tell';
  readonly instrument: number;
  readonly side: number;
  readonly lots: number;
  readonly offset: number;
  readonly pause: number;
  readonly form: 'market' | 'limit' | 'reduce';
  readonly stop: 'none' | 'right' | 'wrong';
  readonly signal: number;
}

/** The engine and the reference side by side. */
export class GatePair {
  readonly fixture: NativeFixture;
  readonly world: ReferenceWorld;
  readonly seen = new Map<string, number>();
  suggestions = 0;
  orders = 0;
  approved = 0;
  readonly #triesEverySize: boolean;
  #nowNs = START_NS;
  #last: Act | undefined;

  /** `triesEverySize` looks for the suggested quantity through all of them, otherwise at it and the next. */
  constructor(limits: LimitsOptions, { triesEverySize = true } = {}) {
    this.#triesEverySize = triesEverySize;
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
        governor: 1_000_000n,
      },
      told: { correlations: null, risk: null },
      capital: new ReferenceCapital(0n),
      rules: null,
      disabled: new Set(),
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
    if (act.act === 'tell') this.#tell(act);
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
    const id = this.fixture.submit(command);
    const verdict = this.fixture.notices.find(
      (notice) => notice.kind === 'verdict' && notice.clientOrderId === id,
    );
    if (verdict?.kind !== 'verdict') throw new Error('an order must have a verdict');
    const codes = verdict.failed.map(({ code }) => code).sort();
    const native = { codes, reducing: verdict.reducing, suggested: verdict.suggestedLots };
    const suggested = this.#suggested(command, expected.codes, verdict.suggestedLots);
    const slow = { ...expected, suggested };
    if (!isDeepStrictEqual(native, slow)) {
      throw new Error(`native ${inspect(native)} and reference ${inspect(slow)} differ`);
    }
    for (const code of codes) this.seen.set(code, (this.seen.get(code) ?? 0) + 1);
    this.suggestions += suggested === null ? 0 : 1;
    this.orders += 1;
    this.approved += codes.length === 0 ? 1 : 0;
    if (codes.length === 0) {
      this.world.account.onSent(id, command, expected.reducing, this.#nowNs);
    }
    this.#hear();
  }

  /** What the reference suggests; with the native answer at hand it looks at that and the next quantity only. */
  #suggested(command: Command, codes: readonly string[], native: bigint | null): bigint | null {
    if (this.#triesEverySize) return referenceSuggestion(this.world, command, this.#nowNs);
    if (native === null) {
      const { instrument, side } = command;
      const least = { ...command, lots: 1n };
      const isPassing = () => referenceVerdict(this.world, least, this.#nowNs).codes.length === 0;
      const denied = codes.length > 0 && codes.every((code) => SIZE_CODES.has(code));
      if (!denied || command.lots === 1n || !isPassing()) return null;
      throw new Error(`one lot of ${instrument}, side ${side}, passes, and nothing was suggested`);
    }
    const passes = (lots: bigint) =>
      referenceVerdict(this.world, { ...command, lots }, this.#nowNs).codes.length === 0;
    if (passes(native) && native < command.lots && !passes(native + 1n)) return native;
    return -1n;
  }

  #cancel(): void {
    const [id] = [...this.world.account.open].find(([, order]) => !order.reduceOnly) ?? [];
    if (id === undefined) return;
    this.fixture.session.cancel(id, this.fixture.notices);
    this.world.account.messages.push({ tsNs: this.#nowNs, strategy: 0 });
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
      enable(this.world, 0);
    }
  }

  /** Tells both gates of correlations or risk, of an instant a while ago that is not before the last. */
  #tell({ signal, instrument, lots, offset }: Act): void {
    const { told, account } = this.world;
    const last = (signal % 2 === 0 ? told.correlations : told.risk)?.asOfNs ?? 0n;
    const wanted = this.#nowNs - BigInt(lots) * MS;
    const asOfNs = wanted > last ? wanted : last;
    if (signal % 2 === 0) {
      const value = BigInt(offset) * 2_500n;
      const third = lots === 260 ? null : value / 2n;
      told.correlations = { asOfNs, lower: [[], [value], [-value, third]] };
      const numbers = [value, -value, third ?? 2_000_000n];
      const values = BigInt64Array.from([asOfNs, 3n, ...numbers]);
      this.fixture.session.riskMeasured({ kind: 0, values });
      return;
    }
    const [varFrac, cvarFrac] = PART_RISK;
    const parts = account.holdings.map((holding, index) => {
      const value = holding.lots * (account.mark(index) ?? 0n) * MICROS_PER_CENT;
      return { exposureMicros: index === instrument && lots === 1 ? 0n : value, varFrac, cvarFrac };
    });
    const micros = BigInt(Math.abs(offset)) * 2_000_000n;
    const risk = {
      asOfNs,
      varMicros: micros,
      cvarMicros: (micros * 3n) / 2n,
      score: BigInt(Math.abs(offset)) * 150_000n,
      parts: lots === 40 ? [] : parts,
    };
    told.risk = risk;
    const values = [asOfNs, risk.varMicros, risk.cvarMicros, risk.score];
    for (const each of risk.parts) values.push(each.exposureMicros, each.varFrac, each.cvarFrac);
    this.fixture.session.riskMeasured({ kind: 1, values: BigInt64Array.from(values) });
  }

  /** Lets the reference hear what happened. */
  #hear(): void {
    const { account } = this.world;
    for (const notice of this.fixture.notices) {
      if (notice.kind === 'fill') {
        const order = account.sideOf(notice.clientOrderId);
        if (order === undefined) throw new Error('a fill must belong to an order');
        account.book({
          ...order,
          ticks: notice.lastTicks,
          lots: notice.lastLots,
          tsNs: notice.tsNs,
        });
      }
      account.hear([notice]);
      if (notice.kind === 'fill') {
        throttle(this.world, account.sideOf(notice.clientOrderId)?.strategy ?? 0, notice.tsNs);
      }
    }
    this.fixture.notices.length = 0;
  }
}
