import { HoldfastError } from '../../core/holdfast-error.js';
import { badRow, rowError } from './bad-row.js';

/** Consecutive lines without their ends; `lines[0]` stands on line `firstLine` of the file. */
export interface LineBatch {
  readonly firstLine: number;
  readonly lines: readonly string[];
}

/** Beyond any row of bars; a file without line ends must not be gathered in memory. */
export const LINE_LENGTH_MAX = 1_000_000;

/**
 * Splits bytes into lines that end in LF or CRLF; a byte order mark is dropped.
 *
 * @throws HoldfastError `DATA_FORMAT_UNKNOWN` for UTF-16, `DATA_ROW_INVALID` for a line that is too
 * long.
 */
export async function* lineBatches(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<LineBatch, void, undefined> {
  const decoder = new TextDecoder('utf-8');
  let carry = '';
  let firstLine = 1;
  let isFirstChunk = true;
  for await (const chunk of chunks) {
    if (isFirstChunk) refuseUtf16(chunk, file);
    isFirstChunk = false;
    const lines = (carry + decoder.decode(chunk, { stream: true })).split('\n');
    carry = lines.pop() ?? '';
    if (carry.length > LINE_LENGTH_MAX) throw tooLong(file, firstLine + lines.length, carry);
    if (lines.length === 0) continue;
    dropCarriageReturns(lines);
    yield { firstLine, lines };
    firstLine += lines.length;
  }
  const last = [carry + decoder.decode()];
  dropCarriageReturns(last);
  if (last[0] !== '') yield { firstLine, lines: last };
}

function dropCarriageReturns(lines: string[]): void {
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? '';
    if (line.charCodeAt(line.length - 1) === 13) lines[i] = line.slice(0, -1);
  }
}

function refuseUtf16(chunk: Uint8Array, file: string): void {
  const mark = ((chunk[0] ?? 0) << 8) | (chunk[1] ?? 0);
  if (mark !== 0xfffe && mark !== 0xfeff) return;
  throw new HoldfastError(
    'DATA_FORMAT_UNKNOWN',
    `${file}: text must be UTF-8, was UTF-16; save it as UTF-8`,
    { context: { file } },
  );
}

function tooLong(file: string, line: number, value: string): HoldfastError {
  const row = badRow({ line, column: '1', reason: 'line too long', value });
  return rowError(file, row, `no line may exceed ${LINE_LENGTH_MAX} characters`);
}
