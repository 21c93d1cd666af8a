import {
  EXIT_REASONS,
  type ExitReason,
  type RoundTrip,
  type SessionInstrument,
  type SessionResult,
} from '../../session-result.js';
import { displayAmount } from '../amount-text.js';
import { countText, dateText, fixedText, signedPercentText } from '../figure-text.js';
import { markup, type Markup } from '../markup.js';
import { priceCharts } from './charts.js';
import {
  dateCell,
  emptyNote,
  numberCell,
  row,
  scrolling,
  table,
  textCell,
  type Column,
} from './table.js';

/** Round trips listed on the page; `fills.csv` holds every fill. */
const TRIPS_SHOWN_MAX = 1_000;

/** Round trips in each of the two short tables. */
const EXTREMES_SHOWN = 5;

const PRICE_DECIMALS_MIN = 2;

const EXIT_NAMES: Readonly<Record<ExitReason, string>> = {
  signal: 'signal',
  stop_loss: 'stop loss',
  take_profit: 'take profit',
  liquidation: 'liquidation',
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
    ? emptyNote('No position was opened and closed again.')
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
  const exits = EXIT_REASONS.filter((reason) => totals.byExitReason[reason] > 0)
    .map((reason) => `${countText(totals.byExitReason[reason])} by ${EXIT_NAMES[reason]}`)
    .join(', ');
  const sides = [
    ...(totals.long > 0 ? [`${countText(totals.long)} long`] : []),
    ...(totals.short > 0 ? [`${countText(totals.short)} short`] : []),
  ].join(' and ');
  const noun = totals.count === 1 ? 'round trip' : 'round trips';
  return `${countText(totals.count)} ${noun} from flat to flat: ${sides}; closed ${exits}.`;
}

function shortTable(title: string, trips: readonly RoundTrip[], result: SessionResult): Markup {
  const shown = trips.slice(0, EXTREMES_SHOWN);
  if (shown.length === 0) return emptyNote(`${title}: none.`);
  return table({
    caption: title,
    columns: [
      { title: 'Entry' },
      { title: 'Exit' },
      { title: 'Return', kind: 'number' },
      { title: `P&L, ${result.currency}`, kind: 'number' },
    ],
    rows: shown.map((trip) =>
      row([
        dateCell(dateText(trip.entryTsMs)),
        dateCell(dateText(trip.exitTsMs)),
        numberCell(signedPercentText(tripReturn(trip, result), 1)),
        pnlCell(trip),
      ]),
    ),
  });
}

function tripList(listed: readonly RoundTrip[], result: SessionResult): Markup {
  const shown = listed.slice(0, TRIPS_SHOWN_MAX);
  const { count } = result.roundTrips.totals;
  const title =
    shown.length === count
      ? `All ${countText(count)} round trips`
      : `The first ${countText(shown.length)} of ${countText(count)} round trips`;
  const rows = shown.map((trip) => tripRow(trip, result));
  const columns = listColumns(result);
  const caption = 'Return: P&L ÷ largest quantity at its average entry price';
  const list = table({ caption, columns, rows });
  return markup`<details class="list">
<summary>${title}</summary>
${scrolling(title, list, 'scroll tall')}</details>`;
}

function listColumns(result: SessionResult): readonly Column[] {
  return [
    ...(result.instruments.length > 1 ? [{ title: 'Instrument' }] : []),
    { title: 'Side' },
    { title: 'Entry' },
    { title: 'Exit' },
    { title: 'Bars', kind: 'number' },
    { title: 'Quantity', kind: 'number' },
    { title: 'Entry price', kind: 'number' },
    { title: 'Exit price', kind: 'number' },
    { title: 'Return', kind: 'number' },
    { title: 'Fees', kind: 'number' },
    { title: `P&L, ${result.currency}`, kind: 'number' },
    { title: 'Closed by' },
  ];
}

function tripRow(trip: RoundTrip, result: SessionResult): Markup {
  const tickDecimals = decimalsOf(instrumentOf(trip, result)?.tickSize ?? '');
  const priceDecimals = Math.max(PRICE_DECIMALS_MIN, tickDecimals);
  return row([
    ...(result.instruments.length > 1 ? [textCell(trip.instrument)] : []),
    textCell(trip.side),
    dateCell(dateText(trip.entryTsMs)),
    dateCell(dateText(trip.exitTsMs)),
    numberCell(countText(trip.bars)),
    numberCell(displayAmount(trip.quantity, decimalsOf(trip.quantity))),
    numberCell(fixedText(trip.entryPx, priceDecimals)),
    numberCell(fixedText(trip.exitPx, priceDecimals)),
    numberCell(signedPercentText(tripReturn(trip, result), 1)),
    numberCell(displayAmount(trip.fees)),
    pnlCell(trip),
    textCell(EXIT_NAMES[trip.exitReason]),
  ]);
}

/** P&L ÷ notional of the largest quantity at the average entry price. */
function tripReturn(trip: RoundTrip, result: SessionResult): number | null {
  const multiplier = Number(instrumentOf(trip, result)?.contractMultiplier ?? '1');
  const notional = Math.abs(trip.entryPx) * Number(trip.quantity) * multiplier;
  return notional > 0 ? Number(trip.pnl) / notional : null;
}

function instrumentOf(trip: RoundTrip, result: SessionResult): SessionInstrument | undefined {
  return result.instruments.find((instrument) => instrument.symbol === trip.instrument);
}

function pnlCell(trip: RoundTrip): Markup {
  const emphasis = trip.pnl.startsWith('-') ? 'loss-text' : 'gain-text';
  return numberCell(displayAmount(trip.pnl), emphasis);
}

function decimalsOf(text: string): number {
  return text.split('.')[1]?.length ?? 0;
}
