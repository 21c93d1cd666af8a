import type { FileHandle } from 'node:fs/promises';
import { HoldfastError } from '../../core/holdfast-error.js';

/**
 * The end record is 22 bytes and a comment of at most 65,535; the directory's place stands in it.
 */
const END_RECORD_BYTES = 22;
const END_SEARCH_BYTES = END_RECORD_BYTES + 65_535;
const END_SIGNATURE = 0x06054b50;
const DIRECTORY_SIGNATURE = 0x02014b50;
const DIRECTORY_HEADER_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
/** Some 300,000 entries; a larger directory is no data set. */
const DIRECTORY_BYTES_MAX = 32 * 1024 * 1024;
/**
 * Stands in a 32-bit field whose value is kept in a ZIP64 record; LEAN writes those for small files
 * too.
 */
const ZIP64_MARK = 0xffffffff;
const ZIP64_EXTRA_ID = 1;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_END_BYTES = 56;
const FLAG_ENCRYPTED = 1;
const METHOD_STORED = 0;
const METHOD_DEFLATED = 8;

/** One file inside a zip: where its bytes lie and what they must come to. */
export interface ZipEntry {
  readonly name: string;
  readonly isDeflated: boolean;
  readonly dataOffset: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly crc32: number;
}

interface DirectoryEntry extends Omit<ZipEntry, 'dataOffset' | 'isDeflated'> {
  readonly flags: number;
  readonly method: number;
  readonly localOffset: number;
}

/**
 * Finds the file of a zip that is to be read: the one named, or the only one there is.
 *
 * @throws HoldfastError `DATA_SOURCE_FAILED` for a damaged zip, `DATA_DESCRIPTION_INVALID` when the
 * zip holds several files and none is named, or not the one that is.
 */
export async function findZipEntry(
  options: ZipFile & { readonly entry: string | undefined },
): Promise<ZipEntry> {
  const { file, handle } = options;
  const found = chooseEntry(file, await readDirectory(options), options.entry);
  if ((found.flags & FLAG_ENCRYPTED) !== 0) throw unreadable(file, `${found.name} is encrypted`);
  if (found.method !== METHOD_STORED && found.method !== METHOD_DEFLATED) {
    throw unreadable(file, `${found.name} is packed by method ${found.method}`);
  }
  const header = await readAt(handle, {
    file,
    offset: found.localOffset,
    bytes: LOCAL_HEADER_BYTES,
  });
  if (header.readUInt32LE(0) !== LOCAL_SIGNATURE)
    throw unreadable(file, 'its directory is damaged');
  const { name, packedBytes, unpackedBytes, crc32 } = found;
  return {
    name,
    isDeflated: found.method === METHOD_DEFLATED,
    dataOffset:
      found.localOffset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28),
    packedBytes,
    unpackedBytes,
    crc32,
  };
}

function chooseEntry(
  file: string,
  entries: readonly DirectoryEntry[],
  wanted: string | undefined,
): DirectoryEntry {
  const files = entries.filter(({ name }) => !name.endsWith('/'));
  const names = files.map(({ name }) => name);
  const found = wanted === undefined ? files : files.filter(({ name }) => name === wanted);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const listed = `${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`;
  const message =
    wanted === undefined
      ? `entry must name one of the ${names.length} files in ${file}: ${listed}`
      : `entry must name a file in ${file}, was "${wanted}"; it holds ${listed}`;
  throw new HoldfastError('DATA_DESCRIPTION_INVALID', message, {
    context: { field: 'entry', file, entries: names.slice(0, 10) },
  });
}

interface ZipFile {
  readonly file: string;
  readonly handle: FileHandle;
  readonly totalBytes: number;
}

