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
import { toBase64Url } from '../protocol/base64.ts';
import { checkMachineCertificate, renewalDue } from '../protocol/certificates.ts';
import { errorWords, TocsinError } from '../protocol/errors.ts';
import { toHex } from '../protocol/hex.ts';
import type { JoinToken } from '../protocol/join-token.ts';
import { parseJoinToken } from '../protocol/join-token.ts';
import type { TrustedKeys } from '../protocol/keys-document.ts';
import type { World } from '../protocol/world.ts';
import type { HubChannel } from './channel.ts';
import { connectHub, expectOk } from './channel.ts';
import type { ChannelLimits } from './channel-config.ts';
import { CHANNEL_LIMITS } from './channel-config.ts';
import type { HubAddress } from './channel-dial.ts';
import { parseHubUrl } from './channel-dial.ts';
import { fetchKeys } from './channel-keys.ts';
import { makeMachineKey, makeRequest, readAnswer } from './csr.ts';
import type { Home } from './home.ts';
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
  const keys = await keysOfToken(address, token, heldNumber, world);
  const privateKey = keyForToken(home, token);
  const channel = connectHub({ url: address.url, keys, identity: null, world });
  try {
    const body = Buffer.from(await makeRequest(privateKey));
    const authorization = `Bearer ${toBase64Url(token.secret)}`;
    const answer = await channel.request('POST', ENROLL, body, {
      headers: { ...EST_HEADERS, authorization },
    });
    const identity = await identityOf(expectOk(answer).body, privateKey, channel.keys, world);
    const { text: keysText, document, root } = channel.keys;
    const joined: Joined = { url: address.url, root, keysNumber: document.number, keysText, identity };
    saveJoined(home, joined);
    dropPending(home);
    return joined;
  } finally {
    channel.close();
  }
}

/** The hub's keys, verified by the root in the token; another hub is a matter of the token here, not of a pin. */
async function keysOfToken(
  address: HubAddress,
  token: JoinToken,
  held: number,
  world: World,
): Promise<TrustedKeys> {
  try {
    return await fetchKeys({ address, root: token.root, held, world, limits: CHANNEL_LIMITS });
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
): Promise<Renewal> {
  const joined = requireJoined(home);
  const dueAt = renewalDue(new X509Certificate(joined.identity.certificate));
  if (world.clock.now() < dueAt) return { kind: 'current', dueAt };
  const channel = await open(home, joined, world, limits);
  try {
    const { privateKey, machineId } = joined.identity;
    const body = Buffer.from(await makeRequest(privateKey));
    const answer = expectOk(await channel.request('POST', REENROLL, body, { headers: EST_HEADERS }));
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
  /** Told where a renewal that was due failed while the certificate still counts. */
  readonly onRenewalProblem?: (words: string) => void;
}

/**
 * The channel of this machine. Its certificate is renewed where that is due, now and for as long as the channel
 * is open. Throws `not-joined`; what `renewIfDue` throws, where the certificate has ended; otherwise connects at
 * the first request.
 */
export async function openHub(options: OpenOptions): Promise<HubChannel> {
  const { home, world, limits } = options;
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
  const channel = await open(home, joined, world, limits, () => clearInterval(timer));
  return channel;
}

/** A renewal that fails matters only where the certificate has ended. */
async function renewOrExplain({ home, world, limits, onRenewalProblem }: OpenOptions): Promise<void> {
  try {
    await renewIfDue(home, world, limits);
  } catch (error) {
    const { certificate } = requireJoined(home).identity;
    if (world.clock.now() >= new X509Certificate(certificate).validToDate.getTime()) throw error;
    onRenewalProblem?.(errorWords(error));
  }
}

async function open(
  home: Home,
  joined: Joined,
  world: World,
  limits?: Partial<ChannelLimits>,
  onClose: () => void = () => {},
): Promise<HubChannel> {
  const { url, root, identity, keysNumber } = joined;
  const address = parseHubUrl(url);
  const full = { ...CHANNEL_LIMITS, ...limits };
  let keys = currentKeys(joined, world.clock);
  if (keys === null) {
    keys = await fetchKeys({ address, root, held: keysNumber, world, limits: full });
    saveKeys(home, keys);
  }
  const onKeys = (newer: TrustedKeys): void => saveKeys(home, newer);
  return connectHub({ url, keys, identity, world, limits: full, onKeys, onClose });
}
