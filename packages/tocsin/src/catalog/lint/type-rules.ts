// Rules of the lint about types: units, limits that can be met, examples that fit.
import type { Item, ItemType } from '../item.ts';
import type { LintRule } from '../lint.ts';
import { compileItem } from '../validate.ts';

/** Units that may be used; a new one is added here, once, so that two words for one unit do not come up. */
export const UNITS = [
  'bytes',
  'bits',
  'ms',
  's',
  'days',
  'dBm',
  'count',
  'characters',
  'percent',
  'errors',
  'updates',
  'events',
  'fragments',
  'bits per byte',
  'runs',
  'detections',
  'points',
  'version',
  'HTTP status',
  'option number',
  'port number',
  'sequence number',
  'revision number',
] as const;

/** Endings of names that are units: the unit belongs into the type. */
const UNIT_IN_NAME =
  /_(?:ms|msec|millis|milliseconds|s|sec|secs|seconds|minutes|hours|days|kb|mb|gb|bytes|bits|percent)$/;

/** The type and every type inside it. */
export function typesIn(type: ItemType): readonly ItemType[] {
  switch (type.kind) {
    case 'list':
      return [type, ...typesIn(type.of)];
    case 'record':
      return [type, ...Object.values(type.fields).flatMap(typesIn)];
    default:
      return [type];
  }
}

function eachType(name: string, fault: (type: ItemType, item: Item) => string | null): LintRule {
  return {
    name,
    check: ({ items }) =>
      items.flatMap((item) =>
        typesIn(item.type)
          .map((type) => fault(type, item))
          .filter((words) => words !== null)
          .map((words) => ({ about: item.id, words })),
      ),
  };
}

function isPattern(pattern: string): boolean {
  try {
    new RegExp(`^(?:${pattern})$`, 'u');
    return true;
  } catch {
    return false;
  }
}

function distinct(values: readonly unknown[]): boolean {
  return values.length > 0 && new Set(values).size === values.length;
}

function limitFault(type: ItemType): string | null {
  switch (type.kind) {
    case 'text':
      if (!(type.max > 0)) return 'a text of at most nothing';
      return type.pattern === undefined || isPattern(type.pattern) ? null : 'its pattern cannot be read';
    case 'integer':
    case 'number':
      return type.min <= type.max ? null : 'its least is more than its most';
    case 'choice':
      return distinct(type.values) ? null : 'nothing to choose from, or one choice twice';
    case 'histogram':
      return type.edges.length > 0 &&
        type.edges.every((edge, i) => i === 0 || edge > type.edges[i - 1]!) &&
        type.max > 0
        ? null
        : 'its edges do not rise';
    case 'digest':
    case 'bytes':
    case 'url':
    case 'list':
      return (type.kind === 'digest' ? type.bytes : type.max) > 0 ? null : 'room for nothing';
    case 'record':
      return Object.keys(type.fields).length > 0 ? null : 'a record without a field';
    default:
      return null;
  }
}

/** By the gate's own check, so that the example of the Statement is one that would leave. */
function exampleFault(item: Item): string | null {
  if (typesIn(item.type).some((type) => type.kind === 'text' && !isPattern(type.pattern ?? ''))) return null; // `limits`
  const written = compileItem(item)(item.example);
  return typeof written === 'string' ? null : written.why;
}

export const TYPE_RULES: readonly LintRule[] = [
  eachType('unit', (type) => {
    if (type.kind !== 'integer' && type.kind !== 'number' && type.kind !== 'histogram') return null;
    if (type.unit === '') return 'a number without a unit';
    return (UNITS as readonly string[]).includes(type.unit) ? null : `'${type.unit}' is none of the units`;
  }),
  eachType('limits', limitFault),
  {
    name: 'unit-in-name',
    check: ({ items }) =>
      items
        .filter(({ id }) => UNIT_IN_NAME.test(id))
        .map(({ id }) => ({ about: id, words: 'a unit in the name: it belongs into the type' })),
  },
  {
    name: 'example',
    check: ({ items }) =>
      items.flatMap((item) => {
        const fault = exampleFault(item);
        return fault === null ? [] : [{ about: item.id, words: `its example is not of its type: ${fault}` }];
      }),
  },
];
