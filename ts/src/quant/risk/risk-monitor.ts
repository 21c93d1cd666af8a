import { HoldfastError } from '../../core/holdfast-error.js';
import { FIGURES_EACH, ParametricRiskHandle } from '../../native/parametric-risk.js';
import type { Matrix } from '../matrix/dense.js';
import { type Multipliers, normalMultipliers, studentMultipliers } from './parametric-risk.js';
import { SCORE_LIMITS, type ScoreMeasures } from './risk-score.js';

const LEVELS_DEFAULT = [0.95, 0.99] as const;

export interface RiskMonitorOptions {
  /** Names of the assets, in the order of the covariance. */
  readonly symbols: readonly string[];
  /** Covariance of returns over one period. */
  readonly covariance: Matrix;
  /** When the last return of the covariance came in. */
  readonly covarianceTsMs: number;
  /** Two confidence levels, the lower one first; 0.95 and 0.99 by default. */
  readonly levels?: readonly [number, number];
  /** Degrees of freedom for Student's t; the normal distribution without them. */
  readonly degrees?: number;
  readonly limits?: ScoreMeasures;
}

/** Risk of the portfolio as it is held; money except for fractions, leverage and score. */
export interface RiskState {
  readonly method: 'parametric_normal' | 'parametric_student_t';
  /** When the last price or position came in; null before the first. */
  readonly tsMs: number | null;
  /** Age of the covariance at that time. */
  readonly covarianceAgeMs: number | null;
  readonly equity: number;
  readonly standardDeviation: number;
  readonly var: readonly [number, number];
  readonly cvar: readonly [number, number];
  readonly leverage: number;
  readonly concentrationFrac: number;
  readonly drawdownFrac: number;
  readonly heatFrac: number;
  /** 0 to 100 by the published weights. */
  readonly score: number;
}

/**
 * Keeps the parametric risk of a portfolio current while prices and positions change (PRISK-08,
 * PRISK-13): a change costs one pass over a column of the covariance in native code, reading the
 * state costs nothing more. Time comes from the caller.
 */
export class RiskMonitor {
  readonly #handle: ParametricRiskHandle;
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #quantities: Float64Array;
  readonly #prices: Float64Array;
  readonly #multipliers: readonly [Multipliers, Multipliers];
  readonly #options: RiskMonitorOptions;
  readonly #figures = new Float64Array(FIGURES_EACH);
  #capital = { equity: 0, peak: 0, heatFrac: 0 };
  #deviation = 0;
  #tsMs: number | null = null;

  /** @throws HoldfastError `MATRIX_INVALID`, `ARGUMENT_INVALID` */
  constructor(options: RiskMonitorOptions) {
    const {
      symbols,
      covariance,
      levels = LEVELS_DEFAULT,
      degrees,
      limits = SCORE_LIMITS,
    } = options;
    const of = (level: number): Multipliers =>
      degrees === undefined ? normalMultipliers(level) : studentMultipliers(level, degrees);
    this.#options = options;
    this.#multipliers = [of(levels[0]), of(levels[1])];
    this.#indexes = new Map(symbols.map((symbol, index) => [symbol, index]));
    this.#quantities = new Float64Array(symbols.length);
    this.#prices = new Float64Array(symbols.length);
    this.#handle = new ParametricRiskHandle({
      covariance: Float64Array.from(covariance.flat()),
      exposures: new Float64Array(symbols.length),
      settings: Float64Array.from([
        ...this.#multipliers.flatMap((each) => [each.var, each.cvar]),
        limits.varFrac,
        limits.cvarFrac,
        limits.drawdownFrac,
        limits.leverage,
        limits.concentrationFrac,
        limits.heatFrac,
      ]),
    });
  }

  /** Takes a price; returns the VaR at the upper level that follows. */
  onPrice(asset: number | string, price: number, tsMs: number): number {
    const index = typeof asset === 'number' ? asset : this.indexOf(asset);
    const exposure = (this.#quantities[index] ?? 0) * price;
    this.#deviation = this.#handle.setExposure(index, exposure);
    this.#prices[index] = price;
    this.#tsMs = tsMs;
    return this.#deviation * this.#multipliers[1].var;
  }

  /** Takes a signed quantity in units whose price is given by `onPrice`; returns the VaR that follows. */
  onPosition(asset: number | string, quantity: number, tsMs: number): number {
    const index = typeof asset === 'number' ? asset : this.indexOf(asset);
    this.#deviation = this.#handle.setExposure(index, quantity * (this.#prices[index] ?? 0));
    this.#quantities[index] = quantity;
    this.#tsMs = tsMs;
    return this.#deviation * this.#multipliers[1].var;
  }

  /** Takes equity and heat; the peak is the most that equity has been. */
  onEquity(equity: number, heatFrac = 0): void {
    this.#capital = { equity, peak: Math.max(this.#capital.peak, equity), heatFrac };
  }

  /** Returns the VaR at the upper level if an order were filled; nothing is changed. */
  whatIf(asset: number | string, quantityChange: number): number {
    const index = typeof asset === 'number' ? asset : this.indexOf(asset);
    const quantity = (this.#quantities[index] ?? 0) + quantityChange;
    const deviation = this.#handle.whatIf(index, quantity * (this.#prices[index] ?? 0));
    return deviation * this.#multipliers[1].var;
  }

  /** The risk of now, all of it. */
  state(): RiskState {
    const { covarianceTsMs, degrees } = this.#options;
    this.#handle.evaluateHeld(this.#capital, this.#figures);
    const at = (index: number): number => this.#figures[index] ?? 0;
    return {
      method: degrees === undefined ? 'parametric_normal' : 'parametric_student_t',
      tsMs: this.#tsMs,
      covarianceAgeMs: this.#tsMs === null ? null : this.#tsMs - covarianceTsMs,
      equity: this.#capital.equity,
      standardDeviation: at(0),
      var: [at(1), at(3)],
      cvar: [at(2), at(4)],
      leverage: at(5),
      concentrationFrac: at(6),
      drawdownFrac: at(7),
      heatFrac: this.#capital.heatFrac,
      score: at(8),
    };
  }

  /** Returns what each asset adds to the VaR at the upper level, in the order of the symbols. */
  components(): readonly number[] {
    const components = new Float64Array(this.#options.symbols.length);
    this.#handle.components(components);
    return Array.from(components, (part) => part * this.#multipliers[1].var);
  }

  /** Returns what one more unit of exposure to each asset adds to the VaR at the upper level, in the order of the symbols. */
  marginals(): readonly number[] {
    const marginals = new Float64Array(this.#options.symbols.length);
    this.#handle.marginals(marginals);
    return Array.from(marginals, (part) => part * this.#multipliers[1].var);
  }

  /** VaR and CVaR of a deviation of 1 at the lower and the upper level. */
  get multipliers(): readonly [Multipliers, Multipliers] {
    return this.#multipliers;
  }

  /** @throws HoldfastError `INSTRUMENT_UNKNOWN` */
  indexOf(symbol: string): number {
    const index = this.#indexes.get(symbol);
    if (index !== undefined) return index;
    throw new HoldfastError('INSTRUMENT_UNKNOWN', `symbol ${symbol} must be in the covariance`, {
      context: { symbol },
    });
  }

  /**
   * Evaluates many portfolios with the same covariance in one call: each row is equity, peak, heat,
   * then the exposures; nine figures a row come back: deviation, VaR and CVaR of both levels,
   * leverage, concentration, drawdown, score.
   */
  evaluateMany(portfolios: Float64Array, out: Float64Array): void {
    this.#handle.evaluateMany(portfolios, out);
  }
}
