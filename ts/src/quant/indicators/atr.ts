import type { Bar } from '../../core/bar.js';
import { checkPeriod, type Indicator, type IndicatorFactory } from './indicator.js';

/**
 * Average true range after Wilder (1978): the mean of the first `period` true ranges, then smoothed by 1 ÷ period, in
 * the unit of the price. Warm after `period` + 1 bars, because a true range needs the close before it.
 *
 * @throws HoldfastError `ARGUMENT_INVALID`
 */
export function atr(period: number): IndicatorFactory {
  checkPeriod(period);
  return () => new Atr(period);
}

class Atr implements Indicator {
  value = Number.NaN;
  readonly #period: number;
  #lastClose = Number.NaN;
  #count = 0;
  #sum = 0;

  constructor(period: number) {
    this.#period = period;
  }

  get isWarm(): boolean {
    return this.#count >= this.#period;
  }

  update(bar: Bar): void {
    const before = this.#lastClose;
    this.#lastClose = bar.close;
    if (Number.isNaN(before)) return;
    const range = Math.max(bar.high, before) - Math.min(bar.low, before);
    if (this.isWarm) {
      this.value += (range - this.value) / this.#period;
      return;
    }
    this.#count += 1;
    this.#sum += range;
    if (this.isWarm) this.value = this.#sum / this.#period;
  }
}
