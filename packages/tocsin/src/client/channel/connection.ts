// Requests of the message `connection`: what receiving itself shows. A call that the catalog does not declare is a
// programmer's mistake, not a decision about consent.
import type { ConnectionCall } from '../../catalog/connection-calls.ts';
import type { Outgoing } from '../../catalog/gate.ts';
import { gateConnection } from '../../catalog/gate.ts';

/** The call as the gate released it. Throws TypeError for one that is not declared. */
export function connectionRequest(call: ConnectionCall): Outgoing {
  const decision = gateConnection(call);
  if (decision.kind === 'withheld') throw new TypeError(`undeclared call ${call.method} ${call.path}`);
  return decision.request;
}
