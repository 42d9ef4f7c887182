// POST /v1/history: who said what of one object, by its whole key (spec/lookup.md). The gate is asked here as on the
// machine, under the choices that the hub knows of it: what should not have been asked is refused. Keeps nothing of it.
import type {} from '@fastify/swagger';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Consent } from 'tocsin/catalog/consent.ts';
import { REASON_WORDS } from 'tocsin/catalog/gate.ts';
import type { HistoryFault } from 'tocsin/catalog/gate-history.ts';
import { historyBarrier, historyFault } from 'tocsin/catalog/gate-history.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { parseHex } from 'tocsin/protocol/hex.ts';
import type { History, HistoryClaim, HistoryRequest } from 'tocsin/protocol/history.ts';
import { HISTORY_LIMITS } from 'tocsin/protocol/history.ts';
import type { ObjectKey } from 'tocsin/protocol/kinds.ts';
import { KEY_KIND_NAMES } from 'tocsin/protocol/kinds.ts';
import { ANSWER_SIZES, padded } from 'tocsin/protocol/padding.ts';
import type { Clock } from 'tocsin/protocol/world.ts';
import { Type } from 'typebox';
import { INTAKE_LIMITS } from '../intake/config.ts';
import { sendRefusal } from '../server/problems.ts';
import type { Rate } from '../server/token-buckets.ts';
import { TokenBuckets } from '../server/token-buckets.ts';
import { sendWithheld, WithheldProblem } from '../server/withheld.ts';
import type { TracedClaim } from '../verdicts/claim-store.ts';
import type { Explanation } from '../verdicts/explain.ts';
import { firstSeenOf } from '../verdicts/explain.ts';
import { toldMachines } from '../verdicts/prevalence.ts';

export const HISTORY_ROUTE_LIMITS = {
  /** Far above the question, so that a field too many is named. */
  maxBody: 4_096,
  /** A machine's questions at once, and a second after that: each reads every source. */
  burst: 100,
  perSecond: 1,
  maxMachines: 100_000,
} as const;

const RATE: Rate = { capacity: HISTORY_ROUTE_LIMITS.burst, fill: HISTORY_ROUTE_LIMITS.perSecond / 1_000 };

const Question = Type.Object(
  {
    v: Type.Literal(1),
    kind: Type.Union(KEY_KIND_NAMES.map((name) => Type.Literal(name))),
    key: Type.String({ pattern: '^([0-9a-f]{2}){16,32}$' }),
  },
  { additionalProperties: false },
);

export interface HistoryParts {
  /** The consents that bound what this machine may send, each of them. */
  readonly consentsOf: (machineId: string) => Promise<readonly Consent[]>;
  readonly explain: (key: ObjectKey) => Promise<Explanation>;
  readonly clock: Clock;
}

export function registerHistoryRoute(app: FastifyInstance, parts: HistoryParts): void {
  const rates = new TokenBuckets(parts.clock, HISTORY_ROUTE_LIMITS.maxMachines);
  app.post(
    '/v1/history',
    {
      bodyLimit: HISTORY_ROUTE_LIMITS.maxBody,
      schema: {
        summary: 'Who said what of one object, for a person who asks by name',
        body: Question,
        response: { 422: WithheldProblem },
      },
      // The schema is for readers: the gate judges instead, so that a refusal names the item and the reason.
      validatorCompiler: () => () => true,
    },
    async ({ machine, body }, reply) => {
      const { machineId } = machine!;
      const wait = rates.take(machineId, RATE);
      if (wait > 0) return tooMany(reply, wait);
      const fault = historyFault(body) ?? (await consentFault(machineId, parts));
      if (fault !== null) return sendWithheld(reply, { ...fault, why: REASON_WORDS[fault.reason] });
      const { kind, key } = body as HistoryRequest;
      const text = answerText(historyOf(await parts.explain({ kind, bytes: parseHex(key)! })));
      reply.type('application/json; charset=utf-8').header('cache-control', 'no-store, no-transform');
      return reply.send(text);
    },
  );
}

async function consentFault(
  machineId: string,
  { consentsOf, clock }: HistoryParts,
): Promise<HistoryFault | null> {
  // A declaration's last day ends with the last clock on earth that the skew allows.
  const today = new Date(clock.now() - INTAKE_LIMITS.skewMs).toISOString().slice(0, 10);
  for (const consent of await consentsOf(machineId)) {
    const fault = historyBarrier(consent, today);
    if (fault !== null) return fault;
  }
  return null;
}

/** As on the wire, the newest claim first. Throws `limit` where more is claimed than an answer holds. */
export function historyOf({ claims, resolution, machines, unread }: Explanation): History {
  if (claims.length > HISTORY_LIMITS.maxClaims)
    throw new TocsinError(
      'limit',
      `Cannot tell the history: ${claims.length} claims are there, want at most ${HISTORY_LIMITS.maxClaims}`,
    );
  const newestFirst = claims.toSorted((a, b) => b.claimedAt.getTime() - a.claimedAt.getTime());
  const firstSeen = firstSeenOf(claims)?.toISOString() ?? null;
  return {
    v: 1,
    standing: resolution.kind,
    firstSeen,
    machines: toldMachines(machines),
    claims: newestFirst.map(claimAsJson),
    unread,
  };
}

export function claimAsJson(claim: TracedClaim): HistoryClaim {
  const { record, claimedAt, ...told } = claim;
  const { sourceKind, claimedBy, file, line, original, ended } = told;
  const at = claimedAt.toISOString();
  return { ...record, sourceKind, claimedAt: at, claimedBy, file, line, original, ended };
}

function answerText(history: History): Buffer {
  const body = padded(JSON.stringify(history), ANSWER_SIZES);
  if (body !== null) return body;
  const want = `at most ${ANSWER_SIZES.at(-1)} bytes`;
  throw new TocsinError('limit', `Cannot tell the history: its claims are too long, want ${want}`);
}

function tooMany(reply: FastifyReply, retryAfterSeconds: number): FastifyReply {
  return sendRefusal(reply, {
    status: 429,
    code: 'busy',
    title: 'Too many questions',
    detail: 'Cannot tell the history now: this machine asked more than its share, want a later call',
    retryAfterSeconds,
  });
}
