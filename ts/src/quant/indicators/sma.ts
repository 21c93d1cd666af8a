import type { Bar } from '../../core/bar.js';
import { checkPeriod, type Indicator, type IndicatorFactory } from './indicator.js';
import { RollingWindow } from './rolling-window.js';

/**
 * Simple moving average of closes: the mean of the last `period` closes. Warm after `period` bars.
 *
 * The running sum is added anew once a window, so that rounding errors do not gather; O(1) a bar on average.
 *
 * @throws HoldfastError `ARGUMENT_INVALID`
 */
export function sma(period: number): IndicatorFactory {
  checkPeriod(period);
  return () => new Sma(period);
}

class Sma implements Indicator {
  value = Number.NaN;
  readonly #period: number;
  readonly #window: RollingWindow;
  #sum = 0;
  #sinceRefresh = 0;

  constructor(period: number) {
    this.#period = period;
    this.#window = new RollingWindow(period);
  }

  get isWarm(): boolean {
    return this.#window.isFull;
  }

  update(bar: Bar): void {
    this.#sum += bar.close - this.#window.push(bar.close);
    this.#sinceRefresh += 1;
    if (this.#sinceRefresh === this.#period) {
      this.#sum = this.#window.sum();
      this.#sinceRefresh = 0;
    }
    if (this.#window.isFull) this.value = this.#sum / this.#period;
  }
}
