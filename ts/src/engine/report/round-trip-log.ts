import type { ExitReason, RoundTrip, RoundTripRecord } from '../session-result.js';
import { amountOfRaw, rawOfAmount } from './amount-text.js';

/** Round trips kept for the list, from the first on; the totals count those beyond it too. */
export const ROUND_TRIPS_LISTED_MAX = 5_000;

/** Round trips kept at either end of the ranking by P&L. */
export const ROUND_TRIPS_RANKED_MAX = 10;

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
    end: 0,
  };
  #profitRaw = 0n;
  #lossRaw = 0n;
  #feesRaw = 0n;

  add(trip: RoundTrip): void {
    const pnlRaw = rawOfAmount(trip.pnl);
    this.#counts.count += 1;
    this.#counts[trip.side] += 1;
    this.#counts.bars += trip.bars;
    this.#byExitReason[trip.exitReason] += 1;
    this.#feesRaw += rawOfAmount(trip.fees);
    if (pnlRaw > 0n) {
      this.#counts.wins += 1;
      this.#profitRaw += pnlRaw;
    } else if (pnlRaw < 0n) {
      this.#counts.losses += 1;
      this.#lossRaw -= pnlRaw;
    }
    if (this.#listed.length < ROUND_TRIPS_LISTED_MAX) this.#listed.push(trip);
    if (pnlRaw > 0n) this.#best = ranked(this.#best, { trip, pnlRaw }, 1n);
    if (pnlRaw < 0n) this.#worst = ranked(this.#worst, { trip, pnlRaw }, -1n);
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

/** Inserts behind its equals, so that of two equal results the earlier one ranks first. */
function ranked(ranking: RankedTrip[], entry: RankedTrip, direction: bigint): RankedTrip[] {
  const last = ranking[ranking.length - 1];
  const full = ranking.length >= ROUND_TRIPS_RANKED_MAX;
  if (full && last !== undefined && entry.pnlRaw * direction <= last.pnlRaw * direction) {
    return ranking;
  }
  const position = ranking.findIndex(
    (other) => other.pnlRaw * direction < entry.pnlRaw * direction,
  );
  const inserted =
    position === -1
      ? [...ranking, entry]
      : [...ranking.slice(0, position), entry, ...ranking.slice(position)];
  return inserted.slice(0, ROUND_TRIPS_RANKED_MAX);
}
