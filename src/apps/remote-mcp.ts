import type {
  AuthProvider,
  CallToolResult,
  Client,
  FetchLike,
  Tool,
} from '@modelcontextprotocol/client';
import { clipText } from '../kernel/bounded-text.ts';
import { AppError, findAppError, isAppError } from '../kernel/errors.ts';
import { guardedFetch } from '../kernel/guarded-fetch.ts';
import type { GuardedHttp } from '../kernel/guarded-http.ts';
import { VERSION } from '../kernel/version.ts';
import type { AppTool } from '../model/apps/app.ts';
import type { SignInChallenge } from './mcp-sign-in.ts';

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

/** A server, and the sign-in of the user at it. */
export interface McpServer {
  url: string;
  /** Null: requests say nothing of who makes them. */
  signIn: AuthProvider | null;
}

/** The server wants a sign-in that there is not, or that has ended. */
export class SignInNeeded extends AppError {
  readonly challenge: SignInChallenge;

  constructor(challenge: SignInChallenge) {
    super('conflict', 'The MCP server wants a sign-in. Connect its app again: POST /v1/apps/mcp.');
    this.challenge = challenge;
  }
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
   * @throws SignInNeeded; AppError `provider-rejected` if no MCP server answers there,
   *   `invalid-request` if it has no tools, and what the guarded client throws
   */
  async listTools(server: McpServer): Promise<AppTool[]> {
    const signal = AbortSignal.timeout(LIST_TIMEOUT_MS);
    const { tools } = await this.#withClient(
      server,
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
   * @throws SignInNeeded; AppError `provider-rejected`, and what the guarded client throws
   */
  async callTool(
    server: McpServer,
    name: string,
    args: Record<string, unknown>,
    limits: { signal: AbortSignal; timeoutMs: number },
  ): Promise<{ text: string; isError: boolean }> {
    const { signal, timeoutMs: timeout } = limits;
    const result = await this.#withClient(server, limits, (client) =>
      client.callTool({ name, arguments: args }, { signal, timeout }),
    );
    return { text: textOf(result), isError: result.isError === true };
  }

  async #withClient<T>(
    { url, signIn }: McpServer,
    limits: { signal: AbortSignal; timeoutMs: number },
    work: (client: Client) => Promise<T>,
  ): Promise<T> {
    await this.#http.check(url);
    const sdk = await import('@modelcontextprotocol/client');
    const client = new sdk.Client(
      { name: 'omi-backend', version: VERSION },
      { versionNegotiation: { mode: 'auto' } },
    );
    let challenge: SignInChallenge | undefined;
    try {
      const fetch = protocolFetch(
        guardedFetch(this.#http, { ...limits, maxBytes: MAX_BYTES }),
        (response) => {
          const { resourceMetadataUrl, scope } = sdk.extractWWWAuthenticateParams(response);
          challenge = { resourceMetadataUrl, scope };
        },
      );
      const transport = new sdk.StreamableHTTPClientTransport(new URL(url), {
        fetch,
        ...(signIn === null ? {} : { authProvider: signIn }),
      });
      await client.connect(transport, { signal: limits.signal });
      challenge = undefined;
      return await work(client);
    } catch (error) {
      limits.signal.throwIfAborted();
      const known = refusalOf(error);
      throw challenge !== undefined && !isAppError(error) ? new SignInNeeded(challenge) : known;
    } finally {
      await client.close();
    }
  }
}

/** The `fetch` of the protocol: it notes what a server says when it asks for a sign-in. */
function protocolFetch(inner: FetchLike, onChallenge: (response: Response) => void): FetchLike {
  return async (url, init) => {
    // The stream of what a server says by itself stays closed: it would have no end.
    if (init?.method !== 'POST') return new Response(null, { status: 405 });
    const response = await inner(url, init);
    if (response.status === 401) onChallenge(response);
    return response;
  };
}

/** What the server says of its faults is not shown: nobody knows who has written it. */
function refusalOf(error: unknown): AppError {
  const known = findAppError(error);
  if (known) return known;
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return status === 403
    ? new AppError('provider-rejected', 'The MCP server does not allow this.')
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
