// tocsin-hub policy show|set|clear|history: what managed machines are told. An administrator accepts exactly the
// Statement that is shown, by its SHA-256; that acceptance is the record for the machines of the group.
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { PARTICIPATION_LEVELS } from 'tocsin/catalog/consent.ts';
import type { PolicyParticipation } from 'tocsin/catalog/policy.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { DEFAULT_GROUP, parseGroup } from '../access/marks.ts';
import type { Hub } from '../hub.ts';
import { HUB_POLICY_LIMITS } from '../policy/config.ts';
import type { PolicyContent } from '../policy/policies.ts';
import { emptyPolicy, isEmpty, issueOf, issuePolicy } from '../policy/policies.ts';
import { newestPolicy, policyHistory } from '../policy/store.ts';
import type { HubDocument } from '../privacy/documents.ts';
import { formatDocument, LANGUAGES, renderDocument } from '../privacy/documents.ts';
import { keepDocument } from '../privacy/versions.ts';
import type { Papers, PlaceFlags } from './papers.ts';
import { oneOf, placeFrom, withPapers } from './papers.ts';
import { historyLine, policyText } from './policy-words.ts';
import { note, print, write } from './words.ts';

interface PolicyFlags extends PlaceFlags {
  readonly group?: string;
  readonly level?: string;
  readonly accept?: string;
  readonly sharing?: boolean;
  readonly commercial?: boolean;
  readonly maxLevel?: string;
  readonly personal?: boolean;
  readonly selfDefence?: string;
  readonly days?: string;
  readonly json?: boolean;
  readonly statement?: boolean;
}

/** Left to the person at the machine. */
const PERSON = 'person';

export function policyCommand(program: Command): Command {
  const policy = program
    .command('policy')
    .description('what managed machines are told: participation, limits, self-defence')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub policy show --group lab\n');
  addShow(policy);
  addSet(policy);
  addClear(policy);
  addHistory(policy);
  return policy;
}

function groupOption(command: Command): Command {
  return command.option('--group <name>', `the group of machines (default: ${DEFAULT_GROUP})`);
}

function addShow(policy: Command): void {
  groupOption(policy.command('show'))
    .description(
      'the policy of a group, and the Statement that goes with it; without a policy, what is proposed',
    )
    .option('--lang <language>', `${LANGUAGES.join(' or ')} (default: en)`)
    .option('--no-statement', 'leave the text of the Statement out')
    .option('--json', 'print the signed text only')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub policy show --group lab\n')
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<PolicyFlags & Record<string, unknown>>();
      const group = groupFrom(flags);
      await withPapers(flags, async (hub, papers) => {
        const stored = await newestPolicy(hub.db, group, false);
        if (flags.json === true) {
          print(stored?.text ?? 'null');
          return;
        }
        const held = stored === null ? null : issueOf(stored, papers.keys).content;
        const statement = statementOf(papers, flags, held?.participation ?? null);
        const content = held ?? proposal(group, statement);
        print(policyText(group, stored, content, statement));
        if (flags.statement !== false) write(`\n${formatDocument(statement, 'text')}`);
      });
    });
}

