// Opens the published lists at the start of a hub, and looks after their files as long as it runs:
//
//   start ─ sizes and structure ─► what is damaged is mended, then the lists are opened
//   a little later, and daily ─ every byte, in a process of its own ─► mended, announced, opened anew
//   a look-up meets a damaged page ─► the same, at once; until then that list is given to nobody
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { errorWords } from 'tocsin/protocol/errors.ts';
import type { Settings } from '../config.ts';
import type { Hub } from '../hub.ts';
import { setAddressDays } from '../verdicts/ageing.ts';
import { publish } from '../verdicts/publish.ts';
import { PublishedLists } from './published.ts';

export const LIST_CARE = {
  /** The first look at every byte, when a hub has had time to greet its machines; later ones. */
  firstCheckMs: 600_000,
  checkMs: 86_400_000,
  /** After damage was met, no other look for so long: a disk that goes bad would keep the hub busy with itself. */
  pauseMs: 30_000,
} as const;

/** `cleanUp` gets what ends it. Throws as `publish` does. */
export async function openLists(
  hub: Hub,
  cleanUp: (close: () => Promise<void>) => void,
): Promise<PublishedLists> {
  await setAddressDays(hub.db, hub.settings.addressDays);
  await publish(hub, 'size');
  const care = new ListCare(hub);
  const lists = await PublishedLists.open(hub.db, hub.layout, () => care.check());
  cleanUp(async () => {
    await care.close();
    lists.close();
  });
  return lists;
}

class ListCare {
  readonly #hub: Hub;
  readonly #timers: NodeJS.Timeout[];
  #running: Promise<void> | null = null;
  #last = -Infinity;
  #closed = false;
  #stop: () => void = () => {};

  constructor(hub: Hub) {
    this.#hub = hub;
    const check = (): void => this.check();
    this.#timers = [
      setTimeout(check, LIST_CARE.firstCheckMs).unref(),
      setInterval(check, LIST_CARE.checkMs).unref(),
    ];
  }

  /** Starts a check unless one runs or ran just now. */
  check(): void {
    const now = this.#hub.world.clock.monotonic();
    if (this.#closed || this.#running !== null || now - this.#last < LIST_CARE.pauseMs) return;
    this.#last = now;
    this.#running = this.#run()
      .catch((error: unknown) => this.#hub.log(`checking the files failed: ${errorWords(error)}`))
      .finally(() => {
        this.#running = null;
      });
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#closed = true;
    this.#stop();
    await this.#running;
  }

  /** In a process of its own: machines do not wait while every byte is read. */
  async #run(): Promise<void> {
    const child = spawnPublish(this.#hub.settings, ['--check'], ['ignore', 'pipe', 'ignore']);
    this.#stop = () => child.kill();
    const ended = once(child, 'close');
    for await (const line of createInterface({ input: child.stdout! }))
      if (line.includes('damaged: ')) this.#hub.log(line.trim());
    const [status] = (await ended) as [number | null];
    if (status !== 0 && !this.#closed) this.#hub.log(`checking the files ended with status ${status}`);
  }
}

/** The hub's own program over the same records, for work that would keep machines waiting here. */
export function spawnPublish(
  settings: Settings,
  words: readonly string[],
  stdio: StdioOptions,
): ChildProcess {
  const program = join(import.meta.dirname, '..', '..', 'bin', 'tocsin-hub.js');
  return spawn(process.execPath, [program, 'publish', ...words], { env: environmentFor(settings), stdio });
}

function environmentFor({ data, databaseUrl }: Settings): NodeJS.ProcessEnv {
  const env = { ...process.env, TOCSIN_HUB_DATA: data };
  return databaseUrl === null ? env : { ...env, DATABASE_URL: databaseUrl };
}
