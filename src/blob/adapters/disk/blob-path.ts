import path from 'node:path';

/**
 * The path of a key below a directory. Every character but lower-case letters, digits, `-`, `_` and
 * inner dots is escaped as `%` and two hex digits: nothing leads out of the directory, names that
 * differ in case stay apart where the file system does not tell them apart, and no name begins
 * with a dot, so that those are free for the adapter's own files.
 */
export function blobPath(directory: string, key: string): string {
  return path.join(directory, ...key.split('/').map(toFileName));
}

export function toFileName(part: string): string {
  return part.replace(/^\.|\.$|[^a-z0-9._-]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

/** The part of a key that a file or folder stands for, undefined for what is none of ours. */
export function fromFileName(name: string): string | undefined {
  const part = name.replace(/%([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return toFileName(part) === name ? part : undefined;
}
