/**
 * Trend following with a volatility target: be in the market while the 50-day average is above the 200-day average,
 * with a position sized so that its volatility is about 12 % a year, and never more than the account holds.
 *
 * Every order that opens carries a stop loss; the gate refuses it otherwise. Run it with `npm start`, or on your own
 * data with `npx holdfast backtest --strategy examples/trend-following.ts --data FILE`.
 */
import { defineStrategy, realizedVolatility, sma } from 'holdfast';

export default defineStrategy({
  name: 'trend-following',

  params: {
    fastBars: 50,
    slowBars: 200,
    volBars: 60,
    barsPerYear: 252,
    volTargetAnn: 0.12,
    /** Share of equity that is invested at most; the rest pays for costs and gaps. */
    investedFracMax: 0.95,
    /** The position is left alone until it is this far from its target. */
    rebalanceFrac: 0.2,
    stopLossFrac: 0.08,
  },

  // No money limit has a silent default: each is a value or the word "unlimited".
  limits: {
    orderQtyMax: 'unlimited',
    orderNotionalQuoteMax: 'unlimited',
    positionFracMax: '1',
    grossExposureFracMax: '1',
    priceBandFracMax: '0.05',
    ordersPerMinuteMax: '10',
    dailyTradesMax: '20',
    dailyLossFracMax: '0.04',
    drawdownFracMax: '0.25',
    stopLossRequired: true,
    priceAgeMsMax: '60000',
    positionQtyMax: 'unlimited',
    positionNotionalQuoteMax: 'unlimited',
  },

  indicators: ({ fastBars, slowBars, volBars, barsPerYear }) => ({
    fast: sma(fastBars),
    slow: sma(slowBars),
    vol: realizedVolatility({ period: volBars, barsPerYear }),
  }),

  onBar(bar, context) {
    const { fast, slow, vol } = context.indicators;
    const { volTargetAnn, investedFracMax, rebalanceFrac, stopLossFrac } = context.params;
    const held = context.position().quantity;

    if (fast <= slow) {
      context.closePosition();
      return;
    }
    const investedFrac = Math.min(volTargetAnn / vol, investedFracMax);
    const target = (investedFrac * context.equity) / bar.close;
    if (held > 0 && Math.abs(target - held) < rebalanceFrac * held) return;

    const change = context.instrument.floorQuantity(Math.abs(target - held));
    if (change.lots === 0n) return;
    if (target < held) context.sell(change);
    else {
      const stopLoss = context.instrument.floorPrice(bar.close * (1 - stopLossFrac));
      context.buy(change, { stopLoss });
    }
  },
});
