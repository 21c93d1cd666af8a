import { ORDER_TYPES, TIMES_IN_FORCE } from '#ts/core/vocabulary.generated.js';
import { COMMAND_BYTES, COMMANDS_MAX } from '#ts/native/command-memory.js';
import type { Command } from '#ts/native/command-memory.js';
import type { SoundOrder } from './fuzz-world.js';
import { type Draw, of } from './gate-sequences.js';
import { MARKET_BUY } from './native-fixture.js';
import type { Terms } from './sound-order.js';

/** Records as they may stand in the shared memory: sound ones, and what bit flips, torn writes and noise make of them. */

const NONE = -(2n ** 63n);
const NS_PER_MS = 1_000_000n;
const LOTS = [1n, 40n, 100n, 130n, 200n, 260n, 400n] as const;
/** Words that are likely to be read wrongly. */
const WORDS = [
  0n,
  1n,
  -1n,
  2n,
  NONE,
  NONE + 1n,
  -NONE - 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 32n + 1n,
  2n ** 53n,
  2n ** 62n,
  10_000n,
  1_000_000n,
] as const;
const PAUSES_MS = [0, 0, 1, 90, 400, 2_000, 40_000, 90_000_000] as const;
/** When what caused an order happened, from when it is judged. */
const CAUSES_MS = [0n, -1n, -650n, -701n, -40_000n, 5n, 25n] as const;
const FIELDS = [0, 16, 24, 32, 40, 48, 56, 64, 72, 112] as const;

export type RecordAct =
  | {
      readonly act: 'record';
      readonly path: 'batch' | 'alone';
      /** Whether the call comes with an instant before the last. */
      readonly isEarly: boolean;
      readonly bytes: Uint8Array;
    }
  | PlainAct;

export interface ActsOptions {
  /** An instant beyond all that the acts may reach, for orders that expire. */
  readonly farNs: bigint;
  /** The instant at which the next act will be played, as far as it is drawn. */
  readonly nowNs: () => bigint;
  /** Whether sound orders carry a stop loss or take profit, or reduce only. */
  readonly hasExits: boolean;
}

/** What happens between hostile orders. */
export type PlainAct =
  | {
      readonly act: 'price';
      readonly instrument: number;
      readonly ticks: bigint;
      readonly pauseNs: bigint;
    }
  | { readonly act: 'fill'; readonly place: number };

export function plainAct(draw: Draw): PlainAct {
  if (draw(3) === 0) return { act: 'fill', place: draw(64) };
  // Once in a while a market falls to nothing, so that an account that owes has no equity left.
  const ticks = draw(400) === 0 ? 1n : BigInt(9_600 + draw(801));
  return {
    act: 'price',
    instrument: draw(3),
    ticks,
    pauseNs: BigInt(of(draw, PAUSES_MS)) * NS_PER_MS,
  };
}

/** An order whose fields fit each other, of any type, and mostly one that both gates know from elsewhere. */
export function soundOrder(
  draw: Draw,
  { farNs, nowNs, hasExits }: ActsOptions,
): { command: Command; terms: Terms } {
  const orderType = draw(2) === 0 ? draw(2) : draw(ORDER_TYPES.length);
  const type = ORDER_TYPES[orderType] ?? 'market';
  const near = () => BigInt(9_600 + draw(801));
  const hasLimit = type.endsWith('limit') && type !== 'market_to_limit';
  const hasTrigger = type.startsWith('stop') || type.startsWith('take');
  const rests = hasLimit || type === 'market_to_limit';
  const waits = hasTrigger || type === 'trailing_stop';
  const timeInForce =
    waits || type === 'market_to_limit' ? of(draw, [0, 2, 4]) : draw(TIMES_IN_FORCE.length);
  const isImmediate = timeInForce === 1 || timeInForce === 3;
  const reduceOnly = hasExits && draw(6) === 0;
  const hasExit = hasExits && !reduceOnly && draw(3) > 0;
  const [side, lots] = [draw(2), of(draw, LOTS)];
  const command: Command = {
    ...MARKET_BUY,
    instrument: draw(3),
    side,
    orderType,
    timeInForce,
    reduceOnly,
    lots,
    limitTicks: hasLimit ? near() : undefined,
    triggerTicks: hasTrigger ? near() : undefined,
    stopLossTicks: hasExit ? (side === 0 ? 9_200n : 10_800n) : undefined,
    takeProfitTicks: hasExit && draw(4) === 0 ? (side === 0 ? 10_900n : 9_100n) : undefined,
    strategy: draw(3),
    terms: causeTerms(draw(3) === 0 ? nowNs() + of(draw, CAUSES_MS) * NS_PER_MS : undefined),
  };
  const distances = [
    { kind: 'ticks', value: BigInt(1 + draw(400)) },
    { kind: 'share', value: BigInt(1 + draw(50_000)) },
  ] as const;
  const terms: Terms = {
    postOnly: type === 'limit' && !isImmediate && draw(5) === 0,
    trailing: type === 'trailing_stop' ? of(draw, distances) : null,
    display: rests && !isImmediate && draw(5) === 0 ? lots : null,
    expiresNs: timeInForce === 4 ? farNs : null,
  };
  return { command, terms };
}

/** The part of a command's terms that the reference looks at; the others stand beside it. */
export function causeTerms(causeNs: bigint | undefined): Command['terms'] {
  if (causeNs === undefined) return undefined;
  const none = { trailingTicks: undefined, trailingMillionths: undefined };
  return { ...none, postOnly: false, displayLots: undefined, expiresNs: undefined, causeNs };
}

