import { dimension, hasAny, type ModelKind, metadataNumber, PLAIN_KIND } from '../model-kind.ts';

/** Keys of each framework that a speaker model may come from. */
const SPEAKER_KEYS: Readonly<Record<string, readonly string[]>> = {
  wespeaker: ['language', 'sample_rate', 'output_dim', 'normalize_samples'],
  '3d-speaker': ['language', 'sample_rate', 'output_dim', 'normalize_samples'],
  nemo: [
    'language',
    'sample_rate',
    'output_dim',
    'feat_dim',
    'window_size_ms',
    'window_stride_ms',
    'feature_normalize_type',
    'window_type',
  ],
};

const speaker: ModelKind = {
  ...PLAIN_KIND,
  name: 'speaker-embedding',
  task: 'speaker-embedding',
  title: 'speaker embedding model',
  files: { model: /^.*\.onnx$/ },
  tokens: null,
  matches: ({ model }) => hasAny(model, ['framework', 'output_dim']),
  requiredKeys: { model: ['framework', 'sample_rate', 'output_dim'] },
  check: ({ model }) => {
    const framework = model?.metadata.get('framework') ?? '';
    const keys = SPEAKER_KEYS[framework];
    if (keys === undefined) {
      return `Metadata 'framework' is '${framework}'; the library knows ${Object.keys(SPEAKER_KEYS).join(', ')}.`;
    }
    const missing = keys.find((key) => !model?.metadata.get(key));
    if (missing !== undefined) return `It has no metadata '${missing}'.`;
    const rate = metadataNumber(model, 'sample_rate');
    return rate === 16_000 ? null : `It takes ${rate} Hz; only models for 16,000 Hz are supported.`;
  },
  modelConfig: ({ model }) => ({ model }),
};

const silero: ModelKind = {
  ...PLAIN_KIND,
  name: 'silero-vad',
  task: 'voice-activity',
  title: 'Silero voice activity model',
  files: { model: /^.*vad.*\.onnx$/ },
  tokens: null,
  matches: ({ model }) => {
    const names = model?.inputs.map(({ name }) => name) ?? [];
    return (names.includes('state') || names.includes('h')) && names.includes('sr');
  },
  modelConfig: ({ model }) => ({ sileroVad: { model } }),
};

/** The classes that the library takes for granted (online-punctuation-cnn-bilstm-impl.h). */
const PUNCTUATION_CLASSES = { COMMA: 1, PERIOD: 2, QUESTION: 3, UPPER: 1, CAP: 2, MIX_CASE: 3 };

const punctuation: ModelKind = {
  ...PLAIN_KIND,
  name: 'cnn-bilstm-punctuation',
  task: 'punctuation',
  title: 'English punctuation model',
  files: { model: /^model(\.int8)?\.onnx$/ },
  tokens: /^bpe\.vocab$/,
  matches: ({ model }) => hasAny(model, Object.keys(PUNCTUATION_CLASSES)),
  requiredKeys: { model: Object.keys(PUNCTUATION_CLASSES) },
  check: ({ model }) => {
    const wrong = Object.entries(PUNCTUATION_CLASSES).find(
      ([key, value]) => metadataNumber(model, key) !== value,
    );
    if (wrong !== undefined) return `Its metadata '${wrong[0]}' is not ${wrong[1]}.`;
    const isFixed = [0, 1].every((i) => (dimension(model, 'outputs', i, 1) ?? 0) > 3);
    return isFixed ? null : 'Its outputs do not say how many classes they have.';
  },
  writesSentences: true,
  languages: () => ['en'],
  modelConfig: ({ model, tokens }) => ({ cnnBilstm: model, bpeVocab: tokens }),
};

export const OTHER_KINDS: readonly ModelKind[] = [punctuation, silero, speaker];
