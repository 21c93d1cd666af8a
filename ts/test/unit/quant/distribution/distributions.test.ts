import { describe, expect, it } from 'vitest';
import {
  chiSquareTail,
  incompleteBeta,
  logGamma,
  upperGamma,
} from '#ts/quant/distribution/gamma.js';
import { normalDensity, normalProbability, normalQuantile } from '#ts/quant/distribution/normal.js';
import { philoxWords, ScenarioDraws } from '#ts/quant/distribution/philox.js';
import {
  studentDensity,
  studentProbability,
  studentQuantile,
  studentShortfall,
} from '#ts/quant/distribution/student-t.js';

describe('distributions', () => {
  it('gives the published quantiles of the normal distribution', () => {
    expect(normalQuantile(0.95)).toBeCloseTo(1.644_853_626_951_472_2, 13);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959_963_984_540_054, 13);
    expect(normalQuantile(0.99)).toBeCloseTo(2.326_347_874_040_840_8, 13);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
    expect(normalDensity(normalQuantile(0.99)) / 0.01).toBeCloseTo(2.665_214_220_345_806, 12);
  });

  it('keeps its digits far out in the tail', () => {
    expect(normalProbability(-10) / 7.619853024160525e-24).toBeCloseTo(1, 11);
    for (const p of [1e-12, 1e-6, 0.02, 0.3, 0.5, 0.9]) {
      expect(normalProbability(normalQuantile(p)) / p).toBeCloseTo(1, 11);
    }
  });

  it.each([
    [3, 3.182_446_305_3, 5.039_583_061_1, 4.540_702_858_6, 7.003_082_036_2],
    [4, 2.776_445_105_2, 3.993_557_022_7, 3.746_947_388, 5.220_584_194_5],
    [5, 2.570_581_835_6, 3.521_577_331_7, 3.364_929_998_9, 4.452_429_111_8],
    [10, 2.228_138_852, 2.818_997_590_6, 2.763_769_458_1, 3.363_251_475],
  ])('gives the published VaR and ES of Student t with %d degrees', (nu, v975, e975, v99, e99) => {
    expect(-studentQuantile(0.025, nu)).toBeCloseTo(v975, 9);
    expect(studentShortfall(0.975, nu)).toBeCloseTo(e975, 9);
    expect(-studentQuantile(0.01, nu)).toBeCloseTo(v99, 9);
    expect(studentShortfall(0.99, nu)).toBeCloseTo(e99, 9);
  });

  it('inverts and integrates Student t', () => {
    expect(studentQuantile(0.5, 4)).toBeCloseTo(0, 12);
    expect([studentQuantile(0, 4), studentQuantile(1, 4)]).toEqual([-Infinity, Infinity]);
    expect(studentProbability(studentQuantile(0.8, 7), 7)).toBeCloseTo(0.8, 13);
    const slope = (studentProbability(1 + 1e-5, 6) - studentProbability(1 - 1e-5, 6)) / 2e-5;
    expect(studentDensity(1, 6)).toBeCloseTo(slope, 9);
  });

  it('agrees with known values of the gamma and beta functions', () => {
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 13);
    expect(logGamma(0.25)).toBeCloseTo(Math.log(3.625_609_908_221_908), 12);
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 12);
    expect(upperGamma(1, 2)).toBeCloseTo(Math.exp(-2), 15);
    expect(upperGamma(1, 0.1)).toBeCloseTo(Math.exp(-0.1), 14);
    expect(upperGamma(2, 0)).toBe(1);
    expect(chiSquareTail(3.841_458_820_694_124, 1)).toBeCloseTo(0.05, 12);
    expect(incompleteBeta(0.3, 2, 3)).toBeCloseTo(0.3483, 10);
    expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1]);
  });
});

describe('Philox4x32-10', () => {
  it('gives the known answers', () => {
    const hex = (words: readonly number[]) =>
      words.map((word) => word.toString(16).padStart(8, '0')).join(' ');
    expect(hex(philoxWords([0, 0, 0, 0], [0, 0]))).toBe('6627e8d5 e169c58d bc57ac4c 9b00dbd8');
    const ones = 0xffff_ffff;
    expect(hex(philoxWords([ones, ones, ones, ones], [ones, ones]))).toBe(
      '408f276d 41c83b0e a20bc7c6 6d5451fd',
    );
    expect(
      hex(
        philoxWords(
          [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
          [0xa409_3822, 0x299f_31d0],
        ),
      ),
    ).toBe('d16cfe09 94fdcceb 5001e420 24126ea1');
  });

  it('draws the same numbers for a scenario whatever else was drawn', () => {
    const draw = () => new ScenarioDraws({ seed: 7, scenario: 3, stream: 1 });
    const [one, other] = [draw(), draw()];
    const first = Array.from({ length: 9 }, () => one.uniform());
    new ScenarioDraws({ seed: 7, scenario: 4, stream: 1 }).uniform();
    expect(Array.from({ length: 9 }, () => other.uniform())).toEqual(first);
    expect(new Set(first).size).toBe(9);
  });

  it('draws normals and gammas with the right moments', () => {
    const draws = new ScenarioDraws({ seed: 1, scenario: 0, stream: 2 });
    const normals = Array.from({ length: 20_000 }, () => draws.normal());
    const gammas = Array.from({ length: 20_000 }, () => draws.gamma(2.5));
    const mean = (values: readonly number[]) =>
      values.reduce((sum, x) => sum + x, 0) / values.length;
    expect(Math.abs(mean(normals))).toBeLessThan(4 / Math.sqrt(20_000));
    expect(mean(normals.map((x) => x * x))).toBeCloseTo(1, 1);
    expect(Math.abs(mean(gammas) - 2.5)).toBeLessThan(4 * Math.sqrt(2.5 / 20_000));
  });
});
