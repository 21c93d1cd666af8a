import { calendarReturns, type YearReturns } from '../../../quant/calendar-returns.js';
import type { SessionResult } from '../../session-result.js';
import { benchmarkCurve, equityCurve } from '../benchmark-curve.js';
import { fixedText } from '../figure-text.js';
import { markup, type Markup } from '../markup.js';
import { emptyNote, scrolling } from './table.js';

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** A month or a year of this size gets the full colour. */
const MONTH_FULL_FRAC = 0.08;
const YEAR_FULL_FRAC = 0.3;

/** The strongest tint over which the table's text keeps a contrast of 4.5 to 1. */
const TINT_MAX = 0.5;

/** The heatmap of monthly returns with year totals beside buy-and-hold's. */
export function monthlySection(result: SessionResult): Markup {
  const startValue = Number(result.startCash);
  const strategy = calendarReturns({ points: equityCurve(result.days), startValue });
  const held = calendarReturns({ points: benchmarkCurve(result, result.days), startValue }) ?? [];
  const benchmark = new Map(held.map((year) => [year.year, year.totalFrac]));
  return markup`<section aria-labelledby="months">
<h2 id="months">Monthly returns</h2>
${
  strategy === null || strategy.length === 0
    ? emptyNote('No monthly returns exist: equity was not above zero throughout.')
    : scrolling('Monthly returns', monthlyTable(strategy, benchmark))
}
</section>`;
}

function monthlyTable(
  years: readonly YearReturns[],
  benchmark: ReadonlyMap<number, number>,
): Markup {
  return markup`<table class="heatmap">
<caption><span>Strategy, percent; the months of a year compound to its total</span></caption>
<thead><tr>
<th scope="col">Year</th>
${MONTHS.map((month) => markup`<th scope="col">${month}</th>`)}
<th scope="col" class="total">Year</th>
<th scope="col" class="held">Buy and hold</th>
</tr></thead>
<tbody>
${years.map(
  (year) => markup`<tr>
<th scope="row">${year.year}</th>
${year.months.map((frac) => cell(frac, MONTH_FULL_FRAC))}
${cell(year.totalFrac, YEAR_FULL_FRAC, ' total')}
<td class="held">${heldText(benchmark.get(year.year))}</td>
</tr>
`,
)}</tbody>
</table>
`;
}

function cell(frac: number | null, fullFrac: number, extra = ''): Markup {
  if (frac === null) return markup`<td class="blank${extra}"></td>`;
  const tint = (Math.min(1, Math.abs(frac) / fullFrac) * TINT_MAX).toFixed(2);
  const side = frac < 0 ? 'loss' : 'gain';
  const text = fixedText(frac * 100, 1);
  return markup`<td class="${side}${extra}" style="--tint:${tint}">${text}</td>`;
}

function heldText(frac: number | undefined): string {
  return frac === undefined ? '' : fixedText(frac * 100, 1);
}
