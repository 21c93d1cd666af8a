import { decimalOf } from '../core/decimal.js';
import { HoldfastError } from '../core/holdfast-error.js';
import type { Instrument } from '../core/instrument.js';
import { nearestKey } from '../core/schema.js';
import type { StrategyNumbers } from '../core/strategy-numbers.js';
import { shownValue } from '../core/shown-value.js';
import { ORDER_TYPES, SIDES, TIMES_IN_FORCE } from '../core/vocabulary.generated.js';
import type { AmendCommand, Command, CommandTerms } from '../native/command-memory.js';
import type { OrderChanges, OrderIntent, PriceInput } from '../strategies/strategy-context.js';

const ORDER_KEYS: readonly (keyof OrderIntent)[] = [
  'instrument',
  'side',
  'quantity',
  'orderType',
  'timeInForce',
  'limitPrice',
  'triggerPrice',
  'stopLoss',
  'takeProfit',
  'reduceOnly',
  'postOnly',
  'displayQuantity',
  'trailingPrice',
  'trailingFrac',
  'trailingTicks',
  'expiresAtMs',
  'strategy',
  'causedAtMs',
  'causedAtNs',
  'idempotencyKey',
];
const KNOWN_ORDER_KEYS = new Set<string>(ORDER_KEYS);
const CHANGE_KEYS: readonly (keyof OrderChanges)[] = ['quantity', 'limitPrice', 'triggerPrice'];
const KNOWN_CHANGE_KEYS = new Set<string>(CHANGE_KEYS);

const TRAILING_KEYS = ['trailingPrice', 'trailingFrac', 'trailingTicks'] as const;

/** Decimals of a fraction in native code: millionths. */
const FRACTION_SCALE = 6;
const NS_PER_MS = 1_000_000n;

/**
 * A misspelt stop loss must not become an order without one.
 *
 * @throws HoldfastError `ORDER_INVALID` with the nearest key that exists
 */
export function checkOrderKeys(intent: OrderIntent): void {
  // What plain JavaScript hands over may be no object at all.
  const order: unknown = intent;
  if (typeof order !== 'object' || order === null) throw refused('order', 'be an object', order);
  for (const key in intent) {
    if (!KNOWN_ORDER_KEYS.has(key)) throw unknownKey('an order', key, ORDER_KEYS);
  }
}

/** @throws HoldfastError `ORDER_INVALID` with the nearest key that exists */
export function checkChangeKeys(changes: OrderChanges): void {
  for (const key in changes) {
    if (!KNOWN_CHANGE_KEYS.has(key)) throw unknownKey('an amendment', key, CHANGE_KEYS);
  }
}

/** @throws HoldfastError `ORDER_INVALID` for a key that is no text */
export function checkIdempotencyKey(key: unknown): void {
  if (key === undefined || typeof key === 'string') return;
  throw refused('idempotencyKey', 'be a text', key);
}

/**
 * A key that is left aside would let the list happen twice.
 *
 * @throws HoldfastError `ORDER_INVALID`
 */
export function checkListed({ idempotencyKey }: OrderIntent): void {
  if (idempotencyKey === undefined) return;
  throw new HoldfastError(
    'ORDER_INVALID',
    'idempotencyKey must belong to an order that stands alone, was given in a list',
    { context: { field: 'idempotencyKey', value: shownValue(idempotencyKey) } },
  );
}

/** Makes the exact form of an amendment; the instrument refuses what is no price or quantity of it. */
export function amendCommand(changes: OrderChanges, instrument: Instrument): AmendCommand {
  const ticks = (price: PriceInput | undefined) =>
    price === undefined ? undefined : instrument.price(price).ticks;
  return {
    lots: changes.quantity === undefined ? undefined : instrument.quantity(changes.quantity).lots,
    limitTicks: ticks(changes.limitPrice),
    triggerTicks: ticks(changes.triggerPrice),
  };
}

/** What names in an order stand for. */
export interface OrderNames {
  readonly index: number;
  readonly instrument: Instrument;
  readonly strategies: StrategyNumbers;
  /** Number of the strategy of an order that names none. */
  readonly strategy: number;
}

/**
 * Makes the exact form of an order on an instrument.
 *
 * @throws HoldfastError `ORDER_INVALID`, `STRATEGY_UNKNOWN`, and what the instrument refuses a price or quantity with
 */
export function orderCommand(intent: OrderIntent, names: OrderNames): Command {
  const { index, instrument, strategies } = names;
  const ticks = (price: PriceInput | undefined) =>
    price === undefined ? undefined : instrument.price(price).ticks;
  return {
    instrument: index,
    side: wordIndex('side', SIDES, intent.side),
    orderType: wordIndex('orderType', ORDER_TYPES, given(intent.orderType, 'market')),
    timeInForce: wordIndex('timeInForce', TIMES_IN_FORCE, given(intent.timeInForce, 'gtc')),
    reduceOnly: flag('reduceOnly', intent.reduceOnly),
    strategy: intent.strategy === undefined ? names.strategy : strategies.of(intent.strategy),
    lots: instrument.quantity(intent.quantity).lots,
    limitTicks: ticks(intent.limitPrice),
    triggerTicks: ticks(intent.triggerPrice),
    stopLossTicks: ticks(intent.stopLoss),
    takeProfitTicks: ticks(intent.takeProfit),
    terms: orderTerms(intent, instrument),
  };
}

