import { CODES } from '../../../core/codes.generated.js';
import type { DenialCount, LimitValue, SessionResult } from '../../session-result.js';
import { countText, dateText, hashText, NO_FIGURE } from '../figure-text.js';
import { codeMarkup, dated, markup, type Markup } from '../markup.js';

/** What the gate refused, which limits were in force, and the state of the latching controls. */
export function controlsSection(result: SessionResult): Markup {
  const { limits } = result;
  const source = limits.preset === null ? 'own limits' : `preset ${limits.preset}`;
  return markup`<section aria-labelledby="controls">
<h2 id="controls">Risk controls</h2>
${result.denials.length === 0 ? markup`<p class="empty">No order was denied.</p>` : denialTable(result.denials)}
<div class="columns">
<table class="pairs">
<caption><span>Limits in force, ${source}, fingerprint <code>${hashText(limits.fingerprint)}</code></span></caption>
<tbody>
${Object.entries(limits.values).map(
  ([name, value]) =>
    markup`<tr><th scope="row">${name}</th><td class="number">${String(value)}</td></tr>
`,
)}</tbody></table>
<table class="pairs">
<caption><span>Guardrails and orders</span></caption>
<tbody>
${guardrailRows(result).map(
  ([name, value]) => markup`<tr><th scope="row">${name}</th><td class="number">${value}</td></tr>
`,
)}</tbody></table>
</div>
</section>`;
}

function denialTable(denials: readonly DenialCount[]): Markup {
  return markup`<div class="scroll" role="region" aria-label="Denials by control" tabindex="0"><table>
<caption><span>Denials by control: orders refused before they reached the venue</span></caption>
<thead><tr><th scope="col">Control</th><th scope="col" class="number">Denied</th><th scope="col" class="number">Worst observed</th><th scope="col" class="number">Limit</th></tr></thead>
<tbody>
${denials.map(
  (
    denial,
  ) => markup`<tr><th scope="row">${codeMarkup(denial.code)}<span class="meaning">${meaningOf(denial.code)} ${datesText(denial)}</span></th><td class="number">${countText(denial.count)}</td><td class="number">${denial.worstObserved ?? NO_FIGURE}</td><td class="number">${denial.limit ?? NO_FIGURE}</td></tr>
`,
)}</tbody></table></div>`;
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

function datesText(denial: DenialCount): Markup {
  const first = dateText(denial.firstTsMs);
  const last = dateText(denial.lastTsMs);
  return dated(first === last ? `On ${first}.` : `First ${first}, last ${last}.`);
}

function limitText(limit: LimitValue): string {
  return limit === 'unlimited' ? limit : countText(limit);
}

function meaningOf(code: string): string {
  const entry = Object.entries(CODES).find(([name]) => name === code);
  return entry?.[1].meaning ?? '';
}
