import { describe, expect, it } from 'vitest';
import { buildSummary, summaryText } from '#ts/engine/report/summary.js';
import { sp500Bars } from '../../../support/sp500-bars.js';
import { sp500Session } from '../../../support/sp500-session.js';

const result = sp500Session();
const summary = buildSummary(result);

describe('buildSummary', () => {
  it('PORT-08: has the fields of the performance summary', () => {
    expect(summary.capital.return).toBeCloseTo(Number(result.finalEquity) / 100_000 - 1, 9);
    expect(summary.capital.total_pnl).toBe((Number(result.finalEquity) - 100_000).toFixed(2));
    expect(summary.performance.win_rate).toBeGreaterThan(0);
    expect(summary.trading.execution_rate).toBeGreaterThan(0.9);
    expect(summary.security.guardrails.daily_trades).toEqual({
      largest: 2,
      date: '2011-08-04',
      limit: 20,
    });
    expect(summary.security.guardrails.circuit_breaker_active).toBe(false);
  });

  it('PORT-08: reports a breaker that was latched at the end', () => {
    for (const breakers of [
      { drawdown: true, dailyLoss: false },
      { drawdown: false, dailyLoss: true },
    ]) {
      const { guardrails } = buildSummary({ ...result, breakers }).security;
      expect(guardrails.circuit_breaker_active).toBe(true);
    }
  });

  it('PORT-02: holds value, P&L, positions, correlations, risk metrics and signals', () => {
    expect(Object.keys(summary.portfolio)).toEqual([
      'total_value',
      'total_pnl',
      'positions',
      'correlation_matrix',
      'risk_metrics',
      'rebalance_signals',
    ]);
    expect(summary.portfolio.total_value).toBe(result.finalEquity);
    expect(summary.portfolio.correlation_matrix).toEqual({ instruments: ['SPX'], values: [[1]] });
  });

  it('SIM-08: names seed, configuration, data, state and journal', () => {
    expect(summary.reproducibility).toEqual({
      seed: result.seed,
      config_hash: result.configHash,
      data_hash: result.dataHash,
      state_hash: result.stateHash,
      journal_records: result.journal.records,
      journal_head: result.journal.head,
      versions: { holdfast: '0.1.0', journal: '1' },
    });
  });

  it('SIM-08: gives the same bytes for the same result, in whatever order keys were set', () => {
    const again = sp500Session();
    const params = Object.fromEntries(Object.entries(again.strategy.params).reverse());
    const shuffled = { ...again, strategy: { name: again.strategy.name, params } };
    expect(summaryText(buildSummary(shuffled))).toBe(summaryText(summary));
  });

  it('puts buy-and-hold beside the strategy under the same names', () => {
    expect(summary.buy_and_hold.total_return).toBeCloseTo(2874.56 / 1455.22 - 1, 9);
    const names = Object.keys(summary.buy_and_hold).filter((name) => !/close|instr/.test(name));
    expect(Object.keys(summary.performance)).toEqual(expect.arrayContaining(names));
  });

  it('keeps money as text and rounds floats to ten digits', () => {
    expect(typeof summary.capital.fees).toBe('string');
    const digits = (summaryText(summary).match(/-?\d+\.\d+(?=,|\n)/g) ?? []).map(
      (text) => text.replace(/^-?0?\.?0*/, '').replace('.', '').length,
    );
    expect(digits.length).toBeGreaterThan(100);
    expect(Math.max(...digits)).toBeLessThanOrEqual(10);
  });

  it('months of each year compound to its total', () => {
    expect(summary.monthly_returns.map((year) => year.year)).toEqual(
      Array.from({ length: 21 }, (_, index) => 2000 + index),
    );
    for (const year of summary.monthly_returns) {
      const growth = year.months.reduce<number>((product, frac) => product * (1 + (frac ?? 0)), 1);
      expect(growth - 1).toBeCloseTo(year.total ?? 0, 8);
    }
  });

  it('is valid JSON without NaN for a session of one bar', () => {
    const single = sp500Session(sp500Bars().slice(0, 1));
    const text = summaryText(buildSummary(single));
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
    expect(JSON.parse(text)).toMatchObject({
      performance: { cagr: null, sharpe: null, max_drawdown: { frac: 0, peak: null } },
    });
    expect(text.endsWith('}\n')).toBe(true);
  });
});
