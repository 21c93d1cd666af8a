import { HoldfastError } from '../../core/holdfast-error.js';
import { chiSquareTail } from '../distribution/gamma.js';

/** A likelihood ratio with the probability of one at least as large if the forecasts are right. */
export interface LikelihoodTest {
  readonly statistic: number;
  readonly degrees: number;
  readonly pValue: number;
}

/**
 * Kupiec's test of the proportion of failures: do losses exceed VaR as often as they should? Source:
 * Kupiec, "Techniques for verifying the accuracy of risk measurement models" (1995).
 *
 * @throws HoldfastError `ARGUMENT_INVALID`
 */
export function kupiecTest(counts: {
  readonly observations: number;
  readonly exceptions: number;
  readonly level: number;
}): LikelihoodTest {
  const { observations, exceptions, level } = counts;
  const valid = observations >= 1 && exceptions >= 0 && exceptions <= observations;
  if (!valid || !(level > 0 && level < 1)) {
    throw new HoldfastError(
      'ARGUMENT_INVALID',
      `exceptions must be 0 to ${observations} and level between 0 and 1, were ${exceptions} and ${level}`,
      { context: { observations, exceptions, level } },
    );
  }
  const expected = 1 - level;
  const seen = exceptions / observations;
  const rest = observations - exceptions;
  return ratioTest(
    2 * (term(exceptions, seen / expected) + term(rest, (1 - seen) / (1 - expected))),
    1,
  );
}

/** Days by whether they and the day before were exceptions. */
export interface Transitions {
  readonly n00: number;
  readonly n01: number;
  readonly n10: number;
  readonly n11: number;
}

/** Counts the transitions of a series of exceptions. */
export function transitionsOf(exceptions: readonly boolean[]): Transitions {
  const counts = { n00: 0, n01: 0, n10: 0, n11: 0 };
  exceptions.forEach((today, index) => {
    if (index === 0) return;
    const before = exceptions[index - 1] ?? false;
    counts[`n${before ? 1 : 0}${today ? 1 : 0}`] += 1;
  });
  return counts;
}

/**
 * Christoffersen's test of independence: does an exception make one on the next day more likely?
 * Source: Christoffersen, "Evaluating interval forecasts" (1998).
 */
export function independenceTest({ n00, n01, n10, n11 }: Transitions): LikelihoodTest {
  const all = (n01 + n11) / (n00 + n01 + n10 + n11);
  const after0 = n01 / (n00 + n01);
  const after1 = n11 / (n10 + n11);
  const statistic =
    2 *
    (term(n00, (1 - after0) / (1 - all)) +
      term(n01, after0 / all) +
      term(n10, (1 - after1) / (1 - all)) +
      term(n11, after1 / all));
  return ratioTest(statistic, 1);
}

/** Christoffersen's conditional coverage: the right number of exceptions, and independent ones. */
export function conditionalCoverageTest(
  exceptions: readonly boolean[],
  level: number,
): LikelihoodTest {
  const coverage = kupiecTest({
    observations: exceptions.length,
    exceptions: exceptions.filter(Boolean).length,
    level,
  });
  const independence = independenceTest(transitionsOf(exceptions));
  return ratioTest(coverage.statistic + independence.statistic, 2);
}

/** count × ln ratio, where nothing counted adds nothing. */
function term(count: number, ratio: number): number {
  return count === 0 ? 0 : count * Math.log(ratio);
}

function ratioTest(statistic: number, degrees: number): LikelihoodTest {
  // A ratio of one may come out below zero by a rounding.
  const positive = Math.max(0, statistic);
  return { statistic: positive, degrees, pValue: chiSquareTail(positive, degrees) };
}
