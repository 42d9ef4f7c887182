// npm start [-- PATH...]: a hub and a protected machine, here, in one command.
//
//   hub ready ─► join ─► vouch for the path ─► import ─► participation? ─► scan ─► summary ─► address, stay
//                                                       the rest of the machine is vouched for beside it
//
// Everything it does, it does by commands that anybody can run. State lies in .tocsin below the project (or
// TOCSIN_DATA). Ctrl-C stops what was started, cleanly.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { errorWords } from '../packages/tocsin/src/protocol/errors.ts';
import type { Finished } from './start/commands.ts';
import { Commands } from './start/commands.ts';

const ROOT = resolve(process.env['TOCSIN_DATA'] ?? join(import.meta.dirname, '..', '.tocsin'));
const HUB = join(ROOT, 'hub');
const HOME = join(ROOT, 'agent');
const LISTEN = '127.0.0.1:8743';
const DPKG_STATUS = '/var/lib/dpkg/status';
/** A list of packages with no row is its header only. */
const HEADER_LENGTH = 'sha256,name,reason\n'.length;

const commands = new Commands({ TOCSIN_HOME: HOME, TOCSIN_HUB_DATA: HUB });

function say(text: string): void {
  if (!commands.stopping) process.stdout.write(`${text}\n`);
}

