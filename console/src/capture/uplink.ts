import { socketUrl } from '../api/client.ts';
import type { Segment } from '../api/types.ts';
import type { Outbox, Recording } from './outbox.ts';

/** What the server tells over the live socket, as far as the console shows it. */
export type LiveMessage =
  | { type: 'segments'; segments: Segment[] }
  | { type: 'segments_deleted'; segment_ids: string[] }
  | { type: 'partial_transcript'; text: string; speaker_id: number | null }
  | { type: 'service_status'; status: string; status_text: string | null; provider?: string };

export interface UplinkListener {
  message(message: LiveMessage): void;
  /** Whether the server can be reached. */
  connected(isConnected: boolean): void;
  /** Milliseconds of audio that the server has not confirmed yet. */
  backlog(ms: number): void;
  /** The server refuses this recording for good, in its own words. */
  refused(reason: string): void;
  /** Everything of an ended recording is with the server; its last words go to this conversation. */
  delivered(conversationId: string): void;
}

/** Characters of a photo's text in one message, as Omi's app cuts it. */
const PHOTO_PART = 8_192;
/** Photos that wait for a connection; the oldest is dropped. */
const MAX_PHOTOS = 30;
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000];
/** Bytes that may wait inside the socket before more is read from the outbox. */
const MAX_BUFFERED = 64 * 1024;
/** Audio that the server has and may ask for again, milliseconds. */
const OVERLAP_MS = 5_000;
/** A pause this long, or a page that does not come back, ends the conversation; seconds. */
const CONVERSATION_TIMEOUT_S = 3_600;
/** Close codes after which trying again changes nothing. */
const FINAL_CODES = [1003, 1008];

/**
 * Sends one recording: connects, asks how much of it the server has, sends the rest and whatever
 * comes, and connects again for as long as it takes. Each frame arrives once: the server counts what
 * it has kept of the stream, and the count decides where sending goes on.
 */
export class Uplink {
  readonly #outbox: Outbox;
  readonly #listener: UplinkListener;
  #recording: Recording;
  #language: string;
  #socket: WebSocket | undefined;
  /** Number of the next frame to send; undefined until the server has said where it stands. */
  #next: number | undefined;
  /** Frames that the server has kept. */
  #kept = 0;
  #attempts = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #pumping = false;
  #conversationId: string;
  #closed = false;
  #photos: string[] = [];

  constructor(outbox: Outbox, recording: Recording, language: string, listener: UplinkListener) {
    this.#outbox = outbox;
    this.#recording = recording;
    this.#conversationId = recording.id;
    this.#language = language;
    this.#listener = listener;
    this.#connect();
  }

  /** The conversation that the words go to, as far as the server has told. */
  get conversationId(): string {
    return this.#conversationId;
  }

  /** Tells of frames that were added to the outbox, or that the recording has ended. */
  update(recording: Recording): void {
    this.#recording = recording;
    this.#tellBacklog();
    void this.#pump();
  }

  /** Sends a photo with the next words; it waits in memory while there is no connection. */
  async addPhoto(jpeg: Blob): Promise<void> {
    this.#photos = [...this.#photos, await base64Of(jpeg)].slice(-MAX_PHOTOS);
    this.#sendPhotos();
  }

  #sendPhotos(): void {
    const socket = this.#socket;
    if (this.#next === undefined || socket?.readyState !== WebSocket.OPEN) return;
    for (const data of this.#photos.splice(0)) {
      const id = crypto.randomUUID();
      const total = Math.ceil(data.length / PHOTO_PART);
      for (let index = 0; index < total; index += 1) {
        const part = data.slice(index * PHOTO_PART, (index + 1) * PHOTO_PART);
        socket.send(JSON.stringify({ type: 'image_chunk', id, index, total, data: part }));
      }
    }
  }

