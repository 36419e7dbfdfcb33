import { createHash } from 'node:crypto';
import { inflateTextSync } from '../kernel/inflate.ts';
import { transcriptChunkSchema, transcriptChunks } from '../model/conversation.ts';
import { segmentsFromJson, segmentsToJson } from '../model/transcript-segment.ts';
import { canonicalJson } from './canonical-json.ts';

const BYTES = 32;

/**
 * Count and checksum of a set of documents, whatever the order in which they come: the sum of their
 * SHA-256s modulo 2^256, so that two engines that order ids differently can be compared.
 */
export class DocumentDigest {
  #count = 0;
  readonly #sum = new Uint8Array(BYTES);

  add(collection: string, document: { id: string }): void {
    this.#count += 1;
    const hash = createHash('sha256')
      .update(collection)
      .update('\n')
      .update(canonicalJson(comparable(collection, document)))
      .digest();
    let carry = 0;
    for (let i = BYTES - 1; i >= 0; i -= 1) {
      carry += (this.#sum[i] ?? 0) + (hash[i] ?? 0);
      this.#sum[i] = carry & 0xff;
      carry >>= 8;
    }
  }

  get count(): number {
    return this.#count;
  }

  /** Lower-case hex. */
  get checksum(): string {
    return Buffer.from(this.#sum).toString('hex');
  }

  equals(other: DocumentDigest): boolean {
    return this.count === other.count && this.checksum === other.checksum;
  }
}

/**
 * What a document holds: not how an engine protects it, and of transcripts what they say, as an engine
 * may deflate them anew.
 */
function comparable(
  collection: string,
  document: { id: string; dataProtectionLevel?: unknown },
): unknown {
  if (collection !== transcriptChunks.name) {
    const { dataProtectionLevel, ...content } = document;
    return content;
  }
  const { segmentsZlibBase64, ...chunk } = transcriptChunkSchema.parse(document);
  const json = inflateTextSync(Buffer.from(segmentsZlibBase64, 'base64'));
  return { ...chunk, segments: segmentsToJson(segmentsFromJson(json)) };
}
