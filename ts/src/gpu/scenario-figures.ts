import type { Estimate, ScenarioFigures } from '../native/scenario-simulation.js';
import { REPLICATES, standardErrorOf } from './replicate-sums.js';
import type { ColumnFigures, ScenarioDeviceFigures } from './scenario-program.js';

/** 97.5 % quantile of Student's distribution with one degree of freedom less than there are replicates. */
const STUDENT_QUANTILE = 2.131_449_545_559_323;

function estimate(value: number, standardError: number): Estimate {
  const half = STUDENT_QUANTILE * standardError;
  return { value, standardError, low: value - half, high: value + half };
}

/** The mean of a column or a frequency: the twin of `Estimate` in native code, from the replicates' sums. */
export function meanOf(sums: readonly number[], scenarios: number): Estimate {
  const answers = sums.map((sum) => (sum * REPLICATES) / scenarios);
  const value = answers.reduce((sum, answer) => sum + answer, 0) / REPLICATES;
  return estimate(value, standardErrorOf(answers));
}

function drawdowns({ sums, tails }: ColumnFigures, scenarios: number) {
  const losses = meanOf(sums, scenarios);
  return {
    drawdown: estimate(-losses.value, losses.standardError),
    drawdownQuantiles: tails.map((tail) => estimate(tail.var, tail.varStandardError)),
  };
}

/** Turns what a device measured into the figures of the processor's simulation. */
export function scenarioFigures(
  figures: ScenarioDeviceFigures,
  scenarios: number,
  perpetuals: number,
): Omit<ScenarioFigures, 'warning' | 'outcomes'> {
  const { profit, standardDeviation, falls, underWater } = figures;
  const events = figures.events.map((counts) => meanOf(counts, scenarios));
  return {
    mean: meanOf(profit.sums, scenarios),
    standardDeviation,
    tails: profit.tails,
    path:
      falls === null || underWater === null
        ? null
        : { ...drawdowns(falls, scenarios), underWater: meanOf(underWater, scenarios) },
    controlled: null,
    liquidations: events.slice(0, perpetuals),
    barriers: events.slice(perpetuals),
  };
}
