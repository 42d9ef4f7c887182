// Enrolment (spec/enrolment.md): join, rejoin, and a number of its own for a copy. Renewal: open-hub.ts.
//
//   token ─► dial, names the pinned root? ─► keys document, signed by the root? ─► key made, kept ─► dial, checked
//         ─► simpleenroll with the secret ─► certificate for the kept key? ─► identity stored ─► joined
//
// join(home, url, token, world): Promise<Joined>        once per machine
// rejoin(home, url, token, world): Promise<Joined>      replaces the pin: only ever on a person's word
// enrolAnew(home, world): Promise<Joined>                another number for a copy of a machine
import { createHash } from 'node:crypto';
import { toBase64Url } from '../../protocol/base64.ts';
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
import { makeMachineKey, makeRequest } from './csr.ts';
import type { HubAddress } from './dial.ts';
import { parseHubUrl } from './dial.ts';
import { EST_HEADERS, identityOf } from './est.ts';
import type { Joined } from './identity.ts';
import { dropPending, loadJoined, loadPending, requireJoined, saveJoined, savePending } from './identity.ts';
import { fetchKeys } from './keys.ts';
import { openJoined } from './open-hub.ts';
import type { Recorder } from './recorder.ts';

const ENROLL = '/.well-known/est/simpleenroll';

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
    channel = await openJoined(home, joined, world, { limits, recorder });
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
