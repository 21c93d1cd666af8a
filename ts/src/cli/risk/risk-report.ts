import { isHoldfastError } from '../../core/holdfast-error.js';
import {
  alignedReturns,
  type AlignedReturns,
  drawdownDistribution,
  type DrawdownDistribution,
  exposureMeasures,
  type ExposureMeasures,
  type GroupContribution,
  groupContributions,
  historicalStress,
  ledoitWolf,
  type PriceSeries,
  profitDistribution,
  reverseStress,
  RISK_METHODS,
  type RiskContribution,
  riskScore,
  sampleCovarianceMatrix,
  scenarioContributions,
  type SpotVolatilityGrid,
  spotVolatilityGrid,
  stressCovariance,
  stressPositions,
  type StressResult,
  type TailFigures,
  type VarBacktestResult,
  rollingBacktest,
  worstWindows,
} from '../../quant/index.js';
import { isWithoutDevice } from '../../gpu/device-choice.js';
import { type DeviceChoice, simulatePortfolio } from '../../gpu/index.js';
import { profitOf } from '../../quant/stress/scenario-stress.js';
import type { BacktestMethod } from '../../quant/backtest/rolling-backtest.js';
import { deltas, type Held, heldOf, nameOf } from './held-position.js';
import type { PositionRow } from './risk-files.js';

const DRAWDOWN_DAYS = 252;
const DRAWDOWN_PATHS = 5_000;
/** Lengths of the windows of one's own history that are played as stress. */
const WINDOW_PERIODS = [1, 5, 20];

export interface RiskReportOptions {
  readonly method: BacktestMethod;
  /** Rising. */
  readonly levels: readonly number[];
  readonly horizon: number;
  readonly scenarios: number;
  readonly seed: number;
  /** Periods that each forecast of the backtest looks back. */
  readonly window: number;
  /** Money of the account; the gross exposure when left out. */
  readonly equity: number | null;
  readonly missing: 'refuse' | 'intersect';
  /** Where the Monte Carlo method may run. */
  readonly gpu: NonNullable<DeviceChoice['gpu']>;
  /** Whether an adapter that the processor plays counts as a device. */
  readonly allowSoftware: boolean;
  readonly onProgress: (what: string, doneFrac: number) => void;
}

/** VaR and CVaR by one method, or why it has none. */
export interface MethodFigures {
  readonly method: BacktestMethod;
  readonly basis: string;
  readonly figures: readonly TailFigures[];
  readonly failure: { readonly code: string; readonly message: string } | null;
}

export interface PositionRisk extends RiskContribution {
  readonly symbol: string;
  readonly quantity: number;
  readonly price: number;
  readonly exposure: number;
}

/** Everything that `holdfast risk report` shows. */
export interface RiskReport {
  readonly fromTsMs: number;
  readonly toTsMs: number;
  readonly observations: number;
  readonly dropped: number;
  readonly equity: number;
  readonly netExposure: number;
  readonly method: BacktestMethod;
  readonly level: number;
  readonly horizon: number;
  readonly covariance: 'sample' | 'ledoit_wolf';
  readonly methods: readonly MethodFigures[];
  readonly positions: readonly PositionRisk[];
  /** Of the scenarios that contributions come from; history, with the positions of now. */
  readonly contributionTotal: TailFigures;
  readonly desks: readonly GroupContribution[];
  readonly strategies: readonly GroupContribution[];
  readonly exposure: ExposureMeasures;
  readonly score: number;
  readonly drawdown: Pick<DrawdownDistribution, 'mean' | 'median' | 'atLevel' | 'beyondLevel'> & {
    readonly reaches15PercentFrac: number;
  };
  readonly stress: readonly StressResult[];
  readonly betasAssumed: boolean;
  readonly reverse: {
    readonly loss: number;
    readonly deviations: number;
    readonly moves: readonly number[];
  };
  readonly grid: SpotVolatilityGrid | null;
  readonly profits: readonly number[];
  readonly profitTsMs: readonly number[];
  readonly backtest: VarBacktestResult | null;
}

