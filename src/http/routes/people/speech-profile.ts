import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ConversationService } from '../../../conversations/conversation-service.ts';
import type { SpeechProfiles } from '../../../speakers/speech-profiles.ts';
import type { SpeechSamples } from '../../../speakers/speech-samples.ts';
import type { FileLinks } from '../../file-links.ts';
import { queryInt } from '../../query-types.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';
import { acceptUploads, readUploadedFile } from '../../uploaded-file.ts';

/** Two minutes of 16 kHz audio, of whatever sample format, in stereo. */
const MAX_UPLOAD_BYTES = 32 * 1024 * 1024;

/** The user's own voice: the recording that it is known by, and what was added to it. */
export function speechProfileRoutes(deps: {
  speechProfiles: SpeechProfiles;
  speechSamples: SpeechSamples;
  links: FileLinks;
  conversations: Pick<ConversationService, 'get'>;
}): FastifyPluginAsyncZod {
  const { speechProfiles: profiles, speechSamples: samples, links, conversations } = deps;
  return async (app) => {
    const tags = ['speech profile'];
    await acceptUploads(app);

    app.get(
      '/v3/speech-profile',
      {
        schema: {
          tags,
          summary: 'Check for a speech profile of at most 90 days',
          response: { 200: z.object({ has_profile: z.boolean() }) },
        },
      },
      async ({ uid }) => ({ has_profile: await profiles.hasFreshProfile(uid) }),
    );

    app.get(
      '/v3/speech-profile/status',
      {
        schema: {
          tags,
          summary: 'Whether there is a recording, how long it is, and a link to it',
          response: {
            200: z.object({
              has_profile: z.boolean(),
              duration_seconds: z.number(),
              url: z.string().nullable(),
            }),
          },
        },
      },
      async (request) => {
        const recording = await profiles.find(request.uid);
        if (recording === null) return { has_profile: false, duration_seconds: 0, url: null };
        const url = await links.urlOf(recording.key, request);
        return { has_profile: true, duration_seconds: recording.durationMs / 1000, url };
      },
    );

    app.get(
      '/v4/speech-profile',
      {
        schema: {
          tags,
          summary: 'Get a link to the recording',
          response: { 200: z.object({ url: z.string().nullable() }) },
        },
      },
      async (request) => {
        const key = await profiles.findKey(request.uid);
        return { url: key === undefined ? null : await links.urlOf(key, request) };
      },
    );

    app.post(
      '/v3/upload-audio',
      {
        bodyLimit: MAX_UPLOAD_BYTES,
        config: { form: { file: 'file' } },
        schema: {
          tags,
          summary: "Keep a recording of the user's voice",
          description: 'Field `file` of a form: a WAV file of 16 kHz, 5 to 120 seconds long.',
          consumes: ['multipart/form-data'],
          response: { 200: z.object({ url: z.string() }) },
        },
      },
      async (request) => {
        const file = await readUploadedFile(request, 'file', MAX_UPLOAD_BYTES);
        const key = await profiles.uploadProfileAudio(request.uid, file);
        return { url: await links.urlOf(key, request) };
      },
    );

    app.get(
      '/v3/speech-profile/expand',
      {
        schema: {
          tags,
          summary: 'Get links to additional speech samples of the user or a person',
          querystring: z.object({ person_id: z.string().optional() }),
          response: { 200: z.array(z.string()) },
        },
      },
      async (request) => {
        const personId = idOrNull(request.query.person_id);
        return links.urlsOf(await samples.listKeys(request.uid, personId), request);
      },
    );

    app.delete(
      '/v3/speech-profile/expand',
      {
        schema: {
          tags,
          summary: 'Delete the speech sample that was taken from a segment',
          querystring: z.object({
            memory_id: z.string(),
            segment_idx: queryInt({ min: 0 }),
            person_id: z.string().optional(),
          }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, query }) => {
        const { memory_id: conversationId, segment_idx: index } = query;
        const { segments } = await conversations.get(uid, conversationId);
        const segmentId = segments[index]?.id;
        if (segmentId !== undefined) {
          const origin = { conversationId, segmentId };
          await samples.removeOrigin(uid, idOrNull(query.person_id), origin);
        }
        return STATUS_OK;
      },
    );
  };
}

/** The app sends the word `null` for no person. */
function idOrNull(value: string | undefined): string | null {
  return value === undefined || value === '' || value === 'null' ? null : value;
}
