import { Worker } from 'node:worker_threads';

import { HoldfastError } from '../core/holdfast-error.js';
import { factorOf } from '../native/portfolio-simulation.js';
import {
  type PortfolioRisk,
  type PortfolioSimulationOptions,
  portfolioTask,
} from '../quant/portfolio-simulation.js';
import type { ScenarioOptions } from '../quant/scenarios/scenario-options.js';
import type { AdapterChoice, AdapterDescription } from './adapter-choice.js';
import { choleskyWork } from './cholesky-program.js';
import {
  failureOf,
  type GpuAnswer,
  type GpuRequest,
  type GpuWorkerData,
  reviveFailure,
} from './gpu-message.js';
import {
  type BinChoice,
  type GpuScenarioRisk,
  runHistogramTask,
  runScenarioTask,
  type ScenarioHistogram,
} from './gpu-scenarios.js';
import type { GpuTask, GpuTaskAnswer } from './gpu-task.js';
import {
  correlationWork,
  covarianceWork,
  type ReturnRows,
  type StressGrid,
  stressWork,
} from './matrix-work.js';
import type { GpuMatrix, ProductWork } from './matrix-program.js';

interface Waiting {
  readonly resolve: (answer: GpuTaskAnswer) => void;
  readonly reject: (error: HoldfastError) => void;
}

/** What a simulation on a graphics device answers. */
export interface GpuPortfolioRisk extends PortfolioRisk {
  readonly adapter: AdapterDescription;
  /** From the first command to the last number read, without the making of kernels and the way between the threads. */
  readonly elapsedMs: number;
}

/**
 * A graphics device on a thread of its own: waiting for one keeps an event loop busy.
 *
 * @example
 * const gpu = await Gpu.open();
 * const { tails, adapter } = await gpu.simulatePortfolio({ exposures, covariance, scenarios: 2 ** 24 });
 * await gpu.close();
 */
export class Gpu {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #closed: HoldfastError | null = null;

  private constructor(
    worker: Worker,
    readonly adapter: AdapterDescription,
  ) {
    this.#worker = worker;
    worker.on('message', (answer: GpuAnswer) => this.#onAnswer(answer));
    worker.on('error', (error) => this.#end(reviveFailure(failureOf(error))));
    worker.on('exit', () =>
      this.#end(new HoldfastError('HANDLE_CLOSED', 'the graphics device is closed')),
    );
    // Idle, it does not keep the process alive.
    worker.unref();
  }

  /**
   * Opens the adapter that the driver offers.
   *
   * @throws HoldfastError `DEPENDENCY_MISSING`, `GPU_UNAVAILABLE`, `GPU_SOFTWARE_REFUSED`
   */
  static async open(choice: AdapterChoice = {}): Promise<Gpu> {
    const workerData: GpuWorkerData = { choice };
    const worker = new Worker(new URL('./gpu-worker.js', import.meta.url), {
      workerData,
      // Flags of the process may not suit a worker, such as --input-type; it needs none of them.
      execArgv: [],
    });
    const first = await new Promise<GpuAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    }).catch((error: unknown) => ({ id: null, failure: failureOf(error) }));
    if ('opened' in first) return new Gpu(worker, first.opened);
    await worker.terminate();
    throw 'failure' in first ? reviveFailure(first.failure) : new TypeError('unexpected answer');
  }

  /**
   * Simulates a portfolio as `simulatePortfolio` of `holdfast/quant` does, from the same draws, on the graphics device.
   *
   * @throws HoldfastError `GPU_CAPACITY` beyond the adapter's memory, `GPU_DEVICE_LOST`,
   * `GPU_KERNEL_INVALID`, `HANDLE_CLOSED`, and what `simulatePortfolio` throws for its options
   */
  async simulatePortfolio(options: PortfolioSimulationOptions): Promise<GpuPortfolioRisk> {
    const { task, risk } = portfolioTask(options);
    const { geometric, scenarios, steps, levels, outcomes } = task.settings;
    const model = { ...task, geometric, steps, factor: factorOf(task) };
    const { exposures, drifts, factor } = model;
    const work = {
      model: { exposures, drifts, factor, geometric, steps },
      scenarios,
      seed: BigInt(risk.seed),
      levels,
      keepOutcomes: outcomes,
    };
    const figures = await this.#run({ kind: 'portfolio', work });
    if (!('tails' in figures)) throw new TypeError('unexpected answer');
    return { ...risk, device: figures.adapter.name, ...figures };
  }

