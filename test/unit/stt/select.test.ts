import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { loadSttProvider, STT_PROVIDER_NAMES } from '../../../src/stt/registry.ts';
import {
  getSttServiceForLanguage,
  getSttServicesForLanguage,
  STT_SERVICE_MODELS,
  type SttWish,
} from '../../../src/stt/select.ts';
import {
  NOVA2_LANGUAGES,
  NOVA2_MULTI_LANGUAGES,
  NOVA3_LANGUAGES,
  NOVA3_MULTI_LANGUAGES,
} from '../../../src/stt/stt-languages.ts';

const ALL = ['dg-nova-3', 'soniox-stt-rt', 'speechmatics', 'websocket'];

const choose = (language: string, singleLanguage: boolean, ...models: string[]): string => {
  const choice = getSttServiceForLanguage(language, { singleLanguage, models });
  return `${choice.provider} ${choice.model} ${choice.language}`;
};

const select = (wish: Partial<SttWish>) => {
  const selection = getSttServicesForLanguage({
    language: 'multi',
    singleLanguage: false,
    languages: [],
    preferred: [],
    models: ALL,
    ...wish,
  });
  return {
    ...selection,
    choices: selection.choices.map((c) => `${c.provider} ${c.model} ${c.language}`),
  };
};

describe('getSttServiceForLanguage', () => {
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
    ['toString', false, ['toString'], 'deepgram nova-3 en'],
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
});

describe('getSttServicesForLanguage', () => {
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
  it('loads every provider that a model names', async () => {
    const names = new Set(Object.values(STT_SERVICE_MODELS).map((row) => row.provider));
    expect([...names].filter((name) => !STT_PROVIDER_NAMES.includes(name as 'deepgram'))).toEqual(
      [],
    );
    const create = await loadSttProvider('deepgram');
    const provider = create({ apiKey: 'key', logger: silentLogger });
    expect(provider.name).toBe('deepgram');
    for (const [model, languages] of [
      ['nova-3', NOVA3_MULTI_LANGUAGES],
      ['nova-3', NOVA3_LANGUAGES],
      ['nova-2-general', NOVA2_MULTI_LANGUAGES],
      ['nova-2-general', NOVA2_LANGUAGES],
    ] as const) {
      for (const language of languages) {
        expect(provider.capabilities.supports(language, model)).toBe(true);
      }
    }
    expect(provider.capabilities.supports('sw', 'nova-3')).toBe(false);
  });
});
