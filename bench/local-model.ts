import { createSileroVoiceActivity } from '../src/audio/silero/voice-activity-silero.ts';
import { silentLogger } from '../src/kernel/logger.ts';
import { inspectModel } from '../src/local-models/model-folder.ts';
import { LocalRecogniser } from '../src/stt/providers/local/local-recogniser.ts';
import { recogniserProcess } from '../src/stt/providers/local/recogniser-process.ts';

/** Silence behind each test clip, milliseconds. */
export const PAUSE_MS = 800;
/** How a stream of the test clips is recognised. */
export const LOCAL_OPTIONS = {
  format: { encoding: 'pcm-s16le', sampleRate: 16_000 },
  language: 'en',
  languageHints: [],
  model: 'tiny',
  keyterms: [],
  interim: true,
} as const;

/**
 * One local model with its process, on one thread.
 *
 * @param maxStreams null: as many as the server allows by itself
 */
export async function openLocalModel(folder: string, maxStreams: number | null) {
  const shared = { id: folder, model: await inspectModel(folder) };
  const child = recogniserProcess({
    ...shared,
    punctuation: null,
    threads: 1,
    idleMs: Number.POSITIVE_INFINITY,
    logger: silentLogger,
  });
  const recogniser = new LocalRecogniser({
    ...shared,
    process: child,
    maxStreams,
    createDetector: createSileroVoiceActivity,
  });
  return { child, recogniser };
}