  /**
   * Simulates a book as `simulateScenarios` of `holdfast/quant` does, from the same draws, in single precision.
   *
   * @throws HoldfastError `GPU_TASK_UNSUPPORTED` for another sampling than `random`, for a control variate and beyond 256
   * perpetuals, `GPU_CAPACITY`, `GPU_DEVICE_LOST`, `GPU_KERNEL_INVALID`, `HANDLE_CLOSED`, and what `simulateScenarios` throws
   * for its options
   */
  async simulateScenarios(options: ScenarioOptions): Promise<GpuScenarioRisk> {
    return runScenarioTask(async (task) => this.#run(task), options);
  }

  /**
   * Simulates a book and counts its outcomes in bins on the device, where no column of them is ever written: the number of
   * scenarios is not bound to its memory.
   *
   * @throws HoldfastError as `simulateScenarios`, and `GPU_TASK_UNSUPPORTED` for `path` and `outcomes`
   */
  async scenarioHistogram(
    options: ScenarioOptions,
    choice: BinChoice = {},
  ): Promise<ScenarioHistogram> {
    return runHistogramTask(async (task) => this.#run(task), options, choice);
  }

  /**
   * Returns the sample covariance of returns (a row an instant, a column an asset), divided by n − 1. Means are taken away in
   * double precision, products are summed in single precision.
   *
   * @throws HoldfastError `RETURNS_INVALID`, `OBSERVATIONS_TOO_FEW`, `GPU_CAPACITY`, `GPU_DEVICE_LOST`, `HANDLE_CLOSED`
   */
  async covariance(returns: ReturnRows): Promise<GpuMatrix> {
    return this.#product(covarianceWork(returns));
  }

  /**
   * Returns the correlations of returns, as `covariance` takes them.
   *
   * @throws HoldfastError `VOLATILITY_ZERO` naming the column, and as `covariance`
   */
  async correlation(returns: ReturnRows): Promise<GpuMatrix> {
    return this.#product(correlationWork(returns));
  }

  /**
   * Returns the profit or loss of each portfolio in each scenario: a row a scenario, a column a portfolio.
   *
   * @throws HoldfastError `MATRIX_INVALID`, `GPU_CAPACITY`, `GPU_DEVICE_LOST`, `HANDLE_CLOSED`
   */
  async stressGrid(grid: StressGrid): Promise<GpuMatrix> {
    return this.#product(stressWork(grid));
  }

  /**
   * Returns the Cholesky factor of a symmetric matrix of up to 512 rows, with zeros above its diagonal. A matrix that is
   * definite in double precision only is refused: its condition is beyond about 10⁶.
   *
   * @throws HoldfastError `MATRIX_INVALID`, `MATRIX_NOT_DEFINITE` naming the row, `GPU_CAPACITY`, `GPU_DEVICE_LOST`,
   * `HANDLE_CLOSED`
   */
  async cholesky(matrix: readonly (readonly number[])[]): Promise<GpuMatrix> {
    return this.#matrix({ kind: 'cholesky', work: choleskyWork(matrix) });
  }

  async #product(work: ProductWork): Promise<GpuMatrix> {
    return this.#matrix({ kind: 'product', work });
  }

  async #matrix(task: GpuTask): Promise<GpuMatrix> {
    const matrix = await this.#run(task);
    if (!('values' in matrix)) throw new TypeError('unexpected answer');
    return matrix;
  }

  async #run(task: GpuTask): Promise<GpuTaskAnswer> {
    if (this.#closed !== null) throw this.#closed;
    const id = this.#nextId++;
    const request: GpuRequest = { id, task };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage(request);
    });
  }

  #onAnswer(answer: GpuAnswer): void {
    if (answer.id === null) return;
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('answer' in answer) waiting?.resolve(answer.answer);
    else if ('failure' in answer) waiting?.reject(reviveFailure(answer.failure));
  }

  #end(reason: HoldfastError): void {
    this.#closed ??= reason;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }

  /** Ends the device when its last task is done. */
  async close(): Promise<void> {
    if (this.#closed !== null) return;
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.ref();
    this.#worker.postMessage(null);
    await ended;
  }
}
