import { Buffer } from 'node:buffer';
import type { WebSocket } from 'ws';
import { createAudioDecoder, type DeepgramAudioDecoder } from './deepgram-audio-decoder.ts';
import type { DeepgramFault } from './deepgram-faults.ts';
import { DeepgramWindows } from './deepgram-windows.ts';
import { ClipMatcher, type SpeechClip } from './speech-clips.ts';
import { SpeechRecogniser } from './speech-recogniser.ts';

/** What one connection sent. */
export interface DeepgramRecord {
  query: URLSearchParams;
  /** Binary messages and their bytes. */
  audioMessages: number;
  audioBytes: number;
  /** Decoded audio, milliseconds. */
  audioMs: number;
  /** `type` of each text message, in order. */
  control: string[];
  /** Close code that the client or the simulator sent; null while open. */
  closeCode: number | null;
}

export interface DeepgramConnectionSettings {
  query: URLSearchParams;
  requestId: string;
  fault: DeepgramFault | null;
  clips: readonly SpeechClip[];
  idleTimeoutMs: number;
}

const NET_0001 =
  'Deepgram did not receive audio data or a text message within the timeout window. See https://dpgr.am/net0001';

/** One live session of the simulator. */
export class DeepgramConnection {
  readonly record: DeepgramRecord;
  readonly #socket: WebSocket;
  readonly #settings: DeepgramConnectionSettings;
  readonly #decoder: DeepgramAudioDecoder;
  readonly #windows: DeepgramWindows;
  readonly #sampleRate: number;
  #idle: NodeJS.Timeout | undefined;
  #silenced = false;
  #closing = false;
  #held: string[] = [];

  constructor(socket: WebSocket, settings: DeepgramConnectionSettings) {
    const { query } = settings;
    this.#socket = socket;
    this.#settings = settings;
    this.#sampleRate = Number(query.get('sample_rate') ?? 16_000);
    this.#decoder = createAudioDecoder(query.get('encoding'), this.#sampleRate);
    const endpointing = query.get('endpointing') ?? '10';
    this.#windows = new DeepgramWindows(
      new SpeechRecogniser(
        this.#sampleRate,
        settings.clips.length > 0 ? new ClipMatcher(settings.clips, this.#sampleRate) : null,
      ),
      this.#sampleRate,
      {
        interim: query.get('interim_results') === 'true',
        endpointingMs: endpointing === 'false' ? Number.POSITIVE_INFINITY : Number(endpointing),
        diarize: query.get('diarize') === 'true',
        punctuate: query.get('punctuate') === 'true' || query.get('smart_format') === 'true',
        language: query.get('language') ?? 'en',
        requestId: settings.requestId,
        model: query.get('model') ?? 'base',
      },
      (message) => this.#emit(message),
    );
    this.record = {
      query,
      audioMessages: 0,
      audioBytes: 0,
      audioMs: 0,
      control: [],
      closeCode: null,
    };
    socket.on('message', (data: Buffer, isBinary) => {
      this.#armIdle();
      if (isBinary) this.#takeAudio(data);
      else this.#takeControl(data.toString('utf8'));
    });
    socket.on('close', (code) => {
      clearTimeout(this.#idle);
      this.record.closeCode ??= code;
    });
    socket.on('error', () => socket.terminate());
    this.#armIdle();
  }

  #takeAudio(message: Buffer): void {
    if (this.#closing || this.#silenced) return;
    this.record.audioMessages += 1;
    this.record.audioBytes += message.length;
    if (message.length === 0) {
      this.#closeStream();
      return;
    }
    let samples: Int16Array;
    try {
      samples = this.#decoder.decode(message);
    } catch {
      this.#close(1008, 'DATA-0000: The payload cannot be decoded as audio.');
      return;
    }
    const { fault } = this.#settings;
    const limitMs = fault && 'afterAudioMs' in fault ? fault.afterAudioMs : null;
    // The fault strikes at its very sample, in the middle of a message and of a word.
    const leftSamples =
      limitMs === null
        ? samples.length
        : Math.max(0, Math.round(((limitMs - this.record.audioMs) * this.#sampleRate) / 1000));
    const heard = samples.subarray(0, leftSamples);
    this.record.audioMs += (heard.length * 1000) / this.#sampleRate;
    this.#windows.push(heard);
    if (leftSamples < samples.length && fault) this.#strike(fault);
  }

  #strike(fault: DeepgramFault): void {
    if (fault.kind === 'drop') this.#socket.terminate();
    else if (fault.kind === 'close') this.#close(fault.code, fault.reason);
    else this.#silenced = true;
    if (fault.kind === 'stop-reading') this.#socket.pause();
  }

  #takeControl(text: string): void {
    let type = 'invalid';
    try {
      type = String((JSON.parse(text) as { type?: unknown }).type);
    } catch (error) {
      type = `invalid: ${String(error)}`;
    }
    this.record.control.push(type);
    if (this.#silenced || this.#closing) return;
    if (type === 'Finalize') this.#windows.flush(true);
    if (type === 'CloseStream') this.#closeStream();
  }

  #closeStream(): void {
    const { fault } = this.#settings;
    if (fault?.kind !== 'late-results') {
      this.#finish();
      return;
    }
    this.#closing = true;
    setTimeout(() => this.#finish(), fault.delayMs);
  }

  #finish(): void {
    this.#closing = true;
    this.#windows.flush(false);
    this.#sendHeld();
    this.#sendMetadata();
    this.#close(1000, '');
  }

  #sendMetadata(): void {
    const { requestId } = this.#settings;
    this.#emit({
      type: 'Metadata',
      transaction_key: 'deprecated',
      request_id: requestId,
      sha256: 'incomplete',
      created: new Date().toISOString(),
      duration: this.record.audioMs / 1000,
      channels: 1,
    });
    this.#sendHeld();
  }

  #emit(message: Record<string, unknown>): void {
    const { fault } = this.#settings;
    if (fault?.kind === 'garbage') {
      this.#socket.send('not json {');
      this.#socket.send(Buffer.from([0xff, 0xfe, 0x80, 0x22]), { binary: false });
      this.#socket.send('{"type":"SomethingNew","value":1}');
      this.#socket.send('[1,2,3]');
      this.#socket.send('{"type":"Results","start":"soon"}');
      this.#socket.send(Buffer.from([1, 2, 3]), { binary: true });
    }
    this.#held.push(JSON.stringify(message));
    if (fault?.kind !== 'late-results' || message['type'] !== 'Results') this.#sendHeld();
  }

  #sendHeld(): void {
    for (const text of this.#held.splice(0)) this.#socket.send(text);
  }

  #close(code: number, reason: string): void {
    // What comes after its close frame is not heard.
    this.#closing = true;
    this.record.closeCode ??= code;
    clearTimeout(this.#idle);
    this.#socket.close(code, reason);
  }

  #armIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#sendMetadata();
      this.#close(1011, NET_0001);
    }, this.#settings.idleTimeoutMs);
  }
}
