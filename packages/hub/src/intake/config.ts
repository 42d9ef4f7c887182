// The numbers of intake.

export const INTAKE_LIMITS = {
  /** Messages of one machine, whatever they are: so many at once, and so many a minute after that. */
  burst: 600,
  perMinute: 60,
  /** Of one message: so many times its `atMostPerDay` at once, which is a week's backlog, and as much a day. */
  tolerance: 8,
  /** Machines, and machines' messages, whose rate is remembered at once; the longest unseen are forgotten. */
  maxRates: 200_000,
  /** How far a machine's clock may be ahead; also how long after its last day a declaration counts. */
  skewMs: 86_400_000,
} as const;
