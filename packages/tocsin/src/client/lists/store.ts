// The lists on this machine: TOCSIN_HOME/lists holds segment files named by their digest, and `lists.json`, the
// manifest that was fetched with them and what proves it (proof.ts), which is verified again whenever it is read.
// Answers from them, asks nobody; fetching is update.ts.
// Whoever may write here decides what this machine believes: the directory is its owner's alone.
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ListSet } from '../../lists/list-set.ts';
import { SegmentReader } from '../../lists/segment-reader.ts';
import type { RootKey } from '../../protocol/ed25519.ts';
import { errorWords, TocsinError } from '../../protocol/errors.ts';
import type { KeyKind, ObjectKey } from '../../protocol/kinds.ts';
import { KEY_KINDS } from '../../protocol/kinds.ts';
import type { ListEntry, ListManifest } from '../../protocol/lookup.ts';
import { parseManifest, record, whole } from '../../protocol/lookup.ts';
import { parseManifestText } from '../../protocol/manifest-note.ts';
import type { ClassRecord } from '../../protocol/verdict.ts';
import type { Answer } from '../lookup/answer.ts';
import { answerOf } from '../lookup/answer.ts';
import type { Home } from '../state/home.ts';
import { readSmallFile, writeFileDurable } from '../state/home.ts';
import type { ProvenManifest } from './proof.ts';
import { verifyHeld } from './proof.ts';

export const LIST_STORE_LIMITS = { maxManifestFile: 1 << 20 } as const;

const FORMAT = 'tocsin-lists';
const VERSION = 2;
const SUFFIX = '.seg';

/** What `lists.json` says: the newest lists that are here whole. */
export interface HeldLists extends ProvenManifest {
  /** When the hub was last asked and these were current, milliseconds since 1970. */
  readonly checkedAt: number;
  /** Root key id of the hub that they are from. */
  readonly hub: string;
  /** What the hub called this manifest, to ask whether it still holds. */
  readonly etag: string | null;
}

/**
 * Null where none were ever fetched. Throws `corrupt` for a damaged file, and for one that is not what the hub of the
 * pinned root signed; with no root (null) it is only held against the keys beside it.
 */
export function readHeldLists(home: Home, root: RootKey | null): HeldLists | null {
  const bytes = readSmallFile(manifestFile(home), LIST_STORE_LIMITS.maxManifestFile);
  if (bytes === null) return null;
  try {
    return parseHeldLists(JSON.parse(Buffer.from(bytes).toString('utf8')), root);
  } catch (cause) {
    const isOther = cause instanceof TocsinError && cause.code === 'corrupt';
    throw new TocsinError(
      'corrupt',
      `Cannot use the lists: lists.json is ${isOther ? 'not what this hub signed' : 'damaged'}, want it as 'tocsin sync' writes it`,
      { cause },
    );
  }
}

/** Throws `format` with the field that is wrong, `corrupt` where something was altered. */
export function parseHeldLists(value: unknown, root: RootKey | null): HeldLists {
  const o = record(value, 'held lists');
  const { hub, etag, v } = o;
  if (o['format'] !== FORMAT || (v !== 1 && v !== VERSION))
    throw bad('format or version', `'${FORMAT}' ${VERSION}`);
  if (typeof hub !== 'string' || (etag !== null && typeof etag !== 'string'))
    throw bad('hub or etag', 'texts');
  if (root !== null && hub !== root.id)
    throw new TocsinError(
      'corrupt',
      `Cannot use the lists: they are of another hub, want those of ${root.id}`,
    );
  const checkedAt = whole(o['checkedAt'], 'checkedAt', 0, Number.MAX_SAFE_INTEGER);
  return { ...(v === 1 ? unsigned(o['manifest']) : proven(o, hub, root)), checkedAt, hub, etag };
}

/** Version 1, of releases before lists were signed. */
function unsigned(value: unknown): ProvenManifest {
  return { manifest: parseManifest(value), text: JSON.stringify(value), proof: null };
}

function proven(o: Record<string, unknown>, hub: string, root: RootKey | null): ProvenManifest {
  const { manifest: text, proof } = o;
  if (typeof text !== 'string') throw bad('manifest', 'a text');
  if (proof === null) return { manifest: parseManifestText(text), text, proof };
  const { note, keys } = record(proof, 'proof of the held lists');
  if (typeof note !== 'string' || typeof keys !== 'string') throw bad('proof', 'a note and a keys document');
  return verifyHeld(text, { note, keys }, hub, root);
}

function bad(field: string, want: string): TocsinError {
  return new TocsinError('format', `Cannot read the held lists: ${field} is wrong, want ${want}`);
}

/** The commit of an update: durable on return; every file that the manifest names must be in place before. */
export function writeHeldLists(home: Home, held: HeldLists): void {
  const { text: manifest, proof, hub, etag, checkedAt } = held;
  const kept = proof && { note: proof.note, keys: proof.keys };
  const o = { format: FORMAT, v: VERSION, hub, etag, checkedAt, manifest, proof: kept };
  writeFileDurable(manifestFile(home), `${JSON.stringify(o)}\n`);
}

export function listFile(home: Home, digest: string): string {
  return join(home.lists, `${digest}${SUFFIX}`);
}

function manifestFile(home: Home): string {
  return join(home.lists, 'lists.json');
}

