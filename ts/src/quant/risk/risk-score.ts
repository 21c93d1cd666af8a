/** Measures that the score adds up: shares of equity, and leverage. */
export interface ScoreMeasures {
  readonly varFrac: number;
  readonly cvarFrac: number;
  readonly drawdownFrac: number;
  readonly leverage: number;
  readonly concentrationFrac: number;
  readonly heatFrac: number;
}

/** Points of each measure at or above its limit; together 100. */
export const SCORE_WEIGHTS: ScoreMeasures = {
  varFrac: 30,
  cvarFrac: 20,
  drawdownFrac: 20,
  leverage: 10,
  concentrationFrac: 10,
  heatFrac: 10,
};

/** Values at which a measure takes its whole weight; the same as in the native score. */
export const SCORE_LIMITS: ScoreMeasures = {
  varFrac: 0.05,
  cvarFrac: 0.08,
  drawdownFrac: 0.15,
  leverage: 3,
  concentrationFrac: 0.25,
  heatFrac: 0.06,
};

/**
 * Returns the risk score from 0 (no risk) to 100 (every measure at its limit): Σ weight × measure ÷
 * limit, each part at most its weight. A measure that is no number takes its whole weight.
 */
export function riskScore(measures: ScoreMeasures, limits: ScoreMeasures = SCORE_LIMITS): number {
  const part = (name: keyof ScoreMeasures): number => {
    const share = Math.max(0, measures[name] / limits[name]);
    return SCORE_WEIGHTS[name] * (share < 1 ? share : 1);
  };
  return (
    part('varFrac') +
    part('cvarFrac') +
    part('drawdownFrac') +
    part('leverage') +
    part('concentrationFrac') +
    part('heatFrac')
  );
}
