import { describe, expect, it } from 'vitest';

import type { ReconcileOutcome } from '#ts/cli/reconcile-command.js';
import { reconciliationText } from '#ts/cli/reconciliation-text.js';

const agreed: ReconcileOutcome = {
  journal: 'live/journal',
  written: false,
  decided: [],
  restart: {
    snapshot: null,
    refused: [],
    replayed: 12,
    cut_bytes: 0,
    first_lost_sequence: null,
    in_doubt: [],
  },
  mode: 'normal',
  open: [],
  ignored: [],
  commands: [],
  balances_wait: false,
};

describe('reconciliationText', () => {
  it('says in two lines that nothing differs', () => {
    expect(reconciliationText(agreed)).toBe(
      'journal live/journal: replayed whole, 12 records\n' +
        'engine and venue agree; trading mode normal (a look: nothing was written)',
    );
  });

  it('tells of refused snapshots, a torn end, doubt, and what has to be sent', () => {
    const text = reconciliationText({
      ...agreed,
      written: true,
      restart: {
        ...agreed.restart,
        snapshot: 9,
        refused: [{ file: '9.snapshot', code: 'SNAPSHOT_CORRUPT', message: 'torn' }],
        cut_bytes: 40,
        in_doubt: ['3', '4'],
      },
      commands: [
        { command: 'cancel', client_order_id: '3', venue_order_id: 'X1' },
        { command: 'query', client_order_id: '4', venue_order_id: null },
      ],
    });
    expect(text.split('\n')).toEqual([
      'journal live/journal: from the snapshot behind record 8, and 12 records after it',
      '  refused 9.snapshot: SNAPSHOT_CORRUPT: torn',
      '  its torn end of 40 bytes is cut',
      '  in doubt, since a command was not answered: order 3, 4',
      'engine and venue agree; trading mode normal (written to the journal)',
      '',
      'to be sent by the bot when it starts again:',
      '  cancel order 3, at the venue X1',
      '  query order 4',
    ]);
  });
});
