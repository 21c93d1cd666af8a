/** What a bot keeps by hand: the limits of `gate-batch.bench.ts` in numbers, for a flat account of 1,000,000 at a price of 100. */
const CASH = 1_000_000;
const TICK_LOT = 0.01 * 0.001;
const MARK = 10_000;

export interface PlainCandidate {
  readonly instrument: number;
  readonly side: 'buy' | 'sell';
  readonly lots: number;
  readonly limitTicks: number;
}

export class PlainCandidates {
  readonly #position = [0, 0, 0, 0];
  readonly #openBuy = [0, 0, 0, 0];
  readonly #openSell = [0, 0, 0, 0];
  #others = 0;

  /** Returns the failed limits as bits. */
  check({ instrument, side, lots, limitTicks }: PlainCandidate): number {
    const position = this.#position[instrument] ?? 0;
    const buys = (this.#openBuy[instrument] ?? 0) + (side === 'buy' ? lots : 0);
    const sells = (this.#openSell[instrument] ?? 0) + (side === 'sell' ? lots : 0);
    const worst = Math.max(position + buys, sells - position, Math.abs(position));
    const dearer = Math.max(limitTicks, MARK);
    const exposure = dearer * worst * TICK_LOT;
    const gross = this.#others + exposure;
    const net = dearer * Math.max(Math.abs(position + buys), Math.abs(position - sells)) * TICK_LOT;
    let failed = 0;
    if (lots * 0.001 > 100) failed |= 1;
    if (limitTicks * lots * TICK_LOT > 10_000) failed |= 2;
    if (worst * 0.001 > 150) failed |= 4;
    if (exposure > 15_000) failed |= 8;
    if (exposure > 0.02 * CASH) failed |= 16;
    if (gross > 0.05 * CASH) failed |= 32;
    if (net > 0.05 * CASH) failed |= 64;
    if (gross > CASH) failed |= 128;
    if (exposure > 0.02 * Math.max(CASH, gross)) failed |= 256;
    if (Math.abs(limitTicks - MARK) > 0.1 * MARK) failed |= 512;
    return failed;
  }
}
