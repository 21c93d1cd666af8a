import type { ExitReason, RoundTrip, RoundTripRecord } from '../session-result.js';
import { amountOfRaw } from './amount-text.js';

/** Round trips kept for the list, from the first on; the totals count those beyond it too. */
export const ROUND_TRIPS_LISTED_MAX = 5_000;

/** Round trips kept at either end of the ranking by P&L. */
export const ROUND_TRIPS_RANKED_MAX = 10;

/** What the totals need of a round trip; money as counts of 10⁻¹⁸. */
export interface RoundTripOutcome {
  readonly side: RoundTrip['side'];
  readonly bars: number;
  readonly exitReason: ExitReason;
  /** Realised, net of fees. */
  readonly pnlRaw: bigint;
  readonly feesRaw: bigint;
}

interface RankedTrip {
  readonly trip: RoundTrip;
  readonly pnlRaw: bigint;
}

/**
 * Collects round trips in bounded memory: exact totals over all, the best and the worst, and the
 * first `ROUND_TRIPS_LISTED_MAX` in order.
 */
export class RoundTripLog {
  readonly #listed: RoundTrip[] = [];
  #best: RankedTrip[] = [];
  #worst: RankedTrip[] = [];
  readonly #counts = { count: 0, wins: 0, losses: 0, long: 0, short: 0, bars: 0 };
  readonly #byExitReason: Record<ExitReason, number> = {
    signal: 0,
    stop_loss: 0,
    take_profit: 0,
    liquidation: 0,
    end: 0,
  };
  #profitRaw = 0n;
  #lossRaw = 0n;
  #feesRaw = 0n;

  /** Counts a round trip; its texts and prices are built only if it is listed or ranked. */
  add(outcome: RoundTripOutcome, build: () => RoundTrip): void {
    const { pnlRaw } = outcome;
    this.#counts.count += 1;
    this.#counts[outcome.side] += 1;
    this.#counts.bars += outcome.bars;
    this.#byExitReason[outcome.exitReason] += 1;
    this.#feesRaw += outcome.feesRaw;
    if (pnlRaw > 0n) {
      this.#counts.wins += 1;
      this.#profitRaw += pnlRaw;
    } else if (pnlRaw < 0n) {
      this.#counts.losses += 1;
      this.#lossRaw -= pnlRaw;
    }
    const isListed = this.#listed.length < ROUND_TRIPS_LISTED_MAX;
    const isBest = pnlRaw > 0n && ranks(this.#best, pnlRaw, 1n);
    const isWorst = pnlRaw < 0n && ranks(this.#worst, pnlRaw, -1n);
    if (!isListed && !isBest && !isWorst) return;
    const trip = build();
    if (isListed) this.#listed.push(trip);
    if (isBest) this.#best = ranked(this.#best, { trip, pnlRaw }, 1n);
    if (isWorst) this.#worst = ranked(this.#worst, { trip, pnlRaw }, -1n);
  }

  record(): RoundTripRecord {
    return {
      totals: {
        ...this.#counts,
        grossProfit: amountOfRaw(this.#profitRaw),
        grossLoss: amountOfRaw(this.#lossRaw),
        fees: amountOfRaw(this.#feesRaw),
        byExitReason: { ...this.#byExitReason },
      },
      listed: [...this.#listed],
      best: this.#best.map((entry) => entry.trip),
      worst: this.#worst.map((entry) => entry.trip),
    };
  }
}

/** Whether a result has a place in a ranking; of two equal results the earlier one ranks first. */
function ranks(ranking: readonly RankedTrip[], pnlRaw: bigint, direction: bigint): boolean {
  const last = ranking[ROUND_TRIPS_RANKED_MAX - 1];
  return last === undefined || pnlRaw * direction > last.pnlRaw * direction;
}

/** Inserts behind its equals. */
function ranked(ranking: RankedTrip[], entry: RankedTrip, direction: bigint): RankedTrip[] {
  const position = ranking.findIndex(
    (other) => other.pnlRaw * direction < entry.pnlRaw * direction,
  );
  const inserted =
    position === -1
      ? [...ranking, entry]
      : [...ranking.slice(0, position), entry, ...ranking.slice(position)];
  return inserted.slice(0, ROUND_TRIPS_RANKED_MAX);
}
