// The form of a value in words: type, unit, limits; and an example as it is shown. No I/O.
import { never } from '../../protocol/errors.ts';
import type { Item, ItemType } from '../item.ts';
import type { Rich } from './document.ts';
import { ids, joined } from './document.ts';
import type { Words } from './words.ts';

export const EXAMPLE_LIMITS = { maxCharacters: 320 } as const;

export function typeWords(type: ItemType, words: Words): Rich {
  const { say, term } = words;
  switch (type.kind) {
    case 'text':
      return say(type.pattern === undefined ? 'type.text' : 'type.text-pattern', { max: type.max });
    case 'integer': {
      const unit = term('unit', type.unit);
      return type.max === Number.MAX_SAFE_INTEGER
        ? say('type.integer-open', { min: type.min, unit })
        : say('type.integer', { min: type.min, max: type.max, unit });
    }
    case 'number':
      return say('type.number', { min: type.min, max: type.max, unit: term('unit', type.unit) });
    case 'choice':
      return say('type.choice', { values: ids(type.values) });
    case 'digest':
      return say('type.digest', { digits: 2 * type.bytes, bytes: type.bytes });
    case 'bytes':
      return say('type.bytes', { max: sizeWords(type.max, words) });
    case 'time':
      return term('type', `time-${type.precision}`);
    case 'url':
      return say('type.url', { max: type.max });
    case 'flag':
    case 'ipv4':
    case 'ipv6':
    case 'uuid':
      return term('type', type.kind);
    case 'histogram': {
      const edges = ids(type.edges.map(String));
      return say('type.histogram', {
        ranges: type.edges.length + 1,
        edges,
        unit: term('unit', type.unit),
      });
    }
    case 'list':
      return say('type.list', { max: type.max, of: typeWords(type.of, words) });
    case 'record': {
      const fields = Object.entries(type.fields).map(
        ([name, of]): Rich => [{ id: name }, ' (', ...typeWords(of, words), ')'],
      );
      return say('type.record', { fields: joined(fields) });
    }
    default:
      return never(type);
  }
}

/** `64 KiB`, `96 MiB`, else `1,500 bytes`. */
export function sizeWords(bytes: number, words: Words): Rich {
  for (const [unit, size] of [['MiB', 2 ** 20] as const, ['KiB', 2 ** 10] as const])
    if (bytes >= size && bytes % size === 0) return [`${bytes / size} ${unit}`];
  return words.say('value.bytes', { count: bytes });
}

/** Text as it is, everything else as JSON; a long one ends in three dots. */
export function exampleText({ example }: Item): string {
  const text = typeof example === 'string' ? example : JSON.stringify(example);
  const points = [...text];
  return points.length <= EXAMPLE_LIMITS.maxCharacters
    ? text
    : `${points.slice(0, EXAMPLE_LIMITS.maxCharacters).join('')}...`;
}
