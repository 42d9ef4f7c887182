// Runs the real `tocsin` at a pseudo terminal (util-linux's `script`) and types answers. For tests only.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { PROGRAM } from './run-fixture.ts';

/** Why no terminal can be had here; false where one can. */
export const noTerminal =
  spawnSync('script', ['--version']).status === 0 ? false : "no 'script' here to make a pseudo terminal";

/** Runs at a terminal and types `answers`, each when a question stands there; all that the terminal showed. */
export async function atTerminal(
  { directory, home }: { readonly directory: string; readonly home: string },
  words: string,
  answers: readonly string[] = [],
): Promise<{ status: number; shown: string }> {
  // 'exec', or a shell in between answers Ctrl-C with a status of its own. Under CI Node takes a terminal for one
  // without colours.
  const { NO_COLOR: _no, FORCE_COLOR: _force, NODE_TEST_CONTEXT: _context, CI: _ci, ...env } = process.env;
  const child = spawn('script', ['-qec', `exec '${process.execPath}' '${PROGRAM}' ${words}`, '/dev/null'], {
    cwd: directory,
    env: { ...env, TOCSIN_HOME: home, TERM: 'xterm-256color' },
  });
  const waiting = [...answers];
  let shown = '';
  child.stdout.on('data', (chunk) => {
    shown += String(chunk);
    if (/: (?:\u001b\[\d+G)?$/.test(shown) && waiting.length > 0) child.stdin.write(`${waiting.shift()}\n`);
  });
  const [status] = (await once(child, 'close')) as [number];
  return { status, shown };
}
