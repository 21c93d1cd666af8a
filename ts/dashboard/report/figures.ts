const MINUS = '\u2212';

/** Prints a fraction as a percentage. */
export function percent(frac: number | null | undefined, decimals = 1): string {
  if (frac === null || frac === undefined) return '–';
  const magnitude = (Math.abs(frac) * 100).toFixed(decimals);
  return `${frac < 0 && Number(magnitude) !== 0 ? MINUS : ''}${magnitude} %`;
}

/** Prints a number with grouped thousands, the same in every locale. */
export function grouped(value: number | null | undefined, decimals = 0): string {
  if (value === null || value === undefined) return '–';
  const [whole = '0', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const digits = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return `${value < 0 ? MINUS : ''}${digits}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** Prints an amount for an axis: 1.25 M, 250 k, 800. */
export function short(value: number): string {
  const magnitude = Math.abs(value);
  const sign = value < 0 ? MINUS : '';
  if (magnitude >= 1e9) return `${sign}${trimmed(magnitude / 1e9)} bn`;
  if (magnitude >= 1e6) return `${sign}${trimmed(magnitude / 1e6)} M`;
  if (magnitude >= 1e4) return `${sign}${trimmed(magnitude / 1e3)} k`;
  return `${sign}${trimmed(magnitude)}`;
}

/** Counts the decimals of a tick, leaving aside what floating point adds behind them. */
export function decimalsOf(value: number): number {
  return String(Number(value.toPrecision(9))).split('.')[1]?.length ?? 0;
}

/** Prints an instant by UTC date, with the time of day where points are closer than days. */
export function instant(timeS: number, unitS: number): string {
  const text = new Date(timeS * 1_000).toISOString();
  return unitS >= 86_400 ? text.slice(0, 10) : text.slice(0, 16).replace('T', ' ');
}

function trimmed(value: number): string {
  return String(Number(value.toPrecision(4)));
}
