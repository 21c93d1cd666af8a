import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

import { venueStateText } from '#ts/engine/venue-state.js';
import { Reconciler } from '#ts/native/reconciler.js';
import { STOCK } from '../../support/scripted-session.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { thrownBy } from '../../support/thrown-error.js';
import { divergedVenue, playedJournal } from '../../support/venue-state.js';

let journal: string;

beforeAll(async () => {
  journal = await playedJournal(join(temporaryFolder(), 'session'));
});

describe('Reconciler', () => {
  it('JOURNAL_LOCKED: only one writes a journal, while others look at it', () => {
    const writer = new Reconciler(journal, true, 1);
    expect(thrownBy(() => new Reconciler(journal, true, 1)).code).toBe('JOURNAL_LOCKED');
    expect(new Reconciler(journal, false, 0).state().open).toEqual([]);
    writer.close();
    expect(thrownBy(() => writer.state()).code).toBe('HANDLE_CLOSED');
  });

  it('gives the evidence of both sides, and refuses text that is no word of a venue', () => {
    const reconciler = new Reconciler(journal, false, 0);
    const { open } = reconciler.compare(venueStateText(divergedVenue(STOCK.symbol)));
    const order = open.find(({ code }) => code === 'ORDER_MISSING_HERE');
    expect(order?.evidence).toMatchObject({
      order: { venue_order_id: '8812', limit_ticks: 900, quantity_lots: 3 },
    });
    expect(thrownBy(() => reconciler.compare('{')).code).toBe('VENUE_SNAPSHOT_INVALID');
    const never = () => reconciler.decide(order?.id ?? '', 'forget' as never);
    expect(thrownBy(never).code).toBe('ARGUMENT_INVALID');
  });
});
