import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { UserService } from '../../../users/user-service.ts';
import { geolocationFromWire, geolocationWireSchema } from '../../../wire/geolocation-wire.ts';
import { onboardingToWire, transcriptionPreferencesToWire } from '../../../wire/user-wire.ts';
import { optionalBody, STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['settings'];
/** A BCP-47 tag such as `de` or `zh-Hant-TW`; `multi` is no language. */
const languageTag = z
  .string()
  .max(35)
  .regex(/^(?!multi$|auto$)[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/);

const preferencesSchema = z.object({
  single_language_mode: z.boolean(),
  vocabulary: z.array(z.string()),
  language: z.string(),
  languages: z.array(z.string()),
  stt_service: z.string().nullable(),
});

/** Language, transcription, onboarding, place: the plain settings that every client reads. */
export function userSettingsRoutes({ users }: { users: UserService }): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/users/language',
      {
        schema: {
          tags,
          summary: 'Get the primary language',
          description:
            'Null if none is set: phones then ask for it. The macOS app (`X-App-Platform: macos`) reads no null and gets an empty text, which it takes for none.',
          response: { 200: z.object({ language: z.string().nullable() }) },
        },
      },
      async ({ uid, headers }) => {
        const { language } = await users.getUser(uid);
        return { language: language ?? (headers['x-app-platform'] === 'macos' ? '' : null) };
      },
    );
    app.patch(
      '/v1/users/language',
      {
        schema: {
          tags,
          summary: 'Set the primary language',
          body: z.object({ language: z.string().max(35).nullish() }),
          response: {
            200: z.object({
              status: z.literal('ok'),
              single_language_mode: z.boolean(),
              language: z.string(),
            }),
          },
        },
      },
      async ({ uid, body }) => {
        const user = await users.setLanguage(uid, body.language ?? '');
        return {
          status: 'ok' as const,
          single_language_mode: user.singleLanguageMode,
          language: user.language ?? '',
        };
      },
    );
    app.get(
      '/v1/users/transcription-preferences',
      {
        schema: {
          tags,
          summary: 'Get the transcription settings',
          response: {
            200: preferencesSchema,
          },
        },
      },
      async ({ uid }) => transcriptionPreferencesToWire(await users.getUser(uid)),
    );
    app.patch(
      '/v1/users/transcription-preferences',
      {
        schema: {
          tags,
          summary: 'Update the transcription settings',
          description:
            '`languages`: the only ones that are spoken; one alone is listened for alone, none means any. `stt_service`: who is asked first, null for the order of the server.',
          body: optionalBody({
            single_language_mode: z.boolean().nullish(),
            vocabulary: z.array(z.string().max(200)).nullish(),
            languages: z.array(languageTag).max(20).nullish(),
            stt_service: z.string().min(1).max(50).nullish(),
          }),
          response: { 200: preferencesSchema.extend({ status: z.literal('ok') }) },
        },
      },
      async ({ uid, body }) => {
        const user = await users.setTranscriptionPreferences(uid, {
          singleLanguageMode: body.single_language_mode ?? null,
          vocabulary: body.vocabulary ?? null,
          languages: body.languages ?? null,
          sttService: body.stt_service,
        });
        return { status: 'ok' as const, ...transcriptionPreferencesToWire(user) };
      },
    );
    app.get(
      '/v1/users/onboarding',
      {
        schema: {
          tags,
          summary: 'Get the onboarding state',
          response: { 200: z.object({ completed: z.boolean(), acquisition_source: z.string() }) },
        },
      },
      async ({ uid }) => onboardingToWire(await users.getUser(uid)),
    );
    app.patch(
      '/v1/users/onboarding',
      {
        schema: {
          tags,
          summary: 'Update the onboarding state',
          body: optionalBody({
            completed: z.boolean().nullish(),
            acquisition_source: z.string().max(200).nullish(),
          }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, body }) => {
        await users.setOnboarding(uid, {
          completed: body.completed ?? null,
          acquisitionSource: body.acquisition_source ?? null,
        });
        return STATUS_OK;
      },
    );
    app.patch(
      '/v1/users/geolocation',
      {
        schema: {
          tags,
          summary: 'Set the location of the phone',
          body: geolocationWireSchema,
          response: {
            200: z.object({ status: z.literal('ok'), message: z.string().optional() }),
          },
        },
      },
      async ({ uid, body }) => {
        const { changed } = await users.reportGeolocation(uid, geolocationFromWire(body));
        return changed ? STATUS_OK : { ...STATUS_OK, message: 'Geolocation unchanged' };
      },
    );
  };
}
