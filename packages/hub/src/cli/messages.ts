// tocsin-hub messages list|export|stats: what machines sent. Export is for partners that the terms name, and holds no
// machine; list is for whoever the data is about.
import { once } from 'node:events';
import type { Command } from 'commander';
import { PARTNER_USES } from 'tocsin/catalog/terms.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { utcSecond } from 'tocsin/protocol/world.ts';
import { countsSince } from '../intake/counts.ts';
import { exportLines } from '../intake/export.ts';
import type { MessageRow } from '../intake/message-store.ts';
import { BEFORE_ALL, countMessages, messagesOf } from '../intake/message-store.ts';
import { allRecords } from '../privacy/consent-store.ts';
import { parseMachineId } from './machines.ts';
import { withHub } from './open.ts';
import { oneOf, withPapers } from './papers.ts';
import { count, note, print } from './words.ts';

const PAGE = 500;
const STATS_DAYS = 30;

export function messagesCommand(program: Command): Command {
  const messages = program
    .command('messages')
    .description('what machines sent under the consent of their owners')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub messages stats\n');
  addList(messages);
  addExport(messages);
  addStats(messages);
  return messages;
}

function addList(messages: Command): void {
  messages
    .command('list')
    .description(
      'everything that is kept of one machine, with the choices of its owner: for whom it is about',
    )
    .requiredOption('--machine <id>', 'as machines list shows it')
    .option('--json', 'print JSON, one message or choice a line')
    .addHelpText(
      'after',
      '\nExample:\n  $ tocsin-hub messages list --machine 0c4e3a0e-5f0a-4a5e-9c0e-2b7f7d0a1c11\n',
    )
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<{ machine: string; json?: boolean }>();
      const machine = parseMachineId(flags.machine, 'list the messages of');
      await withHub({ ...flags }, async ({ db }) => {
        for (const { choice, sequence, receivedAt, text } of await allRecords(db, machine))
          print(
            flags.json === true
              ? JSON.stringify({ kind: 'choice', sequence, choice, receivedAt, record: text })
              : `choice ${sequence} about ${choice}, received ${receivedAt.toISOString()}`,
          );
        for (let after = BEFORE_ALL; ; ) {
          const page: readonly MessageRow[] = await messagesOf(db, machine, after, PAGE);
          for (const row of page) print(flags.json === true ? messageJson(row) : messageText(row));
          const last = page.at(-1);
          if (last === undefined || page.length < PAGE) break;
          after = last;
        }
      });
    });
}

function messageJson(row: MessageRow): string {
  const { epoch, sequence, message, reason, edition, consent, items } = row;
  const [madeAt, receivedAt] = [utcSecond(row.madeAt), utcSecond(row.receivedAt)];
  return JSON.stringify({
    kind: 'message',
    epoch,
    sequence,
    message,
    reason,
    edition,
    consent,
    madeAt,
    receivedAt,
    items,
  });
}

function messageText(row: MessageRow): string {
  const items = Object.entries(row.items).map(
    ([id, value]) => `\n    ${id}: ${printable(JSON.stringify(value))}`,
  );
  return `${row.message} (${row.reason}), made ${utcSecond(row.madeAt)}, number ${row.epoch}/${row.sequence}, under choice ${row.consent}${items.join('')}`;
}

/** Foreign text on a terminal. */
function printable(text: string): string {
  const max = 300;
  const safe = text.replace(/\p{C}/gu, '·');
  return safe.length > max ? `${safe.slice(0, max)}…` : safe;
}

function addExport(messages: Command): void {
  messages
    .command('export')
    .description(
      'print what owners agreed to share, as lines of JSON without machine ids, for the partners of the terms',
    )
    .requiredOption('--for <use>', PARTNER_USES.join(' or '))
    .option('--since <day>', 'only what came since then, as 2026-11-01')
    .addHelpText(
      'after',
      '\nExample:\n  $ tocsin-hub messages export --for sharing --since 2026-11-01 > export.jsonl\n',
    )
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<{ for: string; since?: string }>();
      const use = oneOf('use', flags.for, PARTNER_USES);
      const since = flags.since === undefined ? new Date(0) : parseDay(flags.since);
      await withPapers({ ...flags }, async (hub, { terms }) => {
        let lines = 0;
        for await (const line of exportLines({ db: hub.db, use, terms, since, world: hub.world })) {
          lines++;
          if (!process.stdout.write(line)) await once(process.stdout, 'drain');
        }
        const partners = terms.terms.partners.filter((partner) => partner.use === use);
        note(
          `${count(lines)} messages, for ${partners.map(({ name, country, purpose }) => `${name} (${country}) for ${purpose}`).join('; ')}`,
        );
      });
    });
}

function parseDay(text: string): Date {
  const day = new Date(`${text}T00:00:00Z`);
  if (/^\d{4}-\d\d-\d\d$/.test(text) && day.toISOString().startsWith(text)) return day;
  throw new TocsinError(
    'input',
    `Cannot use --since '${text.slice(0, 40)}': it is no day, want one as 2026-11-01`,
  );
}

function addStats(messages: Command): void {
  messages
    .command('stats')
    .description('how much is stored, refused and dropped, and why')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ tocsin-hub messages stats\n')
    .action(async (_flags, command: Command) => {
      const flags = command.optsWithGlobals<{ json?: boolean }>();
      await withHub(flags, async ({ db, world }) => {
        const day = new Date(world.clock.now() - STATS_DAYS * 86_400_000).toISOString().slice(0, 10);
        const [stored, counts] = [await countMessages(db), await countsSince(db, day)];
        if (flags.json === true) {
          print(JSON.stringify({ stored, since: day, counts }));
          return;
        }
        if (stored.length === 0) print('no message is stored');
        for (const { message, count: messages, machines } of stored)
          print(
            `${message.padEnd(28)} ${count(messages).padStart(12)} stored, of ${count(machines)} machines`,
          );
        for (const { message, outcome, reason, count: messages } of counts)
          print(`${message.padEnd(28)} ${count(messages).padStart(12)} ${outcome} since ${day}: ${reason}`);
      });
    });
}
