// What differs between two versions by item: ids that came, went, or are another thing now. Works on what was kept of
// each version, so that it can be told of any two.

export interface ItemChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

type Items = Readonly<Record<string, string>>;

/** Ids in the order of the lists; item id -> fingerprint. */
export function itemChanges(older: Items, newer: Items): ItemChanges {
  const [before, after] = [new Map(Object.entries(older)), new Map(Object.entries(newer))];
  return {
    added: [...after.keys()].filter((id) => !before.has(id)),
    removed: [...before.keys()].filter((id) => !after.has(id)),
    changed: [...after].filter(([id, mark]) => before.has(id) && before.get(id) !== mark).map(([id]) => id),
  };
}
