import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { McpHttp } from '../../../src/mcp/mcp-http.ts';
import { createFixtureServer } from '../../mcp-conformance/fixture-server.ts';

/** What the server does instead of answering in the protocol. */
export type McpFault = 'none' | 'sign-in' | 'redirect' | 'flood' | 'web-page';

/** An MCP server of somebody else, with the tools of the conformance suite. */
export class McpSimulator {
  fault: McpFault = 'none';
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

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mcp`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
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
