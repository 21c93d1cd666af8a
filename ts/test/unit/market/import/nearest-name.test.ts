import { expect, it } from 'vitest';

import { nearestName } from '#ts/market/import/nearest-name.js';

it('names the candidate with the fewest edits, in any case', () => {
  expect(nearestName('tik', ['lot', 'tick', 'time'])).toBe('tick');
  expect(nearestName('Lats', ['date', 'Last'])).toBe('Last');
  expect(nearestName('roundVolum', ['round', 'roundVolume'])).toBe('roundVolume');
  expect(nearestName('CLOSE', ['open', 'close'])).toBe('close');
});

it('names none when nothing is close', () => {
  expect(nearestName('volatility', ['lot', 'tick'])).toBeNull();
  expect(nearestName('xy', ['ab'])).toBeNull();
  expect(nearestName('anything', [])).toBeNull();
});
