import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SpokenAnswers } from '../../../voice-messages/spoken-answers.ts';
import { goneSignal } from '../../gone-signal.ts';
import { contentResponse } from '../../openapi/body-kinds.ts';

const MAX_CHARS = 5_000;
/** The phone app and the macOS app each call their own. */
const PATHS = ['/v2/tts/synthesize', '/v1/tts/synthesize'];

/** Answers as sound, for clients that read them out. */
export function spokenAnswerRoutes(deps: { spokenAnswers: SpokenAnswers }): FastifyPluginAsyncZod {
  return async (app) => {
    for (const path of PATHS) {
      app.post(
        path,
        {
          schema: {
            tags: ['chat'],
            summary: 'Speak a text',
            description:
              'By the model of `TTS_MODEL`, in the voice of `TTS_VOICE`; voices and settings of other makers in the request make no difference. 503 without a model, or if it fails: clients then speak by themselves.',
            body: z.object({ text: z.string().trim().min(1).max(MAX_CHARS) }),
            response: { 200: contentResponse('Sound, MP3.', 'audio/mpeg') },
          },
        },
        async ({ uid, body }, reply) => {
          const { mediaType, bytes } = await deps.spokenAnswers.speak(
            uid,
            body.text,
            goneSignal(reply),
          );
          return reply.type(mediaType).send(Buffer.from(bytes));
        },
      );
    }
  };
}
