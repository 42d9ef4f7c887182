// One connection that waits for messages of other nodes, and comes back by itself when the server went away.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { STORE_LIMITS } from './config.ts';
import { storeError } from './errors.ts';

export interface Listener {
  close(): Promise<void>;
}

export interface ListenerOptions {
  readonly config: pg.ClientConfig;
  readonly channel: string;
  /** The payload, or null after each (re)connection: something may have been missed. */
  readonly heard: (payload: string | null) => void;
  readonly closed: () => void;
}

export async function openListener(options: ListenerOptions): Promise<Listener> {
  const state: { client: pg.Client | null; closing: boolean } = { client: null, closing: false };

  const connect = async (): Promise<void> => {
    const client = new pg.Client(options.config);
    client.on('error', () => {});
    client.on('notification', (message) => {
      if (!state.closing) options.heard(message.payload ?? '');
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${client.escapeIdentifier(options.channel)}`);
    } catch (error) {
      await client.end().catch(() => {});
      throw storeError(error);
    }
    if (state.closing) {
      await client.end();
      return;
    }
    state.client = client;
    client.once('end', () => {
      if (!state.closing) void reconnect();
    });
    options.heard(null);
  };

  const reconnect = async (): Promise<void> => {
    while (!state.closing) {
      await sleep(STORE_LIMITS.listenPauseMs, undefined, { ref: false });
      if (state.closing) return;
      try {
        return await connect();
      } catch {
        // Still away: the pause, then again; queries of the same process say so to whoever asks.
      }
    }
  };

  await connect();
  return {
    close: async () => {
      state.closing = true;
      options.closed();
      await state.client?.end().catch(() => {});
    },
  };
}
