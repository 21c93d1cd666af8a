import { engineCall, loadEngineAddon } from './engine-addon.js';
import { allocateAligned, loadMarketAddon } from './market-addon.js';

/** Figures that native code writes for each evaluation, in their order. */
export const FIGURES_EACH = 9;

/** Doubles of the exchange; the same places stand in `native/rust/binding/src/parametric_risk.rs`. */
const EXCHANGE_BYTES = 64;
const ASSET = 0;
const EXPOSURE = 1;
const DEVIATION = 2;

/** Columns of a parametric risk; the settings are four multipliers and six limits. */
export interface ParametricColumns {
  readonly covariance: Float64Array;
  readonly exposures: Float64Array;
  readonly settings: Float64Array;
}

/** The native parametric risk, its errors as HoldfastError. */
export class ParametricRiskHandle {
  readonly #native: InstanceType<ReturnType<typeof loadEngineAddon>['NativeParametricRisk']>;

  readonly #exchange: Float64Array;
  readonly #update: () => void;

  constructor({ covariance, exposures, settings }: ParametricColumns) {
    const { NativeParametricRisk } = loadEngineAddon();
    const bytes = allocateAligned(loadMarketAddon(), EXCHANGE_BYTES);
    this.#exchange = new Float64Array(bytes.buffer, bytes.byteOffset, EXCHANGE_BYTES / 8);
    this.#native = engineCall(
      () => new NativeParametricRisk(covariance, exposures, settings, bytes),
    );
    this.#update = engineCall(() => this.#native.updater());
  }

  /** Returns the deviation of profits that follows. */
  setExposure(asset: number, exposure: number): number {
    const exchange = this.#exchange;
    exchange[ASSET] = asset;
    exchange[EXPOSURE] = exposure;
    this.#update();
    const deviation = exchange[DEVIATION] ?? Number.NaN;
    // Nothing was changed then, and the call with arguments throws the reason.
    if (Number.isNaN(deviation)) {
      return engineCall(() => this.#native.setExposure(asset, exposure));
    }
    return deviation;
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

  marginals(out: Float64Array): void {
    engineCall(() => this.#native.marginals(out));
  }

  components(out: Float64Array): void {
    engineCall(() => this.#native.components(out));
  }
}
