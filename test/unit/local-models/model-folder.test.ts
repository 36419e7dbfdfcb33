import { readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectModel } from '../../../src/local-models/model-folder.ts';
import { type OnnxParts, onnxHeader, withMetadata } from '../../fixtures/onnx-bytes.ts';
import { TINY_OFFLINE, TINY_SPEAKER, TINY_STREAMING } from '../../fixtures/spoken-clips.ts';

const MODEL = readFileSync(`${TINY_STREAMING}/model.onnx`);
const SPEAKER = readFileSync(`${TINY_SPEAKER}/model.onnx`);
const TOKENS = readFileSync(`${TINY_STREAMING}/tokens.txt`, 'utf8');

let root: string;
let count = 0;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'omi-backend-models-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A folder with these files. */
async function folder(files: Record<string, string | Uint8Array>): Promise<string> {
  count += 1;
  const made = path.join(root, `model-${count}`);
  await mkdir(made);
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(made, name), content);
  }
  return made;
}

const parts = (
  metadata: OnnxParts['metadata'],
  inputs: OnnxParts['inputs'] = [],
  outputs: OnnxParts['outputs'] = [],
) => onnxHeader({ metadata, inputs, outputs });

/** A table of so many tokens, with the blank first or last. */
const tokens = (size: number, blankAt = 0) =>
  Array.from({ length: size }, (_, i) => `${i === blankAt ? '<blk>' : `t${i}`} ${i}\n`).join('');

const NEMO_CACHES = Object.fromEntries(
  ['channel', 'time'].flatMap((name) =>
    [1, 2, 3].map((dim) => [`cache_last_${name}_dim${dim}`, '8']),
  ),
);
const WHISPER = Object.fromEntries(
  'n_mels n_text_layer n_text_ctx n_text_state n_vocab sot eot blank_id translate transcribe no_timestamps no_speech sot_sequence'
    .split(' ')
    .map((key) => [key, '5']),
);

