import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the hub misbehaves with the next request for a file's content. */
export type HubFault =
  /** Breaks the connection off after so many bytes. */
  | { kind: 'break'; afterBytes: number }
  /** Sends the whole file although a part was asked for. */
  | { kind: 'ignore-range' }
  /** Says that there is no such part. */
  | { kind: 'no-range' }
  /** Sends another part than was asked for. */
  | { kind: 'other-range' }
  | { kind: 'wrong-bytes' }
  /** Sends more and more, without saying how much. */
  | { kind: 'endless' }
  /** Sends nothing after so many bytes. */
  | { kind: 'stall'; afterBytes: number }
  | { kind: 'status'; status: number; headers?: Record<string, string> }
  | { kind: 'redirect'; location: string };

/**
 * A hub like Hugging Face's: `resolve` describes a file in headers and redirects to its content.
 * Files below 100 kB are no large files there: they come at once, named by Git's hash.
 */
export class ModelHub {
  /** One for each request for content, in order. */
  readonly faults: HubFault[] = [];
  readonly requests: { path: string; range: string | null }[] = [];
  readonly files: Map<string, Buffer>;
  /** False: no header tells a hash. */
  tellsHashes = true;
  /** Bytes a second; null: no limit. */
  bytesPerSecond: number | null = null;
  readonly #server: http.Server;

  private constructor(files: Map<string, Buffer>) {
    this.files = files;
    this.#server = http.createServer((request, response) => this.#serve(request, response));
  }

  /** @param files content by `owner/name/path` */
  static async start(files: Record<string, Buffer>): Promise<ModelHub> {
    const hub = new ModelHub(new Map(Object.entries(files)));
    await new Promise<void>((resolve) => hub.#server.listen(0, '127.0.0.1', resolve));
    return hub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(request: http.IncomingMessage, response: http.ServerResponse): void {
    const path = decodeURIComponent(request.url ?? '');
    const found = /^\/(content\/)?([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path);
    const file = this.files.get(`${found?.[2]}/${found?.[4]}`);
    if (found === null || file === undefined) {
      response.writeHead(404).end('Entry not found');
      return;
    }
    const isLarge = file.length >= 100_000;
    if (isLarge && found[1] === undefined) {
      response
        .writeHead(302, {
          location: `${this.url}/content${path}`,
          'x-repo-commit': 'c'.repeat(40),
          'x-linked-size': String(file.length),
          ...(this.tellsHashes ? { 'x-linked-etag': `"${hash('sha256', file)}"` } : {}),
        })
        .end();
      return;
    }
    this.requests.push({ path: found[4] ?? '', range: request.headers.range ?? null });
    const headers: Record<string, string> = {};
    if (!isLarge && this.tellsHashes) {
      const blob = Buffer.concat([Buffer.from(`blob ${file.length}\0`), file]);
      headers.etag = `"${hash('sha1', blob)}"`;
    }
    this.#content(file, request.headers.range, headers, response);
  }

  #content(
    file: Buffer,
    range: string | undefined,
    headers: Record<string, string>,
    response: http.ServerResponse,
  ): void {
    const fault = this.faults.shift() ?? null;
    const asked = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    switch (fault?.kind) {
      case 'status':
        response.writeHead(fault.status, fault.headers).end('no');
        return;
      case 'redirect':
        response.writeHead(302, { location: fault.location }).end();
        return;
      case 'no-range':
        response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
        return;
      case 'endless':
        void this.#send(Buffer.alloc(64 * 1024), response, Number.POSITIVE_INFINITY);
        return;
      case 'wrong-bytes':
        response.writeHead(200, { 'content-length': String(file.length) });
        response.end(Buffer.from(file).fill(1, 100, 200));
        return;
      default:
        break;
    }
    const from = fault?.kind === 'ignore-range' ? 0 : fault?.kind === 'other-range' ? 7 : asked;
    if (from >= file.length && from > 0) {
      response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
      return;
    }
    const body = file.subarray(from);
    const isPart = range !== undefined && fault?.kind !== 'ignore-range';
    response.writeHead(isPart ? 206 : 200, {
      ...headers,
      'content-length': String(body.length),
      ...(isPart ? { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` } : {}),
    });
    if (fault?.kind === 'break') {
      response.write(body.subarray(0, fault.afterBytes), () => response.destroy());
    } else if (fault?.kind === 'stall') {
      response.write(body.subarray(0, fault.afterBytes));
    } else {
      void this.#send(body, response, 1);
    }
  }

  async #send(body: Buffer, response: http.ServerResponse, times: number): Promise<void> {
    const rate = this.bytesPerSecond;
    if (rate === null && times === 1) {
      response.end(body);
      return;
    }
    const step = Math.max(1, Math.min(body.length, Math.round((rate ?? 10_000_000) / 50)));
    for (let time = 0; time < times; time += 1) {
      for (let at = 0; at < body.length; at += step) {
        if (response.destroyed) return;
        if (!response.write(body.subarray(at, at + step)) || rate !== null) {
          await new Promise((resolve) => setTimeout(resolve, rate === null ? 1 : 20));
        }
      }
    }
    response.end();
  }
}

function hash(algorithm: string, content: Buffer): string {
  return createHash(algorithm).update(content).digest('hex');
}
