// For tests only: a hub in this process with its real records, keys and TLS server, and machines that join it.
import type { FastifyInstance } from 'fastify';
import type { ConsentRecord, SignedRecord } from 'tocsin/catalog/consent-record.ts';
import { PostgresAccessStore } from '../access/postgres-store.ts';
import type { MachineMarks } from '../access/store.ts';
import { NO_MARKS } from '../access/store.ts';
import { mintToken } from '../access/tokens.ts';
import { readSettings } from '../config.ts';
import type { KeyRing } from '../keys/store.ts';
import { createKeys, openKeys } from '../keys/store.ts';
import type { Participation } from '../participation.ts';
import { openParticipation } from '../participation.ts';
import type { TermsSettings } from '../privacy/terms-settings.ts';
import { SeededWorld } from '../server/hub-fixture.ts';
import type { HubServer } from '../server/server.ts';
import { buildServer } from '../server/server.ts';
import type { TemporaryHub } from '../testing/temporary-hub.ts';
import { temporaryHub } from '../testing/temporary-hub.ts';
import { TestMachine } from './machine-fixture.ts';
import { BEFORE_ALL, messagesOf } from './message-store.ts';

export interface IntakeHub {
  readonly hub: TemporaryHub;
  readonly keys: KeyRing;
  readonly world: SeededWorld;
  readonly participation: Participation;
  readonly server: HubServer;
  readonly port: number;
  readonly log: string[];
  /** A machine that has joined by a token with these marks. */
  machine(marks?: MachineMarks): Promise<TestMachine>;
  /** Signs a choice of the machine under the terms in force. */
  choose(machine: TestMachine, value: string, change?: Partial<ConsentRecord>): SignedRecord;
  /** A machine whose owner agreed, and whose record the hub has. */
  participant(level?: 'standard' | 'extended'): Promise<TestMachine>;
  /** How many messages of a machine are stored. */
  stored(machine: TestMachine): Promise<number>;
  /** How many messages were refused or dropped for a reason. */
  counted(reason: string): Promise<number>;
  close(): Promise<void>;
}

export function settingsFor(terms: Partial<TermsSettings> = {}): TermsSettings {
  return { ...readSettings({ flags: { data: '/nowhere' }, env: {} }), ...terms };
}

export async function startIntakeHub(
  terms: Partial<TermsSettings> = {},
  routes: (app: FastifyInstance, participation: Participation) => void = () => {},
): Promise<IntakeHub> {
  const world = new SeededWorld('intake', Date.UTC(2026, 10, 27, 12));
  const hub = await temporaryHub(world);
  await createKeys(hub.layout.keys, world);
  const keys = openKeys(hub.layout.keys);
  const log: string[] = [];
  const participation = await openParticipation({
    db: hub.db,
    layout: hub.layout,
    keys,
    settings: settingsFor(terms),
    world,
    log: (line) => log.push(line),
  });
  const access = new PostgresAccessStore(hub.db);
  const server = await buildServer({
    keys,
    tokens: access,
    machines: access,
    world,
    version: 'test',
    log: (line) => log.push(line),
    registerRoutes: (app) => {
      participation.register(app);
      routes(app, participation);
    },
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const close = async (): Promise<void> => {
    await server.close();
    await participation.close();
    await hub.close();
  };
  return {
    hub,
    keys,
    world,
    participation,
    server,
    port,
    log,
    close,
    ...helpers(hub, keys, world, participation, port),
  };
}

type Helpers = Pick<IntakeHub, 'machine' | 'choose' | 'participant' | 'stored' | 'counted'>;

function helpers(
  hub: TemporaryHub,
  keys: KeyRing,
  world: SeededWorld,
  participation: Participation,
  port: number,
): Helpers {
  const machine: Helpers['machine'] = async (marks = NO_MARKS) => {
    const { text } = await mintToken(new PostgresAccessStore(hub.db), keys.root, world, 3_600, marks);
    return TestMachine.join(port, text, keys, world);
  };
  const choose: Helpers['choose'] = (who, value, change = {}) =>
    who.choose(value, change, participation.terms.current.fingerprint);
  return {
    machine,
    choose,
    participant: async (level = 'standard') => {
      const made = await machine();
      const { status, text } = await made.sendRecord(choose(made, level));
      if (status !== 200) throw new Error(`the record was answered ${status}: ${text}`);
      return made;
    },
    stored: async ({ id }) => (await messagesOf(hub.db, id, BEFORE_ALL, 1_000)).length,
    counted: async (reason) => {
      const rows = await hub.db.query<{ count: number }>(
        'SELECT coalesce(sum(count), 0)::bigint AS count FROM intake_count WHERE reason = $1',
        [reason],
      );
      return rows[0]!.count;
    },
  };
}
