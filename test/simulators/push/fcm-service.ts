import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportPKCS8, exportSPKI, generateKeyPair, importSPKI, jwtVerify } from 'jose';

/** A message as a phone would get it. */
export interface ReceivedFcm {
  token: string;
  notification: { title: string; body: string };
  data: Record<string, unknown>;
}

/** A fault of the service: the status of its answer, with what goes with it. `hang`: no answer. */
export interface FcmFault {
  status: number | 'hang';
  /** Of the v1 API: `UNREGISTERED`, `QUOTA_EXCEEDED` and so on. */
  errorCode?: string;
  retryAfter?: string;
}

const CLIENT = 'sender@phones.iam.example';
const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';

/**
 * Google's token endpoint and Firebase Cloud Messaging, as their documents describe them: it checks the
 * assertion and its scope, the access token, the project, and the form of each message.
 * https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages
 */
export class FcmService {
  readonly received: ReceivedFcm[] = [];
  /** What the next messages are answered with; afterwards they are taken. */
  readonly faults: FcmFault[] = [];
  /** What was wrong with requests. */
  readonly complaints: string[] = [];
  /** Access tokens that were given out, the newest last; only that one is good. */
  tokens = 0;
  requests = 0;
  readonly projectId = 'phones';
  serviceAccountJson = '';
  readonly #server: Server;
  #publicKey = '';

  private constructor() {
    this.#server = createServer((request, response) => {
      void readBody(request).then(async (body) => {
        const answer =
          request.url === '/google/token' ? this.#token(body) : this.#send(request, body);
        const { status, value, headers = {} } = await answer;
        if (status === 'hang') return;
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(JSON.stringify(value));
      });
    });
  }

  static async start(): Promise<FcmService> {
    const service = new FcmService();
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    service.#publicKey = await exportSPKI(publicKey);
    service.serviceAccountJson = JSON.stringify({
      type: 'service_account',
      project_id: service.projectId,
      client_email: CLIENT,
      private_key: await exportPKCS8(privateKey),
      private_key_id: 'key',
    });
    await new Promise<void>((resolve) => service.#server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Settings of a server that uses it. */
  get env(): Record<string, string> {
    return {
      ALLOW_LOOPBACK_URLS: 'true',
      SERVICE_ACCOUNT_JSON: this.serviceAccountJson,
      FCM_BASE_URL: this.url,
      GOOGLE_TOKEN_BASE_URL: `${this.url}/google`,
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #token(body: string): Promise<Answer> {
    const form = new URLSearchParams(body);
    const key = await importSPKI(this.#publicKey, 'RS256');
    try {
      const { payload } = await jwtVerify(form.get('assertion') ?? '', key, {
        audience: `${this.url}/google/token`,
        issuer: CLIENT,
      });
      if (payload.scope !== SCOPE) throw new Error(`the scope is ${String(payload.scope)}`);
    } catch (error) {
      this.complaints.push(String(error));
      return { status: 400, value: { error: 'invalid_grant' } };
    }
    this.tokens += 1;
    const value = { access_token: `access-${this.tokens}`, expires_in: 3600, token_type: 'Bearer' };
    return { status: 200, value };
  }

  async #send(request: IncomingMessage, body: string): Promise<Answer> {
    this.requests += 1;
    const fault = this.faults.shift();
    if (fault) return failure(fault);
    if (request.headers.authorization !== `Bearer access-${this.tokens}`) {
      return failure({ status: 401, errorCode: 'THIRD_PARTY_AUTH_ERROR' });
    }
    if (request.url !== `/v1/projects/${this.projectId}/messages:send`) {
      return failure({ status: 404 });
    }
    const { message } = JSON.parse(body) as { message: ReceivedFcm };
    const isText = Object.values(message.data).every((value) => typeof value === 'string');
    if (!message.token || !message.notification.title || !isText) {
      this.complaints.push(body);
      return failure({ status: 400, errorCode: 'INVALID_ARGUMENT' });
    }
    this.received.push(message);
    const name = `projects/${this.projectId}/messages/${this.received.length}`;
    return { status: 200, value: { name } };
  }
}

interface Answer {
  status: number | 'hang';
  value: unknown;
  headers?: Record<string, string>;
}

function failure({ status, errorCode, retryAfter }: FcmFault): Answer {
  const type = 'type.googleapis.com/google.firebase.fcm.v1.FcmError';
  return {
    status,
    value: {
      error: {
        code: status,
        status: 'FAILED',
        message: 'no',
        details: errorCode ? [{ '@type': type, errorCode }] : [],
      },
    },
    headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request) body += String(part);
  return body;
}
