import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type IsOwner, ownerOnly } from '../../../auth/owner-only.ts';
import { CHECK_VERDICTS } from '../../../model/server-settings.ts';
import { toIso, toIsoOrNull } from '../../../model/timestamp.ts';
import type { KeyState } from '../../../server-settings/in-force.ts';
import type {
  ServerSettings,
  ServerSettingsView,
} from '../../../server-settings/server-settings.ts';

export interface ServerSettingsDeps {
  isOwner: IsOwner;
  serverSettings: ServerSettings;
}

const tags = ['server'];
const MAX_KEY_LENGTH = 1_000;
const MAX_SERVICES = 200;

const byVendor = z.object({ provider: z.string().max(100) });
const uncheckedSchema = z
  .boolean()
  .default(false)
  .describe('Store it even if the vendor cannot be asked; never stores what the vendor refuses');
const keyFields = {
  variable: z
    .string()
    .describe('The environment variable that stands for it, and wins if it is set'),
  set_by: z.enum(['environment', 'console']).nullable(),
  last_four: z
    .string()
    .nullable()
    .describe('Its last four characters; null if it is not stored here'),
  set_at: z.string().nullable(),
  check: z
    .object({
      verdict: z
        .enum(CHECK_VERDICTS)
        .describe('`unclear`: the vendor could not be asked, which says nothing about the key'),
      text: z.string(),
      at: z.string(),
    })
    .nullable()
    .describe('The last check'),
};
const settingsSchema = z
  .object({
    encrypted: z.boolean().describe('False: keys lie in the store in plain; set ENCRYPTION_SECRET'),
    private: z.boolean().describe('Nothing may leave the machine'),
    problem: z.string().nullable().describe('Why what is stored is not in force; null if it is'),
    speech_services: z.object({
      set_by: z.string().nullable().describe('The environment variable that sets the order'),
      services: z.array(
        z.object({
          name: z.string(),
          vendor: z.string(),
          title: z.string(),
          on: z.boolean(),
          usable: z.boolean().describe('False: a key or a model is missing'),
        }),
      ),
    }),
    speech_keys: z.array(z.object({ vendor: z.string(), title: z.string(), ...keyFields })),
    language_model: z.object({
      ...keyFields,
      base_url: z.string().nullable().describe('Where it is asked; null: rules are used'),
      has_key: z.boolean(),
      model: z.string().nullable().describe('The model that was set; null: it is chosen'),
      model_in_use: z.string().nullable(),
    }),
  })
  .meta({ id: 'ServerSettings' });

/** The language model of the server, for its owner. */
export function serverLanguageModelRoutes(deps: ServerSettingsDeps): FastifyPluginAsyncZod {
  const { serverSettings: settings } = deps;
  const assertOwner = ownerOnly(deps.isOwner);
  const response = { 200: settingsSchema };
  return async (app) => {
    app.put(
      '/v1/server/settings/language-model',
      {
        schema: {
          tags,
          summary: 'Check a model server and its key and store them, for the owner of the server',
          description:
            "A server that speaks OpenAI's protocol, on this machine or at a public https address. Without `api_key` the stored key stays if the address stays. A key that is refused is not stored: 400. If the server cannot be asked: 503, and `unchecked` stores it all the same. Search by meaning uses another embedding model from the next start on.",
          body: z.object({
            base_url: z.string().trim().min(1).max(2_000).nullish().describe("Absent: OpenAI's"),
            api_key: z.string().trim().min(1).max(MAX_KEY_LENGTH).nullish(),
            model: z.string().trim().min(1).max(200).nullish().describe('Absent: it is chosen'),
            unchecked: uncheckedSchema,
          }),
          response,
        },
      },
      async ({ uid, body }) => {
        await assertOwner(uid);
        const { base_url: baseUrl = null, api_key: apiKey, model = null, unchecked } = body;
        await settings.languageModel.set({ baseUrl, apiKey, model }, unchecked);
        return viewToWire(settings.view());
      },
    );

    app.delete(
      '/v1/server/settings/language-model',
      {
        schema: {
          tags,
          summary: 'Remove the stored language model, so that rules are used, for the owner',
          response,
        },
      },
      async ({ uid }) => {
        await assertOwner(uid);
        await settings.languageModel.remove();
        return viewToWire(settings.view());
      },
    );

    app.post(
      '/v1/server/settings/language-model/check',
      {
        schema: {
          tags,
          summary: 'Ask the model server again whether it takes the key, for the owner',
          response,
        },
      },
      async ({ uid }) => {
        await assertOwner(uid);
        await settings.languageModel.check();
        return viewToWire(settings.view());
      },
    );

    app.get(
      '/v1/server/model-servers',
      {
        schema: {
          tags,
          summary: 'Look for model servers on the machine of the server, for its owner',
          description: 'Ollama, LM Studio and llama.cpp on the ports where they usually listen.',
          response: {
            200: z.object({
              servers: z.array(
                z.object({ name: z.string(), base_url: z.string(), models: z.number().int() }),
              ),
            }),
          },
        },
      },
      async ({ uid }) => {
        await assertOwner(uid);
        const found = await settings.languageModel.findServers();
        return {
          servers: found.map(({ name, baseUrl, models }) => ({ name, base_url: baseUrl, models })),
        };
      },
    );
  };
}

