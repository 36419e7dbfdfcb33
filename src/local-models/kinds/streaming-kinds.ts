import {
  dimension,
  hasAny,
  hasType,
  type ModelChunks,
  type ModelKind,
  type ModelParts,
  metadataNumber,
  metadataNumbers,
  PLAIN_KIND,
} from '../model-kind.ts';

/** Acoustic frames are this far apart in every kind, milliseconds. */
const FRAME_MS = 10;

/** Streaming caches of NeMo models. */
const NEMO_CACHES = [
  'cache_last_channel_dim1',
  'cache_last_channel_dim2',
  'cache_last_channel_dim3',
  'cache_last_time_dim1',
  'cache_last_time_dim2',
  'cache_last_time_dim3',
];
const ZIPFORMER2_KEYS = [
  'encoder_dims',
  'query_head_dims',
  'value_head_dims',
  'num_heads',
  'num_encoder_layers',
  'cnn_module_kernels',
  'left_context_len',
  'T',
  'decode_chunk_len',
];
/** Metadata that the library requires of a streaming encoder, by `model_type`. */
const ENCODER_KEYS: Readonly<Record<string, readonly string[]>> = {
  zipformer2: ZIPFORMER2_KEYS,
  zipformer: [
    'encoder_dims',
    'attention_dims',
    'num_encoder_layers',
    'cnn_module_kernels',
    'left_context_len',
    'T',
    'decode_chunk_len',
  ],
  lstm: ['num_encoder_layers', 'T', 'decode_chunk_len', 'rnn_hidden_size', 'd_model'],
  conformer: [
    'num_encoder_layers',
    'T',
    'decode_chunk_len',
    'left_context',
    'encoder_dim',
    'pad_length',
    'cnn_module_kernel',
  ],
};

/** Frames of a step and of its window, by the names that icefall's exporters give them. */
function icefallChunks(role: string): (parts: ModelParts) => ModelChunks | null {
  return (parts) => {
    const step = metadataNumber(parts[role], 'decode_chunk_len');
    const window = metadataNumber(parts[role], 'T');
    if (step === null || window === null) return null;
    return { stepMs: step * FRAME_MS, windowMs: window * FRAME_MS };
  };
}

function nemoChunks(role: string): (parts: ModelParts) => ModelChunks | null {
  return (parts) => {
    const step = metadataNumber(parts[role], 'chunk_shift');
    const window = metadataNumber(parts[role], 'window_size');
    if (step === null || window === null) return null;
    return { stepMs: step * FRAME_MS, windowMs: window * FRAME_MS };
  };
}

function nemoVocabulary(role: string): (parts: ModelParts) => number | null {
  return (parts) => {
    const size = metadataNumber(parts[role], 'vocab_size');
    return size === null ? null : size + 1;
  };
}

/** Zipformer2 passes six states a layer and two more through its inputs and outputs. */
function checkZipformer2(parts: ModelParts, role: string): string | null {
  const file = parts[role];
  const layers = metadataNumbers(file, 'num_encoder_layers');
  if (!file || layers === null) return `num_encoder_layers of ${role} is no list of numbers.`;
  const stacks = layers.length;
  for (const key of ZIPFORMER2_KEYS.slice(0, 7)) {
    if (metadataNumbers(file, key)?.length !== stacks) {
      return `Metadata '${key}' does not have a number for each of the ${stacks} encoder stacks.`;
    }
  }
  const expected = 6 * layers.reduce((sum, count) => sum + count, 0) + 3;
  if (file.inputs.length !== expected) {
    return `The network has ${file.inputs.length} inputs; its metadata promises ${expected}.`;
  }
  if (file.outputs.length !== expected) {
    return `The network has ${file.outputs.length} outputs; its metadata promises ${expected}.`;
  }
  const frames = dimension(file, 'inputs', 0, 1);
  const window = metadataNumber(file, 'T');
  if (frames !== null && frames !== window) {
    return `The network takes ${frames} frames; its metadata says ${window}.`;
  }
  return null;
}

const TRANSDUCER_FILES: Readonly<Record<string, RegExp>> = {
  encoder: /^(.*[-_.])?encoder([-_.].*)?\.onnx$/,
  decoder: /^(.*[-_.])?decoder([-_.].*)?\.onnx$/,
  joiner: /^(.*[-_.])?joiner([-_.].*)?\.onnx$/,
};

const zipformer2Ctc: ModelKind = {
  ...PLAIN_KIND,
  name: 'zipformer2-ctc',
  task: 'streaming-speech',
  title: 'streaming Zipformer2 CTC model',
  files: { model: /^(.*[-_])?(model|ctc[^/]*)(\.int8|\.fp16)?\.onnx$/ },
  matches: ({ model }) =>
    hasAny(model, ['decode_chunk_len', 'left_context_len']) && !hasType(model, ['EncDec']),
  requiredKeys: { model: ZIPFORMER2_KEYS },
  check: (parts) => {
    const layers = checkZipformer2(parts, 'model');
    if (layers !== null) return layers;
    const step = metadataNumber(parts.model, 'decode_chunk_len') ?? 0;
    const frames = dimension(parts.model, 'outputs', 0, 1);
    // The library takes an output frame for 40 ms, whatever it is.
    if (frames !== null && frames * 4 !== step) {
      return `The network gives ${frames} frames a step; its metadata promises ${step / 4}.`;
    }
    return null;
  },
  vocabulary: ({ model }) => dimension(model, 'outputs', 0, 2),
  chunks: icefallChunks('model'),
  featureDim: ({ model }) => dimension(model, 'inputs', 0, 2),
  modelConfig: ({ model }) => ({ zipformer2Ctc: { model } }),
};

