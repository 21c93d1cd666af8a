import { describe, expect, it } from 'vitest';
import { returnWindow, worstWindows } from '#ts/quant/index.js';
import { thrownBy } from '../../../support/thrown-error.js';

const rows = [
  [0.01, 0],
  [-0.1, 0.02],
  [-0.1, 0.01],
  [0.05, 0],
  [-0.05, -0.2],
  [0.02, 0.1],
];
const returns = {
  symbols: ['A', 'B'],
  tsMs: rows.map((_, day) => Date.UTC(2020, 0, 1 + day)),
  rows,
  dropped: 0,
};
const day = (number: number) => Date.UTC(2020, 0, number);
const long = ([first = 0]: readonly number[]) => 1_000 * first;

describe('PRISK-03: stress by windows of one’s own history', () => {
  it('compounds the returns between two dates', () => {
    const found = returnWindow(returns, { fromTsMs: day(2), toTsMs: day(3) });
    expect(found.fromTsMs).toBe(day(2));
    expect(found.toTsMs).toBe(day(3));
    expect(found.moves).toEqual([expect.closeTo(-0.19, 12), expect.closeTo(0.0302, 12)]);
  });

  it('finds the worst windows, none of which overlaps another', () => {
    const found = worstWindows(returns, long, { periods: 2, count: 3 });
    expect(found.map(({ fromTsMs }) => fromTsMs)).toEqual([day(2), day(5), day(4)].slice(0, 2));
    expect(found[0]?.profit).toBeCloseTo(-190, 9);
    const hedged = worstWindows(returns, ([, second = 0]) => 500 * second, { periods: 1 });
    expect(hedged).toHaveLength(1);
    expect(hedged[0]?.fromTsMs).toBe(day(5));
  });

  it('refuses windows that are none', () => {
    const code = (act: () => unknown) => thrownBy(act).code;
    expect(code(() => returnWindow(returns, { fromTsMs: day(9), toTsMs: day(12) }))).toBe(
      'OBSERVATIONS_TOO_FEW',
    );
    expect(code(() => worstWindows(returns, long, { periods: 7 }))).toBe('OBSERVATIONS_TOO_FEW');
    for (const wrong of [{ periods: 0 }, { periods: 1.5 }, { periods: 1, count: 0 }]) {
      expect(code(() => worstWindows(returns, long, wrong))).toBe('ARGUMENT_INVALID');
    }
  });
});
