// Paths as the kernel keeps them: text where the bytes are UTF-8, else the bytes themselves. No I/O.

/** A path or name: a string where it is valid UTF-8, its raw bytes where not. */
export type FilePath = string | Buffer;

const SLASH = Buffer.from('/');

/** `directory/name`; raw where either side is. */
export function joinPath(directory: FilePath, name: FilePath): FilePath {
  if (typeof directory === 'string' && typeof name === 'string')
    return directory === '/' ? `/${name}` : `${directory}/${name}`;
  const head = typeof directory === 'string' ? Buffer.from(directory) : directory;
  const tail = typeof name === 'string' ? Buffer.from(name) : name;
  return head.length === 1 && head[0] === 0x2f
    ? Buffer.concat([head, tail])
    : Buffer.concat([head, SLASH, tail]);
}

/** For people and JSON: bytes that are no UTF-8 become U+FFFD. */
export function pathText(path: FilePath): string {
  return typeof path === 'string' ? path : path.toString('utf8');
}

/** Base64 of a path that text cannot carry; null where the text is exact. */
export function pathBytes(path: FilePath): string | null {
  return typeof path === 'string' ? null : path.toString('base64');
}

/** The path of raw bytes: text if they are UTF-8. */
export function filePath(bytes: Buffer): FilePath {
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') && !Buffer.from(text).equals(bytes) ? bytes : text;
}

/** FNV-1a, folded: spreads names over parts and paths over bits, and is safe against nobody. */
export function pathHash(path: FilePath): number {
  let h = 0x811c9dc5;
  if (typeof path === 'string')
    for (let i = 0; i < path.length; i++) h = Math.imul(h ^ path.charCodeAt(i), 0x01000193);
  else for (const byte of path) h = Math.imul(h ^ byte, 0x01000193);
  return h ^ (h >>> 15);
}

/** One string for a name, exact also for raw ones: no file name holds a slash, so `/` marks those. */
export function nameKey(name: FilePath): string {
  return typeof name === 'string' ? name : `/${name.toString('latin1')}`;
}

/** The name of a key made by `nameKey`. */
export function nameOfKey(key: string): FilePath {
  return key.startsWith('/') ? Buffer.from(key.slice(1), 'latin1') : key;
}
