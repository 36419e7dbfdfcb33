import { z } from 'zod';
import { parseJson } from '../kernel/json.ts';
import type { App } from '../model/apps/app.ts';
import type { WebhookKind } from '../model/webhooks/webhook-endpoint.ts';
import type { AppMessages } from './app-messages.ts';
import { type ProactiveNotifications, proactiveRequestSchema } from './proactive-notifications.ts';

/** A live message that is not longer than this says nothing, as in Omi. */
const SHORT_MESSAGE = 5;

const answerSchema = z.object({
  message: z.string().nullish().catch(null),
  notification: proactiveRequestSchema.nullish().catch(null),
});

/** What a webhook has answered, as text. */
export interface AppAnswer {
  kind: WebhookKind;
  text: string;
  conversationId: string | null;
  eventId: string;
}

/** Does what the answers of webhooks ask for: a message in the chat, or a notification. */
export class AppAnswers {
  readonly #messages: AppMessages;
  readonly #proactive: ProactiveNotifications;

  constructor(options: { messages: AppMessages; proactive: ProactiveNotifications }) {
    this.#messages = options.messages;
    this.#proactive = options.proactive;
  }

  /**
   * Takes an answer; what is no JSON object, or says nothing, is passed over.
   *
   * @param app null for a webhook of the user's own
   */
  async take(uid: string, app: App | null, answer: AppAnswer): Promise<void> {
    const read = answerSchema.safeParse(parseJson(answer.text));
    if (!read.success) return;
    const { conversationId, eventId, kind } = answer;
    const text = read.data.message?.trim() ?? '';
    const isLive = kind === 'transcript_processed' || kind === 'realtime_transcript';
    if (text.length > (isLive ? SHORT_MESSAGE : 0)) {
      const message = { text, conversationId, eventId, mayUseMainChat: false };
      await this.#messages.add(uid, app, message);
    }
    const { notification } = read.data;
    if (app && notification && kind === 'transcript_processed') {
      await this.#proactive.send(uid, app, notification, eventId);
    }
  }
}
