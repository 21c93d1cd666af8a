import { HoldfastError } from '../core/holdfast-error.js';
import type { AdapterChoice, AdapterDescription } from './adapter-choice.js';

const HIGH_PERFORMANCE = 'high-performance';

/** One for each thread, kept for good: devices of one that was collected crash the process. */
let driver: GPU | null = null;

/**
 * Loads the optional package that speaks to the graphics driver.
 *
 * @throws HoldfastError `DEPENDENCY_MISSING`
 */
async function loadWebgpu(): Promise<GPU> {
  try {
    const { create } = await import('webgpu');
    driver ??= create([]);
    return driver;
  } catch (cause) {
    throw new HoldfastError(
      'DEPENDENCY_MISSING',
      'the optional package webgpu must be installed for graphics adapters: npm install webgpu',
      { context: { package: 'webgpu' }, cause },
    );
  }
}

function describe({ info }: GPUAdapter): AdapterDescription {
  const name = info.description || info.device || info.architecture || 'unnamed adapter';
  return { name, vendor: info.vendor, isSoftware: info.isFallbackAdapter };
}

/**
 * Finds an adapter, and describes it.
 *
 * @throws HoldfastError `DEPENDENCY_MISSING`, `GPU_UNAVAILABLE`, `GPU_SOFTWARE_REFUSED`
 */
export async function openAdapter(
  choice: AdapterChoice,
): Promise<{ readonly adapter: GPUAdapter; readonly description: AdapterDescription }> {
  const gpu = await loadWebgpu();
  const powerPreference = choice.powerPreference ?? HIGH_PERFORMANCE;
  const adapter = await gpu.requestAdapter({ powerPreference }).catch(() => null);
  if (adapter === null) {
    throw new HoldfastError('GPU_UNAVAILABLE', 'a graphics adapter must be available, found none', {
      context: { powerPreference },
    });
  }
  const description = describe(adapter);
  if (description.isSoftware && choice.allowSoftware !== true) {
    throw new HoldfastError(
      'GPU_SOFTWARE_REFUSED',
      `the adapter must be a real one, is ${description.name}, which the processor plays; allow it with allowSoftware`,
      { context: { adapter: description.name } },
    );
  }
  return { adapter, description };
}
