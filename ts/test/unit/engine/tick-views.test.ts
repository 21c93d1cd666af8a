import { expect, it } from 'vitest';

import { QuoteView, TradeView } from '#ts/engine/tick-views.js';

it('read a trade where native code writes it', () => {
  const memory = Float64Array.of(1_000, 10.5, 3, 1, 0, 0, 2, 0);
  const trade = new TradeView(memory);
  const copy = trade.toJSON();
  expect(copy).toEqual({
    instrument: 2,
    tsMs: 1_000,
    price: 10.5,
    quantity: 3,
    aggressorSide: 'sell',
  });
  memory[3] = 0;
  expect([trade.aggressorSide, copy.aggressorSide]).toEqual(['buy', 'sell']);
});

it('read a quote where native code writes it', () => {
  const memory = Float64Array.of(1_000, 10, 5, 10.5, 7, 0, 1, 0);
  const quote = new QuoteView(memory);
  expect(JSON.parse(JSON.stringify(quote))).toEqual({
    instrument: 1,
    tsMs: 1_000,
    bid: 10,
    bidQuantity: 5,
    ask: 10.5,
    askQuantity: 7,
  });
});
