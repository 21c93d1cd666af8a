import { RiskMonitor, riskScore } from 'holdfast/quant';

import { measureCase, nanosecondsPerCall } from './measure.js';
import type { SuiteRow } from './suite.js';

const SAMPLES = 15;
const FIGURES = 9;
const BATCH = 1_000;
const Z = [1.644_853_626_951_472, 2.326_347_874_040_841] as const;
const SHORTFALL = [2.062_712_807_507_426, 2.665_214_220_345_806] as const;
const EQUITY = 1e6;

function covarianceOf(assets: number): readonly (readonly number[])[] {
  return Array.from({ length: assets }, (_, row) =>
    Array.from({ length: assets }, (__, column) => 1e-4 * (row === column ? 1 : 0.3)),
  );
}

/** What a bot would write: typed arrays and loops, with the same figures. */
class PlainRisk {
  readonly #order: number;
  readonly #covariance: Float64Array;
  readonly #exposures: Float64Array;
  readonly #image: Float64Array;
  #variance = 0;

  constructor(covariance: readonly (readonly number[])[]) {
    this.#order = covariance.length;
    this.#covariance = Float64Array.from(covariance.flat());
    this.#exposures = new Float64Array(this.#order);
    this.#image = new Float64Array(this.#order);
  }

  evaluate(exposures: Float64Array): number {
    let [variance, gross, largest] = [0, 0, 0];
    for (let row = 0; row < this.#order; row += 1) {
      let sum = 0;
      const start = row * this.#order;
      for (let column = 0; column < this.#order; column += 1) {
        sum += (this.#covariance[start + column] as number) * (exposures[column] as number);
      }
      const exposure = exposures[row] as number;
      variance += exposure * sum;
      gross += Math.abs(exposure);
      largest = Math.max(largest, Math.abs(exposure));
    }
    const deviation = Math.sqrt(variance);
    return riskScore({
      varFrac: (Z[1] * deviation) / EQUITY,
      cvarFrac: (SHORTFALL[1] * deviation) / EQUITY,
      drawdownFrac: 0.05,
      leverage: gross / EQUITY,
      concentrationFrac: largest / EQUITY,
      heatFrac: 0.02,
    });
  }

  setExposure(asset: number, exposure: number): number {
    const change = exposure - (this.#exposures[asset] as number);
    const start = asset * this.#order;
    this.#variance +=
      change *
      (2 * (this.#image[asset] as number) + change * (this.#covariance[start + asset] as number));
    for (let column = 0; column < this.#order; column += 1) {
      this.#image[column] =
        (this.#image[column] as number) + change * (this.#covariance[start + column] as number);
    }
    this.#exposures[asset] = exposure;
    return Z[1] * Math.sqrt(this.#variance);
  }
}

function monitorOf(assets: number): RiskMonitor {
  const symbols = Array.from({ length: assets }, (_, asset) => `S${asset}`);
  const monitor = new RiskMonitor({ symbols, covariance: covarianceOf(assets), covarianceTsMs: 0 });
  monitor.onEquity(EQUITY, 0.02);
  for (let asset = 0; asset < assets; asset += 1) {
    monitor.onPrice(asset, 100, 0);
    monitor.onPosition(asset, asset % 2 === 0 ? 100 : -50, 0);
  }
  return monitor;
}

async function evaluationRows(assets: number): Promise<readonly SuiteRow[]> {
  const monitor = monitorOf(assets);
  const plain = new PlainRisk(covarianceOf(assets));
  const exposures = Float64Array.from({ length: assets }, (_, asset) => 10_000 - 1_500 * asset);
  const portfolios = Float64Array.from({ length: BATCH * (assets + 3) }, (_, index) => {
    const place = index % (assets + 3);
    if (place < 3) return [EQUITY, EQUITY * 1.05, 0.02][place] as number;
    return exposures[place - 3] as number;
  });
  const out = new Float64Array(BATCH * FIGURES);
  return await measureCase({
    case: `VaR, CVaR at two levels and score, ${assets} positions`,
    unit: 'ns/portfolio',
    samples: SAMPLES,
    warmUps: 3,
    references: ['plain JavaScript'],
    subjects: [
      {
        name: `Holdfast (batches of ${BATCH})`,
        run: () => nanosecondsPerCall(200, () => monitor.evaluateMany(portfolios, out)) / BATCH,
      },
      {
        name: 'Holdfast (a call, its state as an object)',
        run: () => nanosecondsPerCall(100_000, () => monitor.state()),
      },
      {
        name: 'plain JavaScript',
        run: () => nanosecondsPerCall(100_000, () => plain.evaluate(exposures)),
      },
    ],
  });
}

async function updateRows(assets: number): Promise<readonly SuiteRow[]> {
  const monitor = monitorOf(assets);
  const plain = new PlainRisk(covarianceOf(assets));
  return await measureCase({
    case: `VaR after a price change, ${assets} positions`,
    unit: 'ns/change',
    samples: SAMPLES,
    warmUps: 3,
    references: ['plain JavaScript'],
    subjects: [
      {
        name: 'Holdfast',
        run: () =>
          nanosecondsPerCall(200_000, (index) =>
            monitor.onPrice(index % assets, 100 + (index % 7), index),
          ),
      },
      {
        name: 'plain JavaScript',
        run: () =>
          nanosecondsPerCall(200_000, (index) =>
            plain.setExposure(index % assets, 10_000 + 100 * (index % 7)),
          ),
      },
    ],
  });
}

/** Parametric risk as JavaScript sees it: whole evaluations and changes. */
export async function parametricRows(): Promise<readonly SuiteRow[]> {
  return [...(await evaluationRows(10)), ...(await updateRows(100))];
}
