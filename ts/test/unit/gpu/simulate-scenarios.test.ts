import { describe, expect, it } from 'vitest';

import { simulateScenarios } from '#ts/gpu/index.js';
import { GpuSession } from '#ts/gpu/gpu-session.js';
import { scenarioWork } from '#ts/gpu/scenario-work.js';
import {
  type ScenarioOptions,
  simulateScenarios as simulateOnProcessor,
} from '#ts/quant/scenarios/index.js';
import { scenarioTask } from '#ts/quant/scenarios/simulate-scenarios.js';
import { adapter, hasAdapter, hasSoftwareOnly } from '../../support/gpu-adapter.js';
import { withOpenedDevices } from '../../support/opened-devices.js';

const small: ScenarioOptions = {
  model: { kind: 'brownian', covariance: [[0.0004]] },
  positions: [{ kind: 'linear', asset: 0, exposure: 1_000 }],
  scenarios: 2_048,
};
/** Worth a device by its hundred million numbers, and cheap on the processor: rows of history are copied. */
const large: ScenarioOptions = {
  ...small,
  model: {
    kind: 'bootstrap',
    blockMean: 2,
    returns: Array.from({ length: 12 }, (_, row) =>
      Array.from({ length: 500 }, (__, asset) => 0.01 * Math.sin(row * 1.7 + asset)),
    ),
  },
  steps: 252,
  scenarios: 800,
};
/** A software adapter compiles and plays on a processor that other tests use as well. */
const TIMEOUT_MS = 240_000;
const always = { gpu: 'always', allowSoftware: true } as const;

describe('simulateScenarios of holdfast/gpu', () => {
  it('PRISK-07: small work runs on the processor, and never is never', async () => {
    const expected = { ...(await simulateOnProcessor(small)), device: 'processor', fallback: null };
    expect(await simulateScenarios(small)).toEqual(expected);
    expect(await simulateScenarios(small, { gpu: 'never' })).toEqual(expected);
  });

  it(
    'GPU_TASK_UNSUPPORTED names what the kernels do not do; auto leaves it to the processor',
    async () => {
      const cases: readonly (readonly [string, Partial<ScenarioOptions>])[] = [
        ['sampling', { sampling: 'sobol' }],
        ['sampling', { sampling: 'moment-matched' }],
        ['controlVariate', { controlVariate: true }],
      ];
      for (const [field, options] of cases) {
        await expect(simulateScenarios({ ...small, ...options }, always)).rejects.toMatchObject({
          code: 'GPU_TASK_UNSUPPORTED',
          context: { field },
        });
      }
      const found = await simulateScenarios({ ...large, controlVariate: true });
      expect(found).toMatchObject({
        device: 'processor',
        controlled: { correlation: expect.any(Number) as unknown },
        fallback: { code: 'GPU_TASK_UNSUPPORTED' },
      });
    },
    TIMEOUT_MS,
  );

  it('options without their form are refused before anything runs', async () => {
    const wrong = { ...small, model: { kind: 'brownian' } } as unknown as ScenarioOptions;
    for (const gpu of ['auto', 'always', 'never'] as const) {
      await expect(simulateScenarios(wrong, { gpu })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
      });
    }
  });

  it.skipIf(!hasAdapter)(
    'wrong options are refused as on the processor',
    async () => {
      const wrong = { ...small, barriers: [{ asset: 3, ratio: 0.9 }] };
      const onProcessor = simulateOnProcessor(wrong);
      await expect(onProcessor).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
      await expect(simulateScenarios(wrong, always)).rejects.toMatchObject({
        code: 'ARGUMENT_INVALID',
      });
      await expect(simulateScenarios({ ...small, levels: [0.9999] }, always)).rejects.toMatchObject(
        {
          code: 'SAMPLE_TOO_SMALL',
        },
      );
    },
    TIMEOUT_MS,
  );

  it.skipIf(!hasAdapter)(
    'runs on the adapter when asked, and names it',
    async () => {
      const found = await simulateScenarios(small, always);
      expect(found).toMatchObject({ device: adapter?.name, adapter, fallback: null });
      const expected = await simulateOnProcessor(small);
      expect((found.tails[1]?.cvar ?? 0) / (expected.tails[1]?.cvar ?? 1) - 1).toBeCloseTo(0, 4);
    },
    TIMEOUT_MS,
  );

  it.skipIf(!hasSoftwareOnly)(
    'GPU_SOFTWARE_REFUSED: auto falls back to the processor and says so',
    async () => {
      const found = await simulateScenarios(large);
      expect(found).toMatchObject({
        device: 'processor',
        fallback: { code: 'GPU_SOFTWARE_REFUSED' },
      });
    },
    TIMEOUT_MS,
  );

  it.skipIf(!hasAdapter)(
    'a lost device is replaced once, and scenarios and bins come out the same',
    async () => {
      const { work } = scenarioWork(scenarioTask({ ...small, path: true }));
      const binned = scenarioWork(scenarioTask(small)).work;
      const tasks = [
        { kind: 'scenarios', work },
        { kind: 'histogram', work: { scenarios: binned, bins: 20, range: null } },
      ] as const;
      for (const task of tasks) {
        await withOpenedDevices(async (opened) => {
          const session = await GpuSession.open({ allowSoftware: true });
          const { elapsedMs: _, ...before } = await session.run(task);
          const running = session.run(task);
          opened[0]?.destroy();
          const { elapsedMs: __, ...after } = await running;
          expect(after).toEqual(before);
          expect(opened).toHaveLength(2);
          session.close();
        });
      }
    },
    TIMEOUT_MS,
  );
});
