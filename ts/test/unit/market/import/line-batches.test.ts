import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LINE_LENGTH_MAX, lineBatches } from '#ts/market/import/line-batches.js';

import { failureOf } from './import-fixture.js';

async function* chunksOf(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function linesOf(...chunks: readonly Uint8Array[]): Promise<(readonly [number, string])[]> {
  const numbered: (readonly [number, string])[] = [];
  for await (const { firstLine, lines } of lineBatches(chunksOf(...chunks), 'x.csv')) {
    lines.forEach((text, index) => numbered.push([firstLine + index, text]));
  }
  return numbered;
}

describe('line batches', () => {
  it('TST-08: gives the same numbered lines however the bytes are cut', async () => {
    const text = '\uFEFFtime,ö\r\n1,2\n\n3,4\r\nlast';
    const bytes = Buffer.from(text);
    const expected = [
      [1, 'time,ö'],
      [2, '1,2'],
      [3, ''],
      [4, '3,4'],
      [5, 'last'],
    ];
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), fc.nat(bytes.length), async (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        fc.pre(from >= 2);
        const cut = [bytes.subarray(0, from), bytes.subarray(from, to), bytes.subarray(to)];
        expect(await linesOf(...cut)).toEqual(expected);
      }),
    );
  });

  it('has no line for an empty file or an end of line at its end', async () => {
    expect(await linesOf()).toEqual([]);
    expect(await linesOf(Buffer.from('a\n'))).toEqual([[1, 'a']]);
  });

  it('TST-08: refuses UTF-16 by name', async () => {
    const error = await failureOf(linesOf(Buffer.from('\uFEFFa,b\n', 'utf16le')));
    expect(error.code).toBe('DATA_FORMAT_UNKNOWN');
    expect(error.message).toContain('save it as UTF-8');
  });

  it('TST-08: refuses a line that would fill the memory', async () => {
    const half = Buffer.alloc(LINE_LENGTH_MAX, 'x');
    const error = await failureOf(linesOf(Buffer.from('a\n'), half, half));
    expect(error.code).toBe('DATA_ROW_INVALID');
    expect(error.context).toMatchObject({ line: 2, reason: 'line too long' });
  });
});
