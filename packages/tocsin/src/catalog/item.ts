// What a declaration of one datum is. An item says everything about its datum once: types, gate, Statement,
// dictionary, register and schemas derive from it. No item is declared here (catalog/items/) and nothing decided.
import type { StatementId } from './statement-ids.ts';

/** Which list of data applies (design: words). */
export const EDITIONS = ['basic', 'plus', 'premium', 'virtual'] as const;
export type Edition = (typeof EDITIONS)[number];

export const SENSITIVITIES = ['technical', 'interaction', 'content', 'highly-sensitive'] as const;
export type Sensitivity = (typeof SENSITIVITIES)[number];

/** The least participation at which it leaves; `connection`: shows with receiving itself, at every level. */
export type ItemLevel = 'connection' | 'standard' | 'extended';

/** Why it is needed; texts in catalog/text/. */
export const PURPOSES = [
  'reputation', // to answer whether an object can be trusted
  'threat-analysis', // to find out what an unknown or bad object does, and where it comes from
  'web-protection', // to recognise bad, phishing and tracking addresses
  'network-safety', // to judge Wi-Fi and other networks that the machine joins
  'payment-protection', // to protect payments
  'device-safety', // to judge devices of the home network
  'settings-safety', // to find and mend weak settings
  'service-quality', // to see that the network answers, fast and everywhere
  'update-quality', // to see that updates arrive and do no harm
  'false-alarm-recall', // to take wrong verdicts back
  'delivery', // without it the message could not be delivered or answered
] as const;
export type Purpose = (typeof PURPOSES)[number];

/** What happens to a value before it leaves. */
export const TRANSFORMS = [
  'none',
  'prefix', // the leading bits of a digest, so few that many share them
  'bucket', // the bucket of a histogram or a rounded number instead of the value
  'hmac-machine', // HMAC-SHA-256 under a secret that never leaves the machine
  'hmac-group', // HMAC-SHA-256 under a secret of the hub's group of machines: equal for all of them, for nobody else
  'path-without-user', // the user's name in a path is replaced by a placeholder
  'url-without-secrets', // user, password, fragment and the values of query parameters are cut
  'vendor-part', // only the part that names a vendor (3 bytes of a MAC address)
  'utc-hour', // a time, in UTC, rounded down to the hour: neither zone nor minute
  'utc-second', // a time in UTC, without the zone
  'sealed', // encrypted to the hub's key beyond the channel
] as const;
export type Transform = (typeof TRANSFORMS)[number];

/** Types with their unit and limits. A value beyond them is withheld, never cut. */
export type ItemType =
  /** Text; `max` in UTF-16 code units; `pattern` must match the whole of it. */
  | { readonly kind: 'text'; readonly max: number; readonly pattern?: string }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number; readonly unit: string }
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly unit: string }
  | { readonly kind: 'flag' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  /** Lower-case hex of so many bytes. */
  | { readonly kind: 'digest'; readonly bytes: number }
  /** base64 of at most so many bytes. */
  | { readonly kind: 'bytes'; readonly max: number }
  /** ISO 8601 in UTC, ending in Z. */
  | { readonly kind: 'time'; readonly precision: 'second' | 'hour' | 'day' }
  | { readonly kind: 'url'; readonly max: number }
  | { readonly kind: 'ipv4' }
  | { readonly kind: 'ipv6' }
  | { readonly kind: 'uuid' }
  /** Counts below each edge and one above the last: `edges.length + 1` whole numbers. */
  | {
      readonly kind: 'histogram';
      readonly edges: readonly number[];
      readonly unit: string;
      readonly max: number;
    }
  | { readonly kind: 'list'; readonly of: ItemType; readonly max: number }
  | { readonly kind: 'record'; readonly fields: Readonly<Record<string, ItemType>> };

/** The TypeScript type of a value of an item's type. */
export type ValueOf<T extends ItemType> = T extends {
  kind: 'text' | 'digest' | 'bytes' | 'time' | 'url' | 'ipv4' | 'ipv6' | 'uuid';
}
  ? string
  : T extends { kind: 'integer' | 'number' }
    ? number
    : T extends { kind: 'flag' }
      ? boolean
      : T extends { kind: 'choice'; values: readonly (infer V)[] }
        ? V
        : T extends { kind: 'histogram' }
          ? readonly number[]
          : T extends { kind: 'list'; of: infer O extends ItemType }
            ? readonly ValueOf<O>[]
            : T extends { kind: 'record'; fields: infer F extends Readonly<Record<string, ItemType>> }
              ? { readonly [K in keyof F]: ValueOf<F[K]> }
              : never;

/** Where the datum comes from: the exact file, command, system call or event. */
export interface Collector {
  /** `planned`: a later version sends it; nothing makes it yet. */
  readonly state: 'built' | 'planned';
  readonly reads: string;
}

export interface Item<T extends ItemType = ItemType> {
  /** `group.name`, as in messages. */
  readonly id: string;
  readonly type: T;
  /** What it is, in English, exactly enough to know what is in it and what is not; no final stop. German: text/de. */
  readonly what: string;
  readonly purposes: readonly Purpose[];
  readonly sensitivity: Sensitivity;
  /** Whether it is, or can be linked to, data about a person. */
  readonly personal: boolean;
  readonly participation: ItemLevel;
  readonly editions: readonly Edition[];
  readonly transform: Transform;
  /** How long the hub keeps it, days; 0: for the answer only. */
  readonly retentionDays: number;
  /**
   * It proves to both sides who agreed to what, so that no operator's terms shorten it. `in-force`: kept while what it
   * stands for is in force, and `retentionDays` after that has ended; `event`: for `retentionDays` from its arrival.
   */
  readonly proof?: 'in-force' | 'event';
  readonly recipients: readonly 'hub'[];
  /** The role that answers for it. */
  readonly owner: 'detection' | 'network' | 'privacy' | 'platform' | 'updates';
  /** Release that brought it. */
  readonly since: string;
  /** Last day on which it may be sent (YYYY-MM-DD): then it must be declared anew. */
  readonly expires: string;
  /** Rows of spec/statement-ids.tsv that it serves, six at most. */
  readonly statement: readonly StatementId[];
  /** Where rows or items sound alike: what tells this one from the other. */
  readonly difference?: string;
  readonly collector: Collector;
  readonly example: ValueOf<T>;
}

/** Keeps the exact type of a declaration, so that values of it are typed. */
export function item<const T extends ItemType>(declaration: Item<T>): Item<T> {
  return declaration;
}

/** What most items of a group have in common; a declaration overrides what it says itself. */
export const COMMON = {
  recipients: ['hub'],
  since: '0.2.0',
  expires: '2029-12-31',
  retentionDays: 90,
  personal: false,
  transform: 'none',
} as const;

/** Editions of rows of the long list, by the table's words; `virtual` has every row in `extended`. */
export const ALL_EDITIONS: readonly Edition[] = EDITIONS;
export const BASIC_ONLY: readonly Edition[] = ['basic', 'virtual'];
export const PLUS_AND_PREMIUM: readonly Edition[] = ['plus', 'premium', 'virtual'];
