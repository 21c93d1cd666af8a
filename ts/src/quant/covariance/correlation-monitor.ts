import { HoldfastError } from '../../core/holdfast-error.js';
import { correlationMeasure, type RiskMeasure } from '../../core/risk-measure.js';

const WINDOW_DEFAULT = 120;
/** Below it a correlation is more noise than number: its standard error is above 0.18 at 0. */
const OBSERVATIONS_MIN_DEFAULT = 30;
/** Sums are added up anew after so many rows, so that what rounding leaves does not add up. */
const REFRESH_ROWS = 1_000;

export interface CorrelationMonitorOptions {
  /** Names of the assets: all instruments of the account, in their order. */
  readonly symbols: readonly string[];
  /** Rows of returns that count; 120 by default. */
  readonly window?: number;
  /** Rows below which no correlation is known; 30 by default. */
  readonly observationsMin?: number;
  /** Part of every correlation that is taken off, or `by_pair`, which is the default. */
  readonly shrinkage?: number | 'by_pair';
}

/** Correlations with what they rest on. */
export interface RollingCorrelation {
  readonly asOfMs: number;
  /** `null` where an asset has not moved, or rows are too few. */
  readonly correlation: readonly (readonly (number | null)[])[];
  /** Part that was taken off, the mean over the pairs that are known. */
  readonly shrinkage: number;
  /** Rows within the window; each weighs the same. */
  readonly effectiveSampleSize: number;
}

/**
 * Keeps the correlations of a rolling window current, for the gate's control of correlation: a row of returns costs one
 * pass over the products of its pairs, whatever the window. Time comes from the caller.
 *
 * Each pair is shrunk by its own noise: r × max(0, 1 − (1 − r²)² ÷ ((T − 1) r²)), the positive part of a Stein estimate with
 * the variance of a correlation under normal returns. One intensity for all pairs, as Schäfer & Strimmer (2005) have it, would
 * be drawn to 1 by many unrelated assets and hide the two that move together, which is what the control looks for.
 */
export class CorrelationMonitor {
  readonly #assets: number;
  readonly #window: number;
  readonly #observationsMin: number;
  readonly #shrinkage: number | 'by_pair';
  readonly #rows: Float64Array[] = [];
  readonly #sums: Float64Array;
  readonly #products: Float64Array;
  #next = 0;
  #sinceRefresh = 0;
  #asOfMs: number | null = null;

  /** @throws HoldfastError `ARGUMENT_INVALID` */
  constructor(options: CorrelationMonitorOptions) {
    const { symbols, window = WINDOW_DEFAULT, shrinkage = 'by_pair' } = options;
    const { observationsMin = Math.min(OBSERVATIONS_MIN_DEFAULT, window) } = options;
    check('symbols', symbols.length, symbols.length > 0);
    check('window', window, Number.isInteger(window) && window >= 3);
    const isLeast = Number.isInteger(observationsMin) && observationsMin >= 3;
    check('observationsMin', observationsMin, isLeast && observationsMin <= window);
    check('shrinkage', shrinkage, shrinkage === 'by_pair' || (shrinkage >= 0 && shrinkage <= 1));
    this.#assets = symbols.length;
    this.#window = window;
    this.#observationsMin = observationsMin;
    this.#shrinkage = shrinkage;
    this.#sums = new Float64Array(symbols.length);
    this.#products = new Float64Array(symbols.length ** 2);
  }

