import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';

import { describe, expect, it } from 'vitest';

import { ByteSource } from '#ts/market/import/byte-source.js';

import { failureOf, gzipOf, thrownBy, writeFile, zipOf } from './import-fixture.js';

const TEXT = 'line of text\n'.repeat(100_000);

async function readAll(file: string): Promise<{ text: string; readBytes: number; hash: string }> {
  let readBytes = 0;
  const source = await ByteSource.open({
    file,
    onBytes: (bytes) => {
      readBytes += bytes;
    },
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.chunks()) chunks.push(chunk);
  expect(readBytes).toBe(source.totalBytes);
  return { text: Buffer.concat(chunks).toString(), readBytes, hash: source.contentHash };
}

describe('byte source', () => {
  it.each([
    ['a.csv', Buffer.from(TEXT)],
    ['a.csv.gz', gzipOf(TEXT)],
    ['a.zip', zipOf({ 'a.csv': TEXT })],
  ])('unpacks %s and hashes its stored bytes', async (name, content) => {
    const file = writeFile(name, content);
    const { text, readBytes, hash } = await readAll(file);
    expect(text === TEXT).toBe(true);
    expect(readBytes).toBe(content.length);
    expect(hash).toBe(createHash('sha256').update(readFileSync(file)).digest('hex'));
  });

  it('names the text inside', async () => {
    const gzip = await ByteSource.open({ file: writeFile('b.csv.gz', gzipOf('x')) });
    expect(gzip.textName).toBe('b.csv');
    await gzip.close();
    const zip = await ByteSource.open({ file: writeFile('b.zip', zipOf({ 'in.csv': 'x' })) });
    expect(zip.textName).toBe('in.csv');
    await zip.close();
  });

  it('has no hash before its end', async () => {
    const source = await ByteSource.open({ file: writeFile('a.csv', TEXT) });
    for await (const _ of source.chunks()) break;
    expect(thrownBy(() => source.contentHash).code).toBe('DATA_SOURCE_FAILED');
  });

  it('TST-08: refuses what is missing or no file', async () => {
    const missing = await failureOf(ByteSource.open({ file: '/does/not/exist.csv' }));
    expect(missing.code).toBe('DATA_FILE_NOT_FOUND');
    expect(missing.context['file']).toBe('/does/not/exist.csv');
    const folder = await failureOf(ByteSource.open({ file: tmpdir() }));
    expect(folder.message).toContain('not a regular file');
  });

  it('TST-08: refuses a damaged or cut gzip file', async () => {
    const bytes = gzipOf(TEXT);
    const cut = await failureOf(readAll(writeFile('a.gz', bytes.subarray(0, bytes.length - 20))));
    expect(cut.code).toBe('DATA_SOURCE_FAILED');
    const damaged = Uint8Array.from(bytes);
    damaged[bytes.length - 6] = (damaged[bytes.length - 6] ?? 0) ^ 1;
    expect((await failureOf(readAll(writeFile('a.gz', damaged)))).code).toBe('DATA_SOURCE_FAILED');
    const plain = await failureOf(readAll(writeFile('a.gz', 'no gzip')));
    expect(plain.code).toBe('DATA_SOURCE_FAILED');
  });
});
