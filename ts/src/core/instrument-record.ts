import { contractRecord, contractShape } from './contract.js';
import type { Instrument } from './instrument.js';

const toSnake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
/** The same record with the names of a file. */
export const snakeKeys = (record: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(record).map(([key, value]) => [toSnake(key), value as unknown]),
  );

/** Writes an instrument as the native core reads it. */
export function instrumentRecord(instrument: Instrument): Record<string, unknown> {
  const { options } = instrument;
  const rules = Object.entries(options).filter(([key]) => !Object.hasOwn(contractShape, key));
  const contract = contractRecord(options);
  return {
    ...snakeKeys({
      ...Object.fromEntries(rules),
      baseCurrency: options.baseCurrency ?? options.symbol,
      settlementCurrency: instrument.settlementCurrency,
    }),
    ...(contract === undefined ? {} : { contract }),
  };
}
