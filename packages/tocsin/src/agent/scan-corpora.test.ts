// Hand-made extreme files and one benign file of each type: none of them may stop a scan.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { systemWorld } from '../protocol/world.ts';
import { HashPool } from './hash-pool.ts';
import { scan } from './scan.ts';
import { answer, TableLadder, temporary } from './test-help.ts';

const DATA = new URL('../../../../../shared/data/', import.meta.url);
const CORPORA = [
  { archive: 'corkami-pe/pe.tar.zst', files: 231 },
  { archive: 'corkami-pe/poly+zip+mini+tiny+mocks.tar.zst', files: 167 },
  { archive: 'strelka-fixtures/fixtures.tar.zst', files: 109 },
];

/** Unpacks the regular files of an archive; their SHA-256 by path. */
async function unpack(archive: URL, to: string): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  const entries = Readable.from([zstdDecompressSync(readFileSync(archive))]).pipe(extract());
  for await (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const content = Buffer.concat(chunks);
    if (entry.header.type !== 'file') continue;
    const path = join(to, entry.header.name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    digests.set(path, createHash('sha256').update(content).digest('hex'));
  }
  return digests;
}

for (const { archive, files } of CORPORA) {
  const source = new URL(archive, DATA);
  const skip = existsSync(source) ? false : `no ../shared/data/${archive} here`;
  test(`every file of ${archive} is scanned, with the digest of its content`, { skip }, async () => {
    using root = temporary();
    const want = await unpack(source, root.path);
    assert.equal(want.size, files);
    const ladder = new TableLadder();
    ladder.aliases.add('file-md5');
    const [worst] = want.values();
    ladder.nearTable.set(worst!, answer('malicious', 'list'));
    await using pool = new HashPool();
    const got = new Map<string, string>();
    const summary = await scan([root.path], {
      ...{ pool, cache: null, ladder, world: systemWorld },
      onResult: (result) => got.set(result.path, result.sha256),
    });
    assert.deepEqual([...got].sort(), [...want].sort());
    assert.equal(summary.found, [...want.values()].filter((digest) => digest === worst).length);
    assert.deepEqual(Object.values(summary.problems), [0, 0, 0, 0, 0, 0]);
  });
}
