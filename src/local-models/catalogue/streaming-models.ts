import { type CatalogueModel, pinnedFile } from './catalogue-model.ts';
import { ICEFALL_RESULTS, KROKO_LICENCE, licenceNotRead, PINS, SHERPA_DOCS } from './sources.ts';

/** Models for live speech; for a language the preferred one first. */
export const STREAMING_MODELS: readonly CatalogueModel[] = [
  {
    id: 'zipformer-en-2023-06-26',
    task: 'streaming-speech',
    title: 'English, small; neither capital letters nor punctuation',
    languages: ['en'],
    repository: 'csukuangfj/sherpa-onnx-streaming-zipformer-en-2023-06-26',
    revision: '6037ea07e3abfe599ad00d418968bcf9656e7472',
    files: [
      pinnedFile(
        'encoder-epoch-99-avg-1-chunk-16-left-128.int8.onnx',
        71_083_163,
        '563fde436d16cf7607cf408cd6b30909819d03162652ef389c2450ced3f45ac1',
      ),
      pinnedFile(
        'decoder-epoch-99-avg-1-chunk-16-left-128.int8.onnx',
        1_307_236,
        '98da299f471e38bb4e1a8df579b8cc9122d6039576a77e357b3c60f17dd83b02',
      ),
      pinnedFile(
        'joiner-epoch-99-avg-1-chunk-16-left-128.int8.onnx',
        259_335,
        'd944208d660d67c8d72cd2acaeac971fa5ceb8c80e76c1968148846fedd6e297',
      ),
      pinnedFile(
        'tokens.txt',
        5_048,
        '49e3c2646595fd907228b3c6787069658f67b17377c60aeb8619c4551b2316fb',
      ),
    ],
    source: PINS.wispral,
    licence: { text: 'Apache-2.0', source: SHERPA_DOCS },
    figures: [
      {
        text: 'LibriSpeech word error rate 3.06 % (clean), 7.8 % (other) at chunks of 320 ms, same recipe',
        source: ICEFALL_RESULTS,
      },
      { text: "real-time factor 0.062 on the maintainer's Mac, 2 threads", source: SHERPA_DOCS },
    ],
    weight: 'light',
  },
  {
    id: 'kroko-en',
    task: 'streaming-speech',
    title: 'English, small, with capital letters and punctuation',
    languages: ['en'],
    repository: 'csukuangfj/sherpa-onnx-streaming-zipformer-en-kroko-2025-08-06',
    revision: '572aaf4e2e0c603c3fc2a574d096e755a178faa1',
    files: [
      pinnedFile(
        'encoder.onnx',
        70_092_599,
        'd4881c57449d581e0770fd53fa66c2fdc6cd167d92ece7c715e603defc96d9d4',
      ),
      pinnedFile(
        'decoder.onnx',
        617_488,
        '455ba38466fce8d5a57e7db68a323b684079ca4d9e1dd93a740d9b2429aae3b1',
      ),
      pinnedFile(
        'joiner.onnx',
        336_817,
        'd406f616736350e2a7df3e39398b78eb2fc1a2ca6973a19d3853fa3227e25b52',
      ),
      pinnedFile(
        'tokens.txt',
        6_310,
        '396dbeb5f4858875690716084f54e90d339679d0ba3e6b5b584f3d7589254d2d',
      ),
    ],
    source: PINS.toolbox,
    licence: KROKO_LICENCE,
    figures: [],
    weight: 'light',
  },
  {
    id: 'kroko-de',
    task: 'streaming-speech',
    title: 'German, small, with capital letters and punctuation',
    languages: ['de'],
    repository: 'csukuangfj/sherpa-onnx-streaming-zipformer-de-kroko-2025-08-06',
    revision: '887db3d083240198c2d2b99fb66cfcfe6948ced8',
    files: [
      pinnedFile(
        'encoder.onnx',
        70_091_557,
        '6e83993d6967ec7a3498b055b7e85ace85b5d64d1b1e8773cb29a43a11f5edb5',
      ),
      pinnedFile(
        'decoder.onnx',
        617_489,
        '94a29592b403c53fa2231b478637da1ab4abcef7f5e46e432098416a4a3ed562',
      ),
      pinnedFile(
        'joiner.onnx',
        336_817,
        '28356bff070aea51ab1d725a3278e81d19f9300f860d3248a7014292264df15a',
      ),
      pinnedFile(
        'tokens.txt',
        5_606,
        '86e8370994ff2c01149ba8c4f8709aa93cdc18914b27a717e291e96faf39a6eb',
      ),
    ],
    source: PINS.toolbox,
    licence: KROKO_LICENCE,
    figures: [],
    weight: 'light',
  },
  {
    id: 'kroko-fr',
    task: 'streaming-speech',
    title: 'French, small, with capital letters and punctuation',
    languages: ['fr'],
    repository: 'csukuangfj/sherpa-onnx-streaming-zipformer-fr-kroko-2025-08-06',
    revision: '08b84b7b7cf519be9817e9c16919d96a7a8bad91',
    files: [
      pinnedFile(
        'encoder.onnx',
        70_092_599,
        'e02facae1daf6f1f13da67ea3ace7c722516d0868d1768d78c0580bc22cc0c5b',
      ),
      pinnedFile(
        'decoder.onnx',
        617_488,
        '6aed547570e3ab5afc05429a017cedd3a056c16df3baa5703f02461cefa25bac',
      ),
      pinnedFile(
        'joiner.onnx',
        336_817,
        'a51eec759bcdcaae2614686fa2a8b57417b2d420dd55a5a5558b388d35a9b2b6',
      ),
      pinnedFile(
        'tokens.txt',
        5_415,
        'fedfb9c844bfb2bf14171f8184863e3d617b815a8667bdd9fc9a3149fde73298',
      ),
    ],
    source: PINS.toolbox,
    licence: KROKO_LICENCE,
    figures: [],
    weight: 'light',
  },
  {
    id: 'kroko-es',
    task: 'streaming-speech',
    title: 'Spanish, with capital letters and punctuation',
    languages: ['es'],
    repository: 'csukuangfj/sherpa-onnx-streaming-zipformer-es-kroko-2025-08-06',
    revision: '20cf7a4921613397841d31168796cade5b866585',
    files: [
      pinnedFile(
        'encoder.onnx',
        154_878_102,
        '2d9f5ef87d1a5257f8a6687e21501c56f3aa2fcbfcfab9364dcc4ce4e06ae81b',
      ),
      pinnedFile(
        'decoder.onnx',
        617_488,
        'd4ce176b94b25f7acc88717bc3f704fcf5d6e131aaac2e0cabab3885541181ee',
      ),
      pinnedFile(
        'joiner.onnx',
        336_817,
        'dae35df88d676e320fcdb99217328e66dcf722bf11b0f2459e14ddb5b982ded5',
      ),
      pinnedFile(
        'tokens.txt',
        6_385,
        '1be5e0a58e05d06d327df4c6b7b5e4f8aba01da6981eb016fcaceafc6a56680f',
      ),
    ],
    source: PINS.toolbox,
    licence: KROKO_LICENCE,
    figures: [],
    weight: 'medium',
  },
  {
    id: 'zipformer-ru-small',
    task: 'streaming-speech',
    title: 'Russian, small; neither capital letters nor punctuation',
    languages: ['ru'],
    repository: 'csukuangfj/sherpa-onnx-streaming-zipformer-small-ru-vosk-2025-08-16',
    revision: 'b26590f0f87c179d5ea76ed08aa017ad5a8ae8b3',
    files: [
      pinnedFile(
        'encoder.onnx',
        90_994_145,
        'e9c27453e618bc97cf8a10169f34c104bd478166522907fcd122a46a88c78c69',
      ),
      pinnedFile(
        'decoder.onnx',
        2_093_080,
        '89b3088a9e20e1ef7f2e85ce1a3478afe6a9c4ac57369cabcc4beb8e95328ea0',
      ),
      pinnedFile(
        'joiner.onnx',
        1_026_462,
        'dde0c7f3be0a16113a3e042c79a492c48667c07a8c1e9422ffe81c768aad4838',
      ),
      pinnedFile(
        'tokens.txt',
        6_388,
        '93bbbc0bae6b78c0bbb743d4aa9fded3bb5ff3aac5f0200e3a769a5a05e0fdf6',
      ),
    ],
    source: PINS.toolbox,
    licence: licenceNotRead('csukuangfj/sherpa-onnx-streaming-zipformer-small-ru-vosk-2025-08-16'),
    figures: [],
    weight: 'light',
  },
  {
    id: 'zipformer-ctc-zh',
    task: 'streaming-speech',
    title: 'Chinese',
    languages: ['zh'],
    repository: 'csukuangfj/sherpa-onnx-streaming-zipformer-ctc-zh-int8-2025-06-30',
    revision: 'f29132af655b91f258800df19c5b5d9b9281a5cd',
    files: [
      pinnedFile(
        'model.int8.onnx',
        162_290_887,
        '24ffdc19ba9aaed5a6a9beaede1e087745217d82425cf4041bca0c696661801e',
      ),
      pinnedFile(
        'tokens.txt',
        20_628,
        '6193c7ea1c96d0d9a1e9652789b40d13a8a913b434a5451e93158f5a09fd6652',
      ),
    ],
    source: PINS.tv,
    licence: licenceNotRead('csukuangfj/sherpa-onnx-streaming-zipformer-ctc-zh-int8-2025-06-30'),
    figures: [],
    weight: 'medium',
  },
  {
    id: 'zipformer-zh',
    task: 'streaming-speech',
    title: 'Chinese, transducer',
    languages: ['zh'],
    repository: 'csukuangfj/sherpa-onnx-streaming-zipformer-zh-int8-2025-06-30',
    revision: 'ad658fa0201659a09ea3c176129a191c77ecae8f',
    files: [
      pinnedFile(
        'encoder.int8.onnx',
        161_141_793,
        '5ac51e27981bb4dab01bb9be4958453ba50c3b61c063ddda0eab23fd3671aa4f',
      ),
      pinnedFile(
        'decoder.onnx',
        5_165_083,
        '06522ad63cec0fdf6809f4e1db9bb4f7d710c34582e3b35db62ac60eccafac7e',
      ),
      pinnedFile(
        'joiner.int8.onnx',
        1_033_416,
        'b34584dc6f561089e1d747fedebb3765f2caa72c927ef54d7ca55e5ae40a814b',
      ),
      pinnedFile(
        'tokens.txt',
        20_628,
        '6193c7ea1c96d0d9a1e9652789b40d13a8a913b434a5451e93158f5a09fd6652',
      ),
    ],
    source: PINS.toolbox,
    licence: { text: 'Apache-2.0', source: SHERPA_DOCS },
    figures: [
      { text: "real-time factor 0.15 on the maintainer's Mac, 1 thread", source: SHERPA_DOCS },
    ],
    weight: 'medium',
  },
  {
    id: 'parakeet-unified-en-560ms',
    task: 'streaming-speech',
    title: 'English, large, with capital letters and punctuation',
    languages: ['en'],
    repository: 'csukuangfj2/sherpa-onnx-nemo-parakeet-unified-en-0.6b-int8-streaming-560ms',
    revision: '7551fd26fc810cc1e4e043e608db4d13b59be31e',
    files: [
      pinnedFile(
        'encoder.int8.onnx',
        654_046_389,
        'e566c3f014598a41724f2df028779a2d4cf7943cbefa324964f6a72e8ee255fb',
      ),
      pinnedFile(
        'decoder.int8.onnx',
        7_257_777,
        '34fea72425d2506600772ba191a6d3f99c0710abdb68d9a3dc89fa8cb2aa473a',
      ),
      pinnedFile(
        'joiner.int8.onnx',
        1_735_860,
        '869f43f7d24595c55581ad3bf249a935fb8a71389fbdaa7504b9f46f93140f8a',
      ),
      pinnedFile(
        'tokens.txt',
        8_952,
        'dc0b4584ab2e4ddbf888425c076c61b736e7356a015250db7d307e6f1a8188ff',
      ),
    ],
    source: PINS.voxkey,
    licence: licenceNotRead(
      'csukuangfj2/sherpa-onnx-nemo-parakeet-unified-en-0.6b-int8-streaming-560ms',
    ),
    figures: [],
    weight: 'heavy',
  },
  {
    id: 'nemotron-3.5-560ms',
    task: 'streaming-speech',
    title:
      '40 locales (19 of them good by its makers), large, with capital letters and punctuation',
    languages: [],
    repository: 'csukuangfj2/sherpa-onnx-nemotron-3.5-asr-streaming-0.6b-560ms-int8-2026-06-11',
    revision: 'ab43d895f5985b1bbab8b6eac8607fcdc05343f3',
    files: [
      pinnedFile(
        'encoder.int8.onnx',
        657_601_403,
        '012e9321373af99021415e0b0eb3ec827b4be3153be6f30d9b448fe65e896e68',
      ),
      pinnedFile(
        'decoder.int8.onnx',
        14_978_075,
        '19f9c98fc6d0a2c33a65a43b36fdb2e914c26c0aa9764be3aebc502a1e982fb0',
      ),
      pinnedFile(
        'joiner.int8.onnx',
        9_504_438,
        '4101c7c679a0bc30483794b27a059e34e79232aa2068d78d51231a22c8b0d7ce',
      ),
      pinnedFile(
        'tokens.txt',
        131_440,
        '729cc103155bafa785f9cd45746cd41cabe97eab7182fc04d594129587958f8a',
      ),
    ],
    source: PINS.voxkey,
    licence: {
      text: "NVIDIA's own: read the model's page",
      source: 'https://huggingface.co/nvidia/nemotron-3.5-asr-streaming-0.6b',
    },
    figures: [
      {
        text: 'its English sibling: word error rate 7.16 % (chunks of 1,120 ms) to 8.53 % (80 ms), mean of the Open ASR sets',
        source: 'https://huggingface.co/nvidia/nemotron-speech-streaming-en-0.6b',
      },
      {
        text: "its English sibling: real-time factor 0.16 on the maintainer's Mac, 1 thread",
        source: SHERPA_DOCS,
      },
    ],
    weight: 'heavy',
  },
];