const streamingTransducer: ModelKind = {
  ...PLAIN_KIND,
  name: 'streaming-transducer',
  task: 'streaming-speech',
  title: 'streaming transducer',
  files: TRANSDUCER_FILES,
  matches: ({ encoder }) =>
    hasAny(encoder, ['decode_chunk_len']) ||
    (hasAny(encoder, ['T']) && hasType(encoder, Object.keys(ENCODER_KEYS))),
  requiredKeys: { encoder: ['model_type'], decoder: ['vocab_size', 'context_size'] },
  check: (parts) => {
    const type = parts.encoder?.metadata.get('model_type') ?? '';
    const missing = (ENCODER_KEYS[type] ?? ['T', 'decode_chunk_len']).find(
      (key) => !parts.encoder?.metadata.has(key),
    );
    if (missing !== undefined) return `The encoder has no metadata '${missing}'.`;
    return type === 'zipformer2' ? checkZipformer2(parts, 'encoder') : null;
  },
  vocabulary: ({ decoder }) => metadataNumber(decoder, 'vocab_size'),
  chunks: icefallChunks('encoder'),
  featureDim: ({ encoder }) => dimension(encoder, 'inputs', 0, 2),
  modelConfig: ({ encoder, decoder, joiner }) => ({ transducer: { encoder, decoder, joiner } }),
};

const nemoStreamingTransducer: ModelKind = {
  ...PLAIN_KIND,
  name: 'nemo-streaming-transducer',
  task: 'streaming-speech',
  title: 'streaming NeMo transducer',
  files: TRANSDUCER_FILES,
  matches: ({ encoder }) => hasAny(encoder, NEMO_CACHES),
  requiredKeys: {
    encoder: [
      'vocab_size',
      'window_size',
      'chunk_shift',
      'subsampling_factor',
      'pred_rnn_layers',
      'pred_hidden',
      ...NEMO_CACHES,
    ],
  },
  vocabulary: nemoVocabulary('encoder'),
  blankIsLast: true,
  chunks: nemoChunks('encoder'),
  modelConfig: ({ encoder, decoder, joiner }) => ({ transducer: { encoder, decoder, joiner } }),
};

const nemoStreamingCtc: ModelKind = {
  ...PLAIN_KIND,
  name: 'nemo-streaming-ctc',
  task: 'streaming-speech',
  title: 'streaming NeMo CTC model',
  files: { model: /^(.*[-_])?model(\.int8|\.fp16)?\.onnx$/ },
  matches: ({ model }) => hasAny(model, NEMO_CACHES),
  requiredKeys: {
    model: ['window_size', 'chunk_shift', 'subsampling_factor', 'vocab_size', ...NEMO_CACHES],
  },
  vocabulary: nemoVocabulary('model'),
  blankIsLast: true,
  chunks: nemoChunks('model'),
  // The library takes a frame of every CTC model for 40 ms (online-recognizer-ctc-impl.h).
  timeScale: ({ model }) => (metadataNumber(model, 'subsampling_factor') ?? 4) / 4,
  modelConfig: ({ model }) => ({ nemoCtc: { model } }),
};

/** The library reads 61 frames at a time and moves on by 60 (online-recognizer-paraformer-impl.h). */
const PARAFORMER_CHUNKS: ModelChunks = { stepMs: 600, windowMs: 610 };

const streamingParaformer: ModelKind = {
  ...PLAIN_KIND,
  name: 'streaming-paraformer',
  task: 'streaming-speech',
  title: 'streaming Paraformer',
  files: {
    encoder: /^(.*[-_])?encoder(\.int8|\.fp16)?\.onnx$/,
    decoder: /^(.*[-_])?decoder(\.int8|\.fp16)?\.onnx$/,
  },
  matches: ({ encoder }) => hasAny(encoder, ['lfr_window_size', 'lfr_window_shift']),
  requiredKeys: {
    encoder: [
      'vocab_size',
      'lfr_window_size',
      'lfr_window_shift',
      'encoder_output_size',
      'decoder_num_blocks',
      'decoder_kernel_size',
      'neg_mean',
      'inv_stddev',
    ],
  },
  vocabulary: ({ encoder }) => metadataNumber(encoder, 'vocab_size'),
  blankTokens: [],
  chunks: () => PARAFORMER_CHUNKS,
  modelConfig: ({ encoder, decoder }) => ({ paraformer: { encoder, decoder } }),
};

const tOne: ModelKind = {
  ...PLAIN_KIND,
  name: 't-one-ctc',
  task: 'streaming-speech',
  title: 'streaming T-one model',
  files: { model: /^(.*[-_])?model(\.int8|\.fp16)?\.onnx$/ },
  matches: ({ model }) => hasAny(model, ['frame_length_ms', 'state_dim']),
  requiredKeys: { model: ['frame_length_ms', 'state_dim', 'sample_rate'] },
  check: ({ model }) =>
    metadataNumber(model, 'sample_rate') === 8000 &&
    metadataNumber(model, 'frame_length_ms') === 300
      ? null
      : 'It does not take 300 ms of 8,000 Hz at a time, which the library insists on.',
  vocabulary: ({ model }) => dimension(model, 'outputs', 0, 2),
  // Two pieces must be there before the first step.
  chunks: () => ({ stepMs: 300, windowMs: 600 }),
  sampleRate: () => 8000,
  modelConfig: ({ model }) => ({ toneCtc: { model } }),
};

export const STREAMING_KINDS: readonly ModelKind[] = [
  nemoStreamingTransducer,
  streamingTransducer,
  nemoStreamingCtc,
  tOne,
  zipformer2Ctc,
  streamingParaformer,
];
