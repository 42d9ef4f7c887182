// What is on the wire, seen from outside: real processes, every byte kept by a relay before the hub and opened with the
// key log of the machine's own TLS. In a network namespace of its own, whose counters tell that nothing went elsewhere.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { messageOf } from '../packages/tocsin/src/catalog/catalog.ts';
import { connectionFault } from '../packages/tocsin/src/catalog/connection-calls.ts';
import { PROGRAM } from '../packages/tocsin/src/cli/run-fixture.ts';
import type { Ended } from './support/processes.ts';
import { ended, Place } from './support/processes.ts';
import type { WireRequest } from './support/wire-tap.ts';
import { WireTap } from './support/wire-tap.ts';

const INSIDE = process.env['TOCSIN_IN_NAMESPACE'] === '1';
const ENTER = ['unshare', ['--net', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])]] as const;
const canEnter =
  spawnSync(ENTER[0], [...ENTER[1], 'sh', '-c', 'PATH=$PATH:/sbin:/usr/sbin ip link set lo up']).status === 0;

if (!INSIDE && canEnter)
  test('the wire, in a network namespace with nothing in it but a loopback', async () => {
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    const script = 'PATH=$PATH:/sbin:/usr/sbin ip link set lo up && exec "$0" --test "$1"';
    const words = [...ENTER[1], 'sh', '-c', script, process.execPath, import.meta.filename];
    const child = spawn(ENTER[0], words, {
      env: { ...env, TOCSIN_IN_NAMESPACE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { status, stdout, stderr } = await ended(child);
    assert.equal(status, 0, `${stdout}${stderr}`);
  });
else scenes();

function scenes(): void {
  const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', 'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('-');
  let place: Place;
  let tap: WireTap;
  const machine = (name: string): TappedMachine => new TappedMachine(place, name);

  before(async () => {
    place = new Place();
    const { url } = await place.serve();
    tap = await WireTap.before(Number(new URL(url).port));
    const list = join(place.directory, 'list.txt');
    const crowd = Array.from({ length: 300 }, (_, i) => i.toString(16).padStart(4, '0').padEnd(64, '5'));
    writeFileSync(
      list,
      `275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f Test.Any.EICAR\n${crowd.join('\n')}\n`,
    );
    await must(place.hub(['import', 'hashes', list, '--source', 'feed']));
  });
  after(async () => {
    await tap.close();
    await place.remove();
  });

  /** A day on a machine that sends nothing: its files, addresses and decisions are its own. */
  async function offDay(name: string): Promise<readonly WireRequest[]> {
    const from = tap.connections;
    const own = machine(name);
    await own.join(`https://127.0.0.1:${tap.port}`);
    await must(own.run(['participation', 'off']));
    const files = own.path('files');
    mkdirSync(files);
    writeFileSync(join(files, `bad of ${name}.com`), EICAR);
    for (let i = 0; i < 20; i++) writeFileSync(join(files, `${name}-${i}`), `${name} ${i}`);
    await must(own.run(['scan', '--offline', files]), 1);
    await must(own.run(['check', `http://${name}.example/private?token=${name}`, `${name}.example`]));
    await must(own.run(['override', 'deny', `host:${name}.example`]));
    await must(own.run(['override', 'allow', join(files, `${name}-1`)]));
    await must(own.run(['scan', '--offline', '--no-cache', files]), 1);
    await must(own.run(['participation', 'off', '--jurisdiction', name === 'anna' ? 'DE' : 'US']));
    await must(own.run(['preview']));
    await must(own.run(['sync']));
    await must(own.run(['status']));
    return tap.requests(own.keyLog, from);
  }

  test('off: a day of scans, checks, detections and settings sends only what receiving shows, alike on any machine', async () => {
    const start = network();
    const [connections, anna, ben] = [tap.connections, await offDay('anna'), await offDay('ben')];
    for (const { method, path, headers, body } of [...anna, ...ben]) {
      const own = headers.filter(([name]) => !['host', 'connection', 'content-length'].includes(name));
      const call = { method: method as 'GET', path, headers: Object.fromEntries(own), body };
      const reasons = Object.keys(messageOf('connection')!.reasons);
      assert.ok(
        reasons.some((reason) => connectionFault({ ...call, reason }) === null),
        `${method} ${path}`,
      );
    }
    assert.ok(anna.length >= 5);
    assert.deepEqual(alike(ben), alike(anna));
    const made = tap.connections - connections;
    if (start !== null) {
      const now = network()!;
      // Each connection once to the relay and once from it to the hub; no name was looked up, no datagram left.
      assert.equal(now.opened - start.opened, 2 * made);
      assert.equal(now.datagrams - start.datagrams, 0);
    }
  });

  test('off: settings that were tampered with send the alarm, and it alone', async () => {
    const own = machine('anna');
    const from = tap.connections;
    appendFileSync(join(own.home, 'settings.json'), ' x');
    const sync = await own.run(['sync']);
    assert.match(sync.stderr, /settings/);
    const posts = tap.requests(own.keyLog, from).filter(({ method }) => method === 'POST');
    assert.deepEqual(
      posts.map(({ path }) => path),
      ['/v1/messages'],
    );
    const last = (await own.sent()).filter(({ message }) => message !== 'connection');
    assert.deepEqual(
      last.map(({ message, state }) => [message, state]),
      [['tamper-alarm', 'acknowledged']],
    );
    await must(own.run(['sync']), 0);
    assert.equal(tap.requests(own.keyLog, from).filter(({ method }) => method === 'POST').length, 1);
  });

  test('standard: what left is what the journal says, byte for byte and in order, lost answers and retries included', async () => {
    const own = machine('carla');
    const from = tap.connections;
    await own.join(`https://127.0.0.1:${tap.port}`);
    await must(own.run(['participation', 'standard', '--accept', await own.statement()]));
    const files = own.path('files');
    mkdirSync(files);
    writeFileSync(join(files, 'bad.com'), EICAR);
    for (let i = 0; i < 20; i++) writeFileSync(join(files, `${i}`), `unknown ${i}`);
    tap.lose = 2;
    await must(own.run(['scan', '--offline', files]), 1);
    for (let i = 0; i < 3; i++) await must(own.run(['scan', '--no-cache', files]), 1);
    await must(own.run(['sync']));
    await must(own.run(['check', 'carla.example']));
    await must(own.run(['participation', 'off']));
    const wire = tap.requests(own.keyLog, from).map(onPaper);
    const journal = (await own.sent()).map(({ method, path, body }) => `${method} ${path} ${body ?? ''}`);
    assert.deepEqual(journal, wire);
    const messages = new Set((await own.sent()).map(({ message }) => message));
    for (const message of ['connection', 'lookup', 'detection', 'consent-receipt-request', 'erasure-request'])
      assert.ok(messages.has(message), `no ${message} among ${[...messages].join(', ')}`);
    assert.ok(
      (await own.sent()).some(({ state }) => state !== 'acknowledged'),
      'no answer was lost',
    );
    await must(own.run(['sent', 'verify']));
  });
}

interface SentLine {
  readonly message: string;
  readonly state: string;
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
}

/** A machine whose TLS secrets are written beside its state. */
class TappedMachine {
  readonly home: string;
  readonly #place: Place;
  readonly #name: string;

  constructor(place: Place, name: string) {
    this.#place = place;
    this.#name = name;
    this.home = join(place.directory, `home-${name}`);
    mkdirSync(this.path('.'), { recursive: true });
  }

  path(name: string): string {
    return join(this.#place.directory, this.#name, name);
  }

  get keyLog(): string {
    const file = this.path('keys.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  async run(words: readonly string[], input = ''): Promise<Ended> {
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    const child = spawn(process.execPath, [`--tls-keylog=${this.path('keys.log')}`, PROGRAM, ...words], {
      env: { ...env, TOCSIN_HOME: this.home, NO_COLOR: '1', XDG_CACHE_HOME: this.path('cache') },
      stdio: 'pipe',
    });
    return await ended(child, input);
  }

  async join(url: string): Promise<void> {
    const token = await must(this.#place.hub(['token']));
    await must(this.run(['join', url, '-'], token));
  }

  async statement(): Promise<string> {
    return (JSON.parse(await must(this.run(['statement', '--format', 'json']))) as { sha256: string }).sha256;
  }

  /** The journal, oldest first. */
  async sent(): Promise<readonly SentLine[]> {
    const lines = (await must(this.run(['sent', '--json']))).trim().split('\n');
    return lines.map((line) => JSON.parse(line) as SentLine).reverse();
  }
}

async function must(run: Promise<Ended>, want = 0): Promise<string> {
  const { status, stdout, stderr } = await run;
  assert.equal(status, want, `${stdout}\n${stderr}`);
  return stdout;
}

function onPaper({ method, path, body }: WireRequest): string {
  return `${method} ${path} ${body.toString('base64')}`;
}

/** What differs from machine to machine by its nature: the secret of the token, the key of the certificate. */
function withoutCredentials({ method, path, headers, body }: WireRequest): unknown {
  const enrols = path.includes('/est/');
  const named = headers.map(([name, value]) => [name, name === 'authorization' ? 'a token' : value]);
  return {
    method,
    path,
    headers: named.filter(([name]) => !(enrols && name === 'content-length')),
    body: enrols ? 'a key' : body.toString('base64'),
  };
}

/** A slower machine may look twice whether its lists are current: what is asked is the same. */
function alike(requests: readonly WireRequest[]): readonly string[] {
  const shown = requests.map((request) => JSON.stringify(withoutCredentials(request)));
  return shown.filter((request, i) => request !== shown[i - 1]);
}

/** Counters of this network namespace; null where it is shared with others. */
function network(): { readonly opened: number; readonly datagrams: number } | null {
  if (!INSIDE) return null;
  const counters = (protocol: string): Record<string, number> => {
    const [names, values] = readFileSync('/proc/net/snmp', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith(`${protocol}: `))
      .map((line) => line.split(' ').slice(1));
    return Object.fromEntries(names!.map((name, i) => [name, Number(values![i])]));
  };
  return { opened: counters('Tcp')['ActiveOpens']!, datagrams: counters('Udp')['OutDatagrams']! };
}
