// Enrolment (spec/enrolment.md): join, renew, rejoin, and opening the channel from what is stored.
//
//   token ─► dial, names the pinned root? ─► keys document, signed by the root? ─► key made, kept ─► dial, checked
//         ─► simpleenroll with the secret ─► certificate for the kept key? ─► identity stored ─► joined
//
// join(home, url, token, world): Promise<Joined>        once per machine
// rejoin(home, url, token, world): Promise<Joined>      replaces the pin: only ever on a person's word
// renewIfDue(home, world): Promise<Renewal>
// openHub({home, world}): Promise<HubChannel>           what everything else uses
import { createHash, X509Certificate } from 'node:crypto';
import { toBase64Url } from '../../protocol/base64.ts';
import { checkMachineCertificate, renewalDue } from '../../protocol/certificates.ts';
import { errorWords, TocsinError } from '../../protocol/errors.ts';
import { toHex } from '../../protocol/hex.ts';
import type { JoinToken } from '../../protocol/join-token.ts';
import { parseJoinToken } from '../../protocol/join-token.ts';
import type { TrustedKeys } from '../../protocol/keys-document.ts';
import { expectOk } from '../../protocol/problem.ts';
import type { World } from '../../protocol/world.ts';
import { HomeRecorder } from '../journal/home-recorder.ts';
import type { Home } from '../state/home.ts';
import type { HubChannel } from './channel.ts';
import { connectHub } from './channel.ts';
import type { ChannelLimits } from './config.ts';
import { CHANNEL_LIMITS } from './config.ts';
import { connectionRequest } from './connection.ts';
import { makeMachineKey, makeRequest, readAnswer } from './csr.ts';
import type { HubAddress } from './dial.ts';
import { parseHubUrl } from './dial.ts';
import type { Joined, MachineIdentity } from './identity.ts';
import {
  checkPair,
  currentKeys,
  dropPending,
  loadJoined,
  loadPending,
  requireJoined,
  saveJoined,
  saveKeys,
  savePending,
} from './identity.ts';
import { fetchKeys } from './keys.ts';
import type { Recorder } from './recorder.ts';

const ENROLL = '/.well-known/est/simpleenroll';
const REENROLL = '/.well-known/est/simplereenroll';
const EST_HEADERS = { 'content-type': 'application/pkcs10', 'content-transfer-encoding': 'base64' } as const;

/**
 * Joins the hub at `url` that the token pins. On return the identity is durable. Interrupted, the same token
 * may be used again by this machine. Throws `conflict` where this machine has a hub, `input` for a bad URL or
 * token, `token-foreign` where another hub answers (it has seen nothing), `token-used`, `token-expired`.
 */
export async function join(home: Home, url: string, token: string, world: World): Promise<Joined> {
  const held = loadJoined(home);
  if (held !== null)
    throw new TocsinError(
      'conflict',
      `Cannot join '${url}': this machine belongs to hub ${held.root.id}, want 'tocsin rejoin URL TOKEN' to change that`,
    );
  return enrol(home, url, token, world, 0);
}

/** As `join`, in place of whatever hub was pinned; that stands until the new one has answered. */
export async function rejoin(home: Home, url: string, token: string, world: World): Promise<Joined> {
  const held = heldQuietly(home);
  const sameRoot = held?.root.id === parseJoinToken(token).root.id;
  return enrol(home, url, token, world, sameRoot ? (held?.keysNumber ?? 0) : 0);
}

/** A damaged identity is one of the reasons to rejoin. */
function heldQuietly(home: Home): Joined | null {
  try {
    return loadJoined(home);
  } catch {
    return null;
  }
}

async function enrol(
  home: Home,
  url: string,
  text: string,
  world: World,
  heldNumber: number,
): Promise<Joined> {
  const token = parseJoinToken(text);
  const address = parseHubUrl(url);
  const recorder = new HomeRecorder({ home, world });
  let channel: HubChannel | null = null;
  try {
    const keys = await keysOfToken(address, token, heldNumber, world, recorder);
    const privateKey = keyForToken(home, token);
    channel = connectHub({ url: address.url, keys, identity: null, world, recorder });
    const body = Buffer.from(await makeRequest(privateKey));
    const authorization = `Bearer ${toBase64Url(token.secret)}`;
    const headers = { ...EST_HEADERS, authorization };
    const call = { reason: 'join', method: 'POST', path: ENROLL, headers, body } as const;
    const answer = await channel.request(connectionRequest(call));
    const identity = await identityOf(expectOk(answer).body, privateKey, channel.keys, world);
    const { text: keysText, document, root } = channel.keys;
    const joined: Joined = { url: address.url, root, keysNumber: document.number, keysText, identity };
    saveJoined(home, joined);
    dropPending(home);
    return joined;
  } finally {
    channel?.close();
    recorder.close();
  }
}

