// Clients that go away at a bad moment, or let an answer wait for ever: what was kept for them is given back.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { PACKED_TYPES } from 'tocsin/protocol/packed-lookup.ts';
import { asMachine, rawConnect } from '../server/wire-fixture.ts';
import type { LookupHub } from './lookup-fixture.ts';
import { readPacked, startLookupHub } from './lookup-fixture.ts';

const packed = readPacked();
let hub: LookupHub;
/** How long the store takes to say who a machine is. */
let slowMs = 0;

before(async () => {
  hub = await startLookupHub(packed);
  const find = hub.store.findMachine.bind(hub.store);
  hub.store.findMachine = async (id) => {
    if (slowMs > 0) await sleep(slowMs);
    return find(id);
  };
});
after(() => hub.close());

const GET = 'GET /v1/objects/host:nobody.example HTTP/1.1\r\nhost: x\r\n\r\n';
const KEYS = '{"v":1,"objects":[{"kind":"host","key":"'.concat('0'.repeat(64), '"}]}');

function post(type: string, body: string | Buffer): Buffer {
  const head = `POST /v1/lookup HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}

const JSON_POST = post('application/json', KEYS);
const PACKED_POST = post(PACKED_TYPES.request, Buffer.from(packed.answered[0]!.request, 'hex'));

async function connected(): Promise<TLSSocket> {
  const socket = await rawConnect(hub.port, asMachine(hub.joined));
  return socket.on('error', () => {});
}

/** Throws where something is still under way after a second. */
async function nothingUnderWay(): Promise<void> {
  for (let waited = 0; hub.load.underWay > 0 && waited < 1_000; waited += 20) await sleep(20);
  assert.equal(hub.load.underWay, 0);
}

for (const [what, request] of [
  ['one object', GET],
  ['keys as JSON', JSON_POST],
  ['packed keys', PACKED_POST],
] as const)
  for (const leave of ['end', 'destroy'] as const)
    test(`a machine that goes (${leave}) while it is looked up holds nothing: ${what}`, async () => {
      slowMs = 100;
      const socket = await connected();
      socket.write(request);
      await sleep(40);
      socket[leave]();
      await sleep(150);
      slowMs = 0;
      await nothingUnderWay();
    });

for (const [what, request] of [
  ['keys as JSON', JSON_POST],
  ['packed keys', PACKED_POST],
] as const)
  test(`an answer that waits behind a stream of events holds nothing: ${what}`, async () => {
    const socket = await connected();
    socket.write('GET /v1/events HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'data');
    for (let i = 0; i < 5; i++) socket.write(request);
    await sleep(100);
    await nothingUnderWay();
    const other = await connected();
    other.write(JSON_POST);
    assert.match(String(await once(other, 'data')), /^HTTP\/1\.1 200 /);
    other.destroy();
    socket.destroy();
    await nothingUnderWay();
  });

test('a question that waits behind another answer is asked to wait its turn, and the next one is answered', async () => {
  const socket = await connected();
  socket.write(Buffer.concat([JSON_POST, JSON_POST]));
  let heard = '';
  while (heard.split('HTTP/1.1 ').length < 3 || !heard.includes('want a later call'))
    heard += String(await once(socket, 'data'));
  assert.match(heard, /^HTTP\/1\.1 200 .*HTTP\/1\.1 429 .*retry-after: 1\r\n/s);
  socket.write(JSON_POST);
  assert.match(String(await once(socket, 'data')), /^HTTP\/1\.1 200 /);
  socket.destroy();
});

test('a stream of events that waits behind another answer is refused, and one alone is opened', async () => {
  const socket = await connected();
  const events = 'GET /v1/events HTTP/1.1\r\nhost: x\r\n\r\n';
  socket.write(`${GET}${events}${events}`);
  let heard = '';
  while (heard.split('Cannot open an event stream').length < 3) heard += String(await once(socket, 'data'));
  socket.destroy();
  const again = await connected();
  again.write(events);
  assert.match(String(await once(again, 'data')), /text\/event-stream/);
  again.destroy();
});

test('packed keys whose body breaks off hold nothing', async () => {
  const socket = await connected();
  socket.write(GET);
  await once(socket, 'data');
  socket.write(PACKED_POST.subarray(0, -3));
  await sleep(50);
  assert.equal(hub.load.underWay, 1);
  socket.destroy();
  await nothingUnderWay();
});

test('strangers who go while it is looked up whether they are machines take no place from others', async () => {
  const find = hub.store.findMachine;
  hub.store.findMachine = async (id) => {
    await sleep(60);
    const row = await find(id);
    return row === null ? null : { ...row, revokedAt: 1 };
  };
  const places = 70; // more than there are for strangers at once
  for (let i = 0; i < places; i++) {
    const socket = await connected();
    socket.write('GET /v1/keys HTTP/1.1\r\nhost: x\r\n\r\n');
    setTimeout(() => socket.destroy(), 20);
  }
  await sleep(200);
  hub.store.findMachine = find;
  const stranger = await rawConnect(hub.port, {});
  stranger.write('GET /v1/keys HTTP/1.1\r\nhost: x\r\n\r\n');
  assert.match(String(await once(stranger, 'data')), /^HTTP\/1\.1 200 /);
  stranger.destroy();
});
