const DECIMALS = 18;

/** Prints a count of 10⁻¹⁸ as a decimal, in its own way: what the tests compare product output with. */
export function decimalText(raw: bigint): string {
  const digits = (raw < 0n ? -raw : raw).toString().padStart(DECIMALS + 1, '0');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  const whole = `${raw < 0n ? '-' : ''}${digits.slice(0, -DECIMALS)}`;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** Reads a decimal with at most 18 digits after the point as a count of 10⁻¹⁸. */
export function decimalRaw(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(DECIMALS, '0'));
}

/** Adds decimals exactly. */
export function decimalSum(texts: readonly string[]): string {
  return decimalText(texts.reduce((total, text) => total + decimalRaw(text), 0n));
}
