import type { SessionResult } from '../../session-result.js';
import { ROLLING_WINDOW_DAYS } from '../../../quant/volatility.js';
import { countText, dateText, percentText } from '../figure-text.js';
import { markup, type Markup } from '../markup.js';
import { equityPositive, hasCurve, FILL_MARKS_MAX, PRICE_CHARTS_MAX } from '../page-data.js';
import type { SessionPerformance } from '../session-performance.js';
import { coveredWindows } from '../crisis-windows.js';

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
  const positive = equityPositive(result);
  const shaded = coveredWindows(result, measured).length > 0 ? '; shaded: crisis windows' : '';
  const dates = `from ${dateText(result.period.firstTsMs)} to ${dateText(result.period.lastTsMs)}`;
  return markup`<section aria-labelledby="growth">
<div class="section-head"><h2 id="growth">Growth and drawdown</h2>
${hasCurve(result) ? markup`<p class="hint">Drag across a chart to zoom, double-click to see all</p>` : markup``}
<div class="ranges" id="ranges" role="group" aria-label="Period shown in all charts"></div></div>
${chart(result, {
  id: 'equity',
  title: 'Equity',
  subtitle: `${result.currency}, ${positive ? 'log' : 'linear'} scale${shaded}`,
  label: `Line chart of equity ${dates}: the strategy returned ${percentText(strategy.totalReturnFrac)}, buy and hold ${percentText(benchmark.totalReturnFrac)}.`,
})}
${chart(result, {
  id: 'drawdown',
  title: 'Drawdown',
  subtitle: 'below the highest value so far',
  label: `Area chart of drawdown ${dates}: at most ${percentText(strategy.drawdown?.frac ?? 0)} for the strategy, ${percentText(benchmark.drawdown?.frac ?? 0)} for buy and hold.`,
})}
</section>`;
}

/** Rolling volatility and exposure. */
export function rollingSection(result: SessionResult, measured: SessionPerformance): Markup {
  const { periodsPerYear } = measured.strategy.annualization;
  const long = result.days.length > ROLLING_WINDOW_DAYS;
  return markup`<section aria-labelledby="rolling">
<h2 id="rolling">Risk over time</h2>
${
  long
    ? chart(result, {
        id: 'volatility',
        title: 'Rolling volatility',
        subtitle: `${ROLLING_WINDOW_DAYS} days, annualised by √${periodsPerYear}`,
        label: `Line chart of the volatility of the last ${ROLLING_WINDOW_DAYS} days, strategy and buy and hold.`,
      })
    : markup`<p class="empty">The data hold too few days for a rolling volatility of ${ROLLING_WINDOW_DAYS} days.</p>`
}
${chart(result, {
  id: 'exposure',
  title: 'Gross exposure',
  subtitle: 'of equity, at closes',
  label: `Area chart of gross exposure; the mean over all bars is ${percentText(result.exposure.meanGrossFrac)}.`,
})}
</section>`;
}

/** One price chart for each instrument, up to the page's cap. */
export function priceCharts(result: SessionResult): Markup {
  const shown = result.instruments.slice(0, PRICE_CHARTS_MAX);
  const sampled = result.fills.length < result.fillCount || result.fills.length > FILL_MARKS_MAX;
  const left = result.instruments.length - shown.length;
  return markup`${shown.map((instrument, index) =>
    chart(result, {
      id: `price-${index}`,
      title: `${instrument.symbol} price`,
      subtitle: sampled
        ? `an even sample of the ${countText(result.fillCount)} fills; shaded while a position was held`
        : 'every fill marked; shaded while a position was held',
      label: `Line chart of ${instrument.symbol} closes with the fills of the session.`,
    }),
  )}${left > 0 ? markup`<p class="muted">${left} further instruments are not drawn.</p>` : markup``}`;
}

function chart(result: SessionResult, frame: ChartFrame): Markup {
  if (!hasCurve(result)) {
    return markup`<p class="empty">${frame.title}: the session is too short for a chart.</p>`;
  }
  return markup`<figure class="chart" data-chart="${frame.id}">
<figcaption><span class="chart-title">${frame.title}</span> <span class="chart-subtitle">${frame.subtitle}</span>
<span class="legend" aria-hidden="true"></span></figcaption>
<div class="plot" role="img" aria-label="${frame.label}"></div>
</figure>`;
}
