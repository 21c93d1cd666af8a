import { join } from 'node:path';

import type { VenueState } from '#ts/engine/venue-state.js';
import type { StrategyContext } from '#ts/strategies/strategy-context.js';
import { playScript, UNLIMITED } from './scripted-session.js';

/** Plays a session that ends flat over prices 10, 11, 12 and returns its journal. */
export async function playedJournal(out: string): Promise<string> {
  const script = { 0: (context: StrategyContext) => context.buy(3, { stopLoss: 9.5 }) };
  await playScript([10, 11, 12], script, { out, limits: UNLIMITED });
  return join(out, 'journal');
}

/** What a venue says that has an order of others, a position that nobody traded here, and less cash. */
export function divergedVenue(symbol: string): VenueState {
  return {
    ts: '2026-11-21T16:00:00Z',
    orders_complete_until: '2026-11-21T15:59:50Z',
    fills_complete_from: 0,
    positions_complete: true,
    orders: [
      {
        venue_order_id: '8812',
        symbol,
        side: 'buy',
        type: 'limit',
        quantity: '3',
        limit_price: 9,
      },
    ],
    positions: [{ symbol, quantity: '7', entry_price: '10.005' }],
    balances: [{ currency: 'USD', cash: '5' }],
  };
}
