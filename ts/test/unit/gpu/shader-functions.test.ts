import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { normalProbability } from '#ts/quant/distribution/normal.js';

const FOLDER = new URL('../../../../gpu-kernels/shared/', import.meta.url);
const f32 = Math.fround;

/** A constant's numbers, from the shader's own text. */
function constants(file: string, name: string): number[] {
  const text = readFileSync(new URL(file, FOLDER), 'utf8');
  const list = new RegExp(`const ${name}[^=]*= (?:array<f32, \\d+>)?\\(?([^;)]*)`).exec(text)?.[1];
  const numbers = (list ?? '').split(',').filter((item) => item.trim() !== '');
  return numbers.map((item) => f32(Number(item)));
}

const EXP = constants('elementary.wgsl', 'EXP_POLYNOMIAL');
const [HIGH = 0] = constants('elementary.wgsl', 'LN2_HIGH');
const [LOW = 0] = constants('elementary.wgsl', 'LN2_LOW');
const [LOG2_E = 0] = constants('elementary.wgsl', 'LOG2_E');
const ABOVE = constants('black_scholes.wgsl', 'CDF_ABOVE');
const BELOW = constants('black_scholes.wgsl', 'CDF_BELOW');

const polynomial = (coefficients: readonly number[], x: number) =>
  coefficients.reduceRight((sum, coefficient) => f32(f32(sum * x) + coefficient), 0);

/** `exponential` of `exponential.wgsl`, rounded after every operation, as on a device that fuses none. */
function exponential(x: number): number {
  const k = Math.round(f32(x * LOG2_E));
  const r = f32(f32(x - f32(k * HIGH)) - f32(k * LOW));
  const curve = f32(f32(r * r) * polynomial(EXP, r));
  return f32(2 ** k * f32(1 + f32(r + curve)));
}

/** `normal_probability` of `black_scholes.wgsl`. */
function probability(x: number): number {
  const size = Math.min(Math.abs(x), 13);
  const exponent = exponential(f32(f32(-0.5 * size) * size));
  const tail = f32(f32(exponent * polynomial(ABOVE, size)) / polynomial(BELOW, size));
  return x > 0 ? f32(1 - tail) : tail;
}

describe('functions of the kernels in single precision', () => {
  it('reads the constants of the shaders', () => {
    expect([EXP.length, ABOVE.length, BELOW.length]).toEqual([6, 7, 8]);
    expect(HIGH + LOW).toBeCloseTo(Math.LN2, 7);
  });

  it('the exponential is within 2e-7 (1 + |x|) of itself', () => {
    for (let step = -8_000; step <= 8_000; step += 1) {
      const x = f32(step / 100);
      expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(2e-7 * (1 + Math.abs(x)));
    }
  });

  it('the normal distribution function has an absolute error below 3e-7, and a tail of 0 far out', () => {
    let worst = 0;
    for (let step = -13_500; step <= 13_500; step += 1) {
      const x = f32(step / 1_000);
      worst = Math.max(worst, Math.abs(probability(x) - normalProbability(x)));
    }
    expect(worst).toBeLessThan(3e-7);
    expect(probability(-13.5)).toBeLessThan(1e-37);
  });
});
