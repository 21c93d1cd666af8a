import { expect, it } from 'vitest';
import { turnoverPerYear } from '#ts/quant/turnover.js';

it('counts buys and sells against mean equity, a year', () => {
  const activity = { tradedNotional: 400, equity: [90, 110], years: 2 };
  expect(turnoverPerYear(activity)).toBe(2);
});

it('gives null for short periods and without equity', () => {
  expect(turnoverPerYear({ tradedNotional: 400, equity: [100], years: 0.1 })).toBeNull();
  expect(turnoverPerYear({ tradedNotional: 400, equity: [], years: 2 })).toBeNull();
  expect(turnoverPerYear({ tradedNotional: 400, equity: [-5], years: 2 })).toBeNull();
});
