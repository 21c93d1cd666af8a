import type { MarginForm, NativeForm } from '../quant/scenarios/native-model.js';
import type { KernelName } from './kernels.generated.js';
import { probabilityTable, quantileTable, TABLE_NODES, tableEnd } from './margin-table.js';
import { firstWordPast, placeBounds, poissonBounds } from './word-bounds.js';
import { bitsOf, type WordTable } from './word-table.js';

/** Normals that one counter gives. */
const BLOCK = 4;

export type ScenarioKernel = Extract<KernelName, `${string}_scenarios`>;

/** A model's kernel, and what it takes to be made for a task. */
export interface DeviceModel {
  readonly kernel: ScenarioKernel;
  readonly assets: number;
  /** Normals of a step. */
  readonly factors: number;
  /** Variance of an asset's step where it is a constant and paths are continuous. */
  readonly variances: readonly number[] | null;
}

/** What native code works out of a model: its history, and its Cholesky factors. */
export interface ModelNumbers {
  readonly history: Float64Array;
  readonly factors: Float64Array;
  readonly stepYears: number;
}

const CONTINUOUS = (variances: readonly number[]) => ({ variances });
const JUMPY = { variances: null } as const;

/** Writes a model's numbers into a task's table, in the places that its kernel names. */
export function deviceModel(
  form: NativeForm,
  numbers: ModelNumbers,
  table: WordTable,
): DeviceModel {
  switch (form.kind) {
    case 'brownian': {
      const assets = form.drifts.length;
      motion(table, form.drifts, numbers.factors);
      const variances = form.drifts.map((_, asset) => form.covariance[asset * (assets + 1)] ?? 0);
      return { kernel: 'brownian_scenarios', assets, factors: assets, ...CONTINUOUS(variances) };
    }
    case 'factors':
      return factorModel(form, table);
    case 'copula':
      return copula(form, numbers, table);
    case 'jumps':
      return jumps(form, numbers, table);
    case 'heston':
      return heston(form, numbers, table);
    case 'filtered-history':
      return filteredHistory(form, numbers, table);
    case 'bootstrap':
      return bootstrap(form, numbers, table);
    case 'regimes':
      return regimes(form, numbers, table);
  }
}

type Of<Kind extends NativeForm['kind']> = Extract<NativeForm, { kind: Kind }>;

function motion(table: WordTable, drifts: readonly number[], factor: Float64Array): void {
  table.numbers('DRIFTS_AT', drifts);
  table.numbers('FACTOR_AT', factor);
}

function factorModel(
  { common, deviations, loadings, drifts }: Of<'factors'>,
  table: WordTable,
): DeviceModel {
  const assets = drifts.length;
  table.numbers('DRIFTS_AT', drifts);
  table.numbers('LOADINGS_AT', loadings);
  table.numbers('DEVIATIONS_AT', deviations);
  table.whole('COMMON', common);
  const variances = deviations.map((deviation, asset) => {
    const row = loadings.slice(asset * common, (asset + 1) * common);
    return row.reduce((sum, loading) => sum + loading ** 2, deviation ** 2);
  });
  return { kernel: 'factor_scenarios', assets, factors: common + assets, ...CONTINUOUS(variances) };
}

/** Kinds of margins, as in `copula_scenarios.wgsl`. */
const MARGIN = { own: 0, mapped: 1, empirical: 2 } as const;

function copula({ freedom, margins }: Of<'copula'>, numbers: ModelNumbers, table: WordTable) {
  const assets = margins.length;
  const tables = new Map<string, number>();
  const placed = (key: string, values: () => Float64Array) => {
    const known = tables.get(key);
    if (known !== undefined) return known;
    const at = table.append(new Uint32Array(Float32Array.from(values()).buffer));
    tables.set(key, at);
    return at;
  };
  const row = (margin: MarginForm): readonly number[] => {
    if (margin.kind === 'empirical') {
      const { sorted } = margin;
      const at = placed('probability', () => probabilityTable(freedom));
      const observed = table.append(new Uint32Array(Float32Array.from(sorted).buffer));
      return [MARGIN.empirical, 0, 0, at, observed, sorted.length];
    }
    const own = margin.kind === 'normal' ? null : margin.freedom;
    const scale = margin.kind === 'normal' ? margin.deviation : margin.scale;
    const moved = [bitsOf(margin.mean), bitsOf(scale)];
    if (own === freedom) return [MARGIN.own, ...moved, 0, 0, 0];
    const at = placed(`quantile ${own}`, () => quantileTable(freedom, own));
    return [MARGIN.mapped, ...moved, at, 0, 0];
  };
  const rows = margins.flatMap(row);
  table.words('MARGINS_AT', Uint32Array.from(rows));
  table.numbers('FACTOR_AT', numbers.factors);
  table.real('FREEDOM', freedom ?? 0);
  table.real('TABLE_END', tableEnd(freedom));
  table.whole('TABLE_NODES', TABLE_NODES);
  return { kernel: 'copula_scenarios', assets, factors: assets, ...JUMPY } as const;
}

