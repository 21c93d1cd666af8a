import { HoldfastError, isHoldfastError } from '../core/holdfast-error.js';
import type { Instrument } from '../core/instrument.js';
import { instrumentAt } from '../core/instrument-at.js';
import { SessionRecorder } from '../engine/session-recorder.js';
import { StrategyRunner } from '../engine/strategy-runner.js';
import {
  BAR_RECORDS,
  MARKET_EVENT_BYTES,
  MARKET_EVENT_KINDS,
  MARKET_EVENT_OFFSETS,
} from '../market/market-event-layout.js';
import { type FaultOutcome, FaultSession } from '../native/fault-session.js';
import type { Notice } from '../native/notice-reader.js';
import type { Strategy } from '../strategies/strategy.js';
import type { MarketRecords } from './simulation-market.js';

/** What a rule sees. */
export interface SimulationView {
  readonly nowMs: number;
  readonly equity: number;
  readonly openOrderCount: number;
  readonly instruments: readonly Instrument[];
  /** Lots that the bot knows of; those at the venue may be others while a report is under way. */
  readonly lots: (instrument?: string | number) => bigint;
  /** Lots that the venue keeps: the truth. */
  readonly venueLots: (instrument?: string | number) => bigint;
}

/** Holds unless it returns false or throws. */
export type SimulationRule = (view: SimulationView) => boolean | void;

/** What went wrong in a run, before it is explained. */
export interface RunFailure {
  readonly code: string;
  readonly message: string;
  /** What makes two failures the same one: a rule's name, or the hook and what it threw. */
  readonly kind: string;
  readonly tsMs: number | null;
}

export interface SeedOutcome extends FaultOutcome {
  readonly failure: RunFailure | null;
  /** Controls that orders failed, by code. */
  readonly denials: ReadonlyMap<string, number>;
  /** Bars, trades and quotes that the strategy saw. */
  readonly marketEvents: number;
}

export interface SeedRunOptions {
  readonly strategy: Strategy;
  /** Names of the strategies in the limits. */
  readonly strategies: readonly string[];
  readonly instruments: readonly Instrument[];
  readonly market: MarketRecords;
  /** The native configuration of the engine. */
  readonly engine: unknown;
  readonly seed: number;
  readonly faults: string;
  readonly leftOut: readonly number[];
  readonly rules: ReadonlyMap<string, SimulationRule>;
}

const FINDINGS = new Set<string>([
  'STRATEGY_THREW',
  'STRATEGY_RULE_BROKEN',
  'SIMULATION_VIOLATED',
  'CAPACITY_EXHAUSTED',
]);

/** Plays one seed: the strategy lives in a process that may die, and begins anew with it. */
export class SeedRun {
  readonly #options: SeedRunOptions;
  readonly #session: FaultSession;
  readonly #denials = new Map<string, number>();
  readonly #view: SimulationView;
  #recorder: SessionRecorder;
  #runner: StrategyRunner | null = null;
  #marketEvents = 0;

