import { socketUrl } from '../api/client.ts';
import { currentTime } from '../api/server-clock.ts';
import type { Segment } from '../api/types.ts';
import type { Outbox, QueuedPhoto, Recording } from './outbox.ts';
import { signedInUser } from './signed-in-user.ts';

/** What the server tells over the live socket, as far as the console shows it. */
export type LiveMessage =
  | { type: 'segments'; segments: Segment[] }
  | { type: 'segments_deleted'; segment_ids: string[] }
  | { type: 'partial_transcript'; text: string; speaker_id: number | null }
  | { type: 'service_status'; status: string; status_text: string | null; provider?: string };

/** Why nothing can be sent although the server answers. */
export type AccountProblem = 'signed-out' | 'other-user';

interface ControlMessage {
  type?: string;
  status?: string;
  position_ms?: number;
  conversation_id?: string;
  temp_id?: string;
}

export interface UplinkListener {
  message(message: LiveMessage): void;
  /** Whether the server can be reached. */
  connected(isConnected: boolean): void;
  /** Milliseconds of audio that the server has not confirmed yet. */
  backlog(ms: number): void;
  /** Nobody, or somebody else, is signed in: sending goes on once the right one is. Null: again the right one. */
  account(problem: AccountProblem | null): void;
  /** The server refuses this recording for good, in its own words. */
  refused(reason: string): void;
  /** Everything of an ended recording is with the server; its last words go to this conversation. */
  delivered(conversationId: string): void;
}

