import { simulate, type FaultName } from '../testing/simulate.js';
import type { SimulationFinding, SimulationReport } from '../testing/simulation-report.js';
import { chooseLimits, dataFile, type DataFlags } from './backtest-command.js';
import { loadStrategy } from './load-strategy.js';

export interface StrategySimulationFlags extends Pick<
  DataFlags,
  'tick' | 'lot' | 'round' | 'description'
> {
  readonly strategy: string;
  readonly seeds?: number | undefined;
  readonly seedStart: number;
  /** `all`, `none`, or names with commas between them. */
  readonly faults: string;
  readonly data?: readonly string[];
  readonly bars?: number;
  readonly limits?: string;
}

/** Runs a strategy file under the fault simulator. */
export async function simulateStrategy(flags: StrategySimulationFlags): Promise<SimulationReport> {
  const { strategy } = await loadStrategy(flags.strategy);
  const { limits } = chooseLimits(flags.limits, strategy.definition.limits !== undefined);
  const { seeds, seedStart, bars } = flags;
  return simulate(strategy, {
    seedStart,
    faults: faultsOf(flags.faults),
    ...(seeds === undefined ? {} : { seeds }),
    ...(limits === null ? {} : { limits }),
    data:
      flags.data === undefined
        ? bars === undefined
          ? {}
          : { bars }
        : flags.data.map((file) => dataFile(file, flags)),
  });
}

/** The names are checked by the simulator, whose error lists those that there are. */
function faultsOf(text: string): 'all' | 'none' | readonly FaultName[] {
  if (text === 'all' || text === 'none') return text;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the native simulator refuses others
  return text.split(',') as FaultName[];
}

const figure = (value: number) => value.toLocaleString('en-US');

/** The outcome for people. */
export function strategyReportText(report: SimulationReport, elapsedS: number): string {
  const { strategy, seeds, seedStart, findings, marketEvents, events, fills, crashes, digest } =
    report;
  const found = findings.length === 0 ? 'nothing found' : `${findings.length} found`;
  return [
    `${strategy}: ${figure(seeds)} seeds from ${seedStart}: ${found}`,
    `${figure(marketEvents)} market events, ${figure(events)} events in all, ${figure(fills)} fills and ${figure(crashes)} crashes in ${elapsedS.toFixed(1)} s; each seed ran twice with the same hash`,
    `faults   ${counts(report.faults)}`,
    `denials  ${counts(report.denials)}`,
    `digest   ${digest}`,
    ...(findings.length === 0 && fills === 0
      ? ['no order filled: nothing about the strategy was checked']
      : []),
    ...findings.map((finding) => findingText(finding)),
  ].join('\n');
}

function counts(by: Readonly<Record<string, number>>): string {
  const entries = Object.entries(by).map(([name, times]) => `${name} ${figure(times)}`);
  return entries.length === 0 ? 'none' : entries.join(', ');
}

function findingText({
  seed,
  code,
  message,
  tsMs,
  marketEvents,
  faults,
}: SimulationFinding): string {
  const when = tsMs === null ? 'before the first market event' : new Date(tsMs).toISOString();
  return [
    `\nseed ${seed}, ${when}, after ${figure(marketEvents)} market events: ${code}`,
    `  ${message}`,
    faults.length === 0 ? '  without any fault' : '  smallest set of faults found:',
    ...faults.map(
      ({ name, atMs, spanMs }) => `  ${new Date(atMs).toISOString()}  ${name} for ${spanMs} ms`,
    ),
    `  again: the same command with --seeds 1 --seed-start ${seed}`,
  ].join('\n');
}
