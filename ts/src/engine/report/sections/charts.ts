import { ROLLING_WINDOW_DAYS } from '../../../quant/volatility.js';
import type { SessionResult } from '../../session-result.js';
import { coveredWindows } from '../crisis-windows.js';
import { countText, dateText, percentText } from '../figure-text.js';
import { markup, type Markup } from '../markup.js';
import { equityPositive, FILL_MARKS_MAX, hasCurve, PRICE_CHARTS_MAX } from '../page-data.js';
import type { SessionPerformance } from '../session-performance.js';
import { emptyNote } from './table.js';

interface ChartFrame {
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  /** What the chart shows, for those who cannot see it. */
  readonly label: string;
}

/** Equity and drawdown: the two charts that open the report. */
export function growthSection(result: SessionResult, measured: SessionPerformance): Markup {
  const { strategy, benchmark } = measured;
  const scale = equityPositive(result) ? 'log' : 'linear';
  const shaded = coveredWindows(result, measured).length > 0 ? '; shaded: crisis windows' : '';
  const dates = `from ${dateText(result.period.firstTsMs)} to ${dateText(result.period.lastTsMs)}`;
  const total = percentText(strategy.totalReturnFrac);
  const heldTotal = percentText(benchmark.totalReturnFrac);
  const fall = percentText(strategy.drawdown?.frac ?? 0);
  const heldFall = percentText(benchmark.drawdown?.frac ?? 0);
  return markup`<section aria-labelledby="growth">
<div class="section-head">
<h2 id="growth">Growth and drawdown</h2>
${hasCurve(result) ? zoomHint() : markup``}
<div class="ranges" id="ranges" role="group" aria-label="Period shown in all charts"></div>
</div>
${chart(result, {
  id: 'equity',
  title: 'Equity',
  subtitle: `${result.currency}, ${scale} scale${shaded}`,
  label: `Equity ${dates}: the strategy returned ${total}, buy and hold ${heldTotal}.`,
})}
${chart(result, {
  id: 'drawdown',
  title: 'Drawdown',
  subtitle: 'below the highest value so far',
  label: `Drawdown ${dates}: at most ${fall} for the strategy, ${heldFall} for buy and hold.`,
})}
</section>`;
}

/** Rolling volatility and exposure. */
export function rollingSection(result: SessionResult, measured: SessionPerformance): Markup {
  const { periodsPerYear } = measured.strategy.annualization;
  const window = `${ROLLING_WINDOW_DAYS} days`;
  const mean = percentText(result.exposure.meanGrossFrac);
  return markup`<section aria-labelledby="rolling">
<h2 id="rolling">Risk over time</h2>
${
  result.days.length > ROLLING_WINDOW_DAYS
    ? chart(result, {
        id: 'volatility',
        title: 'Rolling volatility',
        subtitle: `${window}, annualised by √${periodsPerYear}`,
        label: `Volatility of the last ${window}, strategy and buy and hold.`,
      })
    : emptyNote(`Rolling volatility: the data hold fewer than the ${window} of its window.`)
}
${chart(result, {
  id: 'exposure',
  title: 'Gross exposure',
  subtitle: 'of equity, at closes',
  label: `Gross exposure; the mean over all bars is ${mean}.`,
})}
</section>`;
}

/** One price chart for each instrument, up to the page's cap. */
export function priceCharts(result: SessionResult): Markup {
  const shown = result.instruments.slice(0, PRICE_CHARTS_MAX);
  const sampled = result.fills.length < result.fillCount || result.fills.length > FILL_MARKS_MAX;
  const marks = sampled
    ? `an even sample of ${countText(result.fillCount)} fills marked`
    : 'every fill marked';
  const left = result.instruments.length - shown.length;
  return markup`${shown.map((instrument, index) =>
    chart(result, {
      id: `price-${index}`,
      title: `${instrument.symbol} price`,
      subtitle: `${marks}; shaded while a position was held`,
      label: `Closes of ${instrument.symbol} with the fills of the session.`,
    }),
  )}${left > 0 ? emptyNote(`${left} further instruments are not drawn.`) : markup``}`;
}

function zoomHint(): Markup {
  return markup`<p class="hint">Drag across a chart to zoom, double-click to see all</p>`;
}

function chart(result: SessionResult, frame: ChartFrame): Markup {
  if (!hasCurve(result)) return emptyNote(`${frame.title}: the session is too short for a chart.`);
  return markup`<figure class="chart" data-chart="${frame.id}">
<figcaption>
<span class="chart-title">${frame.title}</span>
<span class="chart-subtitle">${frame.subtitle}</span>
<span class="legend" aria-hidden="true"></span>
</figcaption>
<div class="plot" role="img" aria-label="${frame.label}"></div>
</figure>`;
}
