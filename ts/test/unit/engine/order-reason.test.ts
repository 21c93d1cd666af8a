import { describe, expect, it } from 'vitest';

import { ORDER_ROLES } from '#ts/core/vocabulary.generated.js';
import { reasonOf } from '#ts/engine/order-reason.js';

describe('reasonOf', () => {
  it('says signal for the orders of a strategy, and else why they were placed', () => {
    expect(ORDER_ROLES.map(reasonOf)).toEqual([
      'signal',
      'stop_loss',
      'take_profit',
      'liquidation',
      'external',
    ]);
  });
});
