// `tocsin preview`: what would leave now and what would stay, and why: the messages that wait in the outbox, and each
// message of the catalog under the choice in force. Asks nobody, sends nothing.
import { messageOf } from '../catalog/catalog.ts';
import type { Consent } from '../catalog/consent.ts';
import { gateMessage, REASON_WORDS } from '../catalog/gate.ts';
import type { WithheldReason } from '../catalog/gate-plan.ts';
import { allPlans } from '../catalog/gate-plan.ts';
import { openConsents } from '../client/consent/home.ts';
import type { Spool } from '../client/outbox/spool.ts';
import type { SpooledMessage } from '../client/outbox/spooled-message.ts';
import { candidateOf } from '../client/outbox/spooled-message.ts';
import { TocsinError } from '../protocol/errors.ts';
import { dayOf } from '../protocol/world.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { EXIT } from './failure.ts';
import { count, counted, printable, size } from './words.ts';

export const PREVIEW_LIMITS = { shown: 20 } as const;

export const define: Define = (cli) =>
  subcommand(
    'preview',
    'Shows what would leave this machine now, and what would stay and why. Sends nothing.',
    [
      { command: 'tocsin preview', does: 'what waits, and what each message may carry' },
      { command: 'tocsin preview detection', does: 'item by item, for one message' },
      { command: 'tocsin preview --json', does: 'all of it, for programs' },
    ],
  )
    .argument('[message]', 'only this message (tocsin catalog names them)')
    .option('--json', 'print one JSON object')
    .action((message: string | undefined, options: { json?: true }) =>
      cli.run(() => {
        const preview = previewOf(cli, message ?? null);
        if (options.json === true) cli.terminal.out(`${JSON.stringify(preview)}\n`);
        else show(cli, preview, message !== undefined);
        return EXIT.ok;
      }),
    );

interface WaitingPreview {
  readonly epoch: number;
  readonly sequence: number;
  readonly madeAt: string;
  readonly bytes: number;
  readonly message: string;
  readonly reason: string;
  /** What would leave now, as it would be sealed; null where nothing of it would. */
  readonly leaves: unknown;
  readonly withheld: readonly { readonly item: string; readonly reason: WithheldReason }[];
}

interface MessagePreview {
  readonly message: string;
  /** Null where it may leave now. */
  readonly stays: WithheldReason | null;
  readonly leaves: readonly string[];
  readonly withheld: readonly { readonly item: string; readonly reason: WithheldReason }[];
}

interface Preview {
  readonly v: 1;
  readonly level: Consent['level'];
  readonly edition: Consent['edition'];
  readonly waiting: readonly WaitingPreview[];
  readonly erasurePending: boolean;
  readonly messages: readonly MessagePreview[];
  readonly counts: readonly {
    readonly what: string;
    readonly reason: string;
    readonly message: string;
    readonly item: string;
    readonly n: number;
  }[];
}

function previewOf(cli: Cli, only: string | null): Preview {
  if (only !== null && messageOf(only) === undefined)
    throw new TocsinError(
      'not-found',
      `Cannot preview '${printable(only)}': no message has that name, want one of 'tocsin catalog'`,
    );
  const { home, world } = cli;
  const consents = openConsents({ home, world });
  try {
    const spool = consents.spoolIfThere();
    const consent = consents.source.consent();
    const today = dayOf(world.clock);
    const waiting = spool === null ? [] : [...waitingIn(spool, consent, today)];
    return {
      v: 1,
      level: consent.level,
      edition: consent.edition,
      waiting: waiting.filter(({ message }) => only === null || message === only),
      erasurePending: spool?.erasure != null,
      messages: messagesUnder(consent, today).filter(({ message }) => only === null || message === only),
      counts: (spool?.counts.all() ?? []).filter(({ message }) => only === null || message === only),
    };
  } finally {
    consents.close();
  }
}

