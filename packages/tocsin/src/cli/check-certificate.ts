// `tocsin check certificate`: the certificates of a file, or those that a TLS server shows, each asked about by both of
// its keys. To the hub goes what a look-up of the catalog shows: a prefix of a digest, if participation lets it.
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Machine } from '../client/machine.ts';
import { certificateKeys, certificatesIn } from '../protocol/certificate-keys.ts';
import { TocsinError } from '../protocol/errors.ts';
import { formatKey } from '../protocol/objects.ts';
import { causeWords } from '../protocol/system-errors.ts';
import type { Facts, Tally } from './answers.ts';
import { askEach, askLadder, tell } from './answers.ts';
import type { Cli } from './command.ts';
import { subcommand } from './command.ts';
import { tellFailure } from './failure.ts';
import { withMachine } from './machine.ts';
import type { Asked } from './objects.ts';
import { parsePeer, peerCertificates } from './peer-certificates.ts';
import { printable } from './words.ts';

export function certificateCommand(cli: Cli): Command {
  return subcommand(
    'certificate',
    'Asks about certificates: of PEM or DER files, or those that a TLS server shows. A server that is named is connected to, from this machine and directly.',
    [
      { command: 'tocsin check certificate ./signer.pem', does: 'every certificate of the file' },
      { command: 'tocsin check certificate evil.example:443', does: 'what that server shows' },
    ],
  )
    .summary('certificates of a file or of a TLS server')
    .argument('<source...>', 'a PEM or DER file, or HOST:PORT')
    .option('--json', 'print one JSON object a line, a summary last')
    .action((words: string[], _options, command: Command) =>
      cli.run(() => {
        const json = command.optsWithGlobals<{ json?: true }>().json === true;
        return withMachine(cli, (machine) =>
          askEach(cli, machine, words, json, (word, tally, signal) =>
            checkSource(cli, machine, word, json, tally, signal),
          ),
        );
      }),
    );
}

async function checkSource(
  cli: Cli,
  machine: Machine,
  word: string,
  json: boolean,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const der of await certificatesOf(word, signal)) {
      const asked = askedAbout(der);
      const found = await askLadder(machine, asked);
      const facts = factsOf(der, asked);
      tell(cli, asked, found, { json, missing: machine.ladder.missing, facts }, tally);
    }
  } catch (error) {
    tally.failed++;
    tellFailure(cli.terminal, error);
  }
}

async function certificatesOf(word: string, signal: AbortSignal): Promise<readonly Uint8Array[]> {
  if (existsSync(word)) return certificatesIn(readSource(word));
  const peer = parsePeer(word);
  if (peer !== null) return await peerCertificates(peer, signal);
  throw new TocsinError(
    'input',
    `Cannot check the certificate '${printable(word)}': it is neither a file here nor HOST:PORT, want one of them`,
  );
}

function readSource(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const why = causeWords(cause, 'want a readable file');
    throw new TocsinError('io', `Cannot read '${printable(path)}': ${why}`, { cause });
  }
}

function askedAbout(der: Uint8Array): Asked {
  const keys = certificateKeys(der);
  const expressions = keys.map(({ kind, bytes }) => formatKey(kind, bytes));
  return { object: expressions[0]!, path: null, size: null, key: keys[0], keys, expressions };
}

function factsOf(der: Uint8Array, { expressions }: Asked): Facts {
  const tbs = expressions[1]!;
  const { subject, issuer, validTo } = namesOf(der);
  return {
    rows: [
      ['subject', subject],
      ['issuer', issuer],
      ['until', validTo],
      ['signed', tbs],
    ],
    json: { tbs, subject, issuer, until: validTo },
  };
}

/** What stands in it, for a person; a certificate whose names cannot be read has its keys all the same. */
function namesOf(der: Uint8Array): { subject: string; issuer: string; validTo: string } {
  try {
    const { subject, issuer, validTo } = new X509Certificate(der);
    const oneLine = (text: string | undefined): string => (text ?? '').replaceAll('\n', ', ');
    return { subject: oneLine(subject), issuer: oneLine(issuer), validTo };
  } catch {
    return { subject: 'unreadable', issuer: 'unreadable', validTo: 'unreadable' };
  }
}
