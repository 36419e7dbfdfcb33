import type { AudioBatch, AudioFormat } from '../../src/audio/audio-format.ts';
import { OpusDecoder } from '../../src/audio/opus-decoder.ts';
import { VoiceGate } from '../../src/audio/voice-activity-gate.ts';
import { createWebRtcVoiceActivity } from '../../src/audio/voice-activity-webrtc.ts';
import { VAD_GATE_DEFAULTS } from '../../src/stt/vad-gated.ts';
import { opusBatches, pcmBatches } from '../../test/fixtures/speech-audio.ts';
import { synthesise } from '../../test/fixtures/speech-synthesis.ts';
import { loadSpeechClips } from '../../test/simulators/speech-clips.ts';
import type { Part, Row } from '../report.ts';
import { spread } from '../statistics.ts';

const RATE = 16_000;
const MINUTES = 10;
const PCM: AudioFormat = { encoding: 'pcm-s16le', sampleRate: RATE };
const OPUS: AudioFormat = { encoding: 'opus', sampleRate: RATE };
/** Silence after each utterance, milliseconds: what differs between the kinds of day. */
const DAYS = [
  ['lively talk', 700],
  ['talk with pauses', 8_000],
  ['a word now and then', 60_000],
] as const;

/** Utterances for the test: real speech where it is there, synthetic speech otherwise. */
function utterances(): Int16Array[] {
  const clips = loadSpeechClips().filter(({ sampleRate }) => sampleRate === RATE);
  if (clips.length > 0) return clips.map(({ samples }) => samples);
  const sentences = ['We should talk about the harvest festival today.', 'I will book the band.'];
  return sentences.map((text, speaker) => {
    return synthesise([{ text, speaker }], { sampleRate: RATE, leadMs: 0, tailMs: 0 }).samples;
  });
}

/** Minutes of a room with faint noise in which somebody speaks, the same in every run. */
function recording(pauseMs: number): Int16Array {
  let state = 7;
  const samples = Int16Array.from({ length: MINUTES * 60 * RATE }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state / 2 ** 31 - 1) * 40;
  });
  const spoken = utterances();
  let at = RATE;
  for (let i = 0; ; i += 1) {
    const words = spoken[i % spoken.length] ?? new Int16Array(0);
    if (at + words.length > samples.length) return samples;
    for (const [j, sample] of words.entries()) samples[at + j] = sample;
    at += words.length + (pauseMs * RATE) / 1000;
  }
}

/** Audio that goes out, as a part of all, and milliseconds of processor time for a minute of audio. */
async function gate(batches: readonly AudioBatch[], format: AudioFormat) {
  const detector = await createWebRtcVoiceActivity(format);
  const voiceGate = new VoiceGate(detector, format, VAD_GATE_DEFAULTS);
  let sentMs = 0;
  const cpu = measureCpu();
  for (const batch of batches) {
    const passed = voiceGate.push(
      batch,
      () => true,
      () => undefined,
    );
    for (const { durationMs } of passed) sentMs += durationMs;
  }
  const cpuMs = cpu() / MINUTES;
  detector.close();
  return { share: sentMs / (MINUTES * 60_000), cpuMs };
}

/** The floor of Opus: what decoding alone takes. */
async function decode(batches: readonly AudioBatch[]): Promise<number> {
  const decoder = await OpusDecoder.create(RATE);
  const cpu = measureCpu();
  for (const { frames } of batches) for (const packet of frames) decoder.decode(packet);
  const cpuMs = cpu() / MINUTES;
  decoder.close();
  return cpuMs;
}

/** Answers the processor's milliseconds since the call. */
function measureCpu(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
}

/** What the voice activity gate keeps from the provider, and what it costs. */
export async function benchVad(rounds: number): Promise<Part> {
  const rows: Row[] = [];
  const raw: Record<string, unknown> = {};
  for (const [name, pauseMs] of DAYS) {
    const { share } = await gate(pcmBatches(recording(pauseMs), RATE), PCM);
    raw[name] = { pauseMs, share };
    rows.push({
      name: `audio sent, ${name} (a pause of ${pauseMs / 1000} s after each utterance)`,
      unit: '×',
      value: spread([share]),
      goal: null,
    });
  }
  const samples = recording(8_000);
  const [pcm, opus] = [pcmBatches(samples, RATE), opusBatches(samples, RATE)];
  await gate(pcm, PCM);
  await gate(opus, OPUS);
  await decode(opus);
  const costs = { pcm: [] as number[], opus: [] as number[], decoding: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    costs.pcm.push((await gate(pcm, PCM)).cpuMs);
    costs.decoding.push(await decode(opus));
    costs.opus.push((await gate(opus, OPUS)).cpuMs);
  }
  const ratios = costs.opus.map((cost, i) => cost / (costs.decoding[i] ?? Number.NaN));
  rows.push(
    { name: 'gating a minute of PCM', unit: 'ms', value: spread(costs.pcm), goal: 60 },
    { name: 'gating a minute of Opus', unit: 'ms', value: spread(costs.opus), goal: 300 },
    { name: 'gating Opus / decoding it', unit: '×', value: spread(ratios), goal: 2 },
  );
  return { name: 'Voice activity gate', rows, raw: { ...raw, minutes: MINUTES, costs } };
}
