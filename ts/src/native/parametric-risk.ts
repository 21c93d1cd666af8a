import { engineCall, loadEngineAddon } from './engine-addon.js';

/** Figures that native code writes for each evaluation, in their order. */
export const FIGURES_EACH = 9;

/** Columns of a parametric risk; the settings are four multipliers and six limits. */
export interface ParametricColumns {
  readonly covariance: Float64Array;
  readonly exposures: Float64Array;
  readonly settings: Float64Array;
}

/** The native parametric risk, its errors as HoldfastError. */
export class ParametricRiskHandle {
  readonly #native: InstanceType<ReturnType<typeof loadEngineAddon>['NativeParametricRisk']>;

  constructor({ covariance, exposures, settings }: ParametricColumns) {
    const { NativeParametricRisk } = loadEngineAddon();
    this.#native = engineCall(() => new NativeParametricRisk(covariance, exposures, settings));
  }

  /** Returns the deviation of profits that follows. */
  setExposure(asset: number, exposure: number): number {
    try {
      return this.#native.setExposure(asset, exposure);
    } catch (error) {
      return engineCall(() => {
        throw error;
      });
    }
  }

  whatIf(asset: number, exposure: number): number {
    return engineCall(() => this.#native.whatIf(asset, exposure));
  }

  evaluateHeld(
    capital: { readonly equity: number; readonly peak: number; readonly heatFrac: number },
    out: Float64Array,
  ): void {
    const { equity, peak, heatFrac } = capital;
    engineCall(() => this.#native.evaluateHeld(equity, peak, heatFrac, out));
  }

  /** Rows of `portfolios` are equity, peak, heat, then the exposures. */
  evaluateMany(portfolios: Float64Array, out: Float64Array): void {
    engineCall(() => this.#native.evaluateMany(portfolios, out));
  }

  components(out: Float64Array): void {
    engineCall(() => this.#native.components(out));
  }
}
