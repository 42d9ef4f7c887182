// tocsin-hub verdict set|unset|show: what a person says of one object, and everything that is said of it.
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { formatKey, formatObject, objectKey, parseObject, questionsOf } from 'tocsin/protocol/objects.ts';
import { CATEGORIES, isCategory, isLevel, LEVEL_NAMES } from 'tocsin/protocol/verdict.ts';
import type { RowUnit } from '../imports/formats/format.ts';
import { FORMATS } from '../imports/formats/index.ts';
import { refuseSuffix, setVerdict, unsetVerdict } from '../verdicts/analyst.ts';
import type { TracedClaim } from '../verdicts/claim-store.ts';
import type { Explanation } from '../verdicts/explain.ts';
import { explain, firstSeenOf } from '../verdicts/explain.ts';
import { heldReason } from '../verdicts/resolve.ts';
import { publicationText } from './import.ts';
import { withHub } from './open.ts';
import { count, paint, print, printable } from './words.ts';

/** Characters of an original line that are shown. */
const SHOWN_ORIGINAL = 300;

export function verdictCommand(program: Command): Command {
  const verdict = program
    .command('verdict')
    .description('say, take back or explain what is said of one object')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub verdict show phish.example\n');
  verdict
    .command('set')
    .description('an analyst decides: stands above all sources, and is on every machine within a second')
    .argument(
      '<object>',
      'a file digest (sha256, sha1, md5), URL, host, IP or range, certificate: or certificate-tbs: and its SHA-256',
    )
    .requiredOption('--level <level>', LEVEL_NAMES.join(', '))
    .option('--category <category>', CATEGORIES.join(', '))
    .option('--name <name>', 'threat name, as Trojan.Win32.Agent')
    .option('--reason <text>', 'why, for whoever reads it', 'decided by an analyst')
    .addHelpText(
      'after',
      '\nExample:\n  $ tocsin-hub verdict set phish.example --level malicious --category phishing --reason "copies our login page"\n',
    )
    .action(async (object: string, _flags, command: Command) => {
      const flags = command.optsWithGlobals<Record<string, string>>();
      const { level, category = null, name = null, reason = '' } = flags;
      if (!isLevel(level))
        throw new TocsinError(
          'input',
          `Cannot use level '${level}': it is unknown, want one of ${LEVEL_NAMES.join(', ')}`,
        );
      if (category !== null && !isCategory(category))
        throw new TocsinError(
          'input',
          `Cannot use category '${category}': it is unknown, want one of ${CATEGORIES.join(', ')}`,
        );
      const parsed = parseObject(object);
      refuseSuffix(parsed, level);
      const text = formatObject(parsed);
      await withHub(flags, async (hub) => {
        const by = userInfo().username;
        const publication = await setVerdict(hub, {
          key: objectKey(parsed),
          text,
          level,
          category,
          name,
          reason,
          by,
        });
        print(`${text} is ${level}\n${publicationText(publication)}`);
      });
    });
  verdict
    .command('unset')
    .description("take the analyst's word back: the sources decide again")
    .argument('<object>')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub verdict unset phish.example\n')
    .action(async (object: string, _flags, command: Command) => {
      const key = objectKey(parseObject(object));
      await withHub(command.optsWithGlobals(), async (hub) => {
        const publication = await unsetVerdict(hub, key);
        print(
          publication === null
            ? 'no analyst had said anything about it'
            : `taken back\n${publicationText(publication)}`,
        );
      });
    });
  verdict
    .command('show')
    .description('everything that is said of an object, by whom, since when, and what it amounts to')
    .argument('<object>')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ tocsin-hub verdict show 275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f\n',
    )
    .action(async (object: string, _flags, command: Command) => {
      const flags = command.optsWithGlobals<{ json?: boolean }>();
      await withHub(flags, async (hub) => {
        const told: Told[] = [];
        for (const { key, expression } of questionsOf(parseObject(object))) {
          const explained = await explain(hub, key);
          if (isKnown(explained)) told.push({ ...explained, expression });
        }
        if (flags.json === true) print(JSON.stringify(told.map(explanationJson)));
        else print(told.length === 0 ? 'nothing is known of it' : told.map(explanationText).join('\n\n'));
      });
    });
  return verdict;
}

interface Told extends Explanation {
  readonly expression: string;
}

function isKnown({ claims, unread, machines }: Explanation): boolean {
  return claims.length + unread.length > 0 || (machines ?? 0) > 0;
}

function explanationText({ key, claims, resolution, machines, expression, unread }: Told): string {
  const digest = formatKey(key.kind, key.bytes);
  const what = digest === expression ? '' : `  ${printable(expression)}`;
  const lines = [`${paint('bold', digest)}${what}`];
  if (resolution.kind === 'held')
    lines.push(`  ${paint('yellow', 'held')}: ${printable(heldReason(resolution.good, resolution.bad))}`);
  if (resolution.kind === 'decided') {
    const { level, source } = resolution.claim.record;
    lines.push(`  verdict: ${paint('bold', level)}, decided by ${printable(source)}`);
  }
  const first = firstSeenOf(claims);
  if (first !== null) lines.push(`  first seen: ${first.toISOString()}`);
  if (machines !== null)
    lines.push(`  met on: ${count(machines)} ${machines === 1 ? 'machine' : 'machines'} that told so`);
  for (const claim of claims) lines.push(...claimLines(claim));
  for (const source of unread)
    lines.push(
      `  ${paint('yellow', 'damaged')}: what ${printable(source)} says cannot be read, import it again`,
    );
  return lines.join('\n');
}

function claimLines(claim: TracedClaim): string[] {
  const { level, category, name, source, reason } = claim.record;
  const what = [level, category, name].filter((part) => part !== null).join(', ');
  const from =
    claim.file === null
      ? `by ${claim.claimedBy ?? 'unknown'}`
      : `${claim.file}${claim.line ? ` ${unitOf(claim.format)} ${claim.line}` : ''}`;
  const lines = [
    printable(
      `  ${source} (${claim.sourceKind}, rank ${claim.rank}): ${what}${claim.ended ? ', ended by its age' : ''}`,
    ),
    printable(`    ${reason} · ${claim.claimedAt.toISOString()} · ${from}`),
  ];
  if (claim.original !== null) lines.push(`    ${paint('dim', cut(printable(claim.original)))}`);
  return lines;
}

function unitOf(format: string | null): RowUnit {
  return FORMATS[format ?? '']?.unit ?? 'line';
}

function cut(text: string): string {
  return text.length > SHOWN_ORIGINAL ? `${text.slice(0, SHOWN_ORIGINAL)}…` : text;
}

function explanationJson({ key, claims, resolution, machines, expression, unread }: Told): object {
  return {
    object: formatKey(key.kind, key.bytes),
    expression,
    resolution: resolution.kind,
    verdict: resolution.kind === 'decided' ? resolution.claim.record : null,
    firstSeen: firstSeenOf(claims),
    machines,
    claims,
    unread,
  };
}
