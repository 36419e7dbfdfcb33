import type { WebSocket } from 'ws';
import type { HeardWord } from './heard-word.ts';
import { LiveSession, type SessionFault } from './live-session.ts';
import type { SpeechClip } from './speech-clips.ts';
import type { SpeechRecogniser } from './speech-recogniser.ts';

export type CustomSttFault =
  | SessionFault
  /** `{"error": …}` once so much audio has come. */
  | { kind: 'error'; afterAudioMs: number };

/** How the service behaves, because those that speak this protocol differ. */
export interface CustomSttManner {
  /** Sends only new segments, all of them with every answer, or the last one again as it grows. */
  repeats: 'never' | 'all' | 'growing';
  /** Whether segments have times, and a label of their speaker. */
  times: boolean;
  speakers: boolean;
  /** Times of each word besides those of the segment. */
  words: boolean;
  /** `type` of the messages; null for none. */
  type: string | null;
  /** Closes the connection after `CloseStream`, or leaves that to the client. */
  closes: boolean;
}

export const CUSTOM_STT_MANNER: CustomSttManner = {
  repeats: 'never',
  times: true,
  speakers: true,
  words: true,
  type: null,
  closes: true,
};

interface Segment {
  speaker: number;
  words: HeardWord[];
}

/** Silence that ends a segment, milliseconds. */
const SEGMENT_GAP_MS = 300;

/** One session of the simulator. */
export class CustomSttSession extends LiveSession<CustomSttFault> {
  readonly #manner: CustomSttManner;
  readonly #segments: Segment[] = [];
  #open: Segment | null = null;
  #sent = 0;

  constructor(
    socket: WebSocket,
    settings: {
      query: URLSearchParams;
      authorization: string | undefined;
      fault: CustomSttFault | null;
      clips: readonly SpeechClip[];
      idleTimeoutMs: number;
      manner: CustomSttManner;
    },
  ) {
    super(socket, settings);
    this.#manner = settings.manner;
    this.openAudio('linear16', Number(settings.query.get('sample_rate') ?? 16_000));
  }

  protected takeText(text: string): void {
    if (text !== '{"type":"CloseStream"}') return;
    this.endAudio(() => {
      this.#endSegment();
      if (this.#manner.closes) this.close(1000, '');
    });
  }

  protected takeAudio(message: Buffer): boolean {
    return message.length > 0;
  }

  protected heard(recogniser: SpeechRecogniser, samples: Int16Array): void {
    for (const word of recogniser.push(samples)) {
      if (this.#open && this.#open.speaker !== word.speaker) this.#endSegment();
      this.#open ??= { speaker: word.speaker, words: [] };
      this.#open.words.push(word);
      if (this.#manner.repeats === 'growing') this.#answer([this.#open]);
    }
    if (this.#open && recogniser.silenceMs >= SEGMENT_GAP_MS) this.#endSegment();
  }

  protected strikeOwn(): void {
    this.send({ error: 'Somebody said something that cannot be heard.' });
  }

  protected audioFailed(): void {
    this.close(1003, 'not audio');
  }

  protected idle(): void {
    this.close(1001, 'idle');
  }

  #endSegment(): void {
    if (this.#open === null) return;
    this.#segments.push(this.#open);
    this.#open = null;
    const { repeats } = this.#manner;
    this.#answer(repeats === 'all' ? this.#segments : this.#segments.slice(this.#sent));
    this.#sent = this.#segments.length;
  }

  #answer(segments: readonly Segment[]): void {
    const { type } = this.#manner;
    const body = { segments: segments.map((segment) => this.#toWire(segment)) };
    this.send(type === null ? body : { type, ...body });
  }

  #toWire({ speaker, words }: Segment): unknown {
    const manner = this.#manner;
    const start = (words[0]?.startMs ?? 0) / 1000;
    const end = (words.at(-1)?.endMs ?? 0) / 1000;
    const timed = words.map(({ text, startMs, endMs }) => ({
      word: text,
      start: startMs / 1000,
      end: endMs / 1000,
    }));
    return {
      text: words.map(({ text }) => text).join(' '),
      ...(manner.speakers ? { speaker: `SPEAKER_0${speaker}` } : {}),
      ...(manner.times ? { start, end } : {}),
      ...(manner.words ? { words: timed } : {}),
    };
  }
}
