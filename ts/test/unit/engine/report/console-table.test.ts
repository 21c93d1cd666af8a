import { describe, expect, it } from 'vitest';
import { CONSOLE_COLUMNS, consoleTable } from '#ts/engine/report/console-table.js';
import { sp500Session } from '../../../support/sp500-session.js';

const result = sp500Session();
const text = consoleTable(result);

describe('consoleTable', () => {
  it('SIM-07: prints the strategy beside buy-and-hold', () => {
    expect(text).toMatch(/Total return +[\d.−]+ % +97\.53 %/);
    expect(text).toMatch(/Max drawdown +[\d.]+ % +56\.78 %/);
    expect(text).toMatch(/Recovered .* 2013-03-28, 4\.1 years/);
    for (const label of [
      'CAGR',
      'Volatility',
      'Sharpe ratio',
      'Sortino ratio',
      'Calmar ratio',
      'Time in market',
      'Turnover a year',
      'Trades',
      'Win rate',
      'Profit factor',
      'Average trade, USD',
      'Fees, USD',
      'Slippage, USD',
      'VaR 95, daily',
      'Execution rate',
      '7-day return',
      '10-day return',
    ]) {
      expect(text).toContain(label);
    }
  });

  it('lists denials by control, then every assumption', () => {
    expect(text.indexOf('GROSS_EXPOSURE_EXCEEDED')).toBeGreaterThan(text.indexOf('Fees, USD'));
    for (const { name } of result.assumptions) expect(text).toContain(name);
    expect(consoleTable({ ...result, denials: [] })).toContain('No order was denied.');
  });

  it('fits 100 columns, without colour and without spaces at line ends', () => {
    const lines = text.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(CONSOLE_COLUMNS);
    expect(lines.filter((line) => line.endsWith(' '))).toEqual([]);
    expect(text).not.toContain('\u001b');
  });

  it('lets no text of the user steer the terminal or widen it', () => {
    const hostile = '\u001b[2J\u009b31m' + 'x'.repeat(300);
    const steered = consoleTable({
      ...result,
      strategy: { name: hostile, params: {} },
      assumptions: [{ name: hostile, value: hostile, note: hostile }],
    });
    expect(steered.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    const widths = steered.split('\n').map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(CONSOLE_COLUMNS);
  });
});
