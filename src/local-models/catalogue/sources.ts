import type { PublishedFigure } from './catalogue-model.ts';

/** Public catalogues that pin revision, size and hash of each file; read in November 2026. */
export const PINS = {
  wispral:
    'https://github.com/TheHalfMoon/Wispral: verifier of research/000b2-public/b2r09-sherpa-onnx-compact.json',
  toolbox:
    'https://github.com/nganlinh4/screen-goated-toolbox/blob/bd87117ea01db8b8564a98fce39b5fd291d30648/parity-fixtures/zipformer-catalog/catalog.json',
  tv: 'https://github.com/a936919/tv/blob/83f24b59df6c698fda48775710a2a1475a33cc14/app/src/main/java/com/fongmi/android/tv/ai/subtitle/AsrModel.java',
  spokenpad: 'https://github.com/membranepotential/spokenpad: scripts/fetch-models.sh',
  voxkey:
    'https://github.com/hy26v/voxkey/blob/6ac96f60f05c890827c4e0c0dc3d8f85b3ab6c10/src/models.rs',
  /** Hash and name; the size stands in `tools/prepare-multiplayer-runtime.cjs` of Voice Pop. */
  voices:
    'https://github.com/rust-works/omni-voice/blob/061ced08f7b4a668ea05f0b48efbf936d115aafb/CHANGELOG.md',
} as const;
export const SHERPA_DOCS = 'https://k2-fsa.github.io/sherpa/onnx/pretrained_models/';
export const ICEFALL_RESULTS =
  'https://github.com/k2-fsa/icefall/blob/master/egs/librispeech/ASR/RESULTS.md';
export const KROKO_LICENCE = {
  text: 'see https://huggingface.co/Banafo/Kroko-ASR before you use it for more than trying',
  source: 'https://huggingface.co/Banafo/Kroko-ASR',
};
/** Licence of a model whose page was not read. */
export function licenceNotRead(repository: string): PublishedFigure {
  return { text: "not read: see the model's page", source: `https://huggingface.co/${repository}` };
}
