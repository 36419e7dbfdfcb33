import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWebRtcVoiceActivity } from '../../../src/audio/voice-activity-webrtc.ts';
import { createLogger, silentLogger } from '../../../src/kernel/logger.ts';
import { createLocalProvider } from '../../../src/stt/providers/local/local-provider.ts';
import { loadSttProviders, STT_PROVIDERS } from '../../../src/stt/registry.ts';
import { getSttServicesForLanguage } from '../../../src/stt/select.ts';
import { usableServices } from '../../../src/stt/usable-services.ts';

let modelsDir: string;
beforeEach(() => {
  modelsDir = mkdtempSync(path.join(tmpdir(), 'omi-backend-models-'));
});
afterEach(() => rmSync(modelsDir, { recursive: true }));

/** Puts down what a download leaves, without the model itself. */
function pull(...ids: string[]): void {
  for (const id of ids) {
    mkdirSync(path.join(modelsDir, id));
    writeFileSync(path.join(modelsDir, id, 'model.lock.json'), '{}');
  }
}

/** What is asked for a language, with the models that are there. */
async function choices(env: Record<string, string>, language: string, isRecorded = false) {
  const configured = STT_PROVIDERS.flatMap(
    (descriptor) => descriptor.read(env, [])?.provider ?? [],
  ).filter(({ name }) => name === 'local');
  const providers = await loadSttProviders(configured, silentLogger, {
    modelsDir,
    createDetector: createWebRtcVoiceActivity,
  });
  const services = configured
    .flatMap((provider) => provider.services)
    .filter(({ name }) => name === 'local');
  const selection = getSttServicesForLanguage({
    language,
    singleLanguage: true,
    languages: [],
    preferred: [],
    services: usableServices(services, providers, isRecorded),
  });
  return selection.choices.map(({ model }) => model);
}

describe('the local service', () => {
  it('is none as long as no model is there, and each model as soon as it is', async () => {
    expect(await choices({}, 'en')).toEqual([]);
    pull('kroko-de', 'zipformer-en-2023-06-26');
    expect(await choices({}, 'en')).toEqual(['zipformer-en-2023-06-26']);
    expect(await choices({}, 'de')).toEqual(['kroko-de']);
    rmSync(path.join(modelsDir, 'kroko-de', 'model.lock.json'));
    // A download that is not complete is no model; what is not served is heard in English.
    expect(await choices({}, 'de')).toEqual(['zipformer-en-2023-06-26']);
  });

  it('takes models for live speech first, and for recordings those for files', async () => {
    pull('zipformer-en-2023-06-26', 'parakeet-tdt-0.6b-v2');
    expect(await choices({}, 'en')).toEqual(['zipformer-en-2023-06-26']);
    expect((await choices({}, 'en', true))[0]).toBe('parakeet-tdt-0.6b-v2');
  });

  it('takes the chosen model first, with the languages of its name', async () => {
    pull('zipformer-en-2023-06-26');
    const env = { STT_LOCAL_MODEL: '/models/my-model-de' };
    expect(await choices(env, 'de')).toEqual(['/models/my-model-de']);
    expect(await choices(env, 'en')).toEqual(['zipformer-en-2023-06-26']);
    const any = { STT_LOCAL_MODEL: '/models/mine' };
    expect((await choices(any, 'sw'))[0]).toBe('/models/mine');
    expect((await choices({ ...any, STT_LOCAL_LANGUAGES: 'en, sw' }, 'sw'))[0]).toBe(
      '/models/mine',
    );
    expect(await choices({ ...any, STT_LOCAL_LANGUAGES: 'fr' }, 'en')).toEqual([
      'zipformer-en-2023-06-26',
    ]);
    const two = { ...any, STT_LOCAL_FILE_MODEL: 'whisper-base' };
    expect((await choices(two, 'en', true))[0]).toBe('whisper-base');
    expect((await choices(two, 'en'))[0]).toBe('/models/mine');
  });

  it('says at the start which model is missing, and how to get it', () => {
    const lines: string[] = [];
    const log = { write: (line: string) => void lines.push(line) };
    const logger = createLogger({ level: 'info', revealPii: false }, log);
    createLocalProvider({ modelsDir, logger, model: 'kroko-de', fileModel: '/no/where' });
    expect(lines.join('')).toContain('omi-backend models pull kroko-de');
    expect(lines.join('')).toContain('the local model /no/where is not there');
    pull('kroko-de');
    lines.length = 0;
    createLocalProvider({ modelsDir, logger, model: 'kroko-de' });
    expect(lines).toEqual([]);
  });
});
