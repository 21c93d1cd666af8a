import type { SessionResult } from '../../session-result.js';
import { coveredWindows } from '../crisis-windows.js';
import { dateText, percentText, signedPercentText } from '../figure-text.js';
import { dated, markup, type Markup } from '../markup.js';
import type { SessionPerformance } from '../session-performance.js';

/** How the strategy came through the known crises that the data cover. */
export function crisisSection(result: SessionResult, measured: SessionPerformance): Markup {
  const windows = coveredWindows(result, measured);
  return markup`<section aria-labelledby="crises">
<h2 id="crises">Crisis windows</h2>
${
  windows.length === 0
    ? markup`<p class="empty">The data cover none of the dated crisis windows as a whole.</p>`
    : markup`<div class="scroll" role="region" aria-label="Crisis windows" tabindex="0"><table class="noted">
<caption><span>Close to close over each window, with the largest fall inside it</span></caption>
<thead>
<tr><th scope="col" rowspan="2">Window</th><th scope="colgroup" colspan="2" class="span">Return</th><th scope="colgroup" colspan="2" class="span">Largest fall</th></tr>
<tr><th scope="col" class="number">Strategy</th><th scope="col" class="number">Buy and hold</th><th scope="col" class="number">Strategy</th><th scope="col" class="number">Buy and hold</th></tr>
</thead>
<tbody>
${windows.map(
  (
    window,
  ) => markup`<tr><th scope="row">${window.name} <span class="note">${dated(`${dateText(window.fromTsMs)} to ${dateText(window.toTsMs)}`)}</span></th><td class="number strong">${signedPercentText(window.returnFrac, 1)}</td><td class="number">${signedPercentText(window.benchmarkReturnFrac, 1)}</td><td class="number strong">${percentText(window.drawdownFrac, 1)}</td><td class="number">${percentText(window.benchmarkDrawdownFrac, 1)}</td></tr>
`,
)}</tbody></table></div>`
}
</section>`;
}
