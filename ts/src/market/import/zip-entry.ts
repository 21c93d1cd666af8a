import type { FileHandle } from 'node:fs/promises';
import { HoldfastError } from '../../core/holdfast-error.js';

/** The end record is 22 bytes and a comment of at most 65,535; the directory's place stands in it. */
const END_RECORD_BYTES = 22;
const END_SEARCH_BYTES = END_RECORD_BYTES + 65_535;
const END_SIGNATURE = 0x06054b50;
const DIRECTORY_SIGNATURE = 0x02014b50;
const DIRECTORY_HEADER_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
/** Some 300,000 entries; a larger directory is no data set. */
const DIRECTORY_BYTES_MAX = 32 * 1024 * 1024;
/** Stands in a 32-bit field whose value is kept in a ZIP64 record. */
const ZIP64_MARK = 0xffffffff;
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
 * @throws HoldfastError `DATA_SOURCE_FAILED` for a damaged zip, `DATA_DESCRIPTION_INVALID` when the zip holds
 * several files and none is named, or not the one that is.
 */
export async function findZipEntry(options: {
  readonly file: string;
  readonly handle: FileHandle;
  readonly totalBytes: number;
  readonly entry: string | undefined;
}): Promise<ZipEntry> {
  const { file, handle } = options;
  const found = chooseEntry(file, await readDirectory(options), options.entry);
  if ((found.flags & FLAG_ENCRYPTED) !== 0) throw unreadable(file, `${found.name} is encrypted`);
  if (found.method !== METHOD_STORED && found.method !== METHOD_DEFLATED) {
    throw unreadable(file, `${found.name} is packed by method ${found.method}`);
  }
  const sizes = [found.localOffset, found.packedBytes, found.unpackedBytes];
  if (sizes.includes(ZIP64_MARK)) throw unreadable(file, `${found.name} needs ZIP64`);
  const header = await readAt(handle, { file, offset: found.localOffset, bytes: LOCAL_HEADER_BYTES });
  if (header.readUInt32LE(0) !== LOCAL_SIGNATURE) throw unreadable(file, 'its directory is damaged');
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

async function readDirectory(options: {
  readonly file: string;
  readonly handle: FileHandle;
  readonly totalBytes: number;
}): Promise<DirectoryEntry[]> {
  const { file, handle, totalBytes } = options;
  const tailBytes = Math.min(totalBytes, END_SEARCH_BYTES);
  const tail = await readAt(handle, { file, offset: totalBytes - tailBytes, bytes: tailBytes });
  let end = tail.length - END_RECORD_BYTES;
  while (end >= 0 && tail.readUInt32LE(end) !== END_SIGNATURE) end -= 1;
  if (end < 0) throw unreadable(file, 'it is no zip, or was cut off');
  const count = tail.readUInt16LE(end + 10);
  const bytes = tail.readUInt32LE(end + 12);
  const offset = tail.readUInt32LE(end + 16);
  if (offset === ZIP64_MARK) throw unreadable(file, 'it needs ZIP64');
  if (bytes > DIRECTORY_BYTES_MAX) throw unreadable(file, 'its directory is too large');
  const directory = await readAt(handle, { file, offset, bytes });
  const entries: DirectoryEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + DIRECTORY_HEADER_BYTES > bytes || directory.readUInt32LE(at) !== DIRECTORY_SIGNATURE) {
      throw unreadable(file, 'its directory is damaged');
    }
    const nameEnd = at + DIRECTORY_HEADER_BYTES + directory.readUInt16LE(at + 28);
    entries.push({
      flags: directory.readUInt16LE(at + 8),
      method: directory.readUInt16LE(at + 10),
      crc32: directory.readUInt32LE(at + 16),
      packedBytes: directory.readUInt32LE(at + 20),
      unpackedBytes: directory.readUInt32LE(at + 24),
      localOffset: directory.readUInt32LE(at + 42),
      name: directory.toString('utf8', at + DIRECTORY_HEADER_BYTES, nameEnd),
    });
    at = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function readAt(
  handle: FileHandle,
  place: { readonly file: string; readonly offset: number; readonly bytes: number },
): Promise<Buffer> {
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
