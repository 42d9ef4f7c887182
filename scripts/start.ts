// npm start [-- PATH...]: a hub and a protected machine, here, in one command.
//
//   hub ready ─► join ─► vouch for the path ─► import ─► participation? ─► scan ─► summary ─► address, stay
//                                                       the rest of the machine is vouched for beside it
//
// Everything it does, it does by commands that anybody can run. State lies in .tocsin below the project (or
// TOCSIN_DATA), which one npm start uses at a time. The hub listens on this computer only (or at TOCSIN_LISTEN).
// Ctrl-C stops what was started, cleanly.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { styleText } from 'node:util';
import { withFileLock } from '../packages/hub/src/engine/lock.ts';
import { errorWords, TocsinError } from '../packages/tocsin/src/protocol/errors.ts';
import { systemWorld } from '../packages/tocsin/src/protocol/world.ts';
import { askLevel } from './start/ask.ts';
import type { Finished } from './start/commands.ts';
import { Commands } from './start/commands.ts';
import type { PackageSource } from './start/packages.ts';
import { FIRST_LOOK, takeBack, vouch, WHOLE } from './start/packages.ts';

const ROOT = resolve(process.env['TOCSIN_DATA'] ?? join(import.meta.dirname, '..', '.tocsin'));
const HUB = join(ROOT, 'hub');
const HOME = join(ROOT, 'agent');
const LISTEN = '127.0.0.1:8743';
const DPKG_STATUS = '/var/lib/dpkg/status';

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
  const { status, output, reason } = await run;
  if (status !== 0) throw new Error(`Cannot ${what}: ${reason}`);
  return output;
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

/**
 * Starts the hub where it was told to listen; else on its remembered address, the usual one, or a free port.
 * Resolves with its URL.
 */
async function startHub(): Promise<string> {
  const told = process.env['TOCSIN_LISTEN'];
  if (told !== undefined && told !== '') return orThrow(await serveAt(told));
  const usual = remembered().listen ?? LISTEN;
  let url = await serveAt(usual);
  if (url instanceof Error && /another program does/.test(url.message)) {
    say(`${dim('hub')}      ${usual} is taken by another program: looking for a free port`);
    url = await serveAt('127.0.0.1:0');
  }
  remember({ listen: new URL(orThrow(url)).host });
  return orThrow(url);
}

function orThrow(url: string | Error): string {
  if (url instanceof Error) throw url;
  return url;
}

/** Where this machine reaches a hub that listens at every address. */
function localUrl(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
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

/** Vouches and says what came of it. */
async function vouchAndTell(paths: readonly string[], what: PackageSource): Promise<void> {
  const vouched = await vouch(commands, ROOT, paths, what);
  if (vouched === null) return;
  const n = (count: number): string => count.toLocaleString('en-US');
  const { altered, alteredFile, files } = vouched;
  const but =
    altered === 0 ? '' : `; ${n(altered)} are not as their package installed them: see ${alteredFile}`;
  if (files === 0 && altered === 0) say(`${dim('packages')} no file there is listed by the package manager`);
  else
    say(
      `${dim('packages')} ${n(files)} files checked against the package manager, known good from now on${but}`,
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
  const asked = await askLevel(process.stdin, process.stdout);
  if (asked.kind === 'stopped') return void stop(0);
  // It shows the Statement in short and asks by itself.
  await commands.run('tocsin', ['participation', asked.level], { asks: true });
  say(`${dim('sharing')}  participation is ${(await status()).participationLevel}`);
}

async function main(paths: readonly string[]): Promise<void> {
  const started = performance.now();
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined)
    throw new Error(`Cannot scan '${missing}': it is not there, want a file or directory`);
  say(`${dim('hub')}      starting (state in ${ROOT})`);
  const url = await startHub();
  say(`${dim('hub')}      ready at ${url} after ${seconds(started)}`);
  const joined = (await status()).hub;
  if (joined === null) await enrol(localUrl(url), 'join');
  else if (joined.url !== localUrl(url)) await enrol(localUrl(url), 'rejoin');
  const packagesAt = existsSync(DPKG_STATUS) ? statSync(DPKG_STATUS).mtimeMs : null;
  const stale = packagesAt !== null && packagesAt !== remembered().vouchedAt;
  if (packagesAt === null) say(`${dim('packages')} no dpkg here: nothing can be vouched for`);
  if (stale) await vouchAndTell(paths, FIRST_LOOK);
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
      await vouchAndTell([], WHOLE);
      if (!commands.stopping) await takeBack(commands, ROOT, FIRST_LOOK);
      if (!commands.stopping) remember({ vouchedAt: packagesAt });
    } catch (error) {
      say(styleText('yellow', `${errorWords(error)}; the next start tries again`));
    }
  }
}

/** Two of these on one project would take each other's hub for a stranger, and start a second one on its data. */
async function alone(work: () => Promise<void>): Promise<void> {
  mkdirSync(ROOT, { recursive: true, mode: 0o700 });
  let begun = false;
  const lock = {
    path: join(ROOT, 'start.lock'),
    what: 'the state of npm start',
    waitMs: 0,
    world: systemWorld,
  };
  try {
    await withFileLock(lock, async () => {
      begun = true;
      await work();
      await new Promise(() => {}); // held until the process ends
    });
  } catch (error) {
    if (begun || !(error instanceof TocsinError) || error.code !== 'conflict') throw error;
    const { listen } = remembered();
    const hub = listen === undefined ? '' : ` (its hub is https://${listen})`;
    throw new Error(
      `Cannot start: npm start runs already with the state in ${ROOT}${hub}, want that one stopped, or another directory: TOCSIN_DATA=DIR npm start`,
    );
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
const paths = given.length === 0 ? ['/usr/bin'] : given.map((path) => resolve(path));
alone(() => main(paths)).catch((error: unknown) => {
  if (!commands.stopping) void stop(2, errorWords(error));
});
