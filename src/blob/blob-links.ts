import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { isSameSecret } from '../kernel/is-same-secret.ts';
import type { BlobContent, BlobInfo, BlobStore, ByteRange } from './blob-store.ts';

/** How long a link to a file works, as on Omi's server. */
const LIFETIME_MS = 60 * 60_000;
/** Binds the signature to its purpose. */
const PURPOSE = 'blob link v1';

const payloadSchema = z.object({ k: z.string(), e: z.number() });

/** The file that a link leads to. */
export interface LinkedBlob {
  info: BlobInfo;
  read(range: ByteRange | null): Promise<BlobContent>;
}

export interface BlobLinksOptions {
  store: BlobStore;
  /** At least 32 random bytes that stay the same over restarts. */
  secret: Uint8Array;
  clock: Clock;
  /** True for a file that nobody may read any more, although it is there. */
  isHidden?: (key: string) => Promise<boolean>;
}

/**
 * Links to single files that work for an hour and need no sign-in: the engine's own, if it signs
 * links, else `<origin>/v1/blobs/<token>`. The token is `<payload>.<signature>`, both base64url:
 * JSON of key and expiry (epoch milliseconds), and HMAC-SHA256 over it.
 */
export class BlobLinks {
  readonly #options: BlobLinksOptions;

  constructor(options: BlobLinksOptions) {
    this.#options = options;
  }

  /** @param origin under which the client reaches this server, without a final slash */
  async urlOf(key: string, origin: string): Promise<string> {
    const { store, clock } = this.#options;
    if (store.signUrl) return store.signUrl(key, LIFETIME_MS);
    const payload = JSON.stringify({ k: key, e: clock.now() + LIFETIME_MS });
    const encoded = Buffer.from(payload).toString('base64url');
    return `${origin}/v1/blobs/${encoded}.${this.#sign(encoded)}`;
  }

  /** Throws `forbidden` if the token is not ours or has expired, `not-found` for a file that is gone. */
  async open(token: string): Promise<LinkedBlob> {
    const { store, isHidden } = this.#options;
    const key = this.#keyOf(token);
    const info = (await isHidden?.(key)) ? undefined : await store.head(key);
    if (!info) throw new AppError('not-found', 'File not found');
    return { info, read: (range) => store.get(key, range) };
  }

  #keyOf(token: string): string {
    const [encoded = '', signature = '', ...rest] = token.split('.');
    // As texts: several texts decode to the same bytes, and only one of them was given out.
    const isOurs = rest.length === 0 && isSameSecret(signature, this.#sign(encoded));
    if (!isOurs) throw refused();
    const { k, e } = payloadSchema.parse(JSON.parse(Buffer.from(encoded, 'base64url').toString()));
    if (e <= this.#options.clock.now()) throw refused();
    return k;
  }

  /** HMAC-SHA256 in base64url. */
  #sign(encoded: string): string {
    const hmac = createHmac('sha256', this.#options.secret);
    return hmac.update(`${PURPOSE}\n${encoded}`).digest('base64url');
  }
}

function refused(): AppError {
  return new AppError('forbidden', 'The link is not valid, or has expired.');
}
