import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { decimalOf, formatDecimal } from '../core/decimal.js';
import { HoldfastError } from '../core/holdfast-error.js';
import {
  assumptionsSchema,
  CASH_DEFAULT,
  MAX_OPEN_ORDERS_DEFAULT,
} from '../engine/backtest-options.js';
import { parseConfig } from '../core/schema.js';
import { sessionConfig } from '../engine/session-config.js';
import { packageVersion } from '../native/addon-path.js';
import { type LimitsOptions, parseLimits } from '../risk/limits.js';
import { isStrategy, type Strategy } from '../strategies/strategy.js';
import { type SeedOutcome, SeedRun, type SeedRunOptions, type SimulationRule } from './seed-run.js';
import { type Market, marketOf, type MarketOptions } from './simulation-market.js';
import { type SimulationFinding, SimulationReport } from './simulation-report.js';
import { smallestFailing } from './smallest-failing.js';

/** A way in which venue, network, disk or process misbehave; see `ts/docs/fault-simulation.md`. */
export type FaultName =
  | 'loss'
  | 'delay'
  | 'reorder'
  | 'duplicate'
  | 'ack_after_fill'
  | 'silent_accept'
  | 'late_accept'
  | 'wrong_reject'
  | 'stream_expiry'
  | 'outage'
  | 'clock_jump'
  | 'disk_full'
  | 'crash';

export interface SimulateOptions {
  /** How many seeds; each is run twice and must give the same hash. Default 100. */
  readonly seeds?: number;
  /** Default 1. */
  readonly seedStart?: number;
  /** Default `all`; of those allowed each seed meets its own half, so that none hides another. */
  readonly faults?: 'all' | 'none' | readonly FaultName[];
  /** What was recorded, the same for every seed, or how each seed draws its own. Default: 300 one-minute bars. */
  readonly data?: MarketOptions;
  /** Limits of the gate; the strategy's own when left out. */
  readonly limits?: LimitsOptions;
  readonly cash?: string | number;
  readonly maxOpenOrders?: number;
  /** What must hold whenever the strategy was called: a function that returns false or throws has broken its rule. */
  readonly rules?: Readonly<Record<string, SimulationRule>>;
  /** The run ends after so many findings. Default 5. */
  readonly findingsMax?: number;
  readonly onSeed?: (progress: { readonly seeds: number; readonly findings: number }) => void;
}

const SEEDS_DEFAULT = 100;
const FINDINGS_MAX_DEFAULT = 5;
/** Most runs that making one finding smaller may take. */
const SMALLER_RUNS_MAX = 60;

/** The rule of a strategy that must never be short, by what the venue keeps. */
export const neverShort: SimulationRule = ({ instruments, venueLots }) =>
  instruments.every((_, index) => venueLots(index) >= 0n);

/**
 * Runs a strategy against a venue, a network, a disk and a process that misbehave, in virtual time, all drawn from seeds:
 * the engine's own rules are checked after every event, the given ones whenever the strategy was called.
 *
 * A process that dies takes the strategy with it: `state()`, timers and `onStart` begin anew over the recovered account,
 * with indicators that have seen the bars before.
 *
 * @example
 * const report = await simulate(trendFollowing, { seeds: 300, rules: { 'never short': neverShort } });
 * report.expectHolds();
 *
 * @throws HoldfastError for options that cannot be; what the strategy does wrong is a finding of the report
 */
export async function simulate(
  strategy: Strategy,
  options: SimulateOptions = {},
): Promise<SimulationReport> {
  const seeds = whole('seeds', options.seeds ?? SEEDS_DEFAULT, 1);
  const seedStart = whole('seedStart', options.seedStart ?? 1, 0);
  const findingsMax = whole('findingsMax', options.findingsMax ?? FINDINGS_MAX_DEFAULT, 1);
  const market = await marketOf(options.data ?? {});
  const plan = planOf(strategy, options, market);
  const sum = new Sum(strategy.name, seedStart);
  for (let index = 0; index < seeds && sum.findings.length < findingsMax; index += 1) {
    const seed = seedStart + index;
    const run = { ...plan, seed, market: market.records(seed), leftOut: [] };
    const [first, second] = [new SeedRun(run).run(), new SeedRun(run).run()];
    sum.add(first);
    const finding = findingOf(run, first, second);
    if (finding !== null) sum.findings.push(finding);
    options.onSeed?.({ seeds: index + 1, findings: sum.findings.length });
    // A test runner's timeouts and a keyboard's interrupt are heard between two seeds.
    await nextTurn();
  }
  return sum.report();
}

type Plan = Omit<SeedRunOptions, 'seed' | 'market' | 'leftOut'>;

