import { z } from 'zod';

import { HoldfastError } from '../core/holdfast-error.js';
import { LIMIT_KEYS } from '../core/limit-keys.generated.js';
import { decimalText, parseConfig } from '../core/schema.js';
import { calendarSchema } from './calendar.js';

const limit = z.union([z.literal('unlimited'), decimalText], {
  error: 'must be a decimal or the word "unlimited"',
});

type Entry = (typeof LIMIT_KEYS)[number];
type FlagName = Extract<Entry, { readonly kind: 'flag' }>['name'];
type RequiredName = Extract<Entry, { readonly required: true }>['name'];

/** The values of limits by their names: those of money must be said, the rest is off unless it is said. */
type Values<Value> = {
  readonly [Name in Exclude<RequiredName, FlagName>]: Value;
} & { readonly [Name in RequiredName & FlagName]: boolean } & {
  readonly [Name in Exclude<Entry['name'], RequiredName | FlagName>]?: Value | undefined;
} & { readonly [Name in Exclude<FlagName, RequiredName>]?: boolean | undefined };

const names = z.array(z.string().min(1));
const symbolsByName = z.record(z.string().min(1), names);

/** The schemas of single limits by name. */
const valueShape = Object.fromEntries(
  LIMIT_KEYS.map(({ name, kind, required }) => {
    const schema = kind === 'flag' ? z.boolean() : limit;
    return [name, required ? schema : schema.optional()];
  }),
);

/** Limits that a scope may set: those that are not the account's as a whole. */
const scopedLimits = z.strictObject({
  ...Object.fromEntries(
    LIMIT_KEYS.filter(({ reach }) => reach === 'any').map(({ name, kind }) => [
      name,
      (kind === 'flag' ? z.boolean() : limit).optional(),
    ]),
  ),
  tradingHours: z.string().optional(),
});

const structureShape = {
  /** Name of the calendar in whose sessions orders may open anything. */
  tradingHours: z.string().optional(),
  /** Names of the strategies of the account. */
  strategies: names.max(256).optional(),
  /** Classes of assets with the symbols of their instruments, for scopes. */
  assetClasses: symbolsByName.optional(),
  /** Groups of instruments by name, for the limit on a group; an instrument is in one at most. */
  groups: symbolsByName.optional(),
  /** Sessions in local time, which are resolved here, or instants in nanoseconds as text. */
  calendars: z.record(z.string().min(1), calendarSchema).optional(),
  /** Further limits for parts of the account; where several apply, the strictest wins. */
  scopes: z
    .array(
      z.strictObject({
        strategy: z.string().optional(),
        venue: z.string().optional(),
        instrument: z.string().optional(),
        assetClass: z.string().optional(),
        limits: scopedLimits,
      }),
    )
    .max(1_024)
    .optional(),
  /** How the limits may be loosened while a session runs. */
  change: z
    .strictObject({
      /** Milliseconds after which a loosening takes effect without the second key. */
      loosenDelayMs: limit.optional(),
      /** BLAKE3 of the second key, hexadecimal. */
      secondKeyHash: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
        .optional(),
    })
    .optional(),
};

/** Schema of the gate's limits: each is a value or the word `unlimited`, and none of money has a default. */
export const limitsSchema = z.strictObject({ ...valueShape, ...structureShape });

type Structure<Schema extends z.ZodType> = {
  readonly [Key in keyof Schema['_zod']['output']]: Schema['_zod']['output'][Key];
};
const structureSchema = z.strictObject(structureShape);

type ScopedName = Extract<Entry, { readonly reach: 'any' }>['name'];

/** Limits for a part of the account: what is not named in it is the account's. */
interface Scope<Value> {
  readonly strategy?: string | undefined;
  readonly venue?: string | undefined;
  readonly instrument?: string | undefined;
  readonly assetClass?: string | undefined;
  readonly limits: {
    readonly [Name in Exclude<ScopedName, FlagName>]?: Value | undefined;
  } & { readonly [Name in ScopedName & FlagName]?: boolean | undefined } & {
    readonly tradingHours?: string | undefined;
  };
}

export type LimitsOptions = Values<string | number> &
  Omit<z.input<typeof structureSchema>, 'scopes'> & {
    readonly scopes?: readonly Scope<string | number>[] | undefined;
  };
export type Limits = Values<string> &
  Omit<Structure<typeof structureSchema>, 'scopes'> & {
    readonly scopes?: readonly Scope<string>[] | undefined;
  };

/**
 * Checks limits one by one; `limitsFingerprint` checks them as a whole.
 *
 * @throws HoldfastError `LIMITS_UNKNOWN_KEY` with the nearest key that exists, `LIMITS_INVALID`
 */
export function parseLimits(options: unknown): Limits {
  const parsed = parseConfig(
    limitsSchema,
    options,
    'limits',
    'LIMITS_INVALID',
    'LIMITS_UNKNOWN_KEY',
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the shape is built from the generated table
  return parsed as unknown as Limits;
}

const toSnake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const toCamel = (key: string) =>
  key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Keys whose value is a table with names of its own, which stay as they are. */
const NAMED = new Set(['asset_classes', 'assetClasses', 'groups']);

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Renames the keys of an object and of those within; what is undefined is left out. */
function renamedKeys(of: Json, rename: (key: string) => string): Json {
  const renamed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(renamed);
    return isObject(value) ? renamedKeys(value, rename) : value;
  };
  const entries = Object.entries(of).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => {
      if (NAMED.has(key)) return [rename(key), value];
      if (key !== 'calendars' || !isObject(value)) return [rename(key), renamed(value)];
      const calendars = Object.entries(value).map(([name, each]) => [name, renamed(each)]);
      return [key, Object.fromEntries(calendars)];
    }),
  );
}

/** A part of a file with the names of TypeScript within. */
const namedInside = (key: string, value: unknown): unknown =>
  Object.values(renamedKeys({ [key]: value }, toCamel))[0];

/** The same with the names of a file, so that its errors name what stands there. */
const limitsFileSchema = z.strictObject(
  Object.fromEntries(
    Object.entries(limitsSchema.shape).map(([key, schema]) => [
      toSnake(key),
      // Within, the schema knows the names of TypeScript.
      key in structureShape ? z.preprocess((value) => namedInside(key, value), schema) : schema,
    ]),
  ),
);

/** Reads the JSON form of a limits file, whose keys are snake_case. @throws HoldfastError as `parseLimits` */
export function parseLimitsJson(text: string): Limits {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HoldfastError('LIMITS_INVALID', 'limits must be a JSON object', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HoldfastError('LIMITS_INVALID', 'limits must be a JSON object');
  }
  const parsed = parseConfig(
    limitsFileSchema,
    value,
    'limits',
    'LIMITS_INVALID',
    'LIMITS_UNKNOWN_KEY',
  );
  return parseLimits(
    Object.fromEntries(Object.entries(parsed).map(([key, each]) => [toCamel(key), each])),
  );
}

/** The form in which limits reach the native core, the journal and files. */
export function limitsRecord(limits: Limits): Readonly<Record<string, unknown>> {
  return renamedKeys({ ...limits }, toSnake);
}

/** The single limits of a document under their names in files; what is off is left out unless it is said. */
export function limitValues(limits: Limits): Readonly<Record<string, string | boolean>> {
  const values: Record<string, string | boolean> = {};
  for (const [key, value] of Object.entries(limitsRecord(limits))) {
    const isValue = typeof value === 'string' || typeof value === 'boolean';
    values[key] = isValue ? value : JSON.stringify(value);
  }
  return values;
}
