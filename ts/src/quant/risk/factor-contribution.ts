import { HoldfastError } from '../../core/holdfast-error.js';
import { at, dot, type Matrix } from '../matrix/dense.js';
import { type GroupContribution, scenarioContributions } from './risk-contribution.js';
import type { TailFigures } from './weighted-tail.js';

/** What the factors do not explain, as the group that stands last. */
export const OWN_PART = '(own)';

export interface FactorContributions {
  readonly total: TailFigures;
  /** In the order of the factors, then what is the positions' own; they add up to the total. */
  readonly factors: readonly GroupContribution[];
}

/**
 * Splits VaR and CVaR of scenarios by factor. With exposures wᵢ, betas βᵢf and moves f of the factors
 * the profit of a scenario is Σ_f (Σᵢ wᵢ βᵢf) f + Σᵢ wᵢ (rᵢ − Σ_f βᵢf f): the parts of the first sum
 * are the factors', the second is the positions' own. Each part's mean loss over the tail adds up to
 * CVaR. Source: Tasche (1999), as in `scenarioContributions`; Meucci, "Factors on demand" (2010).
 *
 * @throws HoldfastError `ARGUMENT_INVALID` for tables of other sizes, and as `weightedTail`
 */
export function factorContributions(scenarios: {
  /** A row a scenario, returns of each asset. */
  readonly rows: Matrix;
  readonly exposures: readonly number[];
  /** A row a scenario, moves of each factor. */
  readonly moves: Matrix;
  /** A row an asset, its beta to each factor. */
  readonly betas: Matrix;
  readonly names: readonly string[];
  readonly level: number;
  readonly weights?: readonly number[];
}): FactorContributions {
  const { rows, exposures, moves, betas, names, level, weights } = scenarios;
  checkSize('moves', moves, { rows: rows.length, columns: names.length });
  checkSize('betas', betas, { rows: exposures.length, columns: names.length });
  checkSize('rows', rows, { rows: rows.length, columns: exposures.length });
  const loads = names.map((_, factor) =>
    exposures.reduce((sum, exposure, asset) => sum + exposure * at(betas, asset, factor), 0),
  );
  const parts = rows.map((row, scenario) => {
    const move = moves[scenario] ?? [];
    return [...move, dot(exposures, row) - dot(loads, move)];
  });
  const { total, positions } = scenarioContributions({
    rows: parts,
    exposures: [...loads, 1],
    level,
    ...(weights === undefined ? {} : { weights }),
  });
  const touched = (factor: number): number =>
    exposures.filter((exposure, asset) => exposure !== 0 && at(betas, asset, factor) !== 0).length;
  const factors = positions.map(({ componentVar, componentCvar }, index) => ({
    group: names[index] ?? OWN_PART,
    positions:
      index < names.length ? touched(index) : exposures.filter((exposure) => exposure !== 0).length,
    componentVar,
    componentCvar,
  }));
  return { total, factors };
}

function checkSize(
  name: string,
  table: Matrix,
  size: { readonly rows: number; readonly columns: number },
): void {
  const wrong = table.findIndex((row) => row.length !== size.columns);
  if (table.length === size.rows && wrong < 0) return;
  throw new HoldfastError(
    'ARGUMENT_INVALID',
    `${name} must be ${size.rows} × ${size.columns}, has ${table.length} rows${wrong < 0 ? '' : `, row ${wrong} has ${table[wrong]?.length}`}`,
    { context: { ...size, table: name } },
  );
}
