// The side of `bench lookup` that is ours: a real hub with so many objects, asked over TLS by several machines, since each
// may ask only its share (64 MiB a second): packed, 4,096 and 100 keys a request, and one by one.
//
//   list -> import -> serve -> machines join -> memory ─► asked by hand, answers read -> index made, hub idle ─► memory
//                                                                                -> measured -> stopped, removed
import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { join as joinHub } from 'tocsin/client/channel/enrol.ts';
import { homeAt } from 'tocsin/client/state/home.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { encodePackedRequest, parsePackedResponse } from 'tocsin/protocol/packed-lookup.ts';
import { systemWorld } from 'tocsin/protocol/world.ts';
import { BENCH_LIMITS, LOOKUP_BENCH } from '../config.ts';
import type { BenchContext } from '../goals.ts';
import { plainLine, writeHashList } from '../hashes.ts';
import { makeToken, type RunningHub, runTocsinHub, startHub } from '../own.ts';
import { cpuSeconds, residentBytes } from '../process.ts';
import { Asker, packedRequest, singleRequest } from './ask.ts';
import { askInVain, otherObjects } from './in-vain.ts';
import { askedKeys, isKnown, KEY } from './keys.ts';
import type { Way } from './measure.ts';
import type { StaticAnswer } from './nginx.ts';
import { batchesOf, type Identity, writeRequests } from './order.ts';

/** A hub that holds so many objects and is ready to be asked. */
export interface OpenHub {
  readonly objects: number;
  /** In the order of `LOOKUP_BENCH.batches`, then one by one. */
  readonly ways: readonly Way[];
  /** What it says of one known object. */
  readonly answer: StaticAnswer;
  /** What its memory grew by with the index; null where that was not wanted, or the system does not tell. */
  readonly bytesPerObject: number | null;
  /** It and what it held are gone afterwards. */
  stop(): Promise<void>;
}

/**
 * Throws `limit` where so many objects need more room on the disk than there is. `weighed`: with what an object costs in
 * memory, which takes most of a minute.
 */
