import type { WebSocket } from 'ws';
import { createAudioDecoder, type DeepgramAudioDecoder } from './deepgram-audio-decoder.ts';
import { ClipMatcher, type SpeechClip } from './speech-clips.ts';
import { SpeechRecogniser } from './speech-recogniser.ts';

/** Something that goes wrong with an open connection, whoever the vendor is. */
export type SessionFault =
  /** The TCP connection is cut once so much audio has come. */
  | { kind: 'drop'; afterAudioMs: number }
  /** A close frame comes once so much audio has come. */
  | { kind: 'close'; afterAudioMs: number; code: number; reason: string }
  /** No answer any more after so much audio; the socket stays open. */
  | { kind: 'stall'; afterAudioMs: number }
  /** As `stall`, and the socket is not read any more either. */
  | { kind: 'stop-reading'; afterAudioMs: number }
  /** Frames that are no JSON, no UTF-8, of unknown types, and binary, before every answer. */
  | { kind: 'garbage' }
  /** What follows the end of the audio comes so much later. */
  | { kind: 'late-results'; delayMs: number };

/** What one connection sent. */
export interface SessionRecord {
  /** Query of the upgrade, and its `Authorization`. */
  query: URLSearchParams;
  authorization: string | null;
  /** Text messages in order. */
  texts: string[];
  /** Binary messages with audio, and their bytes. */
  audioMessages: number;
  audioBytes: number;
  /** Decoded audio, milliseconds. */
  audioMs: number;
  pings: number;
  /** Close code that the client or the simulator sent; null while open. */
  closeCode: number | null;
}

const STEP_MS = 20;

/** What every simulated live session does: counts, decodes, keeps the clock of the audio, fails. */
export abstract class LiveSession<Fault extends { kind: string }> {
  readonly record: SessionRecord;
  protected readonly fault: Fault | SessionFault | null;
  readonly #socket: WebSocket;
  readonly #clips: readonly SpeechClip[];
  readonly #idleTimeoutMs: number;
  #decoder: DeepgramAudioDecoder | null = null;
  #recogniser: SpeechRecogniser | null = null;
  #sampleRate = 16_000;
  /** Samples that do not fill a step yet. */
  #rest = new Int16Array(0);
  #idle: NodeJS.Timeout | undefined;
  #silenced = false;
  #ended = false;

  constructor(
    socket: WebSocket,
    settings: {
      query: URLSearchParams;
      authorization: string | undefined;
      fault: Fault | SessionFault | null;
      clips: readonly SpeechClip[];
      idleTimeoutMs: number;
    },
  ) {
    this.#socket = socket;
    this.#clips = settings.clips;
    this.#idleTimeoutMs = settings.idleTimeoutMs;
    this.fault = settings.fault;
    this.record = {
      query: settings.query,
      authorization: settings.authorization ?? null,
      texts: [],
      audioMessages: 0,
      audioBytes: 0,
      audioMs: 0,
      pings: 0,
      closeCode: null,
    };
    socket.on('message', (data: Buffer, isBinary) => {
      this.#armIdle();
      if (isBinary) this.#takeBinary(data);
      else this.#takeText(data.toString('utf8'));
    });
    socket.on('ping', () => {
      this.record.pings += 1;
      this.#armIdle();
    });
    socket.on('close', (code) => {
      clearTimeout(this.#idle);
      this.record.closeCode ??= code;
      this.closed();
    });
    socket.on('error', () => socket.terminate());
    this.#armIdle();
  }

  /** A text message; not called once the session was silenced. */
  protected abstract takeText(text: string): void;
  /** A binary message came, before it is decoded; false if it is no audio. */
  protected abstract takeAudio(message: Buffer): boolean;
  /** One step of the audio was heard: the place to send results. */
  protected abstract heard(recogniser: SpeechRecogniser, samples: Int16Array): void;
  /** Strikes a fault of this vendor's own. */
  protected abstract strikeOwn(fault: Fault): void;
  protected abstract audioFailed(): void;
  protected abstract idle(): void;

  protected closed(): void {
    // For those who have timers of their own.
  }

  /** @param encoding `linear16`, or null for Opus in Ogg */
  protected openAudio(encoding: 'linear16' | null, sampleRate: number): void {
    this.#sampleRate = sampleRate;
    this.#decoder = createAudioDecoder(encoding, sampleRate);
    this.#recogniser = new SpeechRecogniser(
      sampleRate,
      this.#clips.length > 0 ? new ClipMatcher(this.#clips, sampleRate) : null,
    );
  }

