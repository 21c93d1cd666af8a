import type { ParsedOptions } from '../quant/scenarios/scenario-options.js';
import { bitsOf, type WordTable } from './word-table.js';

type Position = ParsedOptions['positions'][number];
type OptionPosition = Extract<Position, { kind: 'option' }>;
type Perpetual = Extract<Position, { kind: 'perpetual' }>;

/** Value and sensitivities of an option at the beginning. */
interface OptionStart {
  readonly position: OptionPosition;
  readonly value: number;
  readonly delta: number;
  readonly gamma: number;
  readonly theta: number;
  readonly vega: number;
}

/** What a book asks of the paths. */
export interface DeviceBook {
  /** Liquidations that are counted. */
  readonly perpetuals: number;
  /** Margins that a path keeps in the device's memory, for want of its own. */
  readonly keptMargins: number;
  /** Options that are valued anew. */
  readonly options: number;
}

const START_NUMBERS = 5;
/** Perpetuals that a path can remember in the memory of its own. */
const OWN_PERPETUALS_MAX = 256;

function optionStarts(positions: readonly Position[], numbers: Float64Array): OptionStart[] {
  const options = positions.filter((position) => position.kind === 'option');
  return options.map((position, place) => {
    const at = place * START_NUMBERS;
    const [value = 0, delta = 0, gamma = 0, theta = 0, vega = 0] = numbers.subarray(
      at,
      at + START_NUMBERS,
    );
    return { position, value, delta, gamma, theta, vega };
  });
}

/** Writes a book into a task's table, in the places that `book.wgsl` names. */
export function deviceBook(
  { positions, steps, stepYears }: ParsedOptions,
  { assets, everyStep }: { readonly assets: number; readonly everyStep: boolean },
  starts: Float64Array,
  table: WordTable,
): DeviceBook {
  const options = optionStarts(positions, starts);
  const full = options.filter(({ position }) => position.revaluation === 'full');
  const fast = options.filter(({ position }) => position.revaluation === 'greeks');
  const rows = everyStep ? Array.from({ length: steps }, (_, step) => step + 1) : [steps];
  const elapsed = rows.map((row) => row * stepYears);
  const byAsset = exposures(positions, fast, assets);
  table.numbers('EXPOSURES_AT', byAsset);
  table.flag(
    'HAS_VEGA',
    fast.some(({ vega }) => vega !== 0),
  );
  table.numbers(
    'TIME_AT',
    elapsed.map((years) =>
      fast.reduce((sum, { position, theta }) => {
        return sum + position.quantity * theta * Math.min(years, position.years);
      }, 0),
    ),
  );
  const perpetuals = positions.filter((position) => position.kind === 'perpetual');
  table.words('PERPETUALS_AT', Uint32Array.from(perpetuals.flatMap(perpetualWords)));
  table.words('OPTIONS_AT', Uint32Array.from(full.flatMap(optionWords)));
  const terms = elapsed.flatMap((years) =>
    full.flatMap(({ position }) => optionTerms(position, position.years - years)),
  );
  table.numbers('TERMS_AT', terms);
  table.whole('PERPETUALS', perpetuals.length);
  const isKept = perpetuals.length > OWN_PERPETUALS_MAX;
  table.flag('MARGINS_KEPT', isKept);
  table.whole('MARGINS_SIZE', isKept ? 1 : Math.max(perpetuals.length, 1));
  table.whole('OPTIONS', full.length);
  return {
    perpetuals: perpetuals.length,
    keptMargins: isKept ? perpetuals.length : 0,
    options: full.length,
  };
}

/** Money that a unit of gain, of its square and of the volatility's ratio make of each asset. */
function exposures(
  positions: readonly Position[],
  fast: readonly OptionStart[],
  assets: number,
): Float64Array {
  const sums = new Float64Array(3 * assets);
  const add = (asset: number, place: number, money: number) => {
    const at = 3 * asset + place;
    sums[at] = (sums[at] ?? 0) + money;
  };
  for (const position of positions) {
    if (position.kind === 'linear') add(position.asset, 0, position.exposure);
  }
  for (const { position, delta, gamma, vega } of fast) {
    const { asset, quantity, spot } = position;
    add(asset, 0, quantity * delta * spot);
    add(asset, 1, 0.5 * quantity * gamma * spot ** 2);
    add(asset, 2, quantity * vega);
  }
  return sums;
}

function perpetualWords(position: Perpetual): readonly number[] {
  const { asset, notional, margin, maintenance, funding, inverse } = position;
  const numbers = [notional, margin, maintenance, funding];
  return [asset, ...numbers.map((value) => bitsOf(value)), Number(inverse)];
}

function optionWords({ position, value }: OptionStart): readonly number[] {
  const { asset, right, quantity } = position;
  const numbers = [right === 'call' ? 1 : -1, quantity, value];
  return [asset, ...numbers.map((number) => bitsOf(number))];
}

/** What of an option's value goes with time only. */
function optionTerms(position: OptionPosition, years: number): readonly number[] {
  const { spot, strike, volatility, rate, carry } = position;
  if (years <= 0) return [0, spot, strike, 0];
  return [
    Math.log(spot / strike) + carry * years,
    spot * Math.exp((carry - rate) * years),
    strike * Math.exp(-rate * years),
    volatility * Math.sqrt(years),
  ];
}
