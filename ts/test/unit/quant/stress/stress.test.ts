import { describe, expect, it } from 'vitest';
import {
  blackScholesPrice,
  HISTORICAL_SHOCKS,
  historicalStress,
  type OptionHolding,
  reverseStress,
  sampleCovarianceMatrix,
  smallestBreach,
  spotVolatilityGrid,
  stressCovariance,
  stressPositions,
} from '#ts/quant/index.js';
import { dot, times } from '#ts/quant/matrix/dense.js';
import { sp500Bars } from '../../../support/sp500-bars.js';
import { returnTable } from '../../../support/sp500-returns.js';
import { thrownBy } from '../../../support/thrown-error.js';

const covariance = sampleCovarianceMatrix(returnTable(300, 4));
const put: OptionHolding = {
  right: 'put',
  strike: 95,
  timeYears: 0.25,
  volAnn: 0.2,
  rateAnn: 0.02,
  yieldAnn: 0,
  quantity: 100,
  spot: 100,
};

describe('HISTORICAL_SHOCKS', () => {
  const bars = sp500Bars();
  const day = (date: string) =>
    bars.findIndex(({ tsMs }) => new Date(tsMs).toISOString().startsWith(date));
  const close = (index: number) => bars[index]?.close ?? Number.NaN;

  it('each has moves, days in order and a source', () => {
    for (const { id, from, to, moves, source } of HISTORICAL_SHOCKS) {
      expect(Object.keys(moves).length, id).toBeGreaterThan(0);
      expect(Date.parse(from), id).toBeLessThanOrEqual(Date.parse(to));
      expect(id === from || id === `${from}/${to}`, id).toBe(true);
      expect(source.length, id).toBeGreaterThan(20);
      for (const move of Object.values(moves)) expect(Math.abs(move), id).toBeGreaterThan(0.03);
    }
    expect(new Set(HISTORICAL_SHOCKS.map(({ id }) => id)).size).toBe(HISTORICAL_SHOCKS.length);
  });

  it('those from 2000 on are what the closes of the S&P 500 say', () => {
    const covered = HISTORICAL_SHOCKS.filter(
      ({ from, to, moves }) =>
        from >= '2000-01-04' && to <= '2020-04-17' && moves.us_equity !== undefined,
    );
    expect(covered.length).toBeGreaterThan(7);
    for (const { id, name, from, to, moves } of covered) {
      const [first, last] = [day(from), day(to)];
      const base = from === to ? close(first - 1) : close(first);
      const end = id === '2010-05-06' ? (bars[last]?.low ?? 0) : close(last);
      expect(end / base - 1, name).toBeCloseTo(moves.us_equity ?? 0, 3);
    }
  });

  it('names the events that the requirements name', () => {
    const years = HISTORICAL_SHOCKS.map(({ from }) => from.slice(0, 7));
    expect(years).toEqual(
      expect.arrayContaining([
        '1987-10',
        '1998-08',
        '2000-04',
        '2008-10',
        '2010-05',
        '2015-01',
        '2018-02',
        '2020-03',
        '2017-12',
        '2021-05',
        '2022-05',
        '2022-11',
      ]),
    );
  });
});

