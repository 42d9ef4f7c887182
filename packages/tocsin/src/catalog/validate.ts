// Whether a value is of the type that its item declares, and its canonical JSON text. Each type is compiled once
// to a function; a value is read once, so that what was checked is what is written. Nothing is ever cut to fit.
import { isIPv4, isIPv6 } from 'node:net';
import { canonicalIp } from '../protocol/ip.ts';
import type { Item, ItemType } from './item.ts';
import { isBase64, isLowerHex, isUtcTime, jsonText } from './value-text.ts';

export interface ValueFault {
  readonly reason: 'wrong-type' | 'over-limit' | 'undeclared';
  /** A clause for a person; never holds the value. */
  readonly why: string;
}

/** The canonical JSON text of a value, or what is wrong with it. */
export type ValueWriter = (value: unknown) => string | ValueFault;

export type Validity =
  | { readonly kind: 'ok'; readonly json: string }
  | ({ readonly kind: 'fault' } & ValueFault);

/** One value against a type. For many values, keep what `compileType` returns. */
export function validate(type: ItemType, value: unknown): Validity {
  const written = compileType(type)(value);
  return typeof written === 'string' ? { kind: 'ok', json: written } : { kind: 'fault', ...written };
}

/** The writer of an item: its type, and what can be seen of its transform in the value. */
export function compileItem({ type, transform }: Pick<Item, 'type' | 'transform'>): ValueWriter {
  return type.kind === 'url' && transform === 'url-without-secrets'
    ? urlWithoutSecrets(compileType(type))
    : compileType(type);
}

