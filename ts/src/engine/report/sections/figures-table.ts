import type { SessionResult } from '../../session-result.js';
import { dated, markup, type Markup } from '../markup.js';
import { metricGroups, type MetricRow } from '../metric-rows.js';
import type { SessionPerformance } from '../session-performance.js';

/** The whole comparison with buy-and-hold, each figure with its definition. */
export function figuresSection(result: SessionResult, measured: SessionPerformance): Markup {
  return markup`<section aria-labelledby="figures">
<h2 id="figures">Figures</h2>
<table class="metrics">
<caption><span>Strategy beside buy and hold of ${result.benchmark.symbol}, bought at the first close
and held to the last, without costs</span></caption>
<thead><tr>
<th scope="col">Figure</th>
<th scope="col" class="number">Strategy</th>
<th scope="col" class="number">Buy and hold</th>
</tr></thead>
${metricGroups(result, measured).map(
  (group) => markup`<tbody>
<tr class="group"><th scope="rowgroup" colspan="3">${group.title}</th></tr>
${group.rows.map(metricRow)}</tbody>
`,
)}</table>
</section>`;
}

function metricRow(metric: MetricRow): Markup {
  return markup`<tr>
<th scope="row">${metric.label} <span class="note">${metric.note}</span></th>
<td class="number strong">${dated(metric.strategy)}</td>
<td class="number">${dated(metric.benchmark)}</td>
</tr>
`;
}
