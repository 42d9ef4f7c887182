// What routes get: types only. `HubApp` is Fastify; every route is closed to all but machines unless its
// `config.access` says otherwise.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { World } from 'tocsin/protocol/world.ts';
import type { MachineStore, TokenStore } from '../access/store.ts';
import type { KeyRing } from '../keys/store.ts';
import type { ServerLimits } from './config.ts';
import type { AnswerEarly } from './early.ts';

/** Who may use a route: `machine` where it says nothing. */
export type Access =
  | 'anyone'
  /** A machine, also one whose certificate has ended: for renewal alone. */
  | 'renewer'
  | 'machine';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** The machine that asks, proved by its certificate; null on routes for anyone. */
    machine: { readonly machineId: string; readonly key: Uint8Array } | null;
  }
}

export type HubApp = FastifyInstance;

/** Checks that a machine asks and puts it on the request; for `onRequest` or `preHandler`. Throws `certificate`. */
export type RequireMachine = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

export interface ServerContext {
  readonly keys: KeyRing;
  readonly tokens: TokenStore;
  readonly machines: MachineStore;
  readonly world: World;
  /** Of the program, for people. */
  readonly version: string;
  /** One line each, for the operator; holds no address of a machine and nothing of a request's body. */
  readonly log: (line: string) => void;
  /** Adds the other routes, before the server listens. */
  readonly registerRoutes?: (app: HubApp, tools: RouteTools) => void | Promise<void>;
  readonly limits?: Partial<ServerLimits>;
  /** Only what `registerRoutes` adds: no enrolment, no keys, nothing for strangers; and no upkeep of the keys. */
  readonly isBare?: boolean;
}

export interface RouteTools {
  readonly requireMachine: RequireMachine;
  /** Answers requests of machines before the framework does (early.ts); once. */
  readonly answerEarly: (answer: AnswerEarly) => void;
  readonly context: ServerContext;
}
