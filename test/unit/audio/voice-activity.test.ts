import { describe, expect, it } from 'vitest';
import type { AudioFormat } from '../../../src/audio/audio-format.ts';
import type { VoiceActivityDetector } from '../../../src/audio/voice-activity.ts';
import { VoiceGate } from '../../../src/audio/voice-activity-gate.ts';
import { createWebRtcVoiceActivity } from '../../../src/audio/voice-activity-webrtc.ts';
import { opusBatches, opusPackets, pcmBatches } from '../../fixtures/speech-audio.ts';
import { synthesise } from '../../fixtures/speech-synthesis.ts';
import { loadSpeechClips } from '../../simulators/speech-clips.ts';

const PAUSE_MS = 10_000;
const DIALOGUE = [
  { speaker: 0, text: 'Good morning. We should talk about the harvest festival.' },
  { speaker: 1, text: 'I will book the brass band tomorrow.' },
];
const clips = loadSpeechClips();

/** Pieces of 20 ms in which a voice was found, in their order. */
async function voicedPieces(
  format: AudioFormat,
  frames: readonly Uint8Array[],
): Promise<boolean[]> {
  const detector = await createWebRtcVoiceActivity(format);
  try {
    return frames.map((frame) => detector.push(frame));
  } finally {
    detector.close();
  }
}

function pcmPieces(samples: Int16Array, sampleRate: number): Uint8Array[] {
  const length = sampleRate / 50;
  return Array.from({ length: Math.floor(samples.length / length) }, (_, i) => {
    return new Uint8Array(samples.slice(i * length, (i + 1) * length).buffer);
  });
}

/** Noise that is the same in every run, with about the amplitude that is asked for. */
function noise(length: number, amplitude: number): Int16Array {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return Int16Array.from({ length }, () => amplitude * (random() + random() + random()));
}

function mixed(samples: Int16Array, other: Int16Array, gain = 1): Int16Array {
  return other.map((value, i) => value + Math.round((samples[i] ?? 0) * gain));
}

/** Share of the pieces in words, and of those far from any word, that were taken for a voice. */
function shares(
  voiced: readonly boolean[],
  words: readonly { startMs: number; endMs: number }[],
): { speech: number; silence: number } {
  const near = (ms: number, marginMs: number) =>
    words.some((word) => ms >= word.startMs - marginMs && ms < word.endMs + marginMs);
  const count = { speech: [0, 0], silence: [0, 0] } as Record<string, [number, number]>;
  for (const [i, is] of voiced.entries()) {
    const ms = i * 20 + 10;
    const kind = near(ms, 0) ? count.speech : near(ms, 500) ? undefined : count.silence;
    if (!kind) continue;
    kind[0] += is ? 1 : 0;
    kind[1] += 1;
  }
  const share = ([hits, all]: [number, number]) => (all === 0 ? 0 : hits / all);
  return { speech: share(count.speech ?? [0, 0]), silence: share(count.silence ?? [0, 0]) };
}