/** Throws SyntaxError for a pattern that is none: a mistake in a declaration. */
export function compileType(type: ItemType): ValueWriter {
  switch (type.kind) {
    case 'text':
      return text(type.max, type.pattern);
    case 'integer':
      return amount(type.min, type.max, Number.isSafeInteger, 'a whole number');
    case 'number':
      return amount(type.min, type.max, Number.isFinite, 'a number');
    case 'flag':
      return (value) => (value === true ? 'true' : value === false ? 'false' : NO_FLAG);
    case 'choice':
      return choice(type.values);
    case 'digest':
      return digest(type.bytes);
    case 'bytes':
      return base64(type.max);
    case 'time':
      return time(type.precision);
    case 'url':
      return url(type.max);
    case 'ipv4':
      return address(isIPv4, 'an IPv4 address in its canonical form');
    case 'ipv6':
      return address(
        (value) => isIPv6(value) && !value.includes('%'),
        'an IPv6 address in its canonical form',
      );
    case 'uuid':
      return matching(UUID, 'a UUID in lower case');
    case 'histogram':
      return histogram(type.edges.length + 1, type.max);
    case 'list':
      return list(compileType(type.of), type.max);
    case 'record':
      return record(type.fields);
    default:
      return unknownType(type);
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** A canonical address is printable ASCII: the rest is escaped in it. */
const URL_TEXT = /^[a-z][a-z0-9+.-]{0,31}:\/\/[^/?#\0- \x7f-\uffff]+(?:[/?#][!-~]*)?$/;
const USER_OR_FRAGMENT = /^[^:]*:\/\/[^/?#]*@|#/;
const PARAMETER_VALUE = /\?(?:.*?)=[^&]/;

const NO_FLAG = wrong('true or false');

function wrong(want: string): ValueFault {
  return { reason: 'wrong-type', why: `it is not ${want}` };
}

function over(limit: string): ValueFault {
  return { reason: 'over-limit', why: `it is beyond ${limit}` };
}

function text(max: number, pattern: string | undefined): ValueWriter {
  const whole = pattern === undefined ? null : new RegExp(`^(?:${pattern})$`, 'u');
  const noText = wrong('well-formed text');
  const tooLong = over(`${max} characters`);
  const otherForm = wrong(`of the form ${pattern}`);
  return (value) => {
    if (typeof value !== 'string') return noText;
    if (value.length > max) return tooLong;
    if (whole !== null && !whole.test(value)) return otherForm;
    return jsonText(value) ?? noText;
  };
}

function amount(min: number, max: number, is: (value: unknown) => boolean, want: string): ValueWriter {
  const none = wrong(want);
  const beyond = over(`${min} to ${max}`);
  return (value) => {
    if (typeof value !== 'number' || !is(value)) return none;
    return value < min || value > max ? beyond : `${value}`;
  };
}

function choice(values: readonly string[]): ValueWriter {
  const texts = new Map<unknown, string>(values.map((value) => [value, JSON.stringify(value)]));
  const none = wrong('one of its fixed values');
  return (value) => texts.get(value) ?? none;
}

/** Text that a pattern without quotes, backslashes and control characters describes wholly. */
function matching(pattern: RegExp, want: string): ValueWriter {
  const none = wrong(want);
  return (value) => (typeof value === 'string' && pattern.test(value) ? `"${value}"` : none);
}

function digest(bytes: number): ValueWriter {
  const none = wrong(`lower-case hex of ${bytes} bytes`);
  return (value) => (typeof value === 'string' && isLowerHex(value, 2 * bytes) ? `"${value}"` : none);
}

function base64(max: number): ValueWriter {
  const none = wrong('canonical base64');
  const tooLong = over(`${max} bytes`);
  const maxText = 4 * Math.ceil(max / 3);
  return (value) => {
    if (typeof value !== 'string') return none;
    if (value.length > maxText) return tooLong;
    if (!isBase64(value)) return none;
    const padding = value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0;
    return (value.length / 4) * 3 - padding > max ? tooLong : `"${value}"`;
  };
}

function time(precision: 'second' | 'hour' | 'day'): ValueWriter {
  const none = wrong(`a time in UTC, exact to the ${precision}, as 2026-11-23T08:00:00Z`);
  return (value) => (typeof value === 'string' && isUtcTime(value, precision) ? `"${value}"` : none);
}

function url(max: number): ValueWriter {
  const none = wrong('a web address in its canonical form');
  const tooLong = over(`${max} characters`);
  return (value) => {
    if (typeof value !== 'string') return none;
    if (value.length > max) return tooLong;
    if (!URL_TEXT.test(value) || !URL.canParse(value)) return none;
    return jsonText(value) ?? none;
  };
}

/** What the transform promises to cut must not be there: user, password, fragment, values of parameters. */
function urlWithoutSecrets(write: ValueWriter): ValueWriter {
  const secrets = wrong('without user, fragment and the values of query parameters');
  return (value) => {
    const written = write(value);
    if (typeof written !== 'string') return written;
    return USER_OR_FRAGMENT.test(value as string) || PARAMETER_VALUE.test(value as string)
      ? secrets
      : written;
  };
}

function address(is: (value: string) => boolean, want: string): ValueWriter {
  const none = wrong(want);
  return (value) => {
    if (typeof value !== 'string' || !is(value) || canonicalIp(value) !== value) return none;
    return `"${value}"`;
  };
}

function histogram(ranges: number, max: number): ValueWriter {
  const write = amount(0, max, Number.isSafeInteger, 'a whole number');
  const none = wrong(`a histogram of ${ranges} counts`);
  return (value) => (Array.isArray(value) && value.length === ranges ? elements(value, ranges, write) : none);
}

function list(write: ValueWriter, max: number): ValueWriter {
  const none = wrong('a list');
  const tooLong = over(`${max} elements`);
  return (value) => {
    if (!Array.isArray(value)) return none;
    const { length } = value;
    return length > max ? tooLong : elements(value, length, write);
  };
}

function elements(value: readonly unknown[], length: number, write: ValueWriter): string | ValueFault {
  let json = '[';
  for (let i = 0; i < length; i++) {
    const written = write(value[i]);
    if (typeof written !== 'string') return written;
    json += i === 0 ? written : `,${written}`;
  }
  return `${json}]`;
}

function record(types: Readonly<Record<string, ItemType>>): ValueWriter {
  const fields = Object.entries(types).map(([name, type], i) => ({
    name,
    write: compileType(type),
    lead: `${i === 0 ? '' : ','}${JSON.stringify(name)}:`,
  }));
  const none = wrong(`a record of ${Object.keys(types).join(', ')}`);
  const more: ValueFault = { reason: 'undeclared', why: 'it has a field that is not declared' };
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return none;
    let json = '{';
    for (const { name, write, lead } of fields) {
      if (!Object.hasOwn(value, name)) return none;
      const written = write((value as Record<string, unknown>)[name]);
      if (typeof written !== 'string') return written;
      json += lead + written;
    }
    return Object.keys(value).length === fields.length ? `${json}}` : more;
  };
}

/** A declaration of a later version: nothing is of a type that is not known here. */
function unknownType(_type: never): ValueWriter {
  return () => wrong('of a type that is known here');
}