/** The hub's keys, verified by the root in the token; another hub is a matter of the token here, not of a pin. */
async function keysOfToken(
  address: HubAddress,
  token: JoinToken,
  held: number,
  world: World,
  recorder: Recorder,
): Promise<TrustedKeys> {
  try {
    const limits = CHANNEL_LIMITS;
    return await fetchKeys({ address, root: token.root, held, world, limits, recorder, reason: 'join' });
  } catch (cause) {
    if (!(cause instanceof TocsinError && cause.code === 'pin')) throw cause;
    throw new TocsinError(
      'token-foreign',
      `Cannot join '${address.url}' with this token: ${errorWords(cause)}; want a token that this hub printed`,
      { cause },
    );
  }
}

/** The key is on disk before the token is shown, so that a lost answer can be asked for again. */
function keyForToken(home: Home, token: JoinToken): string {
  const id = toHex(createHash('sha256').update(token.secret).digest());
  const pending = loadPending(home, id);
  if (pending !== null) return pending.privateKey;
  const privateKey = makeMachineKey();
  savePending(home, { token: id, privateKey });
  return privateKey;
}

/** What the hub gave is checked as the hub will check it, before it replaces what works. */
async function identityOf(
  body: Uint8Array,
  privateKey: string,
  keys: TrustedKeys,
  world: World,
): Promise<MachineIdentity> {
  const certificate = await readAnswer(body, privateKey);
  const check = checkMachineCertificate(certificate, keys.authorities, world.clock.now());
  if (check.kind === 'refused' || check.renewOnly)
    throw new TocsinError(
      'certificate',
      `Cannot use the certificate from the hub: ${check.kind === 'refused' ? check.why : 'it has ended'}, want a right clock here and at the hub`,
    );
  const identity = { machineId: check.machineId, privateKey, certificate: certificate.toString() };
  checkPair(identity);
  return identity;
}

/**
 * Enrols this machine once more under the certificate that it holds (RFC 7030, 3.3.2 allows that in place of a token),
 * with a new key: the hub gives it another number. For a copy of a machine. The new identity is durable on return; what
 * was agreed to under the old number is not its own (rejoin.ts). Throws as `renewIfDue`; `denied` where the hub refuses.
 */
export async function enrolAnew(home: Home, world: World, limits?: Partial<ChannelLimits>): Promise<Joined> {
  const joined = requireJoined(home);
  const recorder = new HomeRecorder({ home, world });
  let channel: HubChannel | null = null;
  try {
    channel = await open(home, joined, world, { limits, recorder });
    const privateKey = makeMachineKey();
    const body = Buffer.from(await makeRequest(privateKey));
    const call = { reason: 'join', method: 'POST', path: ENROLL, headers: EST_HEADERS, body } as const;
    const answer = expectOk(await channel.request(connectionRequest(call)));
    const identity = await identityOf(answer.body, privateKey, channel.keys, world);
    const { guarded: _ofTheOldNumber, ...rest } = requireJoined(home);
    const anew: Joined = { ...rest, identity };
    saveJoined(home, anew);
    return anew;
  } finally {
    channel?.close();
    recorder.close();
  }
}

export type Renewal =
  | { readonly kind: 'current' /** Milliseconds since 1970. */; readonly dueAt: number }
  | { readonly kind: 'renewed'; readonly dueAt: number };

/**
 * Renews the certificate where 2/3 of its life have passed, also long after its end, with the same key; a
 * newer one is durable on return. Throws `not-joined`; `certificate` or `denied` where the hub refuses for good
 * (revoked, or past 180 days: a person must rejoin); `unreachable`, `pin` as the channel.
 */
