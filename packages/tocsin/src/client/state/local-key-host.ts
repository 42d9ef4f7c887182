// What the system of this machine offers to keep the local key with: systemd-creds(1), which ties it to a secret
// of the system (and its TPM2 chip, where there is one), and the directory in which a unit hands it in opened.
// Never a key in arguments or environment; decides nothing about the key.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';

export const SEALER_LIMITS = {
  /** One run of systemd-creds; a TPM2 chip takes some seconds at worst. */
  timeoutMs: 20_000,
  maxOutput: 16_384,
} as const;

/** The name that systemd-creds binds into what it encrypts, and under which a unit hands it in. */
export const CREDENTIAL_NAME = 'tocsin.local-key';

export type Unsealed =
  | { readonly kind: 'opened'; readonly bytes: Buffer }
  /** It was asked and says no: sealed by another system, or altered. */
  | { readonly kind: 'refused' }
  /** It could not be asked, or gave no answer. `why` is a clause for a person. */
  | { readonly kind: 'failed'; readonly why: string };

export interface KeySealer {
  /** What `open` gives the same bytes for, tried out before; null where this system cannot. */
  seal(bytes: Uint8Array): Uint8Array | null;
  open(sealed: Uint8Array): Unsealed;
}

export interface LocalKeyHost {
  /** Null where nothing here can seal for this user. */
  readonly sealer: KeySealer | null;
  /** Directory with credentials that a unit was given opened; null outside of one. */
  readonly credentials: string | null;
}

/** Looked for at these places only: what root runs must not depend on PATH. */
const PROGRAMS = ['/usr/bin/systemd-creds', '/bin/systemd-creds', '/run/current-system/sw/bin/systemd-creds'];

/** As sd_booted(3) finds out whether systemd runs the machine; in most containers it does not. */
const BOOTED = '/run/systemd/system';

/** This process's system. Starts nothing; only root can use the secret of the system. */
export function thisHost(): LocalKeyHost {
  const program = process.getuid?.() === 0 && isDirectory(BOOTED) ? PROGRAMS.find(isProgram) : undefined;
  return {
    sealer: program === undefined ? null : systemdSealer(program),
    credentials: process.env['CREDENTIALS_DIRECTORY'] ?? null,
  };
}

/**
 * Seals by systemd-creds. With a TPM2 chip the key is tied to it as well, but to no PCR: an update of firmware or
 * boot loader must not cost a machine its state. Where that does not work, to the secret of the system alone.
 */
export function systemdSealer(program: string, env: Readonly<Record<string, string>> = {}): KeySealer {
  const run = (words: readonly string[], input: Uint8Array): Unsealed => {
    const { status, stdout, error, signal } = spawnSync(program, [...words, '-', '-'], {
      input,
      env: { LC_ALL: 'C', ...env },
      cwd: '/',
      timeout: SEALER_LIMITS.timeoutMs,
      killSignal: 'SIGKILL',
      maxBuffer: SEALER_LIMITS.maxOutput,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const code = (error as NodeJS.ErrnoException | undefined)?.code;
    // EPIPE: it refused before it had read everything.
    if (code !== undefined && code !== 'EPIPE') return { kind: 'failed', why: `the system says ${code}` };
    if (signal !== null) return { kind: 'failed', why: `it was ended by ${signal}` };
    return status === 0 ? { kind: 'opened', bytes: stdout } : { kind: 'refused' };
  };
  const name = `--name=${CREDENTIAL_NAME}`;
  const open = (sealed: Uint8Array): Unsealed => run(['decrypt', name], sealed);
  const seal = (bytes: Uint8Array): Uint8Array | null => {
    for (const keys of ['auto', 'host']) {
      const made = run(['encrypt', name, `--with-key=${keys}`, '--tpm2-pcrs='], bytes);
      const back = made.kind === 'opened' ? open(made.bytes) : made;
      if (made.kind === 'opened' && back.kind === 'opened' && back.bytes.equals(bytes)) return made.bytes;
    }
    return null;
  };
  return { seal, open };
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
