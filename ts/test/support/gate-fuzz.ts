import { inspect, parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';

import { limitsOf } from './gate-limits.js';
import { edgeAct, type EdgeAct, EDGE_STEPS } from './fuzz-edge-acts.js';
import { playEdge } from './fuzz-edge-play.js';
import { listAct, type RecordAct, recordAct, RECORD_STEPS } from './fuzz-record-acts.js';
import { playRecords } from './fuzz-record-play.js';
import { type FuzzCounts, noCounts, shrunk } from './fuzz-shrinking.js';
import { FUZZ_START_NS, FUZZ_STRATEGIES, type FuzzSetting } from './fuzz-world.js';
import { choiceOf, type Draw, drawing, of } from './gate-sequences.js';

/**
 * Plays hostile orders to the gate, for `ts/tools/ci/gate-fuzz.mjs`: worlds with odd numbers through the TypeScript edge of
 * the engine, those with even ones as records in the native memory. A world follows from its number alone.
 */

export const CASES_PER_WORLD = 200;

/** Limits that hold something in check, or none at all. */
function limitsOfWorld(draw: Draw) {
  const choice = choiceOf(draw);
  if (draw(2) > 0) return limitsOf(choice);
  return limitsOf({
    ...choice,
    sizes: {},
    others: {},
    portfolio: {},
    guard: false,
    isRestricted: 5,
    kind: 'stops',
  });
}

/** Limits for two strategies, between which the capital is divided in every third world. */
function settingOfWorld(draw: Draw): FuzzSetting {
  const limits = { ...limitsOfWorld(draw), strategies: [...FUZZ_STRATEGIES] };
  const share = { frac: BigInt(of(draw, [0, 150_000, 400_000])) };
  const amount = { cents: BigInt(of(draw, [1_000_000, 3_000_000])) };
  return { limits, plan: draw(3) === 0 ? [share, draw(2) === 0 ? amount : share] : null };
}

/** Draws acts until so many of them are cases, and lets the clock follow the prices among them. */
function drawn<Act extends { readonly act: string; readonly pauseNs?: bigint }>(
  next: () => Act,
  last: (() => Act) | null,
  clock: { nowNs: bigint },
): Act[] {
  const acts: Act[] = [];
  for (let cases = last === null ? 0 : 1; cases < CASES_PER_WORLD;) {
    const act = next();
    acts.push(act);
    clock.nowNs += act.pauseNs ?? 0n;
    if (act.act !== 'price' && act.act !== 'fill') cases += 1;
  }
  return last === null ? acts : [...acts, last()];
}

/** Plays a world; what it throws names the world and the fewest and simplest acts that fail. */
export function playWorld(number: number, counts: FuzzCounts): void {
  const draw = drawing(number);
  const setting = settingOfWorld(draw);
  const { limits } = setting;
  const hasExits = limits.messagesPerSecondMax === undefined;
  const clock = { nowNs: FUZZ_START_NS };
  const farNs = FUZZ_START_NS + 2n * 10n ** 18n;
  const options = { farNs, hasExits, nowNs: () => clock.nowNs };
  if (number % 2 === 1) {
    const acts = drawn<EdgeAct>(() => edgeAct(draw, options), null, clock);
    playOrShrink(number, acts, {
      play: (tried, into) => playEdge(setting, tried, into),
      steps: EDGE_STEPS,
      counts,
    });
  } else {
    const acts = drawn<RecordAct>(
      () => recordAct(draw, options),
      () => listAct(draw, options),
      clock,
    );
    playOrShrink(number, acts, {
      play: (tried, into) => playRecords(setting, tried, into),
      steps: RECORD_STEPS,
      counts,
    });
  }
}

interface Play<Act> {
  readonly play: (acts: readonly Act[], counts: FuzzCounts) => void;
  readonly steps: readonly ((act: Act) => Act)[];
  readonly counts: FuzzCounts;
}

function playOrShrink<Act>(number: number, acts: readonly Act[], how: Play<Act>): void {
  try {
    how.play(acts, how.counts);
  } catch {
    const play = (tried: readonly Act[]) => how.play(tried, noCounts());
    const least = shrunk(acts, { play, steps: how.steps });
    const shown = inspect(least.acts, { depth: 6, maxArrayLength: null, breakLength: 120 });
    throw new Error(`world ${number}: ${least.error.message}\n${shown}`, { cause: least.error });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({
    options: { first: { type: 'string' }, worlds: { type: 'string' } },
  });
  // A hostile order is refused with an error each, whose stack nobody reads.
  Error.stackTraceLimit = 4;
  const counts = noCounts();
  const first = Number(values.first);
  for (let world = first; world < first + Number(values.worlds); world += 1) {
    playWorld(world, counts);
  }
  console.log(JSON.stringify(counts));
}
