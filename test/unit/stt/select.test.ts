import { describe, expect, it } from 'vitest';
import { createWebRtcVoiceActivity } from '../../../src/audio/voice-activity-webrtc.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import {
  NOVA2_LANGUAGES,
  NOVA2_MULTI_LANGUAGES,
  NOVA3_LANGUAGES,
  NOVA3_MULTI_LANGUAGES,
} from '../../../src/stt/providers/deepgram/deepgram-languages.ts';
import { createDeepgramProvider } from '../../../src/stt/providers/deepgram/deepgram-provider.ts';
import {
  loadSttProviders,
  STT_PROVIDER_NAMES,
  STT_PROVIDERS,
  STT_SERVICE_NAMES,
} from '../../../src/stt/registry.ts';
import { getSttServicesForLanguage, type SttPreferences } from '../../../src/stt/select.ts';

const ALL_ON = {
  DEEPGRAM_API_KEY: 'k',
  SONIOX_API_KEY: 'k',
  SPEECHMATICS_API_KEY: 'k',
  STT_WEBSOCKET_URL: 'ws://127.0.0.1:9/listen',
};
/** The services of every provider, as they are if all are on. */
const CONFIGURED = STT_PROVIDERS.flatMap(
  (descriptor) => descriptor.read(ALL_ON, []).provider ?? [],
);
const SERVICES = CONFIGURED.flatMap(({ services }) => services);
const ALL = ['dg-nova-3', 'soniox-stt-rt', 'speechmatics', 'websocket'];

const named = (models: readonly string[]) =>
  models.flatMap((name) => SERVICES.find((service) => service.name === name) ?? []);

const choose = (language: string, singleLanguage: boolean, ...models: string[]) =>
  select({ language, singleLanguage, models }).choices[0];

const select = ({
  models = ALL,
  ...wish
}: Partial<SttPreferences> & { models?: readonly string[] }) => {
  const selection = getSttServicesForLanguage({
    language: 'multi',
    singleLanguage: false,
    languages: [],
    preferred: [],
    services: named(models),
    ...wish,
  });
  return {
    ...selection,
    choices: selection.choices.map((c) => `${c.provider} ${c.model} ${c.language}`),
  };
};

