import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { VoiceSettings } from '../../../model/people/voice-settings.ts';
import type { VoiceChoices } from '../../../speakers/voice-choices.ts';

const settingsSchema = z
  .object({
    speaker_tag_prompts_enabled: z.boolean(),
    save_other_voice_profiles: z.boolean(),
  })
  .meta({ id: 'VoiceProfileSettings' });

function toWire({ promptsEnabled, savesOtherVoices }: VoiceSettings) {
  return {
    speaker_tag_prompts_enabled: promptsEnabled,
    save_other_voice_profiles: savesOtherVoices,
  };
}

/** What the user has decided about voices. */
export function voiceSettingsRoutes(deps: { voiceChoices: VoiceChoices }): FastifyPluginAsyncZod {
  const { voiceChoices } = deps;
  return async (app) => {
    const path = '/v1/users/voice-profile-settings';
    const tags = ['voices'];
    app.get(
      path,
      {
        schema: {
          tags,
          summary: 'Get what the user has decided about voices',
          response: { 200: settingsSchema },
        },
      },
      async ({ uid }) => toWire(await voiceChoices.get(uid)),
    );
    app.patch(
      path,
      {
        schema: {
          tags,
          summary: 'Decide whether to be asked who speaks, and whether voices of others are kept',
          description:
            'With `save_other_voice_profiles` false no voices of others are kept from then on; those that are kept can be deleted with their people and unknown voices.',
          body: z.strictObject({
            source: z.enum(['settings', 'first_prompt']).nullish(),
            speaker_tag_prompts_enabled: z.boolean().nullish(),
            save_other_voice_profiles: z.boolean().nullish(),
          }),
          response: { 200: settingsSchema },
        },
      },
      async ({ uid, body }) => {
        const changed = await voiceChoices.change(uid, (settings) => ({
          promptsEnabled: body.speaker_tag_prompts_enabled ?? settings.promptsEnabled,
          savesOtherVoices: body.save_other_voice_profiles ?? settings.savesOtherVoices,
        }));
        return toWire(changed);
      },
    );
  };
}
