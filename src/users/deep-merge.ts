type Tree = Record<string, unknown>;

/**
 * `base` with `changes` laid over it: objects are merged key by key, everything else (lists and
 * null included) replaces what was there. Neither argument is changed.
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
