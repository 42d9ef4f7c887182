// Reads the file of an import once, in large pieces, unpacking gzip and zstd on the way, into its format's parser.
// A format that needs the whole file at hand gets a packed one unpacked beside the import's other work.
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Transform } from 'node:stream';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { onFile, writeWhole } from 'tocsin/lists/files.ts';
import { errorWords, TocsinError } from 'tocsin/protocol/errors.ts';
import { systemWords } from 'tocsin/protocol/system-errors.ts';
import type { ImportProgress, ImportRequest } from './run-import.ts';
import type { ClaimSink } from './sink.ts';

const READ_BYTES = 1024 * 1024;

/** Feeds `request.path` to its format; returns the SHA-256 of the file as it lies on disk, hex. */
export async function readImport(
  request: ImportRequest,
  sink: ClaimSink,
  directory: string,
  onProgress: (progress: ImportProgress) => void,
): Promise<string> {
  const { path, format } = request;
  const options = { ...request.options, ...(request.replace === true ? { mayBeEmpty: true } : {}) };
  const totalBytes = sizeOf(path);
  const hash = createHash('sha256');
  let bytes = 0;
  const raw = Readable.from(
    counted(path, (chunk) => {
      hash.update(chunk);
      bytes += chunk.length;
    }),
    { objectMode: false, highWaterMark: READ_BYTES },
  );
  const tell = (): void => onProgress({ bytes, totalBytes, rows: sink.rows });
  const chunks = unpacked(path, raw);
  if (format.kind === 'file') {
    const whole = chunks === raw ? path : join(directory, 'unpacked');
    if (chunks === raw) await eachChunk(path, chunks, tell);
    else await unpackTo(whole, path, chunks, tell);
    format.read(whole, sink, options);
    return hash.digest('hex');
  }
  const parser = format.open(sink, { ...options, fileName: path.replace(/\.(gz|zst)$/, '') });
  await eachChunk(path, chunks, (chunk) => {
    parser.push(chunk);
    tell();
  });
  parser.end();
  return hash.digest('hex');
}

async function unpackTo(
  target: string,
  path: string,
  chunks: AsyncIterable<unknown>,
  tell: () => void,
): Promise<void> {
  const fd = onFile('write', target, () => openSync(target, 'wx', 0o600));
  try {
    await eachChunk(path, chunks, (chunk) => {
      writeWhole(fd, chunk, target);
      tell();
    });
  } finally {
    closeSync(fd);
  }
}

/** Throws `format` for a packed file that is damaged or cut off. */
async function eachChunk(
  path: string,
  chunks: AsyncIterable<unknown>,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  try {
    for await (const chunk of chunks) take(chunk as Uint8Array);
  } catch (error) {
    if (error instanceof TocsinError || systemWords(error) !== null) throw error;
    throw new TocsinError('format', `Cannot read '${path}': ${errorWords(error)}`, { cause: error });
  }
}

async function* counted(path: string, onChunk: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) {
    onChunk(chunk as Buffer);
    yield chunk as Buffer;
  }
}

/** gzip (RFC 1952) and zstd (RFC 8878) are known by their first bytes, whatever the file is called. */
function unpacked(path: string, raw: Readable): AsyncIterable<unknown> {
  const head = Buffer.alloc(4);
  const fd = openSync(path, 'r');
  readSync(fd, head, 0, 4, 0);
  closeSync(fd);
  if (head.readUInt16BE(0) === 0x1f8b) return through(raw, createGunzip());
  if (head.readUInt32LE(0) === 0xfd2fb528) return through(raw, createZstdDecompress());
  return raw;
}

/** An error of either stream is thrown where the result is read. */
function through(raw: Readable, unpack: Transform): Transform {
  return pipeline(raw, unpack, () => {});
}

function sizeOf(path: string): number {
  try {
    const stat = statSync(path);
    if (!stat.isFile())
      throw new TocsinError('input', `Cannot import '${path}': it is no file, want a regular file`);
    return stat.size;
  } catch (error) {
    if (error instanceof TocsinError) throw error;
    throw new TocsinError('input', `Cannot import '${path}': it cannot be read, want a readable file`, {
      cause: error,
    });
  }
}
