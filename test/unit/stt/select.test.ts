import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { loadSttProvider, STT_PROVIDER_NAMES } from '../../../src/stt/registry.ts';
import { getSttServiceForLanguage, STT_SERVICE_MODELS } from '../../../src/stt/select.ts';

const choose = (language: string, singleLanguage: boolean, ...models: string[]): string => {
  const choice = getSttServiceForLanguage(language, { singleLanguage, models });
  return `${choice.provider} ${choice.model} ${choice.language}`;
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
  ] as const)('%s, single %s, %j: %s', (language, single, models, expected) => {
    expect(choose(language, single, ...models)).toBe(expected);
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
    for (const { model, multi, single } of Object.values(STT_SERVICE_MODELS)) {
      for (const language of [...multi, ...single]) {
        expect(provider.capabilities.supports(language, model)).toBe(true);
      }
    }
    expect(provider.capabilities.supports('sw', 'nova-3')).toBe(false);
  });
});
