import type { NativeEngine, NativeSession } from '../local-models/process/native-protocol.ts';
import { serveNative } from '../local-models/process/native-worker.ts';
import { loadSherpa, type SpeakerEmbeddingExtractor } from '../local-models/sherpa.ts';
import type { EmbeddingConfig } from './voice-model.ts';

serveNative(async (config) => {
  const { extractor, sampleRate } = config as EmbeddingConfig;
  const { SpeakerEmbeddingExtractor: Extractor } = await loadSherpa();
  return embeddingEngine(new Extractor(extractor), sampleRate);
});

/** One session is one piece of speech; its only output is the vector, or nothing for too little speech. */
function embeddingEngine(extractor: SpeakerEmbeddingExtractor, sampleRate: number): NativeEngine {
  return {
    info: { dim: extractor.dim },
    open: (): NativeSession => {
      const stream = extractor.createStream();
      return {
        push: (samples) => {
          stream.acceptWaveform({ samples, sampleRate });
          return [];
        },
        end: () => {
          stream.inputFinished();
          return extractor.isReady(stream) ? [extractor.compute(stream, false)] : [];
        },
      };
    },
  };
}
