import { type Command, InvalidArgumentError } from 'commander';

import {
  type FaultReport,
  type FaultViolation,
  simulateFaults,
} from '../native/fault-simulator.js';
import { simulateStrategy, strategyReportText } from './strategy-simulation.js';

/** Seeds of one call: short enough that progress shows, long enough that calls cost nothing. */
const BATCH_SEEDS = 25;
/** The run ends when so many rules were broken. */
const VIOLATIONS_MAX = 5;

interface SimulateFlags {
  /** 1,000 without a strategy, 100 with one. */
  readonly seeds: number;
  readonly seedStart: number;
  readonly steps: number;
  readonly faults: string;
  readonly acts: string;
  readonly json?: boolean;
}

/** What the command line gives; how many seeds depends on what is run. */
type CommandFlags = Omit<SimulateFlags, 'seeds'> & {
  readonly seeds?: number;
  readonly strategy?: string;
  readonly data?: readonly string[];
  readonly bars?: number;
  readonly limits?: string;
  readonly tick?: string;
  readonly lot?: string;
  readonly round?: true;
  readonly description?: string;
};

const SEEDS_DEFAULT = 1_000;

/** Adds `holdfast simulate`. */
export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description('run engine, gate and gateway against a venue and a network that misbehave')
    .option(
      '--seeds <number>',
      'how many seeds; each is run twice (default: 1000, with --strategy 100)',
      parseCount,
    )
    .option('--seed-start <number>', 'first seed', parseCount, 1)
    .option('--steps <number>', 'acts of market, strategy and faults in a run', parseCount, 400)
    .option('--faults <names>', 'all, none, or names with commas between them', 'all')
    .option('--acts <names>', 'beside single orders: all, none, or names with commas', 'all')
    .option('--strategy <file>', 'run this strategy instead of one that orders at random')
    .option('--data <file...>', 'bars for the strategy (default: a random walk for each seed)')
    .option('--bars <number>', 'bars of the random walk (default: 300)', parseCount)
    .option('--tick <size>', 'smallest price step of the data (default: 0.01)')
    .option('--lot <size>', 'smallest quantity step of the data (default: 1)')
    .option('--round', 'round prices of the data that are off the tick')
    .option('--description <file>', 'JSON file that describes the data')
    .option('--limits <preset|file>', "limits of the gate (default: the strategy's own)")
    .option('--json', 'print the outcome as JSON')
    .action(async ({ seeds, ...given }: CommandFlags) => {
      const startMs = performance.now();
      const { strategy } = given;
      if (strategy !== undefined) {
        const report = await simulateStrategy({ ...given, seeds, strategy });
        const elapsedS = (performance.now() - startMs) / 1_000;
        const text =
          given.json === true
            ? JSON.stringify({ ...report.toJSON(), elapsed_s: elapsedS }, null, 2)
            : strategyReportText(report, elapsedS);
        process.stdout.write(`${text}\n`);
        if (report.findings.length > 0) process.exitCode = 1;
        return;
      }
      const flags = { ...given, seeds: seeds ?? SEEDS_DEFAULT };
      const report = runSeeds(flags, showProgress);
      const elapsedS = (performance.now() - startMs) / 1_000;
      const text =
        flags.json === true
          ? JSON.stringify({ ...flags, ...report, elapsed_s: elapsedS }, null, 2)
          : reportText(flags, report, elapsedS);
      process.stdout.write(`${text}\n`);
      if (report.violations.length > 0) process.exitCode = 1;
    })
    .addHelpText(
      'after',
      `
Examples:
  $ holdfast simulate --seeds 1000
  $ holdfast simulate --seeds 1 --seed-start 4711 --faults loss,crash
  $ holdfast simulate --seeds 1000 --acts lists,triggers
  $ holdfast simulate --strategy trend.ts --seeds 300
  $ holdfast simulate --strategy trend.ts --data spy.csv --limits lightning --json`,
    );
}

/** Runs the seeds in batches and adds the reports up. */
export function runSeeds(
  flags: Pick<SimulateFlags, 'seeds' | 'seedStart' | 'steps' | 'faults' | 'acts'>,
  onBatch: (sum: FaultReport, seeds: number) => void,
): FaultReport {
  let sum: FaultReport = { seeds: 0, events: 0, fills: 0, crashes: 0, hash: '', violations: [] };
  while (sum.seeds < flags.seeds && sum.violations.length < VIOLATIONS_MAX) {
    const report = simulateFaults({
      seedStart: flags.seedStart + sum.seeds,
      seeds: Math.min(BATCH_SEEDS, flags.seeds - sum.seeds),
      steps: flags.steps,
      faults: flags.faults,
      acts: flags.acts,
      hashBefore: sum.hash,
    });
    sum = {
      seeds: sum.seeds + report.seeds,
      events: sum.events + report.events,
      fills: sum.fills + report.fills,
      crashes: sum.crashes + report.crashes,
      hash: report.hash,
      violations: [...sum.violations, ...report.violations],
    };
    onBatch(sum, flags.seeds);
  }
  return sum;
}

function showProgress({ seeds, events, violations }: FaultReport, all: number): void {
  if (!process.stderr.isTTY) return;
  const text = `${seeds} of ${all} seeds, ${figure(events)} events, ${violations.length} broken`;
  process.stderr.write(seeds < all ? `\r${text}\u001b[K` : '\r\u001b[K');
}

/** The outcome for people. */
export function reportText(
  setting: Pick<SimulateFlags, 'seedStart' | 'steps' | 'faults' | 'acts'>,
  report: FaultReport,
  elapsedS: number,
): string {
  const { seedStart, steps, faults, acts } = setting;
  const { seeds, events, fills, crashes, hash, violations } = report;
  const broken = violations.length === 0 ? 'no rule broken' : `${violations.length} broken`;
  const rate = elapsedS > 0 ? Math.round(events / elapsedS) : 0;
  return [
    `${figure(seeds)} seeds from ${seedStart}, ${steps} steps, faults ${faults}, acts ${acts}: ${broken}`,
    `${figure(events)} events in ${elapsedS.toFixed(1)} s (${figure(rate)}/s), ` +
      `${figure(fills)} fills, ${figure(crashes)} crashes; each seed ran twice with the same hash`,
    `hash ${hash}`,
    ...violations.map((violation) => violationText(violation, setting)),
  ].join('\n');
}

function violationText(
  violation: FaultViolation,
  { steps, faults, acts }: Pick<SimulateFlags, 'steps' | 'faults' | 'acts'>,
): string {
  const { seed, rule, figures, schedule } = violation;
  return [
    `\nseed ${seed}: ${rule}`,
    ...figures.map((text) => `  ${text}`),
    '  smallest schedule found:',
    ...schedule.map(({ at_ms, what }) => `  ${String(at_ms).padStart(8)} ms  ${what}`),
    `  again: holdfast simulate --seeds 1 --seed-start ${seed} --steps ${steps} --faults ${faults} --acts ${acts}`,
  ].join('\n');
}

function figure(value: number): string {
  return value.toLocaleString('en-US');
}

function parseCount(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('must be a whole number from 1.');
}
