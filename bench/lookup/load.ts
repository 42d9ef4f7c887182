// The load generator of `bench lookup`, a process of its own. Closed loop: each connection asks as soon as it was answered,
// which finds the highest rate. Open loop: requests have planned times, and their latency counts from those, so that what
// waits behind a slow answer is as late as it would be for a real asker. There it waits by naps of a tenth of a millisecond,
// for a timer is too coarse, and one that turned round and round would take a core that the server's threads need.
//
//   stdin: LoadOrder ─► connections, hello ─► warm, uncounted ─► counted ─► stdout: LoadResult
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { cpuSeconds } from '../process.ts';
import { type Line, openLine } from './line.ts';
import type { LoadOrder, LoadResult } from './order.ts';

const LIMITS = {
  samples: 2_000_000,
  /** So long after its end a run has failed: an answer is shorter than expected, or an open loop too fast for the server. */
  lateMs: 30_000,
  /** An answer may be read so much too late, which counts as its latency. */
  napMs: 0.1,
} as const;

async function main(order: LoadOrder): Promise<LoadResult> {
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {}); // told by the race below
  const { identities, connections } = order;
  const lines = await Promise.all(
    Array.from({ length: connections }, (_, i) =>
      openLine(order, identities?.[i % identities.length] ?? null, failure.reject),
    ),
  );
  const late = (order.warmSeconds + order.seconds) * 1_000 + LIMITS.lateMs;
  setTimeout(() => failure.reject(new Error('answers stay out')), late).unref();
  const run = new Run(order);
  await Promise.race([
    order.rate === null ? run.closed(lines) : run.open(lines, order.rate),
    failure.promise,
  ]);
  for (const line of lines) line.close();
  return run.result();
}

class Run {
  readonly #order: LoadOrder;
  readonly #bytes: Buffer;
  readonly #times = new Float64Array(LIMITS.samples);
  readonly #started: number;
  #asked = 0;
  #answered = 0;
  /** When counting began, and how much time of the processor had been used by then. */
  #counting: { at: number; server: number; asker: number } | null = null;
  #ended = { at: 0, server: 0, asker: 0 };

  constructor(order: LoadOrder) {
    this.#order = order;
    this.#bytes = readFileSync(order.requests.file);
    this.#started = performance.now();
  }

  closed(lines: readonly Line[]): Promise<void> {
    const until = this.#started + (this.#order.warmSeconds + this.#order.seconds) * 1_000;
    const one = (line: Line): Promise<void> =>
      new Promise((done) => {
        const next = (): void => {
          const now = performance.now();
          if (now < until) this.#ask(line, now, next);
          else done();
        };
        next();
      });
    const all = Promise.all(lines.map(one)).then(() => this.#end());
    return this.#order.awake ? awakeUntil(all) : all;
  }

  async open(lines: readonly Line[], rate: number): Promise<void> {
    const { warmSeconds, seconds } = this.#order;
    const total = Math.floor((warmSeconds + seconds) * rate);
    const plannedAt = (n: number): number => this.#started + (n * 1_000) / rate;
    const idle = [...lines];
    while (this.#asked < total || idle.length < lines.length) {
      const now = performance.now();
      while (this.#asked < total && idle.length > 0 && plannedAt(this.#asked) <= now) {
        const line = idle.shift()!;
        this.#ask(line, plannedAt(this.#asked), () => idle.push(line));
      }
      await turn();
      if (plannedAt(this.#asked) - performance.now() > LIMITS.napMs) nap();
    }
    this.#end();
  }

  /** Throws where nothing was answered in the counted time. */
  result(): LoadResult {
    if (this.#answered === 0) throw new Error('no answer came in time');
    const { at, server, asker } = this.#counting ?? this.#ended;
    const seconds = (this.#ended.at - at) / 1_000;
    const times = this.#times.subarray(0, Math.min(this.#answered, LIMITS.samples)).sort();
    const below = (share: number): number => times[Math.ceil(share * times.length) - 1] ?? 0;
    return {
      answered: this.#answered,
      seconds,
      p50: below(0.5),
      p99: below(0.99),
      serverCores: (this.#ended.server - server) / seconds,
      askerCores: (this.#ended.asker - asker) / seconds,
    };
  }

  /** `from`: since when this request waits. */
  #ask(line: Line, from: number, then: () => void): void {
    const { size, count, answers } = this.#order.requests;
    const n = this.#asked++ % count;
    line.ask(this.#bytes.subarray(n * size, (n + 1) * size), answers[n % answers.length]!, () => {
      const now = performance.now();
      if (this.#isCounting(now)) {
        if (this.#answered < LIMITS.samples) this.#times[this.#answered] = now - from;
        this.#answered++;
      }
      then();
    });
  }

  #isCounting(now: number): boolean {
    if (this.#counting !== null) return true;
    if (now >= this.#started + this.#order.warmSeconds * 1_000) this.#counting = this.#used(now);
    return false;
  }

  #end(): void {
    this.#ended = this.#used(performance.now());
  }

  #used(at: number): { at: number; server: number; asker: number } {
    const { user, system } = process.cpuUsage();
    return { at, server: cpuSeconds(this.#order.server), asker: (user + system) / 1e6 };
  }
}

const never = new Int32Array(new SharedArrayBuffer(4));

function nap(): void {
  Atomics.wait(never, 0, 0, LIMITS.napMs);
}

/** Turns round and round, so that the system never puts this process to sleep. */
async function awakeUntil(ended: Promise<void>): Promise<void> {
  let isOver = false;
  const over = ended.finally(() => {
    isOver = true;
  });
  while (!isOver) await turn();
  await over;
}

/** Once through the event loop: what came in meanwhile is read. */
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

if (import.meta.main) {
  try {
    process.stdout.write(JSON.stringify(await main(JSON.parse(await text(process.stdin)) as LoadOrder)));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
