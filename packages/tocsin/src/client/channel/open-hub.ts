// The channel of a machine that joined: its certificate renewed by itself (spec/enrolment.md), its keys followed.
//
// renewIfDue(home, world): Promise<Renewal>
// openHub({home, world}): Promise<HubChannel>           what everything else uses
import { X509Certificate } from 'node:crypto';
import { renewalDue } from '../../protocol/certificates.ts';
import { errorWords, TocsinError } from '../../protocol/errors.ts';
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
import { makeRequest } from './csr.ts';
import { parseHubUrl } from './dial.ts';
import { EST_HEADERS, identityOf } from './est.ts';
import type { Joined } from './identity.ts';
import { currentKeys, requireJoined, saveJoined, saveKeys } from './identity.ts';
import { fetchKeys } from './keys.ts';
import type { Recorder } from './recorder.ts';

const REENROLL = '/.well-known/est/simplereenroll';

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
  const channel = await openJoined(home, joined, world, { limits, recorder });
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
  const channel = await openJoined(home, joined, world, { limits, recorder, onClose });
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

export interface OpenParts {
  readonly limits: Partial<ChannelLimits> | undefined;
  readonly recorder: Recorder | undefined;
  readonly onClose?: () => void;
}

/** The channel as it is stored, its keys current, its certificate as it is. Throws as `fetchKeys` and `saveKeys`. */
export async function openJoined(
  home: Home,
  joined: Joined,
  world: World,
  parts: OpenParts,
): Promise<HubChannel> {
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