function planOf(strategy: Strategy, options: SimulateOptions, { instruments }: Market): Plan {
  if (!isStrategy(strategy)) {
    throw new HoldfastError('STRATEGY_INVALID', 'strategy must be made with defineStrategy()');
  }
  const limits = options.limits ?? strategy.definition.limits;
  if (limits === undefined) {
    throw new HoldfastError(
      'LIMITS_INVALID',
      'limits must be given, by the simulation or by the strategy: no money limit has a silent default; use a preset',
    );
  }
  const cash = decimalOf(options.cash ?? CASH_DEFAULT);
  const parsed = parseLimits(limits);
  const { json } = sessionConfig({
    strategy,
    strategyHash: null,
    instruments,
    limits: parsed,
    limitsPreset: null,
    assumptions: parseConfig(assumptionsSchema, {}, 'assumptions', 'CONFIG_INVALID'),
    startCash: formatDecimal(cash.mantissa, cash.scale),
    maxOpenOrders: options.maxOpenOrders ?? MAX_OPEN_ORDERS_DEFAULT,
    seed: 0,
    data: [],
    version: packageVersion(),
  });
  const { faults = 'all' } = options;
  return {
    strategy,
    strategies: parsed.strategies ?? [],
    instruments,
    engine: engineOf(json),
    faults: typeof faults === 'string' ? faults : faults.join(','),
    rules: new Map(Object.entries(options.rules ?? {})),
  };
}

function engineOf(json: string): unknown {
  const config: unknown = JSON.parse(json);
  return typeof config === 'object' && config !== null && 'engine' in config ? config.engine : null;
}

/** What a seed found, explained by the fewest faults that lead to the same. */
function findingOf(
  run: SeedRunOptions,
  first: SeedOutcome,
  second: SeedOutcome,
): SimulationFinding | null {
  const { seed } = run;
  const isSame = first.hash === second.hash && first.failure?.kind === second.failure?.kind;
  if (!isSame) {
    const message = `strategy ${run.strategy.name} must do the same in two equal runs, their hashes differ`;
    const { marketEvents } = first;
    return { seed, code: 'STRATEGY_UNREPEATABLE', message, tsMs: null, marketEvents, faults: [] };
  }
  if (first.failure === null) return null;
  const { kind } = first.failure;
  let smallest = first;
  smallestFailing(
    first.faults.map(({ number }) => number),
    SMALLER_RUNS_MAX,
    (kept) => {
      const leftOut = first.faults
        .map(({ number }) => number)
        .filter((each) => !kept.includes(each));
      const outcome = new SeedRun({ ...run, leftOut }).run();
      if (outcome.failure?.kind !== kind) return false;
      smallest = outcome;
      return true;
    },
  );
  const { code, message, tsMs } = smallest.failure ?? first.failure;
  const faults = smallest.faults.map((fault) => ({
    name: fault.name,
    atMs: fault.at_ms,
    spanMs: fault.span_ms,
  }));
  return { seed, code, message, tsMs, marketEvents: smallest.marketEvents, faults };
}

/** The figures of all seeds. */
class Sum {
  readonly findings: SimulationFinding[] = [];
  readonly #faults = new Map<string, number>();
  readonly #denials = new Map<string, number>();
  readonly #strategy: string;
  readonly #seedStart: number;
  #seeds = 0;
  #marketEvents = 0;
  #events = 0;
  #fills = 0;
  #crashes = 0;
  #digest = '';

  constructor(strategy: string, seedStart: number) {
    this.#strategy = strategy;
    this.#seedStart = seedStart;
  }

  add(outcome: SeedOutcome): void {
    this.#seeds += 1;
    this.#marketEvents += outcome.marketEvents;
    this.#events += outcome.events;
    this.#fills += outcome.fills;
    this.#crashes += outcome.crashes;
    for (const { name } of outcome.faults) count(this.#faults, name, 1);
    for (const [code, times] of outcome.denials) count(this.#denials, code, times);
    this.#digest = createHash('sha256').update(this.#digest).update(outcome.hash).digest('hex');
  }

  report(): SimulationReport {
    return new SimulationReport({
      strategy: this.#strategy,
      seedStart: this.#seedStart,
      seeds: this.#seeds,
      marketEvents: this.#marketEvents,
      events: this.#events,
      fills: this.#fills,
      crashes: this.#crashes,
      faults: sorted(this.#faults),
      denials: sorted(this.#denials),
      findings: this.findings,
      digest: this.#digest,
    });
  }
}

function count(counts: Map<string, number>, name: string, times: number): void {
  counts.set(name, (counts.get(name) ?? 0) + times);
}

function sorted(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function whole(option: string, value: number, smallest: number): number {
  if (Number.isSafeInteger(value) && value >= smallest) return value;
  throw new HoldfastError(
    'ARGUMENT_INVALID',
    `${option} must be a whole number from ${smallest}, was ${value}`,
    { context: { option, value } },
  );
}
