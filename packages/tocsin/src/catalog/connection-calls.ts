// Every call that receiving itself makes, by the reason for which it is made: the message `connection`. A call of
// another method, path, header or size than stands here is not let out. No I/O.
import type { WithheldReason } from './gate-plan.ts';

export interface ConnectionCall {
  /** A reason of the message `connection`. */
  readonly reason: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

interface CallRule {
  readonly reasons: readonly string[];
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** Headers that the call may have beside those of HTTP itself, with the form of their values. */
  readonly headers: Readonly<Record<string, RegExp>>;
  /** 0: no body. */
  readonly maxBody: number;
}

const GET = { method: 'GET', headers: {}, maxBody: 0 } as const;
const PKCS10 = {
  'content-type': /^application\/pkcs10$/,
  'content-transfer-encoding': /^base64$/,
} as const;
/** Base64 of a certificate request for one key: no name is in it (client/channel/csr.ts). */
const MAX_REQUEST = 4_096;

export const CONNECTION_RULES: readonly CallRule[] = [
  { ...GET, reasons: ['join', 'lists', 'renewal'], path: /^\/v1\/keys$/ },
  {
    ...GET,
    reasons: ['lists'],
    path: /^\/v1\/lists$/,
    headers: { 'if-none-match': /^"[0-9A-Za-z._-]{1,64}"$/ },
  },
  {
    ...GET,
    reasons: ['lists'],
    path: /^\/v1\/lists\/files\/[0-9a-f]{64}$/,
    headers: { range: /^bytes=[0-9]{1,15}-$/ },
  },
  // The list that is here and the one that is wanted: what is between them is less than the whole.
  { ...GET, reasons: ['lists'], path: /^\/v1\/lists\/deltas\/[0-9a-f]{64}\/[0-9a-f]{64}$/ },
  // Without it this machine could not find Wi-Fi networks in its lists (spec/objects.md).
  { ...GET, reasons: ['lists'], path: /^\/v1\/group-secret$/ },
  { ...GET, reasons: ['events'], path: /^\/v1\/events$/, headers: { accept: /^text\/event-stream$/ } },
  { ...GET, reasons: ['policy'], path: /^\/v1\/(?:terms|policy)$/ },
  {
    ...GET,
    reasons: ['consent'],
    path: /^\/v1\/consent$/,
    headers: { 'if-none-match': /^"[0-9A-Za-z._-]{1,64}"$/ },
  },
  {
    method: 'POST',
    reasons: ['join'],
    path: /^\/\.well-known\/est\/simpleenroll$/,
    headers: { ...PKCS10, authorization: /^Bearer [A-Za-z0-9_-]{16,128}$/ },
    maxBody: MAX_REQUEST,
  },
  {
    method: 'POST',
    reasons: ['renewal'],
    path: /^\/\.well-known\/est\/simplereenroll$/,
    headers: PKCS10,
    maxBody: MAX_REQUEST,
  },
];

/** What is wrong with a call; null where it is one of those that are declared. */
export function connectionFault(
  call: ConnectionCall,
): Extract<WithheldReason, 'undeclared' | 'over-limit'> | null {
  const rule = CONNECTION_RULES.find(
    ({ reasons, method, path }) =>
      reasons.includes(call.reason) && method === call.method && path.test(call.path),
  );
  if (rule === undefined) return 'undeclared';
  for (const [name, value] of Object.entries(call.headers ?? {}))
    if (rule.headers[name]?.test(value) !== true) return 'undeclared';
  return (call.body?.length ?? 0) > rule.maxBody ? 'over-limit' : null;
}
