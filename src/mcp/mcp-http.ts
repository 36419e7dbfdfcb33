import {
  createMcpHandler,
  isLegacyRequest,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { McpGrant } from './user-server.ts';

const JSON_TYPE = 'application/json';
const EVENTS_TYPE = 'text/event-stream';

export interface McpHttpOptions {
  /** Makes the server of one request. */
  createServer: (grant: McpGrant) => Server;
  logger: Logger;
}

/** Serves MCP over Streamable HTTP: the revision of 2026-07-28 and the earlier ones, from one address. */
export class McpHttp {
  readonly #options: McpHttpOptions;

  constructor(options: McpHttpOptions) {
    this.#options = options;
  }

  /** Returns the answer to one POST of a user. */
  async answer(request: Request, grant: McpGrant): Promise<Response> {
    const wantsEvents = request.headers.get('accept')?.includes(EVENTS_TYPE) ?? false;
    const accepting = withAccept(request);
    if (await isLegacyRequest(accepting)) return await this.#legacy(accepting, grant, wantsEvents);
    const handler = createMcpHandler(() => this.#options.createServer(grant), {
      legacy: 'reject',
      onerror: (error) => this.#note(error),
    });
    return await handler.fetch(accepting);
  }

  /**
   * Earlier revisions: nothing is kept between requests. A client that does not take an event stream
   * gets plain JSON, as from Omi's server.
   */
  async #legacy(request: Request, grant: McpGrant, wantsEvents: boolean): Promise<Response> {
    const server = this.#options.createServer(grant);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: undefined,
      enableJsonResponse: !wantsEvents,
    });
    transport.onerror = (error) => this.#note(error);
    await server.connect(transport);
    return await transport.handleRequest(request);
  }

  #note(error: Error): void {
    this.#options.logger.debug({ error: describeError(error) }, 'MCP request refused');
  }
}

/** The request as the SDK takes it, which insists on both types; Omi's clients send one or none. */
function withAccept(request: Request): Request {
  const accept = request.headers.get('accept') ?? '';
  if (accept.includes(JSON_TYPE) && accept.includes(EVENTS_TYPE)) return request;
  const headers = new Headers(request.headers);
  headers.set('accept', `${JSON_TYPE}, ${EVENTS_TYPE}`);
  return new Request(request, { headers });
}
