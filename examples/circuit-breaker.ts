/**
 * A call that fails too often is not made for a while, and then tried out; what depends on it waits too.
 * Run it with `npx tsx examples/circuit-breaker.ts`.
 */
import { Breakers, isRefusal } from 'holdfast/breaker';
import { isHoldfastError } from 'holdfast/core';

const START_MS = Date.UTC(2026, 0, 5);
let elapsedMs = 0;
const breakers = Breakers.create({
  clock: () => START_MS + elapsedMs,
  defaults: { failures: 3, cooldownMs: 1_000 },
  components: { orders: { dependsOn: ['venue'] } },
});
const venue = breakers.component('venue');
venue.on('open', ({ cause }) => console.log(`  venue opened: ${cause}`));
venue.on('close', () => console.log('  venue closed'));

/** A venue that is down for the first two seconds. */
async function fetchBook(): Promise<string> {
  if (elapsedMs < 2_000) throw new Error('connection refused');
  return 'bid 100, ask 101';
}

for (; elapsedMs <= 3_000; elapsedMs += 250) {
  const book = await venue.run(fetchBook).catch((error: unknown) => {
    if (isRefusal(error) && isHoldfastError(error)) return `not called, ${error.code}`;
    return `failed, ${error instanceof Error ? error.message : String(error)}`;
  });
  const { code = 'may send' } = breakers.component('orders').permission();
  console.log(`${elapsedMs} ms  venue: ${book}  orders: ${code}`);
}
const orders = breakers.metrics().find(({ component }) => component === 'orders');
console.log(`the venue is ${venue.state}, and orders had ${orders?.failed} failures`);
