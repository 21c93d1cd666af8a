import { Price } from '#ts/core/price.js';
import { Quantity } from '#ts/core/quantity.js';
import { ORDER_TYPES, SIDES, TIMES_IN_FORCE } from '#ts/core/vocabulary.generated.js';
import type { Command } from '#ts/native/command-memory.js';
import { ORDER_FIELDS } from './fuzz-edge-acts.js';
import { causeTerms } from './fuzz-record-acts.js';
import { FUZZ_ASSETS, FUZZ_STRATEGIES, type SoundOrder } from './fuzz-world.js';
import { isSound, type Terms } from './sound-order.js';

/** Reads an order of plain JavaScript once more, slowly: what it means, or that it means nothing and must not pass. */

class Unreadable extends Error {}

function demand(holds: boolean): asserts holds {
  if (!holds) throw new Unreadable();
}

/** A decimal as a whole number of 10^-scale. */
function steps(value: unknown, scale: number, made: typeof Price | typeof Quantity): bigint {
  const isOwn = value instanceof made;
  demand(typeof value === 'string' || typeof value === 'number' || isOwn);
  // What only claims to be of a class has no private fields, and cannot be written.
  const written = typeof value === 'object' ? writtenOf(value) : String(value);
  const scientific = typeof value === 'number' ? /^(.*)e([+-]\d+)$/.exec(written) : null;
  const parts = /^([+-]?)(\d*)\.?(\d*)$/.exec(scientific?.[1] ?? written);
  const [, sign = '', whole = '', fraction = ''] = parts ?? [];
  demand(parts !== null && whole.length + fraction.length > 0);
  const shift = BigInt(scale - fraction.length) + BigInt(scientific?.[2] ?? 0);
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  if (shift >= 0n) return digits * 10n ** shift;
  demand(digits % 10n ** -shift === 0n);
  return digits / 10n ** -shift;
}

/** A fraction has no class of its own. */
function fraction(value: unknown): bigint {
  demand(typeof value !== 'object');
  return steps(value, 6, Price);
}

function writtenOf(value: Price | Quantity): string {
  try {
    return value.toString();
  } catch {
    throw new Unreadable();
  }
}

function word(words: readonly string[], value: unknown, otherwise?: string): number {
  const place = words.findIndex((each) => each === (value === undefined ? otherwise : value));
  demand(place >= 0);
  return place;
}

function flag(value: unknown): boolean {
  demand(value === undefined || typeof value === 'boolean');
  return value === true;
}

type Fields = Readonly<Record<string, unknown>>;

function instrumentOf(value: unknown): number {
  if (typeof value !== 'number') return word(['I0', 'I1', 'I2'], value);
  demand(Number.isInteger(value) && value >= 0 && value < FUZZ_ASSETS.length);
  return Math.abs(value);
}

function termsOf(order: Fields): Terms {
  const { trailingPrice, trailingFrac, trailingTicks, displayQuantity, expiresAtMs } = order;
  const distances = [trailingPrice, trailingFrac, trailingTicks];
  demand(distances.filter((value) => value !== undefined).length <= 1);
  const integer = (value: unknown) => {
    demand(typeof value === 'number' && Number.isSafeInteger(value));
    return BigInt(value);
  };
  const expiresNs = expiresAtMs === undefined ? null : integer(expiresAtMs) * 1_000_000n;
  demand(expiresNs === null || BigInt.asIntN(64, expiresNs) === expiresNs);
  let trailing: Terms['trailing'] = null;
  if (trailingPrice !== undefined)
    trailing = { kind: 'ticks', value: steps(trailingPrice, 2, Price) };
  if (trailingTicks !== undefined) trailing = { kind: 'ticks', value: integer(trailingTicks) };
  if (trailingFrac !== undefined) trailing = { kind: 'share', value: fraction(trailingFrac) };
  const display = displayQuantity === undefined ? null : steps(displayQuantity, 0, Quantity);
  return { postOnly: flag(order['postOnly']), trailing, display, expiresNs };
}

/** None is named, or one of the limits'. */
function strategyOf(value: unknown): number {
  return value === undefined ? 0 : word(FUZZ_STRATEGIES, value) + 1;
}

function causeOf({ causedAtMs, causedAtNs }: Fields): bigint | undefined {
  demand(causedAtMs === undefined || causedAtNs === undefined);
  let cause: bigint | undefined;
  if (causedAtMs !== undefined) {
    demand(typeof causedAtMs === 'number' && Number.isSafeInteger(causedAtMs));
    cause = BigInt(causedAtMs) * 1_000_000n;
  }
  if (causedAtNs !== undefined) {
    demand(typeof causedAtNs === 'bigint');
    cause = causedAtNs;
  }
  demand(cause === undefined || BigInt.asIntN(64, cause) === cause);
  return cause;
}

function commandOf(order: Fields): Command {
  const ticks = (field: string) =>
    order[field] === undefined ? undefined : steps(order[field], 2, Price);
  return {
    instrument: instrumentOf(order['instrument']),
    side: word(SIDES, order['side']),
    orderType: word(ORDER_TYPES, order['orderType'], 'market'),
    timeInForce: word(TIMES_IN_FORCE, order['timeInForce'], 'gtc'),
    reduceOnly: flag(order['reduceOnly']),
    strategy: strategyOf(order['strategy']),
    lots: steps(order['quantity'], 0, Quantity),
    limitTicks: ticks('limitPrice'),
    triggerTicks: ticks('triggerPrice'),
    stopLossTicks: ticks('stopLoss'),
    takeProfitTicks: ticks('takeProfit'),
    terms: causeTerms(causeOf(order)),
  };
}

/** Returns what an order means at an instant; null for one that must not pass. */
export function readEdgeOrder(order: unknown, nowNs: bigint): SoundOrder | null {
  if (typeof order !== 'object' || order === null) return null;
  const fields = new Set<string>(ORDER_FIELDS);
  for (const key in order) if (!fields.has(key)) return null;
  try {
    const command = commandOf(order as Fields);
    const terms = termsOf(order as Fields);
    const known = { instruments: FUZZ_ASSETS.length, strategies: FUZZ_STRATEGIES.length, nowNs };
    const sound = isSound(command, terms, known);
    return sound ? { command, trailing: terms.trailing } : null;
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}
