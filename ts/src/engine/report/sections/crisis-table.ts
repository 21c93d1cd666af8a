import type { SessionResult } from '../../session-result.js';
import { coveredWindows, type WindowResult } from '../crisis-windows.js';
import { dateText, percentText, signedPercentText } from '../figure-text.js';
import { dated, markup, type Markup } from '../markup.js';
import type { SessionPerformance } from '../session-performance.js';
import { emptyNote, numberCell, row, rowHead, scrolling } from './table.js';

/** How the strategy came through the known crises that the data cover. */
export function crisisSection(result: SessionResult, measured: SessionPerformance): Markup {
  const windows = coveredWindows(result, measured);
  return markup`<section aria-labelledby="crises">
<h2 id="crises">Crisis windows</h2>
${
  windows.length === 0
    ? emptyNote('The data cover none of the dated crisis windows as a whole.')
    : scrolling('Crisis windows', windowTable(windows))
}
</section>`;
}

function windowTable(windows: readonly WindowResult[]): Markup {
  return markup`<table class="noted">
<caption><span>Close to close over each window, with the largest fall inside it</span></caption>
<thead>
<tr>
<th scope="col" rowspan="2">Window</th>
<th scope="colgroup" colspan="2" class="span">Return</th>
<th scope="colgroup" colspan="2" class="span">Largest fall</th>
</tr>
<tr>
<th scope="col" class="number">Strategy</th>
<th scope="col" class="number">Buy and hold</th>
<th scope="col" class="number">Strategy</th>
<th scope="col" class="number">Buy and hold</th>
</tr>
</thead>
<tbody>
${windows.map((window) =>
  row([
    rowHead(windowText(window)),
    numberCell(signedPercentText(window.returnFrac, 1), 'strong'),
    numberCell(signedPercentText(window.benchmarkReturnFrac, 1)),
    numberCell(percentText(window.drawdownFrac, 1), 'strong'),
    numberCell(percentText(window.benchmarkDrawdownFrac, 1)),
  ]),
)}</tbody>
</table>
`;
}

function windowText(window: WindowResult): Markup {
  const dates = dated(`${dateText(window.fromTsMs)} to ${dateText(window.toTsMs)}`);
  return markup`${window.name} <span class="note">${dates}</span>`;
}
