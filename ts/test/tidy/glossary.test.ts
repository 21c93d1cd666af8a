import { describe, expect, it } from 'vitest';
import { avoidedTypes, missingTypes, repeatedTypes } from './rules/type-names.js';
import { sampleFile, TREE } from './source-tree.js';

/** Nouns of the glossary that stand for a type of TypeScript today; the list only grows. */
const NOUNS =
  'Amount Bar Instrument Limits LiquiditySide OrderStatus OrderType Price Quantity Ring Side Strategy TimeInForce';

describe('the glossary', () => {
  it('ARC-01: has one type for each noun', () => expect(repeatedTypes(TREE)).toEqual([]));
  it('is the only source of nouns', () => expect(avoidedTypes(TREE)).toEqual([]));
  it('is spoken in the code', () => expect(missingTypes(TREE, NOUNS.split(' '))).toEqual([]));
});

describe('the rules of the glossary', () => {
  it('find a noun that is defined twice in one language', () => {
    const files = [
      sampleFile('ts/src/core/a.ts', 'export class Price {}\n'),
      sampleFile('ts/src/market/b.ts', 'export interface Price {}\n'),
      sampleFile('native/rust/core/src/a.rs', 'pub struct Price(i64);\n'),
    ];
    expect(repeatedTypes(files)).toEqual([
      'ts/src/market/b.ts: Price is defined in ts/src/core/a.ts already',
    ]);
  });

  it('find it in Rust and in C++ too, tests left out', () => {
    const rust = 'pub enum Side { Buy }\n';
    const files = [
      sampleFile('native/rust/core/src/a.rs', rust),
      sampleFile('native/rust/risk/src/b.rs', `${rust}#[cfg(test)]\npub enum Side { Sell }\n`),
      sampleFile('native/cpp/include/holdfast/a.hpp', 'class Ring {\n};\nclass Other;\n'),
      sampleFile('native/cpp/src/b.cpp', 'struct Ring final {\n};\nclass Other;\n'),
    ];
    expect(repeatedTypes(files)).toHaveLength(2);
  });

  it.each(['Candle', 'Broker', 'OrderManager', 'EnhancedGate', 'PriceUtils'])(
    'find the name %s',
    (name) => {
      const file = sampleFile('ts/src/a.ts', `export class ${name} {}\n`);
      expect(avoidedTypes([file])).toHaveLength(1);
    },
  );

  it('find a noun that is not there', () => {
    const files = [sampleFile('ts/src/core/a.ts', 'export class Price {}\n')];
    expect(missingTypes(files, ['Price', 'Venue'])).toEqual(['Venue: must be a type']);
  });
});
