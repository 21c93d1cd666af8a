import { describe, expect, it } from 'vitest';
import {
  checkCorrelation,
  drawdownDistribution,
  DrawdownGuard,
  exposureMeasures,
  liquidityAdjustedVar,
  simulateCopula,
  weightedTail,
} from '#ts/quant/index.js';
import { correlation } from '#ts/quant/correlation.js';
import { thrownBy } from '../../../support/thrown-error.js';
import { returnTable, sp500Returns } from '../../../support/sp500-returns.js';

const returns = sp500Returns().slice(0, 1_000);

describe('exposureMeasures', () => {
  it('PORT-03, PORT-09: concentration, leverage and heat as computed by hand', () => {
    const positions = [
      { symbol: 'A', exposure: 6_000, lossAtStop: 300 },
      { symbol: 'B', exposure: -2_000, lossAtStop: 100 },
      { symbol: 'C', exposure: 2_000 },
    ];
    const found = exposureMeasures(positions, 10_000);
    expect(found.leverage).toBe(1);
    expect(found.netLeverage).toBe(0.6);
    expect(found.concentrationFrac).toBe(0.6);
    expect(found.herfindahl).toBeCloseTo(0.36 + 0.04 + 0.04, 12);
    expect(found.heatFrac).toBeCloseTo(0.24, 12);
  });

  it('without equity everything that is held is too much', () => {
    expect(exposureMeasures([{ symbol: 'A', exposure: 1 }], 0)).toMatchObject({
      leverage: Infinity,
      heatFrac: Infinity,
    });
    expect(exposureMeasures([], 0)).toMatchObject({ leverage: 0, herfindahl: 0 });
  });
});

describe('RISK-04: checkCorrelation', () => {
  const twin = returns.map((value, index) => value + 0.2 * (returns[(index + 9) % 1_000] ?? 0));
  const found = correlation(returns, twin) ?? 0;

  it('rejects above the limit only', () => {
    const held = [{ symbol: 'T', side: 1 as const, returns: twin }];
    const candidate = { side: 1 as const, returns };
    expect(checkCorrelation(candidate, held)).toEqual({
      correlation: found,
      symbol: 'T',
      allowed: false,
    });
    expect(checkCorrelation(candidate, held, found).allowed).toBe(true);
    expect(checkCorrelation({ side: -1, returns }, held)).toMatchObject({
      correlation: -found,
      allowed: true,
    });
    expect(checkCorrelation(candidate, [])).toEqual({
      correlation: null,
      symbol: null,
      allowed: true,
    });
  });

  it('refuses what it cannot compute', () => {
    const candidate = { side: 1 as const, returns };
    for (const other of [returns.slice(1), returns.map(() => 0)]) {
      const held = [{ symbol: 'T', side: 1 as const, returns: other }];
      expect(checkCorrelation(candidate, held)).toMatchObject({ symbol: 'T', allowed: false });
    }
  });
});

describe('liquidityAdjustedVar', () => {
  it('adds half of the bad spread and the time to sell', () => {
    const position = {
      symbol: 'A',
      exposure: -1_000_000,
      spreadFrac: 0.002,
      spreadDeviationFrac: 0.001,
      volume: 5_000_000,
    };
    const found = liquidityAdjustedVar(20_000, [position]);
    expect(found.liquidationPeriods).toBe(2);
    expect(found.overLiquidation).toBeCloseTo(20_000 * Math.sqrt((3 * 5) / 12), 8);
    expect(found.spreadCost).toBeCloseTo(0.5 * 1e6 * 0.005, 8);
    expect(found.adjustedVar).toBeCloseTo(found.overLiquidation + found.spreadCost, 10);
    const small = liquidityAdjustedVar(20_000, [{ ...position, exposure: 1 }], {
      spreadDeviations: 0,
    });
    expect(small).toMatchObject({
      liquidationPeriods: 1,
      overLiquidation: 20_000,
      spreadCost: 0.001,
    });
    const frozen = () => liquidityAdjustedVar(1, [{ ...position, volume: 0 }]);
    expect(thrownBy(frozen).code).toBe('ARGUMENT_INVALID');
  });
});