function addSet(policy: Command): void {
  groupOption(policy.command('set'))
    .description('set the policy of a group: shows the Statement, and takes its acceptance by its SHA-256')
    .option(
      '--level <level>',
      `${PARTICIPATION_LEVELS.join(', ')}, or ${PERSON}: left to the person at the machine (default: extended for the edition virtual, else ${PERSON})`,
    )
    .option('--accept <sha256>', 'of the Statement that was shown: accepts exactly that version')
    .option('--sharing', 'data may be shared with the partners of the terms')
    .option('--no-sharing', 'it may not')
    .option('--commercial', 'data may be used commercially by the partners of the terms')
    .option('--no-commercial', 'it may not')
    .option(
      '--max-level <level>',
      `no machine goes further, also after the policy has ended: ${PARTICIPATION_LEVELS.join(', ')}`,
    )
    .option(
      '--personal',
      "the machines are one person's own each: where opt-in rules, that person's yes is needed as well",
    )
    .option(
      '--self-defence <on|off>',
      'self-defence may not be switched off, or is off (default: left to the person)',
    )
    .option(
      '--days <number>',
      `how long it counts; it is signed anew before its end (default: ${HUB_POLICY_LIMITS.days})`,
    )
    .option('--lang <language>', `of the Statement: ${LANGUAGES.join(' or ')} (default: en)`)
    .addHelpText(
      'after',
      '\n--edition and --jurisdiction, of the settings, say for which machines. The policy replaces the earlier one as a whole.\n\nExample:\n  $ tocsin-hub policy set --group lab --edition virtual --level extended             (shows the Statement)\n  $ tocsin-hub policy set --group lab --edition virtual --level extended --accept SHA256\n',
    )
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<PolicyFlags & Record<string, unknown>>();
      const group = groupFrom(flags);
      await withPapers(flags, async (hub, papers) => {
        const content = await contentFrom(hub, papers, group, flags);
        if (isEmpty(content))
          throw new TocsinError(
            'input',
            "Cannot set the policy: it would say nothing, want --level, --max-level, --personal or --self-defence, or 'policy clear'",
          );
        const issued = await issue(hub, papers, content, daysFrom(flags.days));
        print(
          `policy ${issued.sequence} of group ${group} is in force until ${new Date(issued.expires * 1000).toISOString()}`,
        );
      });
    });
}

function addClear(policy: Command): void {
  groupOption(policy.command('clear'))
    .description('take the policy of a group back: its machines get a signed policy that says nothing')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub policy clear --group lab\n')
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<PolicyFlags & Record<string, unknown>>();
      const group = groupFrom(flags);
      await withPapers(flags, async (hub, papers) => {
        if ((await newestPolicy(hub.db, group, false)) === null)
          throw new TocsinError(
            'not-found',
            `Cannot clear the policy of '${group}': it has none, want a group with one`,
          );
        const { sequence } = await issue(hub, papers, emptyPolicy(group), HUB_POLICY_LIMITS.days);
        print(`policy ${sequence} of group ${group} says nothing: what the earlier one granted ends`);
      });
    });
}

function addHistory(policy: Command): void {
  groupOption(policy.command('history'))
    .description('all policies of a group, newest first')
    .option('--json', 'print the signed texts, one a line')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub policy history --group lab\n')
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<PolicyFlags & Record<string, unknown>>();
      const group = groupFrom(flags);
      await withPapers(flags, async (hub, { keys }) => {
        const all = await policyHistory(hub.db, group, HUB_POLICY_LIMITS.maxHistory);
        if (all.length === 0 && flags.json !== true) print(`group ${group} has no policy`);
        for (const stored of all)
          print(flags.json === true ? stored.text : historyLine(stored, issueOf(stored, keys).content));
      });
    });
}

function issue(
  hub: Hub,
  { keys }: Papers,
  content: PolicyContent,
  days: number,
): ReturnType<typeof issuePolicy> {
  return issuePolicy({ ...hub, keys }, { content, days, issuedBy: userInfo().username });
}

/** The Statement in force for the machines of the flags, else for those that a policy names. */
function statementOf(
  { terms }: Papers,
  flags: PlaceFlags,
  held: PolicyParticipation | null = null,
): HubDocument {
  const { edition, jurisdiction, language } = placeFrom(
    {
      edition: flags.edition ?? held?.edition,
      jurisdiction: flags.jurisdiction ?? held?.jurisdiction ?? undefined,
      lang: flags.lang ?? held?.statement?.language,
    },
    terms,
  );
  return renderDocument('statement', { terms: terms.terms, edition, jurisdiction, language });
}

