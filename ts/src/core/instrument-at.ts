import { HoldfastError } from './holdfast-error.js';
import type { Instrument } from './instrument.js';

/** Returns the instrument with this index. @throws HoldfastError `INSTRUMENT_UNKNOWN` */
export function instrumentAt(instruments: readonly Instrument[], index: number): Instrument {
  const instrument = instruments[index];
  if (instrument !== undefined) return instrument;
  throw new HoldfastError(
    'INSTRUMENT_UNKNOWN',
    `instrument must be one of the session's ${instruments.length}, was ${index}`,
    { context: { instrument: index } },
  );
}
