import { describe, expect, it } from 'vitest';
import { coveredWindows } from '#ts/engine/report/crisis-windows.js';
import { measureSession } from '#ts/engine/report/session-performance.js';
import { sp500Bars } from '../../../support/sp500-bars.js';
import { sp500Session } from '../../../support/sp500-session.js';

const result = sp500Session();

describe('coveredWindows', () => {
  it('gives the known falls of the S&P 500 for buy-and-hold', () => {
    const windows = coveredWindows(result, measureSession(result));
    expect(windows.map((window) => window.name)).toContain('Dot-com bear market');
    expect(windows).toHaveLength(9);
    const crisis = windows.find((window) => window.name === 'Global financial crisis');
    expect(crisis?.benchmarkReturnFrac).toBeCloseTo(676.53 / 1565.15 - 1, 12);
    expect(crisis?.benchmarkDrawdownFrac).toBeCloseTo(1 - 676.53 / 1565.15, 12);
  });

  it('leaves out windows that the data hold only in part', () => {
    const from = Date.parse('2008-01-01');
    const to = Date.parse('2011-06-01');
    const part = sp500Session(sp500Bars().filter((bar) => bar.tsMs > from && bar.tsMs < to));
    expect(coveredWindows(part, measureSession(part)).map((window) => window.name)).toEqual([
      'May 2010 flash crash and after',
    ]);
  });

  it('shows windows of crypto for data that trade every day', () => {
    const days = Array.from({ length: 1_200 }, (_, index) => ({
      tsMs: Date.parse('2017-01-01T23:59:59.999Z') + index * 86_400_000,
      equity: 100,
      cash: 100,
      positionValue: 0,
      grossExposure: 0,
      closes: [1_000 + index],
    }));
    const crypto = { ...result, days };
    expect(coveredWindows(crypto, measureSession(crypto)).map((window) => window.name)).toEqual([
      'September 2017 China ban',
      'Crypto winter',
      'Pandemic crash',
    ]);
  });
});
