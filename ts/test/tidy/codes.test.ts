import { describe, expect, it } from 'vitest';
import { codeNames, undocumentedCodes, untestedCodes } from './rules/codes.js';
import { sampleFile, TREE } from './source-tree.js';

describe('the codes', () => {
  it('are there', () => expect(codeNames(TREE).length).toBeGreaterThan(60));
  it('ARC-07: are all documented', () => expect(undocumentedCodes(TREE)).toEqual([]));
  it('TST-08: are all raised in some test', () => expect(untestedCodes(TREE)).toEqual([]));
});

describe('the rules of codes', () => {
  const table = sampleFile(
    'ts/src/core/codes.generated.ts',
    ['PRICE_OFF_TICK', 'RING_INVALID', 'DATA_EMPTY', 'OUTPUT_IO', 'PRICE_STALE']
      .map((name) => `  ${name}: {\n    number: 1,\n  },\n`)
      .join(''),
  );

  it('find codes without documentation', () => {
    const page = sampleFile('ts/docs/codes.md', '| 3 | `PRICE_OFF_TICK` |\n| `OUTPUT_IO` |\n');
    expect(undocumentedCodes([table, page])).toEqual([
      'RING_INVALID: must be explained in ts/docs/codes.md',
      'DATA_EMPTY: must be explained in ts/docs/codes.md',
      'PRICE_STALE: must be explained in ts/docs/codes.md',
    ]);
  });

  it('find codes that no test expects, in any language', () => {
    const rust = 'Err(Code::OutputIo)\n#[cfg(test)]\nassert_eq!(code, Code::PriceOffTick);\n';
    const tests = [
      sampleFile('native/rust/core/src/a.rs', rust),
      sampleFile('native/cpp/test/a.cpp', 'EXPECT_EQ(code, ErrorCode::kRingInvalid);\n'),
      sampleFile('ts/test/unit/a.test.ts', "expect(error.code).toBe('DATA_EMPTY');\n"),
      sampleFile('ts/test/tidy/b.test.ts', "'OUTPUT_IO'\n"),
      sampleFile(
        'native/rust/risk/src/control.rs',
        '    PriceAge = 0 PriceStale Nanoseconds "Age."',
      ),
      sampleFile('native/rust/risk/tests/gate.rs', 'assert!(has(Control::PriceAge));\n'),
    ];
    expect(untestedCodes([table, ...tests])).toEqual(['OUTPUT_IO: must be raised in a test']);
  });
});
