// Errors on the wire: RFC 9457 problem documents, both directions. The one file that maps codes to HTTP
// statuses; what a hub must not tell strangers (its disk, its database) never gets into `detail`.
import type { ErrorCode } from './errors.ts';
import { TocsinError } from './errors.ts';
import { parseRetryAfter } from './retry-after.ts';

export const PROBLEM_TYPE = 'application/problem+json';
export const PROBLEM_LIMITS = { maxBytes: 65_536, maxDetail: 1_000 } as const;
const URN = 'urn:tocsin:problem:';
/** The hub's own gate refused (spec/message.md); no code of ours, because the hub's failures never are it. */
const WITHHELD = 'withheld';

export interface Problem {
  /** `urn:tocsin:problem:<code>` */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

interface Told {
  readonly status: number;
  readonly title: string;
}

/** Codes that are told as they are; every other failure is "the hub failed", with no words. */
const TOLD: Readonly<Partial<Record<ErrorCode, Told>>> = {
  input: { status: 400, title: 'The request is wrong' },
  format: { status: 400, title: 'The message is not of the expected format' },
  limit: { status: 413, title: 'A limit would be passed' },
  'not-found': { status: 404, title: 'There is no such thing here' },
  conflict: { status: 409, title: 'The state has moved on' },
  denied: { status: 403, title: 'Not allowed' },
  certificate: { status: 401, title: 'The certificate is refused' },
  'token-expired': { status: 401, title: 'The join token has expired' },
  'token-used': { status: 401, title: 'The join token was used' },
  'token-foreign': { status: 401, title: 'The join token is not of this hub' },
  busy: { status: 503, title: 'Busy' },
};

const FAILED: Problem = {
  type: `${URN}failed`,
  title: 'The hub failed',
  status: 500,
  detail: 'Cannot answer: the hub has a failure of its own, want its log read by its operator',
};

/** The hub's own records do not answer: that passes. */
const WAIT: Problem = {
  type: `${URN}busy`,
  title: 'Busy',
  status: 503,
  detail: "Cannot answer: the hub's records do not, want a later call",
};

/** What is told of an error. `told` is false where the words were kept back and belong into the hub's log. */
export function problemOf(error: unknown): { readonly problem: Problem; readonly told: boolean } {
  if (!(error instanceof TocsinError)) return { problem: FAILED, told: false };
  if (error.code === 'unreachable') return { problem: WAIT, told: false };
  const told = TOLD[error.code];
  if (told === undefined) return { problem: FAILED, told: false };
  const detail = error.message.slice(0, PROBLEM_LIMITS.maxDetail);
  return { problem: { type: URN + error.code, ...told, detail }, told: true };
}

/**
 * The error that an answer with this status (400 and above) stands for. Words come from the hub's problem
 * document where there is one, stripped of control characters; a failing or strange hub is `unreachable`,
 * because a later call may succeed. One for the moment (429, 503) says when, where the hub did (`retry-after`).
 */
export function errorOfAnswer(status: number, body: Uint8Array, headers: AnswerHeaders = {}): TocsinError {
  const { type, detail } = parse(body);
  const code = type.startsWith(URN) ? type.slice(URN.length) : '';
  const isForNow = status === 429 || status === 503;
  const retryAfter = isForNow ? parseRetryAfter(headers['retry-after']) : null;
  if (isToldCode(code) && detail !== '') return new TocsinError(code, detail, { retryAfter });
  if (code === WITHHELD && detail !== '') return new TocsinError('denied', detail);
  if (isForNow)
    return new TocsinError('busy', `Cannot ask the hub: it is busy (${status}), want a later call`, {
      retryAfter,
    });
  if (status >= 500)
    return new TocsinError('unreachable', `Cannot ask the hub: it failed (${status}), want a later call`);
  return new TocsinError(
    status === 404 ? 'not-found' : 'denied',
    `Cannot ask the hub: it refused (${status}), want a hub of this version at this address`,
  );
}

/** By their names in lower case. */
export type AnswerHeaders = Readonly<Record<string, unknown>>;

export interface WireAnswer {
  readonly status: number;
  readonly headers?: AnswerHeaders;
  readonly body: Uint8Array;
}

/** Throws what a refusal stands for; returns the answer otherwise. */
export function expectOk<A extends WireAnswer>(answer: A): A {
  if (answer.status >= 400) throw errorOfAnswer(answer.status, answer.body, answer.headers);
  return answer;
}

function isToldCode(code: string): code is ErrorCode {
  return Object.hasOwn(TOLD, code);
}

function parse(body: Uint8Array): { readonly type: string; readonly detail: string } {
  if (body.length > PROBLEM_LIMITS.maxBytes) return { type: '', detail: '' };
  try {
    const o: unknown = JSON.parse(Buffer.from(body).toString());
    if (typeof o !== 'object' || o === null) return { type: '', detail: '' };
    const { type, detail } = o as Record<string, unknown>;
    return {
      type: typeof type === 'string' ? type : '',
      detail: typeof detail === 'string' ? printable(detail) : '',
    };
  } catch {
    return { type: '', detail: '' };
  }
}

/** Foreign words end up on terminals. */
function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').slice(0, PROBLEM_LIMITS.maxDetail);
}
