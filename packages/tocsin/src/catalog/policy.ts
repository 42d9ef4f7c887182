// What the operator of a hub decides for managed machines: parsed, encoded, signed by the hub's receipt key, verified
// (spec/policy.md). A policy grants participation and restricts it; how it is applied is client/consent/policy-apply.ts.
import type { KeyObject } from 'node:crypto';
import type { ParticipationLevel } from './consent.ts';
import { PARTICIPATION_LEVELS } from './consent.ts';
import type { AcceptedStatement } from './consent-record.ts';
import type { YesNo } from './fields.ts';
import { Fields, isStatementVersion, YES_NO } from './fields.ts';
import type { HubText } from './hub-text.ts';
import { openHubText, peekHubText, signHubText } from './hub-text.ts';
import type { Edition } from './item.ts';
import { EDITIONS } from './item.ts';

export const POLICY_PAYLOAD_TYPE = 'application/vnd.tocsin.policy+json';

export const POLICY_LIMITS = {
  maxText: 16_384,
  maxGroup: 64,
  /** How far two clocks may stand apart, seconds (as for keys documents). */
  skew: 86_400,
} as const;

const KIND: HubText = {
  what: 'policy',
  payloadType: POLICY_PAYLOAD_TYPE,
  maxText: POLICY_LIMITS.maxText,
};

/** What an administrator chose for the machines of a group. */
export interface PolicyParticipation {
  readonly level: ParticipationLevel;
  readonly edition: Edition;
  /** Where the machines are; null: as the operator's terms say. */
  readonly jurisdiction: string | null;
  /** The Statement that the administrator accepted; null where nothing had to be: `off`. */
  readonly statement: AcceptedStatement | null;
  /** Null: the rule's default. */
  readonly sharing: YesNo | null;
  readonly commercial: YesNo | null;
}

export interface Policy {
  readonly v: 1;
  /** Rises with every policy of the hub, whatever the group. */
  readonly sequence: number;
  /** Unix seconds. */
  readonly issued: number;
  readonly expires: number;
  readonly group: string;
  /** A grant, until it expires; null: participation is left to the person. */
  readonly participation: PolicyParticipation | null;
  /** No machine of the group goes further, also after the policy has expired; null: no such limit. */
  readonly maxLevel: ParticipationLevel | null;
  /** One person uses the machine: where opt-in rules, that person's yes is needed as well. */
  readonly personal: boolean;
  /** True: it may not be switched off; false: it is off; null: left to the person. */
  readonly selfDefence: boolean | null;
}

export function signPolicy(policy: Policy, keyId: string, receiptKey: KeyObject): string {
  return signHubText(KIND, encodePolicy(policy), keyId, receiptKey);
}

/** Throws `limit`, `format`; `pin` where the hub's receipt key did not sign it. Dates are not looked at. */
export function verifyPolicy(text: string, receiptKey: Uint8Array): Policy {
  return parsePolicy(Fields.of('policy', openHubText(KIND, text, receiptKey)));
}

/** As it says of itself, unverified, with the bytes that were signed. Throws `limit`, `format`. */
export function peekPolicy(text: string): { readonly policy: Policy; readonly payload: Uint8Array } {
  const payload = peekHubText(KIND, text);
  return { policy: parsePolicy(Fields.of('policy', payload)), payload };
}

/** When it ceases to grant what it grants, milliseconds. What it restricts holds beyond. */
export function liveUntil({ expires }: Pick<Policy, 'expires'>): number {
  return (expires + POLICY_LIMITS.skew) * 1000;
}

/** The bytes that are signed: JSON with the members in the order of the spec, no white space. */
export function encodePolicy(p: Policy): Uint8Array {
  const participation = p.participation && {
    level: p.participation.level,
    edition: p.participation.edition,
    jurisdiction: p.participation.jurisdiction,
    statement: p.participation.statement && {
      version: p.participation.statement.version,
      sha256: p.participation.statement.sha256,
      language: p.participation.statement.language,
    },
    sharing: p.participation.sharing,
    commercial: p.participation.commercial,
  };
  const { v, sequence, issued, expires, group, maxLevel, personal, selfDefence } = p;
  const rest = { maxLevel, personal, selfDefence };
  return Buffer.from(JSON.stringify({ v, sequence, issued, expires, group, participation, ...rest }));
}

/** Throws `format` with the field that is wrong. */
export function parsePolicy(fields: Fields): Policy {
  fields.version1();
  const policy: Policy = {
    v: 1,
    sequence: fields.whole('sequence'),
    issued: fields.whole('issued', 0, 2 ** 40),
    expires: fields.whole('expires', 0, 2 ** 40),
    group: fields.text('group', isGroup, `one line of up to ${POLICY_LIMITS.maxGroup} characters`),
    participation: fields.orNull('participation', (name) => parseParticipation(fields.object(name))),
    maxLevel: fields.orNull('maxLevel', (name) => fields.oneOf(name, PARTICIPATION_LEVELS)),
    personal: fields.flag('personal'),
    selfDefence: fields.orNull('selfDefence', (name) => fields.flag(name)),
  };
  if (policy.expires <= policy.issued) throw fields.bad('expires', 'a time after issued');
  return policy;
}

function parseParticipation(fields: Fields): PolicyParticipation {
  const level = fields.oneOf('level', PARTICIPATION_LEVELS);
  const statement = fields.orNull('statement', (name) => parseStatement(fields.object(name)));
  if (level !== 'off' && statement === null) throw fields.bad('statement', 'the accepted Statement');
  return {
    level,
    edition: fields.oneOf('edition', EDITIONS),
    jurisdiction: fields.orNull('jurisdiction', (name) => fields.country(name)),
    statement,
    sharing: fields.orNull('sharing', (name) => fields.oneOf(name, YES_NO)),
    commercial: fields.orNull('commercial', (name) => fields.oneOf(name, YES_NO)),
  };
}

function parseStatement(fields: Fields): AcceptedStatement {
  return {
    version: fields.text('version', isStatementVersion, 'a version'),
    sha256: fields.digest('sha256'),
    language: fields.text('language', (text) => /^[a-z]{2}$/.test(text), 'a language'),
  };
}

/** It is shown on terminals and pages. */
function isGroup(text: string): boolean {
  return text.length > 0 && text.length <= POLICY_LIMITS.maxGroup && !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);
}
