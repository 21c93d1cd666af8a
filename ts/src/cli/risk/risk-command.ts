import { writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';

import { HoldfastError, isHoldfastError } from '../../core/holdfast-error.js';
import { RISK_METHODS } from '../../quant/index.js';
import type { BacktestMethod } from '../../quant/backtest/rolling-backtest.js';
import { readPositions, readPrices } from './risk-files.js';
import { riskJson } from './risk-json.js';
import { riskPage } from './risk-page.js';
import { type RiskReport, riskReport } from './risk-report.js';
import { riskText } from './risk-text.js';

const METHODS: readonly BacktestMethod[] = [...RISK_METHODS, 'monte_carlo'];
const SCENARIOS_DEFAULT = 262_144;
const WINDOW_DEFAULT = 500;
const PAGE_DEFAULT = 'risk.html';

interface RiskFlags {
  readonly positions: string;
  readonly prices: string;
  readonly method: BacktestMethod;
  readonly confidence: readonly number[];
  readonly horizon: number;
  readonly scenarios: number;
  readonly window: number;
  readonly seed: number;
  readonly equity?: number;
  readonly missing: 'refuse' | 'intersect';
  readonly gpu: 'auto' | 'never' | 'always';
  readonly softwareAdapter?: boolean;
  readonly json?: boolean;
  readonly html?: boolean;
  readonly out?: string;
}

const EXAMPLES = `
Positions: CSV with symbol and quantity (signed); optionally desk, strategy, beta_us_equity, beta_us_technology,
beta_bitcoin, beta_ether, beta_solana, beta_eur_chf; an option on the symbol has right, strike, time_years, vol_ann
and rate_ann as well.
Prices: CSV with date and a column for each symbol; or symbol, date, price; or date and close for a single symbol.

Examples:
  $ holdfast risk report --positions positions.csv --prices prices.csv
  $ holdfast risk report --positions positions.csv --prices prices.csv --method filtered_garch --html --out risk.html
  $ holdfast risk report --positions positions.csv --prices prices.csv --confidence 0.975 --horizon 10 --json
  $ holdfast risk report --positions positions.csv --prices prices.csv --scenarios 16777216 --gpu always`;

/** Adds `holdfast risk`. */
export function addRiskCommand(program: Command): void {
  program
    .command('risk')
    .description('measure the risk of a portfolio')
    .command('report')
    .description('VaR and CVaR by every method, components, stress, and a backtest')
    .requiredOption('--positions <file>', 'CSV of positions')
    .requiredOption('--prices <file>', 'CSV of prices')
    .addOption(
      new Option('--method <method>', 'method of the key figures and the backtest')
        .choices([...METHODS])
        .default('historical'),
    )
    .option(
      '--confidence <levels>',
      'confidence levels with commas between them',
      parseLevels,
      [0.95, 0.99],
    )
    .option('--horizon <periods>', 'periods to the horizon', parseCount, 1)
    .option(
      '--scenarios <number>',
      'paths of the Monte Carlo method',
      parseCount,
      SCENARIOS_DEFAULT,
    )
    .option(
      '--window <periods>',
      'periods that each forecast of the backtest looks back',
      parseCount,
      WINDOW_DEFAULT,
    )
    .option('--equity <amount>', 'money of the account (default: the gross exposure)', parseMoney)
    .addOption(
      new Option('--missing <what>', 'dates that not every symbol has')
        .choices(['refuse', 'intersect'])
        .default('refuse'),
    )
    .addOption(
      new Option('--gpu <when>', 'whether a graphics device runs the Monte Carlo method')
        .choices(['auto', 'never', 'always'])
        .default('auto'),
    )
    .option(
      '--software-adapter',
      'let a graphics device be one that the processor plays, for tests',
    )
    .option('--seed <number>', 'seed of everything that is drawn', parseSeed, 0)
    .option('--json', 'print the report as JSON')
    .option('--html', 'write the report as one page')
    .option(
      '--out <file>',
      `file to write to (default: ${PAGE_DEFAULT} for a page, else the screen)`,
    )
    .addHelpText('after', EXAMPLES)
    .action(runReport);
}

async function runReport(flags: RiskFlags): Promise<void> {
  const positions = readPositions(flags.positions);
  const symbols = [...new Set(positions.map(({ symbol }) => symbol))];
  const series = readPrices(flags.prices, symbols);
  const report = await measured(positions, series, {
    method: flags.method,
    levels: flags.confidence,
    horizon: flags.horizon,
    scenarios: flags.scenarios,
    seed: flags.seed,
    window: flags.window,
    equity: flags.equity ?? null,
    missing: flags.missing,
    gpu: flags.gpu,
    allowSoftware: flags.softwareAdapter === true,
    onProgress: showProgress,
  });
  showProgress('', 1);
  if (flags.html === true) {
    const file = flags.out ?? PAGE_DEFAULT;
    write(file, riskPage(report));
    if (flags.json !== true) process.stdout.write(`${riskText(report)}\n\npage     ${file}\n`);
  }
  if (flags.json === true || flags.html !== true) {
    const text = flags.json === true ? JSON.stringify(riskJson(report), null, 2) : riskText(report);
    if (flags.out !== undefined && flags.html !== true) write(flags.out, `${text}\n`);
    else process.stdout.write(`${text}\n`);
  }
}

/** What this command offers in place of the options of the function that it calls. */
const GPU_REMEDIES: Readonly<Record<string, string>> = {
  DEPENDENCY_MISSING: 'Install it: npm install webgpu, or run on the processor: --gpu never.',
  GPU_UNAVAILABLE:
    'Install a driver with Vulkan, Metal or Direct3D 12, or run on the processor: --gpu never.',
  GPU_SOFTWARE_REFUSED:
    'Allow it with --software-adapter for a test, or run on the processor: --gpu never.',
  GPU_CAPACITY: 'Ask for fewer --scenarios, or run on the processor: --gpu never.',
};

/** Measures the report; where a device was asked for and none ran, the error names the flags that help. */
async function measured(...question: Parameters<typeof riskReport>): Promise<RiskReport> {
  try {
    return await riskReport(...question);
  } catch (error) {
    const remedy = isHoldfastError(error) ? GPU_REMEDIES[error.code] : undefined;
    if (!isHoldfastError(error) || remedy === undefined) throw error;
    const { code, message, context } = error;
    throw new HoldfastError(code, message, { context: { ...context, remedy }, cause: error });
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new HoldfastError('OUTPUT_IO', `file ${file} must be writable`, {
      context: { file },
      cause,
    });
  }
}

/** One line on a terminal, nothing elsewhere. */
function showProgress(what: string, doneFrac: number): void {
  if (!process.stderr.isTTY) return;
  const percent = `${Math.floor(100 * doneFrac)} %`;
  process.stderr.write(doneFrac < 1 ? `\r${what}: ${percent}\u001b[K` : '\r\u001b[K');
}

function parseLevels(text: string): readonly number[] {
  const levels = text.split(',').map(Number);
  if (levels.length > 0 && levels.every((level) => level > 0 && level < 1)) {
    return [...new Set(levels)].toSorted((left, right) => left - right);
  }
  throw new InvalidArgumentError('must be numbers between 0 and 1, such as 0.95,0.99.');
}

function parseCount(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('must be a whole number from 1.');
}

function parseSeed(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('must be a whole number from 0.');
}

function parseMoney(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('must be an amount above 0.');
}
