/**
 * An existing ccxt bot behind the gate: ten lines put it there, marked below. The venue is a server on this machine.
 * Run it with `npx tsx examples/guarded-ccxt-bot.ts`.
 */
import ccxt from 'ccxt';
import { Gate, guard, GuardDenial } from 'holdfast/risk';

import { LocalVenue } from './local-venue/venue-server.js';

const venue = await LocalVenue.open();
const client = new ccxt.binance(venue.clientOptions);
await client.loadMarkets();

// The ten lines.
const gate = Gate.create({
  preset: 'lightning',
  instruments: [
    {
      symbol: 'BTC/USDT',
      tickSize: '0.5',
      lotSize: '0.0001',
      baseCurrency: 'BTC',
      quoteCurrency: 'USDT',
    },
  ],
  account: { cash: '10000', currency: 'USDT' },
});
gate.on('limit-near', ({ code, usedFrac }) =>
  console.log(`near: ${code} at ${usedFrac?.toFixed(2)}`),
);
const exchange = guard(client, gate);

// The bot, as it was before.
await exchange.fetchTicker('BTC/USDT');
const bought = await exchange.createMarketBuyOrder('BTC/USDT', 0.02);
console.log(`bought ${bought.filled} BTC, the gate holds ${gate.position('BTC/USDT').quantity}`);
try {
  await exchange.createOrder('BTC/USDT', 'limit', 'buy', 0.5, 64_990);
} catch (error) {
  if (!(error instanceof GuardDenial)) throw error;
  const { codes, suggestedQuantity } = error.verdict;
  console.log(`denied: ${codes.join(', ')}; ${suggestedQuantity} would pass`);
}
const sold = await exchange.createOrder('BTC/USDT', 'market', 'sell', 0.02);
console.log(`sold ${sold.filled} BTC, the gate holds ${gate.position('BTC/USDT').quantity}`);
console.log(`the venue saw ${venue.orders.length} orders`);

gate.close();
await venue.close();
