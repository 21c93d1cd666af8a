/**
 * The engine driven by hand, as a bot drives it with its own exchange client: prices and reports go in, requests in exact
 * text come out, and everything stands in a journal. Run it with `npx tsx examples/engine-by-hand.ts`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { explainOrder, Instrument, presetLimits, replayJournal } from 'holdfast';
import { Engine, type VenueRequest } from 'holdfast/orders';

const folder = mkdtempSync(join(tmpdir(), 'engine-by-hand-'));
const path = join(folder, 'journal');
const btc = Instrument.create({ symbol: 'BTC-USD', tickSize: '0.5', lotSize: '0.001' });

const engine = Engine.open({
  instruments: [btc],
  limits: presetLimits('lightning'),
  account: { cash: '50000' },
  orders: { idPrefix: 'demo', selfTrade: 'cancel_newest' },
  journal: { path, policy: 'always' },
  // A clock of one's own makes a run that is the same every time; without one the process's clock serves.
  clock: () => 1_760_000_000_000_000_000n,
  onEvent: (event) => {
    if (event.kind !== 'fill') return;
    const { side, lastQty, lastPx, fee } = event.fill;
    console.log(`filled   ${side} ${lastQty} @ ${lastPx}, fee ${fee}`);
  },
});

/** Where a bot calls its exchange client; here the request is shown. */
function send(request: VenueRequest): void {
  const { kind, clientOrderIdText, side, quantity, symbol, orderType, limitPrice } = request;
  const price = limitPrice ?? request.triggerPrice ?? 'market';
  console.log(
    `${kind.padEnd(8)} ${clientOrderIdText} ${side} ${quantity} ${symbol} ${orderType} ${price}`,
  );
}

engine.quote({ bid: '64999.5', bidQty: '1.2', ask: '65000.5', askQty: '0.8' });

// A denial is a value with every reason; nothing is sent.
const greedy = engine.submit({ side: 'buy', quantity: '5', stopLoss: '60000' });
if (greedy.verdict === 'denied') console.log(`denied   ${greedy.codes.join(', ')}`);

const entry = engine.submit({
  side: 'buy',
  quantity: '0.01',
  orderType: 'limit',
  limitPrice: '65000',
  stopLoss: '63000',
});
engine.drainRequests().forEach(send);

// What the venue says, in the order in which it says it; the text of the id is enough.
const id = engine.clientOrderIdText(entry.clientOrderId);
engine.report({ kind: 'accepted', clientOrderId: id });
engine.report({
  kind: 'fill',
  clientOrderId: id,
  tradeId: '8f3a-11',
  lastPx: '65000',
  lastQty: '0.01',
  liquiditySide: 'maker',
  fee: { amount: '0.65' },
});
// The stop loss of the entry follows its fill.
engine.drainRequests().forEach(send);

// No answer came in time: the stop is in doubt, not rejected, and the venue has to be asked.
const stop = entry.clientOrderId + 1;
engine.loseTrack(stop);
engine.drainRequests().forEach(send);
console.log(
  `in doubt ${engine.order(stop)?.isInDoubt}, reserved ${engine.order(stop)?.reservedQty}`,
);
engine.report({ kind: 'accepted', clientOrderId: stop, lastQty: '0.01' });

engine.setMode('paused', 'end of the example');
console.log(`position ${engine.position().quantity} BTC, cash ${engine.snapshot().cash} USD`);

const closed = engine.close();
const replayed = replayJournal(path);
console.log(
  `journal  ${closed.journal_records} records, same state: ${replayed.state_hash === closed.state_hash}`,
);
const decision = explainOrder(path, '1').decision;
const failed = decision?.checks.filter(({ passed }) => !passed).length;
console.log(`why      order 1 failed ${failed} of ${decision?.checks.length} controls`);
rmSync(folder, { recursive: true });
