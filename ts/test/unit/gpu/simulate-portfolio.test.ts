import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

import { Breakers } from '#ts/breaker/index.js';
import { Gpu, simulatePortfolio } from '#ts/gpu/index.js';
import { simulatePortfolio as simulateOnProcessor } from '#ts/quant/portfolio-simulation.js';
import { adapter, hasAdapter, hasSoftwareOnly } from '../../support/gpu-adapter.js';
import { portfolioOf } from '../../support/portfolios.js';

/** Worth a device: more than a hundred million normals. */
const large = { ...portfolioOf(16), scenarios: 1_048_576, steps: 6 };

/** Runs a module of its own process; a driver reads the environment that its process was started with. */
function runModule(source: string, environment: Readonly<Record<string, string>>): unknown {
  const index = new URL('../../../../dist/gpu/index.js', import.meta.url).href;
  const script = `import { Gpu, simulatePortfolio } from ${JSON.stringify(index)};\n${source}`;
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    timeout: 50_000,
    env: { ...process.env, ...environment },
  });
  if (child.status !== 0)
    throw new Error(`ended with ${child.status ?? child.signal}: ${child.stderr}`);
  return JSON.parse(child.stdout) as unknown;
}

const PORTFOLIO = '{ exposures: [1, 2], covariance: [[1e-4, 0], [0, 1e-4]], scenarios: 4096 }';
const CODE = `const { code, message } = await simulatePortfolio(${PORTFOLIO}, { gpu: 'always', allowSoftware: true })
  .then(() => ({ code: 'none' }), (error) => error);
process.stdout.write(JSON.stringify({ code, message }));`;

describe('simulatePortfolio of holdfast/gpu', () => {
  it('PRISK-07: small work runs on the processor, and never is never', async () => {
    const small = { ...portfolioOf(4), scenarios: 4096 };
    const expected = await simulateOnProcessor(small);
    expect(await simulatePortfolio(small)).toEqual({ ...expected, fallback: null });
    expect(await simulatePortfolio(large, { gpu: 'never' })).toMatchObject({ fallback: null });
  });

  it('CB-19: an open breaker keeps the device closed, and the processor runs the work', async () => {
    const breaker = Breakers.create({ components: { gpu: { failures: 1 } } }).component('gpu');
    breaker.acquire().failure();
    const found = await simulatePortfolio(large, { breaker });
    expect(found.fallback?.code).toBe('CIRCUIT_OPEN');
    await expect(simulatePortfolio(large, { gpu: 'always', breaker })).rejects.toMatchObject({
      code: 'CIRCUIT_OPEN',
    });
  });

  it.skipIf(!hasAdapter)(
    'GPU_UNAVAILABLE without a driver; auto says why the processor ran it',
    () => {
      const none = { VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' };
      expect(runModule(CODE, none)).toEqual({
        code: 'GPU_UNAVAILABLE',
        message: 'a graphics adapter must be available, found none',
      });
      const source = `const { device, fallback } = await simulatePortfolio({ ...${PORTFOLIO}, scenarios: 60_000_000 });
      process.stdout.write(JSON.stringify({ device, fallback }));`;
      const found = runModule(source, none);
      expect(found).toMatchObject({ fallback: { code: 'GPU_UNAVAILABLE' } });
    },
  );

  it('DEPENDENCY_MISSING without the optional package', () => {
    const hooks = `export async function resolve(name, context, next) {
      if (name === 'webgpu') throw new Error('not installed');
      return next(name, context);
    }`;
    const url = `data:text/javascript,${encodeURIComponent(hooks)}`;
    const register = `import { register } from 'node:module'; register(${JSON.stringify(url)});`;
    const options = `--import=data:text/javascript,${encodeURIComponent(register)}`;
    expect(runModule(CODE, { NODE_OPTIONS: options })).toMatchObject({
      code: 'DEPENDENCY_MISSING',
    });
  });

  describe.skipIf(!hasSoftwareOnly)('with a software adapter only', () => {
    it('GPU_SOFTWARE_REFUSED: auto falls back to the processor, always throws', async () => {
      const found = await simulatePortfolio(large);
      expect(found.fallback?.code).toBe('GPU_SOFTWARE_REFUSED');
      expect(found.tails).toEqual((await simulateOnProcessor(large)).tails);
      await expect(simulatePortfolio(large, { gpu: 'always' })).rejects.toMatchObject({
        code: 'GPU_SOFTWARE_REFUSED',
      });
    });
  });

  describe.skipIf(!hasAdapter)('with an adapter', () => {
    it('runs on it when asked', async () => {
      const options = { ...portfolioOf(8), scenarios: 10_000 };
      const found = await simulatePortfolio(options, { gpu: 'always', allowSoftware: true });
      expect(found).toMatchObject({ device: adapter?.name, fallback: null });
      const expected = await simulateOnProcessor(options);
      expect((found.tails[1]?.cvar ?? 0) / (expected.tails[1]?.cvar ?? 1) - 1).toBeCloseTo(0, 6);
    });

    it('HANDLE_CLOSED after close, and wrong options before any device is asked', async () => {
      const gpu = await Gpu.open({ allowSoftware: true });
      await expect(
        gpu.simulatePortfolio({ exposures: [1], covariance: [[-1]] }),
      ).rejects.toMatchObject({ code: 'MATRIX_NOT_DEFINITE' });
      await gpu.close();
      await gpu.close();
      await expect(gpu.simulatePortfolio(portfolioOf(2))).rejects.toMatchObject({
        code: 'HANDLE_CLOSED',
      });
    });

    it('one that was never closed does not keep a process alive', () => {
      const source = `const gpu = await Gpu.open({ allowSoftware: true });
        const { tails } = await gpu.simulatePortfolio(${PORTFOLIO});
        process.stdout.write(JSON.stringify(tails.length));`;
      expect(runModule(source, {})).toBe(2);
    });
  });
});
