// Who is at the other end of a connection: judged once, when its first request comes, by the column of
// spec/keys.md section 7 and the machine store; held against revocations and dates for as long as it lives.
import type { TLSSocket } from 'node:tls';
import type { MachineRefusal } from 'tocsin/protocol/certificates.ts';
import { CERTIFICATE_LIMITS, checkMachineCertificate } from 'tocsin/protocol/certificates.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { World } from 'tocsin/protocol/world.ts';
import type { KeyRing } from '../keys/store.ts';
import { ACCESS_LIMITS } from './config.ts';
import type { ProvedMachine } from './enrolment.ts';
import { isKeyOf, sameKey, spkiOf } from './machine-key.ts';
import type { MachineStore } from './store.ts';

export type Caller =
  /** No certificate was shown. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'refused'; readonly why: MachineRefusal | 'unknown' | 'revoked' | 'replaced' }
  /** `notAfter` in unix seconds: past it (and the skew) the machine may renew, and only that. */
  | ({ readonly kind: 'machine'; readonly notAfter: number } & ProvedMachine);

export interface CallersParts {
  readonly keys: KeyRing;
  readonly machines: MachineStore;
  readonly world: World;
}

export class Callers {
  readonly #parts: CallersParts;
  readonly #judged = new WeakMap<TLSSocket, Promise<Caller>>();
  /** Connections of proved machines, to be cut when they are revoked. */
  readonly #open = new Map<TLSSocket, Caller & { readonly kind: 'machine' }>();
  #sweptAt: number;

  constructor(parts: CallersParts) {
    this.#parts = parts;
    this.#sweptAt = parts.world.clock.now();
  }

  /** The judgement on this connection. Rejects where the store does not answer; the next request asks again. */
  of(socket: TLSSocket): Promise<Caller> {
    const known = this.#judged.get(socket);
    if (known !== undefined) return known;
    const judgement = this.#judge(socket);
    this.#judged.set(socket, judgement);
    judgement.then(
      (caller) => this.#remember(socket, caller),
      () => this.#judged.delete(socket),
    );
    return judgement;
  }

  /** The machine, where it was judged before on this connection and may do everything now; null says nothing. */
  provedOn(socket: TLSSocket): ProvedMachine | null {
    const machine = this.#open.get(socket);
    return machine === undefined || this.#isOver(machine) ? null : machine;
  }

  /** The machine, where its certificate allows everything now. Throws `certificate`. */
  async requireMachine(socket: TLSSocket): Promise<ProvedMachine> {
    const machine = await this.requireRenewer(socket);
    if (this.#isOver(machine))
      throw refusal('it has ended', "a renewal, which 'tocsin' does by itself, under this certificate");
    return machine;
  }

  /** The machine, also with a certificate that ended up to 180 days ago. Throws `certificate`. */
  async requireRenewer(socket: TLSSocket): Promise<Caller & { readonly kind: 'machine' }> {
    const caller = await this.of(socket);
    if (caller.kind === 'nobody') throw refusal('none was shown', 'the certificate of a machine that joined');
    if (caller.kind === 'refused') throw refusal(REFUSALS[caller.why], "'tocsin rejoin' with a new token");
    return caller;
  }

  /** Cuts connections of machines that were revoked, and those whose certificate ended under them. */
  async sweep(): Promise<void> {
    const now = this.#parts.world.clock.now();
    const since = Math.min(this.#sweptAt, now) - ACCESS_LIMITS.revocationMs;
    const revoked = new Set(await this.#parts.machines.revokedSince(since));
    this.#sweptAt = now;
    for (const [socket, caller] of this.#open)
      if (revoked.has(caller.machineId) || this.#isOver(caller)) socket.destroy();
  }

  /** After a new keys document: cuts connections whose certificate no authority of it vouches for. */
  recheck(): void {
    const { authorities } = this.#parts.keys.keys;
    const now = this.#parts.world.clock.now();
    for (const socket of this.#open.keys()) {
      const leaf = socket.getPeerX509Certificate();
      if (leaf === undefined || checkMachineCertificate(leaf, authorities, now).kind === 'refused')
        socket.destroy();
    }
  }

  /** Open connections of machines. */
  get size(): number {
    return this.#open.size;
  }

  async #judge(socket: TLSSocket): Promise<Caller> {
    const leaf = socket.getPeerX509Certificate();
    if (leaf === undefined) return { kind: 'nobody' };
    const { authorities } = this.#parts.keys.keys;
    const check = checkMachineCertificate(leaf, authorities, this.#parts.world.clock.now());
    if (check.kind === 'refused') return check;
    const { machineId, key, notAfter } = check;
    const row = await this.#parts.machines.findMachine(machineId);
    if (row === null) return { kind: 'refused', why: 'unknown' };
    if (row.revokedAt !== null) return { kind: 'refused', why: 'revoked' };
    if (!isKeyOf(row, key)) return { kind: 'refused', why: 'replaced' };
    const newest = sameKey(row.key, key);
    if (row.formerKey !== null && newest) await this.#parts.machines.settleKey(machineId, key);
    // Release 0.1.0 kept digests only: the handshake has just proved this key.
    if ((newest ? row.publicKey : row.formerPublicKey) === null)
      await this.#parts.machines.keepPublicKey(machineId, key, spkiOf(leaf));
    return { kind: 'machine', machineId, key, notAfter };
  }

  #remember(socket: TLSSocket, caller: Caller): void {
    if (caller.kind !== 'machine' || socket.destroyed) return;
    this.#open.set(socket, caller);
    socket.once('close', () => this.#open.delete(socket));
  }

  #isOver(machine: { readonly notAfter: number }): boolean {
    return this.#parts.world.clock.now() > (machine.notAfter + CERTIFICATE_LIMITS.skew) * 1000;
  }
}

const REFUSALS: Readonly<Record<(Caller & { kind: 'refused' })['why'], string>> = {
  'unknown-authority': 'no authority of this hub issued it',
  'not-a-machine': 'it is not the certificate of a machine',
  'too-early': 'it is dated in the future',
  'too-old': 'it ended more than 180 days ago',
  unknown: 'its machine is not known here',
  revoked: 'its machine is revoked',
  replaced: 'its key was replaced',
};

function refusal(state: string, want: string): TocsinError {
  return new TocsinError('certificate', `Cannot accept the machine's certificate: ${state}, want ${want}`);
}
