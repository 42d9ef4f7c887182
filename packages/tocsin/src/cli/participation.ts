// `tocsin participation`: shows or sets what may leave, and what may be done with it. Anything but no needs the
// Statement to be accepted: by its hash, or by a person who has it before their eyes. Receipts: participation-log.ts.
import type { Command } from 'commander';
import { Argument, Option } from 'commander';
import type { ParticipationLevel } from '../catalog/consent.ts';
import { PARTICIPATION_LEVELS } from '../catalog/consent.ts';
import type { YesNo } from '../catalog/fields.ts';
import { YES_NO } from '../catalog/fields.ts';
import { parseJurisdiction, regimeOf } from '../catalog/jurisdictions.ts';
import type { Language, Statement } from '../catalog/statement/statement.ts';
import { LANGUAGES, statementVersion } from '../catalog/statement/statement.ts';
import type { HubChannel } from '../client/channel/channel.ts';
import { hubCallOver } from '../client/channel/hub-call.ts';
import { loadJoined } from '../client/channel/identity.ts';
import type { Choosing } from '../client/consent/set-participation.ts';
import { placeFor, setParticipation, statementFor } from '../client/consent/set-participation.ts';
import type { ConsentSource } from '../client/consent/source.ts';
import type { ConsentState } from '../client/consent/state.ts';
import { useByRule } from '../client/consent/use.ts';
import { mendWords } from '../client/self-defence/alarm-words.ts';
import { errorWords, TocsinError } from '../protocol/errors.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { withConsents } from './consents.ts';
import { EXIT, HintedError } from './failure.ts';
import { chosenAsJson } from './participation-json.ts';
import { historyCommand, receiptCommand } from './participation-log.ts';
import {
  acceptCommand,
  levelWords,
  participationWords,
  partnerLines,
  serviceLines,
  summaryText,
} from './participation-words.ts';

interface Options {
  readonly accept?: string;
  readonly lang?: Language;
  readonly sharing?: YesNo;
  readonly commercial?: YesNo;
  readonly jurisdiction?: string;
  readonly json?: true;
}

/** Takes what has to be told to the hub there, after a change; what it says is a sentence for the person. */
export type AfterChange = (cli: Cli) => Promise<string | null>;

export const define: Define = defineParticipation(async (cli) => {
  const { tellHub } = await import('./delivery.ts');
  return await tellHub(cli);
});

export function defineParticipation(afterChange: AfterChange): Define {
  return (cli) => {
    const command = subcommand(
      'participation',
      'Shows what may leave this machine, or sets it. Lists are received at every level.',
      [
        { command: 'tocsin participation', does: 'show what is in force' },
        { command: 'tocsin participation standard', does: 'read the Statement in short, and decide' },
        {
          command: 'tocsin participation standard --accept SHA256',
          does: 'in a script: accept the Statement of this hash',
        },
        { command: 'tocsin participation off', does: 'nothing leaves any more, at once' },
        { command: 'tocsin participation --sharing no', does: 'keep what was sent from third parties' },
        { command: 'tocsin participation receipt', does: 'the countersigned record of the newest choice' },
        { command: 'tocsin participation history', does: 'every choice that was made' },
      ],
    );
    return withOptions(command)
      .addCommand(receiptCommand(cli))
      .addCommand(historyCommand(cli))
      .action((level: ParticipationLevel | undefined, options: Options) =>
        cli.run(() => run(cli, afterChange, level, options)),
      );
  };
}

function withOptions(command: Command): Command {
  return command
    .addArgument(new Argument('[level]', 'what may leave').choices(PARTICIPATION_LEVELS))
    .option('--accept <sha256>', "the hash that 'tocsin statement' prints, as a sign that you read it")
    .addOption(new Option('--lang <language>', 'language of the Statement that is shown').choices(LANGUAGES))
    .addOption(new Option('--sharing <choice>', 'whether third parties may receive it').choices(YES_NO))
    .addOption(new Option('--commercial <choice>', 'whether it may be used commercially').choices(YES_NO))
    .option('--jurisdiction <code>', 'where this machine is: country of ISO 3166-1, such as DE')
    .option('--json', 'print one JSON object');
}

