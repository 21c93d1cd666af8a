import { HoldfastError } from '../../core/holdfast-error.js';
import { riskMeasure, type RiskMeasure } from '../../core/risk-measure.js';
import { at } from '../matrix/dense.js';
import { RiskMonitor, type RiskMonitorOptions, type RiskState } from './risk-monitor.js';

export interface LivePortfolioRiskOptions extends RiskMonitorOptions {
  /** Age beyond which a covariance is no ground for a figure, in milliseconds; not bounded without it. */
  readonly covarianceAgeMsMax?: number;
}

/** An order before it is sent, as far as risk is concerned. */
export interface CandidateOrder {
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
}

/** Risk now, with the order filled, and what the order adds; money, at the upper level. */
export interface WhatIf {
  readonly var: { readonly before: number; readonly after: number; readonly marginal: number };
  readonly cvar: { readonly before: number; readonly after: number; readonly marginal: number };
}

/**
 * The portfolio's risk on the live path (PRISK-13): each price or position change brings it up to date in native code, and
 * `measure()` tells the gate, which never waits for it. `whatIf` says what an order would add before it is sent.
 */
export class LivePortfolioRisk {
  readonly #options: LivePortfolioRiskOptions;
  readonly #quantities = new Map<string, number>();
  readonly #prices = new Map<string, number>();
  readonly #partVars: readonly number[];
  readonly #monitor: RiskMonitor;
  #tsMs = Number.NEGATIVE_INFINITY;

  /** @throws HoldfastError `MATRIX_INVALID`, `ARGUMENT_INVALID` */
  constructor(options: LivePortfolioRiskOptions) {
    this.#options = options;
    this.#monitor = new RiskMonitor(options);
    this.#partVars = options.symbols.map((_, index) =>
      Math.sqrt(at(options.covariance, index, index)),
    );
  }

  /** Takes a price of one unit; returns the VaR that follows. @throws HoldfastError as `RiskMonitor.onPrice` */
  onPrice(symbol: string, price: number, tsMs: number): number {
    this.#checkTime(tsMs);
    const found = this.#monitor.onPrice(symbol, price, tsMs);
    this.#prices.set(symbol, price);
    this.#tsMs = tsMs;
    return found;
  }

  /** Takes a signed quantity; returns the VaR that follows. @throws HoldfastError as `RiskMonitor.onPosition` */
  onPosition(symbol: string, quantity: number, tsMs: number): number {
    this.#checkTime(tsMs);
    const found = this.#monitor.onPosition(symbol, quantity, tsMs);
    this.#quantities.set(symbol, quantity);
    this.#tsMs = tsMs;
    return found;
  }

  /** Takes equity and heat; the peak is the most that equity has been. */
  onEquity(equity: number, heatFrac = 0): void {
    this.#monitor.onEquity(equity, heatFrac);
  }

  /** The risk of now. */
  state(): RiskState {
    return this.#monitor.state();
  }

  /** What one more unit of exposure to each asset adds to the VaR at the upper level, in the order of the symbols. */
  marginals(): readonly number[] {
    return this.#monitor.marginals();
  }

  /**
   * Returns what an order would do to VaR and CVaR if it filled; nothing is changed.
   *
   * @throws HoldfastError `INSTRUMENT_UNKNOWN`, `POSITION_UNPRICED` before the first price, `ARGUMENT_INVALID`
   */
  whatIf({ symbol, side, quantity }: CandidateOrder): WhatIf {
    const index = this.#monitor.indexOf(symbol);
    if (!this.#prices.has(symbol)) {
      throw new HoldfastError('POSITION_UNPRICED', `symbol ${symbol} must have a price`, {
        context: { symbol },
      });
    }
    const isQuantity = Number.isFinite(quantity) && quantity > 0;
    if (!isQuantity || (side !== 'buy' && side !== 'sell')) {
      throw new HoldfastError(
        'ARGUMENT_INVALID',
        `an order must buy or sell a positive quantity, was ${side} ${quantity}`,
        { context: { side, quantity } },
      );
    }
    const { var: vars, cvar: cvars } = this.state();
    const after = this.#monitor.whatIf(index, side === 'buy' ? quantity : -quantity);
    const scale = this.#monitor.multipliers[1];
    const cvarAfter = (after * scale.cvar) / scale.var;
    return {
      var: { before: vars[1], after, marginal: after - vars[1] },
      cvar: { before: cvars[1], after: cvarAfter, marginal: cvarAfter - cvars[1] },
    };
  }

  /**
   * Writes the risk of now for the gate: totals at the upper level, and what each instrument adds by itself, which is the
   * most that any change of it can add.
   *
   * @throws HoldfastError `PORTFOLIO_RISK_STALE` before the first price, or on a covariance that is too old;
   * `POSITION_UNPRICED` for a position without a price
   */
  measure(): RiskMeasure {
    const {
      symbols,
      covarianceTsMs,
      covarianceAgeMsMax = Number.POSITIVE_INFINITY,
    } = this.#options;
    const ageMs = this.#tsMs - covarianceTsMs;
    if (!(ageMs <= covarianceAgeMsMax) || !Number.isFinite(this.#tsMs)) {
      throw new HoldfastError(
        'PORTFOLIO_RISK_STALE',
        `the covariance must be at most ${covarianceAgeMsMax} ms old, was ${ageMs}`,
        { context: { ageMs } },
      );
    }
    const { var: vars, cvar: cvars, score } = this.state();
    const scale = this.#monitor.multipliers[1];
    const parts = symbols.map((symbol, index) => {
      const deviation = this.#partVars[index] ?? 0;
      return {
        exposure: this.#exposure(symbol),
        varFrac: deviation * scale.var,
        cvarFrac: deviation * scale.cvar,
      };
    });
    return riskMeasure({ asOfMs: this.#tsMs, var: vars[1], cvar: cvars[1], score, parts });
  }

  #exposure(symbol: string): number {
    const quantity = this.#quantities.get(symbol) ?? 0;
    if (quantity === 0) return 0;
    const price = this.#prices.get(symbol);
    if (price !== undefined) return quantity * price;
    throw new HoldfastError('POSITION_UNPRICED', `symbol ${symbol} must have a price`, {
      context: { symbol },
    });
  }

  #checkTime(tsMs: number): void {
    if (tsMs >= this.#tsMs) return;
    throw new HoldfastError('EVENT_INVALID', `time must not run back, was ${tsMs}`, {
      context: { tsMs },
    });
  }
}
