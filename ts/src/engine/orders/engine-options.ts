import { z } from 'zod';

import { HoldfastError } from '../../core/holdfast-error.js';
import { Instrument } from '../../core/instrument.js';
import { decimalText, parseConfig } from '../../core/schema.js';
import { ORDER_TYPES } from '../../core/vocabulary.generated.js';
import { packageVersion } from '../../native/addon-path.js';
import { fuseRecord, fuseSchema } from '../../risk/fuse.js';
import { limitsRecord, type LimitsOptions, parseLimits } from '../../risk/limits.js';
import { accountRecord, accountSchema } from '../account-options.js';
import { journalPolicySchema } from '../journal-policy.js';
import { orderRulesRecord, orderRulesSchema } from '../order-rules.js';
import { instrumentRecord } from '../session-config.js';
import type { EngineEvent } from './engine-event.js';

export const ORDER_BATCH_MAX = 65_536;

const accountOptions = accountSchema.extend({
  /** Cash at the start, in the account's currency. */
  cash: decimalText,
});
const orderOptions = orderRulesSchema.extend({
  /** Capacity for open orders; one more is denied. */
  maxOpenOrders: z.int().positive().default(1_024),
  /** Prefix of the order ids that the venue sees; tells one bot's orders from another's on the account. */
  idPrefix: z.string().default('hf'),
  /** Kinds with a trigger that the venue lacks: the engine holds such an order and sends it when the trigger is met. */
  emulatedOrderTypes: z.array(z.enum(ORDER_TYPES)).default([]),
});
const journalOptions = z.strictObject({
  /** Folder of the journal; it must not hold one already. */
  path: z.string().min(1),
  /** When records reach the disk; default `always`: before a request leaves. */
  policy: journalPolicySchema.default('always'),
});

const fuseOptions = fuseSchema.extend({
  /** Folder of the latch that outlives the process; the journal's when left out. Keep it over journals. */
  latch: z.string().min(1).optional(),
});

const schema = z.strictObject({
  instruments: z.array(z.custom<Instrument>((value) => value instanceof Instrument)).min(1),
  limits: z.custom<LimitsOptions>((value) => typeof value === 'object' && value !== null),
  account: accountOptions,
  orders: orderOptions.prefault({}),
  journal: journalOptions.optional(),
  fuse: fuseOptions.prefault({}),
  clock: z.custom<() => bigint>((value) => typeof value === 'function').optional(),
  onEvent: z
    .custom<(event: EngineEvent) => void>((value) => typeof value === 'function')
    .optional(),
  batchMax: z.int().positive().max(ORDER_BATCH_MAX).default(1_024),
  about: z.record(z.string(), z.unknown()).default({}),
});

/** What an engine is opened with. */
export interface EngineOptions {
  /** Each symbol once. */
  readonly instruments: readonly Instrument[];
  /** Limits of the gate; every money limit is a value or the word `unlimited`. */
  readonly limits: LimitsOptions;
  readonly account: z.input<typeof accountOptions>;
  readonly orders?: z.input<typeof orderOptions>;
  /** Without it nothing is recorded, and nothing can be explained or replayed. */
  readonly journal?: z.input<typeof journalOptions>;
  /** Ceilings of the egress fuse, the last look at a request before it leaves; it is on without them. */
  readonly fuse?: z.input<typeof fuseOptions>;
  /** The time in nanoseconds since 1970; the process's own when left out. It must not run back. */
  readonly clock?: () => bigint;
  /**
   * Hears of every order, fill, position and day, in their order. What it throws does not change what happened, and comes
   * out of the process as an uncaught exception.
   */
  readonly onEvent?: (event: EngineEvent) => void;
  /** Records of each batch. Default 1024. */
  readonly batchMax?: number;
  /** Whatever is to stand in the journal's first record, for people. */
  readonly about?: Readonly<Record<string, unknown>>;
}

export type ParsedEngineOptions = z.output<typeof schema>;

/** @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY` */
export function parseEngineOptions(options: EngineOptions): ParsedEngineOptions {
  const parsed = parseConfig(schema, options, 'options', 'CONFIG_INVALID');
  const symbols = parsed.instruments.map(({ symbol }) => symbol);
  const twice = symbols.find((symbol, index) => symbols.indexOf(symbol) !== index);
  if (twice === undefined) return parsed;
  throw new HoldfastError(
    'CONFIG_INVALID',
    `options.instruments must have each symbol once, ${twice} stands twice`,
    { context: { field: 'options.instruments', symbol: twice } },
  );
}

/** Writes the configuration of an engine as the native core and its journal keep it. */
export function engineConfigJson(options: ParsedEngineOptions): string {
  const { instruments, orders } = options;
  const { cash, ...account } = options.account;
  const accountPart = accountRecord(account, instruments);
  const ordersPart = orderRulesRecord(orders, instruments);
  const { latch: _, ...ceilings } = options.fuse;
  const fusePart = fuseRecord(ceilings);
  return JSON.stringify({
    engine: {
      instruments: instruments.map(instrumentRecord),
      limits: limitsRecord(parseLimits(options.limits)),
      start_cash: cash,
      max_open_orders: orders.maxOpenOrders,
      emulated_order_types: orders.emulatedOrderTypes,
      ...(accountPart === undefined ? {} : { account: accountPart }),
      ...(ordersPart === undefined ? {} : { orders: ordersPart }),
    },
    about: { holdfast: packageVersion(), ...options.about },
    ...(fusePart === undefined ? {} : { fuse: fusePart }),
  });
}
