import { engineCall, loadEngineAddon } from './engine-addon.js';

/**
 * Checks the written form of limits as a whole and returns their fingerprint: BLAKE3 of the canonical form.
 *
 * @throws HoldfastError `LIMITS_CONTRADICTORY` naming both limits, `LIMITS_INVALID`, `LIMITS_UNKNOWN_KEY`
 */
export function limitsFingerprint(record: Readonly<Record<string, unknown>>): string {
  return engineCall(() => loadEngineAddon().limitsFingerprint(JSON.stringify(record)));
}

/** The form in which limits keep the second key: BLAKE3, hexadecimal. */
export function secondKeyHash(key: string): string {
  return engineCall(() => loadEngineAddon().secondKeyHash(key));
}
