import type { ExitReason, RoundTrip, SessionResult } from '../../session-result.js';
import { EXIT_REASONS } from '../../session-result.js';
import { displayAmount } from '../amount-text.js';
import { countText, dateText, fixedText, signedPercentText } from '../figure-text.js';
import { markup, type Markup } from '../markup.js';
import { priceCharts } from './charts.js';

/** Round trips listed on the page; `fills.csv` holds every fill. */
const TRIPS_SHOWN_MAX = 1_000;

/** Round trips in each of the two short tables. */
const EXTREMES_SHOWN = 5;

const EXIT_NAMES: Readonly<Record<ExitReason, string>> = {
  signal: 'signal',
  stop_loss: 'stop loss',
  take_profit: 'take profit',
  end: 'end of session',
};

/** Fills on price, the best and the worst round trips, and the list. */
export function tradesSection(result: SessionResult): Markup {
  const { totals, best, worst, listed } = result.roundTrips;
  return markup`<section aria-labelledby="trades">
<h2 id="trades">Trades</h2>
${priceCharts(result)}
${
  totals.count === 0
    ? markup`<p class="empty">No position was opened and closed again.</p>`
    : markup`<p class="lead">${exitSentence(result)}</p>
<div class="columns">
${shortTable('Best round trips', best, result)}
${shortTable('Worst round trips', worst, result)}
</div>
${tripList(listed, result)}`
}
</section>`;
}

function exitSentence(result: SessionResult): string {
  const { totals } = result.roundTrips;
  const parts = EXIT_REASONS.filter((reason) => totals.byExitReason[reason] > 0).map(
    (reason) => `${countText(totals.byExitReason[reason])} by ${EXIT_NAMES[reason]}`,
  );
  const sides = [
    ...(totals.long > 0 ? [`${countText(totals.long)} long`] : []),
    ...(totals.short > 0 ? [`${countText(totals.short)} short`] : []),
  ];
  const noun = totals.count === 1 ? 'round trip' : 'round trips';
  return `${countText(totals.count)} ${noun} from flat to flat: ${sides.join(' and ')}; closed ${parts.join(', ')}.`;
}

function shortTable(title: string, trips: readonly RoundTrip[], result: SessionResult): Markup {
  const shown = trips.slice(0, EXTREMES_SHOWN);
  if (shown.length === 0) return markup`<p class="empty">${title}: none.</p>`;
  return markup`<table class="compact">
<caption><span>${title}</span></caption>
<thead><tr><th scope="col">Entry</th><th scope="col">Exit</th><th scope="col" class="number">Return</th><th scope="col" class="number">P&amp;L, ${result.currency}</th></tr></thead>
<tbody>
${shown.map(
  (
    trip,
  ) => markup`<tr><td class="date">${dateText(trip.entryTsMs)}</td><td class="date">${dateText(trip.exitTsMs)}</td><td class="number">${signedPercentText(tripReturn(trip, result), 1)}</td><td class="number ${pnlClass(trip)}">${displayAmount(trip.pnl)}</td></tr>
`,
)}</tbody></table>`;
}

function tripList(listed: readonly RoundTrip[], result: SessionResult): Markup {
  const shown = listed.slice(0, TRIPS_SHOWN_MAX);
  const { count } = result.roundTrips.totals;
  const several = result.instruments.length > 1;
  const title =
    shown.length === count
      ? `All ${countText(count)} round trips`
      : `The first ${countText(shown.length)} of ${countText(count)} round trips`;
  return markup`<details class="list"><summary>${title}</summary>
<div class="scroll tall" role="region" aria-label="${title}" tabindex="0"><table class="compact">
<caption class="unseen">${title}</caption>
<thead><tr>${several ? markup`<th scope="col">Instrument</th>` : markup``}<th scope="col">Side</th><th scope="col">Entry</th><th scope="col">Exit</th><th scope="col" class="number">Bars</th><th scope="col" class="number">Quantity</th><th scope="col" class="number">Entry price</th><th scope="col" class="number">Exit price</th><th scope="col" class="number">Return</th><th scope="col" class="number">Fees</th><th scope="col" class="number">P&amp;L, ${result.currency}</th><th scope="col">Closed by</th></tr></thead>
<tbody>
${shown.map(
  (
    trip,
  ) => markup`<tr>${several ? markup`<td>${trip.instrument}</td>` : markup``}<td>${trip.side}</td><td class="date">${dateText(trip.entryTsMs)}</td><td class="date">${dateText(trip.exitTsMs)}</td><td class="number">${countText(trip.bars)}</td><td class="number">${displayAmount(trip.quantity, decimalsOf(trip.quantity))}</td><td class="number">${fixedText(trip.entryPx)}</td><td class="number">${fixedText(trip.exitPx)}</td><td class="number">${signedPercentText(tripReturn(trip, result), 1)}</td><td class="number">${displayAmount(trip.fees)}</td><td class="number ${pnlClass(trip)}">${displayAmount(trip.pnl)}</td><td>${EXIT_NAMES[trip.exitReason]}</td></tr>
`,
)}</tbody></table></div></details>`;
}

/** P&L ÷ notional of the largest quantity at the average entry price. */
function tripReturn(trip: RoundTrip, result: SessionResult): number | null {
  const instrument = result.instruments.find((other) => other.symbol === trip.instrument);
  const multiplier = Number(instrument?.contractMultiplier ?? '1');
  const notional = Math.abs(trip.entryPx) * Number(trip.quantity) * multiplier;
  return notional > 0 ? Number(trip.pnl) / notional : null;
}

function pnlClass(trip: RoundTrip): string {
  return trip.pnl.startsWith('-') ? 'loss-text' : 'gain-text';
}

function decimalsOf(text: string): number {
  return text.split('.')[1]?.length ?? 0;
}