/** What the order asks for beyond type and prices; undefined when that is nothing. */
function orderTerms(intent: OrderIntent, instrument: Instrument): CommandTerms | undefined {
  const { displayQuantity, expiresAtMs } = intent;
  const postOnly = flag('postOnly', intent.postOnly);
  const { trailingPrice, trailingFrac, trailingTicks } = intent;
  const trails =
    trailingPrice !== undefined || trailingFrac !== undefined || trailingTicks !== undefined;
  const causeNs = causeTime(intent);
  const asksForMore = trails || postOnly || displayQuantity !== undefined;
  if (!asksForMore && expiresAtMs === undefined && causeNs === undefined) return undefined;
  const distances = TRAILING_KEYS.filter((key) => intent[key] !== undefined);
  if (distances.length > 1) {
    throw new HoldfastError(
      'ORDER_INVALID',
      `a trailing distance must be given once, was given as ${distances.join(' and ')}`,
      { context: { fields: distances } },
    );
  }
  return {
    postOnly,
    trailingTicks:
      trailingTicks === undefined
        ? trailingPrice === undefined
          ? undefined
          : instrument.price(trailingPrice).ticks
        : integer('trailingTicks', trailingTicks),
    trailingMillionths: trailingFrac === undefined ? undefined : millionths(trailingFrac),
    displayLots:
      displayQuantity === undefined ? undefined : instrument.quantity(displayQuantity).lots,
    expiresNs: expiresAtMs === undefined ? undefined : nanoseconds('expiresAtMs', expiresAtMs),
    causeNs,
  };
}

/** When the market event happened that caused the order; undefined when it names none. */
function causeTime({ causedAtMs, causedAtNs }: OrderIntent): bigint | undefined {
  if (causedAtMs === undefined && causedAtNs === undefined) return undefined;
  if (causedAtMs !== undefined && causedAtNs !== undefined) {
    throw new HoldfastError(
      'ORDER_INVALID',
      'a cause must be given once, was given as causedAtMs and causedAtNs',
      { context: { fields: ['causedAtMs', 'causedAtNs'] } },
    );
  }
  if (causedAtMs !== undefined) return nanoseconds('causedAtMs', causedAtMs);
  if (typeof causedAtNs === 'bigint' && BigInt.asIntN(64, causedAtNs) === causedAtNs) {
    return causedAtNs;
  }
  throw new HoldfastError(
    'ORDER_INVALID',
    `causedAtNs must be nanoseconds since 1970 as a bigint of 64 bits, was ${shownValue(causedAtNs)}`,
    { context: { field: 'causedAtNs', value: shownValue(causedAtNs) } },
  );
}

/**
 * The orders of a list come of one decision: those behind the first that name neither strategy nor cause have the first's.
 */
export function sharedDecision(orders: readonly OrderIntent[]): readonly OrderIntent[] {
  const [first, ...rest] = orders;
  if (first === undefined) return orders;
  const { strategy, causedAtMs, causedAtNs } = first;
  const of = strategy === undefined ? {} : { strategy };
  const because = {
    ...(causedAtMs === undefined ? {} : { causedAtMs }),
    ...(causedAtNs === undefined ? {} : { causedAtNs }),
  };
  const namesCause = (order: OrderIntent) =>
    order.causedAtMs !== undefined || order.causedAtNs !== undefined;
  return [first, ...rest.map((each) => ({ ...of, ...(namesCause(each) ? {} : because), ...each }))];
}

/** What is left out has its default; a null is no word, as it is no price. */
function given<Word extends string>(word: Word | undefined, otherwise: Word): Word {
  return word === undefined ? otherwise : word;
}

/** A word such as "false" must not count as true. */
function flag(field: string, value: unknown): boolean {
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  throw refused(field, 'be true or false', value);
}

function integer(field: string, value: number): bigint {
  if (Number.isSafeInteger(value)) return BigInt(value);
  throw refused(field, 'be an integer', value);
}

/** The range is checked here, because a number past 64 bits would come out as another one. */
function nanoseconds(field: string, valueMs: number): bigint {
  const ns = integer(field, valueMs) * NS_PER_MS;
  if (ns === BigInt.asIntN(64, ns)) return ns;
  throw refused(field, 'fit 64 bits of nanoseconds', valueMs);
}

function millionths(value: string | number): bigint {
  const { mantissa, scale } = decimalOf(value);
  if (scale <= FRACTION_SCALE) {
    const parts = mantissa * 10n ** BigInt(FRACTION_SCALE - scale);
    if (parts > 0n && parts < 1_000_000n) return parts;
  }
  const rule = `lie between 0 and 1 with at most ${FRACTION_SCALE} decimals`;
  throw refused('trailingFrac', rule, value);
}

function wordIndex<Word extends string>(field: string, words: readonly Word[], word: Word): number {
  const index = words.indexOf(word);
  if (index >= 0) return index;
  throw refused(field, `be one of ${words.join(', ')}`, word);
}

/** The value may be of any type: what it shows of itself must neither throw nor be longer than a message. */
function refused(field: string, rule: string, told: unknown): HoldfastError {
  const value = typeof told === 'number' ? told : shownValue(told);
  return new HoldfastError('ORDER_INVALID', `${field} must ${rule}, was ${value}`, {
    context: { field, value },
  });
}

function unknownKey(what: string, key: string, known: readonly string[]): HoldfastError {
  const nearest = nearestKey(key, known) ?? '';
  return new HoldfastError('ORDER_INVALID', `${what} has no "${key}"; did you mean "${nearest}"?`, {
    context: { key, nearest },
  });
}
