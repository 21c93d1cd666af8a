import type { SessionResult } from '../../session-result.js';
import { displayAmount } from '../amount-text.js';
import { countText, dateText, durationText, fixedText, percentText } from '../figure-text.js';
import { dated, markup, type Markup } from '../markup.js';
import type { SessionPerformance } from '../session-performance.js';

interface KeyFigure {
  readonly label: string;
  readonly value: string;
  readonly benchmark: string;
}

/**
 * The head of the page: what was tested, over which period, and the six figures that are asked for
 * first.
 */
export function headerSection(result: SessionResult, measured: SessionPerformance): Markup {
  const { period, currency } = result;
  const dates = `${dateText(period.firstTsMs)} to ${dateText(period.lastTsMs)}`;
  const symbols = result.instruments.map((instrument) => instrument.symbol).join(', ');
  return markup`<header class="masthead">
<p class="eyebrow"><span class="brand">Holdfast</span> Backtest report</p>
<h1>${result.strategy.name}</h1>
<dl class="facts">
<div><dt>Instrument${result.instruments.length === 1 ? '' : 's'}</dt><dd>${symbols}</dd></div>
<div><dt>Period</dt><dd>${dated(dates)}</dd></div>
<div><dt>Data</dt><dd>${countText(period.bars)} bars, ${durationText(spanDays(result))}</dd></div>
<div><dt>Start</dt><dd>${currency} ${displayAmount(result.startCash)}</dd></div>
<div><dt>End</dt><dd>${currency} ${displayAmount(result.finalEquity)}</dd></div>
</dl>
${parameters(result)}
<p class="simulated">Simulated result. It is hypothetical: no order reached a market. See
<a href="#assumptions">assumptions</a> and <a href="#notice">notice</a>.</p>
<section class="figures" aria-label="Key figures">
${keyFigures(measured).map(
  (figure) => markup`<div class="figure">
<p class="figure-label">${figure.label}</p>
<p class="figure-value">${figure.value}</p>
<p class="figure-benchmark">Buy and hold ${figure.benchmark}</p>
</div>
`,
)}</section>
</header>`;
}

function parameters(result: SessionResult): Markup {
  const params = Object.entries(result.strategy.params);
  if (params.length === 0) return markup``;
  return markup`<p class="parameters"><span class="muted">Parameters</span> ${params.map(
    ([name, value]) => markup`<span class="parameter">${name} <b>${String(value)}</b></span> `,
  )}</p>`;
}

function keyFigures({ strategy, benchmark }: SessionPerformance): readonly KeyFigure[] {
  return [
    {
      label: 'Total return',
      value: percentText(strategy.totalReturnFrac, 1),
      benchmark: percentText(benchmark.totalReturnFrac, 1),
    },
    {
      label: 'CAGR',
      value: percentText(strategy.cagrFrac),
      benchmark: percentText(benchmark.cagrFrac),
    },
    {
      label: 'Volatility',
      value: percentText(strategy.volAnn, 1),
      benchmark: percentText(benchmark.volAnn, 1),
    },
    {
      label: 'Sharpe ratio',
      value: fixedText(strategy.sharpe),
      benchmark: fixedText(benchmark.sharpe),
    },
    {
      label: 'Max drawdown',
      value: percentText(strategy.drawdown?.frac ?? 0, 1),
      benchmark: percentText(benchmark.drawdown?.frac ?? 0, 1),
    },
    {
      label: 'Calmar ratio',
      value: fixedText(strategy.calmar),
      benchmark: fixedText(benchmark.calmar),
    },
  ];
}

function spanDays(result: SessionResult): number {
  const { firstTsMs, lastTsMs } = result.period;
  return Math.floor(lastTsMs / 86_400_000) - Math.floor(firstTsMs / 86_400_000) + 1;
}
