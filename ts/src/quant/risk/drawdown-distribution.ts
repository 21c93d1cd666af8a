import { ScenarioDraws, STREAMS } from '../distribution/philox.js';
import { quantile } from '../tail-risk.js';
import { checkReturns } from './volatility-model.js';
import { weightedTail } from './weighted-tail.js';

const PATHS_DEFAULT = 10_000;
/** Blocks of about a month keep clusters of volatility together. */
const BLOCK_DEFAULT = 20;

/** Largest falls over a horizon, as fractions of the peak. */
export interface DrawdownDistribution {
  readonly paths: number;
  readonly horizon: number;
  readonly mean: number;
  readonly median: number;
  /** Exceeded with probability 1 − level. */
  readonly atLevel: number;
  /** Mean of the drawdowns beyond it: conditional drawdown at risk. */
  readonly beyondLevel: number;
  /** Probability that the largest fall reaches a limit. */
  readonly reaches: (limitFrac: number) => number;
  /** Mean share of the horizon spent below an earlier peak. */
  readonly underwaterFrac: number;
}

/**
 * Draws paths of returns by a circular block bootstrap and measures the largest fall of each.
 * Source: Politis & Romano (1992); Chekhlov, Uryasev & Zabarankin, "Drawdown measure" (2005).
 *
 * @throws HoldfastError `RETURNS_INVALID`, `OBSERVATIONS_TOO_FEW`, `VOLATILITY_ZERO`
 */
export function drawdownDistribution(
  returns: readonly number[],
  options: {
    readonly horizon: number;
    readonly level?: number;
    readonly paths?: number;
    readonly blockLength?: number;
    readonly seed?: number;
  },
): DrawdownDistribution {
  const { horizon, level = 0.95, paths = PATHS_DEFAULT, seed = 0 } = options;
  const blockLength = options.blockLength ?? BLOCK_DEFAULT;
  checkReturns(returns, blockLength + 1);
  const falls: number[] = [];
  let underwater = 0;
  for (let scenario = 0; scenario < paths; scenario += 1) {
    const draws = new ScenarioDraws({ seed, scenario, stream: STREAMS.bootstrap });
    let [value, peak, worst, place] = [1, 1, 0, 0];
    for (let step = 0; step < horizon; step += 1) {
      if (step % blockLength === 0) place = Math.floor(draws.uniform() * returns.length);
      value *= 1 + (returns[place % returns.length] ?? 0);
      place += 1;
      if (value >= peak) peak = value;
      else underwater += 1;
      worst = Math.max(worst, (peak - value) / peak);
    }
    falls.push(worst);
  }
  const tail = weightedTail(
    falls.map((fall) => -fall),
    level,
  );
  return {
    paths,
    horizon,
    mean: falls.reduce((sum, fall) => sum + fall, 0) / paths,
    median: quantile({ values: falls, probability: 0.5 }) ?? 0,
    atLevel: tail.var,
    beyondLevel: tail.cvar,
    reaches: (limitFrac) => falls.filter((fall) => fall >= limitFrac).length / paths,
    underwaterFrac: underwater / (paths * horizon),
  };
}
