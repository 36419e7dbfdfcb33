import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { evaluateVoices } from '../../../src/voices/evaluate-voices.ts';
import { VOICE_DEFAULTS } from '../../../src/voices/match-voice.ts';
import { LocalVoiceModel } from '../../../src/voices/voice-model.ts';
import { distanceOf, type VoiceVector } from '../../../src/voices/voice-vector.ts';
import {
  type SpokenClip,
  spokenClip,
  spokenClips,
  TINY_OFFLINE,
  TINY_SPEAKER,
} from '../../fixtures/spoken-clips.ts';

const { signal } = new AbortController();
const models: LocalVoiceModel[] = [];
const folders: string[] = [];

function voiceModel(folder: string): LocalVoiceModel {
  const options = { id: folder, folder, threads: 1, idleMs: 60_000, logger: silentLogger };
  const model = new LocalVoiceModel(options);
  models.push(model);
  return model;
}
const shared = voiceModel(TINY_SPEAKER);
models.splice(0);

afterEach(async () => {
  await Promise.all(models.splice(0).map((model) => model.close()));
});
afterAll(async () => {
  await shared.close();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function samplesOf({ pcm }: SpokenClip): Int16Array {
  return new Int16Array(pcm.buffer, pcm.byteOffset, pcm.byteLength >> 1);
}

/** The model with its file changed. */
function changed(change: (file: Buffer) => Buffer): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'omi-backend-voice-'));
  folders.push(folder);
  cpSync(TINY_SPEAKER, folder, { recursive: true });
  const file = path.join(folder, 'model.onnx');
  writeFileSync(file, change(readFileSync(file)));
  return folder;
}

function renamed(file: Buffer, from: string, to: string): Buffer {
  const at = file.indexOf(from);
  if (at < 0) throw new Error(`the model has no ${from}`);
  const copy = Buffer.from(file);
  copy.write(to, at);
  return copy;
}

describe('the voice model', () => {
  it('puts clips of one voice nearer to each other than to any other voice', async () => {
    const clips = spokenClips().filter(({ speakers }) => speakers.length === 1);
    const heard: { speaker: string; vector: VoiceVector }[] = [];
    for (const clip of clips) {
      const vector = await shared.embed(samplesOf(clip), signal);
      if (vector === null) throw new Error('no voice');
      heard.push({ speaker: clip.speakers[0] ?? '', vector });
    }
    const distances = (isSame: boolean) =>
      heard.flatMap((a, i) =>
        heard
          .slice(i + 1)
          .filter((b) => (a.speaker === b.speaker) === isSame)
          .map((b) => distanceOf(a.vector, b.vector)),
      );
    expect(Math.max(...distances(true))).toBeLessThan(0.6);
    expect(Math.min(...distances(false))).toBeGreaterThan(0.7);

    const prints = [...new Set(heard.map(({ speaker }) => speaker))].map((speaker) => ({
      personId: speaker,
      name: speaker,
      vectors: heard.filter((one) => one.speaker === speaker).map(({ vector }) => vector),
    }));
    const found = evaluateVoices(prints, VOICE_DEFAULTS);
    console.info(
      `test voices at ${VOICE_DEFAULTS.maxDistance}: ${found.missed} of ${found.known} missed, ` +
        `${found.mistaken} mistaken, ${found.accepted} of ${found.strangers} strangers accepted`,
    );
    expect(found).toEqual({ known: 10, missed: 0, mistaken: 0, strangers: 10, accepted: 0 });
    // Far too generous, strangers are taken for somebody.
    const generous = evaluateVoices(prints, { maxDistance: 0.85, margin: 0.1 });
    expect(generous.accepted).toBeGreaterThan(0);
    expect(evaluateVoices(prints, { maxDistance: 0.01, margin: 0.1 }).missed).toBe(10);
  });

  it('has no vector for too little audio, and for silence', async () => {
    const speech = samplesOf(spokenClip('slt-1')).subarray(16_000, 16_080);
    for (const samples of [new Int16Array(0), speech, new Int16Array(32_000)]) {
      expect(await shared.embed(samples, signal)).toBeNull();
    }
  });

  it('gives a vector of length 1 for the loudest noise', async () => {
    const loud = Int16Array.from({ length: 32_000 }, (_, i) => (i % 2 === 0 ? 32_767 : -32_768));
    const vector = await shared.embed(loud, signal);
    expect(vector?.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 3);
  });

  it('goes on after its process was killed', async () => {
    const model = voiceModel(TINY_SPEAKER);
    const clip = samplesOf(spokenClip('slt-1'));
    const first = await model.embed(clip, signal);
    process.kill((await model.pid()) ?? 0, 'SIGKILL');
    await expect(
      (async () => {
        // The first call after the death may fail; a later one has a new process.
        await model.embed(clip, signal).catch(() => null);
        return await model.embed(clip, signal);
      })(),
    ).resolves.toEqual(first);
  });

  it.each([
    ['a missing folder', () => '/nowhere/voices', 'not-configured', /is not there/],
    ['a model for another task', () => TINY_OFFLINE, 'invalid-model', /does not tell voices apart/],
    ['a truncated file', () => changed((f) => f.subarray(0, f.length >> 1)), 'invalid-model', /./],
    ['garbage', () => changed(() => Buffer.alloc(5_000, 7)), 'invalid-model', /./],
    ['an empty file', () => changed(() => Buffer.alloc(0)), 'invalid-model', /./],
    [
      'no framework',
      () => changed((f) => renamed(f, 'framework', 'xramework')),
      'invalid-model',
      /framework/,
    ],
    [
      'another framework',
      () => changed((f) => renamed(f, 'wespeaker', 'xespeaker')),
      'invalid-model',
      /xespeaker/,
    ],
    [
      'no length of vectors',
      () => changed((f) => renamed(f, 'output_dim', 'xutput_dim')),
      'invalid-model',
      /output_dim/,
    ],
    [
      'another sample rate',
      () => changed((f) => renamed(f, '16000', '08000')),
      'invalid-model',
      /16,000 Hz/,
    ],
  ])('refuses %s with a sentence', async (_, folder, code, message) => {
    const model = voiceModel(folder());
    const refused = model.embed(samplesOf(spokenClip('slt-1')), signal);
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await expect(model.check(signal)).rejects.toMatchObject({ code });
  });
});
