import { createHash } from 'node:crypto';

/** One object as the server keeps it. */
export interface StoredObject {
  bucket: string;
  name: string;
  generation: number;
  bytes: Buffer;
  contentType: string;
  createdAt: Date;
}

const CRC32C_TABLE = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});

/** CRC-32C (Castagnoli) as Google writes it: four bytes, big-endian, base64. */
export function crc32c(bytes: Uint8Array): string {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC32C_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  const out = Buffer.alloc(4);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return out.toString('base64');
}

export function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('base64');
}

/** The resource that the JSON API answers for an object. */
export function resourceOf(object: StoredObject): Record<string, unknown> {
  const { bucket, name, generation, bytes, contentType, createdAt } = object;
  return {
    kind: 'storage#object',
    id: `${bucket}/${name}/${generation}`,
    name,
    bucket,
    generation: String(generation),
    metageneration: '1',
    contentType,
    size: String(bytes.length),
    md5Hash: md5(bytes),
    crc32c: crc32c(bytes),
    timeCreated: createdAt.toISOString(),
    updated: createdAt.toISOString(),
  };
}

/** The objects of all buckets; one generation of each, as without versioning. */
export class GcsObjects {
  readonly #objects = new Map<string, StoredObject>();
  #generation = 1_700_000_000_000_000;

  put(bucket: string, name: string, bytes: Buffer, contentType: string): StoredObject {
    this.#generation += 1;
    const generation = this.#generation;
    const object = { bucket, name, generation, bytes, contentType, createdAt: new Date() };
    this.#objects.set(`${bucket}/${name}`, object);
    return object;
  }

  find(bucket: string, name: string, generation: string | null): StoredObject | undefined {
    const object = this.#objects.get(`${bucket}/${name}`);
    const isMeant = generation === null || String(object?.generation) === generation;
    return isMeant ? object : undefined;
  }

  delete(bucket: string, name: string): boolean {
    return this.#objects.delete(`${bucket}/${name}`);
  }

  /** In the order of their names, as bytes. */
  list(bucket: string, prefix: string): StoredObject[] {
    return [...this.#objects.values()]
      .filter((object) => object.bucket === bucket && object.name.startsWith(prefix))
      .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  }

  names(): string[] {
    return [...this.#objects.keys()].sort();
  }
}
