import { HoldfastError } from '../core/holdfast-error.js';
import { type ScenarioNumbers, scenarioNumbers } from '../native/scenario-simulation.js';
import type { ParsedOptions } from '../quant/scenarios/scenario-options.js';
import type { ScenarioTask } from '../quant/scenarios/simulate-scenarios.js';
import { deviceBook } from './scenario-book.js';
import { blocksOf, deviceModel, type ScenarioKernel } from './scenario-model.js';
import { WordTable } from './word-table.js';

/** What an option's value costs, in multiplications; and what a normal does. */
const OPTION_PRODUCTS = 80;
const NORMAL_PRODUCTS = 60;

/** What a device is to simulate. */
export interface ScenarioWork {
  readonly kernel: ScenarioKernel;
  /** Constants that the kernel is made with, but for the number of bins. */
  readonly model: string;
  readonly words: Uint32Array<ArrayBuffer>;
  readonly scenarios: number;
  readonly seed: bigint;
  readonly levels: readonly number[];
  /** Perpetuals and barriers, in this order. */
  readonly perpetuals: number;
  readonly barriers: number;
  /** Perpetuals whose margins lie in the device's memory: none, or all. */
  readonly keptMargins: number;
  /** Whether neighbours are pairs, the second with the mirror image of every draw. */
  readonly antithetic: boolean;
  /** Whether drawdown and time under water are wanted. */
  readonly along: boolean;
  readonly keepOutcomes: boolean;
  /** About as many multiplications as one scenario takes. */
  readonly products: number;
  /** Normals that one scenario draws. */
  readonly normals: number;
}

function unsupported(field: string, what: string): never {
  throw new HoldfastError('GPU_TASK_UNSUPPORTED', `${field} ${what}`, { context: { field } });
}

/** @throws HoldfastError `GPU_TASK_UNSUPPORTED` naming the field */
export function checkSupported({ sampling, controlVariate }: ParsedOptions): void {
  if (sampling !== 'random' && sampling !== 'antithetic') {
    unsupported('sampling', `must be random or antithetic on a graphics adapter, is ${sampling}`);
  }
  if (controlVariate) unsupported('controlVariate', 'must be false on a graphics adapter');
}

/**
 * Turns a question into words and constants.
 *
 * @throws HoldfastError `GPU_TASK_UNSUPPORTED`, and what native code says of the numbers
 */
export function scenarioWork(task: ScenarioTask): {
  readonly work: ScenarioWork;
  readonly warning: string | null;
} {
  const { options, plan, history } = task;
  checkSupported(options);
  const numbers = scenarioNumbers(plan, history);
  return { work: workOf(task, numbers), warning: numbers.warning };
}

function workOf({ options, model, history }: ScenarioTask, numbers: ScenarioNumbers): ScenarioWork {
  const { steps, stepYears, path, barriers } = options;
  const table = new WordTable();
  const { factors } = numbers;
  const moved = deviceModel(model, { history, factors, stepYears }, table);
  const everyStep = path || options.positions.some(({ kind }) => kind === 'perpetual');
  const sizes = { assets: moved.assets, everyStep };
  const book = deviceBook(options, sizes, numbers.options, table);
  writeBarriers(barriers, moved.variances, table);
  table.whole('ASSETS', moved.assets);
  table.whole('NORMAL_BLOCKS', blocksOf(moved.factors));
  table.whole('NORMALS_SIZE', Math.max(blocksOf(moved.factors), 1));
  table.whole('STEPS', steps);
  table.flag('EVERY_STEP', everyStep);
  table.flag('ALONG', path);
  table.flag('ANTITHETIC', options.sampling === 'antithetic');
  const values = everyStep ? steps : 1;
  const entries = (moved.assets * (moved.assets + 1)) / 2;
  const drawn = (moved.factors + moved.assets) * NORMAL_PRODUCTS;
  return {
    kernel: moved.kernel,
    model: table.text,
    words: table.all,
    scenarios: options.scenarios,
    seed: BigInt(options.seed),
    levels: options.levels,
    perpetuals: book.perpetuals,
    barriers: barriers.length,
    keptMargins: book.keptMargins,
    antithetic: options.sampling === 'antithetic',
    along: path,
    keepOutcomes: options.outcomes,
    products: steps * (entries + drawn) + values * book.options * OPTION_PRODUCTS,
    normals: steps * Math.max(moved.factors, 1),
  };
}

function writeBarriers(
  barriers: ParsedOptions['barriers'],
  variances: readonly number[] | null,
  table: WordTable,
): void {
  const rows = barriers.flatMap(({ asset, ratio, continuous }) => {
    const variance = continuous ? (variances?.[asset] ?? 0) : 0;
    return [asset, ...new Uint32Array(Float32Array.of(Math.log(ratio), variance).buffer)];
  });
  table.words('BARRIERS_AT', Uint32Array.from(rows));
  table.whole('BARRIERS', barriers.length);
  table.whole('BARRIERS_SIZE', Math.max(barriers.length, 1));
}
