import path from 'node:path';

/**
 * Returns the path of a key below a directory. Every character except lower-case letters, digits, `-`,
 * `_` and inner dots is escaped as `%` and two hex digits. So no key leads out of the directory, names
 * that differ in case stay different on every file system, and no name begins with a dot: such names
 * are for the adapter's own files.
 */
export function blobPath(directory: string, key: string): string {
  return path.join(directory, ...key.split('/').map(toFileName));
}

export function toFileName(part: string): string {
  return part.replace(/^\.|\.$|[^a-z0-9._-]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

/** Returns the part of a key that a file or folder name stands for; undefined for foreign files. */
export function fromFileName(name: string): string | undefined {
  const part = name.replace(/%([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return toFileName(part) === name ? part : undefined;
}