/** Measures a portfolio from its positions and the history of their prices. */
export async function riskReport(
  rows: readonly PositionRow[],
  series: readonly PriceSeries[],
  options: RiskReportOptions,
): Promise<RiskReport> {
  const aligned = alignedReturns(series, { missing: options.missing });
  const betasAssumed = rows.every(({ betas }) => Object.keys(betas).length === 0);
  const held = rows.map((row) => heldOf(row, series, betasAssumed));
  // What today's positions would have won or lost each past period, options repriced in full.
  const profitRows = aligned.rows.map((moves) =>
    held.map((position) =>
      profitOf(position, { move: moves[position.column] ?? 0, volatility: 1 }),
    ),
  );
  const profits = profitRows.map((row) => row.reduce((sum, profit) => sum + profit, 0));
  const level = options.levels[options.levels.length - 1] ?? 0.99;
  const ones = held.map(() => 1);
  const split = scenarioContributions({ rows: profitRows, exposures: ones, level });
  // An option is exposed by its delta, not by its premium.
  const open = held.map(({ symbol, delta }) => ({ symbol, exposure: delta }));
  const gross = held.reduce((sum, { delta }) => sum + Math.abs(delta), 0);
  const equity = options.equity ?? gross;
  const exposure = exposureMeasures(open, equity);
  const { covariance, estimator } = covarianceOf(aligned);
  const methods = await methodFigures(profits, {
    ...options,
    deltas: deltas(held, series),
    covariance,
  });
  const drawdown = drawdownOf(profits, equity, { level, seed: options.seed });
  const chosen = methods.find(({ method }) => method === options.method)?.figures.at(-1);
  const shown = chosen ?? split.total;
  return {
    fromTsMs: aligned.tsMs[0] ?? 0,
    toTsMs: aligned.tsMs[aligned.tsMs.length - 1] ?? 0,
    observations: profits.length,
    dropped: aligned.dropped,
    equity,
    netExposure: held.reduce((sum, { delta }) => sum + delta, 0),
    method: options.method,
    level,
    horizon: options.horizon,
    covariance: estimator,
    methods,
    positions: positionsOf(held, split.positions),
    contributionTotal: split.total,
    desks: groupsOf(split.positions, rows, 'desk'),
    strategies: groupsOf(split.positions, rows, 'strategy'),
    exposure,
    score: scoreOf(shown, { equity, exposure, drawdown }),
    drawdown,
    stress: [
      ...ownHistoryStress(held, aligned),
      ...stressOf(held, { covariance, deltas: deltas(held, series), var: shown.var, level }),
    ],
    betasAssumed,
    reverse: reverseOf(deltas(held, series), covariance, equity),
    grid: held.some(({ option }) => option !== undefined) ? spotVolatilityGrid(held) : null,
    profits,
    profitTsMs: aligned.tsMs,
    backtest: await backtestOf(profits, options, level),
  };
}

function positionsOf(
  held: readonly Held[],
  contributions: readonly RiskContribution[],
): readonly PositionRisk[] {
  return held.map(({ row, price, exposure }, index) => ({
    symbol: nameOf(row),
    quantity: row.quantity,
    price,
    exposure,
    ...contributionAt(contributions, index),
  }));
}

function scoreOf(
  tail: TailFigures,
  { equity, exposure, drawdown }: Pick<RiskReport, 'equity' | 'exposure' | 'drawdown'>,
): number {
  return riskScore({
    varFrac: tail.var / equity,
    cvarFrac: tail.cvar / equity,
    drawdownFrac: drawdown.median,
    leverage: exposure.leverage,
    concentrationFrac: exposure.concentrationFrac,
    // No stop is known here; heat is left to whoever knows them.
    heatFrac: 0,
  });
}

function contributionAt(all: readonly RiskContribution[], index: number): RiskContribution {
  const found = all[index];
  if (found !== undefined) return found;
  const none = { componentVar: 0, componentCvar: 0, marginalVar: 0, marginalCvar: 0 };
  return { ...none, incrementalVar: 0, incrementalCvar: 0 };
}

function covarianceOf({ rows, symbols }: AlignedReturns): {
  readonly covariance: readonly (readonly number[])[];
  readonly estimator: RiskReport['covariance'];
} {
  return rows.length > symbols.length
    ? { covariance: sampleCovarianceMatrix(rows), estimator: 'sample' }
    : { covariance: ledoitWolf(rows).covariance, estimator: 'ledoit_wolf' };
}

async function methodFigures(
  profits: readonly number[],
  options: RiskReportOptions & {
    readonly deltas: readonly number[];
    readonly covariance: readonly (readonly number[])[];
  },
): Promise<readonly MethodFigures[]> {
  const { levels, horizon, seed } = options;
  const found: MethodFigures[] = [];
  for (const [index, method] of RISK_METHODS.entries()) {
    options.onProgress(`measuring ${method}`, index / (RISK_METHODS.length + 1));
    found.push(
      await figuresOf(method, () => {
        const { basis, figures } = profitDistribution(profits, method, { horizon, seed });
        return { basis, figures: levels.map(figures) };
      }),
    );
  }
  options.onProgress('simulating', RISK_METHODS.length / (RISK_METHODS.length + 1));
  found.push(
    await figuresOf('monte_carlo', async () => {
      const { tails, device, fallback } = await simulatePortfolio(
        {
          exposures: options.deltas,
          covariance: options.covariance,
          levels,
          steps: horizon,
          scenarios: options.scenarios,
          seed,
        },
        { gpu: options.gpu, allowSoftware: options.allowSoftware },
      );
      const paths = options.scenarios.toLocaleString('en-US');
      const instead = fallback === null ? '' : `, no graphics device: ${fallback.code}`;
      return {
        basis: `${paths} paths of correlated normal returns (${device}${instead}), seed ${seed}; options by delta`,
        figures: tails.map(({ level, var: atRisk, cvar }) => ({ level, var: atRisk, cvar })),
      };
    }),
  );
  return found;
}

