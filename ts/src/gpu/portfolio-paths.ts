import { BUFFER_USAGE, type KernelDevice } from './kernel-device.js';
import { KERNELS } from './kernels.generated.js';
import { type PortfolioModel, portfolioModel, wideModel } from './portfolio-model.js';

/** Assets whose path lives in registers; a wider portfolio has a kernel of its own. */
export const REGISTER_ASSETS_MAX = 32;

/** The kernel that plays a portfolio's paths, with what it reads. */
export interface PortfolioPaths {
  readonly kernel: 'portfolio_paths' | 'wide_portfolio_paths';
  readonly pipeline: GPUComputePipeline;
  /** Between the parameters and the outcomes. */
  readonly columns: readonly GPUBuffer[];
}

/** Makes a portfolio's pipeline; what takes memory on the device is made by `pathColumns`, when a task begins. */
export async function pathsPipeline(
  device: KernelDevice,
  model: PortfolioModel,
): Promise<Pick<PortfolioPaths, 'kernel' | 'pipeline'>> {
  const isWide = model.exposures.length > REGISTER_ASSETS_MAX;
  const kernel = isWide ? 'wide_portfolio_paths' : 'portfolio_paths';
  const text = isWide ? wideModel(model) : portfolioModel(model);
  return { kernel, pipeline: await device.pipeline(kernel, text) };
}

/** Numbers that stand in a narrow portfolio's code, and lie beside a wide one's. */
export function pathColumns(
  device: KernelDevice,
  kernel: PortfolioPaths['kernel'],
  model: PortfolioModel,
): readonly GPUBuffer[] {
  if (kernel === 'portfolio_paths') return [];
  const assets = new Float32Array(2 * model.exposures.length);
  model.exposures.forEach((exposure, asset) => {
    assets.set([model.drifts[asset] ?? 0, exposure], 2 * asset);
  });
  const words = (singles: Float32Array<ArrayBuffer>) => new Uint32Array(singles.buffer);
  return [
    device.filled('factor', words(Float32Array.from(model.factor)), BUFFER_USAGE.storage),
    device.filled('assets', words(assets), BUFFER_USAGE.storage),
  ];
}

/** Submits the paths of all scenarios, `batch` at a time. */
export function submitPaths(
  device: KernelDevice,
  { kernel, pipeline, columns }: PortfolioPaths,
  work: { readonly scenarios: number; readonly seed: bigint; readonly batch: number },
  outcomes: GPUBuffer,
): void {
  const seed = {
    seedLow: Number(work.seed & 0xffff_ffffn),
    seedHigh: Number(work.seed >> 32n),
  };
  for (let first = 0; first < work.scenarios; first += work.batch) {
    const count = Math.min(work.batch, work.scenarios - first);
    const params = device.params(kernel, { ...seed, first, count });
    const encoder = device.commands();
    const groups = Math.ceil(count / KERNELS[kernel].overrides.WORKGROUP_SIZE);
    device.dispatch(encoder, pipeline, [params, ...columns, outcomes], groups);
    device.submit(encoder);
  }
}
