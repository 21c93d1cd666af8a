import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { BTC } from '../../../support/engine-by-hand.js';
import { UNLIMITED } from '../../../support/scripted-session.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

/** Files may have so many blocks of 512 bytes: what one actor's journal soon has, and the other's never. */
const FILE_BLOCKS_MAX = 256;
const SHELL = `ulimit -f ${FILE_BLOCKS_MAX}; exec "$@"`;

/** Two actors, the first with far more orders, until one of them stops; tells what was seen of both. */
const RUN = `
import { SymbolActors } from '#ts/engine/orders/symbol-actors.js';
import { Instrument } from '#ts/core/instrument.js';
const [path, limits, instrument] = process.argv.slice(1);
const options = JSON.parse(instrument);
const actors = SymbolActors.open({
  instruments: ['A', 'B'].map((symbol) => Instrument.create({ ...options, symbol })),
  limits: JSON.parse(limits),
  account: { cash: '2000000000' },
  orders: { maxOpenOrders: 100000 },
  actors: ['A', 'B'].map((symbol) => ({ symbols: [symbol], budget: '1000000000' })),
  threads: 2,
  clock: () => 1n,
  journal: { path, policy: 'os' },
  // All orders leave in one instant of the test's clock.
  fuse: {
    account: { ordersPerSecondMax: 'unlimited', ordersPerMinuteMax: 'unlimited' },
    repeatsMax: 'unlimited',
  },
});
const quote = { bid: '49999.5', bidQty: '1', ask: '50000.5', askQty: '1' };
actors.quotes([{ instrument: 'A', ...quote }, { instrument: 'B', ...quote }]);
const { orderBatch } = actors;
const add = (instrument) => orderBatch.add({ instrument, side: 'buy', lots: 1, limitTicks: 99000 });
let [sent, rounds] = [0, 0];
while (actors.stopped.length === 0 && rounds < 1000) {
  rounds += 1;
  orderBatch.clear();
  for (let order = 0; order < 50; order += 1) add(0);
  actors.submitBatch();
  sent += actors.drainRequests().length;
}
const code = (call) => { try { call(); return null; } catch (error) { return error.code; } };
orderBatch.clear();
for (const instrument of [0, 1]) add(instrument);
actors.submitBatch();
const outcomes = [0, 1].map((slot) => [orderBatch.outcome(slot), orderBatch.code(slot)]);
const after = actors.drainRequests().map(({ symbol }) => symbol);
const figures = code(() => actors.figures());
const quoted = code(() => actors.quotes([{ instrument: 'A', ...quote }]));
const [{ actor, code: reason }] = actors.stopped;
const { requestsUnsent } = actors.close();
process.stdout.write(JSON.stringify({ sent, outcomes, after, figures, quoted, actor, reason, requestsUnsent }));
`;

describe('an actor whose journal cannot be kept', () => {
  it('ACTOR_STOPPED: takes nothing more and sends nothing that its journal has not, while the others go on', () => {
    const path = join(temporaryFolder(), 'journals');
    const run = [process.execPath, '--input-type=module', '-e', RUN];
    const args = [path, JSON.stringify(UNLIMITED), JSON.stringify(BTC.options)];
    const said = execFileSync('sh', ['-c', SHELL, 'sh', ...run, ...args], { encoding: 'utf8' });
    const { sent, requestsUnsent, ...seen } = JSON.parse(said) as Record<string, unknown>;
    expect(seen).toEqual({
      outcomes: [
        ['refused', 'ACTOR_STOPPED'],
        ['done', null],
      ],
      after: ['B'],
      figures: 'ACTOR_STOPPED',
      quoted: 'ACTOR_STOPPED',
      actor: 0,
      reason: 'JOURNAL_IO',
    });
    expect(sent).toBeGreaterThan(100);
    expect(requestsUnsent).toBeGreaterThan(0);
  });
});
