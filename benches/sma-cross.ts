import {
  defineStrategy,
  Instrument,
  presetLimits,
  runBacktest,
  sma,
  type BarChunk,
} from 'holdfast';

export const FAST = 10;
export const SLOW = 30;
const QUANTITY = 10;

export const instrument = Instrument.create({ symbol: 'WALK', tickSize: '0.01', lotSize: '1' });

/** Buys when the fast average is above the slow one, sells when it is not. */
const smaCross = defineStrategy({
  name: 'sma-cross',
  indicators: () => ({ fast: sma(FAST), slow: sma(SLOW) }),
  onBar(_bar, context) {
    if (context.openOrderCount > 0) return;
    const { fast, slow } = context.indicators;
    if (fast <= slow) context.closePosition();
    else if (context.position().isFlat) context.buy(QUANTITY);
  },
});

/** Runs the strategy with gate, fees, slippage and equity curve; with a folder also the journal. */
export async function runSmaCross(
  chunks: Iterable<BarChunk>,
  journalFolder?: string,
): Promise<number> {
  const result = await runBacktest({
    strategy: smaCross,
    data: { instruments: [instrument], chunks },
    limits: { ...presetLimits('lightning'), dailyTradesMax: 'unlimited' },
    ...(journalFolder === undefined ? {} : { out: journalFolder, tables: false }),
  });
  return result.fillCount;
}
