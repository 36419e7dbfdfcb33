import { type CatalogueModel, pinnedFile } from './catalogue-model.ts';
import { licenceNotRead, PINS, SHERPA_DOCS } from './sources.ts';

const EUROPEAN = 'bg hr cs da nl en et fi fr de el hu it lv lt mt pl pt ro sk sl es sv ru uk'.split(
  ' ',
);

/** Models for files and second passes; for a language the preferred one first. */
export const FILE_MODELS: readonly CatalogueModel[] = [
  {
    id: 'parakeet-tdt-0.6b-v3',
    task: 'file-speech',
    title: '25 European languages, large, with capital letters and punctuation',
    languages: EUROPEAN,
    repository: 'csukuangfj/sherpa-onnx-nemo-parakeet-tdt-0.6b-v3-int8',
    revision: '2bda32ec70b097a55adaa07d9a7173915b43cc78',
    files: [
      pinnedFile(
        'encoder.int8.onnx',
        652_184_281,
        'acfc2b4456377e15d04f0243af540b7fe7c992f8d898d751cf134c3a55fd2247',
      ),
      pinnedFile(
        'decoder.int8.onnx',
        11_845_275,
        '179e50c43d1a9de79c8a24149a2f9bac6eb5981823f2a2ed88d655b24248db4e',
      ),
      pinnedFile(
        'joiner.int8.onnx',
        6_355_277,
        '3164c13fc2821009440d20fcb5fdc78bff28b4db2f8d0f0b329101719c0948b3',
      ),
      pinnedFile(
        'tokens.txt',
        93_939,
        'd58544679ea4bc6ac563d1f545eb7d474bd6cfa467f0a6e2c1dc1c7d37e3c35d',
      ),
    ],
    source: PINS.spokenpad,
    licence: { text: 'CC-BY-4.0', source: 'https://huggingface.co/nvidia/parakeet-tdt-0.6b-v3' },
    figures: [
      {
        text: "real-time factor 0.028 over 334 s with voice activity on the maintainer's Mac, 2 threads",
        source: SHERPA_DOCS,
      },
    ],
    weight: 'heavy',
  },
  {
    id: 'parakeet-tdt-0.6b-v2',
    task: 'file-speech',
    title: 'English, large, with capital letters and punctuation',
    languages: ['en'],
    repository: 'csukuangfj/sherpa-onnx-nemo-parakeet-tdt-0.6b-v2-int8',
    revision: '1ab9323565ddb038682214b292f588070a538ce2',
    files: [
      pinnedFile(
        'encoder.int8.onnx',
        652_184_296,
        'a32b12d17bbbc309d0686fbbcc2987b5e9b8333a7da83fa6b089f0a2acd651ab',
      ),
      pinnedFile(
        'decoder.int8.onnx',
        7_257_753,
        'b6bb64963457237b900e496ee9994b59294526439fbcc1fecf705b31a15c6b4e',
      ),
      pinnedFile(
        'joiner.int8.onnx',
        1_739_080,
        '7946164367946e7f9f29a122407c3252b680dbae9a51343eb2488d057c3c43d2',
      ),
      pinnedFile(
        'tokens.txt',
        9_384,
        'ec182b70dd42113aff6c5372c75cac58c952443eb22322f57bbd7f53977d497d',
      ),
    ],
    source: PINS.voxkey,
    licence: { text: 'CC-BY-4.0', source: 'https://huggingface.co/nvidia/parakeet-tdt-0.6b-v2' },
    figures: [],
    weight: 'heavy',
  },
  {
    id: 'sense-voice',
    task: 'file-speech',
    title: 'Chinese, English, Japanese, Korean, Cantonese',
    languages: ['zh', 'en', 'ja', 'ko', 'yue'],
    repository: 'csukuangfj/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-int8-2025-09-09',
    revision: 'main',
    files: [
      pinnedFile(
        'model.int8.onnx',
        237_115_547,
        '12ca1a2ae7ecf3e0019ef2822307ee0b5cadc9196569e379b4c4026f8205276d',
      ),
      pinnedFile(
        'tokens.txt',
        315_894,
        'f449eb28dc567533d7fa59be34e2abca8784f771850c78a47fb731a31429a1dc',
      ),
    ],
    source: PINS.tv,
    licence: licenceNotRead('csukuangfj/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-int8-2025-09-09'),
    figures: [
      {
        text: "real-time factor about 0.10 on the maintainer's Mac, 1 thread",
        source: SHERPA_DOCS,
      },
    ],
    weight: 'medium',
  },
  {
    id: 'whisper-base',
    task: 'file-speech',
    title: '99 languages, small',
    languages: [],
    repository: 'csukuangfj/sherpa-onnx-whisper-base',
    revision: 'main',
    files: [
      pinnedFile(
        'base-encoder.int8.onnx',
        29_120_534,
        '0b8fb1304b6109976038efff5ace81720e00386f3ff6b54ee8c75291ca0a1e11',
      ),
      pinnedFile(
        'base-decoder.int8.onnx',
        130_672_026,
        '9759d217388a01b3a4c7c15533201067b48ae819c4daafc8624e64b9409dc02d',
      ),
      pinnedFile(
        'base-tokens.txt',
        816_730,
        'b34b360dbb493e781e479794586d661700670d65564001f23024971d1f2fa126',
      ),
    ],
    source: PINS.tv,
    licence: { text: 'MIT', source: 'https://github.com/openai/whisper/blob/main/LICENSE' },
    figures: [],
    weight: 'medium',
  },
  {
    id: 'whisper-small',
    task: 'file-speech',
    title: '99 languages',
    languages: [],
    repository: 'csukuangfj/sherpa-onnx-whisper-small',
    revision: 'main',
    files: [
      pinnedFile(
        'small-encoder.int8.onnx',
        112_442_483,
        '4cbe7b22fa9026b843b60a68640c747de05bafb1a11b57edc0e66c232d9f33a9',
      ),
      pinnedFile(
        'small-decoder.int8.onnx',
        262_226_114,
        'acad50b5c782696e91b55914cc5ab4f756f1532f76e22aa6fc615f39fb69a8ee',
      ),
      pinnedFile(
        'small-tokens.txt',
        816_730,
        'b34b360dbb493e781e479794586d661700670d65564001f23024971d1f2fa126',
      ),
    ],
    source: PINS.tv,
    licence: { text: 'MIT', source: 'https://github.com/openai/whisper/blob/main/LICENSE' },
    figures: [],
    weight: 'heavy',
  },
];
