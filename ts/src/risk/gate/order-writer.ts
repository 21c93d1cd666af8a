import { decimalOf } from '../../core/decimal.js';
import { HoldfastError } from '../../core/holdfast-error.js';
import type { Instrument } from '../../core/instrument.js';
import { nearestKey } from '../../core/schema.js';
import type { StrategyNumbers } from '../../core/strategy-numbers.js';
import { ORDER_TYPES, SIDES, TIMES_IN_FORCE } from '../../core/vocabulary.generated.js';
import type { AmendCommand } from '../../native/command-memory.js';
import { type GateMemory, ORDER_FIELDS as AT, ORDER_FLAGS } from '../../native/gate-memory.js';
import { type ExactInput, lotsOf, ticksOf } from './exact-value.js';
import {
  type GateChanges,
  type GateOrder,
  ORDER_KEYS,
  type ReducedPosition,
  type Reduction,
} from './gate-order.js';

const KNOWN_KEYS: ReadonlySet<string> = new Set(ORDER_KEYS);
const CHANGE_KEYS = ['quantity', 'limitPrice', 'triggerPrice'];
const REDUCTION_KEYS = ['quantity', 'limitPrice', 'timeInForce'];
const MARKET = ORDER_TYPES.indexOf('market');
const LIMIT = ORDER_TYPES.indexOf('limit');
const GTC = TIMES_IN_FORCE.indexOf('gtc');
const FRACTION_SCALE = 6;
const NS_PER_MS = 1_000_000n;

/** Writes orders into the memory that native code reads. Every method throws a HoldfastError for what is no order. */
export class OrderWriter {
  readonly #instruments: readonly Instrument[];
  readonly #bySymbol: ReadonlyMap<string, number>;
  readonly #memory: GateMemory;
  readonly #strategies: StrategyNumbers;
  /** The keys of the last order, each where it stood: a bot writes its orders alike, and the same key is known. */
  readonly #keys: string[] = [];

  constructor(instruments: readonly Instrument[], strategies: StrategyNumbers, memory: GateMemory) {
    this.#strategies = strategies;
    this.#instruments = instruments;
    this.#bySymbol = new Map(instruments.map(({ symbol }, index) => [symbol, index]));
    this.#memory = memory;
  }

