import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CorrelationMonitor, correlationOf, sampleCovarianceMatrix } from '#ts/quant/index.js';
import { returnTable } from '../../../support/sp500-returns.js';
import { thrownBy } from '../../../support/thrown-error.js';

const symbols = ['A', 'B', 'C'];

describe('CorrelationMonitor', () => {
  it('holds what a whole estimate over the window gives, whatever came before', () => {
    const row = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 12, maxLength: 60 }), (rows) => {
        const monitor = new CorrelationMonitor({ symbols, window: 10, shrinkage: 0 });
        rows.forEach((each, index) => monitor.onReturns(each, index));
        const covariance = sampleCovarianceMatrix(rows.slice(-10));
        // An asset that barely moves has no correlation to compare.
        fc.pre(covariance.every((each, asset) => (each[asset] ?? 0) > 1e-6));
        const whole = correlationOf(covariance);
        const found = monitor.state()?.correlation;
        whole.forEach((each, one) =>
          each.forEach((value, other) => expect(found?.[one]?.[other]).toBeCloseTo(value, 7)),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('is not moved by rounding over thousands of rows', () => {
    const rows = returnTable(120, 3);
    const monitor = new CorrelationMonitor({ symbols, window: 60, shrinkage: 0 });
    for (let pass = 0; pass < 40; pass += 1) {
      rows.forEach((row, index) => monitor.onReturns(row, pass * 1_000 + index));
    }
    const whole = correlationOf(sampleCovarianceMatrix(rows.slice(-60)));
    monitor
      .state()
      ?.correlation.forEach((row, one) =>
        row.forEach((value, other) => expect(value).toBeCloseTo(whole[one]?.[other] ?? 0, 10)),
      );
  });

  it('shrinks each pair by its own noise, so that many unrelated assets hide no related ones', () => {
    const many = Array.from({ length: 40 }, (_, index) => `S${index}`);
    const draw = (seed: number) => {
      const noise = Math.sin(seed * 12.9898) * 43_758.5453;
      return noise - Math.floor(noise) - 0.5;
    };
    const rows = Array.from({ length: 60 }, (_, row) =>
      many.map(
        (__, asset) => draw(row * 41 + (asset === 1 ? 0 : asset)) + 0.1 * draw(row + 7_000 * asset),
      ),
    );
    const monitor = new CorrelationMonitor({ symbols: many, window: 60 });
    rows.forEach((row, index) => monitor.onReturns(row, index));
    const raw = correlationOf(sampleCovarianceMatrix(rows));
    const state = monitor.state();
    const of = (one: number, other: number) => {
      const r = raw[one]?.[other] ?? 0;
      return r * Math.max(0, 1 - (1 - r * r) ** 2 / (59 * r * r));
    };
    expect(raw[1]?.[0]).toBeGreaterThan(0.9);
    expect(state?.correlation[1]?.[0]).toBeCloseTo(of(1, 0), 10);
    expect(state?.correlation[1]?.[0]).toBeGreaterThan(0.9);
    expect(state?.correlation[9]?.[5]).toBeCloseTo(of(9, 5), 10);
    expect(state?.shrinkage).toBeGreaterThan(0.5);
    expect(state).toMatchObject({ asOfMs: 59, effectiveSampleSize: 60 });
  });

  it('knows nothing of too few rows or of an asset that stands still', () => {
    const monitor = new CorrelationMonitor({ symbols, window: 10, observationsMin: 4 });
    expect([monitor.state(), monitor.measure()]).toEqual([null, null]);
    const row = (index: number) => [Math.sin(index), Math.cos(index), 0.01];
    for (let index = 0; index < 3; index += 1) monitor.onReturns(row(index), index);
    expect(monitor.state()?.correlation[1]?.[0]).toBeNull();
    monitor.onReturns(row(3), 3);
    const state = monitor.state();
    expect(state?.correlation[1]?.[0]).toEqual(expect.any(Number));
    expect([state?.correlation[2]?.[0], state?.correlation[2]?.[1]]).toEqual([null, null]);
    expect([...(monitor.measure()?.values ?? [])].slice(3)).toEqual([2_000_000n, 2_000_000n]);
  });

  it('refuses what is no row of returns, and stays as it was', () => {
    const monitor = new CorrelationMonitor({ symbols, window: 4 });
    monitor.onReturns([1, 2, 3], 5);
    const before = monitor.state();
    const bad = [
      () => monitor.onReturns([1, 2], 6),
      () => monitor.onReturns([1, Number.NaN, 3], 6),
      () => monitor.onReturns([1, 2, 3], 4),
      () => monitor.onReturns([1, 2, 3], Number.NaN),
    ];
    expect(bad.map((act) => thrownBy(act).code)).toEqual([
      'RETURNS_INVALID',
      'RETURNS_INVALID',
      'EVENT_INVALID',
      'EVENT_INVALID',
    ]);
    expect(monitor.state()).toEqual(before);
    const options = [
      { symbols: [] },
      { symbols, window: 2 },
      { symbols, observationsMin: 200 },
      { symbols, shrinkage: 1.5 },
      { symbols, shrinkage: Number.NaN },
    ];
    const codes = options.map((each) => thrownBy(() => new CorrelationMonitor(each)).code);
    expect(codes).toEqual(options.map(() => 'ARGUMENT_INVALID'));
  });
});