describe('the voice activity detector', () => {
  it.each([8_000, 16_000, 24_000, 48_000] as const)(
    'finds speech and nothing else at %i Hz',
    async (sampleRate) => {
      const speech = synthesise(DIALOGUE, { sampleRate, leadMs: 3_000, utteranceGapMs: PAUSE_MS });
      const format = { encoding: 'pcm-s16le', sampleRate } as const;
      const voiced = await voicedPieces(format, pcmPieces(speech.samples, sampleRate));
      const found = shares(voiced, speech.words);
      expect(found.speech).toBeGreaterThan(0.95);
      expect(found.silence).toBeLessThan(0.02);
    },
  );

  it.each([11_025, 22_050, 44_100])('takes %i Hz, which it has to change', async (sampleRate) => {
    const source = { sampleRate: 48_000, leadMs: 3_000, utteranceGapMs: PAUSE_MS } as const;
    const speech = synthesise(DIALOGUE, source);
    const ratio = 48_000 / sampleRate;
    const samples = Int16Array.from(
      { length: Math.floor(speech.samples.length / ratio) },
      (_, i) => speech.samples[Math.round(i * ratio)] ?? 0,
    );
    const bytes = new Uint8Array(samples.buffer);
    const pieces = Array.from({ length: Math.floor(speech.durationMs / 20) - 1 }, (_, i) => {
      const [from, to] = [i, i + 1].map((n) => 2 * Math.round((n * sampleRate) / 50));
      return bytes.subarray(from, to);
    });
    const voiced = await voicedPieces({ encoding: 'pcm-s16le', sampleRate }, pieces);
    const found = shares(voiced, speech.words);
    expect(found.speech).toBeGreaterThan(0.95);
    expect(found.silence).toBeLessThan(0.02);
  });

  it('finds speech in Opus', async () => {
    const speech = synthesise(DIALOGUE, { leadMs: 3_000, utteranceGapMs: PAUSE_MS });
    const packets = opusPackets(speech.samples, 16_000, 20);
    const voiced = await voicedPieces({ encoding: 'opus', sampleRate: 16_000 }, packets);
    const found = shares(voiced, speech.words);
    expect(found.speech).toBeGreaterThan(0.95);
    expect(found.silence).toBeLessThan(0.02);
  });

  it.each([
    ['nothing', new Int16Array(160_000)],
    ['faint noise', noise(160_000, 20)],
    ['a noisy room', noise(160_000, 300)],
    ['hum', Int16Array.from({ length: 160_000 }, (_, i) => 800 * Math.sin((i * Math.PI) / 160))],
  ])('finds no voice in %s', async (_, samples) => {
    const format = { encoding: 'pcm-s16le', sampleRate: 16_000 } as const;
    const voiced = await voicedPieces(format, pcmPieces(samples, 16_000));
    expect(voiced.filter(Boolean).length).toBeLessThanOrEqual(voiced.length * 0.02);
  });

  it.skipIf(clips.length === 0)('finds real speech, in noise and when it is quiet', async () => {
    const format = { encoding: 'pcm-s16le', sampleRate: 16_000 } as const;
    const leadMs = 10_000;
    for (const clip of clips) {
      const length = clip.samples.length + 2 * 16 * leadMs;
      const padded = new Int16Array(length);
      padded.set(clip.samples, 16 * leadMs);
      const words = clip.words.map(({ startMs, endMs }) => ({
        startMs: startMs + leadMs,
        endMs: endMs + leadMs,
      }));
      const quiet = mixed(padded, new Int16Array(length), 0.03);
      for (const samples of [padded, quiet, mixed(padded, noise(length, 120))]) {
        const found = shares(await voicedPieces(format, pcmPieces(samples, 16_000)), words);
        expect(found.speech).toBeGreaterThan(0.85);
        expect(found.silence).toBeLessThan(0.05);
      }
    }
  });

  it('serves many streams at once without mixing them', async () => {
    const speech = synthesise(DIALOGUE);
    const format = { encoding: 'pcm-s16le', sampleRate: 16_000 } as const;
    const pieces = pcmPieces(speech.samples, 16_000);
    const alone = await voicedPieces(format, pieces);
    const [first, second] = [
      await createWebRtcVoiceActivity(format),
      await createWebRtcVoiceActivity(format),
    ];
    const silence = new Uint8Array(640);
    const together = pieces.map((piece) => {
      expect(second.push(silence)).toBe(false);
      return first.push(piece);
    });
    expect(together).toEqual(alone);
    first.close();
    second.close();
  });
});

/** Hears a voice in every frame that is not all zeros. */
const anySound: VoiceActivityDetector = {
  push: (frame) => frame.some((byte) => byte !== 0),
  close: () => undefined,
};