describe('drawdownDistribution', () => {
  it('grows with the horizon, and a limit is reached as often as it says', () => {
    const quarter = drawdownDistribution(returns, { horizon: 63, paths: 2_000, seed: 1 });
    const year = drawdownDistribution(returns, { horizon: 252, paths: 2_000, seed: 1 });
    expect(year.mean).toBeGreaterThan(quarter.mean);
    expect(year.beyondLevel).toBeGreaterThan(year.atLevel);
    expect(year.reaches(year.median)).toBeCloseTo(0.5, 2);
    expect(year.reaches(0)).toBe(1);
    expect(year.underwaterFrac).toBeGreaterThan(0.5);
    expect(drawdownDistribution(returns, { horizon: 63, paths: 2_000, seed: 1 }).mean).toBe(
      quarter.mean,
    );
  });

  it('of one step is the chance of that step', () => {
    const coin = [0.1, -0.1, 0.1, -0.1];
    const found = drawdownDistribution(coin, { horizon: 1, blockLength: 1, paths: 4_000 });
    expect(found.mean).toBeCloseTo(0.05, 2);
    expect(thrownBy(() => drawdownDistribution(coin, { horizon: 5 })).code).toBe(
      'OBSERVATIONS_TOO_FEW',
    );
  });
});

describe('RISK-24: DrawdownGuard', () => {
  it('cuts before the hard limit and asks for the kill switch at it', () => {
    const guard = new DrawdownGuard();
    expect(guard.observe(100)).toMatchObject({ action: 'none', riskScaleFrac: 1 });
    expect(guard.observe(90)).toMatchObject({ action: 'none', riskScaleFrac: 1 });
    const cut = guard.observe(87.5);
    expect(cut.action).toBe('cut');
    expect(cut.riskScaleFrac).toBeCloseTo(0.5, 12);
    expect(guard.observe(120)).toMatchObject({ action: 'none', peak: 120 });
    expect(guard.observe(102)).toMatchObject({ action: 'kill', riskScaleFrac: 0 });
    expect(guard.observe(200).action).toBe('kill');
  });

  it('takes a number that is none for the worst', () => {
    expect(new DrawdownGuard().observe(Number.NaN).action).toBe('kill');
    expect(new DrawdownGuard().observe(0).action).toBe('kill');
    expect(thrownBy(() => new DrawdownGuard({ cutFrac: 0.2 })).code).toBe('ARGUMENT_INVALID');
  });
});

describe('simulateCopula', () => {
  const marginals = [0, 1].map((asset) => returnTable(500, 2).map((row) => row[asset] ?? 0));
  const options = {
    correlation: [
      [1, 0.6],
      [0.6, 1],
    ],
    marginals,
    exposures: [1_000, 1_000],
    scenarios: 20_000,
    seed: 3,
  };
  const cvar = (profits: Float64Array) => weightedTail([...profits], 0.99).cvar;

  it('keeps each marginal and makes extremes of Student t come together', () => {
    const alone = simulateCopula({ ...options, exposures: [1_000, 0] });
    const own = weightedTail(
      (marginals[0] ?? []).map((x) => 1_000 * x),
      0.95,
    );
    expect(weightedTail([...alone], 0.95).var / own.var).toBeCloseTo(1, 1);
    const gaussian = cvar(simulateCopula(options));
    const student = cvar(simulateCopula({ ...options, degrees: 2 }));
    expect(student).toBeGreaterThan(gaussian * 1.02);
    expect(cvar(simulateCopula(options))).toBe(gaussian);
  });

  it('refuses absurd input by name', () => {
    const code = (more: object) => thrownBy(() => simulateCopula({ ...options, ...more })).code;
    expect(code({ scenarios: 1e12 })).toBe('ARGUMENT_INVALID');
    expect(code({ degrees: 1 })).toBe('ARGUMENT_INVALID');
    expect(code({ marginals: [] })).toBe('ARGUMENT_INVALID');
    expect(code({ marginals: [[1], [2]] })).toBe('OBSERVATIONS_TOO_FEW');
    expect(
      code({
        correlation: [
          [1, 2],
          [2, 1],
        ],
      }),
    ).toBe('MATRIX_NOT_DEFINITE');
    expect(code({ correlation: [[1]] })).toBe('MATRIX_INVALID');
  });
});
