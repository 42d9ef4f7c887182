// Runs the real `tocsin` for tests, in a state directory of its own. For tests only.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

export const PROGRAM = fileURLToPath(new URL('../../bin/tocsin.js', import.meta.url));

/** SHA-256 of `hello` and a line end. */
export const HELLO = '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03';

/** What a machine without a hub is told on stderr. */
export const NOT_JOINED = [
  'warning: this machine has joined no hub: nothing but your own overrides is known here',
  "hint: run 'tocsin join URL TOKEN'; the hub's operator gets both with 'tocsin-hub token'",
  '',
].join('\n');

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** A directory with a state directory `home` in it; gone when the test ends. */
export class Stage {
  readonly directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  readonly home = join(this.directory, 'home');

  constructor(t: TestContext) {
    t.after(() => rmSync(this.directory, { recursive: true, force: true }));
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  start(
    words: readonly string[],
    env: Record<string, string> = {},
    node = process.execPath,
    uid = process.getuid?.(),
  ): ChildProcess {
    const { NO_COLOR: _no, FORCE_COLOR: _force, NODE_TEST_CONTEXT: _context, ...rest } = process.env;
    return spawn(node, [PROGRAM, ...words], {
      cwd: this.directory,
      ...(uid === undefined || uid === process.getuid?.() ? {} : { uid, gid: uid }),
      env: { ...rest, TOCSIN_HOME: this.home, XDG_CACHE_HOME: CACHE, ...env },
    });
  }

  /** Runs to the end; paths of the stage stand as `DIR` in what it printed. */
  async run(words: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
    return this.ended(this.start(words, env));
  }

  async ended(child: ChildProcess): Promise<Ran> {
    let out = '';
    let err = '';
    child.stdout?.on('data', (chunk) => {
      out += String(chunk);
    });
    child.stderr?.on('data', (chunk) => {
      err += String(chunk);
    });
    child.stdin?.end();
    const [status] = (await once(child, 'close')) as [number | null];
    const shorten = (text: string): string => text.replaceAll(this.directory, 'DIR');
    return { status, out: shorten(out), err: shorten(err) };
  }
}

/** Compiled code of earlier tests is used again: tests start as fast as the program does. */
const CACHE = join(tmpdir(), `tocsin-test-cache-${process.getuid?.() ?? 0}`);
