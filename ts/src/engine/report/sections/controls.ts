import { CODES } from '../../../core/codes.generated.js';
import type { DenialCount, LimitValue, SessionResult } from '../../session-result.js';
import { countText, dateText, hashText, NO_FIGURE } from '../figure-text.js';
import { codeMarkup, dated, markup, type Markup } from '../markup.js';
import { emptyNote, numberCell, pairsTable, row, rowHead, scrollingTable } from './table.js';

/** What the gate refused, which limits were in force, and the state of the latching controls. */
export function controlsSection(result: SessionResult): Markup {
  const { denials, limits } = result;
  const source = limits.preset === null ? 'own limits' : `preset ${limits.preset}`;
  const print = markup`<code>${hashText(limits.fingerprint)}</code>`;
  return markup`<section aria-labelledby="controls">
<h2 id="controls">Risk controls</h2>
${denials.length === 0 ? emptyNote('No order was denied.') : denialTable(denials)}
<div class="columns">
${pairsTable(
  markup`Limits in force, ${source}, fingerprint ${print}`,
  Object.entries(limits.values).map(([name, value]) => [name, String(value)]),
)}
${pairsTable('Guardrails and orders', guardrailRows(result))}
</div>
</section>`;
}

function denialTable(denials: readonly DenialCount[]): Markup {
  return scrollingTable('Denials by control', {
    caption: 'Denials by control: orders refused before they reached the venue',
    columns: [
      { title: 'Control' },
      { title: 'Denied', kind: 'number' },
      { title: 'Worst observed', kind: 'number' },
      { title: 'Limit', kind: 'number' },
    ],
    rows: denials.map((denial) =>
      row([
        rowHead(controlText(denial)),
        numberCell(countText(denial.count)),
        numberCell(denial.worstObserved ?? NO_FIGURE),
        numberCell(denial.limit ?? NO_FIGURE),
      ]),
    ),
  });
}

function controlText(denial: DenialCount): Markup {
  const first = dateText(denial.firstTsMs);
  const last = dateText(denial.lastTsMs);
  const days = dated(first === last ? `On ${first}.` : `First ${first}, last ${last}.`);
  const meaning = meaningOf(denial.code);
  return markup`${codeMarkup(denial.code)} <span class="meaning">${meaning} ${days}</span>`;
}

function guardrailRows(result: SessionResult): readonly (readonly [string, string])[] {
  const { busiestDay, breakers, orders } = result;
  const busiest =
    busiestDay === null ? '0' : `${countText(busiestDay.trades)} on ${dateText(busiestDay.tsMs)}`;
  return [
    ['Most trades of a day', `${busiest}, limit ${limitText(result.limits.dailyTradesMax)}`],
    ['Drawdown breaker at the end', breakers.drawdown ? 'latched' : 'not latched'],
    ['Daily-loss breaker at the end', breakers.dailyLoss ? 'latched' : 'not latched'],
    ['Orders denied', countText(orders.denied)],
    ['Orders sent', countText(orders.submitted)],
    ['Filled whole', countText(orders.filled)],
    ['Ended partly filled', countText(orders.partiallyFilled)],
    ['Canceled', countText(orders.canceled)],
    ['Expired', countText(orders.expired)],
    ['Rejected by the venue', countText(orders.rejected)],
  ];
}

function limitText(limit: LimitValue): string {
  return limit === 'unlimited' ? limit : countText(limit);
}

function meaningOf(code: string): string {
  const entry = Object.entries(CODES).find(([name]) => name === code);
  return entry?.[1].meaning ?? '';
}
