import type { AudioBatch } from '../../src/audio/audio-format.ts';
import { AppError } from '../../src/kernel/errors.ts';
import type { SttEvent } from '../../src/stt/stt-event.ts';
import type { SttProvider } from '../../src/stt/stt-provider.ts';

export const PACKET_MS = 20;
const PACKET_BYTES = 80;
/** SILK, wide band, 20 ms, one frame (RFC 6716 §3.1). */
const TOC = 9 << 3;
/** Packets a word, and words an answer. */
const PACKETS_PER_WORD = 50;
const WORDS_PER_ANSWER = 5;

/** An Opus packet, as long as a device's, that says which one it is. */
export function markedPacket(index: number): Uint8Array {
  const packet = new Uint8Array(PACKET_BYTES).fill(index & 0xff);
  packet[0] = TOC;
  new DataView(packet.buffer).setUint32(1, index);
  return packet;
}

/** When the word was spoken, milliseconds from the first packet; null if the text is no word of ours. */
export function spokenAt(word: string): number | null {
  const match = /^w(\d+)[.]?$/.exec(word);
  return match ? Number(match[1]) * PACKETS_PER_WORD * PACKET_MS : null;
}

export interface MarkedAudioOptions {
  name: string;
  /** Connections end with an error after this much audio, milliseconds. */
  breaksAfterMs: number;
}

/**
 * Hears marked packets: every second of them is a word that names itself, at the time that this
 * connection's own count of samples gives it, as a vendor's service would.
 */
export class MarkedAudioProvider implements SttProvider {
  readonly name: string;
  readonly capabilities = {
    encodings: ['opus'] as const,
    diarization: false,
    supports: () => true,
  };
  readonly #breaksAfterMs: number;
  connections = 0;
  /** The last packet that was heard. */
  lastPacket = -1;

  constructor(options: MarkedAudioOptions) {
    this.name = options.name;
    this.#breaksAfterMs = options.breaksAfterMs;
  }

  async check(): Promise<void> {
    // There is nothing to be reached.
  }

  async *transcribe(audio: AsyncIterable<AudioBatch>): AsyncGenerator<SttEvent> {
    this.connections += 1;
    let packets = 0;
    let words: { text: string; startMs: number; endMs: number }[] = [];
    const answer = (): SttEvent => {
      const made = words.map((w) => ({ ...w, speaker: 0, confidence: 1, language: null }));
      words = [];
      const finalUntilMs = packets * PACKET_MS;
      return { type: 'transcript-final', words: made, finalUntilMs, receivedAt: performance.now() };
    };
    for await (const batch of audio) {
      for (const frame of batch.frames) {
        const index = new DataView(frame.buffer, frame.byteOffset).getUint32(1);
        const startMs = packets * PACKET_MS;
        packets += 1;
        this.lastPacket = index;
        if (index % PACKETS_PER_WORD === 0) {
          const number = index / PACKETS_PER_WORD;
          const end = number % 20 === 19 ? '.' : '';
          words.push({ text: `w${number}${end}`, startMs, endMs: startMs + 600 });
        }
        // A word is final when all of it has been heard.
        const over = (words.at(-1)?.endMs ?? 0) <= packets * PACKET_MS;
        if (words.length >= WORDS_PER_ANSWER && over) yield answer();
      }
      if (packets * PACKET_MS >= this.#breaksAfterMs) {
        throw new AppError('provider-unavailable', 'The connection broke.');
      }
    }
    yield answer();
  }
}
