/**
 * @typedef {import('./vocabulary.mjs').Vocabulary} Vocabulary
 * @typedef {import('./vocabulary.mjs').WordList} WordList
 */

/** @param {string} source @returns {string} */
const header = (source) => `// Generated from ${source} by \`npm run generate\`. Do not edit.\n`;

/** @param {readonly string[]} texts @returns {string} */
const union = (texts) => texts.map((text) => JSON.stringify(text)).join(' | ');

/** The categories in the order in which the table first names them. @param {Vocabulary} vocabulary */
export function categoriesOf({ codes }) {
  return [...new Set(codes.map(({ category }) => category))];
}

/** @param {Vocabulary} vocabulary @returns {string} */
export function codesModule(vocabulary) {
  const entries = vocabulary.codes.map(
    ({ name, number, category, retryable, meaning, remedy }) =>
      `${name}: ${JSON.stringify({ number, category, retryable, meaning, remedy })},\n`,
  );
  return `${header('native/rust/core/src/code.rs')}
export type Category = ${union(categoriesOf(vocabulary))};

export interface CodeEntry {
  readonly number: number;
  readonly category: Category;
  readonly retryable: boolean;
  readonly meaning: string;
  readonly remedy: string;
}

/** Every stable code with its meaning; see \`ts/docs/codes.md\`. */
export const CODES = {
${entries.join('')}} as const satisfies Record<string, CodeEntry>;

export type Code = keyof typeof CODES;
`;
}

/** @param {Vocabulary} vocabulary @returns {string} */
export function controlsModule({ controls }) {
  const units = [...new Set(controls.map(({ unit }) => unit))];
  const entries = controls.map(
    ({ code, unit, meaning }) => `${code}: ${JSON.stringify({ unit, meaning })},\n`,
  );
  return `${header('native/rust/risk/src/control.rs')}
export type ControlUnit = ${union(units)};

export interface ControlEntry {
  readonly unit: ControlUnit;
  readonly meaning: string;
}

/** Codes of the gate's controls, in the order of their bits. */
export const CONTROL_CODES = ${JSON.stringify(controls.map(({ code }) => code))} as const;

/** Bit of each of them in a verdict: the numbers need not follow each other. */
export const CONTROL_BITS: readonly number[] = ${JSON.stringify(controls.map(({ bit }) => bit))};

export type ControlCode = (typeof CONTROL_CODES)[number];

/** What each control checks, and how its limit and observed value are to be read. */
export const CONTROLS: Readonly<Record<ControlCode, ControlEntry>> = {
${entries.join('')}};
`;
}

/**
 * The name that TypeScript gives a list, where it is not the type's name and an S. Overlays and
 * base state together are an order's status; TypeScript reads them apart.
 *
 * @type {Readonly<Record<string, { readonly type: string, readonly constant: string }>>}
 */
const NAMES = {
  Side: { type: 'Side', constant: 'SIDES' },
  OrderType: { type: 'OrderType', constant: 'ORDER_TYPES' },
  TimeInForce: { type: 'TimeInForce', constant: 'TIMES_IN_FORCE' },
  OrderRole: { type: 'OrderRole', constant: 'ORDER_ROLES' },
  Contingency: { type: 'Contingency', constant: 'CONTINGENCIES' },
  BaseState: { type: 'OrderStatus', constant: 'ORDER_STATUSES' },
  // A strategy's callback takes an `OrderEvent`; this is the kind of what happened.
  OrderEvent: { type: 'OrderEventKind', constant: 'ORDER_EVENT_KINDS' },
  ReportKind: { type: 'ReportKind', constant: 'REPORT_KINDS' },
  TradingMode: { type: 'TradingMode', constant: 'TRADING_MODES' },
  LiquiditySide: { type: 'LiquiditySide', constant: 'LIQUIDITY_SIDES' },
  RecordKind: { type: 'RecordKind', constant: 'RECORD_KINDS' },
  FuseCeiling: { type: 'FuseCeiling', constant: 'FUSE_CEILINGS' },
};

/**
 * A list whose numbers are its places becomes an array, and any other an object of numbers.
 *
 * @param {WordList} list
 */
function wordList({ name, meaning, values }) {
  const names = NAMES[name];
  if (names === undefined) throw new Error(`the list ${name} must have a name in TypeScript`);
  const { type, constant } = names;
  if (values.every(({ number }, place) => number === place)) {
    return `
/** ${meaning} */
export const ${constant} = ${JSON.stringify(values.map(({ text }) => text))} as const;
export type ${type} = (typeof ${constant})[number];
`;
  }
  const numbers = Object.fromEntries(values.map(({ number, text }) => [text, number]));
  return `
/** ${meaning} */
export const ${constant} = ${JSON.stringify(numbers)} as const;
export type ${type} = keyof typeof ${constant};
`;
}

/** @param {Vocabulary} vocabulary @returns {string} */
export function vocabularyModule({ vocabularies, overlays }) {
  const bits = Object.fromEntries(overlays.map(({ bits: value, text }) => [text, value]));
  return `${header('the enums of native/rust/core')}// In an array the place of a text is its number in records and journals.
${vocabularies.map((list) => wordList(list)).join('')}
/** What may stand over an order's status, as bits: several may stand together. */
export const OVERLAY_BITS = ${JSON.stringify(bits)} as const;
export type Overlay = keyof typeof OVERLAY_BITS;
`;
}
