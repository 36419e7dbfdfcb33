import { writeFile } from 'node:fs/promises';
import { synthesise } from '../../../fixtures/speech-synthesis.ts';

const RATE = 16_000;
/** The microphone is opened a little before it is listened to. */
const LEAD_MS = 2_500;
const WORDS_PER_SENTENCE = 8;
/** Length of one word with its pause, milliseconds; a little less than they really take. */
const WORD_MS = 600;

/** Speech whose every word tells its number: `w0`, `w1` and so on. */
export interface NumberedSpeech {
  path: string;
  /** How many words there are. */
  count: number;
}

/** Writes a WAV file of numbered words that is at least as long as `durationMs`. */
export async function writeNumberedSpeech(
  path: string,
  durationMs: number,
): Promise<NumberedSpeech> {
  const count = Math.ceil(durationMs / WORD_MS);
  const names = Array.from({ length: count }, (_, index) => `w${index}`);
  const sentences = Array.from({ length: Math.ceil(count / WORDS_PER_SENTENCE) }, (_, index) => {
    const own = names.slice(index * WORDS_PER_SENTENCE, (index + 1) * WORDS_PER_SENTENCE);
    return { speaker: 0, text: `${own.join(' ')}.` };
  });
  const { pcm, words } = synthesise(sentences, {
    sampleRate: RATE,
    leadMs: LEAD_MS,
    wordGapMs: 350,
    utteranceGapMs: 1_000,
  });
  await writeFile(path, Buffer.concat([wavHeader(pcm.length), pcm]));
  return { path, count: words.length };
}

/** The numbers of the words in a text, in their order. */
export function wordNumbers(text: string): number[] {
  return [...text.matchAll(/\bw(\d+)\b/gi)].map(([, digits]) => Number(digits));
}

/** Of 16-bit mono PCM (Microsoft's RIFF/WAVE). */
function wavHeader(bytes: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + bytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(bytes, 40);
  return header;
}
