import type { PageData, PageTimes } from '../../src/engine/report/page-contract.js';

/** The fractions of the data block are whole numbers of this unit. */
const FRACTION_UNIT = 10_000;

/** Reads the data block that the page carries. */
export function readPageData(): PageData {
  const text = document.getElementById('report-data')?.textContent;
  if (!text) throw new Error('the page holds no data block');
  return JSON.parse(text) as PageData;
}

/** Returns the instants of a frame in seconds since the epoch. */
export function instants(times: PageTimes): number[] {
  let unit = 0;
  return times.steps.map((step) => {
    unit += step;
    return unit * times.unitS;
  });
}

/** Returns values of the data block as fractions. */
export function fractions(values: readonly (number | null)[]): (number | null)[] {
  return values.map((value) => (value === null ? null : value / FRACTION_UNIT));
}
