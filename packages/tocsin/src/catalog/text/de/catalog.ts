// Every German text of the catalog: item id -> what it is; message.<id>.title, .when, .service and
// .reason.<code> -> those words. The lint refuses a catalog with one missing or left over.
import { CONNECTION_DE } from './connection.ts';
import { DEVICE_DE } from './device.ts';
import { ENVELOPE_DE } from './envelope.ts';
import { ENVIRONMENT_DE } from './environment.ts';
import { LOOKUP_DE } from './lookup.ts';
import { NETWORK_USE_DE } from './network-use.ts';
import { OBJECT_DE } from './object.ts';
import { PAYMENT_PROTECTION_DE } from './payment-protection.ts';
import { PORTAL_DE } from './portal.ts';
import { SHORT_LIST_DE } from './short-list.ts';
import { SOFTWARE_DE } from './software.ts';
import { SUBMISSION_DE } from './submission.ts';
import { USER_DE } from './user.ts';
import { WEB_ACCESS_DE } from './web-access.ts';
import { WIFI_DE } from './wifi.ts';

export const CATALOG_DE: Readonly<Record<string, string>> = {
  ...CONNECTION_DE,
  ...ENVELOPE_DE,
  ...LOOKUP_DE,
  ...SHORT_LIST_DE,
  ...OBJECT_DE,
  ...WEB_ACCESS_DE,
  ...NETWORK_USE_DE,
  ...ENVIRONMENT_DE,
  ...WIFI_DE,
  ...USER_DE,
  ...PAYMENT_PROTECTION_DE,
  ...PORTAL_DE,
  ...SOFTWARE_DE,
  ...DEVICE_DE,
  ...SUBMISSION_DE,
};
