// What the channel takes, for tests of it: requests that the gate let out, of the few kinds that there are. A test hub
// may put anything behind their paths. For tests only.
import { consentTo, TODAY } from 'tocsin/catalog/consent-fixture.ts';
import type { Outgoing, RequestDecision } from 'tocsin/catalog/gate.ts';
import { gateConnection, gateLookup } from 'tocsin/catalog/gate.ts';
import type { Recorder } from 'tocsin/client/channel/recorder.ts';

/** Writes nothing down. */
export const NO_RECORDER: Recorder = {
  begin: () => ({ written: () => {}, answered: () => {}, broken: () => {} }),
};

/** By the reason for which each is declared. */
const REASONS = [
  [/^\/v1\/(?:keys|lists)/, 'lists'],
  [/^\/v1\/events$/, 'events'],
  [/^\/v1\/(?:terms|policy)$/, 'policy'],
  [/^\/v1\/consent$/, 'consent'],
] as const;

/** A GET of a declared path: /v1/keys, lists, lists/files/DIGEST, events, terms, policy, consent. */
export function get(path: string, headers: Readonly<Record<string, string>> = {}): Outgoing {
  const reason = REASONS.find(([pattern]) => pattern.test(path))?.[1] ?? '';
  return released(gateConnection({ reason, method: 'GET', path, headers }));
}

/** A renewal, as EST has it. */
export function renewal(request: string): Outgoing {
  return released(
    gateConnection({
      reason: 'renewal',
      method: 'POST',
      path: '/.well-known/est/simplereenroll',
      headers: { 'content-type': 'application/pkcs10' },
      body: Buffer.from(request),
    }),
  );
}

/** A question with a body that can be told from others: POST /v1/lookup for the file with this first byte. */
export function question(byte: number): Outgoing {
  const prefix = byte.toString(16).padStart(2, '0');
  const request = { v: 1, prefixes: [{ kind: 'file-sha256', bits: 8, prefix }] } as const;
  return released(gateLookup(request, consentTo('standard'), { prefixBits: { 'file-sha256': 8 } }, TODAY));
}

function released(decision: RequestDecision): Outgoing {
  if (decision.kind === 'released') return decision.request;
  throw new TypeError(`the gate let nothing out: ${decision.reason}`);
}