async function run(
  cli: Cli,
  afterChange: AfterChange,
  level: ParticipationLevel | undefined,
  options: Options,
): Promise<number> {
  const { sharing, commercial, jurisdiction } = options;
  const wanted = {
    ...(level === undefined ? {} : { level }),
    ...(sharing === undefined ? {} : { sharing }),
    ...(commercial === undefined ? {} : { commercial }),
    ...(jurisdiction === undefined ? {} : { jurisdiction: parseJurisdiction(jurisdiction) }),
  };
  const changes = Object.keys(wanted).length > 0;
  await withConsents(cli, async (source) => {
    if (changes) await change(cli, source, wanted, options);
    if (!changes) show(cli, source, options);
  });
  if (!changes) return EXIT.ok;
  const said = await afterChange(cli);
  if (said !== null) cli.terminal.note(said);
  await withConsents(cli, (source) => show(cli, source, options));
  return EXIT.ok;
}

async function change(
  cli: Cli,
  source: ConsentSource,
  wanted: Omit<Choosing, 'accept'>,
  options: Options,
): Promise<void> {
  const needsYes = isYes(wanted, source.current());
  const accept = options.accept?.toLowerCase() ?? null;
  if (needsYes && loadJoined(cli.home) === null) throw noHub(wanted);
  if (needsYes && accept === null && !cli.terminal.canAsk) throw nobodyHere(wanted);
  if (needsYes) await askHubFirst(cli, source);
  const before = source.current();
  if (wanted.level !== undefined && before.consent.level !== 'off')
    for (const line of serviceLines(before, wanted.level)) cli.terminal.note(line);
  tellPartners(cli, before, wanted);
  const read =
    needsYes && accept === null ? await acceptByHand(cli, before, wanted, options.lang ?? 'en') : accept;
  source.change((parts) => setParticipation(parts, { ...wanted, accept: read }));
}

/** Whether the Statement has to be accepted for it. Another place is another Statement for who takes part. */
function isYes(
  { level, sharing, commercial, jurisdiction }: Omit<Choosing, 'accept'>,
  state: ConsentState,
): boolean {
  const kept = jurisdiction === undefined ? 'off' : (state.chosen?.record.value ?? 'off');
  return (level ?? kept) !== 'off' || sharing === 'yes' || commercial === 'yes';
}

/** The newest terms belong into the Statement, and the newest choice comes before this one. */
async function askHubFirst({ home, world, terminal }: Cli, source: ConsentSource): Promise<void> {
  const [{ openHub }, { PATIENCE }] = await Promise.all([
    import('../client/channel/open-hub.ts'),
    import('../client/machine.ts'),
  ]);
  let channel: HubChannel | null = null;
  try {
    channel = await openHub({ home, world, limits: PATIENCE });
    const open = channel;
    await source.refresh(hubCallOver(async () => open));
  } catch (error) {
    if (!(error instanceof TocsinError)) throw error;
    if (error.code !== 'not-joined')
      // that is told by the choice itself
      terminal.warn(`the hub could not be asked for its newest terms. ${errorWords(error)}`);
  } finally {
    channel?.close();
  }
}

/** Who receives what, before it is used for the first time: also where a yes is the rule and nobody chose it. */
function tellPartners(cli: Cli, state: ConsentState, wanted: Omit<Choosing, 'accept'>): void {
  const { terms, jurisdiction } = placeFor(state, wanted);
  const level = wanted.level ?? state.chosen?.record.value ?? 'off';
  const byRule = useByRule(regimeOf(jurisdiction, terms));
  const after = (use: 'sharing' | 'commercial'): YesNo =>
    wanted[use] ?? (state[use].by === 'default' || state[use].heldByTerms ? byRule : state[use].value);
  for (const use of ['sharing', 'commercial'] as const)
    if (wanted[use] === 'yes' || (level !== 'off' && after(use) === 'yes'))
      for (const line of partnerLines(use, state.place.terms)) cli.terminal.note(line);
}

