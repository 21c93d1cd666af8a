import { HoldfastError } from '../../core/holdfast-error.js';
import { normalProbability } from '../distribution/normal.js';
import { ScenarioDraws, STREAMS } from '../distribution/philox.js';
import { studentProbability } from '../distribution/student-t.js';
import { at, checkSymmetric, dot, type Matrix } from '../matrix/dense.js';

const SCENARIOS_MAX = 10_000_000;

export interface CopulaOptions {
  /** Correlation of the latent variables. */
  readonly correlation: Matrix;
  /** Past returns of each asset: its marginal distribution, with linear interpolation. */
  readonly marginals: readonly (readonly number[])[];
  readonly exposures: readonly number[];
  /** Degrees of freedom of Student's t, which makes extremes come together; Gaussian without. */
  readonly degrees?: number;
  readonly scenarios: number;
  readonly seed?: number;
}

/**
 * Simulates profits of assets whose own distributions are those of their history and whose dependence
 * is a Gaussian or Student-t copula: correlated normals, divided by √(χ² ÷ ν) for t, become
 * probabilities, and those become returns. Source: Demarta & McNeil, "The t copula and related
 * copulas" (2005).
 *
 * @throws HoldfastError `MATRIX_INVALID`, `MATRIX_NOT_DEFINITE`, `ARGUMENT_INVALID`,
 * `OBSERVATIONS_TOO_FEW`
 */
export function simulateCopula(options: CopulaOptions): Float64Array {
  const { correlation, marginals, exposures, degrees, scenarios, seed = 0 } = options;
  check(options);
  const factor = lowerFactor(correlation);
  const sorted = marginals.map((returns) => returns.toSorted((left, right) => left - right));
  return Float64Array.from({ length: scenarios }, (_, scenario) => {
    const draws = new ScenarioDraws({ seed, scenario, stream: STREAMS.copula });
    const normals = exposures.map(() => draws.normal());
    // A χ² variable with ν degrees is twice a gamma variable with shape ν ÷ 2.
    const scale = degrees === undefined ? 1 : Math.sqrt(degrees / (2 * draws.gamma(degrees / 2)));
    let profit = 0;
    exposures.forEach((exposure, asset) => {
      const latent = dot(factor[asset] ?? [], normals) * scale;
      const probability =
        degrees === undefined ? normalProbability(latent) : studentProbability(latent, degrees);
      profit += exposure * interpolated(sorted[asset] ?? [], probability);
    });
    return profit;
  });
}

function check({ correlation, marginals, exposures, degrees, scenarios }: CopulaOptions): void {
  checkSymmetric(correlation, exposures.length);
  const fail = (message: string): never => {
    throw new HoldfastError('ARGUMENT_INVALID', message, { context: {} });
  };
  if (marginals.length !== exposures.length) {
    fail(`marginals must number ${exposures.length}, were ${marginals.length}`);
  }
  if (degrees !== undefined && !(degrees >= 2)) fail(`degrees must be at least 2, were ${degrees}`);
  if (!Number.isSafeInteger(scenarios) || scenarios < 1 || scenarios > SCENARIOS_MAX) {
    fail(`scenarios must be 1 to ${SCENARIOS_MAX}, were ${scenarios}`);
  }
  const short = marginals.findIndex((returns) => returns.length < 2);
  if (short >= 0) {
    throw new HoldfastError(
      'OBSERVATIONS_TOO_FEW',
      `marginal ${short} must have at least 2 returns`,
      { context: { column: short } },
    );
  }
}

/** The Cholesky factor, rows up to the diagonal. */
function lowerFactor(matrix: Matrix): number[][] {
  const rows: number[][] = [];
  matrix.forEach((_, row) => {
    const entries: number[] = [];
    for (let column = 0; column <= row; column += 1) {
      const other = column === row ? entries : (rows[column] ?? []);
      const rest = at(matrix, row, column) - dot(entries, other.slice(0, column));
      if (column < row) entries.push(rest / (other[column] ?? 1));
      else if (rest > 0) entries.push(Math.sqrt(rest));
      else {
        throw new HoldfastError(
          'MATRIX_NOT_DEFINITE',
          `correlation must be positive definite, is not from row ${row} on`,
          { context: { row } },
        );
      }
    }
    rows.push(entries);
  });
  return rows;
}

function interpolated(sorted: readonly number[], probability: number): number {
  const position = probability * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}
