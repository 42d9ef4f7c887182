// What the tests of the local key share: systems that seal, and one that does not. For tests only.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { TocsinError } from '../../protocol/errors.ts';
import type { Home } from './home.ts';
import type { KeySealer, LocalKeyHost } from './local-key-host.ts';

export const NO_HOST: LocalKeyHost = { sealer: null, credentials: null };

/** A system that seals by turning bits; another `secret` is another system. */
export class TurningSealer implements KeySealer {
  readonly secret: number;
  works = true;
  runs = 0;

  constructor(secret: number) {
    this.secret = secret;
  }

  seal(bytes: Uint8Array): Uint8Array | null {
    this.runs++;
    return this.works ? Buffer.from([this.secret, ...bytes.map((byte) => byte ^ 0x55)]) : null;
  }

  open(sealed: Uint8Array): ReturnType<KeySealer['open']> {
    this.runs++;
    if (!this.works) return { kind: 'failed', why: 'it is away' };
    if (sealed[0] !== this.secret) return { kind: 'refused' };
    return { kind: 'opened', bytes: Buffer.from(sealed.subarray(1).map((byte) => byte ^ 0x55)) };
  }
}

export const onHost = (sealer: KeySealer, credentials: string | null = null): LocalKeyHost => ({
  sealer,
  credentials,
});

export function codeOf(run: () => unknown): string {
  try {
    run();
    return 'nothing thrown';
  } catch (error) {
    assert.ok(error instanceof TocsinError, String(error));
    return error.code;
  }
}

export const files = (home: Home): string[] => readdirSync(home.directory).sort();