function* waitingIn(spool: Spool, consent: Consent, today: string): Generator<WaitingPreview> {
  for (let at: SpooledMessage | null = spool.next(); at !== null; at = spool.next(at)) {
    const candidate = candidateOf(at);
    const decision = gateMessage(candidate, consent, today);
    const { epoch, sequence, madeAt, json } = at;
    const { message, reason } = candidate;
    const leaves = decision.kind === 'released' ? (JSON.parse(decision.message.json) as unknown) : null;
    const withheld = [
      ...decision.withheld.map((each) => ({ item: each.item, reason: each.reason })),
      ...(decision.kind === 'withheld' ? [{ item: decision.item ?? '', reason: decision.reason }] : []),
    ];
    yield { epoch, sequence, madeAt, bytes: Buffer.byteLength(json), message, reason, leaves, withheld };
  }
}

function messagesUnder(consent: Consent, today: string): readonly MessagePreview[] {
  return allPlans(consent, today).map(({ message, barrier, slots }) => {
    const required = slots.find((slot) => slot.required && slot.barrier !== null)?.barrier ?? null;
    const stays = barrier ?? required;
    return {
      message: message.id,
      stays,
      leaves: stays === null ? slots.filter((slot) => slot.barrier === null).map(({ id }) => id) : [],
      withheld: slots.flatMap(({ id, barrier: why }) => (why === null ? [] : [{ item: id, reason: why }])),
    };
  });
}

function show(cli: Cli, preview: Preview, detailed: boolean): void {
  const { terminal } = cli;
  terminal.out(`Participation is ${terminal.style('bold', preview.level)}, edition ${preview.edition}.\n\n`);
  showWaiting(cli, preview);
  terminal.out(`${terminal.style('bold', 'What each message may carry now')}\n`);
  for (const message of preview.messages) showMessage(cli, message, detailed);
  if (preview.counts.length > 0) {
    terminal.out(`\n${terminal.style('bold', 'Kept here so far')}\n`);
    for (const { what, reason, message, item, n } of preview.counts)
      terminal.out(
        `  ${count(n).padStart(8)}  ${[message, item].filter(Boolean).join(' ')}  ${what}: ${wordsOf(reason)}\n`,
      );
  }
}

function showWaiting({ terminal }: Cli, { waiting, erasurePending }: Preview): void {
  terminal.out(`${terminal.style('bold', 'In the outbox')}\n`);
  if (erasurePending) terminal.out('  the request to erase what came from this machine, and nothing else\n');
  else if (waiting.length === 0) terminal.out('  nothing waits\n');
  for (const { sequence, madeAt, bytes, message, reason, leaves, withheld } of waiting.slice(
    0,
    PREVIEW_LIMITS.shown,
  )) {
    const kept = withheld.length === 0 ? '' : `, ${counted(withheld.length, 'item')} would stay`;
    const fate = leaves === null ? 'would stay' : `would leave${kept}`;
    terminal.out(`  ${sequence}  ${madeAt}  ${message} (${reason}), ${size(bytes)}: ${fate}\n`);
    if (leaves !== null)
      terminal.out(`${indent(JSON.stringify((leaves as { items: unknown }).items, null, 2))}\n`);
  }
  if (waiting.length > PREVIEW_LIMITS.shown)
    terminal.out(`  and ${count(waiting.length - PREVIEW_LIMITS.shown)} more: --json shows all\n`);
  terminal.out('\n');
}

function showMessage(
  { terminal }: Cli,
  { message, stays, leaves, withheld }: MessagePreview,
  detailed: boolean,
): void {
  const state =
    stays === null
      ? terminal.style('green', `${counted(leaves.length, 'item')} may leave`)
      : terminal.style('gray', `stays: ${REASON_WORDS[stays]}`);
  const kept = stays === null && withheld.length > 0 ? `, ${withheld.length} stay` : '';
  terminal.out(`  ${message.padEnd(26)}${state}${kept}\n`);
  if (!detailed) return;
  for (const id of leaves) terminal.out(`      ${terminal.style('green', 'leaves')}  ${id}\n`);
  for (const { item, reason } of withheld)
    terminal.out(`      ${terminal.style('gray', 'stays')}   ${item}: ${REASON_WORDS[reason]}\n`);
}

function wordsOf(reason: string): string {
  return Object.hasOwn(REASON_WORDS, reason) ? REASON_WORDS[reason as WithheldReason] : reason;
}

/** JSON of ours: its strings are escaped, its lines are its own. */
function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `      ${printable(line)}`)
    .join('\n');
}
