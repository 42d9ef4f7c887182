// Named limits of the channel to the hub, the agent's side.

export const CHANNEL_LIMITS = {
  /** TCP and TLS until the hub's certificate is checked. */
  connectMs: 10_000,
  /** From the end of the request to the first byte of the answer. */
  answerMs: 30_000,
  /** Silence in the middle of a body; the hub's event stream says something every 30 s. */
  silenceMs: 90_000,
  /** How often an announced newer keys document is asked for. */
  refreshMs: 60_000,
  /** How often a channel that stays open looks whether its certificate is to be renewed. */
  renewCheckMs: 600_000,
  /** Below the hub's 72 s, so that the hub never closes under a request. */
  idleMs: 60_000,
  maxSockets: 4,
  /** Body of a `request`; downloads have a limit of their own, given by the caller. */
  maxBody: 32 * 2 ** 20,
  maxHeaderBytes: 16_384,
  /** One event of the stream. */
  maxEventBytes: 2 ** 20,
  maxUrl: 2_048,
  /** Body of a refusal that is kept to be read. */
  maxRefusal: 65_536,
} as const;

export type ChannelLimits = { readonly [name in keyof typeof CHANNEL_LIMITS]: number };