/** A list that is named and cannot be used: protection is missing, and somebody must know. */
export interface DamagedList {
  readonly entry: ListEntry | null;
  readonly why: string;
}

export class ListStore {
  readonly #home: Home;
  readonly #root: RootKey | null;
  #held: HeldLists | null = null;
  #set: ListSet | null = null;
  #revision = '0';
  #damaged: DamagedList[] = [];
  #answers = new WeakMap<ClassRecord, Answer>();
  #aliasAnswers = new WeakMap<ClassRecord, Answer>();

  private constructor(home: Home, root: RootKey | null) {
    this.#home = home;
    this.#root = root;
  }

  /**
   * Opens what is there, as the hub of this root signed it (null: of no hub that is known). Lists that do not open are
   * left out and named in `damaged`; never throws for them.
   */
  static open(home: Home, root: RootKey | null): ListStore {
    const store = new ListStore(home, root);
    store.reload();
    return store;
  }

  /** The manifest in use, as it came; null where none was ever fetched. */
  get held(): HeldLists | null {
    return this.#held;
  }

  /** Changes whenever an answer could; equal lists give an equal text. '0' where there are none. */
  get revision(): string {
    return this.#revision;
  }

  get damaged(): readonly DamagedList[] {
    return this.#damaged;
  }

  /** True where any open list holds keys of that kind. */
  has(kind: KeyKind): boolean {
    return this.#set?.has(kind) ?? false;
  }

  /**
   * What the lists say of a key; null where they do not know it. What was taken back, or is held for a person, is
   * answered `unknown` with the reason: no weaker digest and no wider address of the object may bring it up again.
   */
  answer(key: ObjectKey): Answer | null {
    if (this.#set === null) return null;
    try {
      const found = this.#set.find(key);
      return found.kind === 'absent' ? null : this.#answer(key.kind, found.record);
    } catch (error) {
      return this.#lookupAfter(error, key);
    }
  }

  /** Takes over what another process (or `update`) has put in place. */
  reload(): void {
    this.#set?.close();
    this.#set = null;
    this.#damaged = [];
    try {
      this.#held = readHeldLists(this.#home, this.#root);
    } catch (error) {
      this.#held = null;
      this.#damaged.push({ entry: null, why: errorWords(error) });
    }
    if (this.#held !== null) this.#use(this.#held.manifest);
  }

  close(): void {
    this.#set?.close();
    this.#set = null;
  }

  #use(manifest: ListManifest): void {
    try {
      this.#set = ListSet.open(manifest, (digest) => listFile(this.#home, digest));
    } catch {
      this.#useWhatHolds(manifest, 'structure');
    }
    this.#revision = revisionOf(this.#set?.manifest ?? manifest);
  }

  /**
   * Opens all but the lists that do not hold. Where the changes of a kind are damaged, its known-good list is
   * left out too: a recall could be among what was lost.
   */
  #useWhatHolds(manifest: ListManifest, verify: 'structure' | 'full'): void {
    const unsafe = new Set<KeyKind>();
    const usable = manifest.lists.filter((entry) => {
      const why = faultOf(listFile(this.#home, entry.digest), verify);
      if (why === null) return true;
      if (entry.role === 'changes') unsafe.add(entry.kind);
      this.#damaged.push({ entry, why });
      return false;
    });
    const lists = usable.filter((entry) => entry.role !== 'known-good' || !unsafe.has(entry.kind));
    this.#set = ListSet.open({ ...manifest, lists }, (digest) => listFile(this.#home, digest));
    this.#revision = revisionOf(this.#set.manifest);
  }

  #answer(kind: KeyKind, record: ClassRecord): Answer {
    const answers = KEY_KINDS[kind].alias ? this.#aliasAnswers : this.#answers;
    let answer = answers.get(record);
    if (answer === undefined) {
      answer = answerOf(kind, record, 'list');
      answers.set(record, answer);
    }
    return answer;
  }

  /** Something went bad while it was open: every byte is checked, what does not hold is left out. */
  #lookupAfter(error: unknown, key: ObjectKey): Answer | null {
    if (!(error instanceof TocsinError) || this.#set === null) throw error;
    const { manifest } = this.#set;
    const before = this.#damaged.length;
    this.#set.close();
    this.#set = null;
    this.#useWhatHolds(manifest, 'full');
    // Nothing found: the disk failed for a moment. This one answer is missing, and is told as such.
    if (this.#damaged.length === before) {
      this.#damaged.push({ entry: null, why: errorWords(error) });
      return null;
    }
    return this.answer(key);
  }
}

/** Why a list file cannot be used, or null. A file that does not hold is removed: the next update fetches it. */
function faultOf(path: string, verify: 'structure' | 'full'): string | null {
  try {
    SegmentReader.open(path, { verify }).close();
    return null;
  } catch (error) {
    const gone = error instanceof TocsinError && ['corrupt', 'format', 'limit'].includes(error.code);
    if (gone) rmSync(path, { force: true });
    return errorWords(error);
  }
}

/** Digests name contents, so equal lists have an equal revision whatever hub counted them. */
function revisionOf(manifest: ListManifest): string {
  const names = manifest.lists.map((entry) => `${entry.role} ${entry.kind} ${entry.digest}`).sort();
  return createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 12);
}
