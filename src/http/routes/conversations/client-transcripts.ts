import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { DeveloperConversations } from '../../../developer/developer-conversations.ts';
import {
  clientTranscriptSchema,
  madeConversationSchema,
  transcriptOf,
} from '../../client-transcript.ts';

/** Conversations of clients that transcribe by themselves, and of recordings whose connection was lost. */
export function clientTranscriptRoutes(deps: {
  developerConversations: DeveloperConversations;
}): FastifyPluginAsyncZod {
  const { developerConversations: conversations } = deps;
  return async (app) => {
    app.post(
      '/v1/conversations/from-segments',
      {
        schema: {
          tags: ['conversations'],
          summary: 'Make a conversation of a transcript',
          description:
            'Times of segments are seconds from `started_at`. Sent again with the same `client_session_id`, it returns the conversation that is there.',
          body: clientTranscriptSchema,
          response: { 200: madeConversationSchema },
        },
      },
      async ({ uid, body }) => {
        const made = await conversations.createFromSegments(uid, transcriptOf(body, 'phone'));
        const { id, status, discarded } = made;
        return { id, status, discarded };
      },
    );
  };
}
