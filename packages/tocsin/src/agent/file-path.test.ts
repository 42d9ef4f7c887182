import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { filePath, joinPath, nameKey, nameOfKey, pathBytes, pathText } from './file-path.ts';

/** What a file name may hold: any bytes but NUL and the slash. */
const name = fc
  .uint8Array({ minLength: 1, maxLength: 40 })
  .map((bytes) => Buffer.from(bytes.map((b) => (b === 0 || b === 0x2f ? 0x41 : b))));

const bytesOf = (path: string | Buffer) => (typeof path === 'string' ? Buffer.from(path) : path);

test('a path keeps every byte, as text exactly where the bytes are UTF-8', () => {
  fc.assert(
    fc.property(name, (bytes) => {
      const path = filePath(bytes);
      assert.deepEqual(bytesOf(path), bytes);
      const isUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
      let text: string | null;
      try {
        text = isUtf8.decode(bytes);
      } catch {
        text = null;
      }
      assert.equal(typeof path === 'string' ? path : null, text);
      assert.equal(pathBytes(path) === null, text !== null);
    }),
  );
});

test('joining and naming lose no byte', () => {
  fc.assert(
    fc.property(name, name, (a, b) => {
      const joined = joinPath(filePath(a), filePath(b));
      assert.deepEqual(bytesOf(joined), Buffer.concat([a, Buffer.from('/'), b]));
      assert.deepEqual(nameOfKey(nameKey(filePath(b))), filePath(b));
      assert.ok(!nameKey(filePath(b)).includes('\0'));
    }),
  );
  assert.equal(joinPath('/', 'x'), '/x');
  assert.equal(pathText(joinPath('/', Buffer.from([0x61, 0xff]))), '/a\ufffd');
});
