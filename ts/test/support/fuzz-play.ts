import { inspect, isDeepStrictEqual } from 'node:util';

import { CODES } from '#ts/core/codes.generated.js';
import { isHoldfastError } from '#ts/core/holdfast-error.js';
import type { Notice } from '#ts/native/notice-reader.js';
import type { PlainAct } from './fuzz-record-acts.js';
import type { FuzzCounts } from './fuzz-shrinking.js';
import { type FuzzSetting, FuzzWorld, type SoundOrder } from './fuzz-world.js';

/** What the gate said of an order. */
export interface Said {
  readonly outcome: 'done' | 'denied' | 'refused';
  readonly codes: readonly string[];
  readonly id: number;
  readonly suggested: bigint | null;
}

export interface FillOf {
  readonly id: number;
  readonly ticks: bigint;
  readonly lots: bigint;
}

/** Runs a call that may refuse, and returns the code of its refusal; anything but a typed refusal is thrown on. */
export function refusalOf(call: () => void): string | null {
  try {
    call();
    return null;
  } catch (error) {
    if (!isHoldfastError(error) || !Object.hasOwn(CODES, error.code)) {
      throw new Error('what is thrown must be a HoldfastError with a known code', { cause: error });
    }
    // An error that cannot be written is one that no log will hold.
    JSON.stringify(error);
    return error.code;
  }
}

/** An engine and the reference side by side, whatever the way orders take to the engine. */
export abstract class FuzzPlay {
  protected readonly world: FuzzWorld;
  protected readonly counts: FuzzCounts;
  /** What the engine has told and the reference has not heard. */
  protected notices: Notice[] = [];

  constructor(setting: FuzzSetting, counts: FuzzCounts) {
    this.world = new FuzzWorld(setting);
    this.counts = counts;
  }

  protected abstract trade(instrument: number, ticks: bigint): void;
  protected abstract fillOrder(fill: FillOf): void;

  /** The last instrument has no price until one comes. */
  protected begin(): void {
    for (const instrument of [0, 1]) this.#price(instrument, 10_000n);
  }

  protected playPlain(act: PlainAct): void {
    if (act.act === 'price') {
      this.world.nowNs += act.pauseNs;
      this.#price(act.instrument, act.ticks);
    } else this.#fillOpen(act.place);
  }

  #price(instrument: number, ticks: bigint): void {
    this.#take(refusalOf(() => this.trade(instrument, ticks)));
    this.world.priced(instrument, ticks);
  }

  #fillOpen(place: number): void {
    const { account } = this.world.reference;
    const open = [...account.open];
    const [id, order] = open[place % Math.max(open.length, 1)] ?? [];
    if (id === undefined || order === undefined || this.world.isOneSided) return;
    const ticks = account.mark(order.instrument);
    if (ticks === undefined) return;
    this.#take(refusalOf(() => this.fillOrder({ id, ticks, lots: order.leaves })));
  }

  /** Hears what a sound input caused, which must not be refused as long as numbers are ordinary. */
  #take(refusal: string | null): void {
    if (refusal !== null && !this.world.isOneSided) throw new Error(`refused with ${refusal}`);
    this.hear();
  }

  protected hear(): void {
    this.world.hear(this.notices);
    this.notices = [];
  }

  /**
   * Holds what the gate says to an order against the reference; `null` is an order that must not pass. Exact is a comparison in
   * which the gate may not deny or refuse more than the reference either.
   */
  protected check(order: SoundOrder | null, submit: () => Said, isExact = true): Said {
    const expected = order === null ? null : this.world.judge(order);
    const said = submit();
    this.counts[said.outcome] += 1;
    if (said.outcome === 'done' && expected?.codes.length !== 0) {
      throw new Error(`passed, and the reference says: ${inspect(expected?.codes ?? 'unsound')}`);
    }
    if (order !== null && expected !== null) {
      if (isExact) this.#compare(order, said, expected.codes);
      if (said.outcome === 'done') this.world.sent(said.id, order, expected.reducing);
    }
    this.hear();
    return said;
  }

  #compare(order: SoundOrder, said: Said, expected: readonly string[]): void {
    if (!this.world.isOrdinary(order)) return;
    if (!isDeepStrictEqual(said.codes, expected)) {
      throw new Error(`the gates differ: native ${inspect(said)}, reference ${inspect(expected)}`);
    }
    const lots = said.suggested;
    if (lots === null) return;
    const { codes } = this.world.judge({ ...order, command: { ...order.command, lots } });
    if (codes.length > 0) throw new Error(`suggested ${lots} lots, and the reference denies them`);
  }
}
