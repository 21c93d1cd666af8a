import { z } from 'zod';

import { type Decimal, parseDecimal, stepsOf } from './decimal.js';
import { HoldfastError } from './holdfast-error.js';
import { decimalText } from './schema.js';

/** Most margin tiers of an instrument. */
export const TIERS_MAX = 32;

export const INSTRUMENT_KINDS = ['spot', 'linear', 'inverse', 'option'] as const;
/** How a fill moves money: `spot` and `option` exchange value for cash, `linear` and `inverse` only profit. */
export type InstrumentKind = (typeof INSTRUMENT_KINDS)[number];

const tierSchema = z.strictObject({
  /** Notional in the settlement currency up to which it holds; only the last tier has none. */
  notionalMax: decimalText.optional(),
  initialFrac: decimalText,
  maintenanceFrac: decimalText,
});

export const marginSchema = z.strictObject({
  /** `cross`: all cash of the settlement currency backs the position; `isolated`: its own initial margin. */
  mode: z.enum(['cross', 'isolated']).default('cross'),
  /** From the smallest notional to the largest; each part of a notional pays its own tier's rate. */
  tiers: z.array(tierSchema).min(1).max(TIERS_MAX),
});

/** The part of an instrument's rules that says what kind of contract it is. */
export const contractShape = {
  /** Default `spot`. */
  kind: z.enum(INSTRUMENT_KINDS).optional(),
  /** End of an option or a dated future, milliseconds since 1970. */
  expiryMs: z.int().positive().optional(),
  /** Price at which an option is exercised, in the quote currency. */
  strike: decimalText.optional(),
  optionRight: z.enum(['call', 'put']).optional(),
  /** What a linear or inverse contract must be backed with. */
  margin: marginSchema.optional(),
};

const contractSchema = z.strictObject(contractShape);
type ContractOptions = z.output<typeof contractSchema>;

/** What a contract is told apart by besides its own terms. */
interface Surroundings {
  readonly symbol: string;
  readonly baseCurrency?: string | undefined;
  readonly quoteCurrency: string;
  readonly settlementCurrency?: string | undefined;
  readonly perpetual: boolean;
}

/** The currency in which profit is settled: base for an inverse contract, quote for every other. */
export function settlementOf(options: ContractOptions & Surroundings): string {
  if (options.settlementCurrency !== undefined) return options.settlementCurrency;
  if (options.kind !== 'inverse') return options.quoteCurrency;
  return options.baseCurrency ?? options.symbol;
}

/** Writes the terms as the native core reads them; undefined for spot, whose terms are the default. */
export function contractRecord(options: ContractOptions): Record<string, unknown> | undefined {
  const { kind, expiryMs, strike, optionRight, margin } = options;
  if (kind === undefined || kind === 'spot') return undefined;
  return {
    kind,
    expiry_ns: expiryMs === undefined ? null : String(BigInt(expiryMs) * 1_000_000n),
    strike: strike ?? null,
    option_right: optionRight ?? null,
    margin:
      margin === undefined
        ? null
        : {
            mode: margin.mode,
            tiers: margin.tiers.map((tier) => ({
              notional_max: tier.notionalMax ?? null,
              initial_frac: tier.initialFrac,
              maintenance_frac: tier.maintenanceFrac,
            })),
          },
  };
}

function refuse(field: string, rule: string, value: string): never {
  throw new HoldfastError('INSTRUMENT_INVALID', `${field} ${rule}, was ${value}`, {
    context: { field, value },
  });
}

/** @throws HoldfastError `INSTRUMENT_INVALID` for terms that do not fit their kind */
export function checkContract(options: ContractOptions & Surroundings): void {
  const kind = options.kind ?? 'spot';
  const isOption = kind === 'option';
  const settled =
    kind === 'inverse' ? (options.baseCurrency ?? options.symbol) : options.quoteCurrency;
  if (settlementOf(options) !== settled) {
    refuse('settlementCurrency', `must be ${settled} for kind ${kind}`, settlementOf(options));
  }
  const given = (present: boolean) => (present ? 'given' : 'missing');
  const terms = [
    ['strike', options.strike !== undefined, isOption],
    ['optionRight', options.optionRight !== undefined, isOption],
    ['margin', options.margin !== undefined, kind === 'linear' || kind === 'inverse'],
  ] as const;
  for (const [field, present, fits] of terms) {
    if (present !== fits) {
      refuse(field, `must be ${given(fits)} for kind ${kind}`, given(present));
    }
  }
  const ends = options.expiryMs !== undefined;
  if (isOption && !ends) refuse('expiryMs', 'must be given for kind option', 'missing');
  if (kind === 'spot' && ends) refuse('expiryMs', 'must be missing for kind spot', 'given');
  if (options.perpetual && (isOption || ends)) {
    refuse('perpetual', 'must be false for a contract that ends', 'true');
  }
  if (options.strike !== undefined && parseDecimal(options.strike).mantissa <= 0n) {
    refuse('strike', 'must be positive', options.strike);
  }
  if (options.margin !== undefined) checkTiers(options.margin.tiers);
}

const MILLIONTH: Decimal = { mantissa: 1n, scale: 6 };
const AMOUNT_UNIT: Decimal = { mantissa: 1n, scale: 18 };

function rateOf(field: string, text: string): bigint {
  const { steps, exact } = stepsOf(parseDecimal(text), MILLIONTH);
  if (exact && steps > 0n && steps <= 1_000_000n) return steps;
  return refuse(field, 'must be a fraction above 0 and at most 1 with six decimals', text);
}

/** Rates never fall and bounds rise from tier to tier, so that the requirement has one closed form. */
function checkTiers(tiers: readonly z.output<typeof tierSchema>[]): void {
  let [initialBefore, keptBefore, bound] = [0n, 0n, 0n];
  for (const [index, tier] of tiers.entries()) {
    const initial = rateOf('margin.initialFrac', tier.initialFrac);
    const kept = rateOf('margin.maintenanceFrac', tier.maintenanceFrac);
    if (kept > initial) {
      refuse('margin.maintenanceFrac', 'must not be above initialFrac', tier.maintenanceFrac);
    }
    const rule = 'must not fall from tier to tier';
    if (initial < initialBefore) refuse('margin.initialFrac', rule, tier.initialFrac);
    if (kept < keptBefore) refuse('margin.maintenanceFrac', rule, tier.maintenanceFrac);
    [initialBefore, keptBefore] = [initial, kept];
    bound = boundOf(tier.notionalMax, bound, index === tiers.length - 1);
  }
}

function boundOf(text: string | undefined, before: bigint, isLast: boolean): bigint {
  const field = 'margin.notionalMax';
  if (text === undefined) {
    return isLast ? before : refuse(field, 'must be given but for the last tier', 'missing');
  }
  if (isLast) return refuse(field, 'must be missing for the last tier', text);
  const { steps, exact } = stepsOf(parseDecimal(text), AMOUNT_UNIT);
  if (exact && steps > before) return steps;
  return refuse(field, 'must rise from tier to tier', text);
}