  /** No more audio: what does not fill a step is heard now, then `finish` is called. */
  protected endAudio(finish: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    const { fault } = this;
    const end = (): void => {
      if (this.#recogniser) this.heard(this.#recogniser, this.#rest);
      this.#rest = new Int16Array(0);
      finish();
    };
    if (fault?.kind === 'late-results' && 'delayMs' in fault) setTimeout(end, fault.delayMs);
    else end();
  }

  protected send(message: unknown): void {
    if (this.fault?.kind === 'garbage') {
      this.#socket.send('not json {');
      this.#socket.send(Buffer.from([0xff, 0xfe, 0x80, 0x22]), { binary: false });
      this.#socket.send('{"message":"SomethingNew","type":"SomethingNew","value":1}');
      this.#socket.send('[1,2,3]');
      this.#socket.send('{"tokens":"many","results":7,"segments":{"a":1}}');
      this.#socket.send(Buffer.from([1, 2, 3]), { binary: true });
    }
    this.#socket.send(JSON.stringify(message));
  }

  protected close(code: number, reason: string): void {
    this.record.closeCode = code;
    clearTimeout(this.#idle);
    this.#socket.close(code, reason);
  }

  #takeBinary(message: Buffer): void {
    if (this.#silenced || this.#ended || !this.takeAudio(message)) return;
    const decoder = this.#decoder;
    if (decoder === null) {
      this.audioFailed();
      return;
    }
    this.record.audioMessages += 1;
    this.record.audioBytes += message.length;
    let samples: Int16Array;
    try {
      samples = decoder.decode(message);
    } catch {
      this.audioFailed();
      return;
    }
    const { fault } = this;
    const limitMs = fault && 'afterAudioMs' in fault ? Number(fault.afterAudioMs) : null;
    // The fault strikes at its very sample, in the middle of a message and of a word.
    const left =
      limitMs === null
        ? samples.length
        : Math.max(0, Math.round(((limitMs - this.record.audioMs) * this.#sampleRate) / 1000));
    const whole = samples.subarray(0, left);
    this.record.audioMs += (whole.length * 1000) / this.#sampleRate;
    this.#hear(whole);
    if (left < samples.length && fault) this.#strike(fault);
  }

  /** In steps, so that the answers do not depend on the sizes of the messages. */
  #hear(samples: Int16Array): void {
    const step = (STEP_MS * this.#sampleRate) / 1000;
    const all = new Int16Array(this.#rest.length + samples.length);
    all.set(this.#rest);
    all.set(samples, this.#rest.length);
    let at = 0;
    for (; at + step <= all.length; at += step) {
      if (this.#recogniser) this.heard(this.#recogniser, all.subarray(at, at + step));
    }
    this.#rest = all.slice(at);
  }

  #strike(fault: Fault | SessionFault): void {
    if (fault.kind === 'drop') this.#socket.terminate();
    else if (fault.kind === 'close' && 'code' in fault && 'reason' in fault) {
      this.close(Number(fault.code), String(fault.reason));
    } else if (fault.kind === 'stall' || fault.kind === 'stop-reading') {
      this.#silenced = true;
      if (fault.kind === 'stop-reading') this.#socket.pause();
    } else {
      this.strikeOwn(fault as Fault);
    }
  }

  #takeText(text: string): void {
    this.record.texts.push(text);
    if (!this.#silenced) this.takeText(text);
  }

  #armIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.idle(), this.#idleTimeoutMs);
  }
}
