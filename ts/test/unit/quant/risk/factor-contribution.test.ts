import { describe, expect, it } from 'vitest';
import { factorContributions, OWN_PART, scenarioContributions } from '#ts/quant/index.js';
import { thrownBy } from '../../../support/thrown-error.js';
import { returnTable } from '../../../support/sp500-returns.js';

const rows = returnTable(400, 5);
const level = 0.975;
const exposures = [100_000, -40_000, 60_000, 25_000, 0];
/** A market that is the mean of all, and a spread of two. */
const moves = rows.map((row) => [
  row.reduce((sum, move) => sum + move / row.length, 0),
  (row[0] ?? 0) - (row[1] ?? 0),
]);
const betas = [
  [1.2, 0.1],
  [0.8, -0.2],
  [1, 0],
  [0.5, 0.3],
  [2, 2],
];
const names = ['market', 'spread'];

describe('factorContributions', () => {
  it('PRISK-02: parts of factors and what is own add up to VaR and CVaR to 1e-10', () => {
    const found = factorContributions({ rows, exposures, moves, betas, names, level });
    const whole = scenarioContributions({ rows, exposures, level });
    const sum = (part: 'componentVar' | 'componentCvar') =>
      found.factors.reduce((all, each) => all + each[part], 0);
    expect(found.factors.map(({ group }) => group)).toEqual([...names, OWN_PART]);
    expect(sum('componentVar') / whole.total.var).toBeCloseTo(1, 10);
    expect(sum('componentCvar') / whole.total.cvar).toBeCloseTo(1, 10);
    expect(found.total.cvar / whole.total.cvar).toBeCloseTo(1, 10);
    // The fifth asset is not held; the third has no beta to the spread.
    expect(found.factors.map(({ positions }) => positions)).toEqual([4, 3, 4]);
  });

  it('gives all of the risk to a factor that is all there is', () => {
    const alone = factorContributions({
      rows: rows.map(([first = 0]) => [first, 2 * first]),
      exposures: [30_000, 10_000],
      moves: rows.map(([first = 0]) => [first]),
      betas: [[1], [2]],
      names: ['first'],
      level,
    });
    expect(alone.factors[0]?.componentCvar).toBeCloseTo(alone.total.cvar, 8);
    expect(alone.factors[1]?.componentCvar).toBeCloseTo(0, 8);
  });

  it.each([
    ['moves', { moves: moves.slice(1) }],
    ['betas', { betas: betas.slice(1) }],
    ['betas', { betas: betas.map(() => [1]) }],
    ['rows', { exposures: exposures.slice(1), betas: betas.slice(1) }],
  ])('refuses %s of another size', (name, wrong) => {
    const error = thrownBy(() =>
      factorContributions({ rows, exposures, moves, betas, names, level, ...wrong }),
    );
    expect(error.code).toBe('ARGUMENT_INVALID');
    expect(error.message).toContain(name);
  });
});
