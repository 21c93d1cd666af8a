import { HoldfastError } from '../../core/holdfast-error.js';
import { observations } from '../covariance/observations.js';
import { standardResiduals } from '../risk/filtered-simulation.js';
import { ewmaVolatility, fitGarch } from '../risk/volatility-model.js';
import type { ParsedModel } from './price-model.js';

type Matrix = readonly (readonly number[])[];

interface MotionForm {
  readonly drifts: readonly number[];
  readonly covariance: readonly number[];
}

/** A margin whose observations are in ascending order. */
export type MarginForm =
  | Exclude<Of<'copula'>['margins'][number], { readonly kind: 'empirical' }>
  | { readonly kind: 'empirical'; readonly sorted: readonly number[] };

/** A model's numbers: matrices are flat, and every number is there. */
export type NativeForm =
  | ({ readonly kind: 'brownian' } & MotionForm)
  | {
      readonly kind: 'factors';
      readonly common: number;
      readonly deviations: readonly number[];
      readonly loadings: readonly number[];
      readonly drifts: readonly number[];
    }
  | {
      readonly kind: 'copula';
      readonly correlation: readonly number[];
      readonly freedom: number | null;
      readonly margins: readonly MarginForm[];
    }
  | ({ readonly kind: 'jumps' } & MotionForm &
      Pick<Of<'jumps'>, 'intensities' | 'means' | 'deviations' | 'together'>)
  | {
      readonly kind: 'heston';
      readonly variances: Of<'heston'>['variances'];
      readonly rates: readonly number[];
      readonly correlation: readonly number[];
      readonly fullTruncation: boolean;
    }
  | {
      readonly kind: 'filtered-history';
      readonly recursions: readonly {
        readonly mean: number;
        readonly start: number;
        readonly constant: number;
        readonly news: number;
        readonly memory: number;
      }[];
    }
  | { readonly kind: 'bootstrap'; readonly assets: number; readonly blockMean: number }
  | {
      readonly kind: 'regimes';
      readonly regimes: readonly MotionForm[];
      readonly start: readonly number[];
      readonly transitions: readonly number[];
    };

/** A model in the words of native code. */
export interface NativeModel {
  readonly form: NativeForm;
  /** Rows of history, flat. */
  readonly history: Float64Array;
}

const NO_HISTORY = new Float64Array();

/** @throws HoldfastError `MATRIX_INVALID`, `RETURNS_INVALID`, `OBSERVATIONS_TOO_FEW`, `VOLATILITY_ZERO`, `FIT_FAILED` */
export function nativeModel(model: ParsedModel): NativeModel {
  switch (model.kind) {
    case 'brownian':
      return { form: { kind: model.kind, ...motion(model) }, history: NO_HISTORY };
    case 'factors':
      return { form: factors(model), history: NO_HISTORY };
    case 'copula':
      return { form: copula(model), history: NO_HISTORY };
    case 'jumps':
      return { form: jumps(model), history: NO_HISTORY };
    case 'heston':
      return { form: heston(model), history: NO_HISTORY };
    case 'filtered-history':
      return filteredHistory(model);
    case 'bootstrap':
      return bootstrap(model);
    case 'regimes':
      return { form: regimes(model), history: NO_HISTORY };
  }
}

type Of<Kind extends ParsedModel['kind']> = Extract<ParsedModel, { kind: Kind }>;

/** A price's mean is kept by a drift of −variance / 2. */
function motion(
  model: { readonly covariance: Matrix; readonly drifts?: readonly number[] | undefined },
  compensation: (asset: number) => number = () => 0,
): MotionForm {
  const { covariance } = model;
  const fair = (asset: number) => -(covariance[asset]?.[asset] ?? 0) / 2 - compensation(asset);
  const drifts = model.drifts ?? covariance.map((_, asset) => fair(asset));
  return { drifts, covariance: square('covariance', covariance, drifts.length) };
}

