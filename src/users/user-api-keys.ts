import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { User } from '../model/user.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { UserDocuments } from './user-documents.ts';

export const KEY_PROVIDERS = ['openai', 'anthropic', 'gemini', 'deepgram'] as const;
export type KeyProvider = (typeof KEY_PROVIDERS)[number];

/** An enrolment ends if no request has proved it for this long. */
const ENROLMENT_MS = 7 * 86_400_000;
/** A proof is stored at most this often. */
const SEEN_INTERVAL_MS = 3_600_000;
/** How long a key that came with a request is held, for the work that the request causes. */
const HELD_MS = 10 * 60_000;
const MAX_HELD = 10_000;

/**
 * API keys of users themselves (Omi's BYOK). Only a fingerprint of each is stored (SHA-256). A key is
 * held in memory for minutes, so that a restart forgets it, and is never logged.
 */
export class UserApiKeys {
  readonly #documents: UserDocuments;
  readonly #clock: Clock;
  readonly #held = new Map<string, { openai: string; until: number }>();

  constructor(options: { store: DocumentStore; clock: Clock }) {
    this.#documents = new UserDocuments(options);
    this.#clock = options.clock;
  }

  /**
   * Enrols the fingerprints of a user's keys, lower-case hex. They replace earlier ones.
   *
   * @throws AppError `bad-request` without any key
   */
  async enrol(
    uid: string,
    fingerprints: Readonly<{ [P in KeyProvider]?: string | undefined }>,
  ): Promise<void> {
    const given = Object.entries(fingerprints).filter(([, value]) => value !== undefined);
    if (given.length === 0) throw new AppError('bad-request', 'At least one key is required.');
    const lastSeenAt = this.#clock.now();
    const byok = { fingerprints: Object.fromEntries(given) as Record<string, string>, lastSeenAt };
    this.#held.delete(uid);
    await this.#documents.update(uid, () => ({ byok }));
  }

  async withdraw(uid: string): Promise<void> {
    this.#held.delete(uid);
    await this.#documents.update(uid, () => ({ byok: null }));
  }

  /**
   * Checks the keys that came with a request and holds them for the work of this request. A request
   * without keys is not checked, and keys of a user who is not enrolled are ignored.
   *
   * @throws AppError `forbidden` if the key of an enrolled provider is missing or another one
   */
  async admit(uid: string, keys: Readonly<Partial<Record<KeyProvider, string>>>): Promise<void> {
    if (Object.keys(keys).length === 0) return;
    const { byok } = await this.#documents.get(uid);
    const now = this.#clock.now();
    if (!byok || now - byok.lastSeenAt > ENROLMENT_MS) return;
    for (const provider of KEY_PROVIDERS) {
      const expected = byok.fingerprints[provider];
      if (expected !== undefined) requireKey(provider, keys[provider], expected);
    }
    if (keys.openai !== undefined && byok.fingerprints.openai !== undefined) {
      this.#hold(uid, keys.openai, now);
    }
    if (now - byok.lastSeenAt > SEEN_INTERVAL_MS) {
      await this.#documents.update(uid, (user: User) =>
        user.byok ? { byok: { ...user.byok, lastSeenAt: now } } : {},
      );
    }
  }

  /** Returns the user's OpenAI key while it is held, else null. */
  openAiKeyOf(uid: string): string | null {
    const held = this.#held.get(uid);
    if (held && held.until > this.#clock.now()) return held.openai;
    this.#held.delete(uid);
    return null;
  }

  /** Forgets the key of a user who is being deleted. */
  async forget(uid: string): Promise<void> {
    this.#held.delete(uid);
  }

  #hold(uid: string, openai: string, now: number): void {
    this.#held.delete(uid);
    const [oldest] = this.#held.keys();
    if (this.#held.size >= MAX_HELD && oldest !== undefined) this.#held.delete(oldest);
    this.#held.set(uid, { openai, until: now + HELD_MS });
  }
}

function requireKey(provider: KeyProvider, key: string | undefined, expected: string): void {
  if (key === undefined) {
    const message = `BYOK key header missing for enrolled provider: ${provider}`;
    throw new AppError('forbidden', message);
  }
  const found = createHash('sha256').update(key).digest();
  const wanted = Buffer.from(expected, 'hex');
  if (found.length === wanted.length && timingSafeEqual(found, wanted)) return;
  throw new AppError('forbidden', `BYOK key fingerprint mismatch for provider: ${provider}`);
}
