import type { LimitsOptions } from '#ts/risk/limits.js';

const PARTS = 1_000_000n;
/** Money has 18 decimals, and 128 bits with a sign. */
export const CENT = 10n ** 16n;
export const AMOUNT_MAX = 2n ** 127n - 1n;

/** Limits as whole numbers; each is undefined while it is off. */
export class ReferenceLimits {
  readonly #limits: LimitsOptions;

  constructor(limits: LimitsOptions) {
    this.#limits = limits;
  }

  limit(name: keyof LimitsOptions): string | undefined {
    const value = this.#limits[name];
    return value === undefined || value === 'unlimited' ? undefined : String(value);
  }

  millionths(name: keyof LimitsOptions): bigint | undefined {
    const text = this.limit(name);
    if (text === undefined) return undefined;
    const [whole = '0', rest = ''] = text.split('.');
    return BigInt(whole) * PARTS + BigInt(rest.padEnd(6, '0'));
  }

  count(name: keyof LimitsOptions): bigint | undefined {
    const text = this.limit(name);
    return text === undefined ? undefined : BigInt(text);
  }

  ns(name: keyof LimitsOptions): bigint | undefined {
    const ms = this.count(name);
    return ms === undefined ? undefined : ms * 1_000_000n;
  }
}