/** Writes an order as a record, by the layout as it is described and not by the code that writes it. */
export function recordOf({ command, terms }: { command: Command; terms: Terms }): Uint8Array {
  const bytes = new Uint8Array(COMMAND_BYTES);
  const view = new DataView(bytes.buffer);
  const { trailing, display, expiresNs, postOnly } = terms;
  const cause = command.terms?.causeNs;
  const flags =
    (postOnly ? 1 : 0) +
    (trailing?.kind === 'ticks' ? 2 : 0) +
    (trailing?.kind === 'share' ? 4 : 0) +
    (display === null ? 0 : 8) +
    (expiresNs === null ? 0 : 16) +
    (cause === undefined ? 0 : 32);
  const { side, orderType, timeInForce, reduceOnly } = command;
  bytes.set([side, orderType, timeInForce, reduceOnly ? 1 : 0, flags], 8);
  const words = [
    [0, BigInt(command.instrument)],
    [16, command.lots],
    [24, command.limitTicks ?? NONE],
    [32, command.triggerTicks ?? NONE],
    [40, command.stopLossTicks ?? NONE],
    [48, command.takeProfitTicks ?? NONE],
    [56, trailing?.value ?? 0n],
    [64, display ?? 0n],
    [72, expiresNs ?? 0n],
    [112, cause ?? 0n],
  ] as const;
  for (const [at, value] of words) view.setBigInt64(at, value, true);
  view.setUint16(120, command.strategy, true);
  return bytes;
}

/** Reads a record as the reference does. */
export function readRecord(bytes: Uint8Array): SoundOrder & { readonly terms: Terms } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, COMMAND_BYTES);
  const word = (at: number) => view.getBigInt64(at, true);
  const optional = (at: number) => (word(at) === NONE ? undefined : word(at));
  const flags = view.getUint8(12);
  const has = (flag: number) => (flags & flag) !== 0;
  const trailing = has(2)
    ? ({ kind: 'ticks', value: word(56) } as const)
    : has(4)
      ? ({ kind: 'share', value: word(56) } as const)
      : null;
  const command: Command = {
    instrument: Number(word(0)),
    side: view.getUint8(8),
    orderType: view.getUint8(9),
    timeInForce: view.getUint8(10),
    reduceOnly: view.getUint8(11) !== 0,
    strategy: view.getUint16(120, true),
    lots: word(16),
    limitTicks: optional(24),
    triggerTicks: optional(32),
    stopLossTicks: optional(40),
    takeProfitTicks: optional(48),
    terms: causeTerms(has(32) ? word(112) : undefined),
  };
  const display = has(8) ? word(64) : null;
  const expiresNs = has(16) ? word(72) : null;
  return { command, trailing, terms: { postOnly: has(1), trailing, display, expiresNs } };
}

function hostileRecord(draw: Draw, options: ActsOptions): Uint8Array {
  const bytes = recordOf(soundOrder(draw, options));
  const kind = draw(20);
  if (kind === 19) return Uint8Array.from(bytes, () => draw(256));
  if (kind >= 14) {
    for (let flips = 1 + draw(4); flips > 0; flips -= 1) {
      const at = draw(COMMAND_BYTES);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << draw(8));
    }
  } else if (kind >= 10) {
    new DataView(bytes.buffer).setBigInt64(of(draw, FIELDS), of(draw, WORDS), true);
  } else if (kind === 9) {
    new DataView(bytes.buffer).setUint16(120, of(draw, [0, 1, 2, 3, 256, 65_535]), true);
  } else if (kind === 8) {
    bytes[8 + draw(6)] = draw(3) === 0 ? draw(256) : draw(10);
  }
  return bytes;
}

/** An act of a world that goes on after it: an order that stands alone, a price or a fill. */
export function recordAct(draw: Draw, options: ActsOptions): RecordAct {
  if (draw(6) === 0) return plainAct(draw);
  const bytes = hostileRecord(draw, options);
  const path = draw(2) === 0 ? 'batch' : 'alone';
  if (path === 'alone') bytes[14] = 0;
  return { act: 'record', path, isEarly: draw(50) === 0, bytes };
}

/** The last act of a world: a list, whose orders no reference follows further. */
export function listAct(draw: Draw, options: ActsOptions): RecordAct {
  const length = draw(4) === 0 ? draw(256) : 1 + draw(4);
  const bytes = new Uint8Array(COMMANDS_MAX * COMMAND_BYTES);
  for (let slot = 0; slot < COMMANDS_MAX; slot += 1) {
    const record =
      draw(4) === 0 ? hostileRecord(draw, options) : recordOf(soundOrder(draw, options));
    bytes.set(record, slot * COMMAND_BYTES);
  }
  bytes[13] = draw(6);
  bytes[14] = length;
  return { act: 'record', path: 'alone', isEarly: false, bytes };
}

const PLAIN_RECORD = recordOf({
  command: MARKET_BUY,
  terms: { postOnly: false, trailing: null, display: null, expiresNs: null },
});

/** Puts a plain market order's byte in place of one of the record's. */
const plainByte =
  (at: number) =>
  (act: RecordAct): RecordAct =>
    act.act === 'record'
      ? { ...act, bytes: act.bytes.with(at, PLAIN_RECORD[at % COMMAND_BYTES] ?? 0) }
      : act;

/** What may make a record simpler. */
export const RECORD_STEPS: readonly ((act: RecordAct) => RecordAct)[] = [
  (act) => (act.act === 'record' ? { ...act, isEarly: false } : act),
  (act) => (act.act === 'price' ? { ...act, pauseNs: 0n } : act),
  ...Array.from({ length: COMMAND_BYTES }, (_, at) => plainByte(at)),
];