function factors({ kind, loadings, deviations, drifts }: Of<'factors'>): NativeForm {
  const common = loadings[0]?.length ?? 0;
  const sizes = { rows: deviations.length, columns: common };
  const variance = (asset: number) =>
    (loadings[asset] ?? []).reduce((sum, loading) => sum + loading ** 2, 0) +
    (deviations[asset] ?? 0) ** 2;
  return {
    kind,
    common,
    deviations,
    loadings: flat('loadings', loadings, sizes),
    drifts: drifts ?? deviations.map((_, asset) => -variance(asset) / 2),
  };
}

function copula({ kind, correlation, freedom, margins }: Of<'copula'>): NativeForm {
  return {
    kind,
    correlation: square('correlation', correlation, margins.length),
    freedom: freedom ?? null,
    margins: margins.map((margin) =>
      margin.kind === 'empirical'
        ? { kind: margin.kind, sorted: margin.returns.toSorted((one, other) => one - other) }
        : margin,
    ),
  };
}

function jumps(model: Of<'jumps'>): NativeForm {
  const { kind, intensities, means, deviations, together } = model;
  // E e^jump − 1, as often as it happens.
  const gain = (asset: number) =>
    (intensities[together ? 0 : asset] ?? 0) *
    Math.expm1((means[asset] ?? 0) + (deviations[asset] ?? 0) ** 2 / 2);
  return { kind, ...motion(model, gain), intensities, means, deviations, together };
}

function heston({ kind, variances, correlation, rates, scheme }: Of<'heston'>): NativeForm {
  const unit = variances.map((_, row) => variances.map((__, column) => Number(row === column)));
  return {
    kind,
    variances,
    rates: rates ?? variances.map(() => 0),
    correlation: square('correlation', correlation ?? unit, variances.length),
    fullTruncation: scheme === 'full-truncation',
  };
}

function filteredHistory({ kind, returns, volatility }: Of<'filtered-history'>): NativeModel {
  const { assets } = observations(returns);
  const columns = Array.from({ length: assets }, (_, asset) =>
    returns.map((row) => row[asset] ?? 0),
  );
  const fits = columns.map((column) =>
    volatility === 'garch' ? fitGarch(column) : ewmaVolatility(column),
  );
  const residuals = fits.map((fit, asset) => standardResiduals(columns[asset] ?? [], fit));
  const history = new Float64Array(returns.length * assets);
  residuals.forEach((column, asset) => {
    column.forEach((residual, row) => {
      history[row * assets + asset] = residual;
    });
  });
  const recursions = fits.map(({ mean, next, recursion: { omega, alpha, beta } }) => ({
    mean,
    start: next,
    constant: omega,
    news: alpha,
    memory: beta,
  }));
  return { form: { kind, recursions }, history };
}

function bootstrap({ kind, returns, blockMean }: Of<'bootstrap'>): NativeModel {
  const { assets } = observations(returns);
  return { form: { kind, assets, blockMean }, history: Float64Array.from(returns.flat()) };
}

function regimes({ kind, regimes: all, start, transitions }: Of<'regimes'>): NativeForm {
  return {
    kind,
    regimes: all.map((regime) => motion(regime)),
    start,
    transitions: square('transitions', transitions, all.length),
  };
}

function square(field: string, matrix: Matrix, order: number): number[] {
  return flat(field, matrix, { rows: order, columns: order });
}

function flat(
  field: string,
  matrix: Matrix,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): number[] {
  const wrong = matrix.findIndex((row) => row.length !== columns);
  if (matrix.length === rows && wrong < 0) return matrix.flat();
  const was =
    wrong < 0 ? `${matrix.length} rows` : `${matrix[wrong]?.length} numbers in row ${wrong}`;
  throw new HoldfastError(
    'MATRIX_INVALID',
    `${field} must be ${rows} × ${columns}; it has ${was}`,
    { context: { field, rows, columns } },
  );
}
