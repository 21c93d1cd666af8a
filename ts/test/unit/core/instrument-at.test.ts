import { expect, it } from 'vitest';

import { instrumentAt } from '#ts/core/instrument-at.js';
import { instrumentOf } from '../../support/instruments.js';
import { thrownBy } from '../../support/thrown-error.js';

const instruments = [instrumentOf('0.01', '1'), instrumentOf('0.5', '1')];

it('gives the instrument with an index', () => {
  expect(instrumentAt(instruments, 1)).toBe(instruments[1]);
});

it.each([2, -1, 0.5, Number.NaN])('INSTRUMENT_UNKNOWN: refuses the index %s', (index) => {
  const error = thrownBy(() => instrumentAt(instruments, index));
  expect(error.code).toBe('INSTRUMENT_UNKNOWN');
  expect(error.context).toEqual({ instrument: index });
});
