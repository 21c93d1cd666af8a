import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createGunzip, createInflateRaw, type Gunzip, type InflateRaw } from 'node:zlib';
import { HoldfastError, isHoldfastError } from '../../core/holdfast-error.js';
import { findZipEntry, type ZipEntry } from './zip-entry.js';

/** Large enough that a read is cheap beside its parsing, small enough to stay in the cache. */
const READ_BYTES = 256 * 1024;

type Chunks = AsyncGenerator<Uint8Array, void, undefined>;

/**
 * Reads a plain, gzip or zip file from start to end, unpacked, and hashes its stored bytes on the
 * way.
 */
export class ByteSource {
  readonly file: string;
  readonly totalBytes: number;
  readonly #handle: FileHandle;
  readonly #entry: ZipEntry | null;
  readonly #onBytes: (readBytes: number) => void;
  readonly #hash = createHash('sha256');
  #contentHash: string | null = null;

  private constructor(options: {
    readonly file: string;
    readonly totalBytes: number;
    readonly handle: FileHandle;
    readonly entry: ZipEntry | null;
    readonly onBytes: (readBytes: number) => void;
  }) {
    this.file = options.file;
    this.totalBytes = options.totalBytes;
    this.#handle = options.handle;
    this.#entry = options.entry;
    this.#onBytes = options.onBytes;
  }

  /**
   * Opens a file. `onBytes` hears how many stored bytes each read brought.
   *
   * @throws HoldfastError `DATA_FILE_NOT_FOUND`; for a zip also what `findZipEntry` throws.
   */
  static async open(options: {
    readonly file: string;
    readonly entry?: string | undefined;
    readonly onBytes?: ((readBytes: number) => void) | undefined;
  }): Promise<ByteSource> {
    const { file, entry: wanted, onBytes = () => undefined } = options;
    const { handle, totalBytes } = await openFile(file);
    try {
      const isZip = /\.zip$/i.test(file) && totalBytes > 0;
      const entry = isZip ? await findZipEntry({ file, handle, totalBytes, entry: wanted }) : null;
      return new ByteSource({ file, totalBytes, handle, entry, onBytes });
    } catch (error) {
      await handle.close();
      throw isHoldfastError(error) ? error : readFailure(file, error);
    }
  }

  /** Name of the text inside: the entry of a zip, or the file's own name without `.gz`. */
  get textName(): string {
    return this.#entry?.name ?? this.file.replace(/^.*[\\/]/, '').replace(/\.gz$/i, '');
  }

  /** SHA-256 of the file as stored, hex; only after `chunks` has come to its end. */
  get contentHash(): string {
    if (this.#contentHash !== null) return this.#contentHash;
    throw new HoldfastError('DATA_SOURCE_FAILED', `${this.file}: was not read to its end`);
  }

  /**
   * The unpacked bytes. Closes the file at the end, on an error, and when the reader leaves early.
   */
  async *chunks(): Chunks {
    try {
      if (this.#entry !== null) yield* unzip(this.#stored(), this.#entry, this.file);
      else if (/\.gz$/i.test(this.file)) yield* unpack(this.#stored(), createGunzip());
      else yield* this.#stored();
      this.#contentHash = this.#hash.digest('hex');
    } catch (error) {
      throw isHoldfastError(error) ? error : readFailure(this.file, error);
    } finally {
      await this.#handle.close();
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async *#stored(): Chunks {
    let position = 0;
    for (;;) {
      // Each chunk has its own memory: an unpacking stream may still hold the one before.
      const buffer = Buffer.allocUnsafe(READ_BYTES);
      const { bytesRead } = await this.#handle.read(buffer, 0, READ_BYTES, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      const chunk = buffer.subarray(0, bytesRead);
      this.#hash.update(chunk);
      this.#onBytes(bytesRead);
      yield chunk;
    }
  }
}

async function openFile(
  file: string,
): Promise<{ readonly handle: FileHandle; readonly totalBytes: number }> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    throw fileNotFound(file, error instanceof Error ? error.message : String(error));
  }
  const stat = await handle.stat();
  if (stat.isFile()) return { handle, totalBytes: stat.size };
  await handle.close();
  throw fileNotFound(file, 'it is not a regular file');
}

/**
 * Unpacks one entry and checks its length and checksum, which tell a damaged file from a good one.
 */
async function* unzip(stored: Chunks, entry: ZipEntry, file: string): Chunks {
  const packed = sliceOf(stored, { start: entry.dataOffset, bytes: entry.packedBytes });
  let unpackedBytes = 0;
  let checksum = 0;
  for await (const chunk of entry.isDeflated ? unpack(packed, createInflateRaw()) : packed) {
    unpackedBytes += chunk.length;
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  if (unpackedBytes === entry.unpackedBytes && checksum === entry.crc32) return;
  throw new HoldfastError(
    'DATA_SOURCE_FAILED',
    `${file}: ${entry.name} is damaged: its length or checksum is not the one in the zip`,
    { context: { file, entry: entry.name } },
  );
}

/** Yields a stretch of the bytes, and still reads all of them so that the hash covers the file. */
async function* sliceOf(
  stored: Chunks,
  { start, bytes }: { readonly start: number; readonly bytes: number },
): Chunks {
  let position = 0;
  for await (const chunk of stored) {
    const from = Math.max(0, start - position);
    const to = Math.min(chunk.length, start + bytes - position);
    if (from < to) yield chunk.subarray(from, to);
    position += chunk.length;
  }
}

async function* unpack(packed: Chunks, decoder: Gunzip | InflateRaw): Chunks {
  const feeding = pipeline(Readable.from(packed), decoder);
  // A failure reaches the reader through the decoder as well; this keeps it from being unhandled.
  feeding.catch(() => undefined);
  for await (const chunk of decoder) yield chunk;
  await feeding;
}

function fileNotFound(file: string, why: string): HoldfastError {
  return new HoldfastError('DATA_FILE_NOT_FOUND', `data file ${file} cannot be opened: ${why}`, {
    context: { file },
  });
}

function readFailure(file: string, cause: unknown): HoldfastError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new HoldfastError('DATA_SOURCE_FAILED', `${file}: reading failed: ${why}`, {
    context: { file },
    cause,
  });
}
