import { expect, it } from 'vitest';

import * as published from '#ts/testing/index.js';

it('publishes generators and the check of strategies, and nothing of how they work', () => {
  expect(Object.keys(published).sort()).toEqual([
    'SimulationReport',
    'barChunks',
    'expectNoLookahead',
    'neverShort',
    'randomWalkBars',
    'simulate',
  ]);
});