export async function renewIfDue(
  home: Home,
  world: World,
  limits?: Partial<ChannelLimits>,
  recorder?: Recorder,
): Promise<Renewal> {
  const joined = requireJoined(home);
  const dueAt = renewalDue(new X509Certificate(joined.identity.certificate));
  if (world.clock.now() < dueAt) return { kind: 'current', dueAt };
  const channel = await open(home, joined, world, { limits, recorder });
  try {
    const { privateKey, machineId } = joined.identity;
    const body = Buffer.from(await makeRequest(privateKey));
    const call = { reason: 'renewal', method: 'POST', path: REENROLL, headers: EST_HEADERS, body } as const;
    const answer = expectOk(await channel.request(connectionRequest(call)));
    const identity = await identityOf(answer.body, privateKey, channel.keys, world);
    if (identity.machineId !== machineId)
      throw new TocsinError(
        'certificate',
        'Cannot use the certificate from the hub: it names another machine',
      );
    saveJoined(home, { ...requireJoined(home), identity });
    return { kind: 'renewed', dueAt: renewalDue(new X509Certificate(identity.certificate)) };
  } finally {
    channel.close();
  }
}

export interface OpenOptions {
  readonly home: Home;
  readonly world: World;
  readonly limits?: Partial<ChannelLimits>;
  /** The journal of this machine by default. */
  readonly recorder?: Recorder;
  /** Told where a renewal that was due failed while the certificate still counts. */
  readonly onRenewalProblem?: (words: string) => void;
}

/**
 * The channel of this machine. Its certificate is renewed where that is due, now and for as long as the channel
 * is open. Throws `not-joined`; what `renewIfDue` throws, where the certificate has ended; otherwise connects at
 * the first request.
 */
export async function openHub(options: OpenOptions): Promise<HubChannel> {
  const { home, world, limits, recorder } = options;
  await renewOrExplain(options);
  const joined = requireJoined(home);
  let shown = joined.identity.certificate;
  const follow = async (): Promise<void> => {
    await renewOrExplain(options);
    const { identity } = requireJoined(home); // another process may have renewed it
    if (identity.certificate === shown) return;
    shown = identity.certificate;
    channel.useIdentity(identity);
  };
  const timer = setInterval(() => {
    follow().catch((error: unknown) => options.onRenewalProblem?.(errorWords(error)));
  }, limits?.renewCheckMs ?? CHANNEL_LIMITS.renewCheckMs);
  timer.unref();
  const onClose = (): void => clearInterval(timer);
  const channel = await open(home, joined, world, { limits, recorder, onClose });
  return channel;
}

/** A renewal that fails matters only where the certificate has ended. */
async function renewOrExplain(options: OpenOptions): Promise<void> {
  const { home, world, limits, recorder, onRenewalProblem } = options;
  try {
    await renewIfDue(home, world, limits, recorder);
  } catch (error) {
    const { certificate } = requireJoined(home).identity;
    if (world.clock.now() >= new X509Certificate(certificate).validToDate.getTime()) throw error;
    onRenewalProblem?.(errorWords(error));
  }
}

interface OpenParts {
  readonly limits: Partial<ChannelLimits> | undefined;
  readonly recorder: Recorder | undefined;
  readonly onClose?: () => void;
}

async function open(home: Home, joined: Joined, world: World, parts: OpenParts): Promise<HubChannel> {
  const { url, root, identity, keysNumber } = joined;
  const address = parseHubUrl(url);
  const limits = { ...CHANNEL_LIMITS, ...parts.limits };
  const own = parts.recorder === undefined ? new HomeRecorder({ home, world }) : null;
  const recorder = parts.recorder ?? own!;
  const onClose = (): void => {
    parts.onClose?.();
    own?.close();
  };
  try {
    let keys = currentKeys(joined, world.clock);
    if (keys === null) {
      const held = keysNumber;
      keys = await fetchKeys({ address, root, held, world, limits, recorder, reason: 'lists' });
      saveKeys(home, keys);
    }
    const onKeys = (newer: TrustedKeys): void => saveKeys(home, newer);
    return connectHub({ url, keys, identity, world, recorder, limits, onKeys, onClose });
  } catch (error) {
    onClose();
    throw error;
  }
}
