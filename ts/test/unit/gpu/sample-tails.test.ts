import { afterAll, describe, expect, it } from 'vitest';

import { BUFFER_USAGE, KernelDevice } from '#ts/gpu/kernel-device.js';
import { SampleMeasure, tailRanks } from '#ts/gpu/sample-tails.js';
import type { HoldfastError } from '#ts/core/holdfast-error.js';

const device = await KernelDevice.open({ allowSoftware: true }).catch(() => null);
const hasAdapter = device !== null;

/** What `tail` of native code says, over a sorted copy in double precision. */
function plainTail(sample: Float32Array, level: number) {
  const sorted = Float64Array.from(sample).sort();
  const mass = (1 - level) * sample.length;
  const whole = Math.floor(mass + 1e-9);
  const quantile = sorted[whole] ?? Number.NaN;
  const sum = sorted.subarray(0, whole).reduce((total, outcome) => total + outcome, 0);
  return { var: -quantile, cvar: -(sum + (mass - whole) * quantile) / mass };
}

async function measured(sample: Float32Array<ArrayBuffer>, level: number, reference = 0) {
  if (device === null) throw new Error('no device');
  return device.checked(async () => {
    const usage = BUFFER_USAGE.storage;
    const outcomes = device.filled('outcomes', new Uint32Array(sample.buffer), usage);
    const measure = new SampleMeasure(device, outcomes, sample.length);
    const encoder = device.commands();
    const moments = await measure.moments(encoder, reference);
    const tail = await measure.tail(encoder, level);
    device.submit(encoder);
    return {
      ...(await measure.readMoments(moments, reference)),
      ...(await measure.readTail(tail)),
    };
  });
}

/** A plain generator: equal samples in every run. */
function randomSample(count: number, seed: number, shape: (uniform: number) => number) {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return shape(state / 2 ** 32);
  });
}

describe.skipIf(!hasAdapter)('tails of a sample on a graphics adapter', () => {
  afterAll(() => device?.close());

  it.each([
    ['spread widely over the exponents', (u: number) => (u - 0.4) * 10 ** (u * 30 - 15)],
    ['with ties at the quantile', (u: number) => Math.floor(u * 20) - 10],
    ['all equal', () => -3],
    ['all losses', (u: number) => -1 - u],
    ['all profits', (u: number) => 1 + u],
    ['with zeros of both signs', (u: number) => (u < 0.5 ? -0 : 0)],
  ])('%s: the quantile is an outcome of the sample, to the bit', async (_, shape) => {
    for (const count of [101, 4096, 10_007]) {
      const sample = randomSample(count, count, shape);
      const found = await measured(sample, 0.95);
      const expected = plainTail(sample, 0.95);
      expect(Math.abs(found.var - expected.var)).toBe(0);
      const scale = Math.max(Math.abs(expected.cvar), Number.MIN_VALUE);
      expect(Math.abs(found.cvar - expected.cvar) / scale).toBeLessThan(1e-6);
    }
  });

  it('squares keep their digits about a reference far from zero', async () => {
    const sample = randomSample(20_000, 7, (u) => 1e6 + u);
    const { mean, standardDeviation } = await measured(sample, 0.95, 1e6);
    const plain = sample.reduce((sum, outcome) => sum + outcome, 0) / sample.length;
    expect(mean).toBeCloseTo(plain, 3);
    expect(standardDeviation).toBeCloseTo(Math.sqrt(1 / 12), 2);
  });

  it('SIMULATION_NOT_FINITE counts what is no number', async () => {
    const sample = randomSample(5_000, 3, (u) => u);
    sample[17] = Number.NaN;
    sample[4_999] = Number.NEGATIVE_INFINITY;
    const failure = await measured(sample, 0.9).catch((error: unknown) => error as HoldfastError);
    expect(failure).toMatchObject({ code: 'SIMULATION_NOT_FINITE', context: { count: 2 } });
  });

  it('a rerun gives the same bits', async () => {
    const sample = randomSample(50_000, 11, (u) => Math.tan(u * 3));
    expect(await measured(sample, 0.99)).toEqual(await measured(sample, 0.99));
  });
});

describe('tailRanks', () => {
  it('SAMPLE_TOO_SMALL where no whole outcome lies in the tail', () => {
    expect(() => tailRanks(99, 0.99)).toThrow(
      expect.objectContaining({ code: 'SAMPLE_TOO_SMALL' }),
    );
    expect(tailRanks(101, 0.99)).toMatchObject({ whole: 1, rank: 1, lower: 0, upper: 3 });
  });
});