describe('getSttServicesForLanguage', () => {
  it.each([
    ['auto', false, ['dg-nova-3'], 'deepgram nova-3 multi'],
    ['multi', false, ['dg-nova-3'], 'deepgram nova-3 multi'],
    ['en', false, ['dg-nova-3'], 'deepgram nova-3 multi'],
    ['en-US', true, ['dg-nova-3'], 'deepgram nova-3 en-US'],
    ['multi', true, ['dg-nova-3'], 'deepgram nova-3 en'],
    ['auto', true, ['dg-nova-3'], 'deepgram nova-3 en'],
    ['uk', false, ['dg-nova-3'], 'deepgram nova-3 uk'],
    ['zh-TW', false, ['dg-nova-3'], 'deepgram nova-3 zh-TW'],
    ['sw', false, ['dg-nova-3'], 'deepgram nova-3 en'],
    ['zh', false, ['dg-nova-2', 'dg-nova-3'], 'deepgram nova-2-general zh'],
    ['de', false, ['dg-nova-2', 'dg-nova-3'], 'deepgram nova-3 multi'],
    ['es', true, ['dg-nova-2'], 'deepgram nova-2-general es'],
    ['de', false, ['dg-nova-2'], 'deepgram nova-2-general en'],
    ['sw', false, ['dg-nova-3', 'soniox-stt-rt'], 'soniox stt-rt-v5 sw'],
    ['multi', false, ['soniox-stt-rt', 'dg-nova-3'], 'soniox stt-rt-v5 multi'],
    ['multi', true, ['soniox-stt-rt'], 'soniox stt-rt-v5 en'],
    ['pt-BR', false, ['soniox-stt-rt'], 'soniox stt-rt-v5 pt-BR'],
    ['zh-CN', false, ['speechmatics'], 'speechmatics enhanced zh-CN'],
    ['zh-HK', false, ['speechmatics'], 'speechmatics enhanced zh-HK'],
    ['multi', false, ['speechmatics', 'websocket'], 'websocket external multi'],
    ['multi', false, ['speechmatics'], 'speechmatics enhanced en'],
    ['xx', false, ['websocket'], 'websocket external xx'],
  ] as const)('%s, single %s, %j: %s', (language, single, models, expected) => {
    expect(choose(language, single, ...models)).toBe(expected);
  });

  it('answers those who can step in, one a provider, in order', () => {
    expect(select({ language: 'fr', models: ['dg-nova-3', 'dg-nova-2', ...ALL] })).toEqual({
      choices: [
        'deepgram nova-3 multi',
        'soniox stt-rt-v5 fr',
        'speechmatics enhanced fr',
        'websocket external fr',
      ],
      languageHints: [],
      unserved: null,
    });
    expect(select({ language: 'cy' }).choices).toEqual([
      'soniox stt-rt-v5 cy',
      'speechmatics enhanced cy',
      'websocket external cy',
    ]);
  });

  it('puts first what the user wants, by service or by provider', () => {
    const first = (preferred: string[]) => select({ language: 'en', preferred }).choices[0];
    expect(first(['soniox'])).toBe('soniox stt-rt-v5 en');
    expect(first(['speechmatics', 'soniox-stt-rt'])).toBe('speechmatics enhanced en');
    expect(first(['nobody'])).toBe('deepgram nova-3 multi');
    // Wanting a service does not make it speak the language.
    expect(select({ language: 'cy', preferred: ['deepgram'] }).choices[0]).toBe(
      'soniox stt-rt-v5 cy',
    );
  });

  it('keeps to the one language of a list of one, whatever the device asks for', () => {
    for (const language of ['multi', 'en', 'de-CH', 'auto']) {
      const { choices } = select({ language, languages: ['de'], models: ['dg-nova-3'] });
      expect(choices).toEqual([`deepgram nova-3 ${language === 'de-CH' ? 'de-CH' : 'de'}`]);
    }
  });

  it('asks for several listed languages as multi, of those who can follow all of them', () => {
    expect(select({ language: 'fr', languages: ['en', 'fr'] })).toEqual({
      choices: ['deepgram nova-3 multi', 'soniox stt-rt-v5 multi', 'websocket external multi'],
      languageHints: ['fr', 'en'],
      unserved: null,
    });
    expect(select({ languages: ['es', 'en-US'], models: ['speechmatics'] }).choices).toEqual([
      'speechmatics enhanced multi',
    ]);
    const polish = select({ languages: ['de', 'pl'] });
    expect(polish.choices).toEqual(['soniox stt-rt-v5 multi', 'websocket external multi']);
    expect(polish.languageHints).toEqual(['de', 'pl']);
    // Nobody can follow both: the first of them is listened for, by name.
    expect(select({ languages: ['pl', 'de'], models: ['dg-nova-3'] }).choices).toEqual([
      'deepgram nova-3 pl',
    ]);
    // One at a time: the listed one that the device asks for.
    expect(
      select({ language: 'fr', languages: ['en', 'fr'], singleLanguage: true }).choices[0],
    ).toBe('deepgram nova-3 fr');
  });

  it('says so where nobody serves the language, and listens for English', () => {
    expect(select({ language: 'eo', models: ['dg-nova-3', 'soniox-stt-rt'] })).toEqual({
      choices: ['deepgram nova-3 en', 'soniox stt-rt-v5 en'],
      languageHints: [],
      unserved: 'eo',
    });
    expect(select({ models: [] })).toMatchObject({ choices: [] });
  });
});

describe('the registry', () => {
  it('names each provider and each service once', () => {
    expect(new Set(STT_PROVIDER_NAMES).size).toBe(STT_PROVIDER_NAMES.length);
    expect(new Set(STT_SERVICE_NAMES).size).toBe(STT_SERVICE_NAMES.length);
  });

  it('lets no two providers read the same variable', () => {
    const variables = STT_PROVIDERS.flatMap((descriptor) => Object.keys(descriptor.variables));
    expect(new Set(variables).size).toBe(variables.length);
  });

  it('loads every provider that is on', async () => {
    const providers = await loadSttProviders(CONFIGURED, silentLogger, {
      modelsDir: '/nowhere',
      createDetector: createWebRtcVoiceActivity,
    });
    expect([...providers.keys()]).toEqual(CONFIGURED.map(({ name }) => name));
    for (const { name, provider, model } of SERVICES) {
      const { capabilities } = providers.get(provider) ?? {};
      expect([name, capabilities?.supports('en', model)]).toEqual([name, true]);
    }
  });

  it.each([
    ['nova-3', NOVA3_MULTI_LANGUAGES],
    ['nova-3', NOVA3_LANGUAGES],
    ['nova-2-general', NOVA2_MULTI_LANGUAGES],
    ['nova-2-general', NOVA2_LANGUAGES],
  ] as const)('knows every language of %s in its provider, too', (model, languages) => {
    const apiKey = 'key';
    const { capabilities } = createDeepgramProvider({
      apiKey,
      baseUrl: 'ws://x',
      logger: silentLogger,
    });
    for (const language of languages) expect(capabilities.supports(language, model)).toBe(true);
    expect(capabilities.supports('sw', model)).toBe(false);
  });
});
