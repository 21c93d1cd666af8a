/**
 * The same engine on ticks: a strategy that quotes both sides of a synthetic book and is filled by trades.
 * Run it with `npx tsx examples/quotes-and-trades.ts`.
 */
import { defineStrategy, Instrument, presetLimits, runBacktest, type Tick } from 'holdfast';

const instrument = Instrument.create({ symbol: 'TICKS', tickSize: '0.01', lotSize: '1' });

/** A book whose middle swings in a triangle, with a trade between the quotes. */
function* ticks(): Generator<Tick> {
  for (let step = 0; step < 2_000; step += 1) {
    const tsEventNs = BigInt(step) * 1_000_000_000n;
    const swing = Math.abs((step % 200) - 100);
    const bidTicks = 10_000 + swing;
    const askTicks = bidTicks + 4;
    yield { kind: 'quote', instrument: 0, tsEventNs, bidTicks, bidLots: 50, askTicks, askLots: 50 };
    yield {
      kind: 'trade',
      instrument: 0,
      tsEventNs: tsEventNs + 500_000_000n,
      priceTicks: bidTicks + 2,
      quantityLots: 40,
      tradeId: step,
      side: step % 2 === 0 ? 'buy' : 'sell',
    };
  }
}

const quoter = defineStrategy({
  name: 'two-sided',
  state: () => ({ orderId: 0, quotes: 0 }),
  onQuote(quote, context) {
    const { state, instrument } = context;
    state.quotes += 1;
    if (context.openOrderCount > 0) {
      // What did not fill within ten quotes is taken back and asked anew.
      if (state.quotes % 10 === 0) context.cancel(state.orderId);
      return;
    }
    const { isFlat } = context.position();
    const limitPrice = instrument.nearestPrice(isFlat ? quote.bid + 0.03 : quote.ask - 0.03);
    const intent = {
      side: isFlat ? 'buy' : 'sell',
      quantity: 10,
      orderType: 'limit',
      limitPrice,
    } as const;
    state.orderId = context.submit(intent).clientOrderId;
  },
});

const result = await runBacktest({
  strategy: quoter,
  data: { instruments: [instrument], ticks: ticks() },
  limits: { ...presetLimits('lightning'), ordersPerMinuteMax: '600', dailyTradesMax: 'unlimited' },
  assumptions: { makerFeeBps: '-0.2' },
});
console.log(
  `${result.period.bars} events, ${result.fillCount} fills, ${result.roundTrips.totals.count} round trips`,
);
console.log(`equity ${result.finalEquity} USD after fees of ${result.fees} USD`);
