import type { CallToolResult, Client, FetchLike, Tool } from '@modelcontextprotocol/client';
import { clipText } from '../kernel/bounded-text.ts';
import { AppError, isAppError } from '../kernel/errors.ts';
import type { GuardedHttp } from '../kernel/guarded-http.ts';
import { VERSION } from '../kernel/version.ts';
import type { AppTool } from '../model/apps/app.ts';

const LIST_TIMEOUT_MS = 15_000;
const MAX_BYTES = 512 * 1024;
const MAX_TOOLS = 50;
const MAX_NAME = 100;
const MAX_DESCRIPTION = 2_000;
/** Longest JSON schema of a tool's arguments, characters. */
const MAX_SCHEMA = 20_000;

export interface RemoteMcpOptions {
  http: Pick<GuardedHttp, 'request' | 'check'>;
}

/** Calls the MCP servers of others, through the guarded client alone. */
export class RemoteMcp {
  readonly #http: RemoteMcpOptions['http'];

  constructor(options: RemoteMcpOptions) {
    this.#http = options.http;
  }

  /**
   * Returns the tools of a server; one whose name or schema is too long is left out.
   *
   * @throws AppError `provider-rejected` if no MCP server answers there or it wants a sign-in,
   *   `invalid-request` if it has no tools, and what the guarded client throws
   */
  async listTools(url: string): Promise<AppTool[]> {
    const signal = AbortSignal.timeout(LIST_TIMEOUT_MS);
    const { tools } = await this.#withClient(
      url,
      { signal, timeoutMs: LIST_TIMEOUT_MS },
      (client) => client.listTools({}, { signal }),
    );
    const known = tools.flatMap((tool) => toAppTool(tool) ?? []).slice(0, MAX_TOOLS);
    if (known.length === 0)
      throw new AppError('invalid-request', 'No tools found on the MCP server');
    return known;
  }

  /**
   * Calls a tool and returns what it says: the texts of its result.
   *
   * @throws AppError `provider-rejected`, and what the guarded client throws
   */
  async callTool(
    url: string,
    name: string,
    args: Record<string, unknown>,
    limits: { signal: AbortSignal; timeoutMs: number },
  ): Promise<{ text: string; isError: boolean }> {
    const { signal, timeoutMs: timeout } = limits;
    const result = await this.#withClient(url, limits, (client) =>
      client.callTool({ name, arguments: args }, { signal, timeout }),
    );
    return { text: textOf(result), isError: result.isError === true };
  }

  async #withClient<T>(
    url: string,
    limits: { signal: AbortSignal; timeoutMs: number },
    work: (client: Client) => Promise<T>,
  ): Promise<T> {
    await this.#http.check(url);
    const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
    const client = new Client(
      { name: 'omi-backend', version: VERSION },
      { versionNegotiation: { mode: 'auto' } },
    );
    try {
      const fetch = guardedFetch(this.#http, limits);
      await client.connect(new StreamableHTTPClientTransport(new URL(url), { fetch }), {
        signal: limits.signal,
      });
      return await work(client);
    } catch (error) {
      limits.signal.throwIfAborted();
      throw refusalOf(error);
    } finally {
      await client.close();
    }
  }
}

/** The SDK's requests, made by the guarded client. A redirect is an error. */
function guardedFetch(
  http: RemoteMcpOptions['http'],
  { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
): FetchLike {
  return async (url, init) => {
    const method = init?.method ?? 'GET';
    // The stream of what a server says by itself stays closed: it would have no end.
    if (method !== 'POST') return new Response(null, { status: 405 });
    const response = await http.request(
      {
        url: String(url),
        method,
        headers: Object.fromEntries(new Headers(init?.headers)),
        body: typeof init?.body === 'string' ? init.body : null,
        timeoutMs,
        maxBytes: MAX_BYTES,
      },
      init?.signal ? AbortSignal.any([signal, init.signal]) : signal,
    );
    const { 'content-type': type, 'mcp-session-id': session } = response.headers;
    return new Response(response.body.length === 0 ? null : new Uint8Array(response.body), {
      status: response.status,
      headers: {
        ...(type === undefined ? {} : { 'content-type': type }),
        ...(typeof session === 'string' ? { 'mcp-session-id': session } : {}),
      },
    });
  };
}

/** What the server says of its faults is not shown: nobody knows who has written it. */
function refusalOf(error: unknown): AppError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isAppError(cause)) return cause;
  }
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return status === 401 || status === 403
    ? new AppError('provider-rejected', 'The MCP server wants a sign-in, which is not supported.')
    : new AppError('provider-rejected', 'The MCP server does not answer as one.');
}

function toAppTool({ name, description, inputSchema }: Tool): AppTool | null {
  const { properties = {}, required = [] } = inputSchema;
  const parameters = { properties, required };
  if (name.length > MAX_NAME || JSON.stringify(parameters).length > MAX_SCHEMA) return null;
  return {
    name,
    description: clipText(description ?? name, MAX_DESCRIPTION),
    // The address stays with the app's integration, which is encrypted.
    endpoint: '',
    method: 'POST',
    parameters,
    authRequired: false,
    statusMessage: null,
    isMcp: true,
    transport: 'streamable_http',
  };
}

function textOf({ content }: CallToolResult): string {
  return content.flatMap((item) => (item.type === 'text' ? [item.text] : [])).join('\n');
}