describe('the gate', () => {
  const format = { encoding: 'pcm-s16le', sampleRate: 16_000 } as const;
  const options = { preRollMs: 300, hangoverMs: 4_000 };
  const speech = synthesise(DIALOGUE, { leadMs: 9_000, utteranceGapMs: PAUSE_MS });

  function gated(batches: ReturnType<typeof pcmBatches>, mayClose: () => boolean, size = options) {
    const gate = new VoiceGate(anySound, format, size);
    const silence: [number, number][] = [];
    const passed = batches.flatMap((batch) =>
      gate.push(batch, mayClose, (startMs, endMs) => silence.push([startMs, endMs])),
    );
    return { passed, silence, gate };
  }

  it('passes every sample of speech, its pre-roll and its hangover, at its position', () => {
    const { passed } = gated(pcmBatches(speech.samples, 16_000), () => true);
    const sent = new Set<number>();
    for (const batch of passed) {
      let at = Math.round(batch.startMs * 16);
      for (const frame of batch.frames) {
        const samples = new Int16Array(frame.slice().buffer);
        expect([...samples]).toEqual([...speech.samples.subarray(at, at + samples.length)]);
        for (let i = 0; i < samples.length; i += 16) sent.add(Math.round((at + i) / 16));
        at += samples.length;
      }
      expect(at / 16 - batch.startMs - batch.durationMs).toBeCloseTo(0, 6);
    }
    for (const { startMs, endMs } of speech.words) {
      for (let ms = startMs - 300; ms < Math.min(endMs + 3_900, speech.durationMs); ms += 1) {
        expect(sent.has(Math.floor(ms))).toBe(true);
      }
    }
    expect(sent.size).toBeLessThan(speech.durationMs - 8_000);
  });

  it('tells each stretch of silence once, and what passed plus silence is everything', () => {
    const { passed, silence } = gated(pcmBatches(speech.samples, 16_000), () => true);
    const passedMs = passed.reduce((sum, batch) => sum + batch.durationMs, 0);
    const silentMs = silence.reduce((sum, [startMs, endMs]) => sum + endMs - startMs, 0);
    expect(passedMs + silentMs).toBeCloseTo(speech.durationMs, 3);
    expect(silentMs).toBeGreaterThan(8_000);
    for (const [i, [startMs]] of silence.slice(1).entries()) {
      expect(startMs).toBeGreaterThanOrEqual(silence[i]?.[1] ?? 0);
    }
  });

  it('passes everything while it may not close', () => {
    const batches = pcmBatches(speech.samples, 16_000);
    const { passed, silence } = gated(batches, () => false);
    expect(silence).toEqual([]);
    expect(passed.reduce((sum, batch) => sum + batch.durationMs, 0)).toBeCloseTo(
      speech.durationMs,
      3,
    );
  });

  it('cuts one huge batch as finely as many small ones', () => {
    const bytes = new Uint8Array(speech.samples.buffer);
    const huge = [{ startMs: 0, durationMs: speech.durationMs, frames: [bytes] }];
    const silentMs = gated(huge, () => true).silence.reduce(
      (sum, [from, to]) => sum + to - from,
      0,
    );
    const finely = gated(pcmBatches(speech.samples, 16_000), () => true);
    const expected = finely.silence.reduce((sum, [from, to]) => sum + to - from, 0);
    expect(Math.abs(silentMs - expected)).toBeLessThan(500);
  });

  it('never cuts an Opus packet', async () => {
    const batches = opusBatches(speech.samples, 16_000);
    const opus = { encoding: 'opus', sampleRate: 16_000 } as const;
    const detector = await createWebRtcVoiceActivity(opus);
    const gate = new VoiceGate(detector, opus, options);
    const packets = new Set(batches.flatMap((batch) => [...batch.frames]));
    const passed = batches.flatMap((batch) =>
      gate.push(
        batch,
        () => true,
        () => undefined,
      ),
    );
    detector.close();
    const sent = passed.flatMap((batch) => batch.frames);
    expect(sent.every((packet) => packets.has(packet))).toBe(true);
    expect(new Set(sent).size).toBe(sent.length);
    expect(sent.length).toBeLessThan(packets.size - 300);
    for (const batch of passed) expect(batch.durationMs).toBeCloseTo(batch.frames.length * 20, 6);
  });
});
