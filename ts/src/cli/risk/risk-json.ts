import type { RiskReport } from './risk-report.js';

const CAMEL = /^[a-z][a-zA-Z0-9]*$/;

/** The report for scripts: keys in snake_case, without what only the charts need. */
export function riskJson(report: RiskReport): unknown {
  const { profits, profitTsMs, backtest, ...rest } = report;
  const exceptions = backtest?.days
    .filter(({ isException }) => isException)
    .map(({ index, profit, var: atRisk, cvar }) => ({
      date: new Date(profitTsMs[index] ?? 0).toISOString().slice(0, 10),
      profit,
      var: atRisk,
      cvar,
    }));
  const judged =
    backtest === null
      ? null
      : { ...backtest, days: backtest.days.length, exceptionDays: exceptions };
  return snakeCase({ ...rest, profits: profits.length, backtest: judged });
}

/** Codes, which are in capitals, stay as they are. */
function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      CAMEL.test(key) ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key,
      snakeCase(inner),
    ]),
  );
}