describe('inspectModel', () => {
  it('knows the models of the tests by their files', async () => {
    expect(await inspectModel(TINY_STREAMING)).toMatchObject({
      kind: 'zipformer2-ctc',
      task: 'streaming-speech',
      sampleRate: 16_000,
      chunks: { stepMs: 320, windowMs: 850 },
      spelling: { letterCase: 'mixed', hasPunctuation: false, marksContinuation: false },
      featureDim: 80,
      modelConfig: {
        zipformer2Ctc: { model: `${TINY_STREAMING}/model.onnx` },
        tokens: `${TINY_STREAMING}/tokens.txt`,
      },
    });
    expect(await inspectModel(TINY_OFFLINE)).toMatchObject({ kind: 'zipformer-ctc' });
    expect(await inspectModel(TINY_SPEAKER)).toMatchObject({ task: 'speaker-embedding' });
  });

  it.each([
    [
      'nemo-streaming-transducer',
      {
        'encoder.int8.onnx': parts({
          vocab_size: '9',
          window_size: '121',
          chunk_shift: '56',
          subsampling_factor: '8',
          pred_rnn_layers: '2',
          pred_hidden: '640',
          ...NEMO_CACHES,
        }),
        'decoder.int8.onnx': parts({}),
        'joiner.int8.onnx': parts({}),
        'tokens.txt': tokens(10, 9),
      },
      { chunks: { stepMs: 560, windowMs: 1210 } },
    ],
    [
      'streaming-transducer',
      {
        'encoder-epoch-99-avg-1.int8.onnx': parts(
          {
            model_type: 'zipformer',
            encoder_dims: '4',
            attention_dims: '4',
            num_encoder_layers: '1',
            cnn_module_kernels: '3',
            left_context_len: '64',
            T: '39',
            decode_chunk_len: '32',
          },
          [{ name: 'x', shape: ['N', 39, 80] }],
        ),
        'decoder-epoch-99-avg-1.onnx': parts({ vocab_size: '10', context_size: '2' }),
        'joiner-epoch-99-avg-1.int8.onnx': parts({}),
        'tokens.txt': tokens(10),
      },
      { chunks: { stepMs: 320, windowMs: 390 } },
    ],
    [
      'streaming-paraformer',
      {
        'encoder.int8.onnx': parts({
          vocab_size: '10',
          lfr_window_size: '7',
          lfr_window_shift: '6',
          encoder_output_size: '512',
          decoder_num_blocks: '16',
          decoder_kernel_size: '11',
          neg_mean: '0.1',
          inv_stddev: '0.1',
        }),
        'decoder.int8.onnx': parts({}),
        'tokens.txt': tokens(10).replace('t3 3', 'wor@@ 3'),
      },
      { spelling: { marksContinuation: true } },
    ],
    [
      't-one-ctc',
      {
        'model.onnx': parts(
          { frame_length_ms: '300', state_dim: '219729', sample_rate: '8000' },
          [],
          [{ name: 'log_probs', shape: ['N', 10, 10] }],
        ),
        'tokens.txt': `${tokens(9)}9\n`,
      },
      { sampleRate: 8_000 },
    ],
    [
      'nemo-streaming-ctc',
      {
        'model.onnx': parts({
          vocab_size: '9',
          window_size: '65',
          chunk_shift: '48',
          subsampling_factor: '8',
          ...NEMO_CACHES,
        }),
        'tokens.txt': tokens(10, 9),
      },
      { timeScale: 2 },
    ],
    [
      'nemo-transducer',
      {
        'encoder.int8.onnx': parts({
          vocab_size: '9',
          subsampling_factor: '8',
          pred_rnn_layers: '2',
          pred_hidden: '640',
        }),
        'decoder.int8.onnx': parts({}),
        'joiner.int8.onnx': parts({}),
        'tokens.txt': tokens(10, 9),
      },
      { task: 'file-speech' },
    ],
    [
      'nemo-ctc',
      {
        'model.int8.onnx': parts(
          { vocab_size: '9', subsampling_factor: '8' },
          [
            { name: 'features', shape: ['B', 80, 'T'] },
            { name: 'length', shape: ['B'] },
          ],
          [{ name: 'log_probs', shape: ['B', 'T', 10] }],
        ),
        'tokens.txt': tokens(10, 9),
      },
      { task: 'file-speech' },
    ],
    [
      'whisper',
      {
        'tiny.en-encoder.int8.onnx': parts({ ...WHISPER, is_multilingual: '0' }),
        'tiny.en-decoder.int8.onnx': parts({}),
        'tiny.en-tokens.txt': 'IQ== 0\nIg== 1\n',
      },
      { languages: ['en'], spelling: { hasPunctuation: true } },
    ],
    [
      'moonshine',
      {
        'preprocess.onnx': parts({}),
        'encode.int8.onnx': parts({}),
        'uncached_decode.int8.onnx': parts({}),
        'cached_decode.int8.onnx': parts({}),
        'tokens.txt': '<unk> 0\n',
      },
      { task: 'file-speech' },
    ],
    [
      'moonshine-merged',
      {
        'encoder_model.ort': '\u0010\u0000\u0000\u0000ORTM....',
        'decoder_model_merged.ort': '\u0010\u0000\u0000\u0000ORTM....',
        'tokens.txt': '<unk> 0\n',
      },
      { task: 'file-speech' },
    ],
    [
      'sense-voice',
      {
        'model.int8.onnx': parts(
          Object.fromEntries(
            'vocab_size lfr_window_size lfr_window_shift normalize_samples with_itn without_itn lang_auto lang_zh lang_en lang_ja lang_ko lang_yue neg_mean inv_stddev'
              .split(' ')
              .map((key) => [key, '3']),
          ),
        ),
        'tokens.txt': '<unk> 0\n<s> 1\n</s> 2\n',
      },
      { languages: ['zh', 'en', 'ja', 'ko', 'yue'] },
    ],
    [
      'silero-vad',
      {
        'silero_vad_v5.onnx': parts({}, [
          { name: 'input', shape: ['N', 'T'] },
          { name: 'state', shape: [2, 'N', 128] },
          { name: 'sr', shape: [] },
        ]),
      },
      { task: 'voice-activity' },
    ],
  ])('recognises %s by its files', async (kind, files, expected) => {
    expect(await inspectModel(await folder(files))).toMatchObject({ kind, ...expected });
  });

  it('prefers quantised weights', async () => {
    const made = await folder({
      'model.onnx': MODEL,
      'model.int8.onnx': MODEL,
      'tokens.txt': TOKENS,
    });
    const { modelConfig } = await inspectModel(made);
    expect(modelConfig).toMatchObject({ zipformer2Ctc: { model: `${made}/model.int8.onnx` } });
  });
});

