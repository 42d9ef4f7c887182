// The types of the catalog as TypeBox schemas, for the peer of `bench gate`.
import type { Item, ItemType } from 'tocsin/catalog/item.ts';
import type { TSchema } from 'typebox';
import { Type } from 'typebox';

export function schemaOf(items: readonly Item[]): TSchema {
  return Type.Object(Object.fromEntries(items.map(({ id, type }) => [id, typeSchema(type)])), {
    additionalProperties: false,
  });
}

const HEX = '^[0-9a-f]*$';

function typeSchema(type: ItemType): TSchema {
  switch (type.kind) {
    case 'text':
      return Type.String({
        maxLength: type.max,
        ...(type.pattern === undefined ? {} : { pattern: `^(?:${type.pattern})$` }),
      });
    case 'integer':
      return Type.Integer({ minimum: type.min, maximum: type.max });
    case 'number':
      return Type.Number({ minimum: type.min, maximum: type.max });
    case 'flag':
      return Type.Boolean();
    case 'choice':
      return Type.Union(type.values.map((value) => Type.Literal(value)));
    case 'digest':
      return Type.String({ minLength: 2 * type.bytes, maxLength: 2 * type.bytes, pattern: HEX });
    case 'histogram':
      return Type.Array(Type.Integer({ minimum: 0, maximum: type.max }), {
        minItems: type.edges.length + 1,
        maxItems: type.edges.length + 1,
      });
    case 'list':
      return Type.Array(typeSchema(type.of), { maxItems: type.max });
    case 'record':
      return Type.Object(
        Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, typeSchema(field)])),
        { additionalProperties: false },
      );
    default:
      return Type.String();
  }
}
