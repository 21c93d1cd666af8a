import type { ReferenceWorld } from './reference-gate.js';
import { UNLIMITED } from './scripted-session.js';
import type { SmallWorldOptions } from './small-world.js';

const START_NS = 1_700_000_000_000_000_000n;
const UNIT = 1_000_000n;
const NOTHING: ReferenceWorld['told'] = { correlations: null, risk: null };

const correlated = (between: bigint): Omit<SmallWorldOptions, 'limits'> => ({
  told: { ...NOTHING, correlations: { asOfNs: START_NS, lower: [[], [between]] } },
  measures: [{ kind: 0, values: BigInt64Array.from([START_NS, 2n, between]) }],
});

/** VaR of 5 and CVaR of 8 were measured while nothing was held; one lot adds 2 and 3. */
function measured(): Omit<SmallWorldOptions, 'limits'> {
  const part = { exposureMicros: 0n, varFrac: 20_000n, cvarFrac: 30_000n };
  const risk = {
    asOfNs: START_NS,
    varMicros: 5n * UNIT,
    cvarMicros: 8n * UNIT,
    score: 30n * UNIT,
    parts: [part, part],
  };
  const numbers = [START_NS, risk.varMicros, risk.cvarMicros, risk.score];
  const values = [...numbers, ...[part, part].flatMap((each) => Object.values(each))];
  return {
    told: { ...NOTHING, risk },
    measures: [{ kind: 1, values: BigInt64Array.from(values) }],
  };
}

const limits = (more: object) => ({ ...UNLIMITED, ...more });
const ages = { correlationAgeMsMax: '1000', riskAgeMsMax: '1000' };

/** Limits so near that two orders meet them, in an account of ten lots. */
export const SMALL_WORLDS: readonly (readonly [string, SmallWorldOptions])[] = [
  [
    'sizes and sums',
    {
      limits: limits({
        positionQtyMax: '3',
        grossExposureFracMax: '0.4',
        netExposureFracMax: '0.3',
        openOrdersMax: '3',
      }),
      told: NOTHING,
      measures: [],
    },
  ],
  [
    'correlation of what moves alike',
    { limits: limits({ correlationMax: '0.7', ...ages }), ...correlated(900_000n) },
  ],
  [
    'correlation of opposites, hedges too',
    {
      limits: limits({ correlationMax: '0.7', correlationAbsolute: true, ...ages }),
      ...correlated(-900_000n),
    },
  ],
  [
    'correlation that nobody told',
    { limits: limits({ correlationMax: '0.7', ...ages }), told: NOTHING, measures: [] },
  ],
  [
    'capital of two strategies',
    {
      limits: limits({ strategies: ['one', 'other'] }),
      told: NOTHING,
      measures: [],
      plan: [{ frac: 300_000n }, { cents: 20_000n }],
    },
  ],
  [
    'VaR and CVaR',
    { limits: limits({ varAmountMax: '11', cvarFracMax: '0.02', ...ages }), ...measured() },
  ],
];
