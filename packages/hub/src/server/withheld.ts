// The gate of the hub says no (spec/message.md, spec/lookup.md): 422 with the item's id and the reason, for what came
// and should not have been sent. Never repeats a value.
import type { FastifyReply } from 'fastify';
import type { WithheldReason } from 'tocsin/catalog/gate.ts';
import { WITHHELD_REASONS } from 'tocsin/catalog/gate-plan.ts';
import { Type } from 'typebox';
import { sendRefusal } from './problems.ts';

export interface Withheld {
  /** Null where it is the message itself. */
  readonly item: string | null;
  readonly reason: WithheldReason;
  /** A clause for a person. */
  readonly why: string;
}

export const WithheldProblem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  item: Type.Union([Type.String(), Type.Null()]),
  reason: Type.Enum([...WITHHELD_REASONS]),
});

export function sendWithheld(reply: FastifyReply, { item, reason, why }: Withheld): FastifyReply {
  const what = item === null ? 'it' : `its item '${item.replace(/[^\x21-\x7e]/g, '?')}'`;
  return sendRefusal(reply, {
    status: 422,
    code: 'withheld',
    title: 'It should not have been sent',
    detail: `Cannot take the message: ${what} should not have been sent, because ${why}; nothing of it was stored`,
    members: { item, reason },
  });
}
