import type { NativeEngine } from '../../../local-models/process/native-protocol.ts';
import { serveNative } from '../../../local-models/process/native-worker.ts';
import { loadSherpa, type Sherpa } from '../../../local-models/sherpa.ts';
import { fileEngine } from './file-engine.ts';
import type { RecognitionConfig } from './recognition-protocol.ts';
import { type Writer, writeSentence } from './sentences.ts';
import { streamingEngine } from './streaming-engine.ts';

/** How a model is told to find out the language by itself. */
const AUTOMATIC: Readonly<Record<string, string>> = { whisper: '', 'sense-voice': 'auto' };

serveNative((config) => loadEngine(config as RecognitionConfig));

async function loadEngine(config: RecognitionConfig): Promise<NativeEngine> {
  const sherpa = await loadSherpa();
  const { sampleRate, timeScale, spelling } = config;
  const shared = {
    sampleRate,
    timeScale,
    marksContinuation: spelling.marksContinuation,
    write: writer(sherpa, config),
  };
  if (config.engine === 'file' || config.chunks === null) {
    const recognizer = await sherpa.OfflineRecognizer.createAsync(config.recognizer);
    return fileEngine({ ...shared, recognizer, configOf: languageConfig(config) });
  }
  return streamingEngine({
    ...shared,
    recognizer: new sherpa.OnlineRecognizer(config.recognizer),
    chunks: config.chunks,
    trustsEndpoints: config.kind !== 't-one-ctc',
    takesLanguage: config.kind === 'nemo-streaming-transducer',
  });
}

/** The configuration with the language set, for the kinds that are told it. */
function languageConfig({
  kind,
  recognizer,
}: RecognitionConfig): ((language: string) => unknown) | null {
  const part = { whisper: 'whisper', 'sense-voice': 'senseVoice' }[kind];
  if (part === undefined) return null;
  const { modelConfig } = recognizer;
  return (language) => {
    const named = language === 'multi' ? AUTOMATIC[kind] : language.split('-', 1)[0];
    const told = { ...(modelConfig[part] as object), language: named };
    return { ...recognizer, modelConfig: { ...modelConfig, [part]: told } };
  };
}

/** Capitals and punctuation: by a model if there is one for the language, else by rule. */
function writer(sherpa: Sherpa, { punctuation, spelling }: RecognitionConfig): Writer {
  const byRule: Writer = (words, language, isWhole) =>
    writeSentence(words, spelling, language, isWhole);
  if (punctuation === null || spelling.hasPunctuation) return byRule;
  const model = new sherpa.OnlinePunctuation({ model: punctuation });
  return (words, language, isWhole) => {
    const isEnglish = language === 'en' || language.startsWith('en-');
    if (!isEnglish || !isWhole || words.length === 0) return byRule(words, language, isWhole);
    const plain = words.map(({ text }) => text.toLowerCase()).join(' ');
    const written = model.addPunct(plain).split(' ');
    // It changes words, never their number; if it does, it is not the model that it seems.
    if (written.length !== words.length) return byRule(words, language, isWhole);
    return words.map((word, i) => ({ ...word, text: written[i] ?? word.text }));
  };
}
