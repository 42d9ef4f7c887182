// The object group: everything declared about an object that was examined. Only gathers its files.
import { OBJECT_CERTIFICATE_ITEMS } from './object-certificate.ts';
import { OBJECT_CONTENT_ITEMS } from './object-content.ts';
import { OBJECT_DETECTION_ITEMS } from './object-detection.ts';
import { OBJECT_IDENTITY_ITEMS } from './object-identity.ts';
import { OBJECT_PROGRAM_ITEMS } from './object-program.ts';
import { OBJECT_TRAFFIC_ITEMS } from './object-traffic.ts';
import { OBJECT_WEB_ITEMS } from './object-web.ts';

export const OBJECT_ITEMS = [
  ...OBJECT_IDENTITY_ITEMS,
  ...OBJECT_PROGRAM_ITEMS,
  ...OBJECT_CERTIFICATE_ITEMS,
  ...OBJECT_DETECTION_ITEMS,
  ...OBJECT_WEB_ITEMS,
  ...OBJECT_TRAFFIC_ITEMS,
  ...OBJECT_CONTENT_ITEMS,
] as const;