/** What the owner of the server can set while it runs: keys of vendors, and who hears first. */
export function serverSettingsRoutes(deps: ServerSettingsDeps): FastifyPluginAsyncZod {
  const { serverSettings: settings } = deps;
  const assertOwner = ownerOnly(deps.isOwner);
  const response = { 200: settingsSchema };
  return async (app) => {
    app.get(
      '/v1/server/settings',
      {
        schema: {
          tags,
          summary: 'Get the stored settings of the server, without keys, for its owner',
          response,
        },
      },
      async ({ uid }) => {
        await assertOwner(uid);
        return viewToWire(settings.view());
      },
    );

    app.put(
      '/v1/server/settings/speech-services',
      {
        schema: {
          tags,
          summary: 'Set the order of the speech services, and which are asked, for the owner',
          description:
            'New sessions use it, at once in this process and in those that share its cache, within 15 seconds in others. Services that are not named come after.',
          body: z.object({
            services: z
              .array(z.object({ name: z.string().max(200), on: z.boolean() }))
              .min(1)
              .max(MAX_SERVICES),
          }),
          response,
        },
      },
      async ({ uid, body }) => {
        await assertOwner(uid);
        await settings.setSpeechServices(body.services.map(({ name, on }) => ({ name, isOn: on })));
        return viewToWire(settings.view());
      },
    );

    app.put(
      '/v1/server/settings/keys/:provider',
      {
        schema: {
          tags,
          summary: "Check a speech vendor's key and store it, for the owner",
          description:
            'A key that the vendor refuses is not stored: 400 with what the vendor said. If the vendor cannot be asked: 503, and `unchecked` stores the key all the same.',
          params: byVendor,
          body: z.object({
            key: z.string().trim().min(1).max(MAX_KEY_LENGTH),
            unchecked: uncheckedSchema,
          }),
          response,
        },
      },
      async ({ uid, params, body }) => {
        await assertOwner(uid);
        await settings.setSpeechKey(params.provider, body.key, body.unchecked);
        return viewToWire(settings.view());
      },
    );

    app.delete(
      '/v1/server/settings/keys/:provider',
      {
        schema: {
          tags,
          summary: "Remove a speech vendor's key, for the owner",
          params: byVendor,
          response,
        },
      },
      async ({ uid, params }) => {
        await assertOwner(uid);
        await settings.removeSpeechKey(params.provider);
        return viewToWire(settings.view());
      },
    );

    app.post(
      '/v1/server/settings/keys/:provider/check',
      {
        schema: {
          tags,
          summary: 'Ask a speech vendor again whether it takes the key that is set, for the owner',
          params: byVendor,
          response,
        },
      },
      async ({ uid, params }) => {
        await assertOwner(uid);
        await settings.checkSpeechKey(params.provider);
        return viewToWire(settings.view());
      },
    );
  };
}

function viewToWire(view: ServerSettingsView) {
  return {
    encrypted: view.isEncrypted,
    private: view.isPrivate,
    problem: view.problem,
    speech_services: {
      set_by: view.orderSetBy,
      services: view.speechServices.map(({ isOn, isUsable, ...service }) => ({
        ...service,
        on: isOn,
        usable: isUsable,
      })),
    },
    speech_keys: view.speechKeys.map(({ vendor, title, ...key }) => ({
      vendor,
      title,
      ...keyToWire(key),
    })),
    language_model: {
      ...keyToWire(view.languageModel),
      base_url: view.languageModel.baseUrl,
      has_key: view.languageModel.hasKey,
      model: view.languageModel.model,
      model_in_use: view.languageModel.modelInUse,
    },
  };
}

function keyToWire({ variable, setBy, lastFour, setAt, check }: KeyState) {
  return {
    variable,
    set_by: setBy,
    last_four: lastFour,
    set_at: toIsoOrNull(setAt),
    check: check && { ...check, at: toIso(check.at) },
  };
}
