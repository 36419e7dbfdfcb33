import { type CatalogueModel, pinnedFile } from './catalogue-model.ts';
import { PINS } from './sources.ts';

/** Models that people are recognised by and told apart with. */
export const VOICE_MODELS: readonly CatalogueModel[] = [
  {
    id: 'wespeaker-resnet34',
    task: 'speaker-embedding',
    title: 'voices, of any language (WeSpeaker ResNet34-LM, trained on VoxCeleb)',
    languages: [],
    repository: 'csukuangfj/speaker-embedding-models',
    revision: 'main',
    files: [
      pinnedFile(
        'wespeaker_en_voxceleb_resnet34_LM.onnx',
        26_530_550,
        'e9848563da86f263117134dfd7ad63c92355b37de492b55e325400c9d9c39012',
      ),
    ],
    source: PINS.voices,
    licence: {
      text: 'CC-BY-4.0',
      source: 'https://github.com/wenet-e2e/wespeaker/blob/master/docs/pretrained.md',
    },
    figures: [
      {
        text: "with the same network Omi measured on its users' enrolments: at distance 0.65 22 % of owners missed, 0.8 % of strangers accepted; at 0.45 71 % and 0 %",
        source: 'https://github.com/BasedHardware/omi/pull/12935',
      },
    ],
    weight: 'light',
  },
];
