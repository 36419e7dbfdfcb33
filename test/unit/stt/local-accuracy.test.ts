import { afterAll, describe, expect, it } from 'vitest';
import type { AudioBatch } from '../../../src/audio/audio-format.ts';
import { silentLogger as logger } from '../../../src/kernel/logger.ts';
import type { SttEvent, SttWord } from '../../../src/stt/stt-event.ts';
import { createLocalProvider } from '../../../src/stt/providers/local/local-provider.ts';
import { plainWord, type SpokenClip, spokenClips, TINY_OFFLINE, TINY_STREAMING, wordErrors } from '../../fixtures/spoken-clips.ts';

const provider = createLocalProvider({
  modelsDir: '/nowhere',
  logger,
});
afterAll(() => provider.close());

async function* batches(pcm: Uint8Array): AsyncGenerator<AudioBatch> {
  for (let at = 0; at < pcm.length; at += 3200) {
    const frame = pcm.subarray(at, at + 3200);
    yield { startMs: at / 32, durationMs: frame.length / 32, frames: [frame] };
  }
}
async function hear(clip: SpokenClip, model: string): Promise<SttEvent[]> {
  const events: SttEvent[] = [];
  for await (const e of provider.transcribe(batches(clip.pcm), { format: { encoding: 'pcm-s16le', sampleRate: 16000 }, language: 'en', languageHints: [], model, keyterms: [], interim: true }, new AbortController().signal)) events.push(e);
  return events;
}
describe('accuracy', () => {
  it.each([TINY_STREAMING, TINY_OFFLINE])('hears %s', async (model) => {
    let n = 0, errors = 0, ends: number[] = [], starts: number[] = [];
    for (const clip of spokenClips()) {
      const events = await hear(clip, model);
      const words = events.flatMap((e) => (e.type === 'transcript-final' ? e.words : [])) as SttWord[];
      const truth = clip.words.map((w) => plainWord(w.word));
      const heard = words.map((w) => plainWord(w.text));
      const wrong = wordErrors(truth, heard);
      n += truth.length; errors += wrong;
      console.log(clip.name, wrong, words.map((w) => w.text).join(' '), '|', events.filter(e => e.type==='transcript-final').map(e => e.finalUntilMs).join(','));
      if (truth.join(' ') === heard.join(' ')) words.forEach((w, i) => { starts.push(w.startMs - clip.words[i]!.start * 1000); ends.push(w.endMs - clip.words[i]!.end * 1000); });
    }
    const q = (a: number[], p: number) => [...a].sort((x, y) => x - y)[Math.floor(p * (a.length - 1))];
    console.log(n, errors, 'start', [0, 0.05, 0.5, 0.95, 1].map((p) => q(starts, p)), 'end', [0, 0.05, 0.5, 0.95, 1].map((p) => q(ends, p)));
    expect(errors).toBeLessThanOrEqual(7);
  }, 60000);
});