  constructor(options: SeedRunOptions) {
    this.#options = options;
    const { engine, seed, faults, leftOut, instruments, market } = options;
    this.#session = new FaultSession({
      optionsJson: JSON.stringify({ engine, seed, faults, left_out: leftOut }),
      instruments: instruments.length,
      records: market.records,
    });
    this.#recorder = this.#newRecorder();
    this.#view = simulationView(this.#session, instruments);
  }

  run(): SeedOutcome {
    let failure: RunFailure | null = null;
    try {
      this.#play();
    } catch (error) {
      failure = failureOf(error, this.#session.nowMs);
    }
    this.#countDenials();
    const outcome = this.#session.outcome();
    this.#session.dispose();
    return { ...outcome, failure, denials: this.#denials, marketEvents: this.#marketEvents };
  }

  #play(): void {
    const session = this.#session;
    this.#begin(0);
    const { market } = this.#options;
    let step = 1;
    for (let record = 0; record < market.count; record += step) {
      const kind = kindOf(market, record);
      step = recordsOf(kind);
      let pause = session.advance(record);
      for (; pause === 'news' || pause === 'restarted'; pause = session.advance(record)) {
        if (pause === 'restarted') this.#begin(record);
        else this.#alive((runner) => runner.onNews(session.nowMs));
        this.#checkRules();
      }
      if (pause === 'reached') {
        this.#alive((runner) => runner.onRecord(record, kind));
        this.#marketEvents += 1;
      }
      this.#checkRules();
    }
    if (!session.isDown) this.#alive((runner) => runner.stop());
    session.finish();
    this.#checkRules();
  }

  /** Starts the strategy with the bars before a record behind it; what is open it does not know of. */
  #begin(record: number): void {
    const { strategy, strategies, instruments, seed } = this.#options;
    const { native } = this.#session;
    this.#countDenials();
    this.#recorder = this.#newRecorder();
    const told: Notice[] = [];
    native.takeNotices(told);
    for (const notice of told) this.#recorder.onNotice(notice);
    const recorder = this.#recorder;
    const runner = new StrategyRunner({
      strategy,
      strategies,
      native,
      instruments,
      recorder,
      seed,
    });
    const { market } = this.#options;
    for (let past = 0; past < record; past += recordsOf(kindOf(market, past))) {
      if (kindOf(market, past) !== MARKET_EVENT_KINDS.bar) continue;
      this.#session.showEvent(past);
      runner.learn();
    }
    this.#runner = runner;
    this.#alive((begun) => {
      begun.onNews(this.#session.nowMs);
      begun.start();
    });
  }

  /** Calls the strategy's runner; that the process died in the middle is no failure of the strategy. */
  #alive(call: (runner: StrategyRunner) => void): void {
    if (this.#runner === null) return;
    try {
      call(this.#runner);
    } catch (error) {
      if (!this.#session.isDown || brokenRule(error) !== null) throw error;
      this.#runner = null;
    }
  }

  #newRecorder(): SessionRecorder {
    const { account } = this.#session.native.memory;
    return new SessionRecorder({ instruments: this.#options.instruments, account, files: null });
  }

  #countDenials(): void {
    for (const { code, count } of this.#recorder.denials.counts()) {
      this.#denials.set(code, (this.#denials.get(code) ?? 0) + count);
    }
  }

  #checkRules(): void {
    for (const [name, rule] of this.#options.rules) {
      let reason = '';
      try {
        if (rule(this.#view) !== false) continue;
      } catch (error) {
        reason = `: ${error instanceof Error ? error.message : String(error)}`;
      }
      throw new HoldfastError('STRATEGY_RULE_BROKEN', `rule "${name}" must hold${reason}`, {
        context: { rule: name },
      });
    }
  }
}

function kindOf({ records }: MarketRecords, index: number): number {
  return records[index * MARKET_EVENT_BYTES + MARKET_EVENT_OFFSETS.kind] ?? 0;
}

const recordsOf = (kind: number) => (kind === MARKET_EVENT_KINDS.bar ? BAR_RECORDS : 1);

function simulationView(session: FaultSession, instruments: readonly Instrument[]): SimulationView {
  const { memory } = session.native;
  const indexOf = (instrument: string | number = 0): number => {
    const index =
      typeof instrument === 'number'
        ? instrument
        : instruments.findIndex(({ symbol }) => symbol === instrument);
    instrumentAt(instruments, index);
    return index;
  };
  return {
    instruments,
    get nowMs() {
      return session.nowMs;
    },
    get equity() {
      return memory.account[0] ?? 0;
    },
    get openOrderCount() {
      return memory.account[5] ?? 0;
    },
    lots: (instrument) => memory.positionLots(indexOf(instrument)),
    venueLots: (instrument) => session.venueLots(indexOf(instrument)),
  };
}

/** A broken rule of the simulator that came out of a call of the strategy, which may be wrapped as its exception. */
function brokenRule(error: unknown): HoldfastError | null {
  if (!isHoldfastError(error)) return null;
  if (error.code === 'SIMULATION_VIOLATED') return error;
  return error.cause === undefined ? null : brokenRule(error.cause);
}

/** Tells what went wrong; what is no finding, such as market events out of order, is thrown on. */
function failureOf(error: unknown, tsMs: number): RunFailure {
  const known = brokenRule(error) ?? error;
  if (!isHoldfastError(known) || !FINDINGS.has(known.code)) throw error;
  const { code, message, context } = known;
  const figures = code === 'SIMULATION_VIOLATED' ? ` ${JSON.stringify(context)}` : '';
  const { rule, hook, reason } = context;
  const kind = JSON.stringify([code, rule ?? hook ?? message, reason ?? null]);
  return { code, message: `${message}${figures}`, kind, tsMs: tsMs > 0 ? tsMs : null };
}