  /** Index of an instrument. @throws HoldfastError `INSTRUMENT_UNKNOWN` */
  indexOf(instrument: string | number | undefined): number {
    const index =
      typeof instrument === 'string'
        ? this.#bySymbol.get(instrument)
        : instrument === undefined && this.#instruments.length === 1
          ? 0
          : instrument;
    if (index !== undefined && this.#instruments[index] !== undefined) return index;
    throw new HoldfastError(
      'INSTRUMENT_UNKNOWN',
      `instrument must be one of the gate's, was ${shown(instrument ?? 'left out among several')}`,
      { context: { instrument: shown(instrument) } },
    );
  }

  instrument(instrument: string | number | undefined): Instrument {
    const found = this.#instruments[this.indexOf(instrument)];
    if (found !== undefined) return found;
    throw new RangeError('an index that was found has its instrument');
  }

  /** Writes an order and returns the index of its instrument. */
  write(order: GateOrder): number {
    this.#checkKeys(order);
    const index = this.indexOf(order.instrument);
    const instrument = this.instrument(index);
    const { limitPrice, triggerPrice, stopLoss, takeProfit, orderType, timeInForce } = order;
    const memory = this.#memory;
    const flags = flagOf('postOnly', order.postOnly) ? ORDER_FLAGS.postOnly : 0;
    memory.beginOrder(index, {
      side: wordIndex('side', SIDES, order.side),
      orderType:
        orderType === undefined
          ? limitPrice === undefined
            ? MARKET
            : LIMIT
          : wordIndex('orderType', ORDER_TYPES, orderType),
      timeInForce:
        timeInForce === undefined ? GTC : wordIndex('timeInForce', TIMES_IN_FORCE, timeInForce),
      reduceOnly: flagOf('reduceOnly', order.reduceOnly),
      flags,
      strategy: order.strategy === undefined ? 0 : this.#strategies.of(order.strategy),
    });
    memory.set(AT.lots, lotsOf(instrument, order.quantity));
    this.#price(instrument, AT.limit, limitPrice);
    this.#price(instrument, AT.trigger, triggerPrice);
    this.#price(instrument, AT.stopLoss, stopLoss);
    this.#price(instrument, AT.takeProfit, takeProfit);
    if (hasTerms(order)) this.#terms(order, instrument, flags);
    return index;
  }

  /** Writes the wish to reduce a position; side and quantity follow from it. */
  writeReduction(position: ReducedPosition, reduction: Reduction): number {
    const instrument = typeof position === 'object' ? position.instrument.symbol : position;
    checkNames('a reduction', reduction, REDUCTION_KEYS);
    const index = this.indexOf(instrument);
    const { quantity, limitPrice, timeInForce } = reduction;
    const found = this.instrument(index);
    const lots = quantity === undefined ? 0 : lotsOf(found, quantity);
    if (quantity !== undefined && lots <= 0) {
      throw new HoldfastError(
        'ORDER_INVALID',
        `quantity must be positive, was ${shown(quantity)}`,
        {
          context: { field: 'quantity', value: shown(quantity) },
        },
      );
    }
    this.#memory.beginOrder(index, {
      side: 0,
      orderType: limitPrice === undefined ? MARKET : LIMIT,
      timeInForce:
        timeInForce === undefined ? GTC : wordIndex('timeInForce', TIMES_IN_FORCE, timeInForce),
      reduceOnly: true,
      flags: 0,
      strategy: 0,
    });
    this.#memory.set(AT.lots, lots);
    this.#price(found, AT.limit, limitPrice);
    for (const field of [AT.trigger, AT.stopLoss, AT.takeProfit]) this.#memory.setNone(field);
    return index;
  }

  /** A misspelt stop loss must not become an order without one. */
  #checkKeys(order: GateOrder): void {
    if (typeof order !== 'object' || order === null) {
      throw new HoldfastError('ORDER_INVALID', `an order must be an object, was ${shown(order)}`);
    }
    let place = 0;
    for (const key in order) {
      if (this.#keys[place] !== key) {
        if (!KNOWN_KEYS.has(key)) throw unknownKey('an order', key, ORDER_KEYS);
        this.#keys[place] = key;
      }
      place += 1;
    }
  }

  #price(instrument: Instrument, field: number, value: ExactInput | undefined): void {
    if (value === undefined) this.#memory.setNone(field);
    else this.#memory.set(field, ticksOf(instrument, value));
  }

  #terms(order: GateOrder, instrument: Instrument, flags: number): void {
    const { displayQuantity, expiresAtMs, causedAtMs } = order;
    const { trailingPrice, trailingFrac, trailingTicks } = order;
    const memory = this.#memory;
    const distances = [trailingPrice, trailingFrac, trailingTicks].filter((d) => d !== undefined);
    if (distances.length > 1) {
      throw new HoldfastError('ORDER_INVALID', 'a trailing distance must be given once');
    }
    let all = flags;
    if (trailingPrice !== undefined || trailingTicks !== undefined) {
      all |= ORDER_FLAGS.trailingTicks;
      memory.set(
        AT.trailing,
        trailingPrice === undefined
          ? integer('trailingTicks', trailingTicks)
          : ticksOf(instrument, trailingPrice),
      );
    }
    if (trailingFrac !== undefined) {
      all |= ORDER_FLAGS.trailingShare;
      memory.set(AT.trailing, millionths(trailingFrac));
    }
    if (displayQuantity !== undefined) {
      all |= ORDER_FLAGS.display;
      memory.set(AT.display, lotsOf(instrument, displayQuantity));
    }
    if (expiresAtMs !== undefined) {
      all |= ORDER_FLAGS.expires;
      memory.set(AT.expires, nanoseconds('expiresAtMs', expiresAtMs));
    }
    if (causedAtMs !== undefined) {
      all |= ORDER_FLAGS.cause;
      memory.set(AT.cause, nanoseconds('causedAtMs', causedAtMs));
    }
    memory.setFlags(all);
  }
}

