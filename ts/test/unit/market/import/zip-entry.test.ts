import { describe, expect, it } from 'vitest';

import { failureOf, HEADER, importFile, writeFile, zipOf } from './import-fixture.js';

const CSV = `${HEADER}\n2020-01-02,10,11,9,10,1\n2020-01-03,10,11,9,10.5,2\n`;

describe('zip entry', () => {
  it('is the only file of a zip', async () => {
    const { bars } = await importFile(writeFile('a.zip', zipOf({ 'a.csv': CSV })));
    expect(bars).toHaveLength(2);
  });

  it('is named where there are several', async () => {
    const file = writeFile('a.zip', zipOf({ 'a.csv': CSV, 'read.me': 'hello', 'dir/': '' }));
    const error = await failureOf(importFile(file));
    expect([error.code, error.context['field']]).toEqual(['DATA_DESCRIPTION_INVALID', 'entry']);
    expect(error.context['entries']).toEqual(['a.csv', 'read.me']);
    expect((await importFile(file, { entry: 'a.csv' })).bars).toHaveLength(2);
    const wrong = await failureOf(importFile(file, { entry: 'b.csv' }));
    expect(wrong.message).toContain('was "b.csv"; it holds a.csv, read.me');
  });

  it('TST-08: is refused when any byte of its packed data is changed', async () => {
    const bytes = zipOf({ 'a.csv': CSV });
    const dataStart = 30 + 'a.csv'.length;
    const dataBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(18, true);
    for (let at = dataStart; at < dataStart + dataBytes; at += 1) {
      const damaged = Uint8Array.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      // Damage shows as text that is no data, as a broken stream, or by the checksum at the end.
      const error = await failureOf(importFile(writeFile('a.zip', damaged)));
      expect(error.code).toMatch(/^(DATA_|PRICE_|QTY_)/);
    }
  });

  it('TST-08: is refused when its checksum or length is not the one in the zip', async () => {
    const bytes = zipOf({ 'a.csv': CSV });
    const directory = bytes.length - 22 - 46 - 'a.csv'.length;
    for (const offset of [16, 24]) {
      const damaged = Uint8Array.from(bytes);
      damaged[directory + offset] = (damaged[directory + offset] ?? 0) ^ 1;
      const error = await failureOf(importFile(writeFile('a.zip', damaged)));
      expect(error.code).toBe('DATA_SOURCE_FAILED');
      expect(error.message).toContain('damaged');
    }
  });

  it('TST-08: is refused when the zip was cut off, at any length', async () => {
    const bytes = zipOf({ 'a.csv': CSV });
    for (let length = 1; length < bytes.length; length += 7) {
      const error = await failureOf(importFile(writeFile('a.zip', bytes.subarray(0, length))));
      expect(error.code).toBe('DATA_SOURCE_FAILED');
    }
  });

  it('TST-08: is refused when encrypted or packed by another method', async () => {
    const bytes = zipOf({ 'a.csv': CSV });
    const directory = bytes.length - 22 - 46 - 'a.csv'.length;
    const encrypted = Uint8Array.from(bytes);
    encrypted[directory + 8] = (encrypted[directory + 8] ?? 0) | 1;
    const first = await failureOf(importFile(writeFile('a.zip', encrypted)));
    expect(first.message).toContain('a.csv is encrypted');
    const other = Uint8Array.from(bytes);
    other[directory + 10] = 14;
    const second = await failureOf(importFile(writeFile('a.zip', other)));
    expect(second.message).toContain('packed by method 14');
  });

  it('TST-08: is refused when the directory lies about its place', async () => {
    const bytes = zipOf({ 'a.csv': CSV });
    const end = bytes.length - 22;
    for (const offset of [10, 12, 16]) {
      const damaged = Uint8Array.from(bytes);
      damaged[end + offset + 1] = 0x7f;
      const error = await failureOf(importFile(writeFile('a.zip', damaged)));
      expect(error.code).toBe('DATA_SOURCE_FAILED');
    }
  });
});
