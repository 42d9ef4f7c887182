// Named limits of the hub's keys.
import { CERTIFICATE_LIMITS } from 'tocsin/protocol/certificates.ts';

const DAY = 86_400;

/** Seconds, where not said otherwise. */
export const HUB_KEY_LIMITS = {
  /** A document that a machine was kept from replacing counts so long at most. */
  documentLifetime: 180 * DAY,
  /** With the root at hand a new document is signed when so much of the old one's life is left. */
  documentRenewBefore: 120 * DAY,
  /** Without it the operator is warned when so much is left. */
  documentWarnBefore: 30 * DAY,
  authorityLifetime: 5 * 365 * DAY,
  authorityRenewBefore: 365 * DAY,
  /** A replaced authority counts until the last certificate of it can no more be renewed. */
  authorityRetiredLife:
    CERTIFICATE_LIMITS.machineLifetime + CERTIFICATE_LIMITS.renewAfterEnd + 2 * CERTIFICATE_LIMITS.skew,
  /**
   * A replaced age identity opens late messages for so long: whoever still seals to it had no contact since, and
   * then its certificate cannot be renewed any more.
   */
  ageRetiredLife:
    CERTIFICATE_LIMITS.machineLifetime + CERTIFICATE_LIMITS.renewAfterEnd + 2 * CERTIFICATE_LIMITS.skew,
  /** A private key that no document names is removed when it is so old: a younger one may be of a rotation that just runs. */
  unnamedKeyAge: 3_600,
  /** A replaced secret of the group counts for so long: for what could not be named anew, and machines that were away. */
  groupSecretRetiredLife: 30 * DAY,
  /** The root for browsers: it has to be put on each of their machines, so it lasts. A year before its end the log says so. */
  browserRootLifetime: 10 * 365 * DAY,
  browserRootWarnBefore: 365 * DAY,
  browserLeafLifetime: 90 * DAY,
  /** Not oftener, however near the end of the root is, or however wrong the clock. */
  browserLeafLeastAge: DAY,
  maxFileBytes: 128 * 1024,
} as const;
