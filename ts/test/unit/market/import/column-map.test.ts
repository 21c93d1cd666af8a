import { describe, expect, it } from 'vitest';

import { mapNamedColumns, mapNumberedColumns } from '#ts/market/import/column-map.js';

import { thrownBy } from './import-fixture.js';

const IN_ORDER = { time: 0, open: 1, high: 2, low: 3, close: 4, volume: 5 };

describe('column map', () => {
  it.each([
    [['time', 'open', 'high', 'low', 'close', 'volume']],
    [['Date', 'Open', 'High', 'Low', 'Close', 'Volume']],
    [[' open_time', 'OPEN ', 'High', 'Low', 'Close', 'Vol.']],
    [['<DATE>', '<OPEN>', '<HIGH>', '<LOW>', '<CLOSE>', '<VOL>']],
    [['t', 'o', 'h', 'l', 'c', 'v']],
  ])('knows the usual names %j', (header) => {
    const { positions } = mapNamedColumns({ file: 'x', header, columns: {} });
    expect(positions).toEqual(IN_ORDER);
  });

  it('takes mapped names and numbers before the usual ones', () => {
    const header = ['date', 'open', 'high', 'low', 'close', 'adjclose', 'volume'];
    const columns = { close: 'AdjClose', volume: 7, time: 'date' };
    const { positions, names } = mapNamedColumns({ file: 'x', header, columns });
    expect(positions).toEqual({ ...IN_ORDER, close: 5, volume: 6 });
    expect(names.close).toBe('adjclose');
  });

  it('does not take an adjusted close for the close', () => {
    const header = ['date', 'open', 'high', 'low', 'adjclose', 'volume'];
    const error = thrownBy(() => mapNamedColumns({ file: 'x.csv', header, columns: {} }));
    expect(error.code).toBe('DATA_COLUMN_MISSING');
    expect(error.context).toEqual({
      file: 'x.csv',
      column: 'close',
      wanted: 'close',
      columns: header,
    });
    expect(error.message).toContain('it has date, open, high, low, adjclose, volume');
    expect(error.message).toContain('--columns close=NAME');
  });

  it('names the nearest column for a misspelt one', () => {
    const header = ['date', 'open', 'high', 'low', 'Last', 'volume'];
    const columns = { close: 'Lats' };
    const error = thrownBy(() => mapNamedColumns({ file: 'x', header, columns }));
    expect(error.message).toContain('did you mean "Last"?');
  });

  it('TST-08: refuses a name that stands twice, unless its number is given', () => {
    const header = ['time', 'open', 'high', 'low', 'close', 'close', 'volume'];
    const error = thrownBy(() => mapNamedColumns({ file: 'x', header, columns: {} }));
    expect(error.code).toBe('DATA_DESCRIPTION_INVALID');
    const { positions } = mapNamedColumns({ file: 'x', header, columns: { close: 6 } });
    expect(positions.close).toBe(5);
  });

  it('takes columns by number, in the usual order where none is given', () => {
    const usual = mapNumberedColumns({ file: 'x', fieldCount: 12, columns: {} });
    expect(usual.positions).toEqual(IN_ORDER);
    expect(usual.names.close).toBe('5');
    const missing = thrownBy(() => mapNumberedColumns({ file: 'x', fieldCount: 5, columns: {} }));
    expect(missing.context).toMatchObject({ column: 'volume', wanted: 6 });
    const named = thrownBy(() =>
      mapNumberedColumns({ file: 'x', fieldCount: 6, columns: { close: 'Last' } }),
    );
    expect(named.code).toBe('DATA_COLUMN_MISSING');
  });
});
