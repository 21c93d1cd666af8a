import { mean, sampleStdev } from './moments.js';

/** The largest correlation between two different series, by absolute value. */
export interface PairCorrelation {
  readonly leftIndex: number;
  readonly rightIndex: number;
  readonly correlation: number;
}

/**
 * Returns Pearson's correlation of two samples of equal length, from −1 to 1. Pairs with a null are
 * left out. Null for fewer than two pairs or when one side has no deviation. Source: any statistics
 * text.
 */
export function correlation(
  left: readonly (number | null)[],
  right: readonly (number | null)[],
): number | null {
  const pairs = completePairs(left, right);
  const covariance = sampleCovariance(pairs.left, pairs.right);
  const leftDeviation = sampleStdev(pairs.left);
  const rightDeviation = sampleStdev(pairs.right);
  if (covariance === null || !leftDeviation || !rightDeviation) return null;
  return Math.min(1, Math.max(-1, covariance / (leftDeviation * rightDeviation)));
}

/**
 * Returns the beta of a series against a benchmark: covariance ÷ variance of the benchmark, without
 * unit. Null for fewer than two pairs or a benchmark without deviation. Source: Sharpe, "Capital
 * Asset Prices" (1964).
 */
export function beta(sample: {
  readonly returns: readonly (number | null)[];
  readonly benchmark: readonly (number | null)[];
}): number | null {
  const pairs = completePairs(sample.returns, sample.benchmark);
  const covariance = sampleCovariance(pairs.left, pairs.right);
  const deviation = sampleStdev(pairs.right);
  return covariance === null || !deviation ? null : covariance / deviation ** 2;
}

/**
 * Returns the symmetric matrix of correlations; 1 on the diagonal, null where none can be computed.
 */
export function correlationMatrix(
  series: readonly (readonly (number | null)[])[],
): readonly (readonly (number | null)[])[] {
  return series.map((left, row) =>
    series.map((right, column) => (row === column ? 1 : correlation(left, right))),
  );
}

/**
 * Returns the pair of a matrix that moves together (or against each other) the most; null without a
 * pair.
 */
export function maxPairCorrelation(
  matrix: readonly (readonly (number | null)[])[],
): PairCorrelation | null {
  let largest: PairCorrelation | null = null;
  matrix.forEach((row, leftIndex) => {
    row.forEach((value, rightIndex) => {
      if (rightIndex <= leftIndex || value === null) return;
      if (largest !== null && Math.abs(value) <= Math.abs(largest.correlation)) return;
      largest = { leftIndex, rightIndex, correlation: value };
    });
  });
  return largest;
}

function completePairs(
  left: readonly (number | null)[],
  right: readonly (number | null)[],
): { readonly left: readonly number[]; readonly right: readonly number[] } {
  const pairs: { left: number[]; right: number[] } = { left: [], right: [] };
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const x = left[index];
    const y = right[index];
    if (x === null || x === undefined || y === null || y === undefined) continue;
    pairs.left.push(x);
    pairs.right.push(y);
  }
  return pairs;
}

function sampleCovariance(left: readonly number[], right: readonly number[]): number | null {
  const leftMean = mean(left);
  const rightMean = mean(right);
  if (leftMean === null || rightMean === null || left.length < 2) return null;
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) {
    sum += ((left[index] ?? 0) - leftMean) * ((right[index] ?? 0) - rightMean);
  }
  return sum / (left.length - 1);
}
