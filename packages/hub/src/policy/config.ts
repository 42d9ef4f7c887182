// The numbers of policies.

export const HUB_POLICY_LIMITS = {
  /** Lifetime where the operator names none, and the most that he may name. */
  days: 90,
  maxDays: 365,
  /** It is signed anew when this share of its lifetime is left. */
  renewShare: 1 / 3,
  renewCheckMs: 3_600_000,
  /** Policies in one list. */
  maxHistory: 100,
} as const;
