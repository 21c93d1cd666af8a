import { z } from 'zod';

import { HoldfastError } from './holdfast-error.js';
import type { Instrument } from './instrument.js';
import { parseConfig } from './schema.js';

/** What gives way when own orders would meet; `ts/docs/orders.md` has the table. */
export const SELF_TRADE_POLICIES = [
  'off',
  'cancel_newest',
  'cancel_oldest',
  'cancel_both',
  'decrement_and_cancel',
] as const;
const policy = z.enum(SELF_TRADE_POLICIES);

/** Schema of how orders are named and kept apart; the default suits a single session of a single account. */
export const orderRulesSchema = z.strictObject({
  /** Which account the engine trades for; a report that names another is refused. */
  account: z.int().min(0).max(0xffff_ffff).default(0),
  /** Epoch of the client order ids: above that of every session before on the account. */
  idEpoch: z.int().min(0).max(2_097_151).default(0),
  /** Idempotency keys that are remembered; more than there can be open orders. */
  idempotencyMax: z.int().positive().optional(),
  /** A policy for all instruments, or one for most and others by symbol. */
  selfTrade: z
    .union([
      policy,
      z.strictObject({
        policy: policy.default('off'),
        bySymbol: z.record(z.string(), policy).default({}),
      }),
    ])
    .default('off'),
});

export type OrderRulesOptions = z.input<typeof orderRulesSchema>;
export type OrderRules = Readonly<z.output<typeof orderRulesSchema>>;

/** @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY` */
export function parseOrderRules(options: OrderRulesOptions = {}): OrderRules {
  return parseConfig(orderRulesSchema, options, 'orders', 'CONFIG_INVALID');
}

/** Idempotency keys that the native core remembers unless it is told a number. */
const KEYS_DEFAULT = 65_537;

/** Writes the rules as the native core reads them; undefined for the default, which adds nothing to a configuration. */
export function orderRulesRecord(
  rules: OrderRules,
  instruments: readonly Instrument[],
  maxOpenOrders: number,
): Record<string, unknown> | undefined {
  const { account, idEpoch, selfTrade } = rules;
  const keysNeeded = maxOpenOrders < KEYS_DEFAULT ? undefined : maxOpenOrders + 1;
  const idempotencyMax = rules.idempotencyMax ?? keysNeeded;
  const chosen = typeof selfTrade === 'string' ? { policy: selfTrade, bySymbol: {} } : selfTrade;
  const bySymbol = Object.entries(chosen.bySymbol);
  const record = {
    ...(account === 0 ? {} : { account }),
    ...(idEpoch === 0 ? {} : { id_epoch: idEpoch }),
    ...(idempotencyMax === undefined ? {} : { idempotency_max: idempotencyMax }),
    ...(chosen.policy === 'off' && bySymbol.length === 0
      ? {}
      : {
          self_trade: {
            policy: chosen.policy,
            by_instrument: Object.fromEntries(
              bySymbol.map(([symbol, each]) => [indexOf(symbol, instruments), each]),
            ),
          },
        }),
  };
  return Object.keys(record).length === 0 ? undefined : record;
}

function indexOf(symbol: string, instruments: readonly Instrument[]): number {
  const index = instruments.findIndex((each) => each.symbol === symbol);
  if (index >= 0) return index;
  throw new HoldfastError(
    'CONFIG_INVALID',
    `orders.selfTrade must name an instrument of the session, named ${symbol}`,
    { context: { field: 'orders.selfTrade', value: symbol } },
  );
}
