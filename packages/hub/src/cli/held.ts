// tocsin-hub held: what waits for a person, in groups, and the person's word about a whole group.
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { shown, TocsinError } from 'tocsin/protocol/errors.ts';
import type { KeyKind, ObjectKey } from 'tocsin/protocol/kinds.ts';
import { KEY_KIND_NAMES, keyKindOfCode } from 'tocsin/protocol/kinds.ts';
import { formatKey } from 'tocsin/protocol/objects.ts';
import { polarity } from 'tocsin/protocol/verdict.ts';
import type { Hub } from '../hub.ts';
import { claimsOn } from '../verdicts/explain.ts';
import { WAITING } from '../verdicts/held.ts';
import type { HeldChoice, HeldGroup, HeldVerdict } from '../verdicts/held-groups.ts';
import {
  choiceWords,
  decideHeld,
  decisions,
  HELD_VERDICTS,
  heldGroups,
  undoDecision,
} from '../verdicts/held-groups.ts';
import { confirmed } from './confirm.ts';
import { publicationText } from './import.ts';
import { withHub } from './open.ts';
import { oneOf } from './papers.ts';
import { count, note, print, printable } from './words.ts';

const SHOWN = 50;
const SHOWN_GROUPS = 20;
const SHOWN_ORIGINAL = 200;

const EXAMPLES = `
Examples:
  $ tocsin-hub verdict set OBJECT --level LEVEL --reason "why"             decides one
  $ tocsin-hub held --source feed --against vpn-ipv4                       shows those of a feed and a warning list
  $ tocsin-hub held --source feed --against vpn-ipv4 --decide unlisted     decides all of them
  $ tocsin-hub held --undo 3                                               takes that back
`;

interface HeldFlags {
  readonly source?: string;
  readonly against?: string;
  readonly kind?: string;
  readonly because?: string;
  readonly decide?: string;
  readonly reason?: string;
  readonly yes?: true;
  readonly undo?: string;
  readonly decisions?: true;
  readonly json?: true;
}

export function heldCommand(program: Command): Command {
  return program
    .command('held')
    .description(
      'objects about which sources contradict each other, or that a warning list names: published as neither good nor bad; and to decide whole groups of them',
    )
    .option('--source <name>', 'only those that this source accuses')
    .option('--against <name>', 'only those for which this source or warning list stands')
    .option('--kind <kind>', `only those of a kind: ${KEY_KIND_NAMES.join(', ')}`)
    .option('--because <text>', 'only those held for exactly this reason, as it is shown')
    .option(
      '--decide <verdict>',
      `decide all of them: ${HELD_VERDICTS.join(', ')} (as the source says, or neither good nor bad for good)`,
    )
    .option(
      '--reason <text>',
      'with --decide: why, for whoever reads it',
      'decided by an analyst, as one of a group',
    )
    .option('--yes', 'with --decide: do not ask')
    .option('--undo <number>', 'take a decision back: its objects are held again')
    .option('--decisions', 'show what was decided, the newest first')
    .option('--json', 'print all as JSON, one a line')
    .addHelpText('after', EXAMPLES)
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<HeldFlags & Record<string, unknown>>();
      const choice = choiceFrom(flags);
      const verdict = flags.decide === undefined ? null : oneOf('verdict', flags.decide, HELD_VERDICTS);
      const undo = flags.undo === undefined ? null : numberFrom(flags.undo);
      if ([undo !== null, verdict !== null, flags.decisions === true].filter(Boolean).length > 1)
        throw new TocsinError(
          'input',
          'Cannot do so much at once: --decide, --undo and --decisions exclude each other, want one of them',
        );
      await withHub(flags, async (hub) => {
        if (undo !== null) await undoIt(hub, undo);
        else if (flags.decisions === true) await showDecisions(hub, flags.json === true);
        else if (verdict !== null) await decide(hub, choice, verdict, flags);
        else await show(hub, choice, flags.json === true);
      });
    });
}

function choiceFrom({ source, against, kind, because }: HeldFlags): HeldChoice {
  return {
    ...(source === undefined ? {} : { accuser: source }),
    ...(against === undefined ? {} : { against }),
    ...(kind === undefined ? {} : { kind: oneOf('kind', kind, KEY_KIND_NAMES) satisfies KeyKind }),
    ...(because === undefined ? {} : { because }),
  };
}

function numberFrom(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new TocsinError(
    'input',
    `Cannot undo decision '${shown(text)}': it is no number, want one that --decisions shows`,
  );
}

