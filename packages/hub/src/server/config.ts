// Named limits of the hub's HTTPS server.

export const SERVER_LIMITS = {
  /** TLS handshake; then the head of a request; then the whole of it. */
  handshakeMs: 10_000,
  headersMs: 10_000,
  requestMs: 60_000,
  /** Silence on a connection in either direction; event streams say something every 25 s. */
  silenceMs: 120_000,
  /** How long an idle connection of a machine is kept; the agent's own limit is below. */
  keepAliveMs: 72_000,
  /** How often the above are looked at. */
  checkMs: 2_000,
  maxHeaderBytes: 16_384,
  /** One part of a path, percent-encoded: an address of a page is one. */
  maxPathPart: 6_144,
  maxConnections: 25_000,
  /** Requests without a machine's certificate at work at once; one more is answered "busy". */
  maxStrangers: 64,
  /** Body of a request, where a route names no other limit. */
  maxBody: 2 ** 20,
  /** Life of the server's certificate, seconds; it lives in memory only and is renewed at 2/3. */
  leafLifetime: 30 * 86_400,
  /** How often newer keys documents are looked for. */
  keysPollMs: 3_000,
  /** How often the age of leaf and keys is looked at. */
  maintenanceMs: 3_600_000,
  /** What is under way at close may go on for so long. */
  graceMs: 5_000,
} as const;

export type ServerLimits = { readonly [name in keyof typeof SERVER_LIMITS]: number };
