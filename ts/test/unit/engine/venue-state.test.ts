import { describe, expect, it } from 'vitest';

import { type VenueState, venueStateText } from '#ts/engine/venue-state.js';
import { thrownBy } from '../../support/thrown-error.js';
import { divergedVenue } from '../../support/venue-state.js';

const venue = divergedVenue('STOCK');

describe('venueStateText', () => {
  it('gives times as nanoseconds, numbers as exact text, and every field', () => {
    const text = JSON.parse(venueStateText(venue)) as Record<string, unknown>;
    expect(text).toMatchObject({
      ts_ns: '1795276800000000000',
      orders_complete_until_ns: '1795276790000000000',
      fills_complete_from_ns: '0',
      positions_complete: true,
      fills: [],
    });
    const [order] = text['orders'] as Record<string, unknown>[];
    expect(order).toMatchObject({
      client_order_id: null,
      time_in_force: 'gtc',
      status: 'open',
      filled: '0',
      limit_price: '9',
      expires_ns: null,
    });
    expect(order).not.toHaveProperty('expires');
  });

  it('VENUE_SNAPSHOT_INVALID: names the field that is wrong, missing or misspelt', () => {
    const refused = (value: unknown) => thrownBy(() => venueStateText(value));
    const cases: readonly (readonly [Partial<Record<keyof VenueState, unknown>>, string])[] = [
      [{ ts: 'yesterday' }, 'venue.ts'],
      [{ orders: [{ ...venue.orders?.[0], side: 'long' }] }, 'venue.orders.0.side'],
      [{ positions: [{ symbol: 'STOCK', quantity: 'many' }] }, 'venue.positions.0.quantity'],
    ];
    for (const [change, field] of cases) {
      const error = refused({ ...venue, ...change });
      expect(error.code).toBe('VENUE_SNAPSHOT_INVALID');
      expect(error.message).toContain(field);
    }
    expect(refused({ ...venue, position: [] }).message).toContain('did you mean "positions"');
    expect(refused('text').code).toBe('VENUE_SNAPSHOT_INVALID');
  });
});