describe('blackScholesPrice', () => {
  // Haug 1998, as in the tests of QuantLib: right, strike, spot, yield, rate, time, volatility, price.
  it.each([
    ['call', 65, 60, 0, 0.08, 0.25, 0.3, 2.1334],
    ['put', 95, 100, 0.05, 0.1, 0.5, 0.2, 2.4648],
    ['put', 19, 19, 0.1, 0.1, 0.75, 0.28, 1.7011],
    ['call', 1.6, 1.56, 0.08, 0.06, 0.5, 0.12, 0.0291],
    ['put', 70, 75, 0.05, 0.1, 0.5, 0.35, 4.087],
    ['call', 100, 90, 0.1, 0.1, 0.1, 0.25, 0.315],
    ['call', 100, 110, 0.1, 0.1, 0.1, 0.35, 11.1381],
  ] as const)(
    '%s %d: the published price',
    (right, strike, spot, yieldAnn, rateAnn, timeYears, volAnn, price) => {
      expect(
        blackScholesPrice(spot, { right, strike, timeYears, volAnn, rateAnn, yieldAnn }),
      ).toBeCloseTo(price, 3);
    },
  );

  it('is the intrinsic value of the forward without time or volatility', () => {
    expect(blackScholesPrice(100, { ...put, strike: 120, timeYears: 0 })).toBe(20);
    expect(blackScholesPrice(100, { ...put, volAnn: 0 })).toBe(0);
    expect(thrownBy(() => blackScholesPrice(0, put)).code).toBe('ARGUMENT_INVALID');
    expect(thrownBy(() => blackScholesPrice(100, { ...put, volAnn: -1 })).code).toBe(
      'ARGUMENT_INVALID',
    );
  });
});

describe('stressPositions', () => {
  const stock = { symbol: 'S', exposure: 10_000, betas: { us_equity: 1.2 }, spreadFrac: 0.001 };
  const coin = { symbol: 'C', exposure: -5_000, betas: { bitcoin: 1 } };

  it('PRISK-03: applies factors, gaps and liquidity as computed by hand', () => {
    const crash = stressPositions([stock, coin], { name: 'crash', moves: { us_equity: -0.1 } });
    expect(crash.profits).toEqual([
      { symbol: 'S', profit: -1_200 },
      { symbol: 'C', profit: -0 },
    ]);
    expect(crash.unmoved).toEqual(['C']);
    const gap = stressPositions([stock, coin], { name: 'gap', gaps: { C: 0.5 }, spreadFactor: 4 });
    expect(gap.profit).toBeCloseTo(-2_500 - 0.5 * 10_000 * 0.001 * 4, 10);
    const beyond = stressPositions([{ ...stock, betas: { us_equity: 9 } }], {
      name: 'x',
      moves: { us_equity: -0.5 },
    });
    expect(beyond.profit).toBe(-10_000);
  });

  it('reprices options in full', () => {
    const hedge = { symbol: 'P', exposure: 100, option: put, betas: { us_equity: 1 } };
    const { profit } = stressPositions([hedge], {
      name: 'x',
      moves: { us_equity: -0.2, implied_volatility: 1 },
    });
    const expected = blackScholesPrice(80, { ...put, volAnn: 0.4 }) - blackScholesPrice(100, put);
    expect(profit).toBeCloseTo(100 * expected, 9);
    const worthless = stressPositions([hedge], { name: 'x', gaps: { P: -1 } }).profit;
    const most = 95 * Math.exp(-0.02 * 0.25) - blackScholesPrice(100, put);
    expect(worthless).toBeCloseTo(100 * most, 6);
    expect(stressPositions([hedge], { name: 'x', volatilityFactor: 2 }).profit).toBeGreaterThan(0);
  });

  it('plays all of history, the worst first', () => {
    const found = historicalStress([stock, coin]);
    expect(found).toHaveLength(HISTORICAL_SHOCKS.length);
    expect(found[0]?.name).toMatch(/Financial crisis, peak to trough/);
    const profits = found.map(({ profit }) => profit);
    expect(profits).toEqual(profits.toSorted((left, right) => left - right));
  });
});

describe('spotVolatilityGrid', () => {
  it('reprices every pair, and names the worst', () => {
    const book = [
      { symbol: 'S', exposure: 10_000 },
      { symbol: 'P', exposure: 0, option: { ...put, quantity: -300 } },
    ];
    const grid = spotVolatilityGrid(book);
    expect(grid.profits).toHaveLength(7);
    expect(grid.profits[2]?.[5]).toBeCloseTo(0, 9);
    expect(grid.worst).toMatchObject({ spotMove: -0.3, volatilityFactor: 3 });
    expect(grid.worst.profit).toBe(Math.min(...grid.profits.flat()));
    const moved = spotVolatilityGrid([{ symbol: 'B', exposure: 100, betas: { us_equity: 0.5 } }], {
      spotMoves: [-0.2],
      volatilityFactors: [1],
    });
    expect(moved.profits).toEqual([[-10]]);
  });
});

