import type { SessionResult } from '../../session-result.js';
import { displayAmount } from '../amount-text.js';
import { fixedText, percentText } from '../figure-text.js';
import { markup, type Markup } from '../markup.js';
import { portfolioState, type PortfolioState } from '../portfolio-state.js';
import { emptyNote, numberCell, row, rowHead, scrollingTable, textCell } from './table.js';

/** Positions when the session ended, their risk, and what is past a limit. */
export function portfolioSection(result: SessionResult): Markup {
  const state = portfolioState(result);
  const flat = result.positions.length === 0;
  return markup`<section aria-labelledby="portfolio">
<h2 id="portfolio">Portfolio at the end</h2>
${flat ? emptyNote('Flat: no position was open.') : openPositions(result, state)}
${result.instruments.length > 1 ? correlationTable(result, state) : markup``}
</section>`;
}

function openPositions(result: SessionResult, state: PortfolioState): Markup {
  return markup`${scrollingTable('Open positions', {
    caption: `Open positions, ${result.currency}`,
    columns: [
      { title: 'Instrument' },
      { title: 'Side' },
      { title: 'Quantity', kind: 'number' },
      { title: 'Average price', kind: 'number' },
      { title: 'Mark', kind: 'number' },
      { title: 'Notional', kind: 'number' },
      { title: 'Unrealised P&L', kind: 'number' },
    ],
    rows: result.positions.map((position) =>
      row([
        rowHead(position.instrument),
        textCell(position.side),
        numberCell(position.quantity),
        numberCell(displayAmount(position.avgPx)),
        numberCell(position.markPx),
        numberCell(displayAmount(position.notional)),
        numberCell(displayAmount(position.unrealizedPnl)),
      ]),
    ),
  })}
<p class="lead">${riskSentence(state)}</p>
${rebalanceList(result, state)}`;
}

function riskSentence(state: PortfolioState): string {
  const figures = [
    `Largest position ${percentText(state.concentrationFrac, 1)} of equity`,
    `leverage ${fixedText(state.leverage)}`,
    ...(state.maxPairwiseCorrelation === null
      ? []
      : [`largest pairwise correlation ${fixedText(state.maxPairwiseCorrelation)}`]),
  ].join(', ');
  const none = state.rebalanceSignals.length === 0;
  return `${figures}. ${none ? 'No metric is above its limit.' : 'Above their limits:'}`;
}

function rebalanceList(result: SessionResult, state: PortfolioState): Markup {
  if (state.rebalanceSignals.length === 0) return markup``;
  return markup`<ul class="signals">
${state.rebalanceSignals.map((signal) => {
  const metric = signal.metric.replaceAll('_', ' ');
  const bound = `${fixedText(signal.observed)} over ${fixedText(signal.limit)}`;
  const target = `${result.currency} ${fixedText(signal.targetNotional)}`;
  return markup`<li>${metric} ${bound}: reduce ${signal.instruments.join(' and ')} to ${target}</li>
`;
})}</ul>`;
}

function correlationTable(result: SessionResult, state: PortfolioState): Markup {
  const symbols = result.instruments.map((instrument) => instrument.symbol);
  return scrollingTable('Correlations', {
    caption: 'Correlation of daily returns',
    columns: [
      { title: 'Instrument' },
      ...symbols.map((title) => ({ title, kind: 'number' as const })),
    ],
    rows: state.correlations.map((values, index) =>
      row([rowHead(symbols[index] ?? ''), ...values.map((value) => numberCell(fixedText(value)))]),
    ),
  });
}
