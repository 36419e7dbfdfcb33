import { setTimeout as sleep } from 'node:timers/promises';
import { synthesise } from '../../fixtures/speech-synthesis.ts';
import { ListenClient, type WireSegment } from '../listen-client.ts';
import { pcmFrames } from '../play-audio.ts';

const TALK = synthesise(
  [
    'The purpose of this meeting is to plan the harvest festival in October.',
    'I will book the brass band tomorrow morning. They play until midnight.',
    'Please order twelve wooden tables from the carpenter by Friday.',
    'The festival budget is nine thousand euros, and the mayor has agreed.',
    'I need to send the invitation letters to all neighbours next week.',
  ].map((text, i) => ({ text, speaker: i % 2 })),
  { leadMs: 500, utteranceGapMs: 700 },
);
export const SPOKEN = TALK.words.map((word) => word.text);
/** 20 ms each. */
export const TALK_FRAMES = pcmFrames(TALK.pcm, 16_000);
const FRAME_MS = 20;
/** A frame of the silence after the second speaker, so that no word is cut. */
export const PAUSE_FRAME = Math.round(
  ((TALK.words[SPOKEN.indexOf('midnight.')]?.endMs ?? 0) + 300) / FRAME_MS,
);
const RETRY_MS = 50;

export interface SpeakerOptions {
  token: string;
  /** Servers that take connections now, the preferred one first. */
  servers(): readonly string[];
  /** How many times as fast as it was spoken. */
  speed: number;
  /** Seconds of silence that end the conversation. */
  timeoutS: number;
}

/** A device that says the whole talk, and connects elsewhere whenever its connection ends. */
export class RoamingSpeaker {
  readonly #o: SpeakerOptions;
  readonly #shown = new Map<string, WireSegment>();
  #client: ListenClient | undefined;
  #position = 0;
  /** Connections that were made. */
  connections = 0;
  /** Close codes of the connections that the servers ended. */
  readonly closeCodes: number[] = [];

  constructor(options: SpeakerOptions) {
    this.#o = options;
  }

  /** What part of the talk has been sent. */
  get progress(): number {
    return this.#position / TALK_FRAMES.length;
  }

  /** Words of the segments that were shown, in the order in which they were said. */
  get shownWords(): string[] {
    this.#remember();
    return [...this.#shown.values()]
      .sort((a, b) => a.start - b.start)
      .flatMap((segment) => segment.text.split(/\s+/));
  }

  /**
   * Speaks to the end. Frames are due by the clock, as a microphone makes them: if the machine is
   * busy they come late together, but the speech takes as long as it should, with no long pauses.
   */
  async speak(): Promise<void> {
    let began = { client: this.#client, at: performance.now(), position: this.#position };
    while (this.#position < TALK_FRAMES.length) {
      const client = await this.#connected();
      if (client.socket.readyState !== client.socket.OPEN) {
        // It is being closed.
        await sleep(RETRY_MS);
        continue;
      }
      if (began.client !== client) {
        began = { client, at: performance.now(), position: this.#position };
      }
      const spokenMs = (performance.now() - began.at) * this.#o.speed;
      const due = began.position + Math.floor(spokenMs / FRAME_MS) + 1;
      for (const frame of TALK_FRAMES.slice(this.#position, due)) client.socket.send(frame);
      this.#position = Math.min(due, TALK_FRAMES.length);
      await sleep(FRAME_MS / this.#o.speed);
    }
  }

  /** Goes away; on its way the last words still come. */
  async leave(): Promise<void> {
    const client = this.#client;
    if (client && client.closed === undefined) await client.close();
    this.#remember();
  }

  async #connected(): Promise<ListenClient> {
    if (this.#client && this.#client.closed === undefined) return this.#client;
    const { code } = this.#client?.closed ?? {};
    if (code !== undefined) this.closeCodes.push(code);
    this.#remember();
    for (;;) {
      for (const url of this.#o.servers()) {
        try {
          this.#client = await ListenClient.connect(url.replace('http', 'ws'), this.#o.token, {
            codec: 'pcm16',
            sample_rate: '16000',
            conversation_timeout: String(this.#o.timeoutS),
          });
          await this.#client.ready();
          this.connections += 1;
          return this.#client;
        } catch {
          // Down, or going down: another one is asked.
        }
      }
      await sleep(RETRY_MS);
    }
  }

  #remember(): void {
    const { segments, events } = this.#client ?? { segments: new Map(), events: [] };
    for (const [id, segment] of segments) this.#shown.set(id, segment);
    for (const event of events) {
      if (event.type !== 'segments_deleted') continue;
      for (const id of event.segment_ids as string[]) this.#shown.delete(id);
    }
  }
}