export async function openHub(context: BenchContext, objects: number, weighed = false): Promise<OpenHub> {
  checkRoom(context, objects);
  const directory = join(context.directory, `hub-${objects}`);
  mkdirSync(directory);
  // Hubs run at the same time: what each says stands in its own directory.
  const own = { ...context, directory };
  const { hub, identities } = await startFilled(own, objects);
  const stop = async (): Promise<void> => {
    await hub.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const weigh = async (): Promise<number | null> =>
      weighed ? await memoryAtRest(context, { hub, identities }) : null;
    await weigh(); // what the start left behind is given back after the next questions only
    const before = await weigh();
    await makeIndex(context, { hub, identities });
    const { ways, answer } = await waysToAsk({ hub, identities, directory }, objects);
    await untilIdle(context, hub);
    const after = await weigh();
    const bytesPerObject = before === null || after === null ? null : (after - before) / objects;
    return { objects, ways, answer, bytesPerObject, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function checkRoom({ directory }: BenchContext, objects: number): void {
  const { bavail, bsize } = statfsSync(directory);
  const [free, wanted] = [bavail * bsize, objects * LOOKUP_BENCH.diskBytesPerObject];
  if (free >= wanted) return;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new TocsinError(
    'limit',
    `Cannot measure ${objects} objects in a hub: ${gigabytes(free)} of the disk are free, want ${gigabytes(wanted)}`,
  );
}

async function startFilled(
  context: BenchContext,
  objects: number,
): Promise<{ hub: RunningHub; identities: readonly Identity[] }> {
  const { directory } = context;
  const data = join(directory, 'data');
  const file = join(directory, 'list.txt');
  context.say(`drawing ${objects} hashes`);
  const planted = otherObjects();
  const list = { seed: LOOKUP_BENCH.seed, rows: objects + planted.length, planted };
  await writeHashList(file, list, plainLine, context.signal);
  context.say(`importing ${objects} hashes into a hub`);
  const started = performance.now();
  const elapsed = (): string => ((performance.now() - started) / 1_000).toFixed(0);
  const progress = setInterval(() => context.say(`importing, ${elapsed()} s`), LOOKUP_BENCH.progressMs);
  const words = ['import', 'hashes', file, '--data', data, '--source', 'bench', '--level', 'malicious'];
  await runTocsinHub({ context, name: 'hub-import', words }).finally(() => clearInterval(progress));
  rmSync(file);
  const hub = await startHub(context, data);
  const identities: Identity[] = [];
  for (let i = 0; i < LOOKUP_BENCH.machines; i++) {
    // Without the lists, which `tocsin join` fetches: programs that ask by whole keys have no use for them.
    const home = homeAt(join(directory, `machine-${i}`));
    const { identity } = await joinHub(home, hub.url, await makeToken(context, data), systemWorld);
    identities.push({ key: identity.privateKey, cert: identity.certificate });
  }
  return { hub, identities };
}

interface Found {
  readonly hub: RunningHub;
  readonly identities: readonly Identity[];
  readonly directory: string;
}

interface Asking extends Found {
  readonly asked: Buffer;
  readonly asker: Asker;
}

function openAsker({ hub, identities }: Pick<Found, 'hub' | 'identities'>): Promise<Asker> {
  return Asker.open(Number(new URL(hub.url).port), identities[0]!);
}

/** Resident memory after questions in vain, when the hub has given back what it had no more use for. */
async function memoryAtRest(
  context: BenchContext,
  to: Pick<Found, 'hub' | 'identities'>,
): Promise<number | null> {
  await untilIdle(context, to.hub);
  await sleep(LOOKUP_BENCH.restMs, undefined, { signal: context.signal });
  await askInVain(await openAsker(to));
  await untilIdle(context, to.hub);
  await sleep(LOOKUP_BENCH.restMs, undefined, { signal: context.signal });
  return residentBytes(to.hub.pid);
}

async function waysToAsk(found: Found, objects: number): Promise<{ ways: Way[]; answer: StaticAnswer }> {
  const asked = askedKeys(LOOKUP_BENCH.seed, objects, LOOKUP_BENCH.asked);
  const asker = await openAsker(found);
  const ways: Way[] = [];
  for (const size of LOOKUP_BENCH.batches) ways.push(await packedWay({ ...found, asked, asker }, size));
  const { way, answer } = await singleWay({ ...found, asked, asker });
  asker.close();
  return { ways: [...ways, way], answer };
}

/** Packed requests of `size` keys. Some, spread evenly, are asked first, and what they answer is read. */
async function packedWay({ hub, identities, asked, asker, directory }: Asking, size: number): Promise<Way> {
  const batches = [...batchesOf(asked, size)];
  const requestOf = (keys: Buffer): Buffer => packedRequest(encodePackedRequest('file-sha256', keys));
  const sizes = new Set<number>();
  for (const n of spread(batches.length)) {
    const answer = await asker.ask(requestOf(batches[n]!));
    const { objects } = parsePackedResponse(answer.body, size);
    if (answer.status !== 200 || objects.some((found, i) => (found !== 0) !== isKnown(n * size + i)))
      throw new TocsinError(
        'corrupt',
        `Cannot trust the run: request ${n} of ${size} keys was answered wrongly`,
      );
    sizes.add(answer.bytes);
  }
  const file = join(directory, `requests-${size}`);
  const written = writeRequests(file, batches.values().map(requestOf));
  const requests = { file, ...written, begins: 'HTTP/1.1 200 ', answers: [only(sizes)] };
  return {
    name: `tocsin-hub, packed, ${size} a request, TLS`,
    objects: size,
    order: { ...orderTo(hub, identities), awake: false, connections: LOOKUP_BENCH.connections, requests },
  };
}

async function singleWay({ hub, identities, asked, asker, directory }: Asking): Promise<{
  way: Way;
  answer: StaticAnswer;
}> {
  const keys = [...batchesOf(asked.subarray(0, LOOKUP_BENCH.singles * KEY), 1)];
  const sizes = [new Set<number>(), new Set<number>()] as const;
  let answer: StaticAnswer | null = null;
  for (const n of spread(keys.length).flatMap((n) => [n & ~1, n | 1])) {
    const { status, head, body, bytes } = await asker.ask(singleRequest(keys[n]!));
    const { verdict } = JSON.parse(body.toString()) as { verdict: { level: string } };
    if (status !== 200 || verdict.level !== (isKnown(n) ? 'malicious' : 'unknown'))
      throw new TocsinError('corrupt', `Cannot trust the run: object ${n} was said to be '${verdict.level}'`);
    sizes[n % 2]!.add(bytes);
    if (isKnown(n))
      answer = { cacheControl: /^cache-control: (.*?)\r?$/im.exec(head)?.[1] ?? '', body: `${body}` };
  }
  const file = join(directory, 'requests-1');
  const written = writeRequests(file, keys.values().map(singleRequest));
  const requests = { file, ...written, begins: 'HTTP/1.1 200 ', answers: sizes.map(only) };
  const connections = LOOKUP_BENCH.singleConnections;
  // As wrk is, which asks nginx: it needs a whole core for that.
  const order = { ...orderTo(hub, identities), awake: true, connections, requests };
  return { way: { name: 'tocsin-hub, one a request, TLS', objects: 1, order }, answer: answer! };
}

function orderTo({ url, pid }: RunningHub, identities: readonly Identity[]) {
  return { to: { port: Number(new URL(url).port) }, identities, hello: null, server: pid };
}

/** Some of `count` places, evenly. */
function spread(count: number): number[] {
  const some = Math.min(count, LOOKUP_BENCH.checked);
  return Array.from({ length: some }, (_, i) => Math.floor((i * count) / some));
}

/** The load generator tells answers by their size: they must all have one. */
function only(sizes: ReadonlySet<number>): number {
  const [size] = sizes;
  if (sizes.size === 1) return size!;
  throw new TocsinError('corrupt', `Cannot measure: like answers have ${sizes.size} sizes, want one`);
}

/** Waits until the hub has nothing left to do. */
async function untilIdle({ signal }: BenchContext, { pid }: RunningHub): Promise<void> {
  const { idleMs, idleCores, idleTimes } = LOOKUP_BENCH;
  const until = performance.now() + BENCH_LIMITS.programMs;
  for (let idle = 0; idle < idleTimes; ) {
    if (performance.now() > until)
      throw new TocsinError('engine', 'Cannot measure the hub: it never came to rest, want it idle');
    const before = cpuSeconds(pid);
    await sleep(idleMs, undefined, { signal });
    idle = cpuSeconds(pid) - before < (idleCores * idleMs) / 1_000 ? idle + 1 : 0;
  }
}

/** The index is made from the first question about its kind on; until then a hub refuses large ones. */
async function makeIndex(
  context: BenchContext,
  { hub, identities }: Pick<Found, 'hub' | 'identities'>,
): Promise<void> {
  const asker = await openAsker({ hub, identities });
  await asker.ask(singleRequest(new Uint8Array(KEY)));
  asker.close();
  await untilIdle(context, hub);
  const failed = /the index of .*/.exec(hub.errors());
  if (failed !== null) throw new TocsinError('engine', `Cannot measure the hub: ${failed[0]}`);
}
