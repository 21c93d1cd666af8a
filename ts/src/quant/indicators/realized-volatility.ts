import type { Bar } from '../../core/bar.js';
import { checkPeriod, type Indicator, type IndicatorFactory } from './indicator.js';
import { RollingWindow } from './rolling-window.js';

export interface RealizedVolatilityOptions {
  /** Returns in the window, at least 2. */
  readonly period: number;
  /** Bars in a year; 252 for daily bars of an exchange. */
  readonly barsPerYear: number;
}

/**
 * Realised volatility as a fraction a year: the sample standard deviation of the last `period` log returns of closes,
 * times √barsPerYear. Warm after `period` + 1 bars; O(period) a bar, so that no rounding error gathers.
 *
 * @throws HoldfastError `ARGUMENT_INVALID`
 */
export function realizedVolatility(options: RealizedVolatilityOptions): IndicatorFactory {
  const period = checkPeriod(options.period, 2);
  const barsPerYear = checkPeriod(options.barsPerYear);
  return () => new RealizedVolatility(period, barsPerYear);
}

class RealizedVolatility implements Indicator {
  value = Number.NaN;
  readonly #period: number;
  readonly #scale: number;
  readonly #window: RollingWindow;
  #lastClose = Number.NaN;

  constructor(period: number, barsPerYear: number) {
    this.#period = period;
    this.#scale = Math.sqrt(barsPerYear);
    this.#window = new RollingWindow(period);
  }

  get isWarm(): boolean {
    return this.#window.isFull;
  }

  update(bar: Bar): void {
    if (!Number.isNaN(this.#lastClose)) this.#window.push(Math.log(bar.close / this.#lastClose));
    this.#lastClose = bar.close;
    if (!this.#window.isFull) return;
    const mean = this.#window.sum() / this.#period;
    const variance = this.#window.squaredDeviations(mean) / (this.#period - 1);
    this.value = Math.sqrt(variance) * this.#scale;
  }
}
