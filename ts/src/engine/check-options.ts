import { HoldfastError } from '../core/holdfast-error.js';
import { Instrument } from '../core/instrument.js';
import { nearestKey } from '../core/schema.js';
import type { BacktestOptions } from './backtest-options.js';

const KEYS: readonly (keyof BacktestOptions)[] = [
  'strategy',
  'data',
  'limits',
  'limitsPreset',
  'assumptions',
  'cash',
  'account',
  'seed',
  'out',
  'journal',
  'journalPolicy',
  'tables',
  'strategyHash',
  'maxOpenOrders',
  'orders',
  'fuse',
  'emulatedOrderTypes',
  'onProgress',
  'signal',
];

/**
 * Checks the shape of what plain JavaScript passes.
 *
 * @throws HoldfastError `CONFIG_UNKNOWN_KEY` with the nearest key that exists, `CONFIG_INVALID`
 */
export function checkOptions(options: BacktestOptions): void {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null) {
    throw new HoldfastError('CONFIG_INVALID', `options must be an object, were ${typeof given}`);
  }
  const known: readonly string[] = KEYS;
  const stranger = Object.keys(given).find((key) => !known.includes(key));
  if (stranger !== undefined) {
    const nearest = nearestKey(stranger, KEYS) ?? '';
    throw new HoldfastError(
      'CONFIG_UNKNOWN_KEY',
      `options must not have the key "${stranger}"; did you mean "${nearest}"?`,
      { context: { key: stranger, nearest, known: KEYS } },
    );
  }
  if (!isData(options.data)) {
    throw new HoldfastError(
      'CONFIG_INVALID',
      'data must be a list of files, or instruments with chunks or ticks that can be iterated',
      { context: { field: 'data' } },
    );
  }
}

function isData(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false;
  if (Array.isArray(data)) return data.every((file) => typeof file === 'object' && file !== null);
  if (!('instruments' in data) || !Array.isArray(data.instruments)) return false;
  const events = 'chunks' in data ? data.chunks : 'ticks' in data ? data.ticks : undefined;
  const isIterable = typeof events === 'object' && events !== null && Symbol.iterator in events;
  return isIterable && data.instruments.every((each) => each instanceof Instrument);
}
