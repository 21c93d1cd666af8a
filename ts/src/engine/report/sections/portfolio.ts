import type { SessionResult } from '../../session-result.js';
import { displayAmount } from '../amount-text.js';
import { fixedText, percentText } from '../figure-text.js';
import { markup, type Markup } from '../markup.js';
import { portfolioState, type PortfolioState } from '../portfolio-state.js';

/** Positions when the session ended, their risk, and what is past a limit. */
export function portfolioSection(result: SessionResult): Markup {
  const state = portfolioState(result);
  return markup`<section aria-labelledby="portfolio">
<h2 id="portfolio">Portfolio at the end</h2>
${result.positions.length === 0 ? markup`<p class="lead">Flat: no position was open, so that concentration and leverage are zero.</p>` : positionTables(result, state)}
${result.instruments.length > 1 ? correlationTable(result, state) : markup``}
</section>`;
}

function positionTables(result: SessionResult, state: PortfolioState): Markup {
  return markup`<div class="scroll" role="region" aria-label="Open positions" tabindex="0"><table>
<caption><span>Open positions, ${result.currency}</span></caption>
<thead><tr><th scope="col">Instrument</th><th scope="col">Side</th><th scope="col" class="number">Quantity</th><th scope="col" class="number">Average price</th><th scope="col" class="number">Mark</th><th scope="col" class="number">Notional</th><th scope="col" class="number">Unrealised P&amp;L</th></tr></thead>
<tbody>
${result.positions.map(
  (
    position,
  ) => markup`<tr><th scope="row">${position.instrument}</th><td>${position.side}</td><td class="number">${position.quantity}</td><td class="number">${displayAmount(position.avgPx)}</td><td class="number">${position.markPx}</td><td class="number">${displayAmount(position.notional)}</td><td class="number">${displayAmount(position.unrealizedPnl)}</td></tr>
`,
)}</tbody></table></div>
<p class="lead">Largest position ${percentText(state.concentrationFrac, 1)} of equity, leverage ${fixedText(state.leverage)}${
    state.maxPairwiseCorrelation === null
      ? ''
      : `, largest pairwise correlation ${fixedText(state.maxPairwiseCorrelation)}`
  }. ${state.rebalanceSignals.length === 0 ? 'No metric is above its limit.' : 'Above their limits:'}</p>
${rebalanceList(result, state)}`;
}

function rebalanceList(result: SessionResult, state: PortfolioState): Markup {
  if (state.rebalanceSignals.length === 0) return markup``;
  return markup`<ul class="signals">${state.rebalanceSignals.map((signal) => {
    const metric = signal.metric.replaceAll('_', ' ');
    const bound = `${fixedText(signal.observed)} over ${fixedText(signal.limit)}`;
    const target = `${result.currency} ${fixedText(signal.targetNotional)}`;
    return markup`<li>${metric} ${bound}: reduce ${signal.instruments.join(' and ')} to ${target}</li>
`;
  })}</ul>`;
}

function correlationTable(result: SessionResult, state: PortfolioState): Markup {
  const symbols = result.instruments.map((instrument) => instrument.symbol);
  return markup`<div class="scroll" role="region" aria-label="Correlations" tabindex="0"><table>
<caption><span>Correlation of daily returns</span></caption>
<thead><tr><th scope="col">Instrument</th>${symbols.map((symbol) => markup`<th scope="col" class="number">${symbol}</th>`)}</tr></thead>
<tbody>
${state.correlations.map(
  (
    row,
    index,
  ) => markup`<tr><th scope="row">${symbols[index] ?? ''}</th>${row.map((value) => markup`<td class="number">${fixedText(value)}</td>`)}</tr>
`,
)}</tbody></table></div>`;
}
