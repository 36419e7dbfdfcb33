import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseDetector } from '../../../src/audio/choose-detector.ts';
import { readNetwork } from '../../../src/audio/silero/silero-network.ts';
import { createSileroVoiceActivity } from '../../../src/audio/silero/voice-activity-silero.ts';
import { VoiceGate } from '../../../src/audio/voice-activity-gate.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { VAD_GATE_DEFAULTS } from '../../../src/stt/vad-gated.ts';
import { detectorShares } from '../../fixtures/sounds/detector-shares.ts';
import { mixed, music, noise } from '../../fixtures/sounds/test-sounds.ts';
import { opusPackets, pcmBatches } from '../../fixtures/speech-audio.ts';
import { joinedClips, spokenClip } from '../../fixtures/spoken-clips.ts';

const PCM = { encoding: 'pcm-s16le', sampleRate: 16_000 } as const;
const NAMES = ['slt-1', 'rms-1', 'f4-1', 'ked-1', 'dialogue-2'];
const JOINED = joinedClips(NAMES.map(spokenClip), 3_000);
const SPEECH = new Int16Array(JOINED.pcm.buffer, 0, JOINED.pcm.byteLength >> 1);
const PRE_ROLL_MS = VAD_GATE_DEFAULTS.preRollMs;

async function shares(samples: Int16Array, words = JOINED.words) {
  const detector = await createSileroVoiceActivity(PCM);
  try {
    return detectorShares(detector, samples, words);
  } finally {
    detector.close();
  }
}

describe("Silero's voice activity detector", () => {
  it.each([
    ['as it is', SPEECH],
    ['30 dB fainter', SPEECH.map((value) => Math.round(value * 0.03))],
    ['40 dB fainter', SPEECH.map((value) => Math.round(value * 0.01))],
    ['in a noisy room', mixed(SPEECH, noise(SPEECH.length, 1_500))],
    ['with music', mixed(SPEECH, music(SPEECH.length), 0.3)],
  ])('finds speech %s, and its first word within the pre-roll', async (_, samples) => {
    const found = await shares(samples);
    expect(found.speech).toBeGreaterThan(0.85);
    expect(found.other).toBeLessThan(0.02);
    expect(found.onsetMs).toBeLessThan(PRE_ROLL_MS);
  });

  it.each([
    ['nothing', new Int16Array(160_000)],
    ['faint noise', noise(160_000, 20)],
    ['loud noise', noise(160_000, 3_000)],
    ['bursts of noise', noise(160_000, 4_000).map((v, i) => (Math.floor(i / 8_000) % 4 ? 0 : v))],
    ['music', music(160_000)],
  ])('finds no voice in %s', async (_, samples) => {
    expect((await shares(samples, [])).other).toBeLessThan(0.02);
  });

  it.each([8_000, 24_000, 44_100, 48_000])('takes %i Hz', async (sampleRate) => {
    const detector = await createSileroVoiceActivity({ ...PCM, sampleRate });
    const [clip] = [spokenClip('slt-1')];
    const source = new Int16Array(clip.pcm.buffer, clip.pcm.byteOffset, clip.pcm.byteLength >> 1);
    const ratio = 16_000 / sampleRate;
    const length = Math.floor(source.length / ratio);
    const samples = Int16Array.from({ length }, (_, i) => source[Math.floor(i * ratio)] ?? 0);
    const piece = Math.round(sampleRate / 50);
    let voiced = 0;
    for (let at = 0; at + piece <= length; at += piece) {
      if (detector.push(new Uint8Array(samples.slice(at, at + piece).buffer))) voiced += 1;
    }
    detector.close();
    expect(voiced * 20).toBeGreaterThan(clip.duration * 500);
  });

  it('finds speech in Opus', async () => {
    const detector = await createSileroVoiceActivity({ ...PCM, encoding: 'opus' });
    const packets = opusPackets(SPEECH, 16_000, 20);
    const voiced = packets.map((packet) => detector.push(packet));
    detector.close();
    const inWords = JOINED.words.flatMap(({ startMs, endMs }) =>
      voiced.slice(Math.ceil(startMs / 20), Math.floor(endMs / 20)),
    );
    expect(inWords.filter(Boolean).length).toBeGreaterThan(inWords.length * 0.9);
  });

  it('serves streams side by side without mixing them', async () => {
    const alone = await shares(SPEECH);
    const [detector, other] = [
      await createSileroVoiceActivity(PCM),
      await createSileroVoiceActivity(PCM),
    ];
    const loud = new Uint8Array(noise(320, 3_000).buffer);
    const between = {
      push: (frame: Uint8Array) => {
        other.push(loud);
        return detector.push(frame);
      },
      close: () => undefined,
    };
    expect(detectorShares(between, SPEECH, JOINED.words)).toEqual(alone);
    detector.close();
    other.close();
  });

  it('lets the gate keep noise back and pass all of every word', async () => {
    const lead = noise(16_000 * 20, 2_000);
    const samples = new Int16Array(lead.length + SPEECH.length);
    samples.set(lead);
    samples.set(SPEECH, lead.length);
    const detector = await createSileroVoiceActivity(PCM);
    const gate = new VoiceGate(detector, PCM, VAD_GATE_DEFAULTS);
    const passed = pcmBatches(samples, 16_000).flatMap((batch) =>
      gate.push(
        batch,
        () => true,
        () => undefined,
      ),
    );
    detector.close();
    const isSent = (ms: number) =>
      passed.some(({ startMs, durationMs }) => ms >= startMs && ms <= startMs + durationMs);
    for (const { startMs, endMs } of JOINED.words) {
      expect(isSent(startMs + 20_000)).toBe(true);
      expect(isSent(endMs + 20_000)).toBe(true);
    }
    const sentMs = passed.reduce((sum, { durationMs }) => sum + durationMs, 0);
    expect(sentMs).toBeLessThan(SPEECH.length / 16 + 6_000);
  });
});

describe('the choice of a detector', () => {
  it("refuses weights that are not Silero's", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'omi-backend-test-'));
    try {
      const file = path.join(folder, 'weights.f32');
      await writeFile(file, new Uint8Array(1_000));
      await expect(readNetwork(file)).rejects.toThrow('does not hold the weights of Silero VAD');
      await expect(readNetwork(path.join(folder, 'none'))).rejects.toThrow('ENOENT');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each(['silero', 'webrtc'] as const)('makes %s', async (name) => {
    const detector = await chooseDetector(name, silentLogger)(PCM);
    const loud = new Uint8Array(noise(16_000, 3_000).buffer);
    let voiced = 0;
    for (let i = 0; i < 5; i += 1) voiced += detector.push(loud) ? 1 : 0;
    detector.close();
    expect(voiced > 0).toBe(name === 'webrtc');
  });
});
