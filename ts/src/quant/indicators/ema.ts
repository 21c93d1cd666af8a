import type { Bar } from '../../core/bar.js';
import { checkPeriod, type Indicator, type IndicatorFactory } from './indicator.js';

/**
 * Exponential moving average of closes with weight 2 ÷ (period + 1), begun with the simple mean of the first `period`
 * closes. Warm after `period` bars.
 *
 * @throws HoldfastError `ARGUMENT_INVALID`
 */
export function ema(period: number): IndicatorFactory {
  checkPeriod(period);
  return () => new Ema(period);
}

class Ema implements Indicator {
  value = Number.NaN;
  readonly #period: number;
  readonly #weight: number;
  #count = 0;
  #sum = 0;

  constructor(period: number) {
    this.#period = period;
    this.#weight = 2 / (period + 1);
  }

  get isWarm(): boolean {
    return this.#count >= this.#period;
  }

  update(bar: Bar): void {
    if (this.isWarm) {
      this.value += this.#weight * (bar.close - this.value);
      return;
    }
    this.#count += 1;
    this.#sum += bar.close;
    if (this.isWarm) this.value = this.#sum / this.#period;
  }
}