/** Characters of a photo's text in one message, as Omi's app cuts it. */
const PHOTO_PART = 8_192;
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000];
/** Bytes that may wait inside the socket before more is read from the outbox. */
const MAX_BUFFERED = 64 * 1024;
/** Audio that the server has and may ask for again, milliseconds. */
const OVERLAP_MS = 5_000;
/** A pause this long, or a page that does not come back, ends the conversation; seconds. */
const CONVERSATION_TIMEOUT_S = 3_600;
/** Close codes after which trying again changes nothing, unless it was for want of a sign-in. */
const FINAL_CODES = [1003, 1008];
/** The server sends something every ten seconds: without it the connection is dead. */
const SILENCE_MS = 25_000;

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
  #silence: ReturnType<typeof setTimeout> | undefined;
  #pumping = false;
  #conversationId: string;
  #closed = false;
  /** Photos that the server has not said it has stored, by id, the oldest first. */
  readonly #photos = new Map<string, QueuedPhoto>();
  /** Those of them that went over the present connection. */
  readonly #sentPhotos = new Set<string>();

  constructor(outbox: Outbox, recording: Recording, language: string, listener: UplinkListener) {
    this.#outbox = outbox;
    this.#recording = recording;
    this.#conversationId = recording.id;
    this.#language = language;
    this.#listener = listener;
    void this.#begin();
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

  /** Keeps a photo and sends it, now or with the next connection. */
  async addPhoto(jpeg: Blob): Promise<void> {
    const photo = { id: crypto.randomUUID(), takenAt: currentTime(), jpeg };
    await this.#outbox.addPhoto(this.#recording.id, photo);
    this.#photos.set(photo.id, photo);
    await this.#sendPhotos();
  }

  /** Photos of an earlier visit go first. */
  async #begin(): Promise<void> {
    for (const photo of await this.#outbox.photos(this.#recording.id)) {
      this.#photos.set(photo.id, photo);
    }
    if (!this.#closed) this.#connect();
  }

  async #sendPhotos(): Promise<void> {
    const socket = this.#socket;
    for (const { id, jpeg } of [...this.#photos.values()]) {
      if (this.#sentPhotos.has(id)) continue;
      const base64 = await base64Of(jpeg);
      const canSend = this.#next !== undefined && socket?.readyState === WebSocket.OPEN;
      if (socket !== this.#socket || !canSend) return;
      this.#sentPhotos.add(id);
      const total = Math.ceil(base64.length / PHOTO_PART);
      for (let index = 0; index < total; index += 1) {
        const data = base64.slice(index * PHOTO_PART, (index + 1) * PHOTO_PART);
        socket?.send(JSON.stringify({ type: 'image_chunk', id, index, total, data }));
      }
    }
  }

  /** The server has stored a photo, or will not: it is forgotten here. */
  async #dropPhoto(id: string | undefined): Promise<void> {
    if (id === undefined || !this.#photos.delete(id)) return;
    await this.#outbox.removePhoto(this.#recording.id, id);
    this.#finishIfAllIsKept();
  }

  /** Connects at once if it waits for the next attempt: something has changed. */
  reconnectNow(): void {
    if (this.#retry === undefined) return;
    clearTimeout(this.#retry);
    void this.#reconnect();
  }

  /** Stops sending; what was not sent stays in the outbox. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
    this.#socket?.close();
  }

  #connect(): void {
    const { id, format, startedAt } = this.#recording;
    const query = new URLSearchParams({
      codec: format.codec,
      sample_rate: String(format.sampleRate),
      language: this.#language,
      source: 'web',
      stream_id: id,
      client_conversation_id: id,
      partials: 'enabled',
      conversation_timeout: String(CONVERSATION_TIMEOUT_S),
      // A recording that begins without a network comes late, but its words have their time.
      stream_age: String(Math.max(0, Math.round(currentTime() - startedAt))),
    });
    const socket = new WebSocket(socketUrl(`/v4/listen?${query}`));
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#next = undefined;
    this.#sentPhotos.clear();
    socket.addEventListener('message', ({ data }) => {
      if (socket !== this.#socket) return;
      this.#listenForLife(socket);
      if (typeof data === 'string') this.#onMessage(data);
    });
    socket.addEventListener('close', (event) => {
      if (socket === this.#socket) void this.#onClosed(event);
    });
    this.#listenForLife(socket);
  }

  /** A browser may take minutes to notice that a network has gone: who hears nothing connects anew. */
  #listenForLife(socket: WebSocket): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      if (socket !== this.#socket || this.#closed) return;
      this.#socket = undefined;
      socket.close();
      void this.#onClosed({ code: 1006, reason: '' });
    }, SILENCE_MS);
  }

  #onMessage(text: string): void {
    if (!text.startsWith('{') && !text.startsWith('[')) return;
    const data: unknown = JSON.parse(text);
    if (Array.isArray(data)) {
      this.#listener.message({ type: 'segments', segments: data as Segment[] });
      return;
    }
    const message = data as ControlMessage;
    if (message.type === 'audio_position') this.#onPosition(message.position_ms ?? 0);
    else if (message.type === 'audio_kept') this.#onKept(message.position_ms ?? 0);
    else if (message.type === 'photo_processing') void this.#dropPhoto(message.temp_id);
    else if (message.type === 'conversation_session') {
      this.#conversationId = message.conversation_id ?? this.#conversationId;
    } else {
      // Photos are stored one after the other: the one that was refused is the first that waits.
      const refused = message.status === 'photo_rejected' ? [...this.#sentPhotos] : [];
      void this.#dropPhoto(refused.find((id) => this.#photos.has(id)));
      this.#listener.message(data as LiveMessage);
    }
  }

  #onPosition(positionMs: number): void {
    this.#attempts = 0;
    this.#listener.connected(true);
    this.#next = Math.round(positionMs / this.#recording.format.frameMs);
    this.#onKept(Math.max(positionMs, this.#kept * this.#recording.format.frameMs));
    void this.#sendPhotos();
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
    if (this.#photos.size > 0) return;
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

  async #onClosed({ code, reason }: Pick<CloseEvent, 'code' | 'reason'>): Promise<void> {
    clearTimeout(this.#silence);
    if (this.#closed) return;
    this.#next = undefined;
    this.#listener.connected(false);
    if (FINAL_CODES.includes(code)) {
      const user = await signedInUser();
      if (this.#closed) return;
      if (user !== null) {
        this.#listener.refused(reason);
        return;
      }
      this.#listener.account('signed-out');
    }
    this.#retry = setTimeout(() => void this.#reconnect(), this.#nextDelay());
  }

  /** Connects if its user is signed in: another one's session must not get this recording. */
  async #reconnect(): Promise<void> {
    this.#retry = undefined;
    const user = await signedInUser();
    if (this.#closed) return;
    const isOwn = isUsersOwn(this.#recording, user);
    if (user === null) this.#listener.account('signed-out');
    else if (user !== undefined) this.#listener.account(isOwn ? null : 'other-user');
    if (isOwn) this.#connect();
    else this.#retry = setTimeout(() => void this.#reconnect(), this.#nextDelay());
  }

  #nextDelay(): number {
    const delay = RETRY_MS[Math.min(this.#attempts, RETRY_MS.length - 1)] ?? 8_000;
    this.#attempts += 1;
    return delay;
  }

  #tellBacklog(): void {
    const frames = Math.max(0, this.#recording.frames - this.#kept);
    this.#listener.backlog(frames * this.#recording.format.frameMs);
  }
}

/** Recordings of earlier releases name no user. */
export function isUsersOwn({ uid }: Recording, user: string | null | undefined): boolean {
  return typeof user === 'string' && (uid === undefined || uid === user);
}

async function base64Of(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
