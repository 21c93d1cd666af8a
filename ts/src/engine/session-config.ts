import { createHash } from 'node:crypto';

import type { Instrument } from '../core/instrument.js';
import { instrumentRecord, snakeKeys } from '../core/instrument-record.js';
import type { OrderType } from '../core/vocabulary.generated.js';
import { type FuseCeilings, fuseRecord } from '../risk/fuse.js';
import { limitsRecord, type Limits } from '../risk/limits.js';
import type { Strategy } from '../strategies/strategy.js';
import { accountRecord, type AccountRules } from '../core/account-options.js';
import type { Assumptions } from './backtest-options.js';
import { orderRulesRecord, type OrderRules, parseOrderRules } from '../core/order-rules.js';

/** A file of the run by its name and content; no path, so that the run is the same on every machine. */
export interface DataIdentity {
  readonly file: string;
  readonly sha256: string;
  readonly description: unknown;
  readonly from: string | null;
  readonly to: string | null;
}

export interface SessionConfigOptions {
  readonly strategy: Strategy;
  readonly strategyHash: string | null;
  readonly instruments: readonly Instrument[];
  readonly limits: Limits;
  readonly limitsPreset: string | null;
  readonly assumptions: Assumptions;
  readonly startCash: string;
  readonly account?: AccountRules;
  readonly maxOpenOrders: number;
  readonly emulatedOrderTypes?: readonly OrderType[];
  readonly orders?: OrderRules;
  readonly fuse?: FuseCeilings;
  readonly seed: number;
  readonly data: readonly DataIdentity[];
  readonly version: string;
}

/** What makes a run what it is: the first record of its journal, and the hashes by which it is known. */
export interface SessionConfig {
  /** The native core's configuration. */
  readonly json: string;
  /** SHA-256 of `json`. */
  readonly configHash: string;
  /** SHA-256 over the data files' hashes; null for bars in memory. */
  readonly dataHash: string | null;
}

/** Returns SHA-256 in hexadecimal. */
export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Writes the configuration of a session as the native core and its journal keep it. */
export function sessionConfig(options: SessionConfigOptions): SessionConfig {
  const { emulatedOrderTypes = [] } = options;
  const account =
    options.account === undefined ? undefined : accountRecord(options.account, options.instruments);
  const orders = orderRulesRecord(
    options.orders ?? parseOrderRules(),
    options.instruments,
    options.maxOpenOrders,
  );
  const fuse = options.fuse === undefined ? undefined : fuseRecord(options.fuse);
  const json = JSON.stringify({
    engine: {
      instruments: options.instruments.map(instrumentRecord),
      limits: limitsRecord(options.limits),
      start_cash: options.startCash,
      max_open_orders: options.maxOpenOrders,
      // Left out where there is none, so that naming none and not naming any are one configuration.
      ...(emulatedOrderTypes.length === 0 ? {} : { emulated_order_types: emulatedOrderTypes }),
      ...(account === undefined ? {} : { account }),
      ...(orders === undefined ? {} : { orders }),
    },
    assumptions: snakeKeys(options.assumptions),
    about: {
      holdfast: options.version,
      strategy: {
        name: options.strategy.name,
        params: options.strategy.params,
        source_sha256: options.strategyHash,
      },
      limits_preset: options.limitsPreset,
      seed: options.seed,
      data: options.data,
    },
    ...(fuse === undefined ? {} : { fuse }),
  });
  const hashes = options.data.map((file) => file.sha256).join('\n');
  return {
    json,
    configHash: sha256(json),
    dataHash: options.data.length === 0 ? null : sha256(hashes),
  };
}
