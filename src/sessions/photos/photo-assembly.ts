import { z } from 'zod';
import { MAX_PHOTO_BASE64 } from '../../model/conversations/conversation-photo.ts';

/** A part of a photo, as clients cut it: base64 in pieces of about 8 kB. */
export const imageChunkSchema = z.object({
  type: z.literal('image_chunk'),
  id: z.string().min(1).max(200),
  index: z.number().int().min(0),
  total: z.number().int().min(1),
  data: z.string().min(1).max(MAX_PHOTO_BASE64),
});
export type ImageChunk = z.infer<typeof imageChunkSchema>;

const MAX_OPEN = 50;
const MAX_PARTS = 5_000;
const EXPIRES_MS = 60_000;
/** Parts of all open uploads together, characters; the oldest upload goes first. */
const MAX_WAITING_CHARS = 8 * 1024 * 1024;

interface Upload {
  id: string;
  total: number;
  begunAt: number;
  parts: Map<number, string>;
  chars: number;
  /** True if it was refused: further parts of it are dropped without a word. */
  refused: boolean;
}

export type AssemblyResult =
  /** More parts are to come, or this one was of no use. */
  | { type: 'waiting' }
  | { type: 'complete'; tempId: string; base64: string }
  | { type: 'refused'; tempId: string; reason: string };

const WAITING: AssemblyResult = { type: 'waiting' };

/**
 * Puts the parts of photos together, in whatever order they come: by index, the first of an index
 * wins. At most 50 uploads are open, each for a minute, and all within a bound of memory.
 */
export class PhotoAssembly {
  readonly #uploads = new Map<string, Upload>();
  #chars = 0;

  /** @param now milliseconds */
  take(chunk: ImageChunk, now: number): AssemblyResult {
    this.#expire(now);
    if (chunk.total > MAX_PARTS || chunk.index >= chunk.total) return WAITING;
    const upload = this.#uploads.get(chunk.id) ?? this.#open(chunk, now);
    if (upload.refused || upload.total !== chunk.total || upload.parts.has(chunk.index)) {
      return WAITING;
    }
    if (upload.chars + chunk.data.length > MAX_PHOTO_BASE64) {
      return this.#refuse(upload, `A photo may have ${MAX_PHOTO_BASE64} characters of base64.`);
    }
    upload.parts.set(chunk.index, chunk.data);
    upload.chars += chunk.data.length;
    this.#chars += chunk.data.length;
    this.#makeRoom(upload);
    if (upload.parts.size < upload.total) return WAITING;
    const base64 = Array.from({ length: upload.total }, (_, i) => upload.parts.get(i)).join('');
    if (!isBase64(base64)) return this.#refuse(upload, 'A photo must be base64.');
    this.#drop(upload);
    return { type: 'complete', tempId: upload.id, base64 };
  }

  #open(chunk: ImageChunk, now: number): Upload {
    const upload: Upload = {
      id: chunk.id,
      total: chunk.total,
      begunAt: now,
      parts: new Map(),
      chars: 0,
      refused: false,
    };
    this.#uploads.set(chunk.id, upload);
    return upload;
  }

  #refuse(upload: Upload, reason: string): AssemblyResult {
    this.#chars -= upload.chars;
    upload.parts.clear();
    upload.chars = 0;
    upload.refused = true;
    return { type: 'refused', tempId: upload.id, reason };
  }

  /** Uploads are in the order of their beginning, so that the oldest is the first. */
  #makeRoom(current: Upload): void {
    for (const upload of this.#uploads.values()) {
      if (this.#uploads.size <= MAX_OPEN && this.#chars <= MAX_WAITING_CHARS) return;
      if (upload !== current) this.#drop(upload);
    }
  }

  #expire(now: number): void {
    for (const upload of this.#uploads.values()) {
      if (now - upload.begunAt <= EXPIRES_MS) return;
      this.#drop(upload);
    }
  }

  #drop(upload: Upload): void {
    this.#chars -= upload.chars;
    this.#uploads.delete(upload.id);
  }
}

function isBase64(text: string): boolean {
  return text.length % 4 !== 1 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}
