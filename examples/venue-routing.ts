/**
 * One order, three venues: where it goes by price, by fee, and by everything that is known, and what the journal says of it.
 * Run it with `npx tsx examples/venue-routing.ts`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { explainOrder, Instrument, presetLimits } from 'holdfast';
import { FeeBook, venueSchedule } from 'holdfast/fees';
import { Engine, Router, ROUTING_STRATEGIES } from 'holdfast/orders';

const folder = mkdtempSync(join(tmpdir(), 'venue-routing-'));
const path = join(folder, 'journal');
const book = new FeeBook({ clock: Date.now });
const venues = { BINANCE: 'binance-spot', KRAKEN: 'kraken-spot', COINBASE: 'coinbase-exchange' };
for (const name of Object.values(venues)) book.addDated(venueSchedule(name));

const engine = Engine.open({
  // Instruments of one product: the same base, quote and kind.
  instruments: Object.keys(venues).map((venue) =>
    Instrument.create({
      symbol: `BTC-USD@${venue}`,
      venue,
      tickSize: '0.01',
      lotSize: '0.0001',
      baseCurrency: 'BTC',
    }),
  ),
  limits: presetLimits('lightning'),
  account: { cash: '100000' },
  journal: { path },
});
const router = new Router(engine, {
  venues: Object.fromEntries(
    Object.entries(venues).map(([venue, name]) => [
      venue,
      { rates: () => book.schedule(name).rates() },
    ]),
  ),
});

// What the three books say: price, and how much of it.
const touch = { BINANCE: ['65012', '0.9'], KRAKEN: ['65001', '0.02'], COINBASE: ['64998', '2'] };
for (const [venue, [ask = '', askQty = '']] of Object.entries(touch)) {
  const bid = String(Number(ask) - 2);
  engine.quote({ instrument: `BTC-USD@${venue}`, bid, bidQty: '1', ask, askQty });
}

const order = {
  instrument: 'BTC-USD@BINANCE',
  side: 'buy',
  quantity: '0.03',
  stopLoss: '64000',
} as const;
for (const strategy of ROUTING_STRATEGIES) {
  const { venue, candidates } = router.route(order, { strategy });
  const costs = candidates.map((each) => `${each.venue} ${each.cost?.price} + ${each.cost?.fee}`);
  console.log(`${strategy.padEnd(11)} ${venue.padEnd(8)} ${costs.join(', ')}`);
}

const { verdict, clientOrderId, route } = router.submit(order);
console.log(`${verdict} as order ${clientOrderId} at ${route?.venue}`);
engine.drainRequests();
engine.close();
const [first] = explainOrder(path, String(clientOrderId)).timeline;
console.log(`journal: ${first?.what}, ${first?.detail}`);
rmSync(folder, { recursive: true });
