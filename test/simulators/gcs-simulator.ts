import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32c, GcsObjects, md5, resourceOf } from './gcs-objects.ts';

/** What goes wrong with the next request of a kind. */
export interface GcsFault {
  on: 'upload' | 'download' | 'metadata' | 'list' | 'delete';
  /** A status that is answered instead; `reset` cuts the connection; `corrupt` changes a byte. */
  how: number | 'reset' | 'corrupt';
}

interface Upload {
  bucket: string;
  name: string;
  parts: Buffer[];
}

/** Largest page of a listing: small, so that listings have pages. */
const PAGE_SIZE = 3;

/**
 * Google Cloud Storage's JSON API as far as files need it: uploads in one request and in sessions,
 * downloads by range and generation, listings in pages, checksums as the client checks them.
 */
export class GcsSimulator {
  readonly objects = new GcsObjects();
  readonly faults: GcsFault[] = [];
  /** Kinds of the requests that came, in order. */
  readonly requests: string[] = [];
  readonly #uploads = new Map<string, Upload>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500);
        response.end(String(error));
      });
    });
  }

  static async start(): Promise<GcsSimulator> {
    const simulator = new GcsSimulator();
    await new Promise<void>((resolve) => simulator.#server.listen(0, '127.0.0.1', resolve));
    return simulator;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const upload = /^\/upload\/storage\/v1\/b\/([^/]+)\/o$/.exec(url.pathname);
    const object = /^\/storage\/v1\/b\/([^/]+)\/o\/(.+)$/.exec(url.pathname);
    const list = /^\/storage\/v1\/b\/([^/]+)\/o\/?$/.exec(url.pathname);
    if (upload?.[1]) await this.#upload(upload[1], url, request, response);
    else if (object?.[1] && object[2]) {
      await this.#object(object[1], decodeURIComponent(object[2]), url, request, response);
    } else if (list?.[1]) this.#list(list[1], url, response);
    else refuse(response, 404, `No such path: ${url.pathname}`);
  }

  /** True if the request has been dealt with by going wrong. */
  #fails(kind: GcsFault['on'], response: ServerResponse): boolean {
    this.requests.push(kind);
    const at = this.faults.findIndex((fault) => fault.on === kind && fault.how !== 'corrupt');
    const fault = this.faults[at];
    if (!fault) return false;
    this.faults.splice(at, 1);
    if (fault.how === 'reset') response.destroy();
    else refuse(response, Number(fault.how), 'As was asked for');
    return true;
  }

  #corrupted(kind: GcsFault['on'], bytes: Buffer): Buffer {
    const at = this.faults.findIndex((fault) => fault.on === kind && fault.how === 'corrupt');
    if (at < 0 || bytes.length === 0) return bytes;
    this.faults.splice(at, 1);
    const changed = Buffer.from(bytes);
    changed[0] = (changed[0] ?? 0) ^ 1;
    return changed;
  }

  async #upload(
    bucket: string,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const kind = url.searchParams.get('uploadType');
    if (request.method === 'PUT') return this.#continue(url, request, response);
    const body = await readBody(request);
    if (this.#fails('upload', response)) return;
    const name = url.searchParams.get('name') ?? (JSON.parse(body.toString()) as Named).name;
    if (kind === 'resumable') {
      const id = randomUUID();
      this.#uploads.set(id, { bucket, name, parts: [] });
      const location = `${this.url}${url.pathname}?uploadType=resumable&upload_id=${id}`;
      response.writeHead(200, { location }).end();
      return;
    }
    const parts = multipart(body, request.headers['content-type'] ?? '');
    this.#store({ bucket, name, parts: [parts.content] }, response);
  }

  async #continue(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = url.searchParams.get('upload_id') ?? '';
    const upload = this.#uploads.get(id);
    if (!upload) return refuse(response, 404, 'No such upload');
    const range = request.headers['content-range'] ?? '';
    const received = Buffer.concat(upload.parts).length;
    const body = await readBody(request);
    if (this.#fails('upload', response)) return;
    const total = /\/(\d+)$/.exec(range)?.[1];
    if (!/^bytes \*/.test(range)) {
      const from = Number(/^bytes (\d+)-/.exec(range)?.[1] ?? 0);
      if (from !== received) return refuse(response, 400, 'Not where the upload is');
      upload.parts.push(body);
    }
    const size = Buffer.concat(upload.parts).length;
    if (total === undefined ? !/^bytes (\d+-)?\*\/\*$/.test(range) : Number(total) > size) {
      const headers = size > 0 ? { range: `bytes=0-${size - 1}` } : {};
      response.writeHead(308, headers).end();
      return;
    }
    // Only the question if it is, not the end of a stream of unknown length.
    if (range === 'bytes */*' && body.length === 0) {
      response.writeHead(308, size > 0 ? { range: `bytes=0-${size - 1}` } : {}).end();
      return;
    }
    this.#uploads.delete(id);
    this.#store(upload, response);
  }

  #store({ bucket, name, parts }: Upload, response: ServerResponse): void {
    const bytes = this.#corrupted('upload', Buffer.concat(parts));
    const object = this.objects.put(bucket, name, bytes, 'application/octet-stream');
    sendJson(response, 200, resourceOf(object));
  }

  async #object(
    bucket: string,
    name: string,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (request.method === 'DELETE') {
      if (this.#fails('delete', response)) return;
      if (this.objects.delete(bucket, name)) response.writeHead(204).end();
      else refuse(response, 404, `No such object: ${bucket}/${name}`);
      return;
    }
    const isMedia = url.searchParams.get('alt') === 'media';
    if (this.#fails(isMedia ? 'download' : 'metadata', response)) return;
    const object = this.objects.find(bucket, name, url.searchParams.get('generation'));
    if (!object) return refuse(response, 404, `No such object: ${bucket}/${name}`);
    if (!isMedia) return sendJson(response, 200, resourceOf(object));
    const { bytes, contentType, generation } = object;
    const headers: Record<string, string> = {
      'content-type': contentType,
      'x-goog-generation': String(generation),
      'x-goog-stored-content-encoding': 'identity',
      'x-goog-hash': `crc32c=${crc32c(bytes)},md5=${md5(bytes)}`,
    };
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    if (!range) {
      response.writeHead(200, { ...headers, 'content-length': String(bytes.length) });
      response.end(this.#corrupted('download', bytes));
      return;
    }
    const start = Number(range[1]);
    const end = Math.min(range[2] ? Number(range[2]) : bytes.length - 1, bytes.length - 1);
    if (start > end) return refuse(response, 416, 'Not within the object');
    response.writeHead(206, {
      ...headers,
      'content-range': `bytes ${start}-${end}/${bytes.length}`,
      'content-length': String(end - start + 1),
    });
    response.end(bytes.subarray(start, end + 1));
  }

  #list(bucket: string, url: URL, response: ServerResponse): void {
    if (this.#fails('list', response)) return;
    const all = this.objects.list(bucket, url.searchParams.get('prefix') ?? '');
    const after = url.searchParams.get('pageToken');
    const rest = after === null ? all : all.filter(({ name }) => name > after);
    const page = rest.slice(0, PAGE_SIZE);
    const nextPageToken = rest.length > PAGE_SIZE ? page.at(-1)?.name : undefined;
    const items = page.map(resourceOf);
    sendJson(response, 200, { kind: 'storage#objects', items, nextPageToken });
  }
}

interface Named {
  name: string;
}

/** The two parts of a `multipart/related` body: what the object is, and its bytes. */
function multipart(body: Buffer, contentType: string): { content: Buffer } {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (!boundary) throw new Error('no boundary');
  const mark = Buffer.from(`--${boundary}`);
  const second = body.indexOf(mark, mark.length);
  const start = body.indexOf('\r\n\r\n', second) + 4;
  const end = body.lastIndexOf(Buffer.from(`\r\n--${boundary}--`));
  return { content: body.subarray(start, end) };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, message: string): void {
  sendJson(response, status, { error: { code: status, message, errors: [{ message }] } });
}