/**
 * A method without a figure for this sample stands in the table with its reason. A device that was asked for and did not run is
 * no matter of the sample: the report fails.
 *
 * @throws HoldfastError what `Gpu` throws
 */
async function figuresOf(
  method: BacktestMethod,
  measure: () =>
    Pick<MethodFigures, 'basis' | 'figures'> | Promise<Pick<MethodFigures, 'basis' | 'figures'>>,
): Promise<MethodFigures> {
  try {
    return { method, ...(await measure()), failure: null };
  } catch (error) {
    if (!isHoldfastError(error) || isWithoutDevice(error)) throw error;
    const { code, message } = error;
    return { method, basis: '', figures: [], failure: { code, message } };
  }
}

function drawdownOf(
  profits: readonly number[],
  equity: number,
  { level, seed }: { readonly level: number; readonly seed: number },
): RiskReport['drawdown'] {
  const found = drawdownDistribution(
    profits.map((profit) => Math.max(-1, profit / equity)),
    { horizon: DRAWDOWN_DAYS, paths: DRAWDOWN_PATHS, level, seed },
  );
  const { mean, median, atLevel, beyondLevel, reaches } = found;
  return { mean, median, atLevel, beyondLevel, reaches15PercentFrac: reaches(0.15) };
}

/** The worst stretches of the prices given, played on today's positions. */
function ownHistoryStress(held: readonly Held[], returns: AlignedReturns): readonly StressResult[] {
  const profitsOf = (moves: readonly number[]) =>
    held.map((position) => ({
      symbol: position.symbol,
      profit: profitOf(position, { move: moves[position.column] ?? 0, volatility: 1 }),
    }));
  const total = (moves: readonly number[]): number =>
    profitsOf(moves).reduce((sum, { profit }) => sum + profit, 0);
  return WINDOW_PERIODS.filter((periods) => periods <= returns.rows.length).flatMap((periods) =>
    worstWindows(returns, total, { periods }).map(({ fromTsMs, toTsMs, moves, profit }) => {
      const dates = [fromTsMs, toTsMs].map((tsMs) => new Date(tsMs).toISOString().slice(0, 10));
      const length = periods === 1 ? 'period' : `${periods} periods`;
      return {
        name: `Worst ${length} of these prices (${[...new Set(dates)].join('/')})`,
        profit,
        profits: profitsOf(moves),
        unmoved: [],
      };
    }),
  );
}

function stressOf(
  held: readonly Held[],
  portfolio: {
    readonly covariance: readonly (readonly number[])[];
    readonly deltas: readonly number[];
    readonly var: number;
    readonly level: number;
  },
): readonly StressResult[] {
  const { covariance, deltas: exposures } = portfolio;
  const joint = stressCovariance({ exposures, covariance, correlationShare: 1, worstSign: true });
  const wild = stressCovariance({ exposures, covariance, volatilityFactor: 2 });
  const scale = (deviation: number): number =>
    joint.standardDeviation > 0 ? deviation / joint.standardDeviation : 0;
  const asLoss = (name: string, deviation: number): StressResult => ({
    name,
    profit: -portfolio.var * scale(deviation),
    profits: [],
    unmoved: [],
  });
  const level = `VaR ${Number((100 * portfolio.level).toFixed(3))} %`;
  return [
    ...historicalStress(held).filter(({ unmoved }) => unmoved.length < held.length),
    stressPositions(held, {
      name: 'Equities −10 %, volatility × 1.5',
      moves: { us_equity: -0.1 },
      volatilityFactor: 1.5,
    }),
    asLoss(`${level} if nothing hedged (all correlations ±1)`, joint.stressedDeviation),
    asLoss(`${level} at twice the volatility`, wild.stressedDeviation),
  ];
}

function reverseOf(
  exposures: readonly number[],
  covariance: readonly (readonly number[])[],
  equity: number,
): RiskReport['reverse'] {
  const loss = 0.15 * equity;
  return { loss, ...reverseStress({ exposures, covariance, loss }) };
}

async function backtestOf(
  profits: readonly number[],
  options: RiskReportOptions,
  level: number,
): Promise<VarBacktestResult | null> {
  const { method, window, seed } = options;
  if (profits.length <= window) return null;
  return await rollingBacktest({
    profits,
    method,
    level,
    window,
    seed,
    onProgress: (doneFrac) => options.onProgress('testing', doneFrac),
  });
}

function groupsOf(
  contributions: readonly RiskContribution[],
  rows: readonly PositionRow[],
  by: 'desk' | 'strategy',
): readonly GroupContribution[] {
  const names = rows.map((row) => row[by]);
  return names.every((name) => name === '') ? [] : groupContributions(contributions, names);
}
