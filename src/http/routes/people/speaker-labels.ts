import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ConversationService } from '../../../conversations/conversation-service.ts';
import type { SpeakerGuesses } from '../../../speakers/speaker-guesses.ts';
import type { Rejection, SpeakerLabels } from '../../../speakers/speaker-labels.ts';
import { conversationSchema, conversationToWire } from '../../../wire/conversation-wire.ts';
import { speakerClipSchema, speakerClipToWire } from '../../../wire/voice-wire.ts';
import { queryInt } from '../../query-types.ts';

const tags = ['voices'];

const rejectionSchema = z
  .object({
    kind: z.enum(['not_me', 'not_person', 'not_a_person']),
    person_id: z.string().min(1).max(128).nullish(),
    segment_ids: z.array(z.string().max(128)).max(500).nullish(),
  })
  .refine(({ kind, person_id }) => kind !== 'not_person' || person_id, {
    path: ['person_id'],
    message: 'person_id is required for not_person',
  });

function rejectionOf({ kind, person_id }: z.output<typeof rejectionSchema>): Rejection {
  return kind === 'not_person' ? { kind, personId: person_id ?? '' } : { kind };
}

/** Who the speakers of conversations are not, and where a person may have been heard. */
export function speakerLabelRoutes(deps: {
  speakerLabels: SpeakerLabels;
  speakerGuesses: SpeakerGuesses;
  conversations: ConversationService;
}): FastifyPluginAsyncZod {
  const { speakerLabels: labels, speakerGuesses: guesses, conversations } = deps;
  return async (app) => {
    app.get(
      '/v1/conversations/:id/speakers',
      {
        schema: {
          tags,
          summary: 'List the speakers of a conversation, and who sounds like them',
          description:
            '`suggested_person_ids` are people of the user, the nearest voice first; empty without a voice model (`models pull`) or if nobody sounds alike. Names are given by `PATCH …/segments/assign-bulk`.',
          params: z.object({ id: z.string() }),
          response: {
            200: z.object({
              speakers: z.array(
                z.object({
                  speaker_id: z.int(),
                  segment_count: z.int(),
                  talk_seconds: z.number(),
                  suggested_person_ids: z.array(z.string()),
                  may_be_user: z.boolean(),
                }),
              ),
            }),
          },
        },
      },
      async ({ uid, params }) => ({
        speakers: (await guesses.list(uid, params.id)).map((guess) => ({
          speaker_id: guess.speaker,
          segment_count: guess.segmentCount,
          talk_seconds: guess.talkMs / 1000,
          suggested_person_ids: guess.people,
          may_be_user: guess.isLikelyUser,
        })),
      }),
    );

    app.post(
      '/v1/conversations/:id/speakers/:speaker_id/reject',
      {
        schema: {
          tags,
          summary: 'Say that a speaker is not whom the server takes them for',
          description:
            'A name that the speaker has is taken away. Of a speaker without a name whose voice is known it is only noted, so that the person is not proposed again. 409 if the speaker has another name.',
          params: z.object({ id: z.string(), speaker_id: queryInt({ min: 0 }) }),
          body: rejectionSchema,
          response: { 200: conversationSchema },
        },
      },
      async ({ uid, params, body }) => {
        const of = {
          conversationId: params.id,
          speaker: params.speaker_id,
          segmentIds: body.segment_ids?.length ? body.segment_ids : null,
        };
        await labels.reject(uid, of, rejectionOf(body));
        const found = await conversations.get(uid, params.id);
        return conversationToWire(found.conversation, found.segments, found.photos);
      },
    );

    app.get(
      '/v1/users/people/:person_id/voice-matches',
      {
        schema: {
          tags,
          summary: 'List speakers without a name of the last month who sound like a person',
          params: z.object({ person_id: z.string() }),
          response: {
            200: z.object({
              matches: z.array(
                speakerClipSchema.extend({ match_level: z.enum(['strong', 'likely']) }),
              ),
            }),
          },
        },
      },
      async ({ uid, params }) => {
        const found = await labels.matches(uid, params.person_id);
        return {
          matches: found.map((match) => ({
            ...speakerClipToWire(match),
            match_level: match.isStrong ? ('strong' as const) : ('likely' as const),
          })),
        };
      },
    );
  };
}
