import { readFileSync } from 'node:fs';

/** One daily bar of the S&P 500 as floats; `tsMs` is the last millisecond of its UTC day. */
export interface DailyBar {
  readonly tsMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

const FILE = new URL('../../../node_modules/vega-datasets/data/sp500-2000.csv', import.meta.url);

/** Reads the real S&P 500 daily bars from 2000-01-03 to 2020-04-17, rounded to the cent. */
export function sp500Bars(): readonly DailyBar[] {
  const [, ...rows] = readFileSync(FILE, 'utf8').trim().split('\n');
  return rows.map((row) => {
    const [date = '', open = '', high = '', low = '', close = ''] = row.split(',');
    return {
      tsMs: Date.parse(`${date}T23:59:59.999Z`),
      open: cents(open),
      high: cents(high),
      low: cents(low),
      close: cents(close),
    };
  });
}

function cents(text: string): number {
  return Math.round(Number(text) * 100) / 100;
}
