// Runs a command line on a Node that is new enough. Old Nodes run this too: they look for the Node that npm put
// beside the package and hand over to it, or say in one sentence that there is none. Plain JavaScript, nothing
// newer than Node 18.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WANTED = 24;

/**
 * Calls `main` where this Node will do, else runs the script at `url` again under the Node from npm.
 * `program` is its name in messages.
 */
export async function launch(program, url, main) {
  const here = realpathSync(fileURLToPath(url));
  if (Number.parseInt(process.versions.node, 10) < WANTED) return handOver(program, here, findNode(here));
  keepCompiled();
  if (process.env.TOCSIN_LIFELINE === '1') endWithParent();
  // The lifeline is this process's own: what it starts has another standard input, and would end at once.
  delete process.env.TOCSIN_LIFELINE;
  await main();
}

/** Whoever started this holds the other end of standard input: when it is gone, however it ended, so are we. */
function endWithParent() {
  process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.on('error', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.resume();
  process.stdin.unref?.();
}

/**
 * Compiled code is kept where nobody else may write: whoever writes there chooses what runs. Root takes no word
 * of the environment for it, since `sudo` may bring along that of the user.
 */
function keepCompiled() {
  const user = process.getuid?.() ?? null;
  const cache = user === 0 ? '/var/cache' : (process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'));
  const directory = join(cache, 'tocsin');
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(directory);
    if (user !== null && (uid !== user || (mode & 0o022) !== 0)) return;
    nodeModule.enableCompileCache?.(join(directory, 'compiled'));
  } catch {
    // Slower by some milliseconds, no more.
  }
}

/** The `node` of the package node-<platform>-<architecture>, from here upwards as npm lays packages out. */
function findNode(here) {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  for (let directory = dirname(here); ; directory = dirname(directory)) {
    const packageName = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
    const path = join(directory, 'node_modules', packageName, 'bin', name);
    if (existsSync(path)) return path;
    if (directory === dirname(directory)) return null;
  }
}

function handOver(program, here, node) {
  if (node === null) {
    process.stderr.write(
      `${program}: Cannot start with Node ${process.versions.node}: it is too old, want Node ${WANTED} or newer\n` +
        "hint: run 'npm install' where it is installed, without leaving out optional packages\n",
    );
    process.exit(2);
  }
  const child = spawn(node, [here, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C at a terminal reaches the child by itself; it decides when both end.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => passOn(child, signal));
  child.on('error', (error) => {
    process.stderr.write(`${program}: Cannot start Node ${WANTED}: ${error.message}\n`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => {
    if (signal !== null) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(code ?? 2);
  });
}

function passOn(child, signal) {
  if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
}
