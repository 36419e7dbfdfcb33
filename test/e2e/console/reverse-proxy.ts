import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What the proxy itself answers at an address. */
export interface OwnAnswer {
  status: number;
  type: string;
  body: string;
}

/** A web server in front of another one, at a path of its own: `http://127.0.0.1:PORT/omi`. */
export class ReverseProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket | Duplex>();
  readonly #path: string;
  readonly #keepsPath: boolean;
  /** Port of the server behind it. */
  target = 0;
  /** What it answers itself, by the path that the browser asks for. */
  readonly own = new Map<string, OwnAnswer>();

  private constructor(path: string, keepsPath: boolean) {
    this.#path = path;
    this.#keepsPath = keepsPath;
    this.#server = createServer((request, response) => this.#pass(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /**
   * @param path without a slash at its end; empty for none
   * @param keepsPath whether the server behind it gets the path too
   */
  static async start(path: string, keepsPath = false): Promise<ReverseProxy> {
    const proxy = new ReverseProxy(path, keepsPath);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${this.#path}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The path for the server behind; null if it is none of its own. */
  #inner(url: string): string | null {
    if (!url.startsWith(`${this.#path}/`)) return null;
    return this.#keepsPath ? url : url.slice(this.#path.length);
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '/';
    const own = this.own.get(url.split('?')[0] ?? '');
    const path = this.#inner(url);
    if (own || path === null) {
      const { status, type, body } = own ?? { status: 404, type: 'text/plain', body: 'Not here' };
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-cache' }).end(body);
      return;
    }
    const { method, headers } = request;
    const passed = httpRequest({ port: this.target, host: '127.0.0.1', path, method, headers });
    passed.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    response.on('close', () => passed.destroy());
    request.pipe(passed);
  }

  #upgrade(request: IncomingMessage, client: Duplex, head: Buffer): void {
    const path = this.#inner(request.url ?? '/');
    if (path === null) {
      client.destroy();
      return;
    }
    const server = connect(this.target, '127.0.0.1');
    const { rawHeaders } = request;
    const lines = rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : [],
    );
    server.write([`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
    server.write(head);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
