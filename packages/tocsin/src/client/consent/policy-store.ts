// The policy as this machine keeps it: fetched from the hub, verified, never replaced by an older one. What it grants
// ends when it expires, what it restricts does not. Applying it is client/consent/policy-apply.ts.
import { payloadDigest } from '../../catalog/hub-text.ts';
import type { Policy } from '../../catalog/policy.ts';
import { POLICY_LIMITS, peekPolicy, verifyPolicy } from '../../catalog/policy.ts';
import type { HubFileKind, Opened } from './hub-file.ts';

export const POLICY_FILE: HubFileKind<Policy> = {
  maxBytes: POLICY_LIMITS.maxText + 1,
  peek: opened,
  verify: (text, receiptKey) => {
    verifyPolicy(text, receiptKey);
    return opened(text);
  },
};

function opened(text: string): Opened<Policy> {
  const { policy, payload } = peekPolicy(text);
  return { place: { sequence: policy.sequence, sha256: payloadDigest(payload) }, value: policy, text };
}
