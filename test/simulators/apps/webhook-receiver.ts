import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that a receiver has got. */
export interface ReceivedWebhook {
  method: string;
  /** Path and query. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** How the receiver answers: a status with an optional body and headers, or a fault. */
export type WebhookAnswer =
  | { status: number; body?: string; headers?: Record<string, string> }
  /** Cuts the connection. */
  | 'reset'
  /** Never answers; `release` ends it. */
  | 'hang'
  /** Sends a body without end, slowly. */
  | 'slow-body'
  /** Sends far more than anybody should read. */
  | 'flood';

/** A server that gets webhooks and answers as it is told. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  /** Decides what a request gets; 200 unless told. */
  answer: (request: ReceivedWebhook, index: number) => WebhookAnswer = () => ({ status: 200 });
  readonly #server: Server;
  readonly #held = new Set<ServerResponse>();

  private constructor() {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('error', () => undefined);
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const received = { method, url, headers, body: Buffer.concat(parts) };
        this.received.push(received);
        this.#respond(response, this.answer(received, this.received.length - 1));
      });
    });
  }

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves with the first request that fits, also one that has come already. */
  async next(fits: (request: ReceivedWebhook) => boolean = () => true): Promise<ReceivedWebhook> {
    for (;;) {
      const found = this.received.find(fits);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Ends the requests that hang. */
  release(): void {
    for (const response of this.#held) response.destroy();
    this.#held.clear();
  }

  async close(): Promise<void> {
    this.release();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #respond(response: ServerResponse, answer: WebhookAnswer): void {
    if (answer === 'reset') {
      response.destroy();
    } else if (answer === 'hang') {
      this.#held.add(response);
    } else if (answer === 'slow-body') {
      this.#held.add(response);
      response.writeHead(200).write('{');
    } else if (answer === 'flood') {
      response.writeHead(200);
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const pour = () => {
        while (!response.destroyed && response.write(chunk)) {
          // Until the reader falls behind or goes away.
        }
      };
      response.on('drain', pour).on('error', () => undefined);
      pour();
    } else {
      response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
    }
  }
}
