import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';

import { HoldfastError } from '../core/holdfast-error.js';
import type { AssumptionsOptions, DataFile } from '../engine/backtest-options.js';
import { DATA_FORMATS, type DataDescriptionInput } from '../market/data-description.js';
import type { JournalPolicy } from '../core/journal-policy.js';
import { SELF_TRADE_POLICIES } from '../core/order-rules.js';
import { type Limits, parseLimitsJson } from '../risk/limits.js';
import { LIMITS_PRESETS, presetLimits } from '../risk/presets.js';
import { loadStrategy } from './load-strategy.js';
import { runSession } from './session-run.js';

interface BacktestFlags {
  readonly strategy: string;
  readonly data: readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly columns?: Record<string, string | number>;
  readonly symbol?: string;
  readonly tick?: string;
  readonly lot?: string;
  readonly round?: true | 'nearest';
  readonly roundVolume?: true | 'nearest' | 'down';
  readonly adjust?: string;
  readonly factors?: string;
  readonly side?: string;
  readonly interval?: string;
  readonly onBadRow: 'refuse' | 'skip';
  readonly limits?: string;
  readonly from?: string;
  readonly to?: string;
  readonly cash: string;
  readonly feesBps?: string;
  readonly feePerUnit?: string;
  readonly slippageBps?: string;
  readonly participation?: string;
  readonly seed: number;
  readonly journalPolicy?: JournalPolicy;
  readonly selfTrade?: (typeof SELF_TRADE_POLICIES)[number];
  readonly out?: string;
  readonly json?: boolean;
}

/** The preset that is used, and named, when neither the command nor the strategy brings limits. */
const PRESET_DEFAULT = 'lightning';

const EXAMPLES = `
Examples:
  $ holdfast backtest --strategy trend.ts --data spy.csv --limits bot4
  $ holdfast backtest --strategy trend.ts --data prices.csv --columns time=Date,close=Last --tick 0.01 --round
  $ holdfast backtest --strategy trend.js --data aapl.zip --format lean-equity-daily \\
      --factors aapl.factors.csv --adjust splits-and-dividends --round --round-volume --limits my-limits.json
  $ holdfast backtest --strategy trend.js --data btc.jsonl --lot 0.00000001 --json > summary.json

Limits: ${LIMITS_PRESETS.join(', ')}, or a JSON file with every limit as a value or "unlimited".
Without --limits the strategy's own limits hold; without those, the preset ${PRESET_DEFAULT}.`;

/** Adds `holdfast backtest`. */
export function addBacktestCommand(program: Command): void {
  program
    .command('backtest')
    .description('run a strategy over recorded bars and write journal, summary, tables and report')
    .requiredOption(
      '--strategy <file>',
      'JavaScript or TypeScript file that exports a strategy as default',
    )
    .requiredOption('--data <file...>', 'file of bars; several files are several instruments')
    .option(
      '--description <file>',
      'JSON file that describes the data (the options below override it)',
    )
    .addOption(new Option('--format <format>', 'format of the data').choices([...DATA_FORMATS]))
    .option('--columns <map>', 'columns by name or number, e.g. time=Date,close=5', parseColumns)
    .option('--symbol <symbol>', 'symbol of the instrument (default: the name of the file)')
    .option('--tick <size>', 'smallest price step (default: 0.01)')
    .option('--lot <size>', 'smallest quantity step (default: 1)')
    .addOption(
      new Option(
        '--round [how]',
        'round prices that are off the tick; counted in the report',
      ).choices(['nearest']),
    )
    .addOption(
      new Option(
        '--round-volume [how]',
        'round volumes that are off the lot; counted in the report',
      ).choices(['nearest', 'down']),
    )
    .option('--adjust <how>', 'none, splits or splits-and-dividends (needs --factors and --round)')
    .option('--factors <file>', 'file of split and dividend factors')
    .option('--side <side>', 'bid or ask, for quote files')
    .option('--interval <interval>', 'length of a bar, e.g. 1d or 1m (default: found in the data)')
    .addOption(
      new Option('--on-bad-row <what>', 'what to do with a bad row')
        .choices(['refuse', 'skip'])
        .default('refuse'),
    )
    .option('--limits <preset|file>', 'limits of the gate')
    .option('--from <date>', 'first bar to take, ISO 8601')
    .option('--to <date>', 'last bar to take, ISO 8601')
    .option('--cash <amount>', 'cash at the start', '100000')
    .option('--fees-bps <bps>', 'fee of every fill in basis points of notional (default: 1)')
    .option('--fee-per-unit <amount>', 'fee per unit of the instrument (default: 0)')
    .option(
      '--slippage-bps <bps>',
      'slippage of market and stop fills in basis points (default: 1)',
    )
    .option(
      '--participation <frac>',
      "share of a bar's volume that may be taken, or unlimited (default: 0.1)",
    )
    .option('--seed <number>', "seed of the strategy's random numbers", parseSeed, 0)
    .option(
      '--journal-policy <policy>',
      'when records reach the disk: os, always or batch:MS (default: os)',
      parsePolicy,
    )
    .addOption(
      new Option('--self-trade <policy>', 'what gives way when own orders would meet').choices([
        ...SELF_TRADE_POLICIES,
      ]),
    )
    .option('--out <dir>', 'folder for the results (default: out/STRATEGY-DATA)')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', EXAMPLES)
    .action(backtest);
}

