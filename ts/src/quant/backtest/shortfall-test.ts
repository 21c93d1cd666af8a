import { HoldfastError } from '../../core/holdfast-error.js';
import { ScenarioDraws, STREAMS } from '../distribution/philox.js';

/** Simulated histories behind the p-values. */
const HISTORIES_DEFAULT = 2_000;

/** What was forecast for one day, and what came. */
export interface ShortfallDay {
  readonly profit: number;
  readonly var: number;
  readonly cvar: number;
  /** Profit below which the day lies with this probability, by the forecast. */
  readonly quantile: (probability: number) => number;
}

/** Statistics are 0 when CVaR is right and negative when losses are worse than it. */
export interface ShortfallTest {
  /** Of the days that exceed VaR: Σ profit ÷ CVaR, by their number, plus 1; null without any. */
  readonly z1: number | null;
  readonly z1PValue: number | null;
  /** Of number and size together: Σ profit ÷ CVaR over exceptions, by the number expected, plus 1. */
  readonly z2: number;
  readonly z2PValue: number;
  readonly histories: number;
}

/**
 * The first two tests of Acerbi and Székely for CVaR. A p-value is the share of histories, drawn day
 * by day from the forecast distributions themselves, whose statistic is at most the one seen. Source:
 * Acerbi & Székely, "Backtesting expected shortfall" (2014).
 *
 * @throws HoldfastError `OBSERVATIONS_TOO_FEW`, `ARGUMENT_INVALID` for a CVaR that is not positive
 */
export function acerbiSzekelyTest(
  days: readonly ShortfallDay[],
  level: number,
  options: { readonly histories?: number; readonly seed?: number } = {},
): ShortfallTest {
  const { histories = HISTORIES_DEFAULT, seed = 0 } = options;
  if (days.length === 0) {
    throw new HoldfastError('OBSERVATIONS_TOO_FEW', 'days must number at least 1, number 0', {
      context: { count: 0 },
    });
  }
  const wrong = days.findIndex(({ cvar }) => !(cvar > 0));
  if (wrong >= 0) {
    throw new HoldfastError('ARGUMENT_INVALID', `CVaR of day ${wrong} must be above 0`, {
      context: { row: wrong, cvar: days[wrong]?.cvar ?? null },
    });
  }
  const tail = 1 - level;
  const seen = statistics(
    days.map(({ profit, var: atRisk, cvar }) => (profit < -atRisk ? profit / cvar : 0)),
    days.length * tail,
  );
  let [least1, count1, least2] = [0, 0, 0];
  for (let scenario = 0; scenario < histories; scenario += 1) {
    const draws = new ScenarioDraws({ seed, scenario, stream: STREAMS.shortfallTest });
    const ratios = days.map(({ var: atRisk, cvar, quantile }) => {
      const probability = draws.uniform();
      // Only the tail counts, so that only there a quantile is looked up.
      if (probability > 2 * tail) return 0;
      const profit = quantile(probability);
      return profit < -atRisk ? profit / cvar : 0;
    });
    const drawn = statistics(ratios, days.length * tail);
    if (drawn.z2 <= seen.z2) least2 += 1;
    if (drawn.z1 === null) continue;
    count1 += 1;
    if (seen.z1 !== null && drawn.z1 <= seen.z1) least1 += 1;
  }
  return {
    ...seen,
    z1PValue: seen.z1 === null || count1 === 0 ? null : least1 / count1,
    z2PValue: least2 / histories,
    histories,
  };
}

function statistics(
  ratios: readonly number[],
  expected: number,
): { readonly z1: number | null; readonly z2: number } {
  let [sum, count] = [0, 0];
  for (const ratio of ratios) {
    if (ratio === 0) continue;
    sum += ratio;
    count += 1;
  }
  return { z1: count === 0 ? null : sum / count + 1, z2: sum / expected + 1 };
}
