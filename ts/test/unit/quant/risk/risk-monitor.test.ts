import { describe, expect, it } from 'vitest';
import {
  normalMultipliers,
  parametricContributions,
  RiskMonitor,
  riskScore,
  sampleCovarianceMatrix,
  SCORE_LIMITS,
  SCORE_WEIGHTS,
} from '#ts/quant/index.js';
import { thrownBy } from '../../../support/thrown-error.js';
import { returnTable } from '../../../support/sp500-returns.js';

const covariance = sampleCovarianceMatrix(returnTable(200, 4));
const symbols = ['A', 'B', 'C', 'D'];
const monitor = (more: object = {}) =>
  new RiskMonitor({ symbols, covariance, covarianceTsMs: 1_000, ...more });

function loaded(more: object = {}): RiskMonitor {
  const risk = monitor(more);
  symbols.forEach((symbol, index) => {
    risk.onPrice(symbol, 10 + index, 5_000);
    risk.onPosition(symbol, 100 * (index - 1), 6_000);
  });
  risk.onEquity(20_000);
  risk.onEquity(18_000, 0.02);
  return risk;
}

describe('RiskMonitor', () => {
  it('PRISK-01, PRISK-08: holds drawdown, VaR at 95 % and 99 %, CVaR and score', () => {
    const state = loaded().state();
    const exposures = [-1_000, 0, 1_200, 2_600];
    const whole = (level: number) =>
      parametricContributions({
        exposures,
        covariance,
        level,
        multipliers: normalMultipliers(level),
      });
    expect(state.var[0]).toBeCloseTo(whole(0.95).total.var, 8);
    expect(state.var[1]).toBeCloseTo(whole(0.99).total.var, 8);
    expect(state.cvar[0]).toBeCloseTo(whole(0.95).total.cvar, 8);
    expect(state.cvar[1]).toBeCloseTo(whole(0.99).total.cvar, 8);
    expect(state).toMatchObject({
      method: 'parametric_normal',
      tsMs: 6_000,
      covarianceAgeMs: 5_000,
      equity: 18_000,
      drawdownFrac: expect.closeTo(0.1, 12),
      leverage: expect.closeTo(4_800 / 18_000, 12),
      concentrationFrac: expect.closeTo(2_600 / 18_000, 12),
      heatFrac: 0.02,
    });
    const score = riskScore({
      varFrac: state.var[1] / 18_000,
      cvarFrac: state.cvar[1] / 18_000,
      drawdownFrac: state.drawdownFrac,
      leverage: state.leverage,
      concentrationFrac: state.concentrationFrac,
      heatFrac: 0.02,
    });
    expect(state.score).toBeCloseTo(score, 12);
    const parts = loaded().components();
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(state.var[1], 8);
  });

  it('AX-01: an account that holds nothing has no drawdown, VaR, CVaR or score', () => {
    const empty = new RiskMonitor({ symbols: [], covariance: [], covarianceTsMs: 0 });
    empty.onEquity(100_000);
    expect(empty.state()).toMatchObject({
      equity: 100_000,
      drawdownFrac: 0,
      var: [0, 0],
      cvar: [0, 0],
      score: 0,
    });
    expect(empty.marginals()).toEqual([]);
    expect(thrownBy(() => empty.onPrice(0, 1, 0)).code).toBe('ARGUMENT_INVALID');
  });

  it('PRISK-13: is measured anew on each price and position', () => {
    const risk = loaded();
    const before = risk.state().var[1];
    const expected = risk.whatIf('D', 50);
    expect(risk.state().var[1]).toBe(before);
    expect(risk.onPosition('D', 250, 7_000)).toBeCloseTo(expected, 9);
    expect(risk.state().var[1]).toBeCloseTo(expected, 9);
    expect(risk.onPrice(3, 26, 8_000)).toBeGreaterThan(expected);
    expect(risk.state().tsMs).toBe(8_000);
  });

  it('evaluates a batch as it evaluates one', () => {
    const risk = loaded();
    const out = new Float64Array(18);
    const row = [18_000, 20_000, 0.02, -1_000, 0, 1_200, 2_600];
    risk.evaluateMany(Float64Array.from([...row, ...row.map((x, i) => (i < 3 ? x : 2 * x))]), out);
    expect(out[0]).toBeCloseTo(risk.state().standardDeviation, 9);
    expect(out[8]).toBeCloseTo(risk.state().score, 9);
    expect(out[9]).toBeCloseTo(2 * (out[0] ?? 0), 9);
    const short = () => risk.evaluateMany(new Float64Array(6), out);
    expect(thrownBy(short).code).toBe('ARGUMENT_INVALID');
  });

  it('takes fat tails and other levels when asked', () => {
    const state = loaded({ degrees: 4, levels: [0.9, 0.995] }).state();
    expect(state.method).toBe('parametric_student_t');
    expect(state.var[1]).toBeGreaterThan(loaded().state().var[1]);
  });

  it('before the first event nothing has an age', () => {
    expect(monitor().state()).toMatchObject({ tsMs: null, covarianceAgeMs: null, score: 100 });
  });

  it('refuses unknown symbols, exposures that are no numbers, and bad matrices', () => {
    const code = (act: () => unknown) => thrownBy(act).code;
    expect(code(() => monitor().onPrice('Z', 1, 0))).toBe('INSTRUMENT_UNKNOWN');
    for (const index of [9, -1, 0.5, Number.NaN, 2 ** 60]) {
      expect(code(() => monitor().onPrice(index, 1, 0))).toBe('ARGUMENT_INVALID');
      expect(code(() => monitor().whatIf(index, 1))).toBe('ARGUMENT_INVALID');
    }
    const broken = loaded();
    const before = broken.state();
    expect(code(() => broken.onPrice('D', Number.NaN, 9_000))).toBe('ARGUMENT_INVALID');
    expect(code(() => broken.onPosition('D', Number.POSITIVE_INFINITY, 9_000))).toBe(
      'ARGUMENT_INVALID',
    );
    expect(code(() => broken.whatIf('D', Number.NaN))).toBe('ARGUMENT_INVALID');
    expect(broken.state()).toEqual(before);
    expect(code(() => monitor({ covariance: [[1]] }))).toBe('MATRIX_INVALID');
  });
});

describe('riskScore', () => {
  it('goes from 0 to 100 by the published weights', () => {
    const none = {
      varFrac: 0,
      cvarFrac: 0,
      drawdownFrac: 0,
      leverage: 0,
      concentrationFrac: 0,
      heatFrac: 0,
    };
    expect(riskScore(none)).toBe(0);
    expect(riskScore(SCORE_LIMITS)).toBe(100);
    expect(Object.values(SCORE_WEIGHTS).reduce((sum, weight) => sum + weight, 0)).toBe(100);
    expect(riskScore({ ...none, heatFrac: Number.NaN })).toBe(10);
    expect(riskScore({ ...none, leverage: 1.5, drawdownFrac: -1 })).toBe(5);
  });
});
