import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';

import { drawing, type SequencesPlayed } from './gate-sequences.js';
import { toldAct, toldWorld } from './told-acts.js';
import { ToldPair } from './told-pair.js';

/**
 * Plays generated sequences of orders of strategies, fills, amendments, doubts, prices, modes, rates and capital plans to a
 * gate that stands alone and to the slow reference, for `ts/tools/ci/gate-agreement.mjs`. Each follows from its number alone.
 */

const ACTS_EACH = 60;

export interface ToldPlayed extends SequencesPlayed {
  amendments: number;
  fills: number;
  doubts: number;
}

/** Plays the sequences from one number on; throws with the number and the act where the two gates differ. */
export function playToldSequences(first: number, count: number): ToldPlayed {
  const none = { orders: 0, approved: 0, suggestions: 0, amendments: 0, fills: 0, doubts: 0 };
  const played: ToldPlayed = { ...none, codes: new Map() };
  for (let seed = first; seed < first + count; seed += 1) {
    const draw = drawing(seed);
    const pair = new ToldPair(toldWorld(draw));
    for (let place = 0; place < ACTS_EACH; place += 1) {
      const act = toldAct(draw);
      try {
        pair.play(act);
      } catch (cause) {
        const shown = JSON.stringify(act, (_, value: unknown) =>
          typeof value === 'bigint' ? `${value}n` : value,
        );
        throw new Error(`told sequence ${seed}, act ${place}: ${shown}`, { cause });
      }
    }
    pair.close();
    played.orders += pair.orders;
    played.approved += pair.approved;
    played.suggestions += pair.suggestions;
    played.amendments += pair.amendments;
    played.fills += pair.fills;
    played.doubts += pair.doubts;
    for (const [code, times] of pair.seen) {
      played.codes.set(code, (played.codes.get(code) ?? 0) + times);
    }
  }
  return played;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({
    options: { first: { type: 'string' }, count: { type: 'string' } },
  });
  const { codes, ...counts } = playToldSequences(Number(values.first), Number(values.count));
  console.log(JSON.stringify({ ...counts, codes: Object.fromEntries([...codes].sort()) }));
}