async function readDirectory(zip: ZipFile): Promise<DirectoryEntry[]> {
  const { file, handle } = zip;
  const { count, bytes, offset } = await findDirectory(zip);
  if (bytes > DIRECTORY_BYTES_MAX) throw unreadable(file, 'its directory is too large');
  const directory = await readAt(handle, { file, offset, bytes });
  const entries: DirectoryEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + DIRECTORY_HEADER_BYTES > bytes || directory.readUInt32LE(at) !== DIRECTORY_SIGNATURE) {
      throw unreadable(file, 'its directory is damaged');
    }
    const nameEnd = at + DIRECTORY_HEADER_BYTES + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    const [unpackedBytes, packedBytes, localOffset] = widen(
      [at + 24, at + 20, at + 42].map((place) => directory.readUInt32LE(place)),
      directory.subarray(nameEnd, extraEnd),
    );
    entries.push({
      flags: directory.readUInt16LE(at + 8),
      method: directory.readUInt16LE(at + 10),
      crc32: directory.readUInt32LE(at + 16),
      packedBytes: packedBytes ?? 0,
      unpackedBytes: unpackedBytes ?? 0,
      localOffset: localOffset ?? 0,
      name: directory.toString('utf8', at + DIRECTORY_HEADER_BYTES, nameEnd),
    });
    at = extraEnd + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function findDirectory({
  file,
  handle,
  totalBytes,
}: ZipFile): Promise<{ readonly count: number; readonly bytes: number; readonly offset: number }> {
  const tailBytes = Math.min(totalBytes, END_SEARCH_BYTES);
  const tailOffset = totalBytes - tailBytes;
  const tail = await readAt(handle, { file, offset: tailOffset, bytes: tailBytes });
  let end = tail.length - END_RECORD_BYTES;
  while (end >= 0 && tail.readUInt32LE(end) !== END_SIGNATURE) end -= 1;
  if (end < 0) throw unreadable(file, 'it is no zip, or was cut off');
  const locator = end - ZIP64_LOCATOR_BYTES;
  if (locator >= 0 && tail.readUInt32LE(locator) === ZIP64_LOCATOR_SIGNATURE) {
    const offset = Number(tail.readBigUInt64LE(locator + 8));
    const record = await readAt(handle, { file, offset, bytes: ZIP64_END_BYTES });
    if (record.readUInt32LE(0) !== ZIP64_END_SIGNATURE) {
      throw unreadable(file, 'its directory is damaged');
    }
    return {
      count: Number(record.readBigUInt64LE(32)),
      bytes: Number(record.readBigUInt64LE(40)),
      offset: Number(record.readBigUInt64LE(48)),
    };
  }
  return {
    count: tail.readUInt16LE(end + 10),
    bytes: tail.readUInt32LE(end + 12),
    offset: tail.readUInt32LE(end + 16),
  };
}

/** Replaces each marked 32-bit value by the next 64-bit one of the ZIP64 extra field. */
function widen(values: readonly number[], extra: Buffer): number[] {
  let at = 0;
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== ZIP64_EXTRA_ID) {
    at += 4 + extra.readUInt16LE(at + 2);
  }
  at += 4;
  return values.map((value) => {
    if (value !== ZIP64_MARK || at + 8 > extra.length) return value;
    const wide = Number(extra.readBigUInt64LE(at));
    at += 8;
    return wide;
  });
}

async function readAt(
  handle: FileHandle,
  place: { readonly file: string; readonly offset: number; readonly bytes: number },
): Promise<Buffer> {
  if (!Number.isSafeInteger(place.offset)) throw unreadable(place.file, 'its directory is damaged');
  const buffer = Buffer.alloc(place.bytes);
  const { bytesRead } = await handle.read(buffer, 0, place.bytes, place.offset);
  if (bytesRead < place.bytes) throw unreadable(place.file, 'it was cut off');
  return buffer;
}

function unreadable(file: string, cause: string): HoldfastError {
  return new HoldfastError(
    'DATA_SOURCE_FAILED',
    `${file}: the zip cannot be read: ${cause}; unpack it and import the file inside`,
    { context: { file } },
  );
}
