// Makes spec/vectors/journal/*.json anew: `node scripts/make-journal-vectors.ts`. Every run gives the same bytes. It
// uses nothing of the product, so that a mistake there cannot be in the vectors as well.
import { createCipheriv, createHash, createHmac } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OUT = join(import.meta.dirname, '../spec/vectors/journal');
const LOCAL_KEY = Buffer.alloc(32, 0x11);
const HUB = 'https://hub.example:8443';
const ZEROS = '0'.repeat(64);

interface Row {
  readonly part: 'request' | 'answer';
  readonly id: number;
  readonly request?: number;
  readonly name: string;
  readonly canonical: string;
  readonly chain: string;
  readonly sealed: string;
}

/** RFC 5869 for one block, without salt. */
function derive(purpose: string): Buffer {
  const extracted = createHmac('sha256', Buffer.alloc(32)).update(LOCAL_KEY).digest();
  return createHmac('sha256', extracted).update(`${purpose}\u0001`).digest();
}

const SEAL = derive('tocsin journal seal');
let nonces = 0;

function seal(key: Uint8Array, name: Uint8Array, plain: Uint8Array): string {
  const nonce = createHash('sha256').update(`nonce ${nonces++}`).digest().subarray(0, 12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(name);
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('hex');
}

function sealLink(name: string, chain: string, canonical: string): string {
  return seal(SEAL, Buffer.from(name), Buffer.concat([Buffer.from(chain, 'hex'), Buffer.from(canonical)]));
}

function nextChain(previous: string, canonical: string): string {
  return createHash('sha256').update(Buffer.from(previous, 'hex')).update(canonical).digest('hex');
}

function chained(part: Row['part'], records: readonly { id: number; request?: number }[]): Row[] {
  let chain = ZEROS;
  return records.map((record) => {
    const { id, request } = record;
    const canonical = JSON.stringify(record);
    chain = nextChain(chain, canonical);
    const name = `${part} ${id}`;
    const sealed = sealLink(name, chain, canonical);
    return { part, id, ...(request === undefined ? {} : { request }), name, canonical, chain, sealed };
  });
}

const LOOKUP = '{"v":1,"prefixes":[{"kind":"file-sha256","bits":10,"prefix":"b2c0"}]}';
const SEALED_BODY = Buffer.concat([
  Buffer.from('TSM1'),
  Buffer.alloc(16, 0xab),
  Buffer.from('age-encryption.org/v1\n…'),
]);
const CLEAR =
  '{"v":1,"machine":"6f1e…","message":"detection","items":{"object.name":"Wörter „in Anführung“ \\u0001"}}';
const TOKEN = createHash('sha256').update('Bearer abcdefghijklmnopqrstuvwxyz').digest('hex');

function request(
  id: number,
  at: string,
  of: object,
  headers: string[][],
  body: Buffer | null,
): { readonly id: number } & object {
  const text = body?.toString('base64') ?? null;
  const record = { v: 1, id, at: `2026-01-15T${at}Z`, receiver: HUB, ...of, headers };
  const rest = { size: body?.length ?? 0, body: text, clear: id === 4 ? CLEAR : null };
  return { ...record, ...rest };
}

const REQUESTS = [
  request(
    1,
    '00:00:00.000',
    {
      ...{ message: 'connection', reason: 'join', consent: 0 },
      ...{ method: 'POST', path: '/.well-known/est/simpleenroll' },
    },
    [
      ['content-type', 'application/pkcs10'],
      ['content-transfer-encoding', 'base64'],
      ['authorization', `sha256:${TOKEN}`],
    ],
    Buffer.from('MIIBCTCB'),
  ),
  request(
    2,
    '00:00:05.250',
    { message: 'connection', reason: 'lists', consent: 0, method: 'GET', path: '/v1/lists' },
    [['if-none-match', '"7"']],
    null,
  ),
  request(
    3,
    '00:01:00.000',
    { message: 'lookup', reason: 'unknown', consent: 4, method: 'POST', path: '/v1/lookup' },
    [['content-type', 'application/json']],
    Buffer.from(LOOKUP),
  ),
  request(
    4,
    '00:02:00.000',
    { message: 'detection', reason: 'found', consent: 4, method: 'POST', path: '/v1/messages' },
    [['content-type', 'application/vnd.tocsin.sealed']],
    SEALED_BODY,
  ),
];
const ANSWERS = [
  { v: 1, id: 1, request: 1, at: '2026-01-15T00:00:01.000Z', state: 'acknowledged', status: 200 },
  { v: 1, id: 2, request: 2, at: '2026-01-15T00:00:05.400Z', state: 'acknowledged', status: 304 },
  { v: 1, id: 3, request: 4, at: '2026-01-15T00:02:01.000Z', state: 'sent', status: 409 },
];

const ROWS = [...chained('request', REQUESTS), ...chained('answer', ANSWERS)];
const byName = (name: string): Row => ROWS.find((row) => row.name === name)!;

interface Pruned {
  readonly requests: number;
  readonly at: string | null;
}

/** The head over `rows`, whose chains begin behind the records of `firstId`. */
function headOver(rows: readonly Row[], firstId: number, oldest: string, pruned: Pruned): object {
  const chain = (part: Row['part']): object => {
    const last = rows.filter((row) => row.part === part).at(-1)!;
    const first = { id: firstId, chain: firstId === 0 ? ZEROS : byName(`${part} ${firstId}`).chain };
    return { first, last: { id: last.id, chain: last.chain } };
  };
  const bytes = rows.reduce((sum, { sealed }) => sum + sealed.length / 2, 0);
  const begun = '2026-01-15T00:00:00.000Z';
  const chains = { requests: chain('request'), answers: chain('answer') };
  return { v: 1, begun, after: 'nothing', ...chains, oldest, bytes, pruned };
}

function sealHead(head: object): { name: string; plain: string; sealed: string } {
  const plain = JSON.stringify(head);
  return { name: 'head', plain, sealed: seal(SEAL, Buffer.from('head'), Buffer.from(plain)) };
}

function soundOver(rows: readonly Row[], pruned: Pruned): object {
  const ids = rows.filter(({ part }) => part === 'request').map(({ id }) => id);
  const counts = { requests: ids.length, from: ids[0], to: ids.at(-1), answers: rows.length - ids.length };
  return { kind: 'ok', ...counts, begun: '2026-01-15T00:00:00.000Z', after: 'nothing', pruned };
}

const NOTHING: Pruned = { requests: 0, at: null };
const TWO: Pruned = { requests: 2, at: '2027-01-15T00:00:06.000Z' };
const KEPT = ROWS.filter(({ id }) => id > 2);
const HEAD = sealHead(headOver(ROWS, 0, '2026-01-15T00:00:00.000Z', NOTHING));
const PRUNED_HEAD = sealHead(headOver(KEPT, 2, '2026-01-15T00:01:00.000Z', TWO));

function flipped(hex: string, at: number): string {
  const bytes = Buffer.from(hex, 'hex');
  const index = at < 0 ? bytes.length + at : at;
  bytes[index] = bytes[index]! ^ 1;
  return bytes.toString('hex');
}

const broken = (part: string, id: number): object => ({ kind: 'broken', part, id });
const missing = (part: string, from: number, to: number): object => ({ kind: 'missing', part, from, to });
const three = byName('request 3');
const spelledElse = ` ${three.canonical}`;

const CASES = [
  {
    what: 'the first byte of the nonce of request 3 was changed',
    set: { 'request 3': flipped(three.sealed, 0) },
    verify: broken('request', 3),
  },
  {
    what: 'the last byte of answer 2 was changed',
    set: { 'answer 2': flipped(byName('answer 2').sealed, -1) },
    verify: broken('answer', 2),
  },
  {
    what: 'request 2 and 3 changed places',
    set: { 'request 2': three.sealed, 'request 3': byName('request 2').sealed },
    verify: broken('request', 2),
  },
  { what: 'request 2 is gone', set: { 'request 2': null }, verify: missing('request', 2, 2) },
  {
    what: 'the first request is gone, and the anchor does not say so',
    set: { 'request 1': null },
    verify: missing('request', 1, 1),
  },
  {
    what: 'the tail is gone',
    set: { 'request 3': null, 'request 4': null },
    verify: missing('request', 3, 4),
  },
  { what: 'the last answer is gone', set: { 'answer 3': null }, verify: missing('answer', 3, 3) },
  { what: 'a pruned request came back', set: {}, head: 'pruned', verify: broken('request', 1) },
  {
    what: 'a row sealed right, with a chain value that does not follow',
    set: { 'request 3': sealLink('request 3', '05'.repeat(32), three.canonical) },
    verify: broken('request', 3),
  },
  {
    what: 'a row sealed right, with another spelling of the same record',
    set: {
      'request 3': sealLink('request 3', nextChain(byName('request 2').chain, spelledElse), spelledElse),
    },
    verify: broken('request', 3),
  },
  {
    what: 'the head was changed',
    set: { head: flipped(HEAD.sealed, 40) },
    verify: { kind: 'unreadable' },
  },
  { what: 'the head is gone', set: { head: null }, verify: { kind: 'unreadable' } },
];

/** The override of the example in spec/local-state.md, and names of the scan cache. */
function localState(): object {
  const purposes = [
    'tocsin journal seal',
    'tocsin override name',
    'tocsin override seal',
    'tocsin cache name',
    'tocsin cache seal',
  ];
  const kind = 5; // a host
  const key = createHash('sha256').update('evil.example/').digest();
  const mac = createHmac('sha256', derive('tocsin override name')).update(Uint8Array.of(kind)).update(key);
  const id = mac.digest();
  const plain = JSON.stringify({
    ...{ v: 1, kind, key: key.toString('hex'), action: 'deny' },
    ...{ object: 'host:evil.example', note: 'phish of 3 March', at: 1768435200000 },
  });
  const named = (directory: string, part: number): object => {
    const name = createHmac('sha256', derive('tocsin cache name')).update(directory);
    return { directory, part, id: (part === 0 ? name : name.update(`\0${part}`)).digest('hex') };
  };
  return {
    comment:
      'Keys derived from the local key, a row of the overrides, and names of the scan cache under them.',
    localKey: LOCAL_KEY.toString('hex'),
    derived: Object.fromEntries(purposes.map((purpose) => [purpose, derive(purpose).toString('hex')])),
    override: {
      ...{ kind, key: key.toString('hex'), id: id.toString('hex'), plain },
      sealed: seal(derive('tocsin override seal'), id, Buffer.from(plain)),
    },
    cache: [named('/srv/files', 0), named('/srv/files', 2)],
  };
}

function write(name: string, content: object): void {
  writeFileSync(join(OUT, `${name}.json`), `${JSON.stringify(content, null, 1)}\n`);
}

mkdirSync(OUT, { recursive: true });
write('journal', {
  comment:
    'Four requests and three answers: records, chain values and rows sealed under the local key; and the same with the first two pruned.',
  localKey: LOCAL_KEY.toString('hex'),
  sealKey: SEAL.toString('hex'),
  rows: ROWS,
  head: HEAD,
  verify: soundOver(ROWS, NOTHING),
  pruned: { keep: KEPT.map(({ name }) => name), head: PRUNED_HEAD, verify: soundOver(KEPT, TWO) },
});
write('broken', {
  comment: 'Changes to the journal of journal.json (null: the row is gone), and what a check finds.',
  cases: CASES,
});
write('local-state', localState());
