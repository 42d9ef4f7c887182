// The declared data, in its first form: each datum that can leave a machine, once, and the two messages that
// carry them. The Statement and the gate derive from here; what is not declared here does not leave.
import type { ParticipationLevel } from './consent.ts';

/** One datum. `field` is its name in the body of the message; null for what the connection itself shows. */
export interface Item {
  readonly id: string;
  readonly field: string | null;
  /** What it is, for a person. */
  readonly what: string;
  readonly example: string;
  /** What it is needed for. */
  readonly purpose: string;
}

/** An envelope of items, the level from which it is sent, and why. */
export interface Message {
  readonly id: 'connection' | 'lookup';
  readonly title: string;
  /** The lowest participation at which it is sent. */
  readonly from: ParticipationLevel;
  readonly when: string;
  readonly items: readonly Item[];
}

const CONNECTION_ITEMS: readonly Item[] = [
  {
    id: 'connection.machine_id',
    field: null,
    what: "a random number that stands for this machine at its hub. It is in the machine's certificate, together with the public half of a key that the machine made for itself; no name of the machine, its owner or its network is in there",
    example: '7f1c2a90-52f3-4d0e-9a6b-0d4b3f6a1c55',
    purpose:
      'to let only machines in that were admitted with a join token, and to be able to turn one of them away',
  },
  {
    id: 'connection.address',
    field: null,
    what: 'the network address from which the machine reaches its hub',
    example: '192.0.2.17, port 51544',
    purpose: 'to be able to answer: no connection works without it',
  },
  {
    id: 'connection.time',
    field: null,
    what: 'the date and time of each connection, and how long it lasted',
    example: '2026-11-23 08:15:02 UTC, 3 seconds',
    purpose: 'none of its own: whoever is called knows when',
  },
  {
    id: 'connection.lists',
    field: null,
    what: 'the names and versions of the lists and key documents that the machine fetches or already holds',
    example: 'known-good files, version 9c1e04…',
    purpose: 'to send only what is new',
  },
  {
    id: 'connection.join_secret',
    field: null,
    what: 'once, when joining: the secret of the join token that you typed in',
    example: '43 random letters and digits',
    purpose: 'to show that this machine was invited',
  },
];

const LOOKUP_ITEMS: readonly Item[] = [
  {
    id: 'lookup.kind',
    field: 'kind',
    what: 'what sort of thing is asked about: a file (and by which sort of digest), a web address, a host, a network address or a certificate',
    example: 'file-sha256',
    purpose: 'to look in the right index',
  },
  {
    id: 'lookup.bits',
    field: 'bits',
    what: 'how many leading bits of the digest are shown. The hub names the number in its list of lists, so small that on average at least 64 objects that the hub knows share them (where it knows too few objects of a kind for that, nothing is asked); the machine never shows more than 24 of the 128 to 256 bits of a digest',
    example: '12',
    purpose: 'to keep the question vague: the hub learns a group, not a member',
  },
  {
    id: 'lookup.prefix',
    field: 'prefix',
    what: 'those leading bits. The digest is a fingerprint, computed on this machine, of the content of a file or of the text of an address. It cannot be turned back, but who guesses an address can compute the same fingerprint and compare; the few bits that are shown fit a great many addresses',
    example: '9f80',
    purpose:
      'to receive what is known of every object in that group; the machine itself then sees whether its own is among them',
  },
];

export const CONNECTION: Message = {
  id: 'connection',
  title: 'What receiving itself shows',
  from: 'off',
  when: 'when the machine joins, fetches lists or key documents, renews its certificate, or waits for news',
  items: CONNECTION_ITEMS,
};

export const LOOKUP: Message = {
  id: 'lookup',
  title: 'What a look-up sends',
  from: 'standard',
  when: 'when something is met of which neither your own decisions, nor the lists on this machine, nor an earlier answer know anything',
  items: LOOKUP_ITEMS,
};

export const MESSAGES: readonly Message[] = [CONNECTION, LOOKUP];

/** The field names that the body of a message may hold. */
export function declaredFields(message: Message): ReadonlySet<string> {
  return new Set(message.items.map((item) => item.field).filter((field) => field !== null));
}
