import { z } from 'zod';

import { accountRecord, accountSchema } from '../../core/account-options.js';
import { HoldfastError } from '../../core/holdfast-error.js';
import { Instrument, type InstrumentOptions } from '../../core/instrument.js';
import { instrumentRecord } from '../../core/instrument-record.js';
import { journalPolicySchema } from '../../core/journal-policy.js';
import { orderRulesRecord, orderRulesSchema } from '../../core/order-rules.js';
import { decimalText, parseConfig } from '../../core/schema.js';
import { packageVersion } from '../../native/addon-path.js';
import { fuseRecord, type LatchedFuseOptions, latchedFuseSchema } from '../fuse.js';
import { type Limits, type LimitsOptions, limitsRecord, parseLimits } from '../limits.js';
import { type LimitsPreset, presetLimits } from '../presets.js';

const accountOptions = accountSchema.extend({
  /** Cash at the start, in the account's currency. */
  cash: decimalText,
});
const orderOptions = orderRulesSchema.extend({
  /** Capacity for open orders; one more is denied. */
  maxOpenOrders: z.int().positive().default(10_000),
  /** Prefix of the order ids that the venue sees; tells one bot's orders from another's on the account. */
  idPrefix: z.string().default('hf'),
});
const journalOptions = z.strictObject({
  /** Folder of the journal; it must not hold one already. */
  path: z.string().min(1),
  /** When records reach the disk; default `always`: before the gate says that an order may leave. */
  policy: journalPolicySchema.default('always'),
});
const isObject = (value: unknown) => typeof value === 'object' && value !== null;

const schema = z.strictObject({
  limits: z.custom<LimitsOptions>(isObject, 'must be an object of limits').optional(),
  preset: z.string().optional(),
  instruments: z
    .array(z.custom<Instrument | InstrumentOptions>(isObject, 'must be an instrument'))
    .min(1, 'must name at least one instrument'),
  account: accountOptions,
  orders: orderOptions.prefault({}),
  journal: journalOptions.optional(),
  fuse: latchedFuseSchema.prefault({}),
  clock: z.custom<() => bigint>((value) => typeof value === 'function').optional(),
});

/** What a gate is made of. */
export interface GateOptions {
  /** Limits, every money limit a value or the word `unlimited`; either these or a preset. */
  readonly limits?: LimitsOptions;
  readonly preset?: LimitsPreset;
  /** The instruments of the account, each symbol once. Their symbols are those by which orders name them. */
  readonly instruments: readonly (Instrument | InstrumentOptions)[];
  /** The account at the start: flat, with this cash. Positions are netted. */
  readonly account: z.input<typeof accountOptions>;
  readonly orders?: z.input<typeof orderOptions>;
  /** Without it nothing is recorded, and nothing can be explained or replayed later. */
  readonly journal?: z.input<typeof journalOptions>;
  /** Ceilings of the egress fuse, the last look at an order before it may leave; it is on without them. */
  readonly fuse?: LatchedFuseOptions;
  /** The time in nanoseconds since 1970; the process's own when left out. It must not run back. */
  readonly clock?: () => bigint;
}

export interface ParsedGateOptions extends Omit<z.output<typeof schema>, 'limits' | 'instruments'> {
  readonly limits: Limits;
  readonly instruments: readonly Instrument[];
}

/** @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY`, `INSTRUMENT_INVALID`, `LIMITS_INVALID`, `LIMITS_UNKNOWN_KEY`, `LIMITS_PRESET_UNKNOWN` */
export function parseGateOptions(options: GateOptions): ParsedGateOptions {
  const parsed = parseConfig(schema, options, 'options', 'CONFIG_INVALID');
  if (parsed.account.positionMode === 'hedging') {
    throw invalid('options.account.positionMode', 'must be netting: a gate keeps netted positions');
  }
  const instruments = parsed.instruments.map((each) =>
    each instanceof Instrument ? each : Instrument.create(each),
  );
  const symbols = instruments.map(({ symbol }) => symbol);
  const twice = symbols.find((symbol, index) => symbols.indexOf(symbol) !== index);
  if (twice !== undefined) {
    throw invalid('options.instruments', `must have each symbol once, ${twice} stands twice`);
  }
  return { ...parsed, instruments, limits: limitsOf(parsed) };
}

function limitsOf({ limits, preset }: z.output<typeof schema>): Limits {
  if (limits !== undefined && preset === undefined) return parseLimits(limits);
  if (limits === undefined && preset !== undefined) return presetLimits(preset);
  const rule =
    limits === undefined ? 'must be given, or a preset' : 'must not stand beside a preset';
  throw invalid('options.limits', rule);
}

function invalid(field: string, rule: string): HoldfastError {
  return new HoldfastError('CONFIG_INVALID', `${field} ${rule}`, { context: { field } });
}

/** Writes the configuration of a gate as the native core and its journal keep it. */
export function gateConfigJson(options: ParsedGateOptions): string {
  const { instruments, orders } = options;
  const { cash, ...account } = options.account;
  const accountPart = accountRecord(account, instruments);
  const { latch: _, ...ceilings } = options.fuse;
  const fusePart = fuseRecord(ceilings);
  return JSON.stringify({
    engine: {
      instruments: instruments.map(instrumentRecord),
      limits: limitsRecord(options.limits),
      start_cash: cash,
      max_open_orders: orders.maxOpenOrders,
      ...(accountPart === undefined ? {} : { account: accountPart }),
      // Whoever sends the orders protects them: what the gate placed by itself, nobody would send.
      orders: {
        ...orderRulesRecord(orders, instruments, orders.maxOpenOrders),
        venue_protects: true,
      },
    },
    about: { holdfast: packageVersion(), gate: options.preset ?? 'own limits' },
    ...(fusePart === undefined ? {} : { fuse: fusePart }),
  });
}
