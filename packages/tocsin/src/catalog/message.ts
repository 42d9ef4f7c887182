// What a message is: an envelope of items that may leave, with the reasons for which it is sent and when.
// Messages are declared in catalog/messages.ts; the gate takes nothing else.
import type { ItemLevel } from './item.ts';

/** Attributed: signed by the machine, with its id. Anonymous: a question that is kept with nobody's name. */
export type Attribution = 'attributed' | 'anonymous' | 'connection';

export interface Message {
  readonly id: string;
  /** A short noun phrase in English; German in text/de. */
  readonly title: string;
  readonly attribution: Attribution;
  /** The least participation at which it is sent at all; its items may need more. */
  readonly from: ItemLevel;
  /** Ids of the items that it may carry, in the order in which they are shown. */
  readonly items: readonly string[];
  /** Items without which it makes no sense: where one is withheld, the whole message is. */
  readonly required: readonly string[];
  /** Reason code -> when that is, a clause in English. Each is really sent for, or planned with the item's collector. */
  readonly reasons: Readonly<Record<string, string>>;
  /** When it is sent, at most how often. */
  readonly schedule: { readonly when: string; readonly atMostPerDay: number };
  /** Service that ends for a machine that does not send it; null where none does. English; German in text/de. */
  readonly service: string | null;
  /** `planned`: nothing of this release makes or sends it, so that its service is not there either. */
  readonly producer: 'built' | 'planned';
  readonly maxBytes: number;
}