describe('a model that would end the process', () => {
  it.each([
    ['an empty folder', {}, /holds no model file/],
    ['no table of tokens', { 'model.onnx': MODEL }, /has no tokens\.txt/],
    [
      'a file that is cut short',
      { 'model.onnx': MODEL.subarray(0, 1_000_000), 'tokens.txt': TOKENS },
      /model\.onnx cannot be used\. It is cut short/,
    ],
    [
      'a file that is cut short in its last bytes',
      { 'model.onnx': MODEL.subarray(0, MODEL.length - 3), 'tokens.txt': TOKENS },
      /cut short/,
    ],
    [
      'a page of a web server instead of a model',
      { 'model.onnx': '<!DOCTYPE html><html>Not found</html>', 'tokens.txt': TOKENS },
      /not an ONNX file|cut short/,
    ],
    ['an empty file', { 'model.onnx': '', 'tokens.txt': TOKENS }, /not an ONNX file/],
    [
      'noise',
      {
        'model.onnx': Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251)),
        'tokens.txt': TOKENS,
      },
      /not an ONNX file|cut short/,
    ],
    [
      'a metadata key that is missing',
      { 'model.onnx': withMetadata(MODEL, { T: undefined }), 'tokens.txt': TOKENS },
      /has no metadata 'T'/,
    ],
    [
      'another metadata key that is missing',
      { 'model.onnx': withMetadata(MODEL, { num_heads: undefined }), 'tokens.txt': TOKENS },
      /has no metadata 'num_heads'/,
    ],
    [
      'metadata that is negative',
      { 'model.onnx': withMetadata(MODEL, { T: '-1' }), 'tokens.txt': TOKENS },
      /metadata 'T' is negative/,
    ],
    [
      'metadata that is no number',
      { 'model.onnx': withMetadata(MODEL, { decode_chunk_len: 'many' }), 'tokens.txt': TOKENS },
      /frames|how much audio/,
    ],
    [
      'metadata of another network',
      { 'model.onnx': withMetadata(MODEL, { num_encoder_layers: '2' }), 'tokens.txt': TOKENS },
      /has 9 inputs; its metadata promises 15/,
    ],
    [
      'a window that the network does not take',
      { 'model.onnx': withMetadata(MODEL, { T: '45' }), 'tokens.txt': TOKENS },
      /takes 85 frames; its metadata says 45/,
    ],
    [
      'tokens without a blank',
      { 'model.onnx': MODEL, 'tokens.txt': TOKENS.replace('<blk>', 'blank') },
      /tokens\.txt cannot be used\. The table of tokens has no <blk>/,
    ],
    [
      'tokens of another model, fewer',
      { 'model.onnx': MODEL, 'tokens.txt': TOKENS.split('\n').slice(0, 100).join('\n') },
      /belongs to another model: token 100 of 110 is missing/,
    ],
    [
      'tokens of another model, more',
      { 'model.onnx': MODEL, 'tokens.txt': `${TOKENS}more 110\n` },
      /belongs to another model: it has 111 tokens and the network 110/,
    ],
    [
      'a line of three fields',
      { 'model.onnx': MODEL, 'tokens.txt': TOKENS.replace('ber 2', 'ber ber 2') },
      /line 3 that is not a symbol and its number/,
    ],
    [
      'a number that stands twice',
      { 'model.onnx': MODEL, 'tokens.txt': TOKENS.replace('ber 2', 'ber 3') },
      /number 3 twice/,
    ],
    [
      'an encoder and a decoder without a joiner',
      { 'encoder.onnx': parts({ model_type: 'zipformer2' }), 'decoder.onnx': parts({}) },
      /no joiner/,
    ],
    [
      'a speaker model without its framework',
      { 'model.onnx': withMetadata(SPEAKER, { framework: undefined }) },
      /no metadata 'framework'/,
    ],
    [
      'a speaker model of an unknown framework',
      { 'model.onnx': withMetadata(SPEAKER, { framework: 'foo' }) },
      /'framework' is 'foo'/,
    ],
    [
      'a speaker model for another sample rate',
      { 'model.onnx': withMetadata(SPEAKER, { sample_rate: '8000' }) },
      /takes 8000 Hz/,
    ],
    [
      'a T-one model for another sample rate',
      {
        'model.onnx': parts({ frame_length_ms: '300', state_dim: '5', sample_rate: '16000' }),
        'tokens.txt': tokens(10),
      },
      /300 ms of 8,000 Hz/,
    ],
    [
      'a network of which nothing is known',
      { 'model.onnx': parts({ producer: 'somebody' }), 'tokens.txt': TOKENS },
      /is not one of the supported ones/,
    ],
  ])('%s is refused with a sentence', async (_name, files, message) => {
    const made = await folder(files as Record<string, string | Uint8Array>);
    await expect(inspectModel(made)).rejects.toMatchObject({
      code: 'invalid-model',
      message: expect.stringMatching(message),
    });
  });

  it('says that a folder is not there', async () => {
    await expect(inspectModel(path.join(root, 'nowhere'))).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('finds weights that lie beside the file and are missing', async () => {
    const made = await folder({ 'tokens.txt': TOKENS });
    await copyFile(`${TINY_STREAMING}/model.onnx`, path.join(made, 'model.onnx'));
    // An initializer (graph field 5) with external data (13): location → weights.bin.
    const entry = Buffer.concat([
      Buffer.from([0x0a, 8]),
      Buffer.from('location'),
      Buffer.from([0x12, 11]),
      Buffer.from('weights.bin'),
    ]);
    const tensor = Buffer.concat([Buffer.from([0x6a, entry.length]), entry]);
    const graph = Buffer.concat([Buffer.from([0x2a, tensor.length]), tensor]);
    const extra = Buffer.concat([Buffer.from([0x3a, graph.length]), graph]);
    await writeFile(path.join(made, 'model.onnx'), Buffer.concat([MODEL, extra]));
    await expect(inspectModel(made)).rejects.toThrow(
      /weights are in weights\.bin, which is missing/,
    );
  });
});