async function backtest(flags: BacktestFlags): Promise<void> {
  const { strategy, hash } = await loadStrategy(flags.strategy);
  const chosen = chooseLimits(flags.limits, strategy.definition.limits !== undefined);
  const data = flags.data.map((file) => dataFile(file, flags));
  const out =
    flags.out ?? join('out', `${strategy.name}-${symbolOf(flags.data[0] ?? '')}`.toLowerCase());
  await runSession({
    options: {
      strategy,
      strategyHash: hash,
      data,
      cash: flags.cash,
      seed: flags.seed,
      out,
      assumptions: assumptionsOf(flags),
      ...defined({ journalPolicy: flags.journalPolicy }),
      ...(flags.selfTrade === undefined ? {} : { orders: { selfTrade: flags.selfTrade } }),
      ...(chosen.limits === null ? {} : { limits: chosen.limits }),
      ...(chosen.preset === null ? {} : { limitsPreset: chosen.preset }),
    },
    json: flags.json ?? false,
    heading: [
      `strategy ${strategy.name} from ${flags.strategy}`,
      `data     ${flags.data.join(', ')}`,
      `limits   ${chosen.said}`,
    ],
  });
}

interface ChosenLimits {
  readonly limits: Limits | null;
  readonly preset: string | null;
  readonly said: string;
}

/** Limits of the command, of the strategy, or the preset that is named when there are none. */
export function chooseLimits(flag: string | undefined, strategyHasLimits: boolean): ChosenLimits {
  if (flag === undefined && strategyHasLimits) {
    return { limits: null, preset: null, said: "the strategy's own" };
  }
  const name = flag ?? PRESET_DEFAULT;
  if (flag?.endsWith('.json') === true) {
    return {
      limits: parseLimitsJson(readText(flag, 'LIMITS_INVALID')),
      preset: null,
      said: `file ${flag}`,
    };
  }
  const said = flag === undefined ? `preset ${name}, since none were given` : `preset ${name}`;
  return { limits: presetLimits(name), preset: name, said };
}

/** How files of bars are described on the command line. */
export type DataFlags = Partial<
  Pick<
    BacktestFlags,
    | 'description'
    | 'format'
    | 'columns'
    | 'symbol'
    | 'tick'
    | 'lot'
    | 'round'
    | 'roundVolume'
    | 'adjust'
    | 'factors'
    | 'side'
    | 'interval'
    | 'from'
    | 'to'
    | 'onBadRow'
  >
>;

/** A file of bars with what the flags say of it. */
export function dataFile(file: string, flags: DataFlags): DataFile {
  const described = flags.description === undefined ? {} : describedBy(flags.description);
  // The description is checked whole, unknown keys too, when the session parses it.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed by its schema later
  const description = {
    ...described,
    ...defined({
      symbol: flags.symbol ?? ('symbol' in described ? undefined : symbolOf(file)),
      format: flags.format,
      columns: flags.columns,
      tick: flags.tick,
      lot: flags.lot,
      round: flags.round === true ? 'nearest' : flags.round,
      roundVolume: flags.roundVolume === true ? 'nearest' : flags.roundVolume,
      adjust: flags.adjust,
      factors: flags.factors,
      side: flags.side,
      interval: flags.interval,
    }),
  } as DataDescriptionInput;
  return {
    file,
    description,
    ...defined({ onBadRow: flags.onBadRow, from: flags.from, to: flags.to }),
  };
}

function describedBy(file: string): Record<string, unknown> {
  try {
    return z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(readText(file, 'DATA_DESCRIPTION_INVALID')));
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause;
    throw new HoldfastError(
      'DATA_DESCRIPTION_INVALID',
      `description ${file} must be a JSON object`,
      { cause },
    );
  }
}

function assumptionsOf(flags: BacktestFlags): AssumptionsOptions {
  return defined({
    takerFeeBps: flags.feesBps,
    makerFeeBps: flags.feesBps,
    feePerUnit: flags.feePerUnit,
    slippageBps: flags.slippageBps,
    participationFracMax: flags.participation,
  });
}

function readText(file: string, code: 'LIMITS_INVALID' | 'DATA_DESCRIPTION_INVALID'): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HoldfastError(code, `file ${file} must be readable`, { context: { file }, cause });
  }
}

/** The part of a file's name before its first dot, as a symbol. */
function symbolOf(file: string): string {
  return basename(file).split('.')[0]?.toUpperCase() ?? 'DATA';
}

/** Leaves out what was not given, so that defaults stay where they are defined. */
function defined<Value extends Record<string, unknown>>(
  values: Value,
): { [Key in keyof Value]: NonNullable<Value[Key]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only undefined was taken out
  return Object.fromEntries(entries) as { [Key in keyof Value]: NonNullable<Value[Key]> };
}

function parseColumns(text: string): Record<string, string | number> {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [column = '', name = ''] = pair.split('=');
      if (name === '')
        throw new InvalidArgumentError('write column=name, for example time=Date,close=5.');
      return [column.trim(), /^\d+$/.test(name) ? Number(name) : name];
    }),
  );
}

function parsePolicy(text: string): JournalPolicy {
  if (text === 'os' || text === 'always') return text;
  const [, batchMs] = /^batch:(\d{1,5})$/.exec(text) ?? [];
  if (batchMs !== undefined) return { batchMs: Number(batchMs) };
  throw new InvalidArgumentError('must be os, always or batch:MS, for example batch:50.');
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new InvalidArgumentError('must be a whole number from 0.');
}
