import { HoldfastError, isHoldfastError } from '../../core/holdfast-error.js';
import { mean, sampleStdev } from '../moments.js';
import { simulatePortfolio } from '../portfolio-simulation.js';
import { normalQuantile } from '../distribution/normal.js';
import {
  type ProfitDistribution,
  profitDistribution,
  type RiskMethod,
} from '../risk/risk-method.js';
import { standardResiduals } from '../risk/filtered-simulation.js';
import { fitGarch, type GarchFit, path } from '../risk/volatility-model.js';
import { weightedTail } from '../risk/weighted-tail.js';
import {
  conditionalCoverageTest,
  independenceTest,
  kupiecTest,
  type LikelihoodTest,
  transitionsOf,
} from './coverage-tests.js';
import { acerbiSzekelyTest, type ShortfallDay, type ShortfallTest } from './shortfall-test.js';
import { baselTrafficLight, type TrafficLight } from './traffic-light.js';

/** Every method that can be tested day by day. */
export type BacktestMethod = RiskMethod | 'monte_carlo';

/** Periods between two fits of GARCH; its variance follows every return in between. */
const GARCH_REFIT_PERIODS = 20;
/** Paths of each day's simulation: a tenth of a percent of VaR at 99 %. */
const MONTE_CARLO_SCENARIOS = 65_536;

export interface VarBacktestOptions {
  /** Returns or profits, one a period, the oldest first. */
  readonly profits: readonly number[];
  readonly method: BacktestMethod;
  readonly level?: number;
  /** Periods that each forecast looks back. */
  readonly window?: number;
  readonly seed?: number;
  /** Called now and then with the share that is done. */
  readonly onProgress?: (doneFrac: number) => void;
}

/** One forecast with what came. */
export interface VarBacktestDay {
  /** Index of the profit. */
  readonly index: number;
  readonly profit: number;
  readonly var: number;
  readonly cvar: number;
  readonly isException: boolean;
}

export interface VarBacktestResult {
  readonly method: BacktestMethod;
  readonly level: number;
  readonly window: number;
  readonly days: readonly VarBacktestDay[];
  /** Days for which the method had no figure, by the code of its error. */
  readonly unavailable: Readonly<Record<string, number>>;
  readonly exceptions: number;
  readonly expected: number;
  readonly kupiec: LikelihoodTest;
  readonly independence: LikelihoodTest;
  readonly conditionalCoverage: LikelihoodTest;
  /** Of the whole history. */
  readonly trafficLight: TrafficLight;
  /** Days in each zone when the last 250 are looked at, day by day. */
  readonly zoneDays: Readonly<Record<TrafficLight['zone'], number>>;
  readonly shortfall: ShortfallTest;
}

/**
 * Forecasts every period from the `window` before it and compares with what came. A forecast sees
 * nothing of its own period or later.
 *
 * @throws HoldfastError `OBSERVATIONS_TOO_FEW` when no period lies after the first window, or the
 * method had a figure for none
 */
export async function rollingBacktest(options: VarBacktestOptions): Promise<VarBacktestResult> {
  const { profits, method, level = 0.99, window = 500, seed = 0 } = options;
  if (profits.length <= window) {
    throw new HoldfastError(
      'OBSERVATIONS_TOO_FEW',
      `profits must number more than the window of ${window}, number ${profits.length}`,
      { context: { count: profits.length, window } },
    );
  }
  const days: (VarBacktestDay & ShortfallDay)[] = [];
  const unavailable: Record<string, number> = {};
  const forecaster = new Forecaster(method, seed);
  for (let index = window; index < profits.length; index += 1) {
    const profit = profits[index] ?? 0;
    try {
      const forecast = await forecaster.forecast(profits.slice(index - window, index));
      const { var: atRisk, cvar } = forecast.figures(level);
      const { quantile } = forecast;
      days.push({ index, profit, var: atRisk, cvar, quantile, isException: profit < -atRisk });
    } catch (error) {
      if (!isHoldfastError(error)) throw error;
      unavailable[error.code] = (unavailable[error.code] ?? 0) + 1;
    }
    if (index % 100 === 0) options.onProgress?.((index - window) / (profits.length - window));
  }
  if (days.length === 0) {
    throw new HoldfastError(
      'OBSERVATIONS_TOO_FEW',
      `${method} must have a figure for at least one period, had ${Object.keys(unavailable).join(', ')}`,
      { context: { ...unavailable } },
    );
  }
  return { ...judge(days, { level, seed }), method, level, window, unavailable };
}

