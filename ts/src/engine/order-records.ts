import * as z from 'zod';

import { AMOUNT_SCALE } from '../core/amount.js';
import { formatDecimal, parseDecimal, type Decimal } from '../core/decimal.js';
import type { JournalConfiguration } from '../native/journal-tools.js';

/** An id may be a number or, where it has more digits than a number is exact in, text. */
const id = z.union([z.number(), z.string()]).transform(String);
const ticks = z.union([z.number(), z.string()]).transform(BigInt);

export const intentSchema = z.object({
  client_order_id: id,
  parent: id.nullable(),
  instrument: z.number(),
  side: z.string(),
  order_type: z.string(),
  time_in_force: z.string(),
  role: z.string(),
  reduce_only: z.boolean(),
  quantity_lots: ticks,
  limit_ticks: ticks.nullable(),
  trigger_ticks: ticks.nullable(),
  stop_loss_ticks: ticks.nullable(),
  take_profit_ticks: ticks.nullable(),
  // A journal of an earlier release says neither strategy nor cause.
  terms: z
    .object({ strategy: z.number().default(0), cause_ns: z.string().nullable().default(null) })
    .nullable(),
});
export type Intent = z.output<typeof intentSchema>;

export const routeSchema = z.object({
  route: z.object({
    strategy: z.string(),
    venue: z.string(),
    candidates: z.array(
      z.object({
        symbol: z.string(),
        refused: z.array(z.string()),
        cost: z.object({ price: z.string(), total: z.string() }).nullable(),
      }),
    ),
  }),
});

export const amendmentSchema = z.object({
  quantity_lots: ticks.nullable(),
  limit_ticks: ticks.nullable(),
  trigger_ticks: ticks.nullable(),
});

export const verdictSchema = z.object({
  verdict: z.string(),
  reducing: z.boolean(),
  checks: z.array(
    z.object({
      code: z.string(),
      passed: z.boolean(),
      unit: z.enum(['ns', 'amount', 'fraction', 'count', 'ticks']),
      limit: z.string().nullable(),
      observed: z.string(),
      age_ns: z.number().nullable(),
    }),
  ),
});
export type RecordedCheck = z.output<typeof verdictSchema>['checks'][number];

export const orderChangedSchema = z.object({
  event: z.string(),
  status: z.string(),
  overlays: z.array(z.string()),
  alarm: z.boolean(),
  quantity_lots: ticks,
  cum_lots: ticks,
  fees: z.string(),
});

export const venueReportSchema = z.object({
  report: z.string(),
  trade_id: id,
  last_ticks: ticks,
  last_lots: ticks,
  liquidity_side: z.string(),
  fee: z.string(),
  slippage: z.string(),
});

export const positionChangedSchema = z.object({
  lots: ticks,
  realized_by_fill: z.string(),
  realized: z.string(),
  cash: z.string(),
});

const instrumentSchema = z.object({
  symbol: z.string(),
  tick_size: z.string(),
  lot_size: z.string(),
  quote_currency: z.string(),
});

const configurationSchema = z.object({
  about: z.unknown(),
  engine: z.object({ instruments: z.array(instrumentSchema), limits: z.unknown() }),
});

const strategiesSchema = z.object({ strategies: z.array(z.string()) });

/** What is known of a session without its first record. */
const UNKNOWN = { symbol: '', quote_currency: '' };

/** An instrument's words and its way from ticks and lots to decimals. */
export class RecordedInstrument {
  readonly symbol: string;
  readonly currency: string;
  readonly #tick: Decimal | null;
  readonly #lot: Decimal | null;

  constructor(index: number, options: z.output<typeof instrumentSchema> | undefined) {
    this.symbol = options?.symbol ?? `instrument ${index}`;
    this.currency = (options ?? UNKNOWN).quote_currency;
    this.#tick = options === undefined ? null : parseDecimal(options.tick_size);
    this.#lot = options === undefined ? null : parseDecimal(options.lot_size);
  }

  /** Prints a price with all decimals of the tick, so that prices stand under each other; ticks where the tick is not known. */
  price(count: bigint): string {
    if (this.#tick === null) return `${count} ticks`;
    return padded(count * this.#tick.mantissa, this.#tick.scale);
  }

  quantity(lots: bigint): string {
    if (this.#lot === null) return `${lots} lots`;
    return formatDecimal(lots * this.#lot.mantissa, this.#lot.scale);
  }

  /** Prints the average of fills, whose sum is ticks times lots, rounded half up to four decimals more than the tick. */
  average(tickLots: bigint, lots: bigint): string | null {
    if (lots === 0n || this.#tick === null) return null;
    const numerator = tickLots * this.#tick.mantissa * 10_000n;
    return formatDecimal((2n * numerator + lots) / (2n * lots), this.#tick.scale + 4);
  }
}

function padded(mantissa: bigint, scale: number): string {
  const text = formatDecimal(mantissa, scale);
  if (scale === 0) return text;
  const [whole = '', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(scale, '0')}`;
}

/** What a session's first record says. */
export interface RecordedConfiguration {
  readonly instrument: (index: number) => RecordedInstrument;
  /** Name of a strategy by its number; null for 0, which is none. */
  readonly strategy: (number: number) => string | null;
  readonly limits: unknown;
  readonly about: unknown;
}

/** Reads a configuration's instruments, limits and what the session said about itself. */
export function recordedConfiguration(
  recorded: JournalConfiguration | null,
): RecordedConfiguration {
  const parsed =
    recorded === null ? null : configurationSchema.safeParse(recorded.record.content).data;
  const named = strategiesSchema.safeParse(parsed?.engine.limits).data?.strategies ?? [];
  return {
    instrument: (index) => new RecordedInstrument(index, parsed?.engine.instruments[index]),
    strategy: (number) => (number === 0 ? null : (named[number - 1] ?? `number ${number}`)),
    limits: parsed?.engine.limits ?? null,
    about: parsed?.about ?? null,
  };
}

/** Adds exact amounts. */
export function sumOf(amounts: readonly string[]): string {
  const raw = amounts.map((amount) => {
    const { mantissa, scale } = parseDecimal(amount);
    return mantissa * 10n ** BigInt(AMOUNT_SCALE - scale);
  });
  return formatDecimal(
    raw.reduce((sum, amount) => sum + amount, 0n),
    AMOUNT_SCALE,
  );
}
