// Rules of the lint about the rows of the table: each is served, by items of its editions, at its participation.
import type { Edition, Item } from '../item.ts';
import { ALL_EDITIONS, BASIC_ONLY, PLUS_AND_PREMIUM } from '../item.ts';
import type { CatalogToLint, Complaint, LintRule } from '../lint.ts';

export const ROW_LIMITS = { rowsPerItem: 6 } as const;

/** The table's words for editions -> ours. `virtual` has every row. */
export const EDITIONS_OF_ROW: Readonly<Record<string, readonly Edition[]>> = {
  'standard,plus,premium': ALL_EDITIONS,
  'plus,premium': PLUS_AND_PREMIUM,
  standard: BASIC_ONLY,
  svm: ALL_EDITIONS,
};

/** Rows of the short list. */
const SHORT_LIST = 'svm';

function same(a: readonly Edition[], b: readonly Edition[]): boolean {
  return a.length === b.length && a.every((edition) => b.includes(edition));
}

/** One complaint for each pair of item and row of which `fault` says something. */
function eachServed(
  name: string,
  fault: (item: Item, row: string, catalog: CatalogToLint) => string | null,
): LintRule {
  return {
    name,
    check: (catalog) =>
      catalog.items.flatMap((item) =>
        item.statement
          .map((row) => fault(item, row, catalog))
          .filter((words) => words !== null)
          .map((words): Complaint => ({ about: item.id, words })),
      ),
  };
}

function onShortList(item: Item, { rows }: CatalogToLint): boolean {
  return item.statement.some((row) => rows[row] === SHORT_LIST);
}

function levelFault(item: Item, catalog: CatalogToLint): string | null {
  switch (item.participation) {
    case 'connection':
      return item.statement.length === 0 ? null : 'what leaves at every participation serves no row';
    case 'standard':
      return onShortList(item, catalog) ? null : 'standard, but in no row of the short list';
    case 'extended':
      if (item.statement.length === 0)
        return 'serves no row: extended is the list of the edition and nothing more';
      return onShortList(item, catalog) ? 'in the short list, but not standard' : null;
  }
}

/** Rows of one name in two groups, or items of one row, sound alike: each such item says how it differs. */
function alike({ items, rows }: CatalogToLint): Complaint[] {
  const nameOf = (row: string) => row.slice(row.indexOf('.') + 1);
  const twice = new Set(
    Object.keys(rows)
      .map(nameOf)
      .filter((name, index, names) => names.indexOf(name) !== index),
  );
  return items
    .filter((item) =>
      item.statement.some((row) => {
        const family = Object.keys(rows).filter((other) => nameOf(other) === nameOf(row));
        return (
          twice.has(nameOf(row)) &&
          family.some((other) => !(item.statement as readonly string[]).includes(other))
        );
      }),
    )
    .filter((item) => item.difference === undefined)
    .map(({ id }) => ({
      about: id,
      words: 'a row of the same name is served by another item; `difference` must tell them apart',
    }));
}

export const ROW_RULES: readonly LintRule[] = [
  {
    name: 'row-served',
    check: ({ items, rows }) =>
      Object.keys(rows)
        .filter((row) => !items.some(({ statement }) => (statement as readonly string[]).includes(row)))
        .map((row) => ({ about: row, words: 'served by no item' })),
  },
  eachServed('row-known', (_item, row, { rows }) => (Object.hasOwn(rows, row) ? null : `'${row}' is no row`)),
  eachServed('row-editions', (item, row, { rows }) => {
    const wanted = EDITIONS_OF_ROW[rows[row] ?? ''];
    return wanted === undefined || same(item.editions, wanted) ? null : `'${row}' has other editions`;
  }),
  {
    name: 'rows-at-most',
    check: ({ items }) =>
      items
        .filter(({ statement }) => statement.length > ROW_LIMITS.rowsPerItem)
        .map(({ id, statement }) => ({
          about: id,
          words: `names ${statement.length} rows, want six at most`,
        })),
  },
  {
    name: 'short-list',
    check: (catalog) =>
      catalog.items.flatMap((item) => {
        const words = levelFault(item, catalog);
        return words === null ? [] : [{ about: item.id, words }];
      }),
  },
  { name: 'rows-alike', check: alike },
];
