import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { parseWav } from '../../src/audio/wav.ts';
import type { HeardWord } from './heard-word.ts';

export interface SpeechClip {
  name: string;
  sampleRate: number;
  samples: Int16Array;
  words: { text: string; startMs: number; endMs: number }[];
  /** The voice that reads it. */
  speaker: number;
}

const timingSchema = z.object({
  w: z.array(z.object({ t: z.string(), b: z.number(), d: z.number() })),
});

/** Folder of the optional real data: `OMI_DATA_DIR`, or `../shared/data` beside the repository. */
export function dataDirectory(): string {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  return process.env.OMI_DATA_DIR ?? path.resolve(root, '../shared/data');
}

/** The real recordings with the times of their words; none where the data are not there. */
export function loadSpeechClips(directory = path.join(dataDirectory(), 'speech')): SpeechClip[] {
  if (!existsSync(directory)) {
    console.log(`no real speech at ${directory}: set OMI_DATA_DIR to use it`);
    return [];
  }
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const base = path.join(directory, name.slice(0, -'.json'.length));
      const { samples, sampleRate } = parseWav(readFileSync(`${base}.wav`));
      const timing = timingSchema.parse(JSON.parse(readFileSync(`${base}.json`, 'utf8')));
      const words = timing.w
        .filter(({ t }) => !t.startsWith('<'))
        .map(({ t, b, d }) => ({
          text: t.replace(/\(\d+\)$/, ''),
          startMs: b * 1000,
          endMs: (b + d) * 1000,
        }));
      return { name: path.basename(base), sampleRate, samples, words, speaker: 0 };
    });
}

/**
 * The clip as another voice reads it: played `factor` times as fast, which lifts the pitch by as
 * much, with the words where they then are.
 */
export function pitchShifted(clip: SpeechClip, factor: number, speaker: number): SpeechClip {
  const length = Math.floor(clip.samples.length / factor);
  const samples = new Int16Array(length);
  for (let i = 0; i < length; i += 1) {
    const at = Math.floor(i * factor);
    const part = i * factor - at;
    const a = clip.samples[at] ?? 0;
    const b = clip.samples[at + 1] ?? a;
    samples[i] = Math.round(a + (b - a) * part);
  }
  const words = clip.words.map(({ text, startMs, endMs }) => {
    return { text, startMs: startMs / factor, endMs: endMs / factor };
  });
  return { ...clip, name: `${clip.name}-x${factor}`, samples, words, speaker };
}

/** Samples around the middle of a word by which it is found. */
const ANCHOR = 48;
const BASE = 31;

interface Anchor {
  clip: SpeechClip;
  text: string;
  /** Samples of the clip. */
  start: number;
  end: number;
  middle: number;
}

/**
 * Finds the words of known clips in a stream of their very samples: a rolling hash spots the middle
 * of a word, then every sample of the word must be equal. Cheap, exact, and deaf to lossy codecs.
 */
export class ClipMatcher {
  readonly #rate: number;
  readonly #anchors = new Map<number, Anchor[]>();
  #samples: Int16Array = new Int16Array(0);
  #base = 0;
  #hash = 0;
  /** Stream position up to which samples went through the rolling hash. */
  #hashed = 0;
  #waiting: { anchor: Anchor; at: number }[] = [];

  constructor(clips: readonly SpeechClip[], sampleRate: number) {
    this.#rate = sampleRate;
    for (const clip of clips) {
      if (clip.sampleRate !== sampleRate) continue;
      for (const { text, startMs, endMs } of clip.words) {
        const start = Math.round((startMs * sampleRate) / 1000);
        const end = Math.min(clip.samples.length, Math.round((endMs * sampleRate) / 1000));
        const middle = Math.floor((start + end - ANCHOR) / 2);
        let hash = 0;
        for (const sample of clip.samples.subarray(middle, middle + ANCHOR)) {
          hash = (Math.imul(hash, BASE) + sample) | 0;
        }
        const anchor = { clip, text, start, end, middle };
        this.#anchors.set(hash, [...(this.#anchors.get(hash) ?? []), anchor]);
      }
    }
  }

  push(samples: Int16Array): HeardWord[] {
    const joined = new Int16Array(this.#samples.length + samples.length);
    joined.set(this.#samples);
    joined.set(samples, this.#samples.length);
    this.#samples = joined;
    this.#roll();
    const heard = this.#finish();
    const keep = Math.max(0, this.#samples.length - this.#rate * 4);
    this.#samples = this.#samples.slice(keep);
    this.#base += keep;
    return heard;
  }

  #roll(): void {
    const power = [...Array(ANCHOR).keys()].reduce((p) => Math.imul(p, BASE), 1);
    const end = this.#base + this.#samples.length;
    for (; this.#hashed < end; this.#hashed += 1) {
      const index = this.#hashed - this.#base;
      const leaving = this.#hashed >= ANCHOR ? (this.#samples[index - ANCHOR] ?? 0) : 0;
      this.#hash =
        (Math.imul(this.#hash, BASE) + (this.#samples[index] ?? 0) - Math.imul(leaving, power)) | 0;
      for (const anchor of this.#anchors.get(this.#hash) ?? []) {
        this.#waiting.push({ anchor, at: this.#hashed + 1 - ANCHOR });
      }
    }
  }

  #finish(): HeardWord[] {
    const end = this.#base + this.#samples.length;
    const heard: HeardWord[] = [];
    this.#waiting = this.#waiting.filter(({ anchor, at }) => {
      const offset = at - anchor.middle;
      if (offset + anchor.end > end) return true;
      if (this.#equals(anchor, offset)) {
        heard.push({
          text: anchor.text,
          startMs: ((offset + anchor.start) * 1000) / this.#rate,
          endMs: ((offset + anchor.end) * 1000) / this.#rate,
          speaker: anchor.clip.speaker,
        });
      }
      return false;
    });
    return heard;
  }

  #equals({ clip, start, end }: Anchor, offset: number): boolean {
    for (let i = start; i < end; i += 1) {
      if (this.#samples[offset + i - this.#base] !== clip.samples[i]) return false;
    }
    return true;
  }
}