/** Makes the exact form of a change of an order. @throws HoldfastError for what is none */
export function amendCommand(changes: GateChanges, instrument: Instrument): AmendCommand {
  checkNames('an amendment', changes, CHANGE_KEYS);
  const { quantity, limitPrice, triggerPrice } = changes;
  const ticks = (price: ExactInput | undefined) =>
    price === undefined ? undefined : BigInt(ticksOf(instrument, price));
  return {
    lots: quantity === undefined ? undefined : BigInt(lotsOf(instrument, quantity)),
    limitTicks: ticks(limitPrice),
    triggerTicks: ticks(triggerPrice),
  };
}

function hasTerms(order: GateOrder): boolean {
  return (
    order.displayQuantity !== undefined ||
    order.expiresAtMs !== undefined ||
    order.causedAtMs !== undefined ||
    order.trailingPrice !== undefined ||
    order.trailingFrac !== undefined ||
    order.trailingTicks !== undefined
  );
}

function checkNames(what: string, given: object, known: readonly string[]): void {
  for (const key in given) if (!known.includes(key)) throw unknownKey(what, key, known);
}

function unknownKey(what: string, key: string, known: readonly string[]): HoldfastError {
  const nearest = nearestKey(key, known) ?? '';
  return new HoldfastError('ORDER_INVALID', `${what} has no "${key}"; did you mean "${nearest}"?`, {
    context: { key, nearest },
  });
}

function flagOf(field: string, value: boolean | undefined): boolean {
  if (value === undefined || typeof value === 'boolean') return value === true;
  throw new HoldfastError('ORDER_INVALID', `${field} must be true or false, was ${shown(value)}`, {
    context: { field, value: shown(value) },
  });
}

function wordIndex(field: string, words: readonly string[], word: string): number {
  // The first two are the sides, and of the rest those that are common.
  if (word === words[0]) return 0;
  if (word === words[1]) return 1;
  const index = words.indexOf(word);
  if (index >= 0) return index;
  throw new HoldfastError(
    'ORDER_INVALID',
    `${field} must be one of ${words.join(', ')}, was ${shown(word)}`,
    { context: { field, value: shown(word) } },
  );
}

function integer(field: string, value: number | undefined): number {
  if (value !== undefined && Number.isSafeInteger(value)) return value;
  throw new HoldfastError('ORDER_INVALID', `${field} must be an integer, was ${shown(value)}`, {
    context: { field, value: shown(value) },
  });
}

/** The range is checked here, because a number past 64 bits would come out as another one. */
function nanoseconds(field: string, value: number): bigint {
  const ms = integer(field, value);
  const ns = BigInt(ms) * NS_PER_MS;
  if (ns === BigInt.asIntN(64, ns)) return ns;
  throw new HoldfastError('ORDER_INVALID', `${field} must fit 64 bits, was ${ms}`, {
    context: { field, value: ms },
  });
}

function millionths(value: string | number): bigint {
  const { mantissa, scale } = decimalOf(value);
  if (scale <= FRACTION_SCALE) return mantissa * 10n ** BigInt(FRACTION_SCALE - scale);
  throw new HoldfastError(
    'ORDER_INVALID',
    `trailingFrac must have at most ${FRACTION_SCALE} decimals, was ${value}`,
    { context: { field: 'trailingFrac', value } },
  );
}

/** What plain JavaScript passed, for a message. */
function shown(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : typeof value;
}
