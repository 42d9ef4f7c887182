// What the tests of the client share: a clock that moves by hand, small list files, and a hub in memory that
// serves them over the channel's interface. For tests only; nothing of the product imports it.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { TestContext } from 'node:test';
import type { Outgoing } from '../catalog/gate.ts';
import { makeDelta } from '../lists/delta-make.ts';
import { SegmentWriter } from '../lists/segment-writer.ts';
import { formatEnvelope, signEnvelope } from '../protocol/dsse.ts';
import { ed25519ToRaw, rootKeyOf } from '../protocol/ed25519.ts';
import { TocsinError } from '../protocol/errors.ts';
import type { TrustedKeys } from '../protocol/keys-document.ts';
import { encodeKeysDocument, KEYS_PAYLOAD_TYPE, tlsEntry } from '../protocol/keys-document.ts';
import type { KeyKind, ObjectKey } from '../protocol/kinds.ts';
import { KEY_KINDS } from '../protocol/kinds.ts';
import type { ListEntry, ListManifest, ListRole } from '../protocol/lookup.ts';
import { MANIFEST_NOTE_HEADER, signManifest } from '../protocol/manifest-note.ts';
import type { NoteSigner } from '../protocol/signed-note.ts';
import { formatVerifierKey, verifierOf } from '../protocol/signed-note.ts';
import type { ClassRecord } from '../protocol/verdict.ts';
import type { World } from '../protocol/world.ts';
import type { DownloadAnswer, HubAnswer, HubChannel } from './channel/channel.ts';
import type { Home } from './state/home.ts';
import { homeAt } from './state/home.ts';

export const NOW = Date.UTC(2026, 0, 15);

/** A clock that moves by hand, and a repeatable source of bytes. */
export class HandWorld implements World {
  ms = NOW;
  #count = 0;
  readonly clock = { now: () => this.ms, monotonic: () => this.ms };