type Judgement = Omit<VarBacktestResult, 'method' | 'level' | 'window' | 'unavailable'>;

function judge(
  days: readonly (VarBacktestDay & ShortfallDay)[],
  { level, seed }: { readonly level: number; readonly seed: number },
): Judgement {
  const hits = days.map(({ isException }) => isException);
  const exceptions = hits.filter(Boolean).length;
  const observations = days.length;
  return {
    days: days.map(dayOf),
    exceptions,
    expected: observations * (1 - level),
    kupiec: kupiecTest({ observations, exceptions, level }),
    independence: independenceTest(transitionsOf(hits)),
    conditionalCoverage: conditionalCoverageTest(hits, level),
    trafficLight: baselTrafficLight({ exceptions, observations, level }),
    zoneDays: zonesOf(hits, level),
    shortfall: acerbiSzekelyTest(days, level, { seed }),
  };
}

/** A day without its distribution, which nobody reads again. */
function dayOf({ index, profit, var: atRisk, cvar, isException }: VarBacktestDay): VarBacktestDay {
  return { index, profit, var: atRisk, cvar, isException };
}

const YEAR_DAYS = 250;

function zonesOf(hits: readonly boolean[], level: number): VarBacktestResult['zoneDays'] {
  const counts = { green: 0, yellow: 0, red: 0 };
  let exceptions = 0;
  hits.forEach((hit, index) => {
    exceptions += Number(hit) - Number(hits[index - YEAR_DAYS] ?? false);
    if (index < YEAR_DAYS - 1) return;
    counts[baselTrafficLight({ exceptions, observations: YEAR_DAYS, level }).zone] += 1;
  });
  return counts;
}

type Forecast = Pick<ProfitDistribution, 'figures' | 'quantile'>;

class Forecaster {
  readonly #method: BacktestMethod;
  readonly #seed: number;
  #fit: GarchFit | null = null;
  #age = 0;

  constructor(method: BacktestMethod, seed: number) {
    this.#method = method;
    this.#seed = seed;
  }

  async forecast(history: readonly number[]): Promise<Forecast> {
    if (this.#method === 'monte_carlo') return await this.#simulated(history);
    if (this.#method === 'filtered_garch') return this.#filtered(history);
    return profitDistribution(history, this.#method);
  }

  /** Normal profits with the moments of the window, drawn anew each day with the same seed. */
  async #simulated(history: readonly number[]): Promise<Forecast> {
    const deviation = sampleStdev(history) ?? 0;
    const drift = mean(history) ?? 0;
    const levels = [0.95, 0.975, 0.99, 0.995];
    const { tails } = await simulatePortfolio({
      exposures: [1],
      covariance: [[deviation * deviation]],
      drifts: [drift],
      payoff: 'linear',
      scenarios: MONTE_CARLO_SCENARIOS,
      seed: this.#seed,
      levels,
    });
    return {
      figures: (level) => {
        const tail = tails.find((each) => each.level === level);
        if (tail !== undefined) return { level, var: tail.var, cvar: tail.cvar };
        throw new HoldfastError(
          'ARGUMENT_INVALID',
          `level must be one of ${levels.join(', ')} for monte_carlo, was ${level}`,
          { context: { level } },
        );
      },
      quantile: (probability) => drift + deviation * normalQuantile(probability),
    };
  }

  #filtered(history: readonly number[]): Forecast {
    if (this.#fit === null || this.#age >= GARCH_REFIT_PERIODS) {
      this.#fit = fitGarch(history);
      this.#age = 0;
    }
    this.#age += 1;
    const { mean: drift, recursion } = this.#fit;
    const { variances, next } = path(history, drift, recursion);
    const deviation = Math.sqrt(next);
    const residuals = standardResiduals(history, { mean: drift, variances });
    const outcomes = residuals.map((residual) => drift + residual * deviation);
    const sorted = outcomes.toSorted((left, right) => left - right);
    return {
      figures: (level) => weightedTail(outcomes, level),
      quantile: (probability) => sorted[Math.floor(probability * sorted.length)] ?? 0,
    };
  }
}
