/**
 * @typedef {import('./vocabulary.mjs').Vocabulary} Vocabulary
 * @typedef {import('./vocabulary.mjs').LimitEntry} LimitEntry
 */

const SOURCE = 'native/rust/risk/src/limits.rs';

/** @param {string} key @returns {string} */
const toCamel = (key) => key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

/** The names of limits, and how each is written. @param {Vocabulary} vocabulary @returns {string} */
export function limitKeysModule({ limits }) {
  const entries = limits.map((limit) => JSON.stringify({ name: toCamel(limit.key), ...limit }));
  return `// Generated from ${SOURCE} by \`npm run generate\`. Do not edit.

/** Every limit: its name here and in files, how its value is written, and what it bounds. */
export const LIMIT_KEYS = [${entries.join(',\n')}] as const;
`;
}

/** @param {LimitEntry} limit */
function valueSchema({ kind, meaning }) {
  if (kind === 'flag') return { type: 'boolean', description: meaning };
  const isCount =
    kind === 'count' || kind === 'points' || kind === 'rate_count' || kind === 'milliseconds';
  const number = isCount
    ? { type: 'integer', minimum: 1 }
    : { type: 'number', exclusiveMinimum: 0 };
  const most =
    kind === 'percent_free' ? { maximum: 1 } : kind === 'fraction' ? { maximum: 1000 } : {};
  const text = isCount ? '^[1-9][0-9]*$' : '^[0-9]+(\\.[0-9]+)?$';
  return {
    description: meaning,
    anyOf: [{ const: 'unlimited' }, { type: 'string', pattern: text }, { ...number, ...most }],
  };
}

const NAMES = { type: 'array', items: { type: 'string' } };

/** The JSON Schema of a limits file. @param {Vocabulary} vocabulary @returns {string} */
export function limitsJsonSchema({ limits }) {
  const values = Object.fromEntries(limits.map((limit) => [limit.key, valueSchema(limit)]));
  const hours = { type: 'string', description: 'Name of one of the calendars, or `unlimited`.' };
  const scoped = limits.filter(({ reach }) => reach === 'any').map(({ key }) => [key, values[key]]);
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Limits of a Holdfast gate',
    $comment: `Generated from ${SOURCE} by \`npm run generate\`. Do not edit.`,
    type: 'object',
    additionalProperties: false,
    required: limits.filter(({ required }) => required).map(({ key }) => key),
    properties: {
      ...values,
      trading_hours: hours,
      strategies: { ...NAMES, maxItems: 256, uniqueItems: true },
      asset_classes: { type: 'object', additionalProperties: NAMES },
      groups: { type: 'object', additionalProperties: NAMES },
      calendars: {
        type: 'object',
        additionalProperties: { anyOf: [instants(), localSessions()] },
      },
      scopes: {
        type: 'array',
        maxItems: 1024,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['limits'],
          properties: {
            strategy: { type: 'string' },
            venue: { type: 'string' },
            instrument: { type: 'string' },
            asset_class: { type: 'string' },
            limits: {
              type: 'object',
              additionalProperties: false,
              properties: { ...Object.fromEntries(scoped), trading_hours: hours },
            },
          },
        },
      },
      change: {
        type: 'object',
        additionalProperties: false,
        properties: {
          loosen_delay_ms: { anyOf: [{ const: 'unlimited' }, { type: 'string' }] },
          second_key_hash: { type: 'string', pattern: '^[0-9a-f]{64}$' },
        },
      },
    },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** Sessions as instants in nanoseconds. */
function instants() {
  const instant = { type: 'string', pattern: '^-?[0-9]+$' };
  return {
    type: 'array',
    items: { type: 'array', minItems: 2, maxItems: 2, items: instant },
  };
}

/** Sessions in local time, which are resolved when the file is read. */
function localSessions() {
  const date = { type: 'string', format: 'date' };
  const clock = { type: 'string', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' };
  return {
    type: 'object',
    additionalProperties: false,
    required: ['time_zone', 'days', 'open', 'close', 'from', 'until'],
    properties: {
      time_zone: { type: 'string' },
      days: { type: 'array', items: { enum: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] } },
      open: clock,
      close: clock,
      from: date,
      until: date,
      holidays: { type: 'array', items: date },
    },
  };
}
