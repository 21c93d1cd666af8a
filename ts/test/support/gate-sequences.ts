import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import {
  type LimitsChoice,
  limitsOf,
  OTHER_LIMITS,
  PORTFOLIO_LIMITS,
  SIZE_LIMITS,
} from './gate-limits.js';
import { type Act, GatePair } from './gate-pair.js';
import { playEverySequence } from './small-world.js';
import { SMALL_WORLDS } from './small-world-cases.js';

/**
 * Plays generated sequences of orders, prices, cancels, signals and measures to the native gate and the slow reference, for
 * `ts/tools/ci/gate-agreement.mjs`. Each sequence follows from its number alone.
 */

const ACTS = [
  'order',
  'order',
  'order',
  'order',
  'again',
  'price',
  'price',
  'cancel',
  'signal',
  'tell',
] as const;
const LOTS = [1, 40, 100, 130, 200, 260, 400] as const;
const PAUSES = [0, 0, 1, 90, 400, 2_000, 40_000, 90_000_000] as const;
const FORMS = ['market', 'limit', 'limit', 'reduce'] as const;
const STOPS = ['none', 'right', 'right', 'wrong'] as const;
const ACTS_EACH = 40;

/** Mulberry32: a whole number below `most`, the same for the same seed everywhere. */
export function drawing(seed: number): (most: number) => number {
  let state = seed >>> 0;
  return (most) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) % most;
  };
}

export type Draw = ReturnType<typeof drawing>;

export function of<Value>(draw: Draw, values: readonly Value[]): Value {
  const value = values[draw(values.length)];
  if (value === undefined) throw new RangeError('there must be a value to draw');
  return value;
}

/** Up to so many of the limits, each at one of its values. */
function some(
  draw: Draw,
  table: Readonly<Record<string, readonly string[]>>,
  most: number,
): unknown {
  const names = Object.keys(table);
  const chosen = Array.from({ length: draw(most + 1) }, () => of(draw, names));
  return Object.fromEntries(chosen.map((name) => [name, of(draw, table[name] ?? [])]));
}

export function choiceOf(draw: Draw): LimitsChoice {
  return {
    sizes: some(draw, SIZE_LIMITS, 3),
    others: some(draw, OTHER_LIMITS, 3),
    portfolio: some(draw, PORTFOLIO_LIMITS, 2),
    isAbsolute: draw(2) === 0,
    guard: draw(2) === 0,
    flags: { restricted: draw(2) === 0, shortSaleDenied: draw(2) === 0 },
    isRestricted: draw(10),
    kind: of(draw, ['stops', 'messages'] as const),
  };
}

function actOf(draw: Draw): Act {
  return {
    act: of(draw, ACTS),
    instrument: draw(3),
    side: draw(2),
    lots: of(draw, LOTS),
    offset: draw(801) - 400,
    pause: of(draw, PAUSES),
    form: of(draw, FORMS),
    stop: of(draw, STOPS),
    signal: draw(7),
  };
}

export interface SequencesPlayed {
  orders: number;
  approved: number;
  suggestions: number;
  readonly codes: Map<string, number>;
}

/** Plays the sequences from one number on; throws with the number and the act where the two gates differ. */
export function playSequences(first: number, count: number): SequencesPlayed {
  const played: SequencesPlayed = { orders: 0, approved: 0, suggestions: 0, codes: new Map() };
  for (let seed = first; seed < first + count; seed += 1) {
    const draw = drawing(seed);
    const choice = choiceOf(draw);
    const pair = new GatePair(limitsOf(choice), { triesEverySize: false });
    for (let place = 0; place < ACTS_EACH; place += 1) {
      const act = actOf(draw);
      try {
        pair.play(act, choice.kind);
      } catch (cause) {
        throw new Error(`sequence ${seed}, act ${place}: ${JSON.stringify(act)}`, { cause });
      }
    }
    pair.fixture.session.dispose();
    played.orders += pair.orders;
    played.approved += pair.approved;
    played.suggestions += pair.suggestions;
    for (const [code, times] of pair.seen) {
      played.codes.set(code, (played.codes.get(code) ?? 0) + times);
    }
  }
  return played;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const options = {
    first: { type: 'string' },
    count: { type: 'string' },
    world: { type: 'string' },
    steps: { type: 'string' },
  } as const;
  const { values } = parseArgs({ options });
  if (values.world === undefined) {
    const { codes, ...counts } = playSequences(Number(values.first), Number(values.count));
    console.log(JSON.stringify({ ...counts, codes: Object.fromEntries([...codes].sort()) }));
  } else {
    const world = SMALL_WORLDS[Number(values.world)];
    if (world === undefined) throw new RangeError(`there is no world ${values.world}`);
    const played = playEverySequence(world[1], Number(values.steps));
    console.log(JSON.stringify({ name: world[0], ...played }));
  }
}