  /** Stops sending; what was not sent stays in the outbox. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#socket?.close();
  }

  #connect(): void {
    const { id, format } = this.#recording;
    const query = new URLSearchParams({
      codec: format.codec,
      sample_rate: String(format.sampleRate),
      language: this.#language,
      source: 'web',
      stream_id: id,
      client_conversation_id: id,
      partials: 'enabled',
      conversation_timeout: String(CONVERSATION_TIMEOUT_S),
    });
    const socket = new WebSocket(socketUrl(`/v4/listen?${query}`));
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#next = undefined;
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string' && socket === this.#socket) this.#onMessage(data);
    });
    socket.addEventListener('close', (event) => {
      if (socket === this.#socket) this.#onClosed(event);
    });
  }

  #onMessage(text: string): void {
    if (!text.startsWith('{') && !text.startsWith('[')) return;
    const data: unknown = JSON.parse(text);
    if (Array.isArray(data)) {
      this.#listener.message({ type: 'segments', segments: data as Segment[] });
      return;
    }
    const message = data as { type?: string; position_ms?: number; conversation_id?: string };
    if (message.type === 'audio_position') this.#onPosition(message.position_ms ?? 0);
    else if (message.type === 'audio_kept') this.#onKept(message.position_ms ?? 0);
    else if (message.type === 'conversation_session') {
      this.#conversationId = message.conversation_id ?? this.#conversationId;
    } else this.#listener.message(data as LiveMessage);
  }

  #onPosition(positionMs: number): void {
    this.#attempts = 0;
    this.#listener.connected(true);
    this.#next = Math.round(positionMs / this.#recording.format.frameMs);
    this.#onKept(Math.max(positionMs, this.#kept * this.#recording.format.frameMs));
    this.#sendPhotos();
    void this.#pump();
  }

  #onKept(positionMs: number): void {
    this.#kept = Math.round(positionMs / this.#recording.format.frameMs);
    const { id, format } = this.#recording;
    // The server may ask for the last seconds again, after a restart in the middle of a word.
    void this.#outbox.release(id, this.#kept - Math.ceil(OVERLAP_MS / format.frameMs));
    this.#tellBacklog();
    this.#finishIfAllIsKept();
  }

  #finishIfAllIsKept(): void {
    if (!this.#recording.isEnded || this.#kept < this.#recording.frames || this.#closed) return;
    const deliver = () => this.#listener.delivered(this.#conversationId);
    const socket = this.#socket;
    // The conversation is ended after its connection, else the server begins another one for it.
    if (!socket || socket.readyState === WebSocket.CLOSED) deliver();
    else socket.addEventListener('close', deliver, { once: true });
    this.close();
  }

  /** Sends from the outbox as long as there is something and the socket takes it. */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    const socket = this.#socket;
    try {
      while (socket === this.#socket && socket?.readyState === WebSocket.OPEN) {
        const next = this.#next;
        if (next === undefined || next >= this.#recording.frames) break;
        if (socket.bufferedAmount > MAX_BUFFERED) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          continue;
        }
        const frames = await this.#outbox.read(this.#recording.id, next);
        if (frames.length === 0 || socket !== this.#socket) break;
        for (const frame of frames) socket.send(frame as Uint8Array<ArrayBuffer>);
        this.#next = next + frames.length;
      }
    } finally {
      this.#pumping = false;
    }
    // A new connection may have asked for audio meanwhile.
    if (socket !== this.#socket) void this.#pump();
    this.#finishIfAllIsKept();
  }

  #onClosed(event: CloseEvent): void {
    if (this.#closed) return;
    this.#next = undefined;
    this.#listener.connected(false);
    if (FINAL_CODES.includes(event.code)) {
      this.#listener.refused(event.reason);
      return;
    }
    const delay = RETRY_MS[Math.min(this.#attempts, RETRY_MS.length - 1)] ?? 8_000;
    this.#attempts += 1;
    this.#retry = setTimeout(() => this.#connect(), delay);
  }

  #tellBacklog(): void {
    const frames = Math.max(0, this.#recording.frames - this.#kept);
    this.#listener.backlog(frames * this.#recording.format.frameMs);
  }
}

async function base64Of(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