  random(size: number): Uint8Array {
    return createHash('shake256', { outputLength: size })
      .update(String(this.#count++))
      .digest();
  }

  pass(seconds: number): void {
    this.ms += seconds * 1000;
  }
}

/** A state directory that goes when the test ends. */
export function temporaryHome(t: TestContext): Home {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return homeAt(join(directory, 'home'));
}

/** The key of the n-th object of a kind. */
export function keyOf(kind: KeyKind, n: number | string): ObjectKey {
  const digest = createHash('sha256').update(`${kind} ${n}`).digest();
  return { kind, bytes: new Uint8Array(digest.subarray(0, KEY_KINDS[kind].bytes)) };
}

export const BAD: ClassRecord = {
  level: 'malicious',
  category: 'malware',
  name: 'Trojan.Linux.Example',
  source: 'feed',
  reason: 'named by the feed',
  lifetime: 86_400,
};
export const GOOD: ClassRecord = {
  ...BAD,
  level: 'good',
  category: 'software',
  name: 'coreutils',
  reason: 'installed',
};
export const TRUSTED: ClassRecord = { ...GOOD, level: 'trusted', reason: 'an analyst looked' };
export const WITHDRAWN: ClassRecord = {
  ...BAD,
  level: 'unknown',
  category: null,
  name: null,
  reason: 'taken back',
};

export interface FixtureList {
  readonly role: ListRole;
  readonly kind: KeyKind;
  readonly rows: readonly (readonly [ObjectKey, ClassRecord])[];
}

/** Writes a list file into `directory` (made where absent) and returns its line of the manifest. */
export function writeList(directory: string, { role, kind, rows }: FixtureList): ListEntry {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const writer = new SegmentWriter({ directory, kind, classes: rows.map(([, record]) => record) });
  const sorted = [...rows.entries()].sort(([, [a]], [, [b]]) => Buffer.compare(a.bytes, b.bytes));
  for (const [i, [key]] of sorted) writer.add(key.bytes, i, 0);
  const { digest, bytes } = writer.finish();
  return { role, kind, digest, bytes, rows: rows.length };
}

/**
 * A hub of lists in memory: answers the three requests that the client makes. It is the channel to itself as well: one
 * that takes up a newer keys document before the request after the answer that announced it.
 */
export class MemoryHub implements Pick<HubChannel, 'keys' | 'request' | 'download'> {
  keys: TrustedKeys;
  readonly #root = generateKeyPairSync('ed25519').privateKey;
  #newest: TrustedKeys;
  #announced = false;
  /** Signs manifests; null: they are not signed. */
  signer: NoteSigner | null = null;
  /** Whether the channel takes up newer keys. */
  followsKeys = true;
  /** Changes the answer with the manifest, which is then given whole, whatever is held. */
  forge: ((answer: HubAnswer) => HubAnswer) | null = null;
  readonly #directory: string;
  manifest: ListManifest = { v: 1, revision: 0, lists: [], prefixBits: {} };
  /** What was asked for, in order. */
  readonly asked: string[] = [];
  /** Cuts the next download after so many bytes. */
  cutAfter: number | null = null;
  /** Changes the bytes of every download. */
  spoil: ((bytes: Buffer) => Buffer) | null = null;
  ignoresRange = false;
  /** Makes deltas; without it, it answers that there are none. Changes their bytes. */
  delta: ((bytes: Buffer) => Buffer) | null = null;

  constructor(t: TestContext) {
    this.#directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
    t.after(() => rmSync(this.#directory, { recursive: true, force: true }));
    this.#newest = this.#makeKeys(1, null);
    this.keys = this.#newest;
  }

  /** A new log key, or none, in a keys document that the channel hears of with the next answer. */
  rotate(named: 'key' | 'none' = 'key'): void {
    const privateKey = generateKeyPairSync('ed25519').privateKey;
    this.signer = named === 'none' ? null : { name: `${this.keys.root.id}/log`, privateKey };
    const log = this.signer && formatVerifierKey(verifierOf(this.signer));
    this.#newest = this.#makeKeys(this.#newest.document.number + 1, log);
    this.#announced = false;
  }

  #makeKeys(number: number, log: string | null): TrustedKeys {
    const root = rootKeyOf(ed25519ToRaw(this.#root));
    const issued = NOW / 1000;
    const tls = [tlsEntry(Buffer.from('a certificate'), issued)];
    const expires = issued + 86_400;
    const document = {
      v: 1,
      hub: root.id,
      number,
      issued,
      expires,
      tls,
      log,
      age: [],
      receipt: null,
    } as const;
    const payload = encodeKeysDocument(document);
    const text = formatEnvelope(signEnvelope(KEYS_PAYLOAD_TYPE, payload, root.id, this.#root));
    return { root, document, authorities: [], text };
  }

  publish(lists: readonly FixtureList[], prefixBits: ListManifest['prefixBits'] = {}): readonly ListEntry[] {
    const entries = lists.map((list) => writeList(this.#directory, list));
    this.manifest = { v: 1, revision: this.manifest.revision + 1, lists: entries, prefixBits };
    return entries;
  }

  async request({ method, path, headers }: Outgoing): Promise<HubAnswer> {
    this.asked.push(`${method} ${path}`);
    if (this.followsKeys && this.#announced) this.keys = this.#newest;
    this.#announced = true;
    const text = JSON.stringify(this.manifest);
    const note = this.signer && signManifest(this.keys.root.id, this.manifest.revision, text, this.signer);
    const etag = `"${createHash('sha256').update(`${text}${note}`).digest('hex').slice(0, 16)}"`;
    const told = { etag, 'tocsin-keys': String(this.#newest.document.number) };
    if (this.forge === null && headers['if-none-match'] === etag)
      return { status: 304, headers: told, body: Buffer.alloc(0) };
    const signed = note === null ? {} : { [MANIFEST_NOTE_HEADER]: Buffer.from(note).toString('base64') };
    const answer = { status: 200, headers: { ...told, ...signed }, body: Buffer.from(text) };
    return this.forge?.(answer) ?? answer;
  }

  async download(
    { path, headers }: Outgoing,
    to: Parameters<HubChannel['download']>[1],
    options: Parameters<HubChannel['download']>[2],
  ): Promise<DownloadAnswer> {
    const pair = /^\/v1\/lists\/deltas\/(\w+)\/(\w+)$/.exec(path);
    if (pair !== null) return await this.#sendDelta(pair[1]!, pair[2]!, to, options.maxBytes);
    const range = headers['range'];
    this.asked.push(`GET ${path}${range === undefined ? '' : ` ${String(range)}`}`);
    const from = this.ignoresRange ? 0 : Number(/bytes=(\d+)-/.exec(String(range))?.[1] ?? 0);
    const whole = readFileSync(join(this.#directory, `${path.split('/').at(-1)}.seg`));
    const bytes = (this.spoil?.(whole) ?? whole).subarray(from);
    if (bytes.length > options.maxBytes)
      throw new TocsinError('limit', 'Cannot download: longer than wanted');
    await this.#send(bytes, to);
    return { status: from > 0 ? 206 : 200, headers: {}, bytes: bytes.length, body: Buffer.alloc(0) };
  }

  /** What makes one list that was published of another. */
  deltaBetween(from: string, to: string): Buffer {
    const [old, next] = [from, to].map((digest) => ({
      digest,
      path: join(this.#directory, `${digest}.seg`),
    }));
    const made = makeDelta({ old: old!, next: next!, directory: this.#directory, mostBytes: 2 ** 24 });
    if (made.kind !== 'made') throw new TypeError('a delta of a test is too large');
    return readFileSync(made.path);
  }

  async #sendDelta(from: string, to: string, target: Writable, maxBytes: number): Promise<DownloadAnswer> {
    this.asked.push(`GET delta ${from} ${to}`);
    if (this.delta === null) return { status: 404, headers: {}, bytes: 0, body: Buffer.alloc(0) };
    const bytes = this.delta(this.deltaBetween(from, to));
    if (bytes.length > maxBytes) throw new TocsinError('limit', 'Cannot download: longer than wanted');
    await this.#send(bytes, target);
    return { status: 200, headers: {}, bytes: bytes.length, body: Buffer.alloc(0) };
  }

  async #send(bytes: Buffer, to: Writable): Promise<void> {
    const cut = this.cutAfter;
    this.cutAfter = null;
    for (const chunk of [bytes.subarray(0, cut ?? 7), cut === null ? bytes.subarray(7) : Buffer.alloc(0)])
      await new Promise<void>((resolve, reject) =>
        to.write(chunk, (error) => (error ? reject(error) : resolve())),
      );
    if (cut !== null) {
      to.destroy();
      throw new TocsinError('unreachable', 'Cannot read the answer: it broke off');
    }
    to.end();
    await finished(to);
  }
}
