// A JSON Schema (2020-12) for each message, derived from its items: what others may check a recorded message with.
// The gate itself does not use it (validate.ts is stricter in two places, named in the comments). No I/O.
import { never } from '../protocol/errors.ts';
import { LOOKUP_LIMITS } from '../protocol/lookup.ts';
import { itemOf, MESSAGES } from './catalog.ts';
import type { Item, ItemType } from './item.ts';
import { type ENVELOPE_ITEMS, isEnvelopeItem } from './items/envelope.ts';
import type { Message } from './message.ts';
import { NEWEST_VERSION } from './versions/versions.ts';

export type JsonSchema = { readonly [keyword: string]: unknown };

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** `urn:tocsin:message:<id>`: names a schema, is fetched from nowhere. */
export function schemaId(message: string): string {
  return `urn:tocsin:message:${message}`;
}

/**
 * What is signed of an attributed message (spec/message.md), the body of a look-up, or, for what the connection
 * itself shows, an object with its items.
 */
export function schemaOf(message: Message): JsonSchema {
  const head = {
    $schema: DIALECT,
    $id: schemaId(message.id),
    title: message.title,
    description: `Sent ${message.schedule.when}.`,
    $comment: `catalog version ${NEWEST_VERSION.number}`,
  };
  switch (message.attribution) {
    case 'attributed':
      return { ...head, ...attributedBody(message) };
    case 'anonymous':
      return { ...head, ...(message.id === 'lookup-history' ? historyBody(message) : lookupBody(message)) };
    case 'connection':
      return { ...head, ...itemsObject(message) };
    default:
      return never(message.attribution);
  }
}

/** All of them in one schema, each under `$defs`. */
export function allSchemas(): JsonSchema {
  return {
    $schema: DIALECT,
    $id: 'urn:tocsin:messages',
    oneOf: MESSAGES.map(({ id }) => ({ $ref: schemaId(id) })),
    $defs: Object.fromEntries(MESSAGES.map((message) => [message.id, schemaOf(message)])),
  };
}

function attributedBody(message: Message): JsonSchema {
  const head = (id: (typeof ENVELOPE_ITEMS)[number]['id']): JsonSchema => itemSchema(itemOf(id)!);
  const properties = {
    v: { const: 1 },
    machine: itemSchema(itemOf('connection.machine_id')!),
    epoch: head('envelope.epoch'),
    sequence: head('envelope.sequence'),
    consent: head('envelope.consent'),
    edition: head('envelope.edition'),
    at: head('envelope.made_at'),
    message: { const: message.id },
    reason: { enum: Object.keys(message.reasons) },
    items: itemsObject(message),
  };
  return closed(properties, Object.keys(properties));
}

/** Items by the names after their dots. */
function fieldsOf(message: Message): Readonly<Record<string, JsonSchema>> {
  const fields = message.items.map((id) => [id.slice(id.indexOf('.') + 1), itemSchema(itemOf(id)!)]);
  return Object.fromEntries(fields) as Record<string, JsonSchema>;
}

function historyBody(message: Message): JsonSchema {
  const properties = { v: { const: 1 }, ...fieldsOf(message) };
  return closed(properties, Object.keys(properties));
}

function lookupBody(message: Message): JsonSchema {
  const fields = fieldsOf(message);
  const question = closed(fields, Object.keys(fields));
  const max = message.id === 'lookup' ? LOOKUP_LIMITS.maxPrefixes : 1;
  const prefixes = { type: 'array', minItems: 1, maxItems: max, items: question };
  return closed({ v: { const: 1 }, prefixes }, ['v', 'prefixes']);
}

function itemsObject(message: Message): JsonSchema {
  const own = message.items.filter((id) => message.attribution !== 'attributed' || !isEnvelopeItem(id));
  return closed(Object.fromEntries(own.map((id) => [id, itemSchema(itemOf(id)!)])), message.required);
}

/** The schema of an item's value, with its words as annotations. */
export function itemSchema(item: Item): JsonSchema {
  return { description: item.what, ...typeSchema(item.type), examples: [item.example] };
}

const HEX = '0-9a-f';
const TIMES = {
  second: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$',
  hour: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:00:00Z$',
  day: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T00:00:00Z$',
} as const;

function typeSchema(type: ItemType): JsonSchema {
  switch (type.kind) {
    case 'integer':
    case 'number':
      return { type: type.kind, minimum: type.min, maximum: type.max, $comment: `unit: ${type.unit}` };
    case 'flag':
      return { type: 'boolean' };
    case 'choice':
      return { enum: type.values };
    case 'histogram':
      return {
        type: 'array',
        minItems: type.edges.length + 1,
        maxItems: type.edges.length + 1,
        items: { type: 'integer', minimum: 0, maximum: type.max },
        $comment: `counts between the edges ${type.edges.join(', ')} ${type.unit}`,
      };
    case 'list':
      return { type: 'array', maxItems: type.max, items: typeSchema(type.of) };
    case 'record': {
      const fields = Object.entries(type.fields).map(([name, of]) => [name, typeSchema(of)]);
      return closed(Object.fromEntries(fields), Object.keys(type.fields));
    }
    default:
      return { type: 'string', ...textSchema(type) };
  }
}

type TextKind = 'text' | 'digest' | 'bytes' | 'time' | 'url' | 'ipv4' | 'ipv6' | 'uuid';

/** What is said of values that are strings in JSON. */
function textSchema(type: Extract<ItemType, { readonly kind: TextKind }>): JsonSchema {
  switch (type.kind) {
    case 'text':
      // `maxLength` counts code points, the gate UTF-16 units: it may refuse what this lets through.
      return {
        maxLength: type.max,
        ...(type.pattern === undefined ? {} : { pattern: `^(?:${type.pattern})$` }),
      };
    case 'digest':
      return { pattern: `^[${HEX}]{${2 * type.bytes}}$` };
    case 'bytes':
      return {
        contentEncoding: 'base64',
        pattern: '^[A-Za-z0-9+/]*={0,2}$',
        maxLength: 4 * Math.ceil(type.max / 3),
      };
    case 'time':
      return { format: 'date-time', pattern: TIMES[type.precision] };
    case 'url':
      // The gate also wants it canonical and without what the transform cuts.
      return { format: 'uri', maxLength: type.max };
    case 'ipv4':
    case 'ipv6':
      return { format: type.kind };
    case 'uuid':
      return { format: 'uuid', pattern: `^[${HEX}]{8}(?:-[${HEX}]{4}){3}-[${HEX}]{12}$` };
    default:
      return never(type);
  }
}

function closed(properties: JsonSchema, required: readonly string[]): JsonSchema {
  return { type: 'object', properties, required, additionalProperties: false };
}
