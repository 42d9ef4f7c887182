// The list of subcommands, in the order in which a newcomer meets them. Loading one loads its own file only.
import type { Subcommand } from './command.ts';

const HUB = 'This machine and its hub:';
const ASK = 'Look at things:';
const DECIDE = 'Decide:';
const OTHER = 'More:';

export const SUBCOMMANDS: readonly Subcommand[] = [
  {
    name: 'join',
    summary: 'join a hub, with the address and token from its operator',
    group: HUB,
    load: async () => (await import('./join.ts')).define,
  },
  {
    name: 'rejoin',
    summary: 'join again, or another hub: the pinned key is replaced',
    group: HUB,
    load: async () => (await import('./join.ts')).defineRejoin,
  },
  {
    name: 'status',
    summary: 'what is set up here, and what needs attention',
    group: HUB,
    load: async () => (await import('./status.ts')).define,
  },
  {
    name: 'sync',
    summary: 'fetch the newest lists from the hub',
    group: HUB,
    load: async () => (await import('./sync.ts')).define,
  },
  {
    name: 'scan',
    summary: 'look at every file below some paths',
    group: ASK,
    load: async () => (await import('./scan.ts')).define,
  },
  {
    name: 'check',
    summary: 'ask about a file, address, certificate or Wi-Fi network',
    group: ASK,
    load: async () => (await import('./check.ts')).define,
  },
  {
    name: 'override',
    summary: 'allow or deny single objects on this machine',
    group: DECIDE,
    load: async () => (await import('./override.ts')).define,
  },
  {
    name: 'participation',
    summary: 'show or set what may leave this machine',
    group: DECIDE,
    load: async () => (await import('./participation.ts')).define,
  },
  {
    name: 'self-defence',
    summary: 'are the settings as they were set? switch the checks',
    group: DECIDE,
    load: async () => (await import('./self-defence.ts')).define,
  },
  {
    name: 'statement',
    summary: 'read exactly what leaves, and what for',
    group: DECIDE,
    load: async () => (await import('./statement.ts')).define,
  },
  {
    name: 'preview',
    summary: 'what would leave now, and what would stay and why',
    group: DECIDE,
    load: async () => (await import('./preview.ts')).define,
  },
  {
    name: 'sent',
    summary: 'everything that left this machine, byte for byte',
    group: DECIDE,
    load: async () => (await import('./sent.ts')).define,
  },
  {
    name: 'catalog',
    summary: 'every datum that may leave, item by item',
    group: OTHER,
    load: async () => (await import('./catalog.ts')).define,
  },
  {
    name: 'vouch',
    summary: "list the files that this machine's package manager vouches for",
    group: OTHER,
    load: async () => (await import('./vouch.ts')).define,
  },
  {
    name: 'completion',
    summary: 'print a script with which your shell completes tocsin',
    group: OTHER,
    load: async () => (await import('./completion.ts')).define,
  },
  {
    name: 'uninstall',
    summary: 'take everything that tocsin keeps here away, the keys first',
    group: OTHER,
    load: async () => (await import('./uninstall.ts')).define,
  },
];
