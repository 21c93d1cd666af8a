/**
 * A strategy under faults: messages are lost, doubled and late, the venue is silent or wrong, the process dies and starts
 * again. The first strategy asks the account what it holds; the second believes that what it asked for has filled.
 * Run it with `npx tsx examples/strategy-under-faults.ts`.
 */
import { defineStrategy, presetLimits } from 'holdfast';
import { neverShort, simulate } from 'holdfast/testing';

const limits = { ...presetLimits('lightning'), dailyTradesMax: 'unlimited' };
const options = { seeds: 50, rules: { 'never short': neverShort } };

const careful = defineStrategy({
  name: 'careful',
  limits,
  onBar(_, context) {
    if (context.openOrderCount > 0) return;
    if (context.position().isFlat) context.buy(10);
    else context.closePosition();
  },
});

const believing = defineStrategy({
  name: 'believing',
  limits,
  state: () => ({ holds: false }),
  onBar(_, context) {
    if (context.state.holds) context.sell(10);
    else context.buy(10);
    context.state.holds = !context.state.holds;
  },
});

const good = await simulate(careful, options);
good.expectHolds();
console.log(`${good.strategy}: ${good.fills} fills, ${good.crashes} crashes, nothing found`);

const bad = await simulate(believing, { ...options, findingsMax: 1 });
for (const { seed, message, faults } of bad.findings) {
  const needed = faults.length === 0 ? 'no fault' : faults.map(({ name }) => name).join(', ');
  console.log(`${bad.strategy}: seed ${seed} with ${needed}: ${message}`);
}
