import { Gpu } from '#ts/gpu/index.js';

/** The adapter that is here, one that the processor plays included; otherwise null. */
export const adapter = await Gpu.open({ allowSoftware: true })
  .then(async (gpu) => {
    await gpu.close();
    return gpu.adapter;
  })
  .catch(() => null);

/** Whether there is one. */
export const hasAdapter = adapter !== null;
/** Whether the processor plays the one that is here. */
export const hasSoftwareOnly = adapter?.isSoftware === true;
