import {
  dimension,
  hasAny,
  hasType,
  type ModelKind,
  metadataNumber,
  PLAIN_KIND,
} from '../model-kind.ts';

const MODEL_FILE = { model: /^(.*[-_])?model(\.int8|\.fp16)?\.onnx$/ };

const zipformerCtc: ModelKind = {
  ...PLAIN_KIND,
  name: 'zipformer-ctc',
  task: 'file-speech',
  title: 'Zipformer CTC model',
  files: MODEL_FILE,
  matches: ({ model }) => hasType(model, ['zipformer2_ctc']),
  requiredKeys: { model: ['model_type'] },
  check: ({ model }) =>
    model?.inputs.length === 2 ? null : `The network has ${model?.inputs.length} inputs, not 2.`,
  vocabulary: ({ model }) => dimension(model, 'outputs', 0, 2),
  featureDim: ({ model }) => dimension(model, 'inputs', 0, 2),
  modelConfig: ({ model }) => ({ zipformerCtc: { model } }),
};

const nemoCtc: ModelKind = {
  ...PLAIN_KIND,
  name: 'nemo-ctc',
  task: 'file-speech',
  title: 'NeMo CTC model',
  files: MODEL_FILE,
  matches: ({ model }) =>
    hasAny(model, ['subsampling_factor']) && !hasAny(model, ['cache_last_channel_dim1']),
  requiredKeys: { model: ['vocab_size', 'subsampling_factor'] },
  check: ({ model }) =>
    model?.inputs.length === 2 ? null : `The network has ${model?.inputs.length} inputs, not 2.`,
  vocabulary: ({ model }) => dimension(model, 'outputs', 0, 2),
  featureDim: ({ model }) => dimension(model, 'inputs', 0, 1),
  modelConfig: ({ model }) => ({ nemoCtc: { model } }),
};

const nemoTransducer: ModelKind = {
  ...PLAIN_KIND,
  name: 'nemo-transducer',
  task: 'file-speech',
  title: 'NeMo transducer (Parakeet)',
  files: {
    encoder: /^(.*[-_.])?encoder([-_.].*)?\.onnx$/,
    decoder: /^(.*[-_.])?decoder([-_.].*)?\.onnx$/,
    joiner: /^(.*[-_.])?joiner([-_.].*)?\.onnx$/,
  },
  matches: ({ encoder }) =>
    hasAny(encoder, ['pred_rnn_layers', 'pred_hidden']) &&
    !hasAny(encoder, ['cache_last_channel_dim1']),
  requiredKeys: { encoder: ['vocab_size', 'subsampling_factor', 'pred_rnn_layers', 'pred_hidden'] },
  vocabulary: ({ encoder }) => {
    const size = metadataNumber(encoder, 'vocab_size');
    return size === null ? null : size + 1;
  },
  blankIsLast: true,
  modelConfig: ({ encoder, decoder, joiner }) => ({
    transducer: { encoder, decoder, joiner },
    modelType: 'nemo_transducer',
  }),
};

const transducer: ModelKind = {
  ...PLAIN_KIND,
  name: 'transducer',
  task: 'file-speech',
  title: 'transducer',
  files: nemoTransducer.files,
  matches: ({ encoder }) =>
    hasType(encoder, ['conformer', 'zipformer']) && !hasAny(encoder, ['decode_chunk_len', 'T']),
  requiredKeys: { decoder: ['vocab_size', 'context_size'] },
  vocabulary: ({ decoder }) => metadataNumber(decoder, 'vocab_size'),
  featureDim: ({ encoder }) => dimension(encoder, 'inputs', 0, 2),
  modelConfig: ({ encoder, decoder, joiner }) => ({
    transducer: { encoder, decoder, joiner },
    modelType: 'transducer',
  }),
};

