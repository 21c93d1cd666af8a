import { describe, expect, it } from 'vitest';
import {
  LivePortfolioRisk,
  normalMultipliers,
  parametricContributions,
  sampleCovarianceMatrix,
} from '#ts/quant/index.js';
import { returnTable } from '../../../support/sp500-returns.js';
import { thrownBy } from '../../../support/thrown-error.js';

const covariance = sampleCovarianceMatrix(returnTable(200, 3));
const symbols = ['A', 'B', 'C'];
const multipliers = normalMultipliers(0.99);

function live(more: object = {}): LivePortfolioRisk {
  const risk = new LivePortfolioRisk({ symbols, covariance, covarianceTsMs: 1_000, ...more });
  symbols.forEach((symbol) => risk.onPrice(symbol, 10, 5_000));
  risk.onPosition('A', 100, 6_000);
  risk.onPosition('B', -50, 6_000);
  risk.onEquity(20_000);
  return risk;
}

const whole = (exposures: readonly number[]) =>
  parametricContributions({ exposures, covariance, level: 0.99, multipliers }).total;

describe('LivePortfolioRisk', () => {
  it('PRISK-13: says what an order would do before it is sent, and then does just that', () => {
    const risk = live();
    const found = risk.whatIf({ symbol: 'C', side: 'sell', quantity: 30 });
    expect(found.var.before).toBeCloseTo(whole([1_000, -500, 0]).var, 8);
    expect(found.var.after).toBeCloseTo(whole([1_000, -500, -300]).var, 8);
    expect(found.cvar.after).toBeCloseTo(whole([1_000, -500, -300]).cvar, 8);
    expect(found.var.marginal).toBeCloseTo(found.var.after - found.var.before, 12);
    expect(risk.state().var[1]).toBeCloseTo(found.var.before, 12);
    expect(risk.onPosition('C', -30, 7_000)).toBeCloseTo(found.var.after, 8);
  });

  it('keeps the marginal of each asset: what a small order adds, by its exposure', () => {
    const risk = live();
    risk.marginals().forEach((marginal, index) => {
      const small = { symbol: symbols[index] ?? '', side: 'buy', quantity: 1e-5 } as const;
      const { var: added } = risk.whatIf(small);
      expect(added.marginal / 1e-4).toBeCloseTo(marginal, 6);
    });
  });

  it('tells the gate totals, score and what each instrument adds by itself', () => {
    const { kind, values } = live().measure();
    const [asOf, told, shortfall, score, exposure, frac, , other] = [...values].map(Number);
    const total = whole([1_000, -500, 0]);
    expect([kind, asOf, exposure, other]).toEqual([1, 6_000e6, 1_000e6, -500e6]);
    expect((told ?? 0) / 1e6).toBeGreaterThanOrEqual(total.var);
    expect((told ?? 0) / 1e6).toBeCloseTo(total.var, 5);
    expect((shortfall ?? 0) / 1e6).toBeCloseTo(total.cvar, 5);
    expect((score ?? 0) / 1e6).toBeCloseTo(live().state().score, 5);
    expect((frac ?? 0) / 1e6).toBeCloseTo(whole([1, 0, 0]).var, 5);
  });

  it('tells nothing that rests on too little', () => {
    const unpriced = new LivePortfolioRisk({ symbols, covariance, covarianceTsMs: 0 });
    expect(thrownBy(() => unpriced.measure()).code).toBe('PORTFOLIO_RISK_STALE');
    unpriced.onPosition('A', 1, 5);
    expect(thrownBy(() => unpriced.measure()).code).toBe('POSITION_UNPRICED');
    expect(live({ covarianceAgeMsMax: 5_000 }).measure().kind).toBe(1);
    const old = live({ covarianceAgeMsMax: 4_999 });
    expect(thrownBy(() => old.measure()).code).toBe('PORTFOLIO_RISK_STALE');
  });

  it('refuses orders, prices and times that are none', () => {
    const risk = live();
    const bad = (order: object) => () =>
      risk.whatIf({ symbol: 'A', side: 'buy', quantity: 1, ...order });
    const acts = [
      bad({ quantity: 0 }),
      bad({ quantity: Number.NaN }),
      bad({ side: 'long' }),
      bad({ symbol: 'D' }),
      () => risk.onPrice('A', Number.NaN, 9_000),
      () => risk.onPrice('A', 10, 5_999),
      () =>
        new LivePortfolioRisk({ symbols, covariance, covarianceTsMs: 0 }).whatIf({
          symbol: 'A',
          side: 'buy',
          quantity: 1,
        }),
    ];
    expect(acts.map((act) => thrownBy(act).code)).toEqual([
      'ARGUMENT_INVALID',
      'ARGUMENT_INVALID',
      'ARGUMENT_INVALID',
      'INSTRUMENT_UNKNOWN',
      'ARGUMENT_INVALID',
      'EVENT_INVALID',
      'POSITION_UNPRICED',
    ]);
    expect(risk.state().var[1]).toBeCloseTo(whole([1_000, -500, 0]).var, 8);
  });
});
