import { z } from 'zod';

import { modelSchema, type PriceModel } from './price-model.js';

const asset = z.number().int().min(0);
const number = z.number();

const positionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('linear'), asset, exposure: number }),
  z.strictObject({
    kind: z.literal('perpetual'),
    asset,
    notional: number,
    margin: number.positive(),
    maintenance: number.min(0).lt(1),
    funding: number.default(0),
    inverse: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal('option'),
    asset,
    right: z.enum(['call', 'put']),
    spot: number.positive(),
    strike: number.positive(),
    years: number.positive(),
    volatility: number.positive(),
    rate: number.default(0),
    carry: number.default(0),
    quantity: number,
    revaluation: z.enum(['full', 'greeks']).default('full'),
  }),
]);

const barrierSchema = z.strictObject({
  asset,
  ratio: number.positive(),
  continuous: z.boolean().default(false),
});

export const optionsSchema = z.strictObject({
  model: modelSchema,
  positions: z.array(positionSchema).min(1).max(10_000),
  barriers: z.array(barrierSchema).max(64).default([]),
  sampling: z.enum(['random', 'antithetic', 'moment-matched', 'sobol']).default('random'),
  scenarios: z.number().int().min(32).max(67_108_864).multipleOf(32).default(65_536),
  steps: z.number().int().min(1).max(252).default(1),
  stepYears: number.positive().default(1 / 252),
  seed: z
    .union([z.number().int().min(0), z.bigint().min(0n)])
    .refine((seed) => BigInt(seed) < 2n ** 64n, 'must be below 2 ** 64')
    .default(0),
  path: z.boolean().default(false),
  controlVariate: z.boolean().default(false),
  levels: z.array(number.gt(0).lt(1)).min(1).default([0.95, 0.99]),
  outcomes: z.boolean().default(false),
});

export type ParsedOptions = z.output<typeof optionsSchema>;

/** A position; money is of the book's currency, prices are those at the beginning, `asset` is the model's column. */
export type ScenarioPosition =
  | { readonly kind: 'linear'; readonly asset: number; readonly exposure: number }
  | {
      /** Isolated margin: liquidated at the first step's end at which no more than the maintenance margin is left. */
      readonly kind: 'perpetual';
      readonly asset: number;
      /** Signed value of the contracts. */
      readonly notional: number;
      /** Margin behind it, all of which a liquidation loses. */
      readonly margin: number;
      /** Fraction of the contracts' value. */
      readonly maintenance: number;
      /** What longs pay to shorts in each step, a fraction of the contracts' value; 0 by default. */
      readonly funding?: number;
      /** Whether contracts are of money and margin is of the asset; false by default. */
      readonly inverse?: boolean;
    }
  | {
      /** European, valued by Black and Scholes; its volatility moves with the model's where the model has one. */
      readonly kind: 'option';
      readonly asset: number;
      readonly right: 'call' | 'put';
      readonly spot: number;
      readonly strike: number;
      readonly years: number;
      readonly volatility: number;
      /** A year's; 0 by default. */
      readonly rate?: number;
      /** Cost of carry, a year's: the rate for a share, 0 (the default) for a future. */
      readonly carry?: number;
      /** Signed number of underlying units. */
      readonly quantity: number;
      /** `full` (the default) values it anew in each scenario, `greeks` by delta, gamma, theta and vega of the beginning. */
      readonly revaluation?: 'full' | 'greeks';
    };

/** A level of an asset's price, as a ratio to its price at the beginning. */
export interface ScenarioBarrier {
  readonly asset: number;
  readonly ratio: number;
  /** Whether hits between two steps count, which only Brownian paths can tell; false by default. */
  readonly continuous?: boolean;
}

/** What to simulate, and how. */
export interface ScenarioOptions {
  readonly model: PriceModel;
  readonly positions: readonly ScenarioPosition[];
  readonly barriers?: readonly ScenarioBarrier[];
  /** `random` by default. Standard errors are those of the sampling that was chosen. */
  readonly sampling?: 'random' | 'antithetic' | 'moment-matched' | 'sobol';
  /** A multiple of 32; 65,536 by default. */
  readonly scenarios?: number;
  /** Steps to the horizon, 1 to 252; 1 by default. */
  readonly steps?: number;
  /** Length of a step in years; 1/252 by default. */
  readonly stepYears?: number;
  /** Equal seeds give equal paths, on any number of threads. */
  readonly seed?: number | bigint;
  /** Whether to follow profit and loss along the path: drawdown and time under water; false by default. */
  readonly path?: boolean;
  /** Whether to correct the mean by that of the book's linear part, which is known; false by default. */
  readonly controlVariate?: boolean;
  /** Confidence levels; 0.95 and 0.99 by default. */
  readonly levels?: readonly number[];
  /** Whether the profit and loss of each scenario are wanted; false by default. */
  readonly outcomes?: boolean;
}
