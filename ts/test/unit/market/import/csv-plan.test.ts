import { describe, expect, it } from 'vitest';

import { HEADER, failureOf, importFile, importRows, writeFile } from './import-fixture.js';

const ROWS = ['2020-01-02,10.00,11.00,9.00,10.50,100', '2020-01-03,10.50,12.00,10.00,11.00,200'];
const closesOf = ({ bars }: Awaited<ReturnType<typeof importFile>>): string[] =>
  bars.map(({ closeTicks }) => String(closeTicks));

describe('CSV plan', () => {
  it('tells a header from data, and says what it takes columns for without one', async () => {
    const named = await importFile(writeFile('a.csv', [HEADER, ...ROWS].join('\n')));
    const plain = await importFile(writeFile('a.csv', ROWS.join('\n')));
    expect(closesOf(named)).toEqual(['1050', '1100']);
    expect(closesOf(plain)).toEqual(['1050', '1100']);
    expect(plain.report.warnings[0]).toContain('columns 1 to 6 are taken for time, open');
    expect(named.report.warnings.join()).not.toContain('columns 1 to 6');
  });

  it.each([
    [';', ';'],
    ['\t', '\t'],
    ['|', '|'],
  ])('reads fields between %j', async (_, delimiter) => {
    const text = [HEADER, ...ROWS].join('\n').replaceAll(',', delimiter);
    expect(closesOf(await importFile(writeFile('a.txt', text)))).toEqual(['1050', '1100']);
  });

  it('TST-08: reads a byte order mark, CRLF, quotes, blanks and empty lines', async () => {
    const text = `\uFEFF"Date", Open,High,Low,Close,"Volume"\r\n"2020-01-02", 10.00 ,11,9,"10.5",100\r\n\r\n`;
    const { report, bars } = await importFile(writeFile('a.csv', text), { interval: '1d' });
    expect(report.rows).toBe(1);
    expect(bars[0]).toMatchObject({ openTicks: 1000n, closeTicks: 1050n, volumeLots: 100n });
  });

  it('maps columns by name and by number, among others', async () => {
    const text = 'n,When,O,H,L,Last,x,Shares\n1,2020-01-02,10,11,9,10.5,"a,b",7\n';
    const columns = { time: 'When', close: 'Last', volume: 8 };
    const { bars } = await importFile(writeFile('a.csv', text), { columns, interval: '1d' });
    expect(bars[0]).toMatchObject({ closeTicks: 1050n, volumeLots: 7n });
  });

  it('obeys a description that says whether there is a header', async () => {
    const text = `1,2,3,4,5,6\n${ROWS.join('\n')}`;
    expect(
      (
        await importFile(writeFile('a.csv', text), {
          header: true,
          columns: { time: 1, open: 2, high: 3, low: 4, close: 5, volume: 6 },
        })
      ).bars,
    ).toHaveLength(2);
  });

  it('names the columns that exist when one is missing', async () => {
    const text = 'date,open,high,low,volume\n2020-01-02,1,1,1,1\n';
    const error = await failureOf(importFile(writeFile('a.csv', text)));
    expect(error.code).toBe('DATA_COLUMN_MISSING');
    expect(error.context['columns']).toEqual(['date', 'open', 'high', 'low', 'volume']);
  });

  it('TST-08: refuses text without fields, and lines that end in CR alone', async () => {
    const prose = await failureOf(importFile(writeFile('a.csv', 'hello\nworld\n')));
    expect(prose.code).toBe('DATA_FORMAT_UNKNOWN');
    const oldMac = writeFile('a.csv', [HEADER, ...ROWS].join('\r'));
    expect((await failureOf(importFile(oldMac))).message).toContain('CR alone');
  });

  it('counts lines as an editor does, also after a field that spans lines', async () => {
    const rows = ['2020-01-02,10,11,9,10,1', '', '2020-01-03,10,11,9,"1\n0",1'];
    const error = await failureOf(importRows(rows));
    expect(error.context).toMatchObject({ line: 5, column: 'close', reason: 'not a number' });
  });
});
