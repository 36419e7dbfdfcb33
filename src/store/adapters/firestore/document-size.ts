import { Timestamp } from '@google-cloud/firestore';

/** Returns the size of a document as Firestore counts it, bytes: its name, its fields and 32 more. */
export function documentBytes(path: string, fields: Record<string, unknown>): number {
  const name = path.split('/').reduce((bytes, part) => bytes + textBytes(part), 16);
  return name + mapBytes(fields) + 32;
}

function mapBytes(fields: Record<string, unknown>): number {
  return Object.entries(fields).reduce(
    (bytes, [name, value]) => bytes + textBytes(name) + valueBytes(value),
    0,
  );
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return textBytes(value);
  if (typeof value === 'number' || value instanceof Timestamp) return 8;
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value))
    return value.reduce((bytes: number, item) => bytes + valueBytes(item), 0);
  if (typeof value === 'object' && value !== null)
    return mapBytes(value as Record<string, unknown>);
  return 1;
}

function textBytes(text: string): number {
  return Buffer.byteLength(text) + 1;
}
