import { HoldfastError } from './holdfast-error.js';

/**
 * Figures of the whole portfolio on their way to the gate, as the native core reads them: everything but the instant and
 * the number of instruments is in millionths, so that what the gate judges by is exact and stands so in the journal.
 */
export interface RiskMeasure {
  /** 0 are correlations, 1 is risk. */
  readonly kind: 0 | 1;
  readonly values: BigInt64Array;
}

/** Correlations between all instruments of an account, in their order; `null` where one is not known. */
export interface CorrelationFigures {
  /** Of the youngest return. */
  readonly asOfMs: number;
  readonly correlation: readonly (readonly (number | null)[])[];
}

/** What one instrument adds: its signed exposure, and VaR and CVaR of one unit of exposure by itself. */
export interface RiskPartFigures {
  readonly exposure: number;
  readonly varFrac: number;
  readonly cvarFrac: number;
}

/** VaR, CVaR and score of a portfolio, in the account's currency. */
export interface RiskFigures {
  /** Of the youngest price or position. */
  readonly asOfMs: number;
  readonly var: number;
  readonly cvar: number;
  /** 0 to 100. */
  readonly score: number;
  /** One an instrument of the account, in their order; without them the gate judges by the totals alone. */
  readonly parts?: readonly RiskPartFigures[];
}

/** What a correlation that is not known is told as. */
const UNKNOWN = 2_000_000n;
const PARTS = 1_000_000;
const NS_PER_MS = 1_000_000n;

function millionths(name: string, value: number, round: (value: number) => number): bigint {
  const scaled = round(value * PARTS);
  if (Number.isSafeInteger(scaled)) return BigInt(scaled);
  throw new HoldfastError('RISK_MEASURE_INVALID', `${name} must be finite, was ${value}`, {
    context: { name, value },
  });
}

function instant(asOfMs: number): bigint {
  if (Number.isSafeInteger(asOfMs)) return BigInt(asOfMs) * NS_PER_MS;
  throw new HoldfastError(
    'RISK_MEASURE_INVALID',
    `asOfMs must be whole milliseconds, was ${asOfMs}`,
    { context: { asOfMs } },
  );
}
/** Writes correlations for the gate. @throws HoldfastError `RISK_MEASURE_INVALID` */
export function correlationMeasure({ asOfMs, correlation }: CorrelationFigures): RiskMeasure {
  const values = [instant(asOfMs), BigInt(correlation.length)];
  correlation.forEach((row, index) => {
    for (const [column, value] of row.slice(0, index).entries()) {
      const name = `correlation ${index},${column}`;
      values.push(value === null ? UNKNOWN : millionths(name, value, Math.round));
    }
  });
  return { kind: 0, values: BigInt64Array.from(values) };
}

/** Writes risk for the gate, rounded up. @throws HoldfastError `RISK_MEASURE_INVALID` */
export function riskMeasure(figures: RiskFigures): RiskMeasure {
  const values = [
    instant(figures.asOfMs),
    millionths('var', figures.var, Math.ceil),
    millionths('cvar', figures.cvar, Math.ceil),
    millionths('score', figures.score, Math.ceil),
  ];
  for (const { exposure, varFrac, cvarFrac } of figures.parts ?? []) {
    values.push(
      millionths('exposure', exposure, Math.round),
      millionths('varFrac', varFrac, Math.ceil),
      millionths('cvarFrac', cvarFrac, Math.ceil),
    );
  }
  return { kind: 1, values: BigInt64Array.from(values) };
}