async function decide(hub: Hub, choice: HeldChoice, verdict: HeldVerdict, flags: HeldFlags): Promise<void> {
  const groups = await heldGroups(hub.db, choice);
  const expected = groups.reduce((sum, { objects }) => sum + objects, 0);
  const what = `decide ${count(expected)} held objects (${printable(choiceWords(choice))}) as ${verdict}`;
  if (expected > 0 && flags.yes !== true)
    for (const group of groups.slice(0, SHOWN_GROUPS)) note(groupLine(group));
  if (expected > 0 && !(await confirmed(what, flags.yes === true))) {
    note('nothing was decided');
    return;
  }
  const by = userInfo().username;
  const reason = flags.reason ?? '';
  const { id, objects, publication } = await decideHeld(hub, choice, { verdict, reason, by, expected });
  print(`decision ${id}: ${count(objects)} objects are ${verdict} (undo: tocsin-hub held --undo ${id})`);
  print(publicationText(publication));
}

async function undoIt(hub: Hub, id: number): Promise<void> {
  const { objects, publication } = await undoDecision(hub, id, userInfo().username);
  print(`decision ${id} is undone: ${count(objects)} objects\n${publicationText(publication)}`);
}

async function showDecisions(hub: Hub, json: boolean): Promise<void> {
  const all = await decisions(hub.db);
  if (all.length === 0 && !json) print('nothing was decided in groups');
  for (const decision of all) {
    const { id, verdict, chosen, reason, objects, decided_at, decided_by, undone_at } = decision;
    if (json) print(JSON.stringify(decision));
    else
      print(
        printable(
          `${String(id).padStart(5)}  ${count(objects)} objects, ${chosen}: ${verdict} · ${reason} · ${decided_at.toISOString()} by ${decided_by}${undone_at === null ? '' : ` · undone ${undone_at.toISOString()}`}`,
        ),
      );
  }
}

interface HeldLine {
  readonly key: ObjectKey;
  readonly object: string;
  readonly reason: string;
  readonly source: string;
  readonly against: string;
  readonly since: Date;
}

async function heldLines(hub: Hub, choice: HeldChoice): Promise<readonly HeldLine[]> {
  const rows = await hub.db.query<{
    kind: number;
    key: Buffer;
    reason: string;
    accuser: string;
    against: string;
    held_at: Date;
  }>(
    `SELECT kind, key, reason, accuser, against, held_at FROM held h WHERE ${WAITING} ORDER BY held_at, kind, key`,
  );
  return rows.flatMap((row) => {
    const kind = keyKindOfCode(row.kind)!;
    const chosen =
      (choice.accuser ?? row.accuser) === row.accuser &&
      (choice.against ?? row.against) === row.against &&
      (choice.kind ?? kind) === kind &&
      (choice.because ?? row.reason) === row.reason;
    if (!chosen) return [];
    const { reason, accuser: source, against, held_at: since } = row;
    return [
      { key: { kind, bytes: row.key }, object: formatKey(kind, row.key), reason, source, against, since },
    ];
  });
}

async function show(hub: Hub, choice: HeldChoice, json: boolean): Promise<void> {
  const lines = await heldLines(hub, choice);
  if (json) for (const { key: _key, ...line } of lines) print(JSON.stringify(line));
  else if (lines.length === 0) print('nothing is held');
  else await showHeld(hub, choice, lines);
}

/** The groups; then the first ones with the line that accuses them, for a digest says nothing to a person. */
async function showHeld(hub: Hub, choice: HeldChoice, lines: readonly HeldLine[]): Promise<void> {
  const groups = await heldGroups(hub.db, choice);
  if (lines.length > 1) {
    for (const group of groups.slice(0, SHOWN_GROUPS)) print(groupLine(group));
    if (groups.length > SHOWN_GROUPS) print(`… and ${count(groups.length - SHOWN_GROUPS)} more groups`);
    print('');
  }
  for (const { key, object, reason } of lines.slice(0, SHOWN)) {
    print(`${object}\n  ${printable(reason)}`);
    const claims = await claimsOn(hub, key);
    const accused = claims.find(
      ({ record, original }) => polarity(record.level) === 'bad' && original !== null,
    );
    if (accused?.original) print(`  ${printable(accused.original.slice(0, SHOWN_ORIGINAL))}`);
  }
  if (lines.length > SHOWN) print(`… and ${count(lines.length - SHOWN)} more (--json shows all)`);
}

function groupLine({ kind, accuser, against, reason, objects }: HeldGroup): string {
  return printable(`${count(objects).padStart(9)}  ${kind}  ${accuser} against ${against}: ${reason}`);
}
