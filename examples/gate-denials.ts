/**
 * The gate says no, and every reason why: a strategy without a stop loss that wants too much, under the preset `bot4`.
 * Run it with `npx tsx examples/gate-denials.ts`.
 */
import { defineStrategy, Instrument, presetLimits, runBacktest } from 'holdfast';
import { randomWalkBars } from 'holdfast/testing';

const greedy = defineStrategy({
  name: 'greedy',
  state: () => ({ asked: 0 }),
  onBar(bar, context) {
    context.state.asked += 1;
    if (context.state.asked > 1) return;
    const whole = context.instrument.floorQuantity(context.equity / bar.close);
    const result = context.buy(whole);
    if (result.verdict === 'approved') return;
    console.log(`order ${result.clientOrderId} for ${whole} was denied:`);
    for (const { code, limit, observed, unit } of result.failed) {
      console.log(`  ${code}: observed ${observed}, limit ${limit} (${unit})`);
    }
    const small = context.instrument.floorQuantity((0.02 * context.equity) / bar.close);
    const stopLoss = context.instrument.floorPrice(bar.close * 0.95);
    const second = context.buy(small, { stopLoss });
    console.log(
      `order ${second.clientOrderId} for ${small} with a stop at ${stopLoss}: ${second.verdict}`,
    );
  },
});

const instrument = Instrument.create({ symbol: 'DEMO', tickSize: '0.01', lotSize: '1' });
const result = await runBacktest({
  strategy: greedy,
  data: { instruments: [instrument], chunks: randomWalkBars({ bars: 50, seed: 1 }) },
  limits: presetLimits('bot4'),
});
console.log(
  `denials counted: ${result.denials.map((each) => `${each.code} ${each.count}`).join(', ')}`,
);
