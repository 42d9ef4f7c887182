// The catalog: every declared item and message, gathered from items/ and messages/. What is not found here does
// not leave. It declares nothing itself and decides nothing (gate.ts); lint.ts says what a declaration must hold.
import type { ParticipationLevel } from './consent.ts';
import type { Edition, Item, ItemLevel } from './item.ts';
import { CONNECTION_ITEMS } from './items/connection.ts';
import { DEVICE_ITEMS } from './items/device.ts';
import { ENVELOPE_IDS, ENVELOPE_ITEMS } from './items/envelope.ts';
import { ENVIRONMENT_ITEMS } from './items/environment.ts';
import { LOOKUP_ITEMS } from './items/lookup.ts';
import { NETWORK_USE_ITEMS } from './items/network-use.ts';
import { OBJECT_ITEMS } from './items/object.ts';
import { PAYMENT_PROTECTION_ITEMS } from './items/payment-protection.ts';
import { PORTAL_ITEMS } from './items/portal.ts';
import { SHORT_LIST_ITEMS } from './items/short-list.ts';
import { SOFTWARE_ITEMS } from './items/software.ts';
import { SUBMISSION_ITEMS } from './items/submission.ts';
import { USER_ITEMS } from './items/user.ts';
import { WEB_ACCESS_ITEMS } from './items/web-access.ts';
import { WIFI_ITEMS } from './items/wifi.ts';
import type { Message } from './message.ts';
import { CONNECTION_MESSAGES } from './messages/connection.ts';
import { ENVIRONMENT_MESSAGES } from './messages/environment.ts';
import { LOOKUP_MESSAGES } from './messages/lookup.ts';
import { NETWORK_USE_MESSAGES } from './messages/network-use.ts';
import { OBJECT_MESSAGES } from './messages/object.ts';
import { PAYMENT_PROTECTION_MESSAGES } from './messages/payment-protection.ts';
import { PORTAL_MESSAGES } from './messages/portal.ts';
import { SOFTWARE_MESSAGES } from './messages/software.ts';
import { SUBMISSION_MESSAGES } from './messages/submission.ts';
import { WEB_ACCESS_MESSAGES } from './messages/web-access.ts';

/** In the order of groups and, within one, of the declarations: the order in which the Statement lists them. */
export const ITEMS: readonly Item[] = [
  ...CONNECTION_ITEMS,
  ...ENVELOPE_ITEMS,
  ...LOOKUP_ITEMS,
  ...SHORT_LIST_ITEMS,
  ...OBJECT_ITEMS,
  ...WEB_ACCESS_ITEMS,
  ...NETWORK_USE_ITEMS,
  ...ENVIRONMENT_ITEMS,
  ...WIFI_ITEMS,
  ...USER_ITEMS,
  ...PAYMENT_PROTECTION_ITEMS,
  ...PORTAL_ITEMS,
  ...SOFTWARE_ITEMS,
  ...DEVICE_ITEMS,
  ...SUBMISSION_ITEMS,
];

/** In the order in which the Statement shows them. Around each attributed one stands the same envelope. */
export const MESSAGES: readonly Message[] = [
  ...CONNECTION_MESSAGES,
  ...LOOKUP_MESSAGES,
  ...OBJECT_MESSAGES,
  ...WEB_ACCESS_MESSAGES,
  ...NETWORK_USE_MESSAGES,
  ...ENVIRONMENT_MESSAGES,
  ...PAYMENT_PROTECTION_MESSAGES,
  ...PORTAL_MESSAGES,
  ...SOFTWARE_MESSAGES,
  ...SUBMISSION_MESSAGES,
].map((message) =>
  message.attribution === 'attributed' ? { ...message, items: [...message.items, ...ENVELOPE_IDS] } : message,
);

const ITEM_BY_ID: ReadonlyMap<string, Item> = new Map(ITEMS.map((item) => [item.id, item]));
const MESSAGE_BY_ID: ReadonlyMap<string, Message> = new Map(MESSAGES.map((message) => [message.id, message]));

/** The declaration of an item; `undefined` where there is none: then it may not leave. */
export function itemOf(id: string): Item | undefined {
  return ITEM_BY_ID.get(id);
}

export function messageOf(id: string): Message | undefined {
  return MESSAGE_BY_ID.get(id);
}

/** Ids of the messages that may carry an item, in catalog order. */
export function messagesWith(itemId: string): readonly string[] {
  return MESSAGES.filter((message) => message.items.includes(itemId)).map((message) => message.id);
}

/** Sorted ids of the items that may leave under an edition at a participation, each level with those below it. */
export function itemsFor(edition: Edition, participation: ParticipationLevel): readonly string[] {
  return ITEMS.filter((item) => item.editions.includes(edition) && allows(participation, item.participation))
    .map((item) => item.id)
    .sort();
}

/** True where what needs `least` may leave at this participation; what receiving itself shows leaves at each. */
export function allows(participation: ParticipationLevel, least: ItemLevel): boolean {
  switch (least) {
    case 'connection':
      return true;
    case 'standard':
      return participation !== 'off';
    case 'extended':
      return participation === 'extended';
  }
}
