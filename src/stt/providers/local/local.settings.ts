import { availableParallelism } from 'node:os';
import { integer, optionalText } from '../../../kernel/variable.ts';
import { CATALOGUE, findCatalogueModel } from '../../../local-models/catalogue/catalogue.ts';
import { isPath } from '../../../local-models/model-library.ts';
import { describeSttProvider } from '../../provider-settings.ts';
import { LOCAL_SERVICE, recognises, servedLanguages } from './local-languages.ts';

/** A streaming model says something at least once in a second of audio. */
const RESPONSE_TIMEOUT_MS = 4_000;
/** A model for whole pieces is silent as long as a piece lasts and is computed. */
const PIECE_TIMEOUT_MS = 45_000;
/** More threads of one step bring little, and streams take turns. */
const MOST_THREADS = 4;

export const local = describeSttProvider({
  name: 'local',
  title: 'Recognition on this machine',
  variables: {
    STT_LOCAL_MODEL: optionalText({
      description:
        'Model for speech recognition on this machine: a name of `omi-backend models list`, or a folder. `none` switches it off.',
      absent: 'what was downloaded with `omi-backend models pull`',
    }),
    STT_LOCAL_FILE_MODEL: optionalText({
      description:
        'Model for audio that is complete already: files, voice messages, recordings that are transcribed again.',
      absent: 'a downloaded model for files, else STT_LOCAL_MODEL',
    }),
    STT_LOCAL_PUNCTUATION: optionalText({
      description:
        'Folder of an English punctuation model (`model.onnx`, `bpe.vocab`), for models that write neither capital letters nor punctuation.',
      absent: 'sentences are written by rule',
    }),
    STT_LOCAL_LANGUAGES: optionalText({
      description: 'Languages of STT_LOCAL_MODEL, such as `en,de`, if it is a model of your own.',
      absent: "what the folder's name says (`my-model-en`), else any",
    }),
    STT_LOCAL_THREADS: integer({
      description: 'Threads of one step of recognition. `0`: a half of the cores, 4 at most.',
      fallback: 0,
      min: 0,
      max: 64,
    }),
    STT_LOCAL_STREAMS: integer({
      description:
        'Streams that one local model serves at a time. `0`: as many as this machine keeps up with, by measurement.',
      fallback: 0,
      min: 0,
      max: 1000,
    }),
  },
  enabledBy: ['STT_LOCAL_MODEL'],
  read: (values) => {
    const { STT_LOCAL_MODEL: model } = values;
    if (model === 'none') return null;
    return {
      model: model && (findCatalogueModel(model)?.id ?? model),
      fileModel: values.STT_LOCAL_FILE_MODEL,
      punctuation: values.STT_LOCAL_PUNCTUATION,
      languages: values.STT_LOCAL_LANGUAGES?.split(',').map((tag) => tag.trim()) ?? null,
      threads: values.STT_LOCAL_THREADS || defaultThreads(),
      maxStreams: values.STT_LOCAL_STREAMS || null,
    };
  },
  // Without a name it is used if a model turns out to be there.
  isImplicit: ({ model, fileModel }) => model === null && fileModel === null,
  problems: (values) =>
    (['STT_LOCAL_MODEL', 'STT_LOCAL_FILE_MODEL'] as const).flatMap((name) => {
      const model = values[name];
      if (model === null || model === 'none' || isPath(model)) return [];
      const found = findCatalogueModel(model);
      if (found === undefined) {
        return [
          `${name} names no known model: see \`omi-backend models list\`, or write a folder as ./my-model.`,
        ];
      }
      return recognises(found) ? [] : [`${name} names a model that does not recognise speech.`];
    }),
  address: null,
  services: {
    [LOCAL_SERVICE]: {
      model: ({ model }) => model ?? '',
      languages: servedLanguages([]),
      responseTimeoutMs: RESPONSE_TIMEOUT_MS,
    },
    ...Object.fromEntries(
      CATALOGUE.filter(recognises).map(({ id, languages, task }) => [
        `local-${id}`,
        {
          model: id,
          languages: servedLanguages(languages),
          responseTimeoutMs: task === 'file-speech' ? PIECE_TIMEOUT_MS : RESPONSE_TIMEOUT_MS,
          isDefault: false,
        },
      ]),
    ),
  },
  load: async (settings, logger, { modelsDir, createDetector }) => {
    const { createLocalProvider } = await import('./local-provider.ts');
    return createLocalProvider({ ...settings, modelsDir, createDetector, logger });
  },
});

function defaultThreads(): number {
  return Math.max(1, Math.min(MOST_THREADS, availableParallelism() >> 1));
}