describe('stressCovariance', () => {
  const exposures = [100, 200, -150, 50];
  const deviations = covariance.map((row, index) => Math.sqrt(row[index] ?? 0));

  it('at one all assets move as one', () => {
    const found = stressCovariance({ exposures, covariance, correlationShare: 1 });
    expect(found.stressedDeviation).toBeCloseTo(Math.abs(dot(exposures, deviations)), 9);
    const worst = stressCovariance({ exposures, covariance, correlationShare: 1, worstSign: true });
    expect(worst.stressedDeviation).toBeCloseTo(dot(exposures.map(Math.abs), deviations), 9);
  });

  it('volatility scales, and no stress changes nothing', () => {
    const found = stressCovariance({ exposures, covariance, volatilityFactor: 2 });
    expect(found.stressedDeviation).toBeCloseTo(2 * found.standardDeviation, 10);
    const none = stressCovariance({ exposures, covariance });
    expect(none.stressedDeviation).toBeCloseTo(none.standardDeviation, 12);
    const wrong = () => stressCovariance({ exposures, covariance, correlationShare: 1.1 });
    expect(thrownBy(wrong).code).toBe('ARGUMENT_INVALID');
  });
});

describe('reverse stress', () => {
  const exposures = [100, 200, -150, 50];

  it('finds the likeliest moves that lose so much', () => {
    const { moves, deviations } = reverseStress({ exposures, covariance, loss: 20 });
    expect(dot(exposures, moves)).toBeCloseTo(-20, 10);
    const sigma = Math.sqrt(dot(exposures, times(covariance, exposures)));
    expect(deviations).toBeCloseTo(20 / sigma, 10);
    // Any other moves with the same loss lie further out: compare with a move of one asset alone.
    const alone = 20 / 200 / Math.sqrt(covariance[1]?.[1] ?? 0);
    expect(deviations).toBeLessThan(alone);
    expect(thrownBy(() => reverseStress({ exposures, covariance, loss: 0 })).code).toBe(
      'ARGUMENT_INVALID',
    );
    const flat = () => reverseStress({ exposures: [0, 0, 0, 0], covariance, loss: 1 });
    expect(thrownBy(flat).code).toBe('VOLATILITY_ZERO');
  });

  it('finds the smallest multiple of a scenario that breaches, options and all', () => {
    const scenario = { name: 'crash', moves: { us_equity: -0.1 }, volatilityFactor: 1.5 };
    const stock = { symbol: 'S', exposure: 1_000, betas: { us_equity: 1 } };
    expect(smallestBreach([stock], scenario, { loss: 150 })).toBeCloseTo(1.5, 9);
    expect(smallestBreach([stock], scenario, { loss: 999 })).toBeNull();
    const short = {
      symbol: 'P',
      exposure: 0,
      betas: { us_equity: 1 },
      option: { ...put, quantity: -10 },
    };
    const multiple = smallestBreach([short], scenario, { loss: 50 }) ?? 0;
    const at = stressPositions([short], {
      name: 'x',
      moves: { us_equity: -0.1 * multiple },
      volatilityFactor: 1 + 0.5 * multiple,
    });
    expect(at.profit).toBeCloseTo(-50, 6);
    const wide = { name: 'spread', spreadFactor: 2 };
    expect(smallestBreach([{ ...stock, spreadFrac: 0.01 }], wide, { loss: 15 })).toBeCloseTo(
      1.5,
      9,
    );
  });
});
