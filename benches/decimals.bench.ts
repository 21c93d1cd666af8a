/* oxlint-disable no-await-in-loop -- one measurement runs at a time */
import { Big } from 'big.js';
import { Big as BigDecimal } from 'bigdecimal.js';
import { BigNumber } from 'bignumber.js';
import { Decimal } from 'decimal.js';
import { Amount, Instrument } from 'holdfast/core';

import { loadEngineAddon } from '../dist/native/engine-addon.js';
import { type Case, measureCase, nanosecondsPerCall } from './measure.js';
import { isStartedDirectly, printSuite, type Suite, type SuiteRow } from './suite.js';

const VALUES = 256;
const CALLS = 20_000;
const SAMPLES = 60;

const cents = (index: number) => `${100 + (index % 97)}.${String(index % 100).padStart(2, '0')}`;
const texts = Array.from({ length: VALUES }, (_, index) => cents(index * 7));
const at = <Value>(values: readonly Value[], index: number) => values[index % VALUES] as Value;

const amounts = texts.map((text) => Amount.parse(text, 'USD'));
const decimals = texts.map((text) => new Decimal(text));
const bigs = texts.map((text) => new Big(text));
const bigNumbers = texts.map((text) => new BigNumber(text));
const bigDecimals = texts.map((text) => BigDecimal(text));
const instrument = Instrument.create({ symbol: 'X', tickSize: '0.01', lotSize: '0.01' });
const prices = texts.map((text) => instrument.price(text));
const quantities = texts.map((text) => instrument.quantity(text));

const PACKAGES = ['decimal.js', 'big.js', 'bignumber.js', 'bigdecimal.js'];
const HOLDFAST = 'Holdfast (TypeScript edge)';

function subjects(calls: readonly [string, (index: number) => unknown][]): Case['subjects'] {
  return calls.map(([name, call]) => ({ name, run: () => nanosecondsPerCall(CALLS, call) }));
}

const CASES: readonly Pick<Case, 'case' | 'subjects'>[] = [
  {
    case: 'add two amounts',
    subjects: subjects([
      [HOLDFAST, (index) => at(amounts, index).plus(at(amounts, index + 1))],
      ['decimal.js', (index) => at(decimals, index).plus(at(decimals, index + 1))],
      ['big.js', (index) => at(bigs, index).plus(at(bigs, index + 1))],
      ['bignumber.js', (index) => at(bigNumbers, index).plus(at(bigNumbers, index + 1))],
      ['bigdecimal.js', (index) => at(bigDecimals, index).add(at(bigDecimals, index + 1))],
    ]),
  },
  {
    case: 'multiply price by quantity',
    subjects: subjects([
      [HOLDFAST, (index) => instrument.notional(at(prices, index), at(quantities, index + 1))],
      ['decimal.js', (index) => at(decimals, index).times(at(decimals, index + 1))],
      ['big.js', (index) => at(bigs, index).times(at(bigs, index + 1))],
      ['bignumber.js', (index) => at(bigNumbers, index).times(at(bigNumbers, index + 1))],
      ['bigdecimal.js', (index) => at(bigDecimals, index).multiply(at(bigDecimals, index + 1))],
    ]),
  },
  {
    case: 'parse',
    subjects: subjects([
      [HOLDFAST, (index) => Amount.parse(at(texts, index), 'USD')],
      ['decimal.js', (index) => new Decimal(at(texts, index))],
      ['big.js', (index) => new Big(at(texts, index))],
      ['bignumber.js', (index) => new BigNumber(at(texts, index))],
      ['bigdecimal.js', (index) => BigDecimal(at(texts, index))],
    ]),
  },
];

/** The work is the same on both sides: the results print the same. */
function checkEqualResults(): void {
  for (let index = 0; index < VALUES; index += 1) {
    const [sum, product] = [
      at(amounts, index)
        .plus(at(amounts, index + 1))
        .toString(),
      instrument.notional(at(prices, index), at(quantities, index + 1)).toString(),
    ];
    const expected = [
      at(decimals, index)
        .plus(at(decimals, index + 1))
        .toString(),
      at(decimals, index)
        .times(at(decimals, index + 1))
        .toString(),
    ];
    if (sum !== expected[0] || product !== expected[1])
      throw new Error(`results differ at ${index}`);
  }
}

/** Exact arithmetic at the TypeScript edge beside the decimal packages, and inside native code. */
export async function decimalsSuite(): Promise<Suite> {
  checkEqualResults();
  const rows: SuiteRow[] = [];
  for (const each of CASES) {
    const unit = 'ns/op';
    rows.push(
      ...(await measureCase({
        ...each,
        unit,
        samples: SAMPLES,
        warmUps: 10,
        references: PACKAGES,
      })),
    );
  }
  return { suite: 'decimals', rows: [...rows, ...(await nativeRows(rows))] };
}

async function nativeRows(rows: readonly SuiteRow[]): Promise<readonly SuiteRow[]> {
  const addon = loadEngineAddon();
  const inside = ['add two amounts', 'multiply price by quantity'].map(async (name, operation) => {
    const [measured] = await measureCase({
      case: name,
      unit: 'ns/op',
      samples: SAMPLES,
      warmUps: 10,
      subjects: [
        {
          name: 'Holdfast (inside native code)',
          run: () => addon.amountArithmeticNs(100_000)[operation] ?? 0,
        },
      ],
      references: ['Holdfast (inside native code)'],
    });
    const peer = rows.find((row) => row.case === name && row.subject === row.reference);
    if (measured === undefined || peer === undefined) throw new Error(`no reference for ${name}`);
    return { ...measured, reference: peer.subject, ratio: peer.median / measured.median };
  });
  return Promise.all(inside);
}

if (isStartedDirectly(import.meta.url)) printSuite(await decimalsSuite());
