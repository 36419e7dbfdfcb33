import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ExternalTranscript } from '../../../conversations/external-conversations.ts';
import type { DeveloperConversations } from '../../../developer/developer-conversations.ts';
import { toConversationSource } from '../../../model/conversations/conversation.ts';
import { geolocationFromWire, geolocationWireSchema } from '../../../wire/geolocation-wire.ts';
import { HttpError } from '../../http-error.ts';
import { bodyTime } from '../../query-types.ts';

/** Added to a segment that ends where it begins, as some clients send them; milliseconds. */
const SHORTEST_MS = 100;

const clientId = z.string().max(200).nullish();

/** Body of the routes that make a conversation of a transcript that a client has made. */
export const clientTranscriptSchema = z.object({
  transcript_segments: z
    .array(
      z.object({
        text: z.string().max(20_000),
        speaker: z.string().max(50).nullish(),
        speaker_id: z.number().int().min(0).max(9_999).nullish(),
        is_user: z.boolean().nullish(),
        person_id: z.string().max(200).nullish(),
        start: z.number().max(1e6),
        end: z.number().max(1e6),
      }),
    )
    .min(1, 'transcript_segments cannot be empty')
    .max(500, 'Maximum 500 transcript segments allowed'),
  client_session_id: clientId.describe(
    'The same id makes one conversation, however often it is sent',
  ),
  client_conversation_id: clientId,
  session_id: clientId,
  client_id: clientId,
  source: z.string().max(50).nullish(),
  started_at: bodyTime().nullish(),
  finished_at: bodyTime().nullish(),
  language: z.string().max(35).nullish(),
  geolocation: geolocationWireSchema.nullish(),
});
type ClientTranscript = z.output<typeof clientTranscriptSchema>;

/** What these routes return. */
export const madeConversationSchema = z.object({
  id: z.string(),
  status: z.string(),
  discarded: z.boolean(),
});

/**
 * Returns the transcript of a body.
 *
 * @param source of a body that names none
 * @throws HttpError 422 for a segment without words, times that cannot be, and an empty id
 */
export function transcriptOf(body: ClientTranscript, source: string): ExternalTranscript {
  const segments = body.transcript_segments.map(segmentOf);
  const startedAt = body.started_at ?? null;
  const lastMs = Math.max(...segments.map(({ endMs }) => endMs));
  // Without a beginning the end is as far from now, whenever the service says that is.
  const finishedAt = body.finished_at ?? (startedAt === null ? null : startedAt + lastMs);
  if (startedAt !== null && finishedAt !== null && finishedAt <= startedAt) {
    throw new HttpError(422, 'finished_at must be after started_at');
  }
  return {
    segments,
    source: toConversationSource(body.source ?? source),
    startedAt,
    finishedAt,
    geolocation: body.geolocation ? geolocationFromWire(body.geolocation) : null,
    language: body.language ?? 'en',
    appId: null,
    clientId: clientIdOf(body),
  };
}

function clientIdOf(body: ClientTranscript): string | null {
  const given =
    body.client_session_id ?? body.client_conversation_id ?? body.session_id ?? body.client_id;
  if (given === null || given === undefined) return null;
  const id = given.trim();
  if (id === '') throw new HttpError(422, 'client_session_id cannot be empty');
  return id;
}

function segmentOf(segment: ClientTranscript['transcript_segments'][number], i: number) {
  const refuse = (reason: string) => new HttpError(422, `Segment ${i}: ${reason}`);
  const { text, start, end, speaker_id: number } = segment;
  if (text.trim() === '') throw refuse('text cannot be empty');
  if (start < 0) throw refuse('start time cannot be negative');
  if (end < start) throw refuse('end time must be after start time');
  const startMs = Math.round(start * 1000);
  return {
    text,
    speaker:
      number == null
        ? (segment.speaker ?? 'SPEAKER_00')
        : `SPEAKER_${String(number).padStart(2, '0')}`,
    isUser: segment.is_user ?? false,
    personId: segment.person_id ?? null,
    startMs,
    endMs: end === start ? startMs + SHORTEST_MS : Math.round(end * 1000),
  };
}

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
