import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const HOLDFAST = pathToFileURL(resolve('dist', 'index.js')).href;

/** Source of a strategy file for JavaScript, with the body of `defineStrategy({ … })`. */
export function strategySource(body: string): string {
  return `import { defineStrategy, sma } from '${HOLDFAST}';\nexport default defineStrategy({ ${body} });\n`;
}

/** Limits that a strategy file may bring: none but the age of prices. */
export const OPEN_LIMITS = `limits: {
  orderQtyMax: 'unlimited', orderNotionalQuoteMax: 'unlimited', positionFracMax: 'unlimited',
  grossExposureFracMax: 'unlimited', priceBandFracMax: 'unlimited', ordersPerMinuteMax: 'unlimited',
  dailyTradesMax: 'unlimited', dailyLossFracMax: 'unlimited', drawdownFracMax: 'unlimited',
  stopLossRequired: false, priceAgeMsMax: '60000', positionQtyMax: 'unlimited',
  positionNotionalQuoteMax: 'unlimited' }`;

/** Buys ten at the first bar and holds. */
export const BUY_AND_HOLD = `name: 'buy-and-hold', onBar(bar, context) {
  if (context.position().isFlat && context.openOrderCount === 0) context.buy(10);
}`;
