// The hash lists that a hub node gives out, in memory as they go over the wire; built anew in a thread of its own after
// each publication, swapped in whole. Every node makes the same versions of the same published lists.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { errorWords } from 'tocsin/protocol/errors.ts';
import { toHex } from 'tocsin/protocol/hex.ts';
import type { ListManifest } from 'tocsin/protocol/lookup.ts';
import type { World } from 'tocsin/protocol/world.ts';
import type { BuildAnswer, BuildOrder, BuiltHashList } from './build.ts';
import { setFileName } from './build.ts';
import { hashListNamed } from './catalogue.ts';
import { PUBLISHED_HASH_LISTS } from './config.ts';
import type { SizeConstraints } from './constrained.ts';
import { parseState, VERSION_BYTES } from './constrained.ts';
import { ConstrainedUpdates } from './constrained-updates.ts';

export interface HashListsOptions {
  /** Where the segments of published lists are. */
  readonly segments: string;
  /** Where sets are kept; made where it is absent. */
  readonly directory: string;
  readonly world: World;
  readonly log: (line: string) => void;
  readonly minimumWait?: number;
  /** Build nothing until somebody asks for a list, and refuse that first call. */
  readonly lazy?: boolean;
}

export class HashLists {
  readonly #options: HashListsOptions;
  readonly #lists = new Map<string, BuiltHashList>();
  readonly #constrained = new ConstrainedUpdates();
  #wanted: ListManifest | null = null;
  #running: Promise<void> | null = null;
  #worker: Worker | null = null;
  #retry: NodeJS.Timeout | undefined;
  #refused = '';
  #closed = false;
  #asleep: boolean;

  constructor(options: HashListsOptions) {
    this.#options = options;
    this.#asleep = options.lazy === true;
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  }

  /** False until the first build is done. */
  get ready(): boolean {
    return this.#lists.size > 0;
  }

  get(name: string): BuiltHashList | undefined {
    this.#wake();
    return this.#lists.get(name);
  }

  /** The HashList message for who has one of `versions` (others are of other lists, or forgotten), or nothing. */
  messageFor(name: string, versions: readonly Uint8Array[]): Uint8Array | undefined {
    const list = this.get(name);
    if (list === undefined) return undefined;
    for (const version of versions) {
      const update = list.updates.get(toHex(version));
      if (update !== undefined) return update;
    }
    return list.whole;
  }

  /**
   * As `messageFor`, within a receiver's limits. Throws `busy` where it cannot be made now.
   */
  async messageWithin(
    name: string,
    versions: readonly Uint8Array[],
    constraints: SizeConstraints,
  ): Promise<Uint8Array | undefined> {
    const list = this.get(name);
    const free = constraints.update === Infinity && constraints.database === Infinity;
    if (list === undefined || (free && versions.every(({ length }) => length === VERSION_BYTES)))
      return this.messageFor(name, versions);
    const { directory, minimumWait = PUBLISHED_HASH_LISTS.minimumWait } = this.#options;
    const have = versions.find((version) => isKept(directory, name, version)) ?? null;
    const fits = list.count <= constraints.database;
    if (have === null && fits && list.count <= constraints.update) return list.whole;
    const version = have === null ? null : toHex(have);
    const update = list.updates.get(version ?? '');
    if (update !== undefined && fits && list.entries.get(version!)! <= constraints.update) return update;
    const { size } = hashListNamed(name)!;
    const newest = list.version;
    return await this.#constrained.make({
      name,
      size,
      directory,
      newest,
      have: version,
      constraints,
      minimumWait,
    });
  }

  /**
   * Follows the published lists. Resolves when those of `manifest`, or newer ones, are given out (at once while nobody
   * asked a lazy one); never rejects.
   */
  follow(manifest: ListManifest): Promise<void> {
    clearTimeout(this.#retry);
    this.#wanted = manifest;
    if (this.#asleep) return Promise.resolve();
    this.#running ??= this.#run();
    return this.#running;
  }

  /** Stops what is being built. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#worker?.terminate();
    await this.#constrained.close();
    await this.#running;
  }

  #wake(): void {
    if (!this.#asleep) return;
    this.#asleep = false;
    if (this.#wanted !== null) void this.follow(this.#wanted);
  }

  async #run(): Promise<void> {
    for (let next = this.#wanted; next !== null && !this.#closed; next = this.#wanted) {
      this.#wanted = null;
      try {
        this.#take(await this.#build(next));
      } catch (error) {
        if (this.#closed) break;
        this.#options.log(`the hash lists cannot be built: ${errorWords(error)}`);
        // Newer ones that came meanwhile are built next: tried again after them, the older would take their place.
        if (this.#wanted === null)
          this.#retry = setTimeout(() => void this.follow(next), PUBLISHED_HASH_LISTS.retryMs).unref();
      }
    }
    this.#running = null;
  }

  #build(manifest: ListManifest): Promise<readonly BuildAnswer[]> {
    const { segments, directory, world, minimumWait = PUBLISHED_HASH_LISTS.minimumWait } = this.#options;
    const have = Object.fromEntries([...this.#lists].map(([name, { version }]) => [name, version]));
    const now = world.clock.now();
    const order: BuildOrder = { lists: manifest.lists, segments, directory, have, now, minimumWait };
    return new Promise((resolve, reject) => {
      const worker = new Worker(join(import.meta.dirname, 'build-thread.ts'), { workerData: order });
      this.#worker = worker;
      worker.on('message', resolve);
      worker.on('error', reject);
      worker.on('exit', () => {
        this.#worker = null;
        reject(new Error('the thread ended without an answer'));
      });
    });
  }

  #take(answers: readonly BuildAnswer[]): void {
    const refused: string[] = [];
    for (const answer of answers) {
      if (answer.kind === 'built') this.#lists.set(answer.name, answer);
      if (answer.kind !== 'refused') continue;
      this.#lists.delete(answer.name);
      refused.push(answer.why);
    }
    const words = refused.join('; ');
    if (words !== '' && words !== this.#refused) this.#options.log(words);
    this.#refused = words;
  }
}

/** Whether it names a state of a version of this list that is still there. */
function isKept(directory: string, name: string, version: Uint8Array): boolean {
  const state = parseState(version);
  return state !== null && existsSync(join(directory, setFileName(name, state.goal.version)));
}
