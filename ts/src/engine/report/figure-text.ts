import { groupThousands } from './amount-text.js';

/** Stands for a figure that does not exist. */
export const NO_FIGURE = '–';

const MINUS = '−';

/** Prints a fraction as a percentage, for example 0.0512 as `5.12 %`. */
export function percentText(frac: number | null, decimals = 2): string {
  return frac === null ? NO_FIGURE : `${fixedText(frac * 100, decimals)} %`;
}

/** Prints a fraction as a percentage that also shows a plus sign, for gains against losses. */
export function signedPercentText(frac: number | null, decimals = 2): string {
  if (frac === null) return NO_FIGURE;
  const text = percentText(frac, decimals);
  return frac > 0 && !/^0(\.0+)? %$/.test(text) ? `+${text}` : text;
}

/** Prints a number with fixed decimals, grouped thousands and a true minus sign. */
export function fixedText(value: number | null, decimals = 2): string {
  if (value === null) return NO_FIGURE;
  const magnitude = Math.abs(value).toFixed(decimals);
  const [whole = '0', fraction] = magnitude.split('.');
  const digits =
    fraction === undefined ? groupThousands(whole) : `${groupThousands(whole)}.${fraction}`;
  return value < 0 && Number(magnitude) !== 0 ? `${MINUS}${digits}` : digits;
}

/** Prints a count with grouped thousands. */
export function countText(count: number): string {
  return fixedText(count, 0);
}

/** Prints a UTC calendar date, for example `2008-09-15`. */
export function dateText(tsMs: number | null): string {
  return tsMs === null ? NO_FIGURE : new Date(tsMs).toISOString().slice(0, 10);
}

/** Prints whole days, in years as well from one year on: `412 days`, `5.5 years`. */
export function durationText(days: number): string {
  if (days < 731) return days === 1 ? '1 day' : `${countText(days)} days`;
  return `${fixedText(days / 365.25, 1)} years`;
}

/** Shortens a hash for reading; the summary holds it whole. */
export function hashText(hash: string): string {
  return hash.length <= 16 ? hash : `${hash.slice(0, 16)}…`;
}
