import { dateText, fixedText, percentText, countText } from '../../engine/report/figure-text.js';
import {
  codeMarkup,
  dated,
  markup,
  type Markup,
  trustedMarkup,
} from '../../engine/report/markup.js';
import { pageAsset } from '../../engine/report/page-asset.js';
import {
  numberCell,
  pairsTable,
  row,
  rowHead,
  scrollingTable,
} from '../../engine/report/sections/table.js';
import type { GroupContribution } from '../../quant/index.js';
import { backtestChart, bar, barScale, distributionChart, moneyText } from './risk-charts.js';
import type { RiskReport } from './risk-report.js';
import { ASSUMED_BETAS, levelText, METHOD_NAMES, pText } from './risk-text.js';

/** Nothing is loaded and no script runs. */
const CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/**
 * Renders the report as one page that needs no other file, no network and no script.
 *
 * @throws HoldfastError `DEPENDENCY_MISSING` when the style has not been built
 */
export function riskPage(report: RiskReport): string {
  const dates = `${dateText(report.fromTsMs)} to ${dateText(report.toTsMs)}`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Holdfast">
<title>Portfolio risk, ${dates}</title>
<style>${trustedMarkup(pageAsset('risk-page.css'))}</style>
</head>
<body>
<main>
${[
  headSection(report, dates),
  distributionSection(report),
  componentSection(report),
  stressSection(report),
  gridSection(report),
  backtestSection(report),
  assumptionSection(report),
]}
</main>
</body>
</html>
`.text;
}

function headSection(report: RiskReport, dates: string): Markup {
  const { level, exposure, drawdown } = report;
  const chosen = report.methods.find(({ method }) => method === report.method)?.figures.at(-1);
  const figures: readonly (readonly [string, string, string])[] = [
    [levelText('VaR', level), moneyText(chosen?.var ?? null), METHOD_NAMES[report.method]],
    [levelText('CVaR', level), moneyText(chosen?.cvar ?? null), 'mean loss beyond VaR'],
    ['Risk score', fixedText(report.score, 0), 'of 100'],
    ['Leverage', fixedText(exposure.leverage), 'gross exposure ÷ equity'],
    ['Largest position', percentText(exposure.concentrationFrac, 1), 'of equity'],
    ['Median drawdown', percentText(drawdown.median, 1), 'largest fall in 252 periods'],
  ];
  return markup`<header class="masthead">
<p class="eyebrow"><span class="brand">Holdfast</span> Risk report</p>
<h1>Portfolio risk</h1>
<dl class="facts">
<div><dt>Positions</dt><dd>${countText(report.positions.length)}</dd></div>
<div><dt>Prices</dt><dd>${dated(dates)}</dd></div>
<div><dt>Returns</dt><dd>${countText(report.observations)}</dd></div>
<div><dt>Horizon</dt><dd>${report.horizon} period${report.horizon === 1 ? '' : 's'}</dd></div>
<div><dt>Equity</dt><dd>${moneyText(report.equity)}</dd></div>
<div><dt>Net exposure</dt><dd>${moneyText(report.netExposure)}</dd></div>
</dl>
<section class="figures" aria-label="Key figures">
${figures.map(
  ([label, value, note]) => markup`<div class="figure">
<p class="figure-label">${label}</p>
<p class="figure-value">${value}</p>
<p class="figure-benchmark">${note}</p>
</div>
`,
)}</section>
</header>`;
}

function distributionSection(report: RiskReport): Markup {
  const { methods, contributionTotal, profits } = report;
  const levels = methods.find(({ figures }) => figures.length > 0)?.figures ?? [];
  const columns = [
    { title: 'Method' },
    ...levels.flatMap(({ level }) => [
      { title: levelText('VaR', level), kind: 'number' as const },
      { title: levelText('CVaR', level), kind: 'number' as const },
    ]),
  ];
  const rows = methods.map(({ method, figures, failure, basis }) => {
    const name = rowHead(
      markup`${METHOD_NAMES[method]} <span class="meaning">${failure === null ? basis : failure.message}</span>`,
    );
    const cells =
      failure === null
        ? figures.flatMap((figure) => [
            numberCell(moneyText(figure.var)),
            numberCell(moneyText(figure.cvar), 'strong'),
          ])
        : [
            markup`<td class="number" colspan="${2 * levels.length}">${codeMarkup(failure.code)}</td>`,
          ];
    return row([name, ...cells]);
  });
  return markup`<section aria-labelledby="distribution">
<h2 id="distribution">Distribution of profits</h2>
${distributionChart(profits, contributionTotal)}
${scrollingTable('VaR and CVaR by method', {
  caption: 'Losses are positive, in the currency of the prices',
  columns,
  rows,
})}
</section>`;
}

function componentSection(report: RiskReport): Markup {
  const { positions, contributionTotal, level } = report;
  const scale = barScale(positions.map(({ componentCvar }) => componentCvar));
  const rows = positions.map((position) =>
    row([
      rowHead(position.symbol),
      numberCell(moneyText(position.exposure)),
      bar(position.componentCvar, scale),
      numberCell(moneyText(position.componentCvar), 'strong'),
      numberCell(percentText(position.componentCvar / contributionTotal.cvar, 1)),
      numberCell(moneyText(position.incrementalVar)),
    ]),
  );
  return markup`<section aria-labelledby="components">
<h2 id="components">What the risk is made of</h2>
${scrollingTable('Components by position', {
  caption: `Parts of ${levelText('CVaR', level)}, ${moneyText(contributionTotal.cvar)}, by the history of today’s positions; they add up. Green parts hedge the others.`,
  columns: [
    { title: 'Position' },
    { title: 'Money', kind: 'number' },
    { title: '', kind: 'bar' },
    { title: 'Part of CVaR', kind: 'number' },
    { title: 'Share', kind: 'number' },
    { title: 'Incremental VaR', kind: 'number' },
  ],
  rows,
})}
${groupTable('Desk', report.desks)}${groupTable('Strategy', report.strategies)}
</section>`;
}

function groupTable(name: string, groups: readonly GroupContribution[]): Markup {
  if (groups.length === 0) return markup``;
  const scale = barScale(groups.map(({ componentCvar }) => componentCvar));
  return scrollingTable(`Components by ${name.toLowerCase()}`, {
    caption: `By ${name.toLowerCase()}`,
    columns: [
      { title: name },
      { title: 'Positions', kind: 'number' },
      { title: '', kind: 'bar' },
      { title: 'Part of CVaR', kind: 'number' },
      { title: 'Part of VaR', kind: 'number' },
    ],
    rows: groups.map((group) =>
      row([
        rowHead(group.group === '' ? '(none)' : group.group),
        numberCell(countText(group.positions)),
        bar(group.componentCvar, scale),
        numberCell(moneyText(group.componentCvar), 'strong'),
        numberCell(moneyText(group.componentVar)),
      ]),
    ),
  });
}

function stressSection({ stress, equity, betasAssumed, reverse }: RiskReport): Markup {
  const scale = barScale(stress.map(({ profit }) => -profit));
  const note = betasAssumed ? ` Assumed: ${ASSUMED_BETAS}.` : '';
  return markup`<section aria-labelledby="stress">
<h2 id="stress">Stress</h2>
${scrollingTable('Stress scenarios', {
  caption: `Profits under dated shocks and made ones, and VaR under stress.${note}`,
  columns: [
    { title: 'Scenario' },
    { title: '', kind: 'bar' },
    { title: 'Profit', kind: 'number' },
    { title: 'Of equity', kind: 'number' },
    { title: 'Unmoved', kind: 'number' },
  ],
  rows: stress.map(({ name, profit, unmoved }) =>
    row([
      rowHead(scenarioName(name)),
      bar(-profit, scale),
      numberCell(moneyText(profit), 'strong'),
      numberCell(percentText(profit / equity, 1)),
      numberCell(unmoved.length === 0 ? '' : countText(unmoved.length)),
    ]),
  ),
})}
<p class="lead">The smallest moves that lose ${moneyText(reverse.loss)} (15 % of equity) lie
${fixedText(reverse.deviations, 1)} standard deviations away.</p>
</section>`;
}

/** The dates of a shock stand behind its name. */
function scenarioName(name: string): Markup {
  const [, event = name, dates] = /^(.*) \((\d{4}-.*)\)$/.exec(name) ?? [];
  if (dates === undefined) return markup`${event}`;
  return markup`${event} <span class="note">${dated(dates.replace('/', ' to '))}</span>`;
}

function gridSection({ grid }: RiskReport): Markup {
  if (grid === null) return markup``;
  const most = Math.max(...grid.profits.flat().map(Math.abs), 1e-9);
  const cell = (profit: number): Markup => {
    const tint = Number(((0.75 * Math.abs(profit)) / most).toFixed(2));
    return markup`<td class="${profit < 0 ? 'loss' : 'gain'}" style="--tint: ${tint}">${fixedText(profit, 0)}</td>`;
  };
  return markup`<section aria-labelledby="grid">
<h2 id="grid">Spot and volatility</h2>
<div class="scroll" role="region" aria-label="Spot and volatility" tabindex="0">
<table class="heatmap"><caption><span>Profit when all spots move and all volatilities are multiplied; options repriced in full</span></caption>
<thead><tr><th scope="col">Vol</th>${grid.spotMoves.map((move) => markup`<th scope="col">${percentText(move, 0)}</th>`)}</tr></thead>
<tbody>${grid.profits.map(
    (profits, index) =>
      markup`<tr><th scope="row">× ${grid.volatilityFactors[index] ?? 1}</th>${profits.map(cell)}</tr>`,
  )}</tbody></table>
</div>
</section>`;
}

function backtestSection({ backtest, profitTsMs, method }: RiskReport): Markup {
  if (backtest === null) {
    return markup`<section aria-labelledby="backtest"><h2 id="backtest">Backtest</h2>
<p class="empty">The history is not longer than the window that a forecast looks back.</p></section>`;
  }
  const { exceptions, expected, kupiec, independence, conditionalCoverage, shortfall } = backtest;
  const zones = backtest.zoneDays;
  const missing = Object.entries(backtest.unavailable);
  return markup`<section aria-labelledby="backtest">
<h2 id="backtest">Backtest</h2>
${backtestChart(backtest.days, profitTsMs)}
${pairsTable(
  `${METHOD_NAMES[method]}, ${levelText('VaR', backtest.level)}, each period forecast from the ${backtest.window} before it`,
  [
    [
      'Exceptions',
      `${exceptions}, ${fixedText(expected, 1)} expected of ${countText(backtest.days.length)}`,
    ],
    ['Kupiec, proportion of failures', `${fixedText(kupiec.statistic)}, p ${pText(kupiec.pValue)}`],
    [
      'Christoffersen, independence',
      `${fixedText(independence.statistic)}, p ${pText(independence.pValue)}`,
    ],
    [
      'Christoffersen, conditional coverage',
      `${fixedText(conditionalCoverage.statistic)}, p ${pText(conditionalCoverage.pValue)}`,
    ],
    ['Basel traffic light, whole history', backtest.trafficLight.zone],
    [
      'Days green, yellow, red over 250 days',
      [zones.green, zones.yellow, zones.red].map(countText).join(', '),
    ],
    ['Acerbi–Székely Z1 of CVaR', `${fixedText(shortfall.z1)}, p ${pText(shortfall.z1PValue)}`],
    ['Acerbi–Székely Z2 of CVaR', `${fixedText(shortfall.z2)}, p ${pText(shortfall.z2PValue)}`],
    ...missing.map(
      ([code, count]) => [`Days without a figure, ${code}`, countText(count)] as const,
    ),
  ],
)}
</section>`;
}

function assumptionSection(report: RiskReport): Markup {
  const covariance =
    report.covariance === 'sample'
      ? 'the sample covariance of returns'
      : 'the covariance of Ledoit and Wolf, since there are no more returns than assets';
  const dropped =
    report.dropped > 0
      ? ` ${countText(report.dropped)} dates that not every symbol has were left out.`
      : '';
  return markup`<section class="notice" aria-labelledby="notice">
<h2 id="notice">How it was computed</h2>
<p>Today’s positions are held through the history of their prices; options are repriced in full at the moved price and today’s
volatility. VaR is the loss that a share of 1 − level of the outcomes exceeds, CVaR the mean loss beyond it. Monte Carlo and reverse
stress use ${covariance}.${dropped} Parts of CVaR are mean losses of each position in the tail. Drawdowns are drawn in blocks of
20 periods with positions kept at a constant share of equity. The score leaves heat out, since no stops are known.</p>
<p>For education and research. Trading carries a substantial risk of loss; figures from the past say little about the future.
Complying with the law that applies to you is your duty.</p>
</section>`;
}