const whisper: ModelKind = {
  ...PLAIN_KIND,
  name: 'whisper',
  task: 'file-speech',
  title: 'Whisper model',
  files: {
    encoder: /^(.*[-_.])?encoder(\.int8|\.fp16)?\.onnx$/,
    decoder: /^(.*[-_.])?decoder(\.int8|\.fp16)?\.onnx$/,
  },
  matches: ({ encoder }) =>
    hasType(encoder, ['whisper']) || hasAny(encoder, ['n_text_layer', 'n_text_ctx']),
  requiredKeys: {
    encoder: [
      'n_mels',
      'n_text_layer',
      'n_text_ctx',
      'n_text_state',
      'n_vocab',
      'sot',
      'eot',
      'blank_id',
      'translate',
      'transcribe',
      'is_multilingual',
      'no_timestamps',
      'no_speech',
      'sot_sequence',
    ],
  },
  check: ({ encoder }) => {
    if (metadataNumber(encoder, 'is_multilingual') !== 1) return null;
    const tokens = encoder?.metadata.get('all_language_tokens')?.split(',').length;
    const codes = encoder?.metadata.get('all_language_codes')?.split(',').length;
    return tokens !== undefined && tokens === codes
      ? null
      : 'Its metadata does not name a token for each of its languages.';
  },
  blankTokens: [],
  writesSentences: true,
  languages: ({ encoder }) => {
    if (metadataNumber(encoder, 'is_multilingual') !== 1) return ['en'];
    return encoder?.metadata.get('all_language_codes')?.split(',') ?? [];
  },
  modelConfig: ({ encoder, decoder }) => ({ whisper: { encoder, decoder, task: 'transcribe' } }),
};

const moonshine: ModelKind = {
  ...PLAIN_KIND,
  name: 'moonshine',
  task: 'file-speech',
  title: 'Moonshine model',
  files: {
    preprocessor: /^preprocess(\.int8)?\.onnx$/,
    encoder: /^encode(\.int8)?\.onnx$/,
    uncachedDecoder: /^uncached_decode(\.int8)?\.onnx$/,
    cachedDecoder: /^cached_decode(\.int8)?\.onnx$/,
  },
  matches: () => true,
  blankTokens: [],
  writesSentences: true,
  modelConfig: ({ preprocessor, encoder, uncachedDecoder, cachedDecoder }) => ({
    moonshine: { preprocessor, encoder, uncachedDecoder, cachedDecoder },
  }),
};

const moonshineMerged: ModelKind = {
  ...PLAIN_KIND,
  name: 'moonshine-merged',
  task: 'file-speech',
  title: 'Moonshine model with a merged decoder',
  files: {
    encoder: /^encoder_model(_quantized)?\.(onnx|ort)$/,
    mergedDecoder: /^decoder_model_merged(_quantized)?\.(onnx|ort)$/,
  },
  matches: () => true,
  blankTokens: [],
  writesSentences: true,
  modelConfig: ({ encoder, mergedDecoder }) => ({ moonshine: { encoder, mergedDecoder } }),
};

const SENSE_VOICE_LANGUAGES = ['zh', 'en', 'ja', 'ko', 'yue'];

const senseVoice: ModelKind = {
  ...PLAIN_KIND,
  name: 'sense-voice',
  task: 'file-speech',
  title: 'SenseVoice model',
  files: MODEL_FILE,
  matches: ({ model }) => hasAny(model, ['with_itn', 'without_itn', 'lang_auto']),
  requiredKeys: {
    model: [
      'vocab_size',
      'lfr_window_size',
      'lfr_window_shift',
      'normalize_samples',
      'with_itn',
      'without_itn',
      'lang_auto',
      ...SENSE_VOICE_LANGUAGES.map((language) => `lang_${language}`),
      'neg_mean',
      'inv_stddev',
    ],
  },
  vocabulary: ({ model }) => metadataNumber(model, 'vocab_size'),
  blankTokens: [],
  writesSentences: true,
  languages: () => SENSE_VOICE_LANGUAGES,
  modelConfig: ({ model }) => ({
    senseVoice: { model, language: 'auto', useInverseTextNormalization: 1 },
  }),
};

const paraformer: ModelKind = {
  ...PLAIN_KIND,
  name: 'paraformer',
  task: 'file-speech',
  title: 'Paraformer',
  files: MODEL_FILE,
  matches: ({ model }) =>
    hasAny(model, ['lfr_window_size', 'lfr_window_shift']) &&
    !hasAny(model, ['with_itn', 'without_itn', 'lang_auto']),
  requiredKeys: {
    model: ['vocab_size', 'lfr_window_size', 'lfr_window_shift', 'neg_mean', 'inv_stddev'],
  },
  vocabulary: ({ model }) => metadataNumber(model, 'vocab_size'),
  blankTokens: ['</s>'],
  modelConfig: ({ model }) => ({ paraformer: { model } }),
};

export const FILE_KINDS: readonly ModelKind[] = [
  nemoTransducer,
  transducer,
  zipformerCtc,
  senseVoice,
  paraformer,
  nemoCtc,
  whisper,
  moonshine,
  moonshineMerged,
];
