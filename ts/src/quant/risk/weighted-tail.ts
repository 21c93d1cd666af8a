import { HoldfastError } from '../../core/holdfast-error.js';

/** What lies beyond a confidence level; losses are positive, in the unit of the outcomes. */
export interface TailFigures {
  readonly level: number;
  readonly var: number;
  readonly cvar: number;
}

/** An outcome with the share of the tail that it makes up; shares of a tail add up to one. */
interface TailShare {
  readonly index: number;
  readonly share: number;
}

/** The worst outcomes up to the level, and the one at which the level lies. */
export interface ScenarioTail extends TailFigures {
  readonly quantileIndex: number;
  readonly shares: readonly TailShare[];
}

/** A sum of weights may miss a level by a rounding only. */
const ROUNDING = 1e-9;

/**
 * Measures the tail of outcomes that have weights: VaR is minus the first outcome, from the worst
 * on, at which the weights pass 1 − level; CVaR is minus the mean of the outcomes before it and of
 * the part of it that fills 1 − level up. With equal weights that is the definition of the native
 * simulation. Source: Rockafellar & Uryasev (2002); Acerbi & Tasche (2002).
 *
 * @throws HoldfastError `ARGUMENT_INVALID` for a level outside (0, 1), `SAMPLE_TOO_SMALL` when not
 * one whole outcome of an equally weighted sample would lie in the tail, `RETURNS_INVALID` for an
 * outcome that is not finite
 */
export function weightedTail(
  outcomes: readonly number[],
  level: number,
  weights?: readonly number[],
): ScenarioTail {
  checkLevel(level);
  const wrong = outcomes.findIndex((outcome) => !Number.isFinite(outcome));
  if (wrong >= 0) {
    throw new HoldfastError('RETURNS_INVALID', `outcome ${wrong} must be finite`, {
      context: { row: wrong },
    });
  }
  const count = outcomes.length;
  const mass = 1 - level;
  if (mass * count + ROUNDING < 1 || count < 2) {
    const least = Math.ceil(1 / mass - ROUNDING);
    throw new HoldfastError(
      'SAMPLE_TOO_SMALL',
      `sample must hold at least ${Math.max(2, least)} outcomes for level ${level}, has ${count}`,
      { context: { count, level } },
    );
  }
  const order = outcomes.map((_, index) => index);
  order.sort((left, right) => (outcomes[left] ?? 0) - (outcomes[right] ?? 0) || left - right);
  const shares: TailShare[] = [];
  let [before, shortfall] = [0, 0];
  for (const index of order) {
    const weight = weights?.[index] ?? 1 / count;
    const outcome = outcomes[index] ?? 0;
    if (before + weight > mass + ROUNDING / count) {
      const share = Math.max(0, mass - before) / mass;
      if (share > 0) shares.push({ index, share });
      return {
        level,
        var: -outcome,
        cvar: -(shortfall + share * outcome),
        quantileIndex: index,
        shares,
      };
    }
    shares.push({ index, share: weight / mass });
    shortfall += (weight / mass) * outcome;
    before += weight;
  }
  const last = order[order.length - 1] ?? 0;
  return { level, var: -(outcomes[last] ?? 0), cvar: -shortfall, quantileIndex: last, shares };
}

/** @throws HoldfastError `ARGUMENT_INVALID` */
export function checkLevel(level: number): void {
  if (level > 0 && level < 1) return;
  throw new HoldfastError('ARGUMENT_INVALID', `level must be between 0 and 1, was ${level}`, {
    context: { level },
  });
}
