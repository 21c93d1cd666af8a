import { afterAll, describe, expect, it } from 'vitest';

import { GpuSession } from '#ts/gpu/gpu-session.js';
import { BUFFER_USAGE, KernelDevice } from '#ts/gpu/kernel-device.js';
import { portfolioModel } from '#ts/gpu/portfolio-model.js';
import { withOpenedDevices } from '../../support/opened-devices.js';

const device = await KernelDevice.open({ allowSoftware: true }).catch(() => null);
const hasAdapter = device !== null;

const model = {
  exposures: Float64Array.of(1_000, -500),
  drifts: Float64Array.of(0, 0),
  factor: Float64Array.of(0.01, 0.005, 0.008),
  geometric: false,
  steps: 2,
};
const work = { model, scenarios: 8_192, seed: 5n, levels: [0.95], keepOutcomes: false };

describe.skipIf(!hasAdapter)('a device', () => {
  afterAll(() => device?.close());

  it('GPU_KERNEL_INVALID names the line of a kernel that does not compile', async () => {
    await expect(device?.pipeline('portfolio_paths', 'fn wrong( {')).rejects.toMatchObject({
      code: 'GPU_KERNEL_INVALID',
      context: { kernel: 'portfolio_paths', line: 1 },
    });
    // It can still be used.
    await expect(device?.pipeline('portfolio_paths', portfolioModel(model))).resolves.toBeDefined();
  });

  it('GPU_CAPACITY for a buffer that the adapter does not have', async () => {
    const tooLarge = () => device?.buffer('large', 2 ** 41, BUFFER_USAGE.storage);
    await expect(device?.checked(async () => void tooLarge())).rejects.toMatchObject({
      code: 'GPU_CAPACITY',
    });
  });

  it('a lost device is replaced once, and the task gives the same figures', async () => {
    await withOpenedDevices(async (opened) => {
      const session = await GpuSession.open({ allowSoftware: true });
      const { elapsedMs: _, ...before } = await session.run({ kind: 'portfolio', work });
      const running = session.run({ kind: 'portfolio', work });
      opened[0]?.destroy();
      const { elapsedMs: __, ...after } = await running;
      expect(after).toEqual(before);
      expect(opened).toHaveLength(2);
      session.close();
    });
  });

  it('GPU_DEVICE_LOST when the successor is lost as well', async () => {
    await withOpenedDevices(async (opened) => {
      const session = await GpuSession.open({ allowSoftware: true });
      const push = opened.push.bind(opened);
      opened.push = (found: GPUDevice) => {
        found.destroy();
        return push(found);
      };
      opened[0]?.destroy();
      await expect(session.run({ kind: 'portfolio', work })).rejects.toMatchObject({
        code: 'GPU_DEVICE_LOST',
      });
    });
  });
});