/** Shows the Statement in short and asks; the hash of what was shown for a yes. Throws `input` for anything else. */
async function acceptByHand(
  { terminal }: Cli,
  state: ConsentState,
  wanted: Omit<Choosing, 'accept'>,
  language: Language,
): Promise<string> {
  const statement = statementFor(placeFor(state, wanted), language);
  terminal.note(summaryText(statement));
  terminal.note(`Full text: ${fullTextCommand(statement, wanted)}`);
  terminal.note(`SHA-256 of the full text: ${statement.sha256}`);
  const what = wanted.level === undefined ? 'record your choice' : `set participation to '${wanted.level}'`;
  const answer = await terminal.ask(`Do you accept the Statement and ${what}? Type yes or no: `);
  if (['yes', 'ja'].includes(answer.toLowerCase())) return statement.sha256;
  throw new HintedError('input', `Cannot ${what}: the Statement was not accepted`, 'nothing was changed');
}

function fullTextCommand({ language }: Statement, { jurisdiction }: Omit<Choosing, 'accept'>): string {
  const place = jurisdiction === undefined ? '' : ` --jurisdiction ${jurisdiction}`;
  return `tocsin statement --lang ${language}${place}`;
}

/** Without an operator there is nobody to consent to. */
function noHub({ level }: Omit<Choosing, 'accept'>): TocsinError {
  const what = level === undefined || level === 'off' ? 'this choice' : `participation to '${level}'`;
  return new TocsinError(
    'not-joined',
    `Cannot set ${what}: this machine has joined no hub, want 'tocsin join URL TOKEN' first`,
  );
}

function nobodyHere({ level }: Omit<Choosing, 'accept'>): HintedError {
  const what = level === undefined || level === 'off' ? 'this choice' : `participation to '${level}'`;
  return new HintedError(
    'input',
    `Cannot set ${what}: nobody is here to accept the Statement, want --accept with its SHA-256`,
    "read it with 'tocsin statement'; its last line is the SHA-256",
  );
}

function show({ terminal }: Cli, source: ConsentSource, { json, lang }: Options): void {
  const state = source.current();
  if (json) {
    terminal.out(`${JSON.stringify(asJson(state, source))}\n`);
    return;
  }
  const { level } = state.consent;
  terminal.out(`Participation is ${terminal.style('bold', level)}: ${levelWords(level)}\n`);
  for (const line of participationWords(state, source.acceptedTerms(), lang)) terminal.out(`${line}\n`);
  if (!state.selfDefence)
    terminal.warn('self-defence is switched off: protect the files in TOCSIN_HOME by other means');
  if (source.trouble !== null) terminal.warn(source.trouble);
  const accept = acceptCommand(state);
  if (state.kind === 'alarm') terminal.hint(mendWords(state.alarm));
  else if (accept !== null) terminal.hint(`to read and accept the new Statement, run '${accept}'`);
  else if (level === 'off' && state.kind !== 'withdrawing' && state.kind !== 'outbox-unread')
    terminal.hint(
      "to let look-ups out, run 'tocsin participation standard'; 'tocsin statement' tells what they send",
    );
}

function asJson(state: ConsentState, source: ConsentSource): Record<string, unknown> {
  const { consent, place, policy, sharing, commercial } = state;
  return {
    level: consent.level,
    chosen: chosenAsJson(state),
    statementSha256: statementFor(place, 'en').sha256,
    statementVersion: statementVersion(place.terms),
    edition: place.edition,
    jurisdiction: place.jurisdiction,
    regime: state.regime,
    sharing,
    commercial,
    newItems: state.newItems.map(({ id }) => id),
    termsChanged: state.termsChanged,
    policy: policy && {
      sequence: policy.policy.sequence,
      group: policy.policy.group,
      live: policy.live,
      needsPerson: policy.needsPerson,
    },
    selfDefence: state.selfDefence,
    sequence: consent.sequence,
    notCountersigned: source.toSend.pending().length,
  };
}