/** What is proposed where nobody chose: for virtual machines all that the Statement lists. */
function proposal(group: string, { edition }: HubDocument): PolicyContent {
  const level = edition === 'virtual' ? 'extended' : null;
  const participation =
    level === null
      ? null
      : ({ level, edition, jurisdiction: null, statement: null, sharing: null, commercial: null } as const);
  return { ...emptyPolicy(group), participation };
}

async function contentFrom(
  hub: Hub,
  papers: Papers,
  group: string,
  flags: PolicyFlags,
): Promise<PolicyContent> {
  const { maxLevel, selfDefence, personal = false } = flags;
  return {
    group,
    participation: await participationFrom(hub, papers, group, flags),
    maxLevel: maxLevel === undefined ? null : oneOf('level', maxLevel, PARTICIPATION_LEVELS),
    personal,
    selfDefence:
      selfDefence === undefined ? null : oneOf('self-defence', selfDefence, ['on', 'off'] as const) === 'on',
  };
}

async function participationFrom(
  hub: Hub,
  papers: Papers,
  group: string,
  flags: PolicyFlags,
): Promise<PolicyParticipation | null> {
  const statement = statementOf(papers, flags);
  const proposed = proposal(group, statement).participation?.level ?? PERSON;
  const level = oneOf('level', flags.level ?? proposed, [...PARTICIPATION_LEVELS, PERSON] as const);
  if (level === PERSON) return null;
  const yesNo = (flag: boolean | undefined): 'yes' | 'no' | null =>
    flag === undefined ? null : flag ? 'yes' : 'no';
  const { edition } = statement;
  const jurisdiction = flags.jurisdiction === undefined ? null : statement.jurisdiction;
  const named = papers.terms.terms.jurisdiction;
  if (flags.jurisdiction !== undefined && jurisdiction === null && named !== null)
    throw new TocsinError(
      'input',
      `Cannot set the policy for an unknown jurisdiction: the terms say '${named}', which would count; want a country`,
    );
  const uses = { sharing: yesNo(flags.sharing), commercial: yesNo(flags.commercial) };
  if (level === 'off') return { level, edition, jurisdiction, statement: null, ...uses };
  const accepted = acceptedOf(papers, flags, statement);
  await keepDocument(hub.db, accepted, hub.world.clock.now());
  const { version, sha256, language } = accepted;
  return { level, edition, jurisdiction, statement: { version, sha256, language }, ...uses };
}

/** Throws `input` where the text that is in force was not accepted; shows it first. */
function acceptedOf(papers: Papers, flags: PolicyFlags, statement: HubDocument): HubDocument {
  const given = flags.accept?.toLowerCase();
  const { edition, jurisdiction } = statement;
  const terms = papers.terms.terms;
  const all = LANGUAGES.map((language) =>
    renderDocument('statement', { terms, edition, jurisdiction, language }),
  );
  const accepted = all.find(({ sha256 }) => sha256 === given);
  if (accepted !== undefined) return accepted;
  write(formatDocument(statement, 'text'));
  note('');
  throw new TocsinError(
    'input',
    given === undefined
      ? `Cannot set the policy: the Statement above was not accepted, want --accept ${statement.sha256}`
      : `Cannot set the policy: '${given.slice(0, 64)}' is not the SHA-256 of the Statement that is in force, want --accept ${statement.sha256} after reading it`,
  );
}

function daysFrom(text: string | undefined): number {
  const days = text === undefined ? HUB_POLICY_LIMITS.days : Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= HUB_POLICY_LIMITS.maxDays) return days;
  throw new TocsinError(
    'input',
    `Cannot use --days '${text?.slice(0, 40)}': it is no number in range, want 1 to ${HUB_POLICY_LIMITS.maxDays}`,
  );
}

function groupFrom({ group }: PolicyFlags): string {
  return (group === undefined ? null : parseGroup(group)) ?? DEFAULT_GROUP;
}
