// Look-ups under what a hostile machine can make: its certificate is good, everything else is not. Whatever comes, by the
// framework or before it, the hub answers in its own words and goes on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { PACKED_TYPES } from 'tocsin/protocol/packed-lookup.ts';
import { asMachine, exchange } from '../server/wire-fixture.ts';
import type { LookupHub } from './lookup-fixture.ts';
import { readPacked, startLookupHub } from './lookup-fixture.ts';

const packed = readPacked();
const OWN_WORDS = [200, 400, 404, 413, 422, 429];
const RUNS = { numRuns: 120 };
let hub: LookupHub;

before(async () => {
  hub = await startLookupHub(packed);
});
after(() => hub.close());

const WARM = 'GET /v1/objects/host:nobody.example HTTP/1.1\r\nhost: x\r\n\r\n';

/** Asked as the first request of a connection, or behind another one, where the framework may not see it. */
async function answers(request: Buffer, behind: boolean): Promise<void> {
  const { text } = await exchange(hub.port, behind ? [WARM, request] : [request], asMachine(hub.joined));
  const statuses = [...text.matchAll(/HTTP\/1\.1 ([0-9]{3}) /g)].map((match) => Number(match[1]));
  assert.equal(statuses.length, behind ? 2 : 1, text.slice(0, 2_000));
  const status = statuses.at(-1)!;
  assert.ok(OWN_WORDS.includes(status), text.slice(0, 2_000));
  if (status !== 200) assert.match(text, /"type":"urn:tocsin:problem:/);
}

function post(type: string, body: Uint8Array): Buffer {
  const head = `POST /v1/lookup HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

async function holds<T>(drawn: fc.Arbitrary<T>, requestOf: (value: T) => Buffer): Promise<void> {
  await fc.assert(
    fc.asyncProperty(drawn, fc.boolean(), (value, behind) => answers(requestOf(value), behind)),
    RUNS,
  );
  assert.deepEqual(
    hub.log.filter((line) => line.startsWith('a request failed')),
    [],
  );
}

test('fuzz: arbitrary bytes of each type', async () => {
  const types = fc.constantFrom(PACKED_TYPES.request, 'application/json', 'application/json; charset=utf-8');
  await holds(fc.tuple(types, fc.uint8Array({ minLength: 1, maxLength: 400 })), ([type, body]) =>
    post(type, body),
  );
});

test('fuzz: packed questions of which bytes were altered, cut off or added', async () => {
  const valid = fc.constantFrom(...packed.answered.map(({ request }) => Buffer.from(request, 'hex')));
  const harm = fc.record({
    at: fc.nat(200),
    to: fc.nat(255),
    cut: fc.nat(60),
    more: fc.uint8Array({ maxLength: 40 }),
  });
  await holds(fc.tuple(valid, harm), ([bytes, { at, to, cut, more }]) => {
    const body = Buffer.concat([bytes.subarray(0, Math.max(1, bytes.length - cut)), more]);
    body[at % body.length] = to;
    return post(PACKED_TYPES.request, body);
  });
});

test('fuzz: JSON that nearly is a question', async () => {
  const any = fc.oneof(fc.jsonValue(), fc.constantFrom('file-sha256', 'host', '00', 'ab'.repeat(32), 8, 1));
  const question = fc.dictionary(fc.constantFrom('kind', 'bits', 'prefix', 'key', 'user'), any, {
    maxKeys: 4,
  });
  const body = fc.dictionary(
    fc.constantFrom('v', 'prefixes', 'objects', 'user'),
    fc.oneof(any, fc.array(question)),
    {
      maxKeys: 3,
    },
  );
  await holds(body, (value) => post('application/json', Buffer.from(JSON.stringify({ v: 1, ...value }))));
});

test('fuzz: anything as the name of one object', async () => {
  const words = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc.string().map((text) => `sha256:${text}`),
  );
  const path = fc.oneof(
    words.map((text) => encodeURIComponent(text.toWellFormed())),
    fc.string({ unit: fc.constantFrom(...'%/?#.:a0Zz~'), minLength: 1 }),
  );
  await holds(fc.tuple(path, fc.constantFrom('', '?history=true', '?history=1')), ([id, query]) =>
    Buffer.from(`GET /v1/objects/${id}${query} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`),
  );
});
