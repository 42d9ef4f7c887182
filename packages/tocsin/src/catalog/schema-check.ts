// Checks a value against the keywords of JSON Schema that json-schema.ts writes, and refuses to know any other. For
// tests only: a second opinion beside the gate.
import { isIPv4, isIPv6 } from 'node:net';
import type { JsonSchema } from './json-schema.ts';

const KNOWN = new Set(
  '$schema $id title description $comment examples type properties required additionalProperties items minItems maxItems minimum maximum maxLength pattern enum const format contentEncoding'.split(
    ' ',
  ),
);

/** Where and why a value does not fit; empty where it does. Throws RangeError for a keyword that is not known. */
export function schemaFaults(schema: JsonSchema, value: unknown, at = ''): readonly string[] {
  const unknown = Object.keys(schema).find((keyword) => !KNOWN.has(keyword));
  if (unknown !== undefined) throw new RangeError(`the keyword '${unknown}'`);
  const fault = (wrong: boolean, why: string): string[] => (wrong ? [`${at}: ${why}`] : []);
  const type = schema['type'] as string | undefined;
  if (type !== undefined && !isType(type, value)) return [`${at}: not ${type}`];
  return [
    ...fault('const' in schema && schema['const'] !== value, 'not the constant'),
    ...fault('enum' in schema && !(schema['enum'] as unknown[]).includes(value), 'none of the values'),
    ...(typeof value === 'number' ? fault(outside(schema, value), 'outside the limits') : []),
    ...(typeof value === 'string' ? fault(!fitsText(schema, value), 'not of the form') : []),
    ...(Array.isArray(value) ? arrayFaults(schema, value, at) : []),
    ...(type === 'object' ? objectFaults(schema, value as Record<string, unknown>, at) : []),
  ];
}

function isType(type: string, value: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}

function outside(schema: JsonSchema, value: number): boolean {
  const { minimum = -Infinity, maximum = Infinity } = schema as { minimum?: number; maximum?: number };
  return value < minimum || value > maximum;
}

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  ipv4: isIPv4,
  ipv6: isIPv6,
  uri: URL.canParse,
  uuid: () => true,
  'date-time': (text) => !Number.isNaN(Date.parse(text)),
};

function fitsText(schema: JsonSchema, value: string): boolean {
  const {
    maxLength = Infinity,
    pattern,
    format,
  } = schema as {
    maxLength?: number;
    pattern?: string;
    format?: string;
  };
  return (
    [...value].length <= maxLength &&
    (pattern === undefined || new RegExp(pattern, 'u').test(value)) &&
    (format === undefined || FORMATS[format]!(value))
  );
}

function arrayFaults(schema: JsonSchema, value: readonly unknown[], at: string): readonly string[] {
  const {
    minItems = 0,
    maxItems = Infinity,
    items,
  } = schema as {
    minItems?: number;
    maxItems?: number;
    items?: JsonSchema;
  };
  const size = value.length < minItems || value.length > maxItems ? [`${at}: ${value.length} elements`] : [];
  const each = items === undefined ? [] : value.flatMap((one, i) => schemaFaults(items, one, `${at}/${i}`));
  return [...size, ...each];
}

function objectFaults(schema: JsonSchema, value: Record<string, unknown>, at: string): readonly string[] {
  const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>;
  const required = (schema['required'] ?? []) as readonly string[];
  const missing = required
    .filter((name) => !Object.hasOwn(value, name))
    .map((name) => `${at}/${name}: missing`);
  const each = Object.entries(value).flatMap(([name, one]) => {
    if (Object.hasOwn(properties, name)) return schemaFaults(properties[name]!, one, `${at}/${name}`);
    return schema['additionalProperties'] === false ? [`${at}/${name}: not declared`] : [];
  });
  return [...missing, ...each];
}
