import { countText, dateText, fixedText, percentText } from '../../engine/report/figure-text.js';
import { textColumns } from '../text-columns.js';
import type { MethodFigures, RiskReport } from './risk-report.js';

/** Names of the methods for people. */
export const METHOD_NAMES: Readonly<Record<MethodFigures['method'], string>> = {
  historical: 'historical',
  age_weighted: 'historical, weighted by age',
  filtered_ewma: 'filtered historical, EWMA',
  filtered_garch: 'filtered historical, GARCH(1,1)',
  normal: 'normal',
  student_t: 'Student t',
  cornish_fisher: 'Cornish–Fisher',
  monte_carlo: 'Monte Carlo',
};

export const ASSUMED_BETAS =
  'no column of betas: every position is taken to move one to one with US equities';

/** The report for a terminal. */
export function riskText(report: RiskReport): string {
  return [
    ...headText(report),
    '',
    ...methodText(report),
    '',
    ...positionText(report),
    ...groupText(report),
    '',
    ...stressText(report),
    '',
    ...backtestText(report),
  ].join('\n');
}

function headText(report: RiskReport): readonly string[] {
  const { observations, dropped, equity, exposure, drawdown, score, reverse } = report;
  const left = dropped > 0 ? `, ${countText(dropped)} dates left out` : '';
  return [
    `${dateText(report.fromTsMs)} to ${dateText(report.toTsMs)}, ${countText(observations)} returns${left}; horizon ${periods(report.horizon)}`,
    `equity ${fixedText(equity)}, net ${fixedText(report.netExposure)}, leverage ${fixedText(exposure.leverage)}, ` +
      `largest position ${percentText(exposure.concentrationFrac, 1)}, Herfindahl ${fixedText(exposure.herfindahl)}`,
    `risk score ${fixedText(score, 0)} of 100; largest fall in 252 periods: median ${percentText(drawdown.median, 1)}, ` +
      `beyond 15 % with probability ${percentText(drawdown.reaches15PercentFrac, 1)}`,
    `a loss of ${fixedText(reverse.loss)} (15 %) is ${fixedText(reverse.deviations, 1)} standard deviations away`,
  ];
}

function methodText({ methods }: RiskReport): readonly string[] {
  const levels = methods.find(({ figures }) => figures.length > 0)?.figures ?? [];
  const head = [
    'method',
    ...levels.flatMap(({ level }) => [levelText('VaR', level), levelText('CVaR', level)]),
  ];
  const rows = methods.map(({ method, figures, failure }) =>
    failure === null
      ? [
          METHOD_NAMES[method],
          ...figures.flatMap(({ var: a, cvar }) => [fixedText(a), fixedText(cvar)]),
        ]
      : [METHOD_NAMES[method], `none: ${failure.code}`],
  );
  const right = head.map((_, index) => index).slice(1);
  // Where the paths ran, and why a method has no figure, are not to be guessed.
  const notes = methods.flatMap(({ method, basis, failure }) => {
    if (failure !== null) return [`  ${METHOD_NAMES[method]}: ${failure.message}`];
    return method === 'monte_carlo' ? [`  ${METHOD_NAMES[method]}: ${basis}`] : [];
  });
  return [...textColumns([head, ...rows], right), ...notes];
}

function positionText({ positions, contributionTotal, level }: RiskReport): readonly string[] {
  const rows = positions.map((position) => [
    position.symbol,
    fixedText(position.exposure),
    fixedText(position.componentCvar),
    percentText(position.componentCvar / contributionTotal.cvar, 1),
    fixedText(position.incrementalVar),
  ]);
  const head = ['position', 'money', levelText('CVaR part', level), 'share', 'incremental VaR'];
  const total = ['total', '', fixedText(contributionTotal.cvar), '100.0 %', ''];
  return textColumns([head, ...rows, total], [1, 2, 3, 4]);
}

function groupText({ desks, strategies, level }: RiskReport): readonly string[] {
  return [['desk', desks] as const, ['strategy', strategies] as const].flatMap(([name, groups]) => {
    if (groups.length === 0) return [];
    const rows = groups.map(({ group, componentVar, componentCvar }) => [
      group === '' ? '(none)' : group,
      fixedText(componentVar),
      fixedText(componentCvar),
    ]);
    const head = [name, levelText('VaR part', level), levelText('CVaR part', level)];
    return ['', ...textColumns([head, ...rows], [1, 2])];
  });
}

function stressText({ stress, betasAssumed }: RiskReport): readonly string[] {
  const rows = stress.map(({ name, profit }) => [name, fixedText(profit)]);
  const table = textColumns([['stress', 'profit'], ...rows], [1]);
  return betasAssumed ? [...table, `(${ASSUMED_BETAS})`] : table;
}

function backtestText({ backtest, method }: RiskReport): readonly string[] {
  if (backtest === null) return ['backtest: the history is not longer than its window'];
  const { days, window, exceptions, expected, kupiec, conditionalCoverage, shortfall } = backtest;
  const missing = Object.entries(backtest.unavailable).map(
    ([code, count]) => `, ${count} days without a figure (${code})`,
  );
  return [
    `backtest of ${METHOD_NAMES[method]}, ${countText(days.length)} periods, window ${window}${missing.join('')}:`,
    `  ${exceptions} exceptions, ${fixedText(expected, 1)} expected; Basel zone ${backtest.trafficLight.zone}`,
    `  Kupiec p ${pText(kupiec.pValue)}, conditional coverage p ${pText(conditionalCoverage.pValue)}, ` +
      `CVaR (Acerbi–Székely Z2) ${fixedText(shortfall.z2)} p ${pText(shortfall.z2PValue)}`,
  ];
}

export function levelText(what: string, level: number): string {
  // The spaces do not break.
  return `${what}\u00a0${Number((100 * level).toFixed(3))}\u00a0%`;
}

export function pText(pValue: number | null): string {
  if (pValue === null) return '–';
  return pValue < 0.001 ? '< 0.001' : pValue.toFixed(3);
}

function periods(count: number): string {
  return count === 1 ? '1 period' : `${count} periods`;
}
