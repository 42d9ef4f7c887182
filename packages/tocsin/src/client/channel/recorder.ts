// Where a request is written down before its first byte leaves, and what became of it: the journal's side of the
// channel. The channel calls it for each attempt, retries included; it must not send anything itself.
import type { Outgoing } from '../../catalog/gate.ts';

export interface Recorder {
  /**
   * Durable on return. Throws `io` where it cannot be: then nothing may be sent. `receiver` is `https://host:port`.
   */
  begin(outgoing: Outgoing, receiver: string): RecordedRequest;
}

/** One attempt; each call after the first that settles it does nothing. */
export interface RecordedRequest {
  /** All bytes were given to the connection. */
  written(): void;
  /** The receiver answered with this HTTP status. */
  answered(status: number): void;
  /** The connection broke before an answer: whether it arrived is not known. */
  broken(): void;
}
