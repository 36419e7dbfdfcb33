import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ConversationService } from '../../../conversations/conversation-service.ts';
import type { RecordingService } from '../../../recordings/recording-service.ts';
import type { FileLinks } from '../../file-links.ts';

/** All times are seconds on the clock of the conversation, as those of its segments. */
const playbackSchema = z
  .object({
    audio: z.array(
      z.object({
        id: z.string(),
        /** Works without sign-in for an hour. */
        signed_url: z.string(),
        content_type: z.string(),
        start: z.number(),
        end: z.number(),
      }),
    ),
    segments: z.array(
      z.object({
        id: z.string(),
        /** Empty if the source of the transcript has no times of words. */
        words: z.array(z.object({ text: z.string(), start: z.number(), end: z.number() })),
      }),
    ),
  })
  .meta({ id: 'Playback' });

/** What a player needs that is bound to the words; only the user's own conversations. */
export function playbackRoutes(deps: {
  conversations: ConversationService;
  recordings: RecordingService;
  links: FileLinks;
}): FastifyPluginAsyncZod {
  const { conversations, recordings, links } = deps;
  return async (app) => {
    app.get(
      '/v1/conversations/:id/playback',
      {
        schema: {
          tags: ['recordings'],
          summary: 'Signed links to the audio of a conversation, and when each word is heard',
          description:
            'Times are seconds on the clock of the conversation. A word at `start` is heard in the file whose `start` and `end` enclose it, at `start` minus the start of the file.',
          params: z.object({ id: z.string() }),
          response: { 200: playbackSchema },
        },
      },
      async (request) => {
        const { uid, params } = request;
        const { conversation, segments } = await conversations.get(uid, params.id);
        const origin = conversation.startedAt ?? conversation.createdAt;
        const audio = (await recordings.list(uid, params.id)).map(async (recording) => {
          const start = (recording.startedAt - origin) / 1000;
          return {
            id: recording.id,
            signed_url: await links.urlOf(recording.blobKey, request),
            content_type: recording.codec === 'opus' ? 'audio/ogg' : 'audio/wav',
            start,
            end: start + recording.durationMs / 1000,
          };
        });
        return {
          audio: await Promise.all(audio),
          segments: segments.map(({ id, words }) => ({
            id,
            words: words.map(({ text, startMs, endMs }) => ({
              text,
              start: startMs / 1000,
              end: endMs / 1000,
            })),
          })),
        };
      },
    );
  };
}
