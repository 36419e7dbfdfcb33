import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  hkdfSync,
  randomBytes,
  verify,
} from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A push message as the browser's own service worker would see it. */
export interface ReceivedPush {
  message: Record<string, unknown>;
  headers: Record<string, string | string[] | undefined>;
  path: string;
}

/**
 * A push service (RFC 8030) with one browser behind it, which decrypts its messages (RFC 8291) and
 * checks who has signed them (RFC 8292).
 */
export class PushService {
  readonly received: ReceivedPush[] = [];
  /** What the next requests are answered with; afterwards 201. `hang`: no answer. */
  readonly answers: (number | 'hang')[] = [];
  requests = 0;
  readonly #server: Server;
  readonly #browser = createECDH('prime256v1');
  readonly #auth = randomBytes(16);
  readonly #waiting = new Set<() => void>();
  #serverKey = '';

  private constructor() {
    this.#browser.generateKeys();
    this.#server = createServer((request, response) => {
      void readBody(request).then((body) => {
        this.requests += 1;
        const answer = this.answers.shift() ?? 201;
        if (answer !== 'hang') {
          if (answer === 201) this.#accept(request, body);
          response.statusCode = answer;
          response.end();
        }
        for (const wake of this.#waiting) wake();
      });
    });
  }

  static async start(): Promise<PushService> {
    const service = new PushService();
    await new Promise<void>((resolve) => service.#server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What `PushSubscription.toJSON` gives. @param serverKey that the browser subscribed with */
  subscribe(serverKey: string, name = 'one') {
    this.#serverKey = serverKey;
    return {
      endpoint: `${this.url}/push/${name}`,
      keys: {
        p256dh: this.#browser.getPublicKey().toString('base64url'),
        auth: this.#auth.toString('base64url'),
      },
    };
  }

  /** Resolves once `condition` holds; it is looked at after each request. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(request: IncomingMessage, body: Buffer): void {
    const [, token = '', key = ''] =
      /^vapid t=([^,]+), k=(.+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (key !== this.#serverKey) throw new Error('another key than the one subscribed with');
    checkToken(token, key, this.url);
    this.received.push({
      message: JSON.parse(this.#decrypt(body).toString('utf8')) as Record<string, unknown>,
      headers: request.headers,
      path: request.url ?? '',
    });
  }

  #decrypt(body: Buffer): Buffer {
    const salt = body.subarray(0, 16);
    const keyLength = body[20] ?? 0;
    const sender = body.subarray(21, 21 + keyLength);
    const sealed = body.subarray(21 + keyLength, -16);
    const shared = this.#browser.computeSecret(sender);
    const info = Buffer.concat([
      Buffer.from('WebPush: info\0'),
      this.#browser.getPublicKey(),
      sender,
    ]);
    const derive = (secret: Buffer, from: Buffer, label: Buffer, length: number) =>
      Buffer.from(hkdfSync('sha256', secret, from, label, length));
    const ikm = derive(shared, this.#auth, info, 32);
    const key = derive(ikm, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
    const nonce = derive(ikm, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
    const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(body.subarray(-16));
    const padded = Buffer.concat([decipher.update(sealed), decipher.final()]);
    return padded.subarray(0, padded.lastIndexOf(2));
  }
}

function checkToken(token: string, key: string, audience: string): void {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const point = Buffer.from(key, 'base64url');
  const publicKey = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
  const isGood = verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {
    aud: string;
    exp: number;
    sub: string;
  };
  const lasts = exp - Date.now() / 1000;
  if (!isGood || aud !== audience || lasts <= 0 || lasts > 86_400 || !sub.includes(':')) {
    throw new Error(`not signed as RFC 8292 has it: ${claims}`);
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