function jumps(form: Of<'jumps'>, numbers: ModelNumbers, table: WordTable): DeviceModel {
  const { drifts, intensities, means, deviations, together } = form;
  const assets = drifts.length;
  motion(table, drifts, numbers.factors);
  const bounds = (intensity: number) => {
    const words = poissonBounds(intensity);
    return [table.append(words), words.length];
  };
  const shared = together ? bounds(intensities[0] ?? 0) : null;
  const rows = means.flatMap((mean, asset) => [
    bitsOf(mean),
    bitsOf(deviations[asset] ?? 0),
    ...(shared ?? bounds(intensities[asset] ?? 0)),
  ]);
  table.words('JUMPS_AT', Uint32Array.from(rows));
  table.flag('TOGETHER', together);
  return { kernel: 'jump_scenarios', assets, factors: assets, ...JUMPY };
}

function heston(form: Of<'heston'>, numbers: ModelNumbers, table: WordTable): DeviceModel {
  const { variances, rates, fullTruncation } = form;
  const assets = variances.length;
  const years = numbers.stepYears;
  const rows = variances.flatMap(({ start, level, speed, volatility, correlation }, asset) => {
    const decay = Math.exp(-speed * years);
    const noise = volatility ** 2 / speed;
    const slope = 0.5 * years * ((speed * correlation) / volatility - 0.5);
    const skew = correlation / volatility;
    const rest = 0.5 * years * (1 - correlation ** 2);
    return [
      start,
      (rates[asset] ?? 0) * years,
      level,
      fullTruncation ? speed * years : decay,
      noise * decay * (1 - decay),
      level * noise * 0.5 * (1 - decay) ** 2,
      slope - skew,
      slope + skew,
      rest,
      slope + skew + 0.5 * rest,
      (-correlation * speed * level * years) / volatility,
      volatility,
      correlation,
      Math.sqrt(Math.max(1 - correlation ** 2, 0)),
    ];
  });
  table.numbers('PROCESSES_AT', rows);
  table.numbers('FACTOR_AT', numbers.factors);
  table.flag('FULL_TRUNCATION', fullTruncation);
  table.real('STEP_YEARS', years);
  return { kernel: 'heston_scenarios', assets, factors: assets, ...JUMPY };
}

function history(table: WordTable, rows: Float64Array, assets: number): void {
  table.numbers('HISTORY_AT', rows);
  table.whole('ROWS', rows.length / assets);
}

function filteredHistory(
  { recursions }: Of<'filtered-history'>,
  numbers: ModelNumbers,
  table: WordTable,
): DeviceModel {
  const assets = recursions.length;
  const rows = recursions.flatMap(({ mean, start, constant, news, memory }) => [
    mean,
    start,
    constant,
    news,
    memory,
  ]);
  table.numbers('RECURSIONS_AT', rows);
  history(table, numbers.history, assets);
  return { kernel: 'filtered_history_scenarios', assets, factors: 0, ...JUMPY };
}

function bootstrap(
  { assets, blockMean }: Of<'bootstrap'>,
  numbers: ModelNumbers,
  table: WordTable,
): DeviceModel {
  history(table, numbers.history, assets);
  table.whole(
    'CHANGE_BELOW',
    firstWordPast((u) => !(u * blockMean < 1)),
  );
  return { kernel: 'bootstrap_scenarios', assets, factors: 0, ...JUMPY };
}

function regimes(form: Of<'regimes'>, numbers: ModelNumbers, table: WordTable): DeviceModel {
  const { regimes: all, start, transitions } = form;
  const count = all.length;
  const assets = all[0]?.drifts.length ?? 0;
  const rows = all.map((_, regime) => transitions.slice(regime * count, (regime + 1) * count));
  const bounds = [...rows, start].flatMap((row) => [...placeBounds(row)]);
  table.words('BOUNDS_AT', Uint32Array.from(bounds));
  table.whole('REGIMES', count);
  motion(
    table,
    all.flatMap(({ drifts }) => drifts),
    numbers.factors,
  );
  return { kernel: 'regime_scenarios', assets, factors: assets, ...JUMPY };
}

/** Blocks of normals that a step draws. */
export const blocksOf = (factors: number) => Math.ceil(factors / BLOCK);
