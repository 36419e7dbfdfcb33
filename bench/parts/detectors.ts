import { createSileroVoiceActivity } from '../../src/audio/silero/voice-activity-silero.ts';
import type { VoiceActivityFactory } from '../../src/audio/voice-activity.ts';
import { createWebRtcVoiceActivity } from '../../src/audio/voice-activity-webrtc.ts';
import { detectorShares } from '../../test/fixtures/sounds/detector-shares.ts';
import { mixed, music, noise } from '../../test/fixtures/sounds/test-sounds.ts';
import { joinedClips, spokenClips } from '../../test/fixtures/spoken-clips.ts';
import type { Part, Row } from '../report.ts';
import { spread } from '../statistics.ts';

const PCM = { encoding: 'pcm-s16le', sampleRate: 16_000 } as const;
const DETECTORS: readonly (readonly [string, VoiceActivityFactory])[] = [
  ['Silero', createSileroVoiceActivity],
  ['WebRTC', createWebRtcVoiceActivity],
];
const HALF_MINUTE = 30 * 16_000;

/** Silero's detector beside WebRTC's: what each takes for a voice, how soon, and what that costs. */
export async function benchDetectors(): Promise<Part> {
  const { pcm, words } = joinedClips(spokenClips(), 3_000);
  const speech = new Int16Array(pcm.buffer, 0, pcm.byteLength >> 1);
  const sounds: readonly (readonly [string, Int16Array, typeof words])[] = [
    ['speech', speech, words],
    ['speech 30 dB fainter', speech.map((value) => Math.round(value * 0.03)), words],
    ['speech in a noisy room', mixed(speech, noise(speech.length, 1_500)), words],
    ['speech with music', mixed(speech, music(speech.length), 0.3), words],
    ['silence', new Int16Array(HALF_MINUTE), []],
    ['loud noise', noise(HALF_MINUTE, 3_000), []],
    ['music', music(HALF_MINUTE), []],
  ];
  const rows: Row[] = [];
  const raw: Record<string, unknown> = {};
  for (const [sound, samples, spoken] of sounds) {
    for (const [name, create] of DETECTORS) {
      const detector = await create(PCM);
      const before = process.cpuUsage();
      const found = detectorShares(detector, samples, spoken);
      const { user, system } = process.cpuUsage(before);
      detector.close();
      const cpuMs = (user + system) / 1000 / (samples.length / 16_000);
      const row = (what: string, unit: Row['unit'], value: number) =>
        rows.push({ name: `${sound}, ${name}: ${what}`, unit, value: spread([value]), goal: null });
      if (spoken.length > 0) {
        row('of words heard', '%', found.speech * 100);
        row('latest onset', 'ms', found.onsetMs);
      }
      row('of the rest taken for a voice', '%', found.other * 100);
      row('processor time of a second', 'ms', cpuMs);
      raw[`${sound}, ${name}`] = { ...found, cpuMs };
    }
  }
  return { name: 'Silero and WebRTC', rows, raw };
}