  /**
   * Takes the returns of one period, one an asset.
   *
   * @throws HoldfastError `RETURNS_INVALID` for a row of another length, or a value that is no finite number: nothing is
   * changed then; `EVENT_INVALID` when time runs back
   */
  onReturns(row: readonly number[], tsMs: number): void {
    const bad = row.findIndex((value) => !Number.isFinite(value));
    if (row.length !== this.#assets || bad >= 0) {
      throw new HoldfastError(
        'RETURNS_INVALID',
        `returns must be ${this.#assets} finite numbers, were ${row.length} with ${row[bad]}`,
        { context: { column: bad } },
      );
    }
    if (!(tsMs >= (this.#asOfMs ?? Number.NEGATIVE_INFINITY))) {
      throw new HoldfastError(
        'EVENT_INVALID',
        `time must not run back from ${this.#asOfMs}, was ${tsMs}`,
        { context: { tsMs } },
      );
    }
    const taken = Float64Array.from(row);
    const oldest = this.#rows[this.#next];
    if (oldest !== undefined) this.#add(oldest, -1);
    this.#rows[this.#next] = taken;
    this.#next = (this.#next + 1) % this.#window;
    this.#asOfMs = tsMs;
    this.#sinceRefresh += 1;
    if (this.#sinceRefresh < REFRESH_ROWS) this.#add(taken, 1);
    else this.#refresh();
  }

  /** The correlations of now; null before the first row. */
  state(): RollingCorrelation | null {
    if (this.#asOfMs === null) return null;
    const count = this.#rows.length;
    const raw = this.#correlations(count);
    let taken = 0;
    let pairs = 0;
    const correlation = raw.map((row, one) =>
      row.map((value, other) => {
        if (one === other || value === null) return one === other ? 1 : null;
        const part = this.#shrinkage === 'by_pair' ? noiseOf(value, count) : this.#shrinkage;
        taken += part;
        pairs += 1;
        return (1 - part) * value;
      }),
    );
    const shrinkage = pairs === 0 ? 0 : taken / pairs;
    return { asOfMs: this.#asOfMs, correlation, shrinkage, effectiveSampleSize: count };
  }

  /** The correlations as the gate reads them; null before the first row. */
  measure(): RiskMeasure | null {
    const state = this.state();
    return state === null ? null : correlationMeasure(state);
  }

  #add(row: Float64Array, sign: 1 | -1): void {
    const assets = this.#assets;
    for (let one = 0; one < assets; one += 1) {
      const value = sign * (row[one] ?? 0);
      this.#sums[one] = (this.#sums[one] ?? 0) + value;
      const at = one * assets;
      for (let other = 0; other <= one; other += 1) {
        this.#products[at + other] = (this.#products[at + other] ?? 0) + value * (row[other] ?? 0);
      }
    }
  }

  #refresh(): void {
    this.#sinceRefresh = 0;
    this.#sums.fill(0);
    this.#products.fill(0);
    for (const row of this.#rows) this.#add(row, 1);
  }

  #correlations(count: number): (number | null)[][] {
    const centered = (one: number, other: number): number => {
      const product = this.#products[one * this.#assets + other] ?? 0;
      return product - ((this.#sums[one] ?? 0) * (this.#sums[other] ?? 0)) / count;
    };
    const isKnown = count >= this.#observationsMin;
    const own = Array.from(this.#sums, (_, asset) => {
      const square = this.#products[asset * this.#assets + asset] ?? 0;
      // A remainder of rounding is no movement.
      return centered(asset, asset) > 1e-12 * square ? centered(asset, asset) : 0;
    });
    const between = (one: number, other: number): number | null => {
      const scale = Math.sqrt((own[one] ?? 0) * (own[other] ?? 0));
      if (!isKnown || !(scale > 0)) return null;
      return Math.min(1, Math.max(-1, centered(one, other) / scale));
    };
    return own.map((_, one) =>
      own.map((__, other) => (one >= other ? between(one, other) : between(other, one))),
    );
  }
}

/** The part of a correlation that is noise, from 0 to 1. */
function noiseOf(value: number, count: number): number {
  const noise = (1 - value * value) ** 2 / (count - 1);
  return noise < value * value ? noise / (value * value) : 1;
}

function check(name: string, value: unknown, isValid: boolean): void {
  if (isValid) return;
  throw new HoldfastError(
    'ARGUMENT_INVALID',
    `${name} must be within its range, was ${String(value)}`,
    { context: { name, value: String(value) } },
  );
}
