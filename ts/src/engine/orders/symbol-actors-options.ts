import { z } from 'zod';

import { HoldfastError } from '../../core/holdfast-error.js';
import { decimalText, parseConfig } from '../../core/schema.js';
import type { ActorPart } from '../../native/engine-addon.generated.js';
import {
  type EngineOptions,
  type ParsedEngineOptions,
  parseEngineOptions,
} from './engine-options.js';

/** Most worker threads; the same stands in native/rust/engine/src/actors.rs. */
export const ACTOR_THREADS_MAX = 256;

const actorsSchema = z.strictObject({
  actors: z
    .array(
      z.strictObject({
        /** Symbols of the instruments that the actor owns. */
        symbols: z.array(z.string()).min(1),
        /** Its part of the account's cash. */
        budget: decimalText,
      }),
    )
    .min(1),
  threads: z.int().nonnegative().max(ACTOR_THREADS_MAX).default(0),
});

type ActorsPart = z.input<typeof actorsSchema>;

/**
 * What symbol actors are opened with: the account as for an engine, and how it is divided. `onEvent` hears of every order, fill
 * and position in the order of the inputs that caused them; cash of a position is that of its actor, and a day, which each actor
 * closes for its slice, is not told.
 */
export interface SymbolActorsOptions extends Omit<
  EngineOptions,
  'answerMsMax' | 'journal' | 'about'
> {
  /** Who owns which instruments and how much of the cash: every instrument once, and budgets that add up to the cash. */
  readonly actors: ActorsPart['actors'];
  /**
   * Worker threads that the actors are spread over; 0, the default, takes every input in the calling thread. The results are
   * the same for any number. More than there are actors are not started.
   */
  readonly threads?: number;
  /**
   * A folder in which each actor has a journal of its own, `actor-0` and so on; without it nothing is recorded. With `resume`
   * all of them go on, `if_present` begins them where there is none.
   */
  readonly journal?: NonNullable<EngineOptions['journal']>;
}

export interface ParsedSymbolActorsOptions {
  readonly engine: ParsedEngineOptions;
  readonly parts: ActorPart[];
  readonly threads: number;
}

/**
 * @throws HoldfastError `ACTOR_PLAN_INVALID` for a symbol that the account has not, `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY`,
 * `LIMITS_INVALID`
 */
export function parseSymbolActorsOptions(options: SymbolActorsOptions): ParsedSymbolActorsOptions {
  const { actors, threads, ...account } = options;
  checkKnown(account);
  const engine = parseEngineOptions(account);
  const given = { actors, ...(threads === undefined ? {} : { threads }) };
  const parsed = parseConfig(actorsSchema, given, 'options', 'CONFIG_INVALID');
  const places = new Map(engine.instruments.map(({ symbol }, place) => [symbol, place]));
  const place = (symbol: string) => {
    const found = places.get(symbol);
    if (found !== undefined) return found;
    throw new HoldfastError(
      'ACTOR_PLAN_INVALID',
      `options.actors must own instruments of the account, ${symbol} is none`,
      { context: { field: 'options.actors', symbol } },
    );
  };
  const parts = parsed.actors.map(({ symbols, budget }) => ({
    instruments: symbols.map((symbol) => place(symbol)),
    budget,
  }));
  return { engine, parts, threads: parsed.threads };
}

/** What an engine can and actors cannot is refused here: it would pass the schema and do nothing. */
function checkKnown(account: object): void {
  const foreign = ['answerMsMax', 'about'].find((key) => key in account);
  if (foreign === undefined) return;
  throw new HoldfastError(
    'CONFIG_UNKNOWN_KEY',
    `options.${foreign} must be left out: symbol actors do not have it`,
    { context: { field: `options.${foreign}` } },
  );
}
