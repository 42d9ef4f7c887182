// A policy in words, for the person who sets it. Knows no records.
import type { PolicyContent } from '../policy/policies.ts';
import { isEmpty } from '../policy/policies.ts';
import type { StoredPolicy } from '../policy/store.ts';
import type { HubDocument } from '../privacy/documents.ts';
import { paint } from './words.ts';

/** The policy of a group, or what is proposed where it has none; with a warning where another Statement is in force. */
export function policyText(
  group: string,
  stored: StoredPolicy | null,
  content: PolicyContent,
  statement: HubDocument,
): string {
  const head =
    stored === null
      ? `${paint('bold', `group ${group}`)} has no policy; proposed is:`
      : `${paint('bold', `group ${group}`)}: policy ${stored.sequence}, issued ${iso(stored.issued)} by ${stored.issuedBy}, until ${iso(stored.expires)}, then signed anew`;
  const accepted = content.participation?.statement ?? null;
  const lines = [head, ...contentLines(content)];
  if (accepted !== null && accepted.sha256 !== statement.sha256)
    lines.push(
      paint(
        'yellow',
        `  the Statement ${statement.version} is in force now, and ${accepted.version} was accepted: what is new stays withheld until 'tocsin-hub policy set' accepts it`,
      ),
    );
  if (stored === null || accepted === null)
    lines.push(`  the Statement that goes with it: version ${statement.version}, sha256 ${statement.sha256}`);
  return lines.join('\n');
}

export function historyLine(stored: StoredPolicy, content: PolicyContent): string {
  const what = contentLines(content).map((line) => line.trim());
  return `policy ${stored.sequence}  ${iso(stored.issued)} to ${iso(stored.expires)}  by ${stored.issuedBy}  ${what.join('; ')}`;
}

function contentLines(content: PolicyContent): readonly string[] {
  if (isEmpty(content)) return ['  it says nothing: people at the machines choose for themselves'];
  const { participation, maxLevel, personal, selfDefence } = content;
  const lines: string[] = [];
  if (participation === null) lines.push('  participation: left to the person at the machine');
  else {
    const { level, edition, jurisdiction, statement, sharing, commercial } = participation;
    const of = statement === null ? '' : `, Statement ${statement.version} (sha256 ${statement.sha256})`;
    const where = jurisdiction === null ? '' : `, in ${jurisdiction}`;
    lines.push(`  participation: ${level}, list of data ${edition}${where}${of}`);
    lines.push(
      `  sharing: ${sharing ?? 'as the rule says'}; commercial use: ${commercial ?? 'as the rule says'}`,
    );
  }
  if (maxLevel !== null)
    lines.push(`  no machine goes further than ${maxLevel}, also after the policy has ended`);
  if (personal)
    lines.push(
      "  the machines are one person's own each: where opt-in rules, that person's yes is needed as well",
    );
  if (selfDefence !== null)
    lines.push(
      selfDefence
        ? '  self-defence may not be switched off'
        : '  self-defence is off: files must be protected by other means',
    );
  return lines;
}

function iso(date: Date): string {
  return date.toISOString().slice(0, 16).replace('T', ' ');
}
