// Named limits of access: tokens, enrolment, revocation.

export const ACCESS_LIMITS = {
  /** Life of a join token, seconds, where the operator names none; and the most that may be named. */
  tokenLifetime: 3_600,
  maxTokenLifetime: 30 * 86_400,
  /** A token that ended is remembered so long, to be refused by its right name; seconds. */
  tokenMemory: 30 * 86_400,
  /** Copies of one machine that may enrol anew under its certificate in a day. */
  clonesPerDay: 32,
  /** Name of a group of policies, characters. */
  maxGroup: 64,
  /** A certificate request has about 320 bytes of DER. */
  maxRequestBytes: 2_048,
  maxRequestText: 4_096,
  /** How often connected machines are held against the list of revocations. */
  revocationMs: 15_000,
} as const;
