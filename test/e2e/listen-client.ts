import WebSocket from 'ws';

export interface WireSegment {
  id: string;
  text: string;
  speaker: string;
  is_user: boolean;
  person_id: string | null;
  start: number;
  end: number;
  stt_provider: string | null;
}

type WireEvent = { type: string } & Record<string, unknown>;

/** A client of the live socket that does what Omi's app does with the frames. */
export class ListenClient {
  readonly socket: WebSocket;
  readonly frames: string[] = [];
  readonly events: WireEvent[] = [];
  /** The live view: segments by id, in order of appearance. */
  readonly segments = new Map<string, WireSegment>();
  closed: { code: number; reason: string } | undefined;
  #waiters: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data, isBinary) => {
      if (!isBinary) this.#onFrame(data.toString());
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.#wake();
    });
  }

  /** Connects to `/v4/listen`; rejects with the HTTP status if the upgrade is refused. */
  static connect(
    wsUrl: string,
    token: string | null,
    query: Record<string, string>,
    path = '/v4/listen',
    more: Record<string, string> = {},
  ): Promise<ListenClient> {
    const headers = token === null ? more : { ...more, authorization: `Bearer ${token}` };
    const socket = new WebSocket(`${wsUrl}${path}?${new URLSearchParams(query)}`, { headers });
    const client = new ListenClient(socket);
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(client));
      socket.on('error', reject);
    });
  }

  #onFrame(text: string): void {
    this.frames.push(text);
    if (text !== 'ping') {
      const value: unknown = JSON.parse(text);
      if (Array.isArray(value)) {
        for (const segment of value as WireSegment[]) this.segments.set(segment.id, segment);
      } else {
        const event = value as WireEvent;
        this.events.push(event);
        if (event.type === 'segments_deleted') {
          for (const id of event.segment_ids as string[]) this.segments.delete(id);
        }
      }
    }
    this.#wake();
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }

  /** Waits until `condition` holds, looking again at each frame. */
  async until(condition: () => boolean, timeoutMs = 90_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`Gave up waiting: ${condition.toString()}`);
      await new Promise<void>((resolve) => {
        this.#waiters.push(resolve);
        setTimeout(resolve, 250);
      });
    }
  }

  statuses(): string[] {
    return this.events.filter((e) => e.type === 'service_status').map((e) => String(e.status));
  }

  ready(): Promise<void> {
    return this.until(() => this.statuses().includes('ready'));
  }

  text(): string {
    return [...this.segments.values()].map((segment) => segment.text).join(' ');
  }

  suggest(
    segments: {
      text: string;
      start: number;
      end: number;
      speaker?: string;
      is_user?: boolean;
      person_id?: string;
    }[],
  ): void {
    this.socket.send(
      JSON.stringify({ type: 'suggested_transcript', stt_provider: 'test', segments }),
    );
  }

  async close(code = 1000): Promise<void> {
    this.socket.close(code);
    await this.until(() => this.closed !== undefined);
  }
}
