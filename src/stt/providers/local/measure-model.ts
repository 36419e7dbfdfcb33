import { createWebRtcVoiceActivity } from '../../../audio/voice-activity-webrtc.ts';
import { silentLogger } from '../../../kernel/logger.ts';
import { inspectModel } from '../../../local-models/model-folder.ts';
import type { ModelMeasurement } from '../../model-measurement.ts';
import type { SttWord } from '../../stt-event.ts';
import { type FileAudio, pcmAudio } from '../../transcribe-file.ts';
import { LocalRecogniser } from './local-recogniser.ts';
import { recogniserProcess } from './recogniser-process.ts';

/** Audio without a recording: enough for the speed to settle. */
const NOISE_MS = 30_000;
const RATE = 16_000;

/**
 * Loads the model in `folder` in a child process, as the server would, and measures it on the given
 * audio; on noise if there is none.
 *
 * @param audio PCM
 * @throws AppError `invalid-model`, `not-found`, `provider-unavailable`
 */
export async function measureModel(
  folder: string,
  audio: FileAudio | null,
  threads: number,
  signal: AbortSignal,
): Promise<ModelMeasurement> {
  const model = await inspectModel(folder);
  const process = recogniserProcess({
    id: folder,
    model,
    punctuation: null,
    threads,
    idleMs: Number.POSITIVE_INFINITY,
    logger: silentLogger,
  });
  const recogniser = new LocalRecogniser({
    id: folder,
    model,
    process,
    maxStreams: null,
    createDetector: createWebRtcVoiceActivity,
  });
  try {
    const begunAt = performance.now();
    await process.load(signal);
    const loadMs = performance.now() - begunAt;
    const heard = audio ?? pcmAudio(noise(), RATE);
    const options = {
      format: heard.format,
      language: model.languages[0] ?? 'en',
      languageHints: [],
      model: folder,
      keyterms: [],
      interim: false,
    };
    const words: SttWord[] = [];
    const batches = heard.audio.readFrom(0, signal);
    for await (const event of recogniser.transcribe(batches, options, signal)) {
      if (event.type === 'transcript-final') words.push(...event.words);
    }
    return {
      title: model.title,
      loadMs,
      realTimeFactor: process.realTimeFactor ?? Number.NaN,
      streams: recogniser.capacity,
      rssBytes: process.rssBytes,
      words,
    };
  } finally {
    await process.close();
  }
}

/** Noise of the loudness of speech that comes and goes, the same each time. */
function noise(): Uint8Array {
  const samples = (RATE * NOISE_MS) / 1000;
  const pcm = Buffer.alloc(samples * 2);
  let state = 1;
  for (let i = 0; i < samples; i += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const loudness = 2_000 * Math.max(0, Math.sin((2 * Math.PI * i) / (RATE * 2)));
    pcm.writeInt16LE(Math.round((state / 2 ** 32 - 0.5) * loudness), i * 2);
  }
  return pcm;
}
