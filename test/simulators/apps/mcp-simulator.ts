import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { McpHttp } from '../../../src/mcp/mcp-http.ts';
import { createFixtureServer } from '../../mcp-conformance/fixture-server.ts';

import type { OAuthAuthority } from './oauth-authority.ts';

/** What the server does instead of answering in the protocol. */
export type McpFault = 'none' | 'sign-in' | 'redirect' | 'flood' | 'web-page';

/** An MCP server of somebody else, with the tools of the conformance suite. */
export class McpSimulator {
  fault: McpFault = 'none';
  /** Who signs its users in; null: it needs no sign-in. */
  authority: OAuthAuthority | null = null;
  /** Bodies of the requests. */
  readonly bodies: string[] = [];
  readonly #server: Server;
  readonly #mcp = new McpHttp({ createServer: createFixtureServer, logger: silentLogger });

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#respond(request, response).catch((error: Error) => response.destroy(error));
    });
  }

  static async start(): Promise<McpSimulator> {
    const simulator = new McpSimulator();
    await new Promise<void>((resolve) => simulator.#server.listen(0, '127.0.0.1', resolve));
    return simulator;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `${this.origin}/mcp`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** True if the request was for the sign-in, or lacks one. */
  #signIn(
    authority: OAuthAuthority,
    { method = '', url = '', headers }: IncomingMessage,
    response: ServerResponse,
    body: string,
  ): boolean {
    const { authorization } = headers;
    const asked = { method, url: new URL(url, this.origin), authorization, body };
    const answer = authority.answer(asked);
    if (answer) {
      const type = { 'content-type': 'application/json' };
      response.writeHead(answer.status, { ...type, ...answer.headers });
      response.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
      return true;
    }
    if (asked.url.pathname === '/mcp' && authority.accepts(authorization)) return false;
    const isMcp = asked.url.pathname === '/mcp';
    response.writeHead(isMcp ? 401 : 404, isMcp ? { 'www-authenticate': authority.challenge } : {});
    response.end();
    return true;
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (this.authority && this.#signIn(this.authority, request, response, body)) return;
    this.bodies.push(body);
    switch (this.fault) {
      case 'sign-in':
        response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
        return;
      case 'redirect':
        response.writeHead(307, { location: 'http://169.254.169.254/mcp' }).end();
        return;
      case 'flood':
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('x'.repeat(2_000_000));
        return;
      case 'web-page':
        response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Welcome</p>');
        return;
      case 'none': {
        const headers = new Headers();
        for (const [name, value] of Object.entries(request.headers))
          headers.set(name, String(value));
        const asked = new Request(this.url, { method: 'POST', headers, body });
        const answer = await this.#mcp.answer(asked, { uid: 'anybody', scopes: new Set() });
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        response.end(await answer.text());
      }
    }
  }
}
