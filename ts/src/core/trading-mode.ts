import { HoldfastError } from './holdfast-error.js';
import { TRADING_MODES, type TradingMode } from './vocabulary.generated.js';

/** The mode of a number; what is not known is an emergency, as in native code. */
export function tradingMode(number: number): TradingMode {
  return TRADING_MODES[number] ?? 'emergency';
}

/**
 * Checks a change of the mode as plain JavaScript may ask for it, and returns the mode's number.
 *
 * @throws HoldfastError `ARGUMENT_INVALID` for a word that is no mode, and for a change without a reason
 */
export function modeNumber(mode: TradingMode, reason: string): number {
  const number = TRADING_MODES.indexOf(mode);
  if (number < 0) {
    throw new HoldfastError(
      'ARGUMENT_INVALID',
      `mode must be one of ${TRADING_MODES.join(', ')}, was ${mode}`,
      { context: { field: 'mode', value: mode } },
    );
  }
  if (typeof reason !== 'string' || reason.trim() === '') {
    throw new HoldfastError('ARGUMENT_INVALID', 'reason must say why the mode is changed', {
      context: { field: 'reason' },
    });
  }
  return number;
}
