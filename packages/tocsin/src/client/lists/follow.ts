// Keeps the lists of a machine current for as long as it runs: fetches, then waits for the hub's word that there
// are newer ones. A hub that is away is asked again later, ever more rarely.
import { setTimeout as sleep } from 'node:timers/promises';
import { errorWords, TocsinError } from '../../protocol/errors.ts';
import { connectionRequest } from '../channel/connection.ts';
import type { HubEvent } from '../channel/events.ts';
import type { Machine } from '../machine.ts';
import type { UpdateReport } from './update.ts';

export const FOLLOW_LIMITS = {
  firstWaitMs: 1_000,
  maxWaitMs: 60_000,
  /** The connection is renewed this often, and the certificate with it where that is due. */
  reconnectMs: 3_600_000,
  /** How often it is looked whether messages wait: another process may have put them there. */
  deliverMs: 15_000,
} as const;

export interface FollowOptions {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** After each look: newer lists, or (the first time) that they are current. */
  readonly onReport: (report: UpdateReport) => void;
  readonly onTrouble: (words: string, waitMs: number) => void;
  /** Takes what waits to the hub, and tells what it must; never rejects. The machine's outbox, silently, without it. */
  readonly deliver?: (signal: AbortSignal) => Promise<void>;
}

/**
 * Resolves when `signal` aborts. Throws where waiting does not help: `not-joined`, `pin`, `certificate`,
 * `denied`.
 */
export async function followLists(machine: Machine, options: FollowOptions): Promise<void> {
  const { signal, onTrouble } = options;
  let failures = 0;
  while (!signal.aborted) {
    try {
      await followOnce(machine, options, () => {
        failures = 0;
      });
    } catch (error) {
      if (signal.aborted) return;
      if (!mayPass(error)) throw error;
      const waitMs = waitAfter(failures++, machine);
      onTrouble(errorWords(error), waitMs);
      await sleep(waitMs, undefined, { signal }).catch(() => {});
    } finally {
      await machine.closeChannel();
    }
  }
}

/** One connection: fetches, follows until the hub or the hour ends it. */
async function followOnce(machine: Machine, options: FollowOptions, onContact: () => void): Promise<void> {
  const channel = await machine.channel();
  const ended = new AbortController();
  const signal = AbortSignal.any([
    options.signal,
    ended.signal,
    AbortSignal.timeout(FOLLOW_LIMITS.reconnectMs),
  ]);
  await refreshConsents(machine, options);
  const updates = new Updates(machine, options, (error) => ended.abort(error));
  await updates.want();
  await updates.done();
  onContact();
  const stopDelivering = keepDelivering(machine, options, signal);
  const headers = { accept: 'text/event-stream' };
  const outgoing = connectionRequest({ reason: 'events', method: 'GET', path: '/v1/events', headers });
  const onEvent = (event: HubEvent): void => {
    if (isNewer(event, machine)) void updates.want();
    if (event.event === 'policy' || event.event === 'terms') void refreshConsents(machine, options);
  };
  try {
    await channel.events(outgoing, onEvent, signal);
  } finally {
    await stopDelivering();
  }
  await updates.done();
  if (!signal.aborted)
    throw new TocsinError(
      'unreachable',
      'Cannot follow the lists: the hub closed the connection, want it open',
    );
}

/** Lists do not wait for it: where it fails, it is tried again at the next connection. */
async function refreshConsents(machine: Machine, { onTrouble }: FollowOptions): Promise<void> {
  try {
    await machine.refreshConsents();
  } catch (error) {
    onTrouble(errorWords(error), FOLLOW_LIMITS.reconnectMs);
  }
}

/** Delivers now and from time to time, one at a time; what is returned ends it and waits for the one under way. */
function keepDelivering(machine: Machine, options: FollowOptions, signal: AbortSignal): () => Promise<void> {
  const silently = async (): Promise<void> => {
    await machine.outbox.deliver(signal).catch((error: unknown) => {
      if (!(error instanceof TocsinError)) throw error;
    });
  };
  let running: Promise<void> | null = null;
  const deliver = (): void => {
    running ??= (options.deliver?.(signal) ?? silently()).finally(() => {
      running = null;
    });
  };
  deliver();
  const timer = setInterval(deliver, FOLLOW_LIMITS.deliverMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

function isNewer({ event, data }: HubEvent, machine: Machine): boolean {
  if (event !== 'lists') return false;
  try {
    const { revision } = JSON.parse(data) as { revision?: unknown };
    return revision !== machine.lists.held?.manifest.revision;
  } catch {
    return false;
  }
}

/** One update at a time; what is wanted meanwhile is one more after it. */
class Updates {
  readonly #machine: Machine;
  readonly #options: FollowOptions;
  readonly #onFailure: (error: unknown) => void;
  #failure: { readonly error: unknown } | null = null;
  #running: Promise<void> | null = null;
  #again = false;

  constructor(machine: Machine, options: FollowOptions, onFailure: (error: unknown) => void) {
    this.#machine = machine;
    this.#options = options;
    this.#onFailure = onFailure;
  }

  /** Resolves when the lists are as new as the hub had them after this call, or the failure is noted. */
  want(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Waits for what is under way; throws the first failure. */
  async done(): Promise<void> {
    await this.#running;
    if (this.#failure !== null) throw this.#failure.error;
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && this.#failure === null) {
        this.#again = false;
        const report = await this.#machine.refreshLists({ signal: this.#options.signal });
        if (report !== null) this.#options.onReport(report);
      }
    } catch (error) {
      this.#failure ??= { error };
      this.#onFailure(error);
    }
  }
}

/** Another process that fetches, a hub that is away or broken: all these end by themselves. */
function mayPass(error: unknown): boolean {
  return (
    error instanceof TocsinError &&
    !['not-joined', 'pin', 'certificate', 'denied', 'input'].includes(error.code)
  );
}

/** Doubles up to the limit; spread by half, so that machines do not come back all at once. */
function waitAfter(failures: number, { world }: Machine): number {
  const full = Math.min(FOLLOW_LIMITS.firstWaitMs * 2 ** Math.min(failures, 16), FOLLOW_LIMITS.maxWaitMs);
  return Math.round(full * (0.5 + world.random(1)[0]! / 512));
}
