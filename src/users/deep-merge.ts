type Tree = Record<string, unknown>;

/**
 * Returns `base` with `changes` applied: objects are merged key by key, everything else (including lists
 * and null) replaces the old value. Neither argument is changed.
 */
export function deepMerge(base: Tree, changes: Tree): Tree {
  const merged: Tree = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    const before = Object.hasOwn(merged, key) ? merged[key] : undefined;
    const next = isTree(before) && isTree(value) ? deepMerge(before, value) : value;
    Object.defineProperty(merged, key, {
      value: next,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return merged;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