function dim(text: string): string {
  return styleText('dim', text, { stream: process.stdout });
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

async function must(what: string, run: Promise<Finished>): Promise<string> {
  const { status, output, errors } = await run;
  if (status !== 0) throw new Error(`Cannot ${what}: ${firstLine(errors) || `status ${status}`}`);
  return output;
}

/** The sentence of a command that failed. */
function firstLine(errors: string): string {
  return (errors.trim().split('\n')[0] ?? '').replace(/^(tocsin: |error: )/, '');
}

/** What is remembered between two starts. */
interface Remembered {
  readonly listen?: string;
  /** mtime of the package database when all of the machine was last vouched for. */
  readonly vouchedAt?: number;
}

function remembered(): Remembered {
  try {
    return JSON.parse(readFileSync(join(ROOT, 'start.json'), 'utf8')) as Remembered;
  } catch {
    return {};
  }
}

function remember(more: Remembered): void {
  writeFileSync(join(ROOT, 'start.json'), `${JSON.stringify({ ...remembered(), ...more })}\n`, {
    mode: 0o600,
  });
}

/** Starts the hub on its remembered address, the usual one, or a free port. Resolves with its URL. */
async function startHub(): Promise<string> {
  let refused: Error | null = null;
  for (const listen of [remembered().listen ?? LISTEN, '127.0.0.1:0']) {
    const url = await serveAt(listen);
    if (typeof url === 'string') {
      remember({ listen: new URL(url).host });
      return url;
    }
    refused = url;
    if (!/another program does/.test(url.message)) throw url;
    say(`${dim('hub')}      ${listen} is taken by another program: looking for a free port`);
  }
  throw refused;
}

/** The hub's URL once it answers, or why it does not. */
function serveAt(listen: string): Promise<string | Error> {
  return new Promise((done) => {
    let ready = false;
    const onLine = (line: string): void => {
      const found = /^hub ready (https:\/\/\S+)/.exec(line);
      if (found === null) return;
      ready = true;
      done(found[1]!);
    };
    commands.stay('tocsin-hub', ['serve', '--listen', listen], onLine, (why) => {
      if (ready) void stop(2, `the hub stopped: ${why}`);
      else done(new Error(why));
    });
  });
}

async function enrol(url: string, how: 'join' | 'rejoin'): Promise<void> {
  const token = (await must('make a join token', commands.run('tocsin-hub', ['token']))).trim();
  await must('enrol this machine', commands.run('tocsin', [how, url, '-'], { input: `${token}\n` }));
  say(`${dim('machine')}  enrolled over mutual TLS, with the hub's root key pinned`);
}

/** Sources of what the package manager lists: of the scanned paths, looked at first, and of the whole machine. */
const FIRST_LOOK = { source: "this machine's packages (first look)", file: 'packages-first.csv' };
const WHOLE = { source: "this machine's packages", file: 'packages.csv' };

/** Vouches for files that the package manager lists (all, or below `paths`) and imports them as known good. */
async function vouch(paths: readonly string[], what: typeof WHOLE): Promise<void> {
  const file = join(ROOT, what.file);
  const nice = what === WHOLE;
  const run = await commands.run('tocsin', ['vouch', ...paths], { outputFile: file, show: 'errors', nice });
  if (commands.stopping) return;
  if (run.status > 1) throw new Error("Cannot vouch for the package manager's files: see above");
  if (!readFileSync(file, 'utf8').includes('\n', HEADER_LENGTH))
    return say(`${dim('packages')} no file there is listed by the package manager`);
  const options = ['--source', what.source, '--level', 'good', '--category', 'operating-system', '--json'];
  const report = await must(
    'import them',
    commands.run('tocsin-hub', ['import', 'csv', file, ...options], { nice }),
  );
  const { objects } = JSON.parse(report) as { objects: Record<string, number> };
  const altered = run.status === 1 ? '; some are not as their package installed them, see above' : '';
  say(
    `${dim('packages')} ${(objects['file-sha256'] ?? 0).toLocaleString('en-US')} files checked against the package manager, known good from now on${altered}`,
  );
}

interface Status {
  readonly hub: { readonly url: string } | null;
  readonly participation: { readonly kind: string };
  readonly participationLevel: string;
}

async function status(): Promise<Status> {
  return JSON.parse(await must('read the status', commands.run('tocsin', ['status', '--json']))) as Status;
}

/** Asks once at a terminal; without one participation stays off, and says so. */
async function participation(): Promise<void> {
  const { participation: choice, participationLevel } = await status();
  if (choice.kind !== 'unset') return say(`${dim('sharing')}  participation is ${participationLevel}`);
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    return say(
      `${dim('sharing')}  participation is off (no terminal to ask at): nothing leaves this machine; change it with 'tocsin participation'`,
    );
  say((await must('show the Statement', commands.run('tocsin', ['statement']))).trimEnd());
  const ask = createInterface({ input: process.stdin, output: process.stdout });
  const answer = (await ask.question('\nTake part? off, standard or extended (Enter: off) '))
    .trim()
    .toLowerCase();
  ask.close();
  const level = ['standard', 'extended'].includes(answer) ? answer : 'off';
  const { sha256 } = JSON.parse(
    await must('read the Statement', commands.run('tocsin', ['statement', '--format', 'json'])),
  ) as { sha256: string };
  await must(
    'set participation',
    commands.run('tocsin', ['participation', level, ...(level === 'off' ? [] : ['--accept', sha256])]),
  );
  say(`${dim('sharing')}  participation is ${level}`);
}

async function main(paths: readonly string[]): Promise<void> {
  const started = performance.now();
  mkdirSync(ROOT, { recursive: true, mode: 0o700 });
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined)
    throw new Error(`Cannot scan '${missing}': it is not there, want a file or directory`);
  say(`${dim('hub')}      starting (state in ${ROOT})`);
  const url = await startHub();
  say(`${dim('hub')}      ready at ${url} after ${seconds(started)}`);
  const joined = (await status()).hub;
  if (joined === null) await enrol(url, 'join');
  else if (joined.url !== url) await enrol(url, 'rejoin');
  const packagesAt = existsSync(DPKG_STATUS) ? statSync(DPKG_STATUS).mtimeMs : null;
  const stale = packagesAt !== null && packagesAt !== remembered().vouchedAt;
  if (packagesAt === null) say(`${dim('packages')} no dpkg here: nothing can be vouched for`);
  if (stale) await vouch(paths, FIRST_LOOK);
  await must('fetch the lists', commands.run('tocsin', ['sync']));
  await participation();
  if (commands.stopping) return;
  const scan = await commands.run('tocsin', ['scan', ...paths], { show: 'all' });
  if (commands.stopping) return;
  if (scan.status > 1) say(styleText('yellow', `the scan ended with status ${scan.status}`));
  commands.stay(
    'tocsin',
    ['sync', '--follow'],
    () => {},
    (why) => say(`the machine stopped following the hub: ${why}`),
  );
  say(`\n${dim('hub')}      ${styleText('bold', url)} · Ctrl-C stops everything`);
  if (stale) {
    try {
      await vouch([], WHOLE);
      if (!commands.stopping) remember({ vouchedAt: packagesAt });
    } catch (error) {
      say(styleText('yellow', `${errorWords(error)}; the next start tries again`));
    }
  }
}

async function stop(status: number, why?: string): Promise<void> {
  if (commands.stopping) return;
  if (why !== undefined)
    process.stderr.write(`${styleText('red', 'error:', { stream: process.stderr })} ${why}\n`);
  else say('\nstopping …');
  await commands.stopAll();
  if (why === undefined) process.stdout.write('stopped\n');
  process.exit(status);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
const given = process.argv.slice(2);
main(given.length === 0 ? ['/usr/bin'] : given.map((path) => resolve(path))).catch((error: unknown) => {
  if (!commands.stopping) void stop(2, errorWords(error));
});
