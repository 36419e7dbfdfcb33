import type { Clock } from '../kernel/clock.ts';
import { type WebhookSecret, webhookSecrets } from '../model/webhooks/webhook-secret.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { newWebhookSecret } from './signature.ts';

/** How long the old secret signs beside the new one. */
const ROTATION_MS = 24 * 3_600_000;

/** The signing secrets of endpoints. Each lies with the user who may read it. */
export class WebhookSecrets {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: { store: DocumentStore; clock: Clock }) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** Returns the secret of an endpoint, which is made when it is first asked for. */
  async get(owner: string, endpointId: string): Promise<WebhookSecret> {
    const known = await this.#store.find(webhookSecrets, owner, endpointId);
    if (known) return known;
    return await this.#store.transact(async (tx) => {
      const found = await tx.find(webhookSecrets, owner, endpointId);
      if (found) return found;
      const made = {
        id: endpointId,
        secret: newWebhookSecret(),
        previous: null,
        createdAt: this.#clock.now(),
      };
      tx.put(webhookSecrets, owner, made);
      return made;
    });
  }

  /** Returns the secrets that a request is signed with now, the present one first. */
  async signing(owner: string, endpointId: string): Promise<string[]> {
    const { secret, previous } = await this.get(owner, endpointId);
    const isBoth = previous !== null && previous.until > this.#clock.now();
    return isBoth ? [secret, previous.secret] : [secret];
  }

  /** Replaces the secret; the old one signs beside it for a day. */
  async rotate(owner: string, endpointId: string): Promise<WebhookSecret> {
    const { secret } = await this.get(owner, endpointId);
    const now = this.#clock.now();
    const made = {
      id: endpointId,
      secret: newWebhookSecret(),
      previous: { secret, until: now + ROTATION_MS },
      createdAt: now,
    };
    await this.#store.transact((tx) => tx.put(webhookSecrets, owner, made));
    return made;
  }
}
