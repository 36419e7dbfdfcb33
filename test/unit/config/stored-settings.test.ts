import { describe, expect, it } from 'vitest';
import { environmentOwners, readWithStored } from '../../../src/config/stored-settings.ts';

const NOTHING = { variables: {}, order: [], off: [] };
const DEEPGRAM = { DEEPGRAM_API_KEY: 'stored-deepgram-key' };
const SONIOX = { SONIOX_API_KEY: 'stored-soniox-key' };

const servicesOf = (env: Record<string, string>, stored: Parameters<typeof readWithStored>[1]) =>
  readWithStored(env, stored).config.sttServices.map(({ name }) => name);

describe('stored settings', () => {
  it('turn a speech vendor on by its key, after the vendors before it', () => {
    expect(servicesOf({}, NOTHING)).toEqual(['local']);
    expect(servicesOf({}, { ...NOTHING, variables: { ...SONIOX, ...DEEPGRAM } })).toEqual([
      'dg-nova-3',
      'soniox-stt-rt',
      'local',
    ]);
  });

  it('give way to a variable of the environment, but not to one that is set to nothing', () => {
    const keyOf = (env: Record<string, string>) => {
      const { config } = readWithStored(env, { ...NOTHING, variables: DEEPGRAM });
      const settings = config.sttProviders.find(({ name }) => name === 'deepgram')?.settings;
      return (settings as { apiKey: { reveal(): string } }).apiKey.reveal();
    };
    expect(keyOf({})).toBe('stored-deepgram-key');
    expect(keyOf({ DEEPGRAM_API_KEY: ' ' })).toBe('stored-deepgram-key');
    expect(keyOf({ DEEPGRAM_API_KEY: 'key-of-the-environment' })).toBe('key-of-the-environment');
  });

  it('order the services, those that are not named after them, without those that are off', () => {
    const variables = { ...DEEPGRAM, ...SONIOX };
    const order = ['local', 'soniox-stt-rt', 'speechmatics'];
    expect(servicesOf({}, { variables, order, off: [] })).toEqual([
      'local',
      'soniox-stt-rt',
      'dg-nova-3',
    ]);
    expect(servicesOf({}, { variables, order, off: ['local', 'dg-nova-3'] })).toEqual([
      'soniox-stt-rt',
    ]);
    // A service that is not asked by default is asked if it is named.
    expect(servicesOf({}, { variables, order: ['dg-nova-2'], off: ['local'] })).toEqual([
      'dg-nova-2',
      'dg-nova-3',
      'soniox-stt-rt',
    ]);
  });

  it.each([
    ['STT_SERVICE_MODELS', 'dg-nova-3,soniox-stt-rt', ['dg-nova-3', 'soniox-stt-rt']],
    ['STT_PREFER', 'soniox', ['soniox-stt-rt', 'dg-nova-3', 'local']],
  ])('leave the order to %s', (variable, value, expected) => {
    const env = {
      DEEPGRAM_API_KEY: 'key-of-the-environment',
      SONIOX_API_KEY: 'another-of-the-environment',
      [variable]: value,
    };
    const stored = { variables: {}, order: ['local'], off: ['dg-nova-3'] };
    expect(servicesOf(env, stored)).toEqual(expected);
    expect(environmentOwners(env).speechOrder).toBe(variable);
  });

  it('never mix a server of the language model with a key from elsewhere', () => {
    const variables = {
      OPENAI_API_KEY: 'stored-key',
      OPENAI_BASE_URL: 'https://models.example/v1',
      OPENAI_MODEL: 'stored-model',
    };
    const stored = readWithStored({}, { ...NOTHING, variables });
    expect(stored.config.openai).toMatchObject({
      baseUrl: 'https://models.example/v1',
      models: { medium: 'stored-model' },
    });
    expect(stored.secrets.openaiApiKey?.reveal()).toBe('stored-key');
    const byKey = readWithStored({ OPENAI_API_KEY: 'own-key' }, { ...NOTHING, variables });
    expect(byKey.config.openai?.baseUrl).toBe('https://api.openai.com/v1');
    expect(byKey.secrets.openaiApiKey?.reveal()).toBe('own-key');
    const byAddress = readWithStored(
      { OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' },
      { ...NOTHING, variables },
    );
    expect(byAddress.secrets.openaiApiKey).toBeNull();
  });

  it('turn nothing on but vendors and the language model', () => {
    const variables = { AUTH: 'firebase', DATA_DIR: '/elsewhere', STT_WEBSOCKET_URL: 'wss://a.b' };
    const { config } = readWithStored({ DATA_DIR: '/here' }, { ...NOTHING, variables });
    expect(config).toMatchObject({ dataDir: '/here', engines: { auth: 'local' } });
    expect(config.sttProviders.map(({ name }) => name)).toEqual(['local']);
  });

  it('reach nothing outside of the machine if PRIVATE is set', () => {
    const variables = { ...DEEPGRAM, OPENAI_API_KEY: 'stored-key' };
    const { config } = readWithStored({ PRIVATE: 'true' }, { ...NOTHING, variables });
    expect(config.openai).toBeNull();
    expect(config.sttProviders.map(({ name }) => name)).toEqual(['local']);
  });
});
