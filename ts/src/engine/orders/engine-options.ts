import { z } from 'zod';

import { HoldfastError } from '../../core/holdfast-error.js';
import { Instrument } from '../../core/instrument.js';
import { decimalText, parseConfig } from '../../core/schema.js';
import { ORDER_TYPES } from '../../core/vocabulary.generated.js';
import type { EngineJournal } from '../../native/engine-addon.generated.js';
import { packageVersion } from '../../native/addon-path.js';
import { fuseRecord, type LatchedFuseOptions, latchedFuseSchema } from '../../risk/fuse.js';
import { type Limits, limitsRecord, type LimitsOptions, parseLimits } from '../../risk/limits.js';
import { accountRecord, accountSchema } from '../../core/account-options.js';
import { journalPolicySchema, journalPolicyText } from '../../core/journal-policy.js';
import { orderRulesRecord, orderRulesSchema } from '../../core/order-rules.js';
import { instrumentRecord } from '../../core/instrument-record.js';
import type { EngineEvent } from './engine-event.js';

export const ORDER_BATCH_MAX = 65_536;

const accountOptions = accountSchema.extend({
  /** Cash at the start, in the account's currency. */
  cash: decimalText,
});
const orderOptions = orderRulesSchema.extend({
  /** Capacity for open orders; one more is denied. */
  maxOpenOrders: z.int().positive().default(10_000),
  /** Prefix of the order ids that the venue sees; tells one bot's orders from another's on the account. */
  idPrefix: z.string().default('hf'),
  /** Kinds with a trigger that the venue lacks: the engine holds such an order and sends it when the trigger is met. */
  emulatedOrderTypes: z.array(z.enum(ORDER_TYPES)).default([]),
});
const snapshotOptions = z.strictObject({
  /** Records between two snapshots, or `never` for that of the close alone; by default at each sealed segment. */
  everyRecords: z.union([z.int().positive(), z.literal('never')]).optional(),
  /** How many stay; two by default, so that a damaged one has another behind it. */
  keep: z.int().positive().max(1_000).default(2),
});
const journalOptions = z.strictObject({
  /** Folder of the journal; it must not hold one already, unless it is resumed. */
  path: z.string().min(1),
  /** When records reach the disk; default `always`: before a request leaves. */
  policy: journalPolicySchema.default('always'),
  /** Go on with the folder's journal, which must be there, or with `if_present` may be. Default false: begin one. */
  resume: z.union([z.boolean(), z.literal('if_present')]).default(false),
  /** When snapshots of the state are taken, from which a restart begins. */
  snapshot: snapshotOptions.prefault({}),
});

const schema = z.strictObject({
  instruments: z.array(z.custom<Instrument>((value) => value instanceof Instrument)).min(1),
  limits: z.custom<LimitsOptions>((value) => typeof value === 'object' && value !== null),
  account: accountOptions,
  orders: orderOptions.prefault({}),
  journal: journalOptions.optional(),
  fuse: latchedFuseSchema.prefault({}),
  clock: z.custom<() => bigint>((value) => typeof value === 'function').optional(),
  onEvent: z
    .custom<(event: EngineEvent) => void>((value) => typeof value === 'function')
    .optional(),
  answerMsMax: z.int().positive().max(86_400_000).optional(),
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
  readonly fuse?: LatchedFuseOptions;
  /** The time in nanoseconds since 1970; the process's own when left out. It must not run back. */
  readonly clock?: () => bigint;
  /**
   * Hears of every order, fill, position and day, in their order. What it throws does not change what happened, and comes
   * out of the process as an uncaught exception.
   */
  readonly onEvent?: (event: EngineEvent) => void;
  /**
   * Milliseconds after which a drained request without an answer is in doubt when `tick` is called; a query then waits to be
   * drained, and waits for twice as long each time it is not answered either. Left out, only `loseTrack` says so.
   */
  readonly answerMsMax?: number;
  /** Records of each batch. Default 1024. */
  readonly batchMax?: number;
  /** Whatever is to stand in the journal's first record, for people. */
  readonly about?: Readonly<Record<string, unknown>>;
}

export type ParsedEngineOptions = Omit<z.output<typeof schema>, 'limits'> & {
  readonly limits: Limits;
};

/** @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY`, `LIMITS_INVALID`, `LIMITS_UNKNOWN_KEY` */
export function parseEngineOptions(options: EngineOptions): ParsedEngineOptions {
  const parsed = parseConfig(schema, options, 'options', 'CONFIG_INVALID');
  const symbols = parsed.instruments.map(({ symbol }) => symbol);
  const twice = symbols.find((symbol, index) => symbols.indexOf(symbol) !== index);
  if (twice === undefined) return { ...parsed, limits: parseLimits(parsed.limits) };
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
  const ordersPart = orderRulesRecord(orders, instruments, orders.maxOpenOrders);
  const { latch: _, ...ceilings } = options.fuse;
  const fusePart = fuseRecord(ceilings);
  return JSON.stringify({
    engine: {
      instruments: instruments.map(instrumentRecord),
      limits: limitsRecord(options.limits),
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

/** Writes where the journal is and how it is kept, as the native core reads it. */
export function journalRecord(
  { path, policy, resume, snapshot }: z.output<typeof journalOptions>,
  nowMs: number,
): EngineJournal {
  const { everyRecords, keep } = snapshot;
  return {
    folder: path,
    policy: journalPolicyText(policy),
    nowMs,
    resume: typeof resume === 'string' ? resume : resume ? 'always' : 'never',
    ...(everyRecords === undefined
      ? {}
      : { snapshotEveryRecords: everyRecords === 'never' ? 0 : everyRecords }),
    snapshotsKept: keep,
  };
}
